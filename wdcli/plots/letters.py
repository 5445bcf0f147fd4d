"""Text in pictures: nothing in it is interpreted, every letter is one that a font has, and labels don't collide."""

import functools
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.text import Text

from wdcli.figures.labels import BOLD, cut, spread, thin, width, wrap
from wdcli.figures.model import Mark
from wdcli.plots.style import INK

EAST_ASIAN = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Source Han Sans", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    "Hiragino Sans", "PingFang SC", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "Arial Unicode MS",
)  # fmt: skip
"""Fonts that draw Chinese, Japanese or Korean, where installed."""
ALWAYS = "DejaVu Sans"
"""Comes with matplotlib."""
MISSING = "□"

T = TypeVar("T")


def families() -> tuple[str, ...]:
    """The font families in use: the user's, then those that have what it lacks."""
    installed = {font.name for font in fontManager.ttflist}
    return (*matplotlib.rcParams["font.family"], *(name for name in EAST_ASIAN if name in installed), ALWAYS)


def drawable(thing: T) -> T:
    """A panel, or a part of one, without the letters that no font has; matplotlib would warn of each."""
    return _spelled(thing, families())  # type: ignore[no-any-return]


def _spelled(thing: Any, names: tuple[str, ...]) -> Any:
    if isinstance(thing, str):
        return "".join(letter if _known(letter, names) else MISSING for letter in thing)
    if isinstance(thing, tuple):
        return tuple(_spelled(one, names) for one in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{one.name: _spelled(getattr(thing, one.name), names) for one in fields(thing)})
    return thing


@functools.cache
def _known(letter: str, names: tuple[str, ...]) -> bool:
    return any(get_font(findfont(FontProperties(family=[name]))).get_char_index(ord(letter)) for name in names)


def settle(artist: Any) -> None:
    """Draw every text of an artist as it stands, not as mathematics or LaTeX, in fonts that have its letters."""
    names = list(families())
    for text in artist.findobj(Text):
        text.set(parse_math=False, usetex=False, fontfamily=names)


def apart(places: Sequence[float], labels: Sequence[str], ax: Axes, first: Sequence[int] = ()) -> list[int]:
    """The numbers of the labels to write, centred at ascending places along the x axis, so that none touch.

    Those of ``first`` are kept before others.
    """
    middles, halves = [place * length(ax) for place in places], [width(label, small()) / 2 for label in labels]
    return thin([(middle - half, middle + half) for middle, half in zip(middles, halves, strict=True)], first)


def moved(places: Sequence[float], labels: Sequence[str], ax: Axes) -> list[float]:
    """Places near these ascending ones, at which centred bold labels don't touch."""
    middles, widths = [place * length(ax) for place in places], [width(label, small()) * BOLD for label in labels]
    return [middle / length(ax) for middle in spread(middles, widths, 0, length(ax) + small())]


def title(ax: Axes, text: str, pad: float = 6) -> None:
    """Write a title over the axes, in as many lines as it needs; ``pad`` is in points."""
    ax.set_title("\n".join(wrap(text, length(ax), medium())), loc="left", pad=pad, color=INK)


def above(ax: Axes, label: str, place: float, up: float, across: float = 0, **look: Any) -> None:
    """Write a small label over the axes, at a place along the x axis; ``up`` and ``across`` move it, in points."""
    ax.annotate(
        label, (place, 1), (across, up), xycoords="axes fraction", textcoords="offset points", va="bottom",
        size=small(), annotation_clip=False, **{"ha": "center", "color": INK, **look},
    )  # fmt: skip


def mark_labels(ax: Axes, marks: Sequence[Mark], places: Sequence[float]) -> None:
    """Write the labels of marks over the axes, near their places; the strong ones bold."""
    each = sorted(zip(places, marks, strict=True), key=lambda pair: pair[0])
    free = moved([place for place, _ in each], [mark.label for _, mark in each], ax)
    for (_, mark), place in zip(each, free, strict=True):
        above(ax, mark.label, place, 3, weight="bold" if mark.strong else "normal")


def fitted(label: str, room: float) -> str:
    """The label of an axis in at most two lines that are as long as ``room``, in points."""
    first, *rest = wrap(label, room, medium()) or [""]
    return "\n".join([first, *([cut(" ".join(rest), room, medium())] if rest else [])])


def length(ax: Axes) -> float:
    """The length of the x axis, in points."""
    return float(ax.bbox.width / ax.figure.dpi * 72)


def height(ax: Axes) -> float:
    """The length of the y axis, in points."""
    return float(ax.bbox.height / ax.figure.dpi * 72)


def small() -> float:
    """The size of small labels, in points."""
    return medium() * 0.833


def medium() -> float:
    """The size of text, in points: the user's setting."""
    return float(matplotlib.rcParams["font.size"])


def large() -> float:
    """The size of a picture's title, in points."""
    return medium() * 1.44
