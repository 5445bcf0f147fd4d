"""``--chart``: a result as a picture in the terminal."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wdcli.cli import console
from wdcli.cli.drawing import Drawing

if TYPE_CHECKING:
    from rich.console import RenderableType

    from wdcli.figures.model import Figure


def charted(
    params: Mapping[str, Any], shown: Mapping[str, Any], others: "Sequence[RenderableType]" = ()
) -> Drawing | None:
    """With ``--chart``, a result with its curve in place of its table's rows; None without it, or if nothing can be drawn.

    Its ``others`` are tables that stay. Raises ``StoreError`` for a stored result that can't be read.
    """
    if not _asked(params):
        return None
    from wdcli.figures import gallery, terminal
    from wdcli.figures.shown import Shown

    read = Shown.read(shown)
    figure, ascii = gallery.make("compare" if read.compares else "cv", read), console.ascii_only()
    if not _drawable(figure, params):
        return None
    return Drawing(lambda width: terminal.result(read, figure, width, ascii, others))


def charted_below(
    params: Mapping[str, Any], shown: Mapping[str, Any], table: "Callable[[], RenderableType]"
) -> Drawing | None:
    """With ``--chart``, the table of ``wdcli train`` with the learning curve below it; else None."""
    if not _asked(params):
        return None
    from rich.console import Group
    from rich.text import Text

    from wdcli.figures import learning, terminal

    figure, ascii = learning.train_figure(shown), console.ascii_only()
    if not _drawable(figure, params):
        return None
    return Drawing(lambda width: Group(table(), Text(), terminal.figure(figure, width, ascii)))


def _asked(params: Mapping[str, Any]) -> bool:
    """Whether there is a chart to print: only in a terminal's table."""
    return params["chart"] and not params["json"] and params["format"] == "table" and not console.rows_on_stdout(params)


def _drawable(figure: "Figure", params: Mapping[str, Any]) -> bool:
    """Whether the figure has anything to draw; if not, notes say why."""
    if not figure.panels:
        console.notes([f"No chart: {reason}" for reason in figure.left_out], params.get("quiet", False))
    return bool(figure.panels)
