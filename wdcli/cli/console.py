"""What is printed: the result on stdout, notes and progress on stderr."""

import contextlib
import io
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from wdcli.errors import OutputError
from wdcli.text import safe

if TYPE_CHECKING:
    from rich.console import RenderableType

_STYLE = re.compile("(\x1b\\[[0-9;]{,20}m)")
PATIENCE = 1.0
"""Seconds of work before a progress bar appears."""


def notes(lines: Iterable[str], quiet: bool) -> None:
    """Say on stderr what was decided."""
    if not quiet:
        for line in lines:
            click.echo(safe(line, 300), err=True)


def emit(text: str) -> None:
    """Write the result; an unwritable stdout is found here, not when Python ends."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output can't be written: {error.strerror}.") from None


def discard() -> None:
    """Nobody reads on: what is left in the buffer goes nowhere, so that Python's own flush at exit doesn't fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def present(json: bool, shown: Mapping[str, Any], make: "Callable[[int], RenderableType]") -> None:
    """Write a result: the JSON object if that was asked for, else the table."""
    from wdcli.report.serial import to_json

    if json:
        emit(to_json(shown))
    else:
        show(make)


def show(make: "Callable[[int], RenderableType]") -> None:
    """Write a table for a person, made for so many columns; plain where stdout is no terminal."""
    # Drawn in memory and written by emit, where what goes wrong with stdout is told apart.
    emit(_drawn(make, force_terminal=sys.stdout.isatty() or None))


def draw(make: "Callable[[int], RenderableType]") -> str:
    """What ``show`` would write here, with the colours of a terminal, for ``replay``."""
    return _drawn(make, force_terminal=True, color_system="standard", no_color=False)


def replay(drawn: str) -> None:
    """Write what ``draw`` made, and of anything else no more than colours: plain where stdout is no terminal, or without
    colours as ``NO_COLOR`` asks.
    """
    plain = bool(not sys.stdout.isatty() or os.environ.get("NO_COLOR"))
    emit("\n".join(_harmless(line, plain) for line in drawn.split("\n")))


def _harmless(line: str, plain: bool) -> str:
    """A line with its colours, or without them, and no other sequence that a terminal acts on."""
    texts, styles = _STYLE.split(line)[::2], _STYLE.findall(line)
    if plain:
        return safe("".join(texts), len(line)).rstrip()
    return "".join(safe(text, len(line)) + style for text, style in zip(texts, [*styles, ""], strict=True))


def _drawn(make: "Callable[[int], RenderableType]", **options: Any) -> str:
    from rich.console import Console

    drawn = io.StringIO()
    console = Console(file=drawn, highlight=False, emoji=False, markup=False, **options)
    console.print(make(console.width))
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines())


@contextlib.contextmanager
def progress(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, once the work has taken a second and if stderr is a terminal: call it with (done, all)."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(TextColumn("networks"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                   console=Console(stderr=True), transient=True)  # fmt: skip
    task = bar.add_task("networks", total=None)
    starter = threading.Timer(PATIENCE, bar.start)
    starter.daemon = True
    starter.start()
    try:
        yield lambda done, total: bar.update(task, completed=done, total=total)
    finally:
        starter.cancel()
        starter.join()
        bar.stop()
