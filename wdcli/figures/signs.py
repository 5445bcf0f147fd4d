"""The characters that a terminal's pictures are made of, and the same in ASCII."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from wdcli.figures.model import Dots, Glyph, Line, Stroke

HUES = (
    "bold cyan", "yellow", "", "green", "magenta", "blue", "red", "bold yellow", "bold green", "bold magenta",
)  # fmt: skip
"""Styles of the hues of a picture, from a terminal's own palette; it can be read without them."""


@dataclass(frozen=True)
class Signs:
    """What is drawn for points, error bars, ticks, shades; each sign is one cell wide."""

    glyphs: Mapping[Glyph, str]
    hollow: Mapping[Glyph, str]
    strokes: Mapping[Stroke, str]
    spare: str
    bar: tuple[str, str, str]
    axis: tuple[str, str]
    grid: str
    below: str
    above: str
    blocks: str
    shades: str
    light: str
    zero: str
    border: str
    plus_minus: str
    plateau: str
    down: str

    def of(self, kinds: Iterable[Line | Dots], taken: str = "") -> list[str]:
        """A sign for each kind of point: its own glyph, or a spare one if that is taken, or an earlier kind's."""
        found = list(taken)
        for kind in kinds:
            own = self._own(kind)
            found.append(next((sign for sign in (own, *self.spare) if sign not in found), own))
        return found[len(taken) :]

    def _own(self, kind: Line | Dots) -> str:
        """A kind's own glyph; that of test rows is the hollow one of training rows."""
        if isinstance(kind, Line) and kind.glyph == "none":
            return self.strokes[kind.stroke]
        return (self.hollow if isinstance(kind, Dots) and kind.small else self.glyphs)[kind.glyph]

    def shade(self, level: int, most: int) -> str:
        """The shade of a level from 1 to ``most``, evenly; 0 is empty."""
        return self.shades[-(-level * len(self.shades) // most) - 1] if level > 0 else " "

    def bar_of(self, share: float, length: int) -> str:
        """A bar of a share (0 to 1) of so many cells, in parts of a cell where there are signs for them."""
        parts = len(self.blocks)
        whole, rest = divmod(round(share * length * parts), parts)
        return self.blocks[-1] * whole + (self.blocks[rest - 1] if rest else "")


UNICODE = Signs(
    glyphs={
        "dot": "●",
        "square": "■",
        "diamond": "◆",
        "wedge": "▼",
        "star": "★",
        "flag": "►",
        "ring": "○",
        "hollow square": "□",
        "hollow diamond": "◇",
        "hollow wedge": "▽",
        "hollow star": "☆",
        "hollow flag": "▻",
        "cross": "×",
        "triangle": "▲",
        "none": "·",
    },
    hollow={"dot": "○", "ring": "◌", "cross": "+", "triangle": "△", "square": "□", "none": "·"},
    strokes={"solid": "┃", "dashed": "╏", "dotted": "∙", "none": "·"},
    spare="■▲◆□△◇+*abcdefghijklmnopqrstuvwxyz",
    bar=("├", "─", "┤"),
    axis=("─", "┬"),
    grid="┊",
    below="‹",
    above="›",
    blocks="▏▎▍▌▋▊▉█",
    shades="░▒▓█",
    light=" ░▒",
    zero="│",
    border="█",
    plus_minus="±",
    plateau="│",
    down="▼",
)
ASCII = Signs(
    glyphs={
        "dot": "O",
        "square": "#",
        "diamond": "D",
        "wedge": "V",
        "star": "X",
        "flag": "F",
        "ring": "o",
        "hollow square": "%",
        "hollow diamond": "d",
        "hollow wedge": "v",
        "hollow star": "x",
        "hollow flag": "f",
        "cross": "x",
        "triangle": "^",
        "none": ".",
    },
    hollow={"dot": "o", "ring": "c", "cross": "+", "triangle": "v", "square": "%", "none": "."},
    strokes={"solid": "!", "dashed": ":", "dotted": ".", "none": "."},
    spare="#^@+*%&abcdefghijklmnpqrstuvwyz",
    bar=("[", "-", "]"),
    axis=("-", "+"),
    grid="|",
    below="<",
    above=">",
    blocks="=",
    shades=".:-=+*#%@",
    light=" .:",
    zero="!",
    border="$",
    plus_minus="+-",
    plateau="|",
    down="v",
)
_PLAIN = str.maketrans({"–": "-", "—": "-", "×": "x", "…": "~", "±": "~", "−": "-"})


def hue_style(kind: Line | Dots) -> str:
    """The style of a kind of point."""
    return HUES[kind.hue % len(HUES)]


class Plain:
    """A renderable in ASCII: any other sign is a question mark for each of its cells, so that columns stay aligned."""

    def __init__(self, drawn: RenderableType) -> None:
        self._drawn = drawn

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Draw."""
        for segment in console.render(self._drawn, options):
            yield Segment(plain(segment.text), segment.style, segment.control)


def plain(text: str) -> str:
    """Text in ASCII, as wide as before."""
    return "".join(sign if sign.isascii() else "?" * cell_len(sign) for sign in text.translate(_PLAIN))
