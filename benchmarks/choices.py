"""What the sweep chooses with nothing but the data, on every bundled and shipped table, against two that need no choosing.

    python benchmarks/choices.py [SEED [RULE]]

The same training rows, test rows and encoded features go to scikit-learn's default `MLPClassifier` or `MLPRegressor` (the
mean over random_state 0, 1 and 2), and to a linear model with a cross-validated L2 penalty: `LogisticRegressionCV` by log-loss
or `RidgeCV`. It is L2 because the sweep's default is, so that what differs is the hidden layers. Regressions get the
standardised target.

"tuned" is the network at the lambda that the rule (1se, or min) chooses, the mean over its three seeds; beside it the one at
lambda_min.

Losses are means over test rows: cross-entropy in nats, or squared error in units of the training rows' variance. Differences
are tuned minus other, paired by test row, with the standard error over test rows (which leaves out the luck of the split);
bold where the tuned network loses by more than one. scikit-learn's probabilities that are 0 after rounding would cost
infinitely much: they are raised to the float64 epsilon, 36 nats, as `log_loss` does, and counted below the table.
"""

import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegressionCV, RidgeCV
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor

from wdcli.data.bundled import BUNDLED
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Fold, Folds
from wdcli.fits.pool import Resources
from wdcli.names import SelectionRule
from wdcli.sweep.chosen import fit_chosen
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.result import SweepResult
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
HEAD = (
    "table", "rows", "features", "lambda_min", "lambda_1se", "lambda_min is", "networks", "seconds",
    "tuned", "at lambda_min", "MLP", "linear", "tuned - MLP", "tuned - linear",
)  # fmt: skip
TINY = float(np.finfo(np.float64).eps)


def sources() -> list[Source]:
    """Every bundled and every shipped table."""
    return [Source(name) for name in (*BUNDLED, *map(str, sorted(DATASETS.glob("*.csv"))))]


def losses(model: Any, fold: Fold, classes: bool) -> tuple[Array, int]:
    """Each test row's loss once the model is fitted to the training rows, and how many probabilities were raised."""
    X, X_held = fold.X.astype(np.float64), fold.X_held.astype(np.float64)
    y, held = labels(fold.Y, classes), labels(fold.Y_held, classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", FutureWarning)  # newer versions rename options
        model.fit(X, y)
    if not classes:
        return (model.predict(X_held) - held) ** 2, 0
    p = model.predict_proba(X_held)[np.arange(len(held)), held]
    return -np.log(np.maximum(p, TINY)), int((p < TINY).sum())


def labels(Y: Array, classes: bool) -> Array:
    """The target as scikit-learn wants it, (rows,): class numbers from one-hot or 0/1, or numbers."""
    if not classes:
        return Y[:, 0].astype(np.float64)
    return Y.argmax(axis=1) if Y.shape[1] > 1 else Y[:, 0].astype(np.int64)


def default_mlp(fold: Fold, classes: bool) -> tuple[Array, int]:
    """scikit-learn's network as it comes: the mean of three."""
    make = MLPClassifier if classes else MLPRegressor
    each = [losses(make(random_state=seed), fold, classes) for seed in range(3)]
    return np.mean([loss for loss, _ in each], axis=0), sum(raised for _, raised in each)


def linear(fold: Fold, classes: bool) -> tuple[Array, int]:
    """A linear model with cross-validated L2: five shuffled folds for classes, left-out rows for numbers."""
    if not classes:
        return losses(RidgeCV(np.geomspace(1e-3, 1e5, 33)), fold, classes)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = LogisticRegressionCV(Cs=np.geomspace(1e-4, 1e4, 17), cv=folds, scoring="neg_log_loss", max_iter=5000)
    return losses(model, fold, classes)


def place(result: SweepResult) -> str:
    """Whether lambda_min is inside its grid, or why not."""
    if result.best_row.status == "collapsed":
        return "null model"
    if result.selection.lambda_min == 0:
        return "0"
    return "at edge" if result.selection.at_edge else "interior"


def paired(a: Array, b: Array) -> str:
    """The mean difference and its standard error, bold where a is worse by more than that."""
    d = a - b
    mean, error = float(d.mean()), float(d.std(ddof=1) / np.sqrt(len(d)))
    text = f"{mean:+.4f} ± {error:.4f}"
    return f"**{text}**" if mean > error else text


def table_row(source: Source, seed: int, rule: SelectionRule) -> tuple[list[str], int]:
    """Sweep one table and fit the two others: a row's cells, and how many probabilities were raised."""
    config = SweepConfig(FitConfig(seed=seed), rule=rule)
    dataset, split = load(source, seed)
    name = Path(source.data).stem
    if TARGETS.get(name, dataset.target) != dataset.target:
        raise SystemExit(f"{name}: the target is {TARGETS[name]}, not {dataset.target}.")
    result = run_sweep(config, Folds(config.fit, dataset, split, config.folds), Resources())
    chosen = fit_chosen(result, 1 << 30)
    classes = dataset.task == "classification"
    tuned, (mlp, raised), (line, more) = (
        chosen.test_losses(), default_mlp(chosen.fold, classes), linear(chosen.fold, classes),
    )  # fmt: skip
    pick = result.selection
    cells = [name, str(dataset.rows), str(result.n_features), f"{pick.lambda_min:.3g}", f"{pick.lambda_1se:.3g}"]
    cells += [place(result), str(result.networks), f"{result.seconds:.1f}"]
    cells += [f"{loss:.4f}" for loss in (tuned.mean(), result.best_row.test_loss, mlp.mean(), line.mean())]
    return [*cells, paired(tuned, mlp), paired(tuned, line)], raised + more


def line_of(cells: list[str] | tuple[str, ...]) -> str:
    """A line of a markdown table."""
    return f"| {' | '.join(cells)} |"


def main(seed: int, rule: SelectionRule) -> None:
    """Print the table as it is made."""
    started, raised = time.perf_counter(), 0
    print(line_of(HEAD), line_of(["---"] * len(HEAD)), sep="\n", flush=True)
    for source in sources():
        cells, more = table_row(source, seed, rule)
        raised += more
        print(line_of(cells), flush=True)
    took = time.perf_counter() - started
    print(f"\nSeed {seed}, rule {rule}; {raised} probabilities raised to {TINY:.1g}; {took:.0f} s in all.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0, "min" if "min" in sys.argv[2:] else "1se")
