"""A result's table, drawn once: for stdout, for the store, and for documents."""

import functools
import io
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wdcli.cli import console

if TYPE_CHECKING:
    from rich.console import RenderableType

PAGE = "\f"
"""Separates a stored table from the same one for documents; it is in no table, since foreign text is made harmless."""


class Drawing:
    """What ``make`` lays out for a width. Nothing is drawn before it is asked for."""

    def __init__(self, make: "Callable[[int], RenderableType]") -> None:
        self._make = make

    def write(self, format: str) -> None:
        """Write the result in one of the formats; a table is plain where stdout isn't a terminal."""
        from wdcli.report.formats import FORMATS

        if format in FORMATS:
            console.emit(self._documents[format])
        else:
            console.paint(self._tables[0])

    def stored(self) -> str:
        """The table with the colours of a terminal, and the documents, for ``replay``."""
        return PAGE.join([self._tables[1], *self._documents.values()])

    @functools.cached_property
    def _documents(self) -> dict[str, str]:
        """The result in each format for documents, with all its columns."""
        from wdcli.report.formats import FORMATS, WIDE, written

        wide = self._make(WIDE)
        return {name: written(wide, form) for name, form in FORMATS.items()}

    @functools.cached_property
    def _tables(self) -> tuple[str, str]:
        """The table for stdout, and the same one with its colours."""
        from rich.console import Console

        # Drawn in memory: whoever writes it says what goes wrong with stdout.
        drawn = io.StringIO()
        place = Console(
            file=drawn,
            record=True,
            force_terminal=console.on_terminal() or None,
            highlight=False,
            emoji=False,
            markup=False,
        )
        place.print(self._make(place.width), crop=False)
        return _stripped(drawn.getvalue()), _stripped(place.export_text(styles=True))


def _stripped(drawn: str) -> str:
    return "\n".join(line.rstrip() for line in drawn.splitlines())


def present(params: Mapping[str, Any], shown: Mapping[str, Any], drawing: Drawing) -> None:
    """Write a result: the JSON object with ``--json``, else the table, unless ``--csv`` writes to stdout."""
    from wdcli.report.serial import to_json

    if params["json"]:
        console.emit(to_json(shown))
    elif not console.rows_on_stdout(params):
        drawing.write(params["format"])


def replay(stored: str, format: str) -> None:
    """Write what ``Drawing.stored`` made; a table is plain where stdout isn't a terminal or ``NO_COLOR`` is set.

    Raises ``LookupError`` for a format that isn't stored.
    """
    from wdcli.report.formats import FORMATS

    table, *documents = stored.split(PAGE)
    if format in FORMATS:
        console.emit(documents[list(FORMATS).index(format)])
        return
    plain = not console.on_terminal() or os.environ.get("NO_COLOR")
    console.paint(_stripped(console.STYLE.sub("", table)) if plain else table)
