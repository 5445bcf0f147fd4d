"""What is printed: the result on stdout, notes and progress on stderr."""

import contextlib
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from wdcli.errors import OutputError
from wdcli.text import safe

if TYPE_CHECKING:
    from rich.console import RenderableType

_STYLE = re.compile("\x1b\\[[0-9;]*m")


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
    """Write what ``draw`` made; plain where stdout is no terminal, or without colours as ``NO_COLOR`` asks."""
    plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR")
    emit("\n".join(_STYLE.sub("", line).rstrip() for line in drawn.splitlines()) if plain else drawn)


def _drawn(make: "Callable[[int], RenderableType]", **options: Any) -> str:
    from rich.console import Console

    drawn = io.StringIO()
    console = Console(file=drawn, highlight=False, emoji=False, markup=False, **options)
    console.print(make(console.width))
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines())
