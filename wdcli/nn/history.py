"""How a lane's losses changed while it trained."""

from dataclasses import dataclass


@dataclass(frozen=True)
class History:
    """One lane's mean data losses, without the penalty, on its training rows and on held-out rows.

    ``epochs`` are evenly spaced: 0 (the initial weights), the multiples of a power of two, and the last epoch that the
    lane ran. The losses after each are computed in the training dtype.
    """

    epochs: tuple[int, ...]
    train_loss: tuple[float, ...]
    held_loss: tuple[float, ...]
