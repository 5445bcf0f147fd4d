"""Whole processes: `wdcli sweep`, raced and exhaustive, and the usual script with scikit-learn's `GridSearchCV`.

    python benchmarks/grid_search.py [TABLE ...] [--repeats 3]

`GridSearchCV` chooses among 13 alphas from 1e-4 to 100 for `make_pipeline(StandardScaler(), MLPClassifier((64, 64)))`, or
`MLPRegressor`, with five folds, two processes and else scikit-learn's defaults: 66 networks with its last fit. The sweep has
its defaults too, and two processes. Each trains on three quarters of the rows, but not on the same ones, and keeps the rest
for the test. Seconds are medians of runs in alternation, each in a fresh process, imports and loading included.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from printed import print_head, print_line

HERE = Path(__file__).resolve().parent
PROCESSES = 2
TABLES = ("digits", "breast-cancer", "wine", str(HERE.parent / "datasets" / "concrete.csv"))
HEAD = ("table", "wdcli sweep", "wdcli sweep --exhaustive", "GridSearchCV", "/ wdcli sweep", "/ --exhaustive")


def search(table: str) -> None:
    """Choose alpha by scikit-learn, and print it with the score on the test rows."""
    import numpy as np
    from sklearn.model_selection import GridSearchCV, train_test_split
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y, classes = read(table)
    make = MLPClassifier if classes else MLPRegressor
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.25, random_state=0, stratify=y if classes else None)
    model = make_pipeline(StandardScaler(), make(hidden_layer_sizes=(64, 64)))
    grid = {f"{make.__name__.lower()}__alpha": np.logspace(-4, 2, 13)}
    found = GridSearchCV(model, grid, cv=5, n_jobs=PROCESSES).fit(X, y)
    print(found.best_params_, found.score(X_test, y_test))


def read(table: str) -> tuple[Any, Any, bool]:
    """X, y and whether y are classes, from scikit-learn or from a CSV of numbers whose last column is the target."""
    import numpy as np
    from sklearn import datasets

    if table.endswith(".csv"):
        values = np.loadtxt(table, delimiter=",", skiprows=1)
        return values[:, :-1], values[:, -1], False
    return *getattr(datasets, f"load_{table.replace('-', '_')}")(return_X_y=True), True


def sweep(table: str, *options: str) -> list[str]:
    """The arguments of a sweep that stores nothing."""
    return ["-m", "wdcli", "sweep", "--data", table, "--no-store", "--jobs", str(PROCESSES), *options]


RUNS: tuple[Callable[[str], list[str]], ...] = (
    sweep,
    lambda table: sweep(table, "--exhaustive"),
    lambda table: ["-c", f"import grid_search; grid_search.search({table!r})"],
)
"""The arguments of Python, in the order of the table's columns."""


def seconds(arguments: list[str]) -> float:
    """How long a fresh process takes."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=HERE, check=True, capture_output=True)
    return time.perf_counter() - started


def compare(table: str, repeats: int) -> None:
    """Print the line of one table."""
    rounds = [[seconds(run(table)) for run in RUNS] for _ in range(repeats)]
    raced, exhaustive, peer = (statistics.median(each) for each in zip(*rounds, strict=True))
    times = (f"{each:.1f}" for each in (raced, exhaustive, peer))
    print_line(Path(table).stem, *times, f"{peer / raced:.2g}", f"{peer / exhaustive:.2g}")


def main() -> None:
    """Time what was asked for."""
    parser = argparse.ArgumentParser(description="Time whole sweeps and GridSearchCV.")
    parser.add_argument("table", nargs="*", metavar="TABLE", help="bundled, or a CSV of numbers; four by default")
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    given = parser.parse_args()
    print_head(*HEAD)
    for table in given.table or TABLES:
        compare(str(Path(table).resolve()) if table.endswith(".csv") else table, given.repeats)


if __name__ == "__main__":
    main()
