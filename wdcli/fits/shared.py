"""Arrays that worker processes map from files, instead of receiving a copy with every job.

The process that sends the jobs writes each large array once, maps it itself in place of the array, and removes the file once
no job has it. Workers map the file, so that all of them use the same memory. Where files can't be written, arrays travel with
the jobs.
"""

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from wdcli.array import Array
from wdcli.fits.large import SMALL, PerArray, replaced
from wdcli.fits.scratch import Scratch

MOST = 100
"""The most arrays that a process maps at once: each keeps a file open. A worker reads the others, which its parent keeps."""


class Shared:
    """The arrays in files for this process's workers, each for as long as this process uses it."""

    def __init__(self) -> None:
        self._scratch: Scratch | None = None
        self._numbers = itertools.count()
        self._paths: PerArray[str] = PerArray()
        self._mapped: PerArray[Array] = PerArray()
        self._writable = True

    def placed(self, value: Any) -> Any:
        """The same value with its large arrays mapped from files: who keeps it keeps no array in this process's own memory.

        Arrays are found in tuples and dataclasses.
        """
        self._mapped.forget_dead()
        for path in self._paths.forget_dead():
            Path(path).unlink(missing_ok=True)
        return replaced(value, np.ndarray, self._placed)

    def sent(self, value: Any) -> Any:
        """The same value to send to a worker, where it arrives with its large arrays mapped."""
        return replaced(self.placed(value), np.ndarray, self._reference)

    def close(self) -> None:
        """Remove all files."""
        scratch, self._scratch = self._scratch, None
        if scratch:
            scratch.remove()

    def _placed(self, array: Array) -> Array:
        """The array in a file: the array itself if it is small, or if writing has failed once."""
        if array in self._mapped:
            return self._mapped[array]
        if array in self._paths or array.nbytes <= SMALL or not self._writable:
            return array
        try:
            self._scratch = self._scratch or Scratch()
            path = self._scratch.write(f"{next(self._numbers)}.npy", array)
            mapped = _opened(path, "r") if len(self._paths) < MOST else array
        except (OSError, ImportError):
            self._writable = False
            return array
        self._paths[mapped] = path
        if mapped is not array:
            self._mapped[array] = mapped
        return mapped

    def _reference(self, array: Array) -> "Array | _Reference":
        """What a message holds for the array."""
        return _Reference(array, self._paths[array]) if array in self._paths else array


@dataclass(frozen=True)
class _Reference:
    """An array on its way to a worker, which gets it mapped; until then the array stays alive, and so does its file."""

    array: Array
    path: str

    def __reduce__(self) -> tuple[Callable[[str], Array], tuple[str]]:
        return _mapped, (self.path,)


_MAPPED: dict[str, Array] = {}
"""In a worker, the arrays in use, by the paths of their files."""


def _mapped(path: str) -> Array:
    """The array in a file. It stays mapped until another is asked for once the file is removed.

    A worker ends if the file was removed from outside: the jobs are tried again by new workers, with new files.
    """
    if path not in _MAPPED:
        for gone in [known for known in _MAPPED if not Path(known).exists()]:
            del _MAPPED[gone]
        try:
            _MAPPED[path] = _opened(path, "r" if len(_MAPPED) < MOST else None)
        except OSError:
            # An error would end the worker too, with a traceback.
            os._exit(1)
    return _MAPPED[path]


def _opened(path: str, mode: Literal["r"] | None) -> Array:
    """The array in a file, mapped or read."""
    return np.asarray(np.load(path, mode, allow_pickle=False))
