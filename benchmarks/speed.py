"""How long a sweep of many small networks takes, and how long others take for the same networks.

    python benchmarks/speed.py [WORKLOAD ...] [--repeats 3] [--peers WORDS]

A workload is a network for each of 50 lambdas (12, 100) and each of 5 folds (10): Adam at a learning rate of 0.001, coupled L2,
a given number of epochs, float32. Peers (`peers.py`, `tensor_peers.py`) train on the same rows and folds; those that aren't
installed are left out, and `pip install '.[bench]'` installs them. `commands` times whole processes of the command line, and
`growth` is `growth.py`.

wdcli's seconds are those of a whole `run_sweep` with two jobs: its workers' start, the fits on all training rows beside those
of the folds (a sixth of its networks, or an eleventh), diagnostics and the choice. The last ratio compares the folds alone:
wdcli's seconds times folds / (folds + 1). Peers on two processes get those for nothing, and import nothing while they are
timed. Seconds are medians; what takes longer than 20 s is run once. "accuracy" is the mean over all lambdas and folds on
held-out rows, by which one sees that the same was learned.
"""

import argparse
import importlib.metadata
import importlib.util
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import growth
import numpy as np
from peers import (
    PROCESSES,
    RATE,
    Job,
    Outcome,
    Peer,
    grid_search,
    numpy_fit,
    one_by_one,
    one_thread,
    products_alone,
    single_fit,
)
from printed import print_line
from tensor_peers import jax_cold, jax_compiled, torch_fit, torch_lanes, torch_one_thread

from wdcli.data.dataset import Dataset, Split, numeric_columns
from wdcli.data.dice import Purpose, dice
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.data.splits import fold_rows, hold_out
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds, make_fold
from wdcli.fits.resources import Resources
from wdcli.machine import available_cores
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.runner import run_sweep

SLOW = 20.0
"""Seconds from which one run has to do."""
LIBRARIES = ("numpy", "scikit-learn", "torch", "jax")
HEAD = ("workload", "who", "seconds", "runs", "/ wdcli", "/ wdcli, folds alone", "accuracy", "remark")
PEERS: dict[str, tuple[str, Peer]] = {
    "GridSearchCV(MLPClassifier), 2 processes": ("sklearn", grid_search),
    "PyTorch, one by one, 2 processes": ("torch", partial(one_by_one, torch_fit, torch_one_thread)),
    "PyTorch, lanes by hand, 2 threads": ("torch", torch_lanes),
    "JAX vmap and scan, compiling": ("jax", jax_cold),
    "JAX vmap and scan, compiled before": ("jax", jax_compiled),
    "plain NumPy, one by one, 2 processes": ("numpy", partial(one_by_one, numpy_fit, one_thread)),
    "MLPClassifier, a single fit": ("sklearn", single_fit),
    "the matrix products alone, 2 cores": ("numpy", products_alone),
}
"""Each with the module that it needs."""
COMMANDS: dict[str, tuple[str, ...]] = {
    "python -c pass": ("-c", "pass"),
    "wdcli --help": ("-m", "wdcli", "--help"),
    "wdcli train --penalty l2 --lambd 0.1": ("-m", "wdcli", "train", "--penalty", "l2", "--lambd", "0.1"),
    "wdcli sweep": ("-m", "wdcli", "sweep"),
}


@dataclass(frozen=True)
class Workload:
    """What is trained; ``sample`` is for peers that train one network at a time."""

    data: str
    hidden: tuple[int, ...]
    batch: int
    epochs: int
    lambdas: int = 50
    folds: int = 5
    sample: int | None = None

    def config(self) -> SweepConfig:
        """The sweep; lambdas are strengths of the mean loss's penalty, as PyTorch's weight_decay."""
        fit = FitConfig(
            convention="pytorch", hidden=self.hidden, lr=RATE, schedule="constant",
            batch_size=self.batch, epochs=self.epochs,
        )  # fmt: skip
        return SweepConfig(fit, tuple(np.geomspace(1e-6, 0.1, self.lambdas).tolist()), self.folds, seeds=1)

    def load(self) -> tuple[Dataset, Split]:
        """The table and its split."""
        return wide_table() if self.data == "wide" else load(Source(self.data), 0)


WORKLOADS = {
    "digits": Workload("digits", (100,), 200, 20),
    "iris": Workload("iris", (16,), 32, 100),
    "breast-cancer": Workload("breast-cancer", (64, 64), 32, 20),
    "wide": Workload("wide", (256, 256), 200, 5, lambdas=12, sample=6),
    "linear": Workload("breast-cancer", (), 200, 50, lambdas=100, folds=10),
}


def wide_table() -> tuple[Dataset, Split]:
    """20,000 rows of 100 features, two classes; three quarters of them are trained on."""
    rng = np.random.default_rng(0)
    X, w = rng.standard_normal((20_000, 100)), rng.standard_normal((100, 4))
    y = (np.tanh(X @ w / 5).sum(axis=1) + 0.3 * rng.standard_normal(len(X)) > 0).astype(np.int64)
    columns = numeric_columns(X, [f"x{i}" for i in range(100)])
    dataset = Dataset("wide", "wide", "classification", "y", columns, y, ("0", "1"))
    return dataset, hold_out(rng, len(y), 0.25, y)


def sweep(workload: Workload, dataset: Dataset, split: Split) -> Outcome:
    """The whole sweep, as the command runs it."""
    started, config = time.perf_counter(), workload.config()
    result = run_sweep(config, Folds(config.fit, dataset, split, config.folds), Resources(PROCESSES))
    seconds = time.perf_counter() - started
    return Outcome(seconds, float(np.mean([row.cv_score for row in result.rows])), f"{result.networks} networks")


def make_job(workload: Workload, dataset: Dataset, split: Split) -> Job:
    """The same for the peers: the training rows, encoded once for all folds."""
    config = workload.config()
    whole = make_fold(config.fit, dataset, 0, split.train, split.test)
    folds = fold_rows(dice(0, Purpose.FOLDS), dataset, split.train, workload.folds)
    return Job(
        whole.train.X, dataset.y[split.train], tuple((fold.train, fold.test) for fold in folds), config.lambdas or (),
        workload.hidden, workload.batch, workload.epochs, workload.sample,
    )  # fmt: skip


def measured(run: Callable[[], Outcome], repeats: int) -> tuple[Outcome, int]:
    """The outcome with the median of its seconds, and how many runs there were."""
    found = [run()]
    while len(found) < repeats and found[0].seconds < SLOW:
        found.append(run())
    seconds = statistics.median(outcome.seconds for outcome in found)
    return Outcome(seconds, found[0].accuracy, found[0].remark), len(found)


def compare(name: str, wanted: Sequence[str], repeats: int) -> None:
    """Print the lines of one workload: wdcli's, and those of peers whose names hold one of the ``wanted`` words."""
    workload = WORKLOADS[name]
    dataset, split = workload.load()
    ours, runs = measured(partial(sweep, workload, dataset, split), repeats)
    print_line(name, "wdcli sweep, 2 jobs", f"{ours.seconds:.2f}", str(runs), "1", "", *tail(ours))
    job, share = make_job(workload, dataset, split), workload.folds / (workload.folds + 1)
    for who, (module, peer) in PEERS.items():
        if not any(word.lower() in who.lower() for word in wanted):
            continue
        if importlib.util.find_spec(module) is None:
            print_line(name, who, "", "", "", "", "", f"{module} is not installed")
            continue
        found, runs = measured(partial(peer, job), repeats)
        ratio = found.seconds / ours.seconds
        times = f"{found.seconds:.3g}", str(runs), f"{ratio:.2g}", f"{ratio / share:.2g}"
        print_line(name, who, *times, *tail(found))


def tail(outcome: Outcome) -> tuple[str, str]:
    """The last cells of a line."""
    return "" if math.isnan(outcome.accuracy) else f"{outcome.accuracy:.3f}", outcome.remark


def time_commands(repeats: int) -> None:
    """Print a table of whole processes."""
    print("| command | seconds |\n| --- | --- |")
    for name, arguments in COMMANDS.items():
        found = []
        for _ in range(repeats):
            started = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
            found.append(time.perf_counter() - started)
        print_line(name, f"{statistics.median(found):.2f}")


def versions() -> str:
    """What runs here."""
    found = [f"Python {platform.python_version()}"]
    for library in LIBRARIES:
        try:
            found.append(f"{library} {importlib.metadata.version(library)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"no {library}")
    return f"{available_cores()} cores (load {os.getloadavg()[0]:.1f} before); {', '.join(found)}."


def main() -> None:
    """Time what was asked for."""
    names = (*WORKLOADS, "commands", "growth")
    parser = argparse.ArgumentParser(description="Time a sweep and its peers.")
    parser.add_argument("workload", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(names)}; all by default")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument(
        "--peers", default="", metavar="WORDS", help="only those with such names: lanes,jax; all by default"
    )
    given = parser.parse_args()
    unknown = set(given.workload) - set(names)
    if unknown:
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    chosen = given.workload or names
    print(versions(), end="\n\n")
    tables = [name for name in chosen if name in WORKLOADS]
    if tables:
        print_line(*HEAD)
        print_line(*["---"] * len(HEAD))
    for name in tables:
        compare(name, given.peers.split(","), given.repeats)
    if "commands" in chosen:
        print()
        time_commands(given.repeats)
    if "growth" in chosen:
        print()
        growth.grow_all()


if __name__ == "__main__":
    main()
