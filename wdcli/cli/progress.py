"""How far the work is, on stderr: a bar in a terminal, elsewhere a line now and then, both with the remaining time."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

import click

from wdcli.text import count

if TYPE_CHECKING:
    from wdcli.fits.headway import Headway

LOOK_EVERY = 0.25
"""Seconds between looks at the headway."""
BEGIN_AFTER, LINE_EVERY = 1.0, 600.0
"""Seconds of work before a bar or the first line; each next line takes twice as long, but no longer than ``LINE_EVERY``."""
UNITS = ((86_400, "days"), (3600, "h"), (60, "min"), (1, "s"))
MANY = 999
"""From here on nobody waits, so the days are not counted."""


class _Display(Protocol):
    """What shows the headway."""

    def show(self, headway: "Headway", seconds: float, left: str) -> None:
        """Show the headway after so many seconds of work, if it is time to; ``left`` is the remaining time in words."""

    def close(self) -> None:
        """The work is done."""


class _Lines:
    """A line now and then, which stays; once they have begun, a line for every extension of the grid too."""

    def __init__(self) -> None:
        self._wait = self._due = BEGIN_AFTER
        self._told = 0

    def show(self, headway: "Headway", seconds: float, left: str) -> None:
        if seconds >= BEGIN_AFTER:
            self._say(*headway.extensions[self._told :])
            self._told = len(headway.extensions)
        if seconds >= self._due:
            self._wait = min(2 * self._wait, LINE_EVERY)
            self._due = seconds + self._wait
            self._say(f"{headway.done:,} of {count(headway.expected, 'network')} after {about(seconds)}; {left}")

    def _say(self, *lines: str) -> None:
        # A reader that leaves doesn't end the work.
        with contextlib.suppress(OSError, ValueError):
            for line in lines:
                click.echo(line, err=True)

    def close(self) -> None:
        pass


class _Bar:
    """A moving bar that disappears when the work is done; lines on extensions of the grid stay above it."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("networks"), BarColumn(), TextColumn("{task.fields[networks]}"), TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("networks", total=None, networks="", left="")
        self._told = 0

    def show(self, headway: "Headway", seconds: float, left: str) -> None:
        if seconds >= BEGIN_AFTER:
            self._bar.start()
            for line in headway.extensions[self._told :]:
                self._bar.console.print(line, highlight=False)
            self._told = len(headway.extensions)
            self._bar.update(
                self._task, completed=headway.trained, total=headway.trained + headway.left, left=left,
                networks=f"{headway.done:,}/{headway.expected:,}",
            )  # fmt: skip

    def close(self) -> None:
        self._bar.stop()


@contextlib.contextmanager
def shown(ask: "Callable[[], Headway]") -> Iterator[None]:
    """Show how far the work in the ``with`` block is, as ``ask`` tells."""
    display: _Display = _Bar() if sys.stderr.isatty() else _Lines()
    try:
        with beside(lambda ended: _show(display, ask, ended)):
            yield
    finally:
        display.close()


@contextlib.contextmanager
def beside(look: Callable[[threading.Event], None]) -> Iterator[None]:
    """Let another thread look at the work in the ``with`` block; the event says that the work has ended."""
    ended = threading.Event()
    shower = threading.Thread(target=look, args=(ended,), daemon=True)
    try:
        shower.start()
    except RuntimeError:
        # No memory for a thread: the work matters more.
        yield
        return
    try:
        yield
    finally:
        ended.set()
        shower.join()


def _show(display: _Display, ask: "Callable[[], Headway]", ended: threading.Event) -> None:
    """Show the headway now and then, until the work has ended. The pace is measured from the start of training."""
    begun, first, trained = time.monotonic(), (0.0, 0.0), 0.0
    while not ended.wait(LOOK_EVERY):
        headway, seconds = ask(), time.monotonic() - begun
        # For a moment a finished block is neither in work nor done.
        trained = max(trained, headway.trained)
        if not first[1]:
            first = seconds, trained
        remaining = headway.trained + headway.left - trained
        left = time_left(remaining, trained - first[1], seconds - first[0])
        display.show(headway, seconds, left)


def time_left(examples: float, trained: float, seconds: float) -> str:
    """How long so many examples will take, in words, if ``trained`` of them took so many seconds."""
    return f"about {about(examples * seconds / trained)} left" if trained > 0 else "no estimate yet"


def about(seconds: float) -> str:
    """A duration without false precision: ``8 s``, ``12 min``, ``3.5 h``, ``2 days``."""
    size, name = next(unit for unit in UNITS if seconds >= 2 * unit[0] or unit[0] == 1)
    number = min(seconds / size, MANY)
    return f"{number:.2g} {name}" if 2 <= number < 10 and size > 1 else f"{number:.0f} {name}"
