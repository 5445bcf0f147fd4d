"""The records kept of each trained network: plain numbers."""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from wdcli.fits.quantities import Measures
from wdcli.names import Status
from wdcli.nn.history import History

NAN = math.nan
"""Not measured, or not meaningful (null in JSON)."""


@dataclass(frozen=True)
class LayerRecord:
    """One layer's weights; ``layer`` counts from 1, ``live_units`` is None for the output layer.

    In a row of a sweep they are means over seeds.
    """

    layer: int
    fan_in: int
    fan_out: int
    l1_norm: float
    l2_norm: float
    sparsity: float
    live_units: float | None


class Strong(NamedTuple):
    """A feature in use, by its place among the encoded ones, and the 2-norm of its weights into the first layer."""

    feature: int
    l2_norm: float


PICTURED = ("layers", "column_norms", "history", "function")
"""What a row holds for pictures alone; a table has no column for it."""
MOST_STRONG = 100
"""The most features kept per network."""


@dataclass(frozen=True)
class Diagnostics(Measures):
    """Measures of a network that was fitted on all training rows.

    ``effective`` counts the features, the units of each hidden layer and the outputs that lie on a path of non-zero
    weights from a feature to an output; ``strongest`` are up to ``MOST_STRONG`` of these features, in descending order
    of norm. ``excess_risk`` is the mean squared distance to the truth, if that is known. ``column_norms`` are the 2-norms
    of each of the table's columns: over the weights out of its features in use. The first seed's record also holds the
    ``history`` of its losses and, of a table with one or two columns, its ``function``: what it predicts at the points of
    the mesh, (outputs, points) little-endian 32-bit floats, probabilities or numbers in the loss's units. All three are
    absent from records of older versions.
    """

    layers: tuple[LayerRecord, ...]
    effective: tuple[int, ...]
    strongest: tuple[Strong, ...]
    excess_risk: float | None
    column_norms: tuple[float, ...] = ()
    history: History | None = None
    function: bytes | None = None

    @property
    def nonzero_weights(self) -> int:
        """Weights (not biases) that are not exactly 0."""
        return sum(round((1 - layer.sparsity) * layer.fan_in * layer.fan_out) for layer in self.layers)

    @property
    def effective_columns(self) -> float:
        """How many of the table's columns have a feature in the effective network; nan in records of older versions."""
        return sum(norm > 0 for norm in self.column_norms) if self.column_norms else NAN


@dataclass(frozen=True)
class LaneRecord:
    """One network: its lambda, its fold (0: all training rows) and repeat, how it ended, and its measurements.

    ``held_loss`` and ``held_score`` are on the fold's held-out rows, or for fold 0 on the test rows. Losses are mean data
    losses without the penalty, in the units of all training rows' standardised target. ``worst_loss`` is the largest of a
    held-out row, ``worst_row`` its place among these (nan and None in records of older versions). ``columns_used`` says of
    each of the table's columns in the fold's encoding, a bit for each, whether a feature made from it lies on a path of
    non-zero weights to an output; None if the penalty makes no zeros.
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
    worst_loss: float = NAN
    worst_row: int | None = None
    columns_used: bytes | None = None


class KeyedRecord(NamedTuple):
    """A record with its lane's key, and its run's name for it (JSON: penalty, decay, l1_ratio, lambda).

    A lane can have several names in a run: at lambda = 0, different l1_ratios give the same network.
    """

    key: bytes
    name: str
    record: LaneRecord


def without_numbers(record: LaneRecord) -> LaneRecord:
    """The record of a network that diverged: how it ended, but no number that could be mistaken for a result."""
    return replace(
        record,
        train_loss=NAN,
        train_score=NAN,
        train_penalty=NAN,
        held_loss=NAN,
        held_score=NAN,
        max_grad_norm=NAN,
        diagnostics=None,
        worst_loss=NAN,
        worst_row=None,
        columns_used=None,
    )
