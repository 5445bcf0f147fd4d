"""What reading a table may take of the memory that is allowed for everything."""

from typing import NamedTuple

from wdcli.errors import DataError
from wdcli.machine import default_memory, resident_memory
from wdcli.text import byte_size, bytes_needed, quoted

TRAINING = 72 << 20
"""Bytes that a small network and the libraries to train it take, whatever the table."""


class Allowance(NamedTuple):
    """Bytes of memory that are allowed, and those that this process holds or will hold, but for the table."""

    memory: int
    held: int

    @classmethod
    def of(cls, memory: int | None) -> "Allowance":
        """What is left now of so much memory (None: half of the machine's)."""
        return cls(default_memory() if memory is None else memory, resident_memory() + TRAINING)

    @property
    def left(self) -> int:
        """Bytes that reading may take."""
        return self.memory - self.held

    def check(self, name: str, needs: float, at_least: bool = False) -> None:
        """Raise ``DataError`` for a table that needs so many bytes, or ``at_least`` so many, if they aren't left."""
        if needs > self.left:
            much = f"{'more than' if at_least else 'about'} {bytes_needed(self.held + needs)}"
            raise DataError(
                f"To read {quoted(name)} and train a small network on it takes {much} of memory; "
                f"{byte_size(self.memory)} is allowed. Give a sample of its rows or fewer columns, or allow more: --memory of "
                "train, sweep and compare (other commands may take half of the machine's)."
            )
