"""Words that every table shares: the lines above it, and the sentences on zeros and optima below."""

import math
from collections.abc import Sequence

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Split
from wdcli.fits.config import FitConfig
from wdcli.fits.records import Diagnostics
from wdcli.names import GroupBy, PenaltyName
from wdcli.nn.arrays import Examples
from wdcli.nn.losses import class_shares
from wdcli.nn.penalties import PENALTIES
from wdcli.report.numbers import count_of, figure, loss, share
from wdcli.sweep.rows import Row
from wdcli.text import count, safe

UNSETTLED = 0.02
"""A ``kkt`` above this: the weights are still some way from the objective's optimum."""
VISIBLE = 0.05
"""Above this ``kkt`` a linear model's weights may still change by a tenth: under L2, |w - w*| <= 2 kkt / (1 - kkt) |w|."""
FARTHEST = 0.5
"""Above this ``kkt`` it no longer tells how far."""


def data_line(dataset: Dataset, split: Split, n_features: int) -> str:
    """``moons, noise 0.35: 300 training rows, 100 test rows, 2 features, 2 classes``."""
    parts = [
        *_rows(dataset, split),
        count(n_features, "feature"),
    ]
    if dataset.task == "classification":
        parts.append(count(len(dataset.class_names), "class", "classes"))
    else:
        parts.append(f"target {safe(dataset.target)}")
    return f"{safe(dataset.title)}: {', '.join(parts)}"


def _rows(dataset: Dataset, split: Split) -> list[str]:
    """``300 training rows of weight 612``, and the test rows likewise; without the weight if each row counts once."""
    return [_counted(dataset, split.train, "training row"), _counted(dataset, split.test, "test row")]


def _counted(dataset: Dataset, rows: Array, name: str) -> str:
    weight = dataset.weight(rows)
    return count(len(rows), name) + ("" if weight is None else f" of weight {figure(weight.sum())}")


def network_line(config: FitConfig, lambd: float | None = None, ratios: Sequence[float] = ()) -> str:
    """``network 64,64 relu, l2 0.1 (coupled), adam``; ``ratios`` are those of a sweep over several."""
    units = ",".join(map(str, config.hidden))
    network = f"network {units} {config.activation}" if units else "linear model"
    penalty = _penalty(config, lambd, ratios or [config.l1_ratio]) if config.penalised else "no penalty"
    layers = f" on layers {ranges(config.decay_layers)}" if config.decay_layers else ""
    return f"{network}, {penalty}{layers}, {config.optimizer}"


def training(config: FitConfig, n_train: int) -> str:
    """``60 epochs, batches of 32, lr 0.01`` for so many training rows."""
    how = config.fitted(n_train)
    most = "up to " if config.early_stopping else ""
    return f"{most}{count(how['epochs'], 'epoch')}, batches of {how['batch_size']}, lr {how['learning_rate']:g}"


def _penalty(config: FitConfig, lambd: float | None, ratios: Sequence[float]) -> str:
    """``l2 0.1 (coupled)``."""
    value = "" if lambd is None else f" {figure(lambd, 6)}"
    convention = "" if config.convention == "textbook" else f" in {config.convention}'s convention"
    details = f"{config.resolved_decay}{l1_ratio(config.penalty, *ratios)}{group_by(config.penalty, config.group_by)}"
    return f"{config.penalty}{value}{convention} ({details})"


def l1_ratio(penalty: PenaltyName, *ratios: float) -> str:
    """``, l1_ratio 0.3`` for a penalty that has one, else nothing."""
    return f", l1_ratio {', '.join(f'{ratio:g}' for ratio in ratios)}" if PENALTIES[penalty].has_l1_ratio else ""


def group_by(penalty: PenaltyName, by: GroupBy) -> str:
    """``, by features`` for a penalty on groups, unless it has all groups that there can be."""
    return f", by {by}" if PENALTIES[penalty].has_groups and by != "nodes" else ""


def undecayed(config: FitConfig) -> list[str]:
    """A line if the norms include layers that no penalty shrinks."""
    free = [layer for layer, decayed in enumerate(config.decayed().tolist(), 1) if not decayed]
    if not free or not config.penalised:
        return []
    layers = "the output layer" if free == [len(config.hidden) + 1] else f"layers {ranges(free)}"
    return [f"|W| counts all layers, and {layers} without decay may grow as the others shrink."]


def zeroless(config: FitConfig) -> list[str]:
    """A line if the penalty makes exact zeros, but not where it acts."""
    if config.makes_zeros or not PENALTIES[config.penalty].sparse:
        return []
    return [f"Coupled {config.penalty} makes weights small, and none exactly zero: --decay proximal does that."]


def ranges(layers: Sequence[int]) -> str:
    """``1-7`` for consecutive layers, else ``1,3``."""
    if len(layers) > 1 and list(layers) == list(range(layers[0], layers[-1] + 1)):
        return f"{layers[0]}-{layers[-1]}"
    return ",".join(map(str, layers))


def zeroes_groups(config: FitConfig) -> bool:
    """Whether whole groups of weights become exactly zero: columns of the table, or hidden units."""
    return config.makes_zeros and PENALTIES[config.penalty].has_groups


def zeros(config: FitConfig, sparsity: float, in_use: str) -> str:
    """How many weights are exactly zero, and whether the penalty made them so; of one on groups, first what is in use."""
    zeros = f"{share(sparsity)} of the weights are exactly zero"
    if zeroes_groups(config):
        return f"{in_use}; {zeros}."
    if config.makes_zeros:
        return f"{zeros}; {in_use}."
    by_l2 = "" if PENALTIES[config.penalty].sparse else " (L2 itself makes no exact zeros)"
    return f"{zeros}: shrunk until {config.dtype} could not hold them{by_l2}."


def effective_network(found: Row | Diagnostics, full: Sequence[int], columns: int, several: bool) -> str:
    """``the effective network has 7 of 10 features and, layer by layer, 12 of 64, 5 of 64 hidden units (means over seeds)``.

    ``full`` are the sizes of the whole network, ``columns`` the number of columns that its features are made from.
    """
    mean = " (means over seeds)" if several else ""
    features, *units = [
        f"{count_of(left)} of {whole}" for left, whole in zip(found.effective[:-1], full[:-1], strict=True)
    ]
    inputs = f"{features} features"
    if columns < full[0]:
        inputs = f"{count_of(found.effective_columns)} of {columns} columns ({inputs})"
    if not units:
        return f"{inputs} are in use{mean}"
    layers = " and, layer by layer," if len(units) > 1 else " and"
    return f"the effective network has {inputs}{layers} {', '.join(units)} hidden units{mean}"


def majority(trained: Examples, tested: Examples, accuracy: float, auc: float, balanced: float) -> list[str]:
    """A line if the accuracy on tested rows is no better than always naming the most frequent class of the trained ones.

    The line gives the ROC AUC and the balanced accuracy, if they are defined.
    """
    of_class = [class_shares(*rows.in_scores[1:]) for rows in (trained, tested)]
    share_of_most = float(of_class[1][of_class[0].argmax()]) if len(tested.Y) else math.nan
    if not accuracy <= share_of_most:
        return []
    scores = {"ROC AUC": auc, "balanced accuracy": balanced}
    known = [f"{name} ({figure(value)})" for name, value in scores.items() if not math.isnan(value)]
    told = f": {' and '.join(known)} {'tell' if len(known) > 1 else 'tells'} more" if known else ""
    return [
        f"A test accuracy of {share(accuracy, 1)} is no better than always naming the most frequent class "
        f"({share(share_of_most, 1)}){told}."
    ]


def constant_answer(dataset: Dataset) -> str:
    """What a network that has collapsed answers with."""
    return "the mean of the target" if dataset.task == "regression" else "the class shares"


def room(config: FitConfig, kkt: float, penalty: float) -> float:
    """The most that a linear model's penalised loss may lie above its optimum; infinite where kkt can't tell.

    With r the residual, ||r|| <= 2 k ||pull|| for k = kkt / (1 - kkt), and pull the penalty's gradient: the rest is the
    penalty's ``suboptimality``. 0 for decoupled decay, which has another optimum, for early stopping, which is meant to end
    before it, and with hidden layers: every such network also depends on when training stops, and on its batches, which
    regularise it too.
    """
    if config.hidden or config.resolved_decay == "decoupled" or config.early_stopping or not kkt > UNSETTLED:
        return 0.0
    if kkt > FARTHEST:
        return math.inf
    return PENALTIES[config.penalty].suboptimality(penalty, kkt / (1 - kkt))


def unsettled(kkt: float, room: float, error: str, changes: str) -> str:
    """The sentence that training stopped too far from the optimum, by more than ``error``, and what more of it may change."""
    if math.isinf(room):
        far = f"Training stopped far from the penalised loss's optimum (kkt {figure(kkt, 2)})"
        return f"{far}: more --epochs may change {changes}."
    return (
        f"Training may have stopped too early: the penalised loss could fall by up to {loss(room)} (kkt {figure(kkt, 2)}), "
        f"more than {error}; more --epochs may change {changes}."
    )


def unfinished(kkt: float, room: float) -> str:
    """The sentence that the weights may still change visibly, though the penalised loss only by ``room``."""
    return (
        f"Training stopped short of the penalised loss's optimum (kkt {figure(kkt, 2)}): more --epochs may still change the "
        f"weights visibly, and the penalised loss by up to {loss(room)}."
    )
