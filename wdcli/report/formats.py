"""A result as text for a document: its tables, and the text around them, in Markdown or LaTeX, or as pages write it.

All are made from the renderables that a terminal gets, so that no table is laid out twice.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from wdcli.text import harmless

WIDE = 1000
"""The width of a terminal with room for all columns of a table."""
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~$&]")
_BLOCK = re.compile(r"^(\d*)([-+=.)])")
"""What would start a list or a heading."""
_LATEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "±": r"$\pm$", "[": "{[}", "*": "{*}", "\N{REPLACEMENT CHARACTER}": "?",
})  # fmt: skip
"""At the start of a row, ``[`` and ``*`` would be read as arguments of the line break before it."""


_LATEX_HEADINGS = {"lambda": r"$\lambda$", "|W|1": r"$\|W\|_1$", "|W|2": r"$\|W\|_2$"}


class Mark(Text):
    """A mark for a terminal; a document has words instead."""

    def __init__(self, drawn: str, words: str, style: str = "") -> None:
        super().__init__(drawn, style)
        self.words = words


@dataclass(frozen=True)
class Grid:
    """A table's headings and cells as plain text, which columns are right-aligned, and which rows stand out."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[bool]
    strong: Sequence[bool]

    @classmethod
    def of(cls, table: Table) -> "Grid":
        """The cells of a table for a terminal."""
        headings = [_plain(column.header) for column in table.columns]
        columns = [[_plain(cell) for cell in column.cells] for column in table.columns]
        right, strong = (
            [column.justify == "right" for column in table.columns],
            [row.style == "bold" for row in table.rows],
        )
        return cls(headings, list(zip(*columns, strict=True)), right, strong)


def _plain(cell: RenderableType) -> str:
    if isinstance(cell, Mark):
        return _line(cell.words)
    return _line(cell.plain if isinstance(cell, Text) else str(cell))


def _line(text: str) -> str:
    """Text on one line, without control characters."""
    return " ".join(harmless(text, "\n").split())


def markdown(text: str) -> str:
    """Text as GitHub's Markdown shows it."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _markdown_paragraph(text: str) -> str:
    return _BLOCK.sub(r"\1\\\2", markdown(text))


def _markdown_table(grid: Grid) -> str:
    rules = ["---:" if right else ":---" for right in grid.right]
    rows = [list(map(markdown, row)) for row in (grid.headings, *grid.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], rules, *rows[1:]))


def latex(text: str) -> str:
    """Text as LaTeX sets it; two hyphens don't become a dash."""
    return re.sub("-(?=-)", "-{}", text.translate(_LATEX))


def _latex_comment(text: str) -> str:
    return f"% {text}"


def _latex_table(grid: Grid) -> str:
    headings = [_LATEX_HEADINGS.get(heading) or latex(heading) for heading in grid.headings]
    heading, *rows = [" & ".join(row) + r" \\" for row in (headings, *(map(latex, row) for row in grid.rows))]
    columns = "".join("r" if right else "l" for right in grid.right)
    return "\n".join(
        [rf"\begin{{tabular}}{{{columns}}}", r"\hline", heading, r"\hline", *rows, r"\hline", r"\end{tabular}"]
    )


@dataclass(frozen=True)
class Format:
    """How a paragraph is written, and how a table."""

    paragraph: Callable[[str], str]
    table: Callable[[Grid], str]


FORMATS: Mapping[str, Format] = {
    "markdown": Format(_markdown_paragraph, _markdown_table),
    "latex": Format(_latex_comment, _latex_table),
}


def written(result: RenderableType, form: Format) -> str:
    """A result in a format: its paragraphs and tables, with an empty line between them."""
    return "\n\n".join(_blocks(result, form)) + "\n"


def _blocks(result: RenderableType, form: Format) -> Iterator[str]:
    if isinstance(result, Group):
        for part in result.renderables:
            yield from _blocks(part, form)
    elif isinstance(result, Padding):
        yield from _blocks(result.renderable, form)
    elif isinstance(result, Table):
        yield form.table(Grid.of(result))
    elif line := _plain(result):
        yield form.paragraph(line)
