"""How far a table is read, on stderr: a bar in a terminal, elsewhere a line now and then."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from wdcli.cli import progress
from wdcli.text import byte_size, safe

if TYPE_CHECKING:
    from wdcli.data.reading import Reading

NAME = 30
"""The most characters of a file's name."""


class _Display(Protocol):
    """What shows the progress."""

    def show(self, reading: "Reading", seconds: float) -> None:
        """Show the progress after so many seconds of work, if it is time to."""

    def close(self) -> None:
        """The work is done."""


class _Lines:
    """A line now and then, which stays."""

    def __init__(self) -> None:
        self._wait = self._due = progress.BEGIN_AFTER

    def show(self, reading: "Reading", seconds: float) -> None:
        if seconds >= self._due:
            self._wait = min(2 * self._wait, progress.LINE_EVERY)
            self._due = seconds + self._wait
            # A reader that leaves doesn't end the work.
            with contextlib.suppress(OSError, ValueError):
                click.echo(f"{title(reading)}: {so_far(reading)} after {progress.about(seconds)}", err=True)

    def close(self) -> None:
        pass


class _Bar:
    """A moving bar that disappears when the table is read."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("reading"), TextColumn("{task.description}", markup=False), BarColumn(),
            TextColumn("{task.fields[far]}"), TimeElapsedColumn(), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("", total=None, far="")

    def show(self, reading: "Reading", seconds: float) -> None:
        if seconds >= progress.BEGIN_AFTER:
            self._bar.start()
            self._bar.update(
                self._task, description=title(reading), completed=reading.share or 0,
                total=None if reading.share is None else 1, far=so_far(reading),
            )  # fmt: skip

    def close(self) -> None:
        self._bar.stop()


def title(reading: "Reading") -> str:
    """The file's name, without its folder."""
    return safe(Path(reading.name).name, NAME)


def so_far(reading: "Reading") -> str:
    """``40 % read``, or where nobody knows how much there is, ``120 MiB read``."""
    return (
        f"{byte_size(reading.done)} read" if reading.share is None else f"{reading.share:.0%} read".replace("%", " %")
    )


@contextlib.contextmanager
def shown(ask: "Callable[[], Reading]") -> Iterator[None]:
    """Show how far the table that is read in the ``with`` block is, as ``ask`` tells."""
    display: _Display = _Bar() if sys.stderr.isatty() else _Lines()

    def look(ended: threading.Event) -> None:
        begun = time.monotonic()
        while not ended.wait(progress.LOOK_EVERY):
            reading = ask()
            if reading.done:
                display.show(reading, time.monotonic() - begun)

    try:
        with progress.beside(look):
            yield
    finally:
        display.close()
