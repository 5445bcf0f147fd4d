"""What is printed: the result on stdout, notes and progress on stderr."""

import contextlib
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from wdcli.errors import OutputError
from wdcli.paths import STDOUT, STREAMS
from wdcli.text import harmless, safe

STYLE = re.compile("(\x1b\\[[0-9;]{,20}m)")
"""What changes a terminal's colours or boldness."""
LINES = "\n\t"
"""Control marks that only lay text out."""


def notes(lines: Iterable[str], quiet: bool) -> None:
    """Write lines to stderr, unless ``quiet``."""
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


def ascii_only() -> bool:
    """Whether stdout can't show the signs of a picture: because of its encoding, or because the terminal is a dumb one."""
    if os.environ.get("TERM") in ("dumb", "unknown"):
        return True
    try:
        "├●○▲░█▏┊‹".encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return True
    return False


def emit(text: str) -> None:
    """Write the result: exactly, or made harmless for a terminal."""
    emit_part(_whole(text))


def emit_part(text: str) -> None:
    """Write a part of the result, as ``emit`` does the whole."""
    _write(harmless(text, LINES) if on_terminal() else text)


def emit_beside(text: str) -> None:
    """Write a result to stderr, as ``emit`` does to stdout."""
    click.echo(harmless(text, LINES) if sys.stderr.isatty() else text, err=True, nl=False)


def _whole(text: str) -> str:
    """The text with an end to its last line."""
    return text if not text or text.endswith("\n") else text + "\n"


def _write(text: str) -> None:
    """Write to stdout; a failure shows here, not when Python ends."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output can't be written: {error.strerror}.") from None


def discard() -> None:
    """Drop what is left in the buffer for a reader that is gone, so that Python's own flush at exit doesn't fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def rows_on_stdout(params: Mapping[str, Any]) -> bool:
    """Whether ``--csv`` names stdout, which then gets only the rows."""
    return STREAMS.get(params.get("csv") or "") == STDOUT


def paint(drawn: str) -> None:
    """Write a table whose foreign text is safe already; a terminal gets its styles, and no other control marks."""
    drawn = _whole(drawn)
    _write("".join(part if STYLE.fullmatch(part) else harmless(part, LINES) for part in STYLE.split(drawn)))
