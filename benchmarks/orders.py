"""Random commands: sweeps and comparisons of small networks, each done within seconds."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random

SHIPPED = Path(__file__).parent.parent / "datasets"
GENERATED = ("moons", "circles", "blobs", "xor-sparse", "friedman1", "linear-teacher-sparse")
BUNDLED = ("iris", "wine", "breast-cancer", "diabetes")
FILES = ("penguins", "sonar", "credit_approval", "concrete")
PENALTIES: dict[str, list[tuple[str, ...]]] = {
    "none": [()], "l1": [()], "l2": [()], "elastic-net": [(), ("--l1-ratio", "0.2")],
    "group-lasso": [("--group-by", kind) for kind in ("nodes", "features", "units")],
    "sparse-group": [("--group-by", kind) for kind in ("nodes", "features", "units")],
}  # fmt: skip
"""For each penalty, what may be given with it."""
SPARSE = ("l1", "elastic-net", "group-lasso", "sparse-group")
COMPARED = (*PENALTIES, "l2:decoupled", "l1:coupled")
RARELY = (
    ("--path", "warm"), ("--path", "warm", "--path-order", "up"), ("--early-stopping",), ("--exhaustive",),
    ("--rule", "1se"), ("--optimizer", "sgd", "--lr", "0.01"), ("--dtype", "float64"), ("--batch-size", "full"),
)  # fmt: skip


@dataclass(frozen=True)
class Order:
    """The words of a command, without the program's name."""

    words: tuple[str, ...]

    @property
    def kind(self) -> str:
        """Orders of one kind take about the same memory and time."""
        if self.words[0] == "runs":
            return " ".join(self.words[:2])
        return f"{self.words[0]} --hidden {self._option('--hidden')} --jobs {self._option('--jobs')}"

    @property
    def has_workers(self) -> bool:
        """Whether worker processes do it."""
        return "64,64" in self.words and self._option("--jobs") != "1"

    def on_grid(self, lambdas: str) -> "Order":
        """The same order with other lambdas: those that both have are the same networks."""
        place = self.words.index("--lambdas") + 1
        return Order((*self.words[:place], lambdas, *self.words[place + 1 :]))

    def _option(self, name: str) -> str:
        return self.words[self.words.index(name) + 1]


def small(random: Random, folder: Path) -> tuple[str, ...]:
    """Options of a sweep that one process does in no time."""
    table = random.choice((*GENERATED, *BUNDLED, *(str(folder / f"{name}.csv") for name in FILES)))
    size = ("--hidden", random.choice(("8", "16")), "--epochs", random.choice(("20", "60")))
    return ("--data", table, *size, "--folds", random.choice("234"), "--lambdas", grid(random))


def large(random: Random, folder: Path) -> tuple[str, ...]:
    """Options of a sweep for which worker processes pay off."""
    table = ("--data", random.choice(GENERATED), "--rows", "4000")
    size = ("--hidden", "64,64", "--epochs", random.choice(("20", "30")))
    return (*table, *size, "--folds", "3", "--lambdas", f"{random.choice((0.1, 1))}:30:{random.randint(5, 8)}")


def drawn(random: Random, folder: Path, seed: int) -> Order:
    """A random order whose networks no order with another seed has; the folder holds the files of ``copied``."""
    sized = random.choice((small, large))(random, folder)
    rare = random.choice(RARELY) if random.random() < 0.5 else ()
    ends = ("--seed", str(seed), "--json", "--no-progress", "--jobs", random.choice("1222"))
    return Order((*_penalised(random), *sized, "--seeds", random.choice("12"), *rare, *ends))


def copied(folder: Path) -> None:
    """Copy the tables that are read as files."""
    for name in FILES:
        shutil.copy(SHIPPED / f"{name}.csv", folder)


def grid(random: Random) -> str:
    """Random lambdas: a few, or a whole grid."""
    few = ",".join(f"{x / 8:g}" for x in random.sample(range(80), random.randint(2, 5)))
    return random.choice((few, f"{random.choice((0.01, 0.1))}:30:{random.randint(3, 8)}", "auto"))


def _penalised(random: Random) -> tuple[str, ...]:
    """The command and its penalties."""
    if random.random() < 0.25:
        return ("compare", *random.sample(COMPARED, 2))
    name = random.choice(list(PENALTIES))
    after = [(), ("--refit",), ("--features",)] if name in SPARSE else [()]
    return ("sweep", "--penalty", name, *random.choice(PENALTIES[name]), *random.choice(after))
