"""What the numbers say, in plain words: the lines above and the paragraphs below the tables."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wdcli.data.dataset import Dataset, Split
from wdcli.names import Verdict
from wdcli.report.numbers import figure, loss, seconds, share
from wdcli.sweep.comparison import CompareResult
from wdcli.sweep.config import FitConfig
from wdcli.sweep.records import LaneRecord, Row
from wdcli.sweep.runner import SweepResult, TrainResult
from wdcli.text import count, safe

FEW_TEST_ROWS = 20
UNSETTLED = 0.1
"""A ``kkt`` above this: the weights are still some way from the objective's optimum."""


def data_line(dataset: Dataset, split: Split, n_features: int) -> str:
    """``moons, noise 0.35: 300 training rows, 100 test rows, 2 features, 2 classes``."""
    parts = [
        count(len(split.train), "training row"),
        count(len(split.test), "test row"),
        count(n_features, "feature"),
    ]
    if dataset.task == "classification":
        parts.append(count(len(dataset.class_names), "class", "classes"))
    else:
        parts.append(f"target {safe(dataset.target)}")
    return f"{safe(dataset.title)}: {', '.join(parts)}"


def network_line(config: FitConfig, lambd: float | None = None) -> str:
    """``network 64,64 relu, l2 0.1 (coupled), adam``."""
    units = ",".join(map(str, config.hidden))
    network = f"network {units} {config.activation}" if units else "linear model (no hidden layer)"
    value = "" if lambd is None or config.penalty == "none" else f" {figure(lambd, 6)}"
    convention = "" if config.convention == "textbook" else f" in {config.convention}'s convention"
    ratio = f", l1_ratio {config.l1_ratio:g}" if config.penalty == "elastic-net" else ""
    penalty = (
        "no penalty"
        if config.penalty == "none"
        else f"{config.penalty}{value}{convention} ({config.resolved_decay}{ratio})"
    )
    layers = f" on layers {_ranges(config.decay_layers)}" if config.decay_layers else ""
    return f"{network}, {penalty}{layers}, {config.optimizer}"


def _ranges(layers: Sequence[int]) -> str:
    """``1-7`` for consecutive layers, else ``1,3``."""
    if len(layers) > 1 and list(layers) == list(range(layers[0], layers[-1] + 1)):
        return f"{layers[0]}-{layers[-1]}"
    return ",".join(map(str, layers))


def diverged(config: FitConfig) -> str:
    """Why a training came to nothing, and what to do."""
    return f"Training diverged: the loss grew beyond all bounds. Lower --lr (it is {config.learning_rate:g})."


def train_paragraph(config: FitConfig, lambd: float, dataset: Dataset, result: TrainResult) -> str:
    """What one fit says."""
    record = result.record
    said = []
    if record.status == "collapsed":
        said.append(
            f"The network has collapsed: with a training loss of {loss(record.train_loss)} it does no better than "
            f"{_constant(dataset)}. A smaller --lambd or more --epochs may train it; 'wdcli sweep' shows where."
        )
    else:
        said.append(_generalises(dataset, result))
    n_test = len(result.fold.Y_held)
    if n_test < FEW_TEST_ROWS:
        said.append(f"With {count(n_test, 'test row')} the test figures say little.")
    found = record.diagnostics
    if found and found.sparsity > 0:
        features = f"{found.live_features} of {result.fold.X.shape[1]} features are in use."
        said.append(_zeros(config, found.sparsity, features))
    if found and config.penalty != "none" and lambd > 0 and found.kkt > UNSETTLED and record.status == "ok":
        said.append(_unsettled(config, found.kkt))
    return " ".join(said)


def _generalises(dataset: Dataset, result: TrainResult) -> str:
    """What the test loss says, beside the training loss and what a constant answer reaches on the same rows."""
    train, test = result.record.train_loss, result.record.held_loss
    constant_train, constant_test = result.constant
    if test >= constant_test:
        return (
            f"On new rows the network does worse than {_constant(dataset)} (test loss {loss(test)}, theirs "
            f"{loss(constant_test)}): it fits noise. 'wdcli sweep' finds the lambda that generalises best."
        )
    if test / constant_test > 1.1 * train / constant_train:
        return (
            f"Test loss is {figure(test / train, 2)} times the training loss: part of the fit is noise. "
            "'wdcli sweep' shows whether another lambda generalises better."
        )
    return "Test loss is about the training loss: no sign of overfitting. 'wdcli sweep' shows whether less decay does better."


def _zeros(config: FitConfig, sparsity: float, in_use: str) -> str:
    """How many weights are exactly zero, and whether the penalty made them so."""
    zeros = f"{share(sparsity)} of the weights are exactly zero"
    if config.penalty in ("l1", "elastic-net"):
        return f"{zeros}; {in_use}"
    return f"{zeros}: shrunk until {config.dtype} could not hold them (L2 itself makes no exact zeros)."


def _constant(dataset: Dataset) -> str:
    return "the mean of the target" if dataset.task == "regression" else "the class shares"


def _unsettled(config: FitConfig, kkt: float) -> str:
    """That weights are not at the objective's optimum, and what else shaped them."""
    away = f"The weights are not at the penalised loss's optimum (kkt {figure(kkt, 2)}):"
    if config.resolved_decay == "decoupled":
        return f"{away} decoupled decay has another one."
    if config.early_stopping:
        return f"{away} early stopping regularises too."
    return f"{away} when training stopped (--epochs), and the noise of its batches (--batch-size), matter too."


@dataclass(frozen=True)
class Around:
    """The outcomes of several seeds at one lambda; ``scores`` are the lowest and highest test score."""

    lambd: float
    seeds: int
    collapsed: int
    diverged: int
    scores: tuple[float, float]


def neighbourhood(records: Sequence[LaneRecord]) -> list[Around]:
    """Outcomes by lambda, ascending."""
    found = []
    for lambd in sorted({record.lambd for record in records}):
        here = [record for record in records if record.lambd == lambd]
        scores = [r.held_score for r in here if not math.isnan(r.held_score)] or [math.nan]
        statuses = [record.status for record in here]
        found.append(
            Around(
                lambd, len(here), statuses.count("collapsed"), statuses.count("diverged"), (min(scores), max(scores))
            )
        )
    return found


def edge_paragraph(dataset: Dataset, result: TrainResult) -> str:
    """Whether the outcome turns on the seed, at this lambda and half a decade to either side."""
    around = neighbourhood(result.records)
    here = next(a for a in around if a.lambd == result.record.lambd)
    below = [a for a in around if a.lambd < here.lambd]
    above = [a for a in around if a.lambd > here.lambd]
    constant = _constant(dataset)
    value, outcome = figure(here.lambd), f"{here.collapsed} of {count(here.seeds, 'seed')}"
    if 0 < here.collapsed < here.seeds:
        first = (
            f"lambda = {value} is at the edge where this network collapses to {constant}: {outcome} collapse, "
            "so the outcome turns on the seed."
        )
    elif here.collapsed:
        first = f"At lambda = {value} this network collapses to {constant}, whatever the seed ({outcome})."
    else:
        first = f"At lambda = {value} this network trains, whatever the seed ({outcome} collapse)."
    return " ".join(
        [first, *(_beside(a, "well below, at") for a in below), *(_beside(a, "well above, at") for a in above)]
    )


def _beside(around: Around, where: str) -> str:
    place = f"{where[0].upper()}{where[1:]} {figure(around.lambd)},"
    if around.collapsed == around.seeds:
        return f"{place} it never trains."
    if around.collapsed == 0:
        return f"{place} it always trains."
    return f"{place} {around.collapsed} of {around.seeds} collapse."


def sweep_line(result: SweepResult) -> str:
    """The network, and what the sweep cost."""
    config = result.config
    return (
        f"{network_line(config.fit)}; {count(config.folds, 'fold')} x {count(config.seeds, 'seed')}, "
        f"{count(result.networks, 'network')} in {seconds(result.seconds)}"
    )


def sweep_paragraph(dataset: Dataset, split: Split, result: SweepResult) -> str:
    """What was chosen and why, what the rows to either side do, and how far the numbers can be trusted."""
    if len(result.rows) == 1:
        return f"One lambda, {figure(result.rows[0].lambd)}: nothing to choose from."
    said = [_choice(result), *_sides(dataset, result), *_removed(result)]
    chosen = result.chosen_row
    if chosen.kkt > UNSETTLED and chosen.lambd > 0 and chosen.status == "ok":
        said.append(_unsettled(result.config.fit, chosen.kkt))
    if any(row.status == "diverged" for row in result.rows):
        said.append("Rows that diverged are left out of the choice: a lower --lr, or --decay proximal, may train them.")
    return " ".join(said)


def _choice(result: SweepResult) -> str:
    found = result.selection
    low, high = figure(found.lambda_min), figure(found.lambda_1se)
    if found.lambda_min == found.lambda_1se:
        text = f"lambda = {low} is chosen: the best, and the largest within one SE of the best."
    elif found.rule == "1se":
        text = f"lambda_1se = {high} is chosen: the largest lambda within one SE of the best ({low})."
    else:
        text = f"lambda_min = {low} is chosen: the best. Within one SE of it are lambdas up to {high}."
    if found.lambda_min == 0:
        text += " The best lambda is 0: the data show no need of decay."
    elif found.at_edge:
        text += " The best lambda lies at the edge of the grid: there may be a better one beyond; widen --lambdas."
    elif found.lambda_1se == result.rows[-1].lambd and result.rows[-1].status == "ok":
        text += " So is the largest lambda of the grid: larger ones may do as well; widen --lambdas."
    if result.chosen_row.status == "collapsed":
        text += " There the network has collapsed: the data don't show that it predicts better than a constant answer."
    return text


def _sides(dataset: Dataset, result: SweepResult) -> list[str]:
    """The rows to the left and to the right of the plateau."""
    said = []
    over, good = _with(result.rows, "overfit"), _with(result.rows, "good")
    best = next(row for row in result.rows if row.lambd == result.selection.lambda_min)
    if over and good:
        said.append(
            f"Up to {figure(over[-1].lambd)} the network overfits: at {figure(over[0].lambd)} training loss is "
            f"{loss(over[0].train_loss)} and CV loss {figure(over[0].cv_loss / best.cv_loss, 3)} times the best."
        )
    elif result.rows[0].verdict == "good" and result.rows[0].lambd == 0 and best.lambd > 0:
        said.append("No decay at all is within one SE of the best: the data don't show that decay helps.")
    under, collapsed = _with(result.rows, "underfit"), _with(result.rows, "collapsed")
    if under:
        said.append(f"From {figure(under[0].lambd)} on it underfits.")
    said += [
        f"At {figure(row.lambd)} the fits on all training rows train, but {share(row.collapsed_folds)} of those in the folds "
        "collapse: it is at the edge."
        for row in under
        if row.collapsed_folds > 0
    ]
    if collapsed:
        said.append(f"From {figure(collapsed[0].lambd)} on it collapses to {_constant(dataset)}.")
    return said


def _with(rows: Sequence[Row], verdict: Verdict) -> list[Row]:
    return [row for row in rows if row.verdict == verdict]


def _removed(result: SweepResult) -> list[str]:
    """What the penalty took away at the chosen lambda."""
    row = result.chosen_row
    if not row.sparsity > 0:
        return []
    units = sum(result.config.fit.hidden)
    live = f"{figure(row.live_units, 3)} of {units} hidden units and " if units else ""
    mean = " (means over seeds)" if result.config.seeds > 1 else ""
    in_use = f"{live}{figure(row.live_features, 3)} of {result.n_features} features are in use{mean}."
    return [f"At {figure(row.lambd)} {_zeros(result.config.fit, row.sparsity, in_use)}"]


def elsewhere(dataset: Dataset, split: Split, result: SweepResult) -> str:
    """The command that gives the chosen lambda in other tools' conventions."""
    fit, rows = result.config.fit, len(split.train)
    options = [
        f"--lambd {result.selection.chosen:g}",
        f"--rows {rows}",
        f"--batch-size {fit.resolved_batch_size(rows)}",
    ]
    if fit.penalty != "l2":
        options.append(f"--penalty {fit.penalty}")
    if fit.penalty == "elastic-net":
        options.append(f"--l1-ratio {fit.l1_ratio:g}")
    if fit.convention != "textbook":
        options.append(f"--convention {fit.convention}")
    if fit.resolved_decay == "decoupled":
        options.append("--decay decoupled")
    if dataset.task == "regression":
        options.append("--task regression")
    return f"The same lambda elsewhere: wdcli convert {' '.join(options)}"


def compare_paragraph(result: CompareResult) -> str:
    """What the tests say, and which penalty leaves the smaller network."""
    found = [c for c in result.comparisons if c.conclusion != "no detectable difference"]
    said = [f"{c.a} and {c.b}: {c.conclusion} (p = {figure(c.difference.p_value, 2)})." for c in found]
    if not found:
        folds = result.sweeps[0].config.folds
        said.append(
            f"No detectable difference on this data; that is not equality: {folds} folds could not have shown one that "
            "lies within the intervals."
        )
    elif len(found) < len(result.comparisons):
        said.append("The other pairs show no detectable difference.")
    for name, sweep in zip(result.names, result.sweeps, strict=True):
        if sweep.selection.at_edge and sweep.selection.lambda_min > 0:
            said.append(f"The best lambda of {name} lies at the edge of its grid: widen --lambdas.")
    zeros = [f"{name} {share(s.chosen_row.sparsity)}" for name, s in zip(result.names, result.sweeps, strict=True)]
    said.append(f"Weights that are exactly zero: {', '.join(zeros)}.")
    return " ".join(said)
