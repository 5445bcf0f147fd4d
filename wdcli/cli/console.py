"""What is printed: the result on stdout, notes and progress on stderr."""

import contextlib
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from wdcli.errors import OutputError
from wdcli.paths import STDOUT, STREAMS
from wdcli.text import harmless, safe

if TYPE_CHECKING:
    from rich.console import RenderableType

_STYLE = re.compile("(\x1b\\[[0-9;]{,20}m)")
PAGE = "\f"
"""Separates a stored table from the same one for documents; it is in no table, since foreign text is made harmless."""
LINES = "\n\t"
"""Control marks that only lay text out."""


def notes(lines: Iterable[str], quiet: bool) -> None:
    """Say on stderr what was decided."""
    if not quiet:
        for line in lines:
            click.echo(safe(line, 300), err=True)


@dataclass
class Notes:
    """Notes on a result: printed on stderr, unless ``quiet``, and kept for its JSON.

    Notes on the run itself (what the store had, what was tried again) are not kept: the same result has the same JSON.
    """

    quiet: bool
    said: list[str] = field(default_factory=list)

    def say(self, lines: Iterable[str]) -> None:
        """Say the lines, and keep them."""
        new = list(lines)
        self.said += new
        notes(new, self.quiet)


def on_terminal() -> bool:
    """Whether stdout is a terminal, which acts on control marks in what is printed."""
    return sys.stdout.isatty()


def emit(text: str) -> None:
    """Write the result: exactly, or made harmless for a terminal."""
    _write(harmless(text, LINES) if on_terminal() else text)


def emit_beside(text: str) -> None:
    """Write a result to stderr, as ``emit`` does to stdout."""
    click.echo(harmless(text, LINES) if sys.stderr.isatty() else text, err=True, nl=False)


def _write(text: str) -> None:
    """Write to stdout; a failure shows here, not when Python ends."""
    try:
        sys.stdout.write(text if not text or text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output can't be written: {error.strerror}.") from None


def discard() -> None:
    """The reader is gone: drop what is left in the buffer, so that Python's own flush at exit doesn't fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def present(params: Mapping[str, Any], shown: Mapping[str, Any], make: "Callable[[int], RenderableType]") -> None:
    """Write a result: the JSON object with ``--json``, else the table, unless ``--csv`` writes to stdout."""
    from wdcli.report.serial import to_json

    if params["json"]:
        emit(to_json(shown))
    elif not rows_on_stdout(params):
        show(make, params["format"])


def rows_on_stdout(params: Mapping[str, Any]) -> bool:
    """Whether ``--csv`` names stdout, which then gets only the rows."""
    return STREAMS.get(params.get("csv") or "") == STDOUT


def show(make: "Callable[[int], RenderableType]", format: str) -> None:
    """Write a table that ``make`` lays out for a width, in one of the formats; plain where stdout isn't a terminal."""
    from wdcli.report.formats import FORMATS, WIDE, written

    if format in FORMATS:
        emit(written(make(WIDE), FORMATS[format]))
        return
    # Drawn in memory, then written by ``_write``, which tells what goes wrong with stdout.
    _paint(_drawn(make, force_terminal=on_terminal() or None))


def draw(make: "Callable[[int], RenderableType]") -> str:
    """What ``show`` would write here in each format, the table with the colours of a terminal, for ``replay``."""
    from wdcli.report.formats import FORMATS, WIDE, written

    table = _drawn(make, force_terminal=True, color_system="standard", no_color=False)
    return PAGE.join([table, *(written(make(WIDE), form) for form in FORMATS.values())])


def replay(drawn: str, format: str) -> None:
    """Write what ``draw`` made; a table is plain where stdout isn't a terminal or ``NO_COLOR`` is set.

    Raises ``LookupError`` for a format that ``draw`` did not make.
    """
    from wdcli.report.formats import FORMATS

    pages = drawn.split(PAGE)
    if format in FORMATS:
        emit(pages[1 + list(FORMATS).index(format)])
        return
    plain = not on_terminal() or os.environ.get("NO_COLOR")
    _paint("\n".join(_STYLE.sub("", line).rstrip() for line in pages[0].split("\n")) if plain else pages[0])


def _paint(drawn: str) -> None:
    """Write a table whose foreign text is safe already; a terminal gets its styles, and no other control marks."""
    _write("".join(part if _STYLE.fullmatch(part) else harmless(part, LINES) for part in _STYLE.split(drawn)))


def _drawn(make: "Callable[[int], RenderableType]", **options: Any) -> str:
    from rich.console import Console

    drawn = io.StringIO()
    console = Console(file=drawn, highlight=False, emoji=False, markup=False, **options)
    console.print(make(console.width), crop=False)
    return "\n".join(line.rstrip() for line in drawn.getvalue().splitlines())
