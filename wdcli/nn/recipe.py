"""Training settings: how to train lanes."""

from dataclasses import dataclass

from wdcli.names import DecayName, PenaltyName, ScheduleName
from wdcli.nn.optimizers import Optimizer
from wdcli.nn.penalties import PENALTIES


def makes_zeros(penalty: PenaltyName, decay: DecayName) -> bool:
    """Whether weights become exactly zero; coupled decay, a subgradient in the optimizer, doesn't achieve that."""
    return PENALTIES[penalty].sparse is not None and decay != "coupled"


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

    @property
    def makes_zeros(self) -> bool:
        """Whether weights become exactly zero."""
        return makes_zeros(self.penalty, self.decay)
