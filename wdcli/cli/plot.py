"""``wdcli plot``: a figure of a stored run."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wdcli.cli import console, options
from wdcli.cli.command import Command
from wdcli.cli.drawing import Drawing
from wdcli.cli.runs import shown_of
from wdcli.cli.types import RunNumber
from wdcli.cli.writing import writable, write_bytes
from wdcli.errors import ConfigError, StoreError
from wdcli.paths import STDOUT, STREAMS
from wdcli.text import quoted

if TYPE_CHECKING:
    from wdcli.figures.model import Figure

WIDTH = 960


@click.command(
    cls=Command,
    help="""Draw a figure of a stored sweep or comparison, in the terminal or into a file.

    \b
    Examples:
      wdcli plot
      wdcli plot 3 --figure features
      wdcli plot -o cv.svg
      wdcli plot last --figure weights -o weights.pdf --width 600

    RUN is a number from 'wdcli runs list'; without it, or with 'last', the run with the highest number is drawn. Nothing
    is trained. SVG needs no other package; PDF and PNG need matplotlib: pip install 'wdcli[plot]'.
    """,
)
@click.argument("number", type=RunNumber(), default="last", metavar="[RUN]")
@options.figure
@options.picture
@options.width
@options.store
@options.force
@options.quiet
@options.config
@click.pass_context
def plot(ctx: click.Context, /, number: int, figure: str, output: str | None, width: int | None, **_: Any) -> None:
    write = _writer(output)
    writable(ctx)
    made = _figure(ctx, number, figure)
    if write and output:
        _write(write(made, width or WIDTH), output, ctx.params["force"])
        console.notes(made.left_out, ctx.params["quiet"])
    else:
        _draw(made)
        console.notes(["--width has no effect without -o"] if width else [], ctx.params["quiet"])


def _write(data: bytes, output: str, force: bool) -> None:
    """Write a picture to its file, or to stdout."""
    if STREAMS.get(output) == STDOUT:
        console.emit(data.decode())
    else:
        write_bytes(output, data, force)


def _figure(ctx: click.Context, number: int, name: str) -> "Figure":
    """The figure of the run. Raises ``StoreError`` if it can't be drawn, with the reason."""
    shown = shown_of(ctx, number)
    from wdcli.figures import gallery

    made = gallery.make(name, shown)
    if not made.panels:
        raise StoreError(f"the figure {name} can't be drawn for this run. {' '.join(made.left_out)}")
    return made


def _draw(made: "Figure") -> None:
    from wdcli.figures import terminal

    ascii = console.ascii_only()
    Drawing(lambda columns: terminal.figure(made, columns, ascii)).write("table")


def _writer(output: str | None) -> "Callable[[Figure, int], bytes] | None":
    """What makes a file with this name's ending. Raises ``ConfigError`` for another ending, and if matplotlib is missing."""
    if output is None:
        return None
    ending = ".svg" if STREAMS.get(output) == STDOUT else Path(output).suffix.lower()
    if ending not in WRITERS:
        raise ConfigError(f"{quoted(output)}: a figure is written by the ending of its name, {', '.join(WRITERS)}.")
    return WRITERS[ending]()


def _svg() -> "Callable[[Figure, int], bytes]":
    from wdcli.figures.svg import figure_svg

    return lambda made, width: figure_svg(made, width).encode()


def _pdf() -> "Callable[[Figure, int], bytes]":
    from wdcli import plots

    return lambda made, width: plots.save(made, "pdf", width)


def _png() -> "Callable[[Figure, int], bytes]":
    from wdcli import plots

    return lambda made, width: plots.save(made, "png", width)


WRITERS = {".svg": _svg, ".pdf": _pdf, ".png": _png}
"""By the ending of a file's name, what loads the drawer."""
