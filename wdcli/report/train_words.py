"""What one fit says, in plain words."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wdcli.data.dataset import Dataset, Split
from wdcli.data.generators import GENERATORS
from wdcli.fits.config import FitConfig
from wdcli.fits.records import LaneRecord
from wdcli.fits.single import TrainResult
from wdcli.report.feature_words import Outcome, in_use, leak
from wdcli.report.numbers import figure, loss, times
from wdcli.report.words import (
    VISIBLE,
    constant_answer,
    data_line,
    effective_network,
    majority,
    network_line,
    room,
    undecayed,
    unfinished,
    unsettled,
    zeroless,
    zeros,
)
from wdcli.text import capitalised, count

FEW_TEST_ROWS = 20
CHANCE = 2.0
"""A test loss within so many of its standard errors of the training loss may not be larger at all."""
SMALL_GAP = 0.05
"""A difference of the losses below this share of a constant answer's loss is small in itself."""


def diverged(config: FitConfig) -> str:
    """Why training failed, and what to do."""
    return f"Training diverged: the loss grew beyond all bounds. Lower --lr (it is {config.learning_rate:g})."


def heading(config: FitConfig, dataset: Dataset, split: Split, result: TrainResult) -> list[str]:
    """The data, and the network and its training: the same whenever the command is given."""
    network = network_line(config, result.record.lambd)
    return [data_line(dataset, split, result.fold.n_features), f"{network}; {count(result.record.epochs, 'epoch')}"]


def summary(config: FitConfig, dataset: Dataset, result: TrainResult) -> list[str]:
    """The paragraphs about one fit, and about its neighbours."""
    ended = result.record.status == "diverged"
    said = [diverged(config) if ended else train_paragraph(config, dataset, result)]
    return [*said, edge_paragraph(dataset, result)] if result.records else said


def train_paragraph(config: FitConfig, dataset: Dataset, result: TrainResult) -> str:
    """What one fit says."""
    record = result.record
    said = []
    if record.status == "collapsed":
        said.append(
            f"The network has collapsed: with a training loss of {loss(record.train_loss)} it does no better than "
            f"{constant_answer(dataset)}. A smaller --lambd or more --epochs may train it; 'wdcli sweep' shows where."
        )
    elif result.fold.held.Y.size:
        said.append(_generalises(dataset, result))
    n_test = len(result.fold.held.Y)
    if not n_test:
        said.append("No rows were held out to test the network.")
    elif n_test < FEW_TEST_ROWS:
        said.append(f"With {count(n_test, 'test row')} the test figures say little.")
    said += [*undecayed(config), *(zeroless(config) if record.lambd > 0 else [])]
    found = record.diagnostics
    if dataset.task == "classification" and record.status == "ok" and found:
        scores = record.held_score, found.test_auc, found.test_balanced_accuracy
        said += majority(result.fold.train, result.fold.held, *scores)
    if found and found.sparsity > 0:
        full = (result.fold.n_features, *config.hidden, dataset.n_outputs)
        left = effective_network(found, full, len(result.fold.encoding.columns), several=False)
        said.append(capitalised(zeros(config, found.sparsity, left)))
    if found and record.status == "ok":
        said += in_use(found.effective, found.strongest, result.fold.encoding.feature_names)
        outcome = Outcome(record.lambd, record.train_loss, record.held_loss, found.strongest)
        said += leak([outcome], result.fold.encoding, result.constant[0]) if dataset.name not in GENERATORS else []
    if found and record.lambd > 0 and record.status == "ok":
        said += _short_of_optimum(found.kkt, room(config, found.kkt, record.train_penalty), result.test_se)
    return " ".join(said)


def _short_of_optimum(kkt: float, most: float, error: float) -> list[str]:
    """That more training may change the result, where the penalised loss could fall by so much at the ``most``."""
    if most > error:
        return [unsettled(kkt, most, "the test loss's SE", "the result")]
    return [unfinished(kkt, most)] if most > 0 and kkt > VISIBLE else []


def _generalises(dataset: Dataset, result: TrainResult) -> str:
    """What the test loss says, beside the training loss and what a constant answer reaches on the same rows."""
    train, test = result.record.train_loss, result.record.held_loss
    constant_train, constant_test = result.constant
    if test >= constant_test:
        return (
            f"On the test rows the network does worse than {constant_answer(dataset)} (test loss {loss(test)} ± "
            f"{loss(result.test_se)}, theirs {loss(constant_test)}). 'wdcli sweep' finds the lambda that generalises best."
        )
    expected = train * constant_test / constant_train if math.isfinite(constant_test) else train
    if test > expected + CHANCE * result.test_se:
        return (
            f"Test loss is {times(test, train)} the training loss, by more than the choice of test rows explains (SE "
            f"{loss(result.test_se)}): the network fits its training rows better than new ones. 'wdcli sweep' shows whether "
            "more or less decay generalises better."
        )
    if test - expected > SMALL_GAP * constant_train:
        few = f"{count(len(result.fold.held.Y), 'test row')} {'is' if len(result.fold.held.Y) == 1 else 'are'} too few"
        return (
            f"Test loss is {times(test, train)} the training loss, but {few} to tell that from chance (SE "
            f"{loss(result.test_se)}). 'wdcli sweep' shows whether more or less decay generalises better."
        )
    return (
        f"Test loss is close to the training loss (SE {loss(result.test_se)}): no sign of overfitting. 'wdcli sweep' shows "
        "whether more or less decay does better."
    )


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
    constant = constant_answer(dataset)
    value, outcome = figure(here.lambd), f"{here.collapsed} of {count(here.seeds, 'seed')}"
    if here.diverged:
        first = f"At lambda = {value}, {_failures(here)}: lower --lr."
        return " ".join([first, *_sides(below, above)])
    if 0 < here.collapsed < here.seeds:
        first = (
            f"lambda = {value} is at the edge where this network collapses to {constant}: {outcome} collapse, "
            "so the outcome turns on the seed."
        )
    elif here.collapsed:
        first = f"At lambda = {value} this network collapses to {constant}, whatever the seed ({outcome})."
    else:
        first = f"At lambda = {value} this network trains, whatever the seed ({outcome} collapse)."
    return " ".join([first, *_sides(below, above)])


def _sides(below: Sequence[Around], above: Sequence[Around]) -> list[str]:
    return [*(_beside(a, "Well below, at") for a in below), *(_beside(a, "Well above, at") for a in above)]


def _beside(around: Around, where: str) -> str:
    place = f"{where} {figure(around.lambd)},"
    if around.collapsed + around.diverged == around.seeds:
        return f"{place} it never trains."
    if around.collapsed + around.diverged == 0:
        return f"{place} it always trains."
    return f"{place} {_failures(around)}."


def _failures(around: Around) -> str:
    """``2 of 8 collapse and 1 diverge``."""
    diverged = f" and {around.diverged} diverge" if around.diverged else ""
    return f"{around.collapsed} of {around.seeds} collapse{diverged}"
