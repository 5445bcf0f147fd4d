"""Text in pictures: nothing in it is interpreted, every letter is one that a font has, and labels don't collide."""

import functools
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import matplotlib
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.text import Text

from wdcli.plots.style import INK

EAST_ASIAN = (
    "Noto Sans CJK JP", "Noto Sans CJK SC", "Source Han Sans", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei",
    "Hiragino Sans", "PingFang SC", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "Arial Unicode MS",
)  # fmt: skip
"""Fonts that draw Chinese, Japanese or Korean, where installed."""
ALWAYS = "DejaVu Sans"
"""Comes with matplotlib."""
MISSING = "□"
WIDTH = 0.62
"""Width of a letter as a share of its height: more than that of most."""

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


def width(label: str, size: float) -> float:
    """About how wide a label is, in the unit of its size."""
    return size * sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else WIDTH for letter in label)


def cut(label: str, longest: int) -> str:
    """The label, with … for its end if it is longer."""
    return label if len(label) <= longest else f"{label[: longest - 1]}…"


def title(ax: Axes, text: str, pad: float = 6) -> None:
    """Write a title over the axes, in as many lines as it needs; ``pad`` is in points."""
    letters = int(length(ax) / (WIDTH * float(matplotlib.rcParams["font.size"])))
    ax.set_title(textwrap.fill(text, max(letters, 20)), loc="left", pad=pad, color=INK)


def apart(places: Sequence[float], labels: Sequence[str], ax: Axes, first: Sequence[int] = ()) -> list[int]:
    """The numbers of the labels to draw, centred at places along the x axis, so that none overlap; ``first`` come first."""
    size = small()
    kept: dict[int, tuple[float, float]] = {}
    for i in dict.fromkeys([*first, *range(len(labels))]):
        half, middle = width(labels[i], size) / 2 + size / 2, places[i] * length(ax)
        if all(middle + half <= start or middle - half >= end for start, end in kept.values()):
            kept[i] = middle - half, middle + half
    return sorted(kept)


def sides(places: Sequence[float], labels: Sequence[str], ax: Axes) -> list[str]:
    """How two labels are aligned at their places: centred, or if they would collide, to the outer sides."""
    if len(apart(places, labels, ax)) == len(labels):
        return ["center"] * len(labels)
    return ["right" if place == min(places) else "left" for place in places]


def length(ax: Axes) -> float:
    """The length of the x axis, in points."""
    return float(ax.bbox.width / ax.figure.dpi * 72)


def small() -> float:
    """The size of small labels, in points."""
    return float(matplotlib.rcParams["font.size"]) * 0.833
