"""The default sweep of a table of a million rows, as a whole process, beside what the same would take elsewhere.

    python benchmarks/million.py [--rows 1000000]

The table is a CSV file of 20 numbers and a class that depends on five of them. ``wdcli`` runs as a command, with its peak
memory (all processes, what they share counted once) and its first estimate of the remaining time. Others are timed in this
process, on the encoded training rows, on one core at a time:

- GridSearchCV(MLPClassifier): one fit on one fold, of as many epochs as wdcli's, times the lambdas of wdcli's grid, the folds
  and seeds, over two processes.
- The linear model: wdcli --hidden none, as a command; LIBLINEAR and SGDClassifier, a fit at each of five strengths on one fold,
  times folds and lambdas, over two processes.

A network of scikit-learn stops by itself where its loss no longer falls: it is given the epochs, so that both do the same work.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from memory import MIB, descendants, memory_of
from printed import print_head, print_line
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

COLUMNS, FOLDS, SEEDS, CORES = 20, 5, 3, 2
LEFT = re.compile("; (about .* left)")
STRENGTHS = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)


class Command(NamedTuple):
    """A command's object, seconds, peak in bytes, and what it said first of the remaining time, after so many seconds."""

    result: dict[str, Any]
    seconds: float
    peak: int
    estimate: str


def write(path: Path, rows: int) -> None:
    """The table."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, COLUMNS)).astype(np.float32)
    z = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + X[:, 3] / 2 - X[:, 4] ** 2 / 2 + 0.5 + 0.7 * rng.standard_normal(rows)
    frame = pl.DataFrame({f"x{i}": X[:, i] for i in range(COLUMNS)})
    frame.with_columns(y=pl.Series(np.where(z > 0, "yes", "no"))).write_csv(path, float_precision=5)


def run(*options: str) -> Command:
    """Sweep with these options."""
    command, begun = [sys.executable, "-m", "wdcli", "sweep", "--no-store", "--json", *options], time.time()
    said: list[tuple[float, str]] = []
    with tempfile.TemporaryFile() as shown:
        with subprocess.Popen(command, stdout=shown, stderr=subprocess.PIPE, text=True) as process:
            listener = threading.Thread(
                target=lambda: said.extend((time.time() - begun, line) for line in process.stderr or ())
            )
            listener.start()
            peak = 0
            while process.poll() is None:
                peak = max(peak, sum(memory_of(each).proportional for each in descendants(process.pid)))
                time.sleep(0.2)
            listener.join()
        shown.seek(0)
        first = next(
            (f"{found[1]} after {at:.0f} s" for at, line in said if (found := re.search(r"; (about .* left)", line))),
            "",
        )
        return Command(json.load(shown), time.time() - begun, peak, first)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        work()
    return time.perf_counter() - begun


def others(path: Path, sweep: Command, linear: Command) -> Iterator[tuple[str, float, float]]:
    """Each other tool: its name, the seconds of its fits here, and those of a whole search."""
    frame = pl.read_csv(path)
    rows = sweep.result["data"]["n_train"] * (FOLDS - 1) // FOLDS
    X = StandardScaler().fit_transform(frame.drop("y").to_numpy()[:rows].astype(np.float32))
    y = frame["y"].to_numpy()[:rows]
    config, lambdas = sweep.result["config"], sweep.result["first_pass"]["lambdas"]
    network = MLPClassifier(
        tuple(config["hidden"]), batch_size=config["batch_size"], max_iter=config["epochs"], n_iter_no_change=10**6,
        learning_rate_init=config["lr"], random_state=0,
    )  # fmt: skip
    one = seconds(lambda: network.fit(X, y))
    yield (
        f"GridSearchCV(MLPClassifier): {lambdas} x {FOLDS} x {SEEDS}",
        one,
        one * lambdas * (FOLDS * SEEDS + SEEDS) / CORES,
    )
    many = len(linear.result["rows"]) * (FOLDS + 1) / len(STRENGTHS) / CORES
    path_of = {
        "LIBLINEAR": lambda s: LogisticRegression(solver="liblinear", C=1 / (s * rows)),
        "SGDClassifier": lambda s: SGDClassifier(loss="log_loss", alpha=s, random_state=0),
    }
    for name, make in path_of.items():
        spent = sum(seconds(lambda s=s, make=make: make(s).fit(X, y)) for s in STRENGTHS)  # type: ignore[misc]
        yield f"{name}, linear: {len(linear.result['rows'])} x {FOLDS}", spent, spent * many


def main(rows: int) -> None:
    """Print a line for each."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "m.csv")
        write(path, rows)
        print_head("what", "seconds", "peak, MiB", "first estimate", "chosen", "test loss")
        found = [run("--data", str(path), "--target", "y", *more) for more in ((), ("--hidden", "none"))]
        for name, one in zip(("wdcli sweep", "wdcli sweep --hidden none"), found, strict=True):
            chosen = one.result["selection"]["chosen"]
            loss = next(row["test_loss"] for row in one.result["rows"] if row["lambda"] == chosen)
            print_line(name, f"{one.seconds:.0f}", f"{one.peak / MIB:.0f}", one.estimate, f"{chosen:g}", f"{loss:.4f}")
        print_head("elsewhere", "seconds of the fits timed", "a whole search, extrapolated")
        for name, timed, whole in others(path, *found):
            print_line(name, f"{timed:.0f}", f"{whole:.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10**6)
    main(parser.parse_args().rows)
