"""Notes on a result: how the columns were treated, and settings or grids that may mislead."""

from collections.abc import Sequence

from wdcli.data import made, rare_classes
from wdcli.data.dataset import Dataset, Split
from wdcli.data.encoding import Encoding
from wdcli.data.generators import GENERATORS
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Fold, Folds
from wdcli.fits.plan import make_strengths
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.firstpass import FEWEST_LAMBDAS
from wdcli.sweep.result import SweepResult
from wdcli.text import count


def columns(dataset: Dataset, split: Split, encoding: Encoding) -> list[str]:
    """How the training rows' encoding treats the columns; for generated data, only those that are left out."""
    if dataset.asked.get("data", "") in GENERATORS:
        return made.left_out(encoding)
    return made.notes(encoding, dataset.columns, split.train)


def rare(folds: Folds) -> list[str]:
    """What cross-validation can't say about classes with few rows."""
    return rare_classes.fold_notes(folds.dataset, folds.split.train, folds.parts)


def edge(result: SweepResult) -> list[str]:
    """A warning if the best lambda is the first or last of the grid, as a better one may lie beyond it."""
    lambd = result.selection.lambda_min
    null = result.best_row.status == "collapsed" and any(row.status == "ok" for row in result.rows)
    if not result.selection.at_edge or lambd == 0 or null:
        return []
    return [
        f"Warning: the best lambda of {result.config.fit.penalty}, {lambd:g}, is at the edge of the grid: there may be a "
        "better one beyond; widen --lambdas"
    ]


def dead_ends(config: SweepConfig) -> list[str]:
    """A note if a path goes down from large lambdas, where networks lose units that seldom come back."""
    if config.path == "cold" or config.path_order == "up" or not (config.fit.hidden and config.fit.makes_zeros):
        return []
    return [
        f"--path warm goes down: with hidden layers, units that a large lambda of {config.fit.penalty} has cut off seldom "
        "come back at a smaller one; --path-order up goes from dense to sparse"
    ]


def first_pass(config: SweepConfig, rows: int) -> list[str]:
    """A note if so many training rows, or so few lambdas, leave a sample that was asked for without effect."""
    if not config.first_rows or not config.raced:
        return []
    if config.first_rows >= rows:
        return [f"--first-rows {config.first_rows} has no effect: there are {count(rows, 'training row')}"]
    if config.lambdas is not None and len(set(config.lambdas)) < FEWEST_LAMBDAS:
        return [f"--first-rows has no effect with fewer than {FEWEST_LAMBDAS} lambdas"]
    return []


def stability(
    config: FitConfig, dataset: Dataset, whole: Fold, smallest_fit: int, lambdas: Sequence[float]
) -> list[str]:
    """A warning if SGD's steps with coupled L2 must diverge at the largest lambda, whatever the data.

    On the quadratic s2 w^2 / 2 they diverge if lr s2 exceeds 2 (1 + m) with momentum m, or 2 (1 + m) / (1 + 2 m) with
    Nesterov's. In most conventions s2 is largest in the fit with the fewest rows, of which there are ``smallest_fit``.
    """
    if config.optimizer != "sgd" or config.resolved_decay != "coupled":
        return []
    batch_size = config.resolved_batch_size(len(whole.train_rows))
    strengths = make_strengths(config, dataset, smallest_fit, batch_size, [max(lambdas)], whole.mean_weight)
    s2 = float(strengths.l2.max())
    limit = 2 * (1 + config.momentum) / (1 + 2 * config.momentum * config.nesterov)
    if config.learning_rate * s2 <= limit:
        return []
    return [
        f"Warning: sgd with coupled decay is unstable at lambda = {max(lambdas):g}, whatever the data: lr x s2 = "
        f"{config.learning_rate * s2:.3g} is over {limit:.3g}. Use --decay proximal, or a smaller --lr."
    ]
