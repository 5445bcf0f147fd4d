"""A job on a worker of a cluster: how it travels, and what the worker does with it."""

import platform
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from wdcli import __version__
from wdcli.array import Array
from wdcli.errors import ClusterError
from wdcli.fits.arithmetic import arithmetic
from wdcli.fits.executors.blas import one_blas_thread
from wdcli.fits.executors.hand import heard_by
from wdcli.fits.large import replaced

ARITHMETIC = "arithmetic"
UNLOADED = re.compile("ModuleNotFoundError|ImportError|AttributeError|UnpicklingError")
"""What a process raises that can't load a function of wdcli; Dask may wrap it in another exception's text."""


class UnwantedError(Exception):
    """Nobody waits for the job any more."""


@dataclass(frozen=True)
class Rows:
    """A large array on its way to a worker, where it arrives as an array whose numbers are aligned in memory."""

    array: Array

    def __reduce__(self) -> tuple[Callable[..., Array], tuple[Array, None, str]]:
        # Within a network message its numbers lie across the boundaries that processors like: "A" copies such an array.
        return np.require, (self.array, None, "A")


@dataclass(frozen=True)
class Place:
    """Stands in a call for the large array of this number, which the worker has already."""

    number: int


@dataclass(frozen=True)
class Call:
    """A function and its arguments, to be called on a worker that has the ``expected`` facts (any, if None).

    The worker reports its progress to a ``topic`` of Dask's, under the call's ``name``, every so many seconds.
    """

    topic: str
    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    expected: dict[str, str] | None
    every: float

    def run(self, *arrays: Array) -> Any:
        """Call the function, with the large arrays in their places. Raises ``ClusterError`` if this worker doesn't fit."""
        if self.expected is not None and (fault := misfit("a worker", self.expected, facts())):
            raise ClusterError(fault)
        with one_blas_thread(), heard_by(_Teller(self.topic, self.name, self.every)):
            return self.function(*replaced(self.args, Place, lambda place: arrays[place.number]))


class _Teller:
    """Reports to the cluster how far a call is, now and then, and ends the call if nobody waits for it."""

    def __init__(self, topic: str, name: str, every: float) -> None:
        from distributed import get_worker

        self._worker, self._topic, self._name = get_worker(), topic, name
        self._every, self._due = every, 0.0

    def __call__(self, examples: float) -> None:
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + self._every
        task = self._worker.state.tasks.get(self._name)
        if task is None or task.state == "cancelled":
            raise UnwantedError
        self._worker.log_event(self._topic, [self._name, float(examples)])


def software() -> dict[str, str]:
    """The versions of this process's software, by name."""
    return {"wdcli": __version__, "NumPy": np.__version__, "Python": platform.python_version()}


def facts() -> dict[str, str]:
    """What decides the bits of this process's results, by name."""
    return software() | {ARITHMETIC: " ".join(arithmetic())}


def misfit(who: str, expected: dict[str, str], found: dict[str, str] | Exception) -> str:
    """The first difference between what is expected of a worker and what it has, in words; empty if there is none."""
    if isinstance(found, Exception) and UNLOADED.search(repr(found)):
        return f"{who} has no wdcli, or one that can't be loaded ({found})"
    if isinstance(found, Exception):
        return f"{who} can't be checked ({found!r})"
    name = next((name for name in expected if found.get(name) != expected[name]), None)
    if name is None:
        return ""
    if name == ARITHMETIC:
        return f"{who} has another processor, BLAS or C library than this machine, which may change the last digits"
    return f"{who} has {name} {found.get(name)}, this machine {expected[name]}"
