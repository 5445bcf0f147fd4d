"""Training settings: how to train lanes, and how strongly to penalise each of their layers."""

from dataclasses import dataclass

from wdcli.array import Array
from wdcli.names import DecayName, PenaltyName, ScheduleName
from wdcli.nn.optimizers import Optimizer


@dataclass(frozen=True)
class Recipe:
    """How networks are trained.

    ``batch_size`` is the number of rows per step (all rows, if there are no more than that); ``patience`` is the number
    of epochs without a better validation loss after which a lane stops, or None for no early stopping.
    """

    optimizer: Optimizer
    learning_rate: float
    schedule: ScheduleName
    batch_size: int
    epochs: int
    penalty: PenaltyName
    decay: DecayName
    patience: int | None = None


@dataclass(frozen=True)
class LaneStrengths:
    """s1 and s2 in the objective ``mean loss + s1 sum|w| + (s2 / 2) sum w^2``, (lanes, layers) each; 0: not decayed."""

    l1: Array
    l2: Array

    def take(self, lanes: Array) -> "LaneStrengths":
        """The strengths of some of the lanes."""
        return LaneStrengths(self.l1[lanes], self.l2[lanes])
