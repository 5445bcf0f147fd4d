"""How wide text is, and where labels go so that none covers another."""

import itertools
import unicodedata
from collections.abc import Sequence
from statistics import fmean

TEXT, SMALL = 13, 12
"""Sizes of letters, in pixels: of text, and of numbers at axes."""
GAP = 6
"""The least gap between two labels."""
_WIDTHS = {
    width: set(characters)
    for width, characters in {
        0.29: "ijl'|",
        0.35: " .,:;If",
        0.41: "()[]{}r-!/\\`t",
        0.83: "w+<>=~#&%CDGHNOQUABEKRVXY",
        1.0: "mMW@…%□",
    }.items()
}
OTHER, BOLD = 0.64, 1.1
"""Ems of other characters, and how much wider bold ones are: by DejaVu Sans, which is wider than most."""


def width(text: str, size: float = TEXT) -> float:
    """About how many pixels wide a text is; rather too many than too few."""
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return next((em for em, characters in _WIDTHS.items() if character in characters), OTHER)


def cut(text: str, room: float, size: float = TEXT) -> str:
    """The text, with its end replaced by an ellipsis where it is wider than ``room``."""
    if width(text, size) <= room:
        return text
    lengths = itertools.accumulate(width(character, size) for character in text)
    kept = sum(1 for length in lengths if length <= room - width("…", size))
    return f"{text[:kept].rstrip()}…"


def wrap(text: str, room: float, size: float = TEXT) -> list[str]:
    """The text in lines that fit; a longer word is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(cut(word, room, size))
    return [line for line in lines if line]


def span(centre: float, text: str, room: float, size: float = SMALL) -> tuple[float, float]:
    """Where a centred label begins and ends; moved if it would end beyond ``room``."""
    needed = width(text, size)
    start = max(0.0, min(centre - needed / 2, room - needed))
    return start, start + needed


def thin(spans: Sequence[tuple[float, float]], kept: Sequence[int] = ()) -> list[int]:
    """Which of these ascending labels to write so that none touch: those ``kept``, if they can be, and every n-th."""
    first: list[int] = []
    for i in (i for i in kept if i < len(spans)):
        first += [i] if all(_apart(spans[i], spans[j]) for j in first) else []
    for step in range(1, len(spans) + 1):
        others = [i for i in range(0, len(spans), step) if all(_apart(spans[i], spans[j]) for j in first)]
        chosen = sorted({*first, *others})
        if all(_apart(spans[i], spans[j]) for i, j in itertools.pairwise(chosen)):
            return chosen
    return first


def _apart(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return a[1] + GAP <= b[0] or b[1] + GAP <= a[0]


def spread(centres: Sequence[float], widths: Sequence[float], low: float, high: float) -> list[float]:
    """Centres near these ascending ones, with which labels this wide don't touch, from ``low`` to ``high``.

    They are the nearest ones by least squares: a regression of the centres, less the room that is needed, that ascends.
    """
    needed = list(itertools.accumulate(((a + b) / 2 + GAP for a, b in itertools.pairwise(widths)), initial=0.0))
    blocks: list[list[float]] = []
    for centre, room in zip(centres, needed, strict=False):
        blocks.append([centre - room])
        while len(blocks) > 1 and fmean(blocks[-2]) > fmean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    fitted = [fmean(block) for block in blocks for _ in block]
    least, most = (low + widths[0] / 2, high - widths[-1] / 2 - needed[-1]) if widths else (low, high)
    return [max(min(place, most), least) + room for place, room in zip(fitted, needed, strict=False)]
