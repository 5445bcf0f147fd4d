"""JSON objects of sweeps and comparisons, made by hand: what pictures are drawn from."""

import copy

from wdcli.figures.shown import Shown

LAMBDAS = (0.0, 0.01, 0.1, 1.0, 10.0, 100.0)
VERDICTS = ("overfit", "overfit", "good", "good", "underfit", "collapsed")
GRID = 9
"""Points a feature."""


def row(i, lambd, verdict, n_columns=3, features=2):
    """A row whose loss is least at the third lambda."""
    kept = max(0, 5 - i) / 5
    axis = [j / (GRID - 1) for j in range(GRID)]
    plane = [x * kept + 0.5 * (1 - kept) for _ in (axis if features == 2 else [0]) for x in axis]
    return {
        "lambda": lambd, "l1_ratio": None, "status": "collapsed" if verdict == "collapsed" else "ok", "verdict": verdict,
        "train_loss": 0.01 * 2**i, "cv_loss": 0.3 + 0.1 * abs(i - 2), "cv_se": 0.05, "test_loss": 0.31 + 0.1 * abs(i - 2),
        "l2_norm": 10.0 / (i + 1), "sparsity": 1 - kept, "smoothness": 5.0 * kept + 1e-12,
        "nonzero_weights": round(100 * kept),
        "layers": [{"l2_norm": 8.0 / (i + 1), "sparsity": 1 - kept}, {"l2_norm": 6.0 / (i + 1), "sparsity": 1 - kept}],
        "column_norms": [max(0.0, 4.0 - i - j) for j in range(n_columns)],
        "history": {"epochs": [0, 5, 10], "train_loss": [0.7, 0.2, 0.01 * 2**i], "test_loss": [0.7, 0.3, 0.4]},
        "function": [plane],
    }  # fmt: skip


def sweep(columns=("x1", "x2"), lambdas=LAMBDAS, verdicts=VERDICTS, **changes):
    """A sweep of an L1 penalty on two classes and, unless told otherwise, two features."""
    axes = [{"feature": name, "low": -1.0, "high": 1.0, "points": GRID} for name in columns[:2]]
    some = {"x": [[-0.5, 0.5]] * len(axes), "y": [0, 1]}
    function = {"axes": axes, "train": some, "test": some, "n_train": 2, "n_test": 2, "truth": None}
    several = len(columns) > 2
    rows = [row(i, *each, len(columns), len(axes)) for i, each in enumerate(zip(lambdas, verdicts, strict=True))]
    for each in rows if several else []:
        each["function"] = None
    return {
        "data": {"name": "made"}, "config": {"penalty": "l1"}, "rows": rows, "constant_loss": 0.69,
        "selection": {"lambda_min": 0.1, "chosen": 1.0, "rule": "paired", "l1_ratio": None},
        "columns": list(columns), "classes": ["no", "yes"], "target": "y", "heading": ["made: 2 rows"],
        "summary": "Said.", "function": None if several else function, **changes,
    }  # fmt: skip


def grouped(shown, penalty="group-lasso"):
    """The same sweep under a penalty that takes away columns and hidden units."""
    found = copy.deepcopy(shown)
    found["config"] = {"penalty": penalty, "hidden": [10]}
    for i, each in enumerate(found["rows"]):
        left = max(0, 5 - i)
        each.update(effective_columns=min(left, 2), effective=[min(left, 2), 2 * left, 1])
    return found


def comparison():
    """Two sweeps and their difference."""
    pair = {
        "a": "l1",
        "b": "l2",
        "difference": 0.1,
        "ci_low": -0.1,
        "ci_high": 0.3,
        "conclusion": "no detectable difference",
    }
    return {
        "sweeps": [{"penalty": name, **sweep()} for name in ("l1", "l2")],
        "comparisons": [pair],
        "summary": "Said.",
    }


def old(shown):
    """The same sweep as an older version stored it, without what pictures need."""
    found = copy.deepcopy(shown)
    for name in ("constant_loss", "columns", "classes", "target", "heading", "function"):
        found.pop(name)
    for each in found["rows"]:
        for name in ("layers", "column_norms", "history", "function"):
            each.pop(name)
    return found


def diverged(shown, *places):
    """The same sweep with networks that diverged at some lambdas."""
    found = copy.deepcopy(shown)
    for place in places:
        each = found["rows"][place]
        each.update(status="diverged", verdict="diverged", layers=[], column_norms=[], history=None, function=None)
        each.update(
            dict.fromkeys(("train_loss", "cv_loss", "cv_se", "test_loss", "l2_norm", "sparsity", "smoothness"), None)
        )
        each["nonzero_weights"] = None
    return found


def many(n):
    """A sweep of so many lambdas."""
    lambdas = [0.0, *(10 ** (-3 + 6 * i / (n - 2)) for i in range(n - 1))]
    verdicts = ["overfit"] * (n // 2) + ["good"] * (n // 4) + ["underfit"] * (n - n // 2 - n // 4)
    found = sweep(lambdas=lambdas, verdicts=verdicts)
    for i, each in enumerate(found["rows"]):
        each["cv_loss"] = 0.3 + abs(i - n // 2) / n
        each["sparsity"], each["nonzero_weights"] = i / n, 1000 - i
    found["selection"].update(lambda_min=lambdas[n // 2], chosen=lambdas[n // 2 + 3])
    return found


def read(shown):
    """The object as pictures read it; a single sweep's first."""
    found = Shown.read(shown)
    return found if found.compares else found.sweeps[0]
