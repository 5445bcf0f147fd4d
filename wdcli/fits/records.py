"""What is kept of each trained network: plain numbers."""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from wdcli.fits.quantities import Measures
from wdcli.names import Status

NAN = math.nan
"""Not measured, or without a meaning (null in JSON)."""


@dataclass(frozen=True)
class LayerRecord:
    """One layer's weights; ``layer`` counts from 1, ``live_units`` is None for the output layer."""

    layer: int
    fan_in: int
    fan_out: int
    l1_norm: float
    l2_norm: float
    sparsity: float
    live_units: int | None


class Strong(NamedTuple):
    """A feature that is in use, by its place among the encoded ones, and the 2-norm of its weights into the first layer."""

    feature: int
    l2_norm: float


MOST_STRONG = 100
"""So many of a network's features are kept."""


@dataclass(frozen=True)
class Diagnostics(Measures):
    """What a network that was fitted on all training rows is like.

    ``effective`` counts the features, the units of each hidden layer and the outputs that are on a way of non-zero weights
    from a feature to an output; ``strongest`` are the first ``MOST_STRONG`` of these features, in descending order of their
    norms. ``excess_risk`` is the mean squared distance to the truth, where that is known.
    """

    layers: tuple[LayerRecord, ...]
    effective: tuple[int, ...]
    strongest: tuple[Strong, ...]
    excess_risk: float | None

    @property
    def nonzero_weights(self) -> int:
        """Weights (not biases) that are not exactly 0."""
        return sum(round((1 - layer.sparsity) * layer.fan_in * layer.fan_out) for layer in self.layers)


@dataclass(frozen=True)
class LaneRecord:
    """One network: its lambda, its fold (0: all training rows) and repeat, how it ended, and what was measured.

    ``held_loss`` and ``held_score`` are on the fold's held-out rows, or for fold 0 on the test rows. Losses are mean data
    losses without the penalty, in the units of all training rows' standardised target.
    """

    lambd: float
    fold: int
    repeat: int
    status: Status
    epochs: int
    train_loss: float
    train_score: float
    train_penalty: float
    held_loss: float
    held_score: float
    max_grad_norm: float
    diagnostics: Diagnostics | None = None


class KeyedRecord(NamedTuple):
    """A record with the key of its lane, and what its run calls it (JSON: penalty, decay, l1_ratio, lambda).

    At lambda = 0 networks of several l1_ratios are one: a lane can have several names in a run.
    """

    key: bytes
    name: str
    record: LaneRecord


def without_numbers(record: LaneRecord) -> LaneRecord:
    """The record of a network that diverged: how it ended, and no number that could be mistaken for a result."""
    return replace(
        record,
        train_loss=NAN,
        train_score=NAN,
        train_penalty=NAN,
        held_loss=NAN,
        held_score=NAN,
        max_grad_norm=NAN,
        diagnostics=None,
    )
