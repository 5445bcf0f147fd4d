"""What training may use, and where it reports to."""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from wdcli.fits.executors import Cluster
from wdcli.fits.headway import Headway
from wdcli.fits.room import LATER
from wdcli.fits.store import NullStore, RecordStore
from wdcli.machine import available_cores, default_memory, resident_memory


def _unseen(headway: Callable[[], Headway]) -> AbstractContextManager[None]:
    """Ignore the progress."""
    return contextlib.nullcontext()


def _unheard(line: str) -> None:
    """Ignore the line."""


@dataclass(frozen=True)
class Resources:
    """What the work may use, and where it reports to. None of it affects a result.

    ``jobs`` are processes and ``memory`` is in bytes; a ``cluster`` does the work in place of processes here. ``store`` holds
    trained lanes. ``watch`` receives a function that returns the current progress; ``tell`` receives lines for the user.
    """

    jobs: int = field(default_factory=available_cores)
    memory: int = field(default_factory=default_memory)
    store: RecordStore = field(default_factory=NullStore)
    watch: Callable[[Callable[[], Headway]], AbstractContextManager[None]] = _unseen
    tell: Callable[[str], None] = _unheard
    cluster: Cluster | None = None

    @property
    def left(self) -> int:
        """Bytes of the memory that this process doesn't hold yet."""
        return max(self.memory - resident_memory() - LATER, 0)
