"""``--chart``: a result as a picture in the terminal."""

from collections.abc import Mapping
from typing import Any

from wdcli.cli import console
from wdcli.cli.drawing import Drawing


def charted(params: Mapping[str, Any], shown: Mapping[str, Any]) -> Drawing | None:
    """With ``--chart``, a result with its curve in place of its table's rows; None without it, or if nothing can be drawn.

    Raises ``StoreError`` for a stored result that can't be read.
    """
    if not params["chart"] or params["json"] or params["format"] != "table" or console.rows_on_stdout(params):
        return None
    from wdcli.figures import gallery, terminal
    from wdcli.figures.shown import Shown

    read = Shown.read(shown)
    figure = gallery.make("compare" if read.compares else "cv", read)
    if not figure.panels:
        console.notes([f"No chart: {reason}" for reason in figure.left_out], params.get("quiet", False))
        return None
    ascii = console.ascii_only()
    return Drawing(lambda width: terminal.result(read, terminal.panels(figure, width, ascii)))
