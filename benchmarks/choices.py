"""What the sweep chooses, by each rule, raced and exhaustive, on every bundled and shipped table.

    python benchmarks/choices.py [SEED ...]

Every table is swept with nothing but the data, for each seed (0, 1 and 2 by default) and the penalties L2 and L1: once
exhaustively, which gives the choices of all rules, and once raced. The raced sweep takes its networks from those that the
exhaustive one has just trained, as it would train the same ones.

Losses are means over the test rows: cross-entropy in nats, or squared error in units of the training rows' variance. Means
of losses and of ratios are geometric, so that the ratio of two means is the mean of the ratios.

The last table sets the L2 network that the raced sweep chooses, the mean over its three seeds, against the models of
`untuned.py` on the same rows. One wins if its loss is lower by more than one standard error of the differences, paired by
test row (which leaves out the luck of the split).
"""

import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from printed import print_head, print_line
from untuned import default_mlp, linear

from wdcli.data.bundled import BUNDLED
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.fits.records import KeyedRecord, LaneRecord
from wdcli.fits.resources import Resources
from wdcli.fits.store import NullStore
from wdcli.names import PenaltyName, SelectionRule
from wdcli.sweep.chosen import fit_chosen
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import Row
from wdcli.sweep.runner import run_sweep

Array = npt.NDArray[Any]

DATASETS = Path(__file__).resolve().parent.parent / "datasets"
TARGETS = {
    "automobile": "price",
    "concrete": "compressive_strength",
    "credit_approval": "class",
    "linear_teacher_sparse": "y",
    "moons": "y",
    "penguins": "species",
    "sonar": "class",
}
"""The documented target of each shipped table; the sweep finds it by itself, which is checked."""
PENALTIES: tuple[PenaltyName, ...] = ("l2", "l1")
RULES: tuple[SelectionRule, ...] = ("min", "paired", "1se")
LARGE = 1000
"""Rows from which a table counts as large."""
HEAD = (
    "table", "rows", "penalty", *(f"lambda_{rule}" for rule in RULES), *(f"loss at {rule}" for rule in RULES),
    "networks raced / exhaustive", "same choice",
)  # fmt: skip
RULE_HEAD = ("penalty", "sweeps", "rule", "test loss / at lambda_min", "largest", "norm of the weights / at lambda_min")
RACE_HEAD = (
    "penalty", "sweeps", "networks trained", "median", "most", f"median, {LARGE:,} rows and more", "same choice",
    "test loss / exhaustive", "range",
)  # fmt: skip
UNTUNED_HEAD = ("table", "tuned", "MLP", "linear", "tuned : MLP", "tuned : linear")


@dataclass(frozen=True)
class Memory(NullStore):
    """A store that lasts as long as this object."""

    records: dict[bytes, LaneRecord] = field(default_factory=dict)

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The stored records of these keys."""
        return {key: self.records[key] for key in keys if key in self.records}

    def put(self, keyed: Sequence[KeyedRecord]) -> None:
        """Store records."""
        self.records.update((one.key, one.record) for one in keyed)


@dataclass(frozen=True)
class Trial:
    """A table swept with one seed and one penalty, exhaustively and raced."""

    table: str
    seed: int
    penalty: PenaltyName
    exhaustive: SweepResult
    raced: SweepResult

    @property
    def rows(self) -> int:
        """The table's rows."""
        return self.exhaustive.folds.dataset.rows

    def at(self, rule: SelectionRule) -> Row:
        """The exhaustive sweep's row at the lambda of this rule."""
        lambd = getattr(self.exhaustive.selection, f"lambda_{rule}")
        return next(row for row in self.exhaustive.curve if row.lambd == lambd)

    @property
    def share(self) -> float:
        """The share of the exhaustive sweep's networks that the raced one trains."""
        return self.raced.networks / self.exhaustive.networks

    @property
    def same(self) -> bool:
        """Whether both choose the same lambda."""
        return self.raced.selection.chosen == self.exhaustive.selection.chosen

    @property
    def cost(self) -> float:
        """The test loss at the raced sweep's lambda, over that at the exhaustive one's."""
        return self.raced.chosen_row.test_loss / self.exhaustive.chosen_row.test_loss

    def over_min(self, rule: SelectionRule) -> float:
        """The test loss at the lambda of this rule, over that at lambda_min."""
        return self.at(rule).test_loss / self.at("min").test_loss


def sources() -> list[Source]:
    """Every bundled and every shipped table."""
    return [Source(name) for name in (*BUNDLED, *map(str, sorted(DATASETS.glob("*.csv"))))]


def trial(source: Source, seed: int, penalty: PenaltyName) -> Trial:
    """Sweep a table exhaustively, then raced, with the same networks."""
    fit, store, table = FitConfig(seed=seed, penalty=penalty), Memory(), Path(source.data).stem
    dataset, split = load(source, seed)
    if TARGETS.get(table, dataset.target) != dataset.target:
        raise SystemExit(f"{table}: the target is {TARGETS[table]}, not {dataset.target}.")
    folds = Folds(fit, dataset, split, SweepConfig(fit).folds)
    exhaustive = run_sweep(SweepConfig(fit, exhaustive=True), folds, Resources(store=store))
    raced = run_sweep(SweepConfig(fit), folds, Resources(jobs=1, store=store))
    return Trial(table, seed, penalty, exhaustive, raced)


def mean(values: Iterable[float]) -> float:
    """The geometric mean."""
    return float(np.exp(np.mean(np.log(list(values)))))


def run_trials(seeds: Sequence[int]) -> list[Trial]:
    """Print a line for every table and penalty as its trials are done: lambdas by seed, means of the rest."""
    found: list[Trial] = []
    print_head(*HEAD)
    for source in sources():
        for penalty in PENALTIES:
            new = [trial(source, seed, penalty) for seed in seeds]
            print_trials(new)
            found += new
    return found


def print_trials(trials: Sequence[Trial]) -> None:
    """The line of one table and penalty."""
    lambdas = (", ".join(f"{one.at(rule).lambd:.3g}" for one in trials) for rule in RULES)
    losses = (f"{mean(one.at(rule).test_loss for one in trials):.4f}" for rule in RULES)
    raced, full = sum(one.raced.networks for one in trials), sum(one.exhaustive.networks for one in trials)
    same = f"{sum(one.same for one in trials)} of {len(trials)}"
    first = trials[0]
    print_line(first.table, str(first.rows), first.penalty, *lambdas, *losses, f"{raced:,} / {full:,}", same)


def print_rule(name: str, trials: Sequence[Trial], rule: SelectionRule) -> None:
    """What a rule costs in test loss, and gains in small weights."""
    loss = mean(one.over_min(rule) for one in trials)
    norm = mean(one.at(rule).l2_norm / one.at("min").l2_norm for one in trials)
    worst = max(trials, key=lambda one: one.over_min(rule))
    whose = f"{worst.over_min(rule):.2f} ({worst.table}, {worst.penalty}, seed {worst.seed})"
    print_line(name, str(len(trials)), rule, f"{loss:.3f}", whose, f"{norm:.2f}")


def print_race(name: str, trials: Sequence[Trial]) -> None:
    """What the race saves, and whether it changes the choice."""
    shares, large = [one.share for one in trials], [one.share for one in trials if one.rows >= LARGE]
    parts = (f"{share:.0%}" for share in (np.mean(shares), np.median(shares), max(shares), np.median(large)))
    costs, same = [one.cost for one in trials], sum(one.same for one in trials)
    spread = f"{min(costs):.2f} to {max(costs):.2f}"
    print_line(name, str(len(trials)), *parts, f"{same} ({same / len(trials):.0%})", f"{mean(costs):.3f}", spread)


def score(tuned: Sequence[Array], other: Sequence[Array]) -> str:
    """How many of the seeds each side wins."""
    differences = [a - b for a, b in zip(tuned, other, strict=True)]
    z = [float(d.mean() / (d.std(ddof=1) / np.sqrt(len(d)))) for d in differences]
    return f"{sum(one < -1 for one in z)} : {sum(one > 1 for one in z)}"


def print_untuned(trials: Sequence[Trial]) -> None:
    """The line of one table: mean losses, and how many seeds the tuned network wins and loses."""
    chosen = [fit_chosen(one.raced, 1 << 30) for one in trials]
    classes = trials[0].exhaustive.folds.dataset.task == "classification"
    tuned = [one.test_losses() for one in chosen]
    others = [[model(one.fold, classes) for one in chosen] for model in (default_mlp, linear)]
    losses = (f"{mean(float(loss.mean()) for loss in each):.4f}" for each in (tuned, *others))
    print_line(trials[0].table, *losses, *(score(tuned, other) for other in others))


def print_all(trials: Sequence[Trial]) -> None:
    """The tables below the first."""
    groups: dict[str, Sequence[Trial]] = {"all": trials}
    groups |= {name: [one for one in trials if one.penalty == name] for name in PENALTIES}
    print_head(*RULE_HEAD)
    for rule in RULES[1:]:
        for name, some in groups.items():
            print_rule(name, some, rule)
    print_head(*RACE_HEAD)
    for name, some in groups.items():
        print_race(name, some)
    print_head(*UNTUNED_HEAD)
    for table in dict.fromkeys(one.table for one in trials):
        print_untuned([one for one in groups["l2"] if one.table == table])


if __name__ == "__main__":
    started = time.perf_counter()
    print_all(run_trials([int(seed) for seed in sys.argv[1:]] or [0, 1, 2]))
    print(f"\n{time.perf_counter() - started:.0f} s in all.")
