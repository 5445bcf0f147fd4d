"""Noting the losses of lanes while they train, at some epochs."""

from dataclasses import dataclass, field

import numpy as np

from wdcli.array import Array
from wdcli.nn.arrays import Examples
from wdcli.nn.history import History
from wdcli.nn.mlp import Params, Workspaces, mean_loss
from wdcli.nn.stepper import Stepper

MOST = 40
"""The most epochs at which a lane's losses are kept, besides the first and the last, unless more are asked for."""


def stride(epochs: int, most: int = MOST) -> int:
    """The least power of two that divides so many epochs (at least 1) into at most ``most`` parts."""
    return 1 << (-(-epochs // most) - 1).bit_length()


@dataclass
class Trace:
    """The losses of lanes in training, noted at epochs that depend on nothing but the epoch and the lane's end.

    ``examples`` are the training rows, shared or each lane's own; those ``held`` out are shared. Only the lanes that are
    ``followed`` (lanes,) are measured. ``every`` divides the epochs to note: 1 if nobody knows when a lane ends;
    ``most`` of them are kept, besides the first and the last.
    """

    examples: Examples
    held: Examples
    followed: Array
    every: int
    most: int = MOST
    noted: dict[int, Array] = field(default_factory=dict)
    work: Workspaces | None = None

    def note(self, epoch: int, stepper: Stepper, ends: Array) -> None:
        """Note the losses after an epoch, if it is due, and those of lanes that end with it: ``ends`` (lanes,)."""
        due = epoch % self._spacing(epoch) == 0
        if not due and not ends.any():
            return
        which = self.followed[stepper.lane] & (due | ends)
        if which.any():
            self._measure(epoch, stepper, which)

    def _measure(self, epoch: int, stepper: Stepper, which: Array) -> None:
        """Note the losses of the lanes in training that ``which`` (lanes,) selects."""
        lanes, params = stepper.lane[which], Params.view(stepper.network, stepper.params.buffer[which])
        if self.work is None or self.work.lanes != len(lanes):
            self.work = Workspaces(stepper.network, len(lanes), params.buffer.dtype)
        losses = self.noted.setdefault(epoch, np.full((2, len(self.followed)), np.nan))
        for place, rows in enumerate((self.examples.taken(lanes), self.held)):
            losses[place, lanes] = mean_loss(stepper.network, params, *rows.in_loss, self.work)

    def histories(self, last: Array) -> list[History | None]:
        """The history of each lane, given its ``last`` epoch (lanes,); None for lanes that weren't followed."""
        ends = zip(self.followed.tolist(), last.tolist(), strict=True)
        return [self._history(lane, end) if followed else None for lane, (followed, end) in enumerate(ends)]

    def _history(self, lane: int, last: int) -> History:
        spacing = self._spacing(last)
        epochs = [epoch for epoch in self.noted if epoch == last or (epoch < last and epoch % spacing == 0)]
        train, held = np.array([self.noted[epoch][:, lane] for epoch in epochs]).T.tolist()
        return History(tuple(epochs), tuple(train), tuple(held))

    def _spacing(self, epoch: int) -> int:
        """The epochs between two notes, up to this epoch."""
        return max(self.every, stride(max(epoch, 1), self.most))
