"""Colours and the style sheet of figures: safe for colour-blind people, and legible on white and on dark."""

import re

Colour = tuple[int, int, int]

HUES = ("0072B2", "C4500C", "4D4D4D", "00785A", "A4508B", "8A6D00", "3F8FB5")
DARK_HUES = ("5AB0E8", "F0945A", "B5B5B5", "3FC49A", "D68ABF", "D9B93B", "8FCBE6")
ZONES = ("overfit", "good", "underfit", "collapsed", "diverged")
ZONE_TINTS = ("FBE9DC", "DDF0E4", "DFE9F9", "E9E9EC", "FBE0E0")
ZONE_WORDS = ("8F3A06", "00593F", "1B4E8C", "4D4D55", "9A1C1C")
DARK_TINTS = ("3A2718", "173126", "1A2A42", "2A2D33", "421D1F")
DARK_WORDS = ("F3B48C", "7FD6B4", "A5C6F2", "C3C5CB", "F4A3A3")
RAMP = 16
"""How many shades a heat map has, from the faintest on; 0 is white."""
_ANCHORS = ("D3E4F5", "6BAED6", "2171B5", "08306B")


def rgb(colour: str) -> Colour:
    """The red, green and blue of a colour as in ``0072B2``."""
    return int(colour[:2], 16), int(colour[2:4], 16), int(colour[4:], 16)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """From a (share 0) to b (share 1)."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def hue(count: int) -> str:
    """The class of the count-th colour."""
    return f"h{count % len(HUES)}"


def zone(name: str) -> str:
    """The class of a verdict's zone."""
    return f"z-{name if name in ZONES else 'collapsed'}"


def shade(level: int, levels: int) -> str:
    """The class of a level of a heat map, from 1 to ``levels``."""
    return f"l{1 + round((level - 1) * (RAMP - 1) / max(levels - 1, 1))}"


def _ramp() -> list[str]:
    """The shades, evenly between the anchors."""
    anchors = [rgb(anchor) for anchor in _ANCHORS]
    places = [i * (len(anchors) - 1) / (RAMP - 1) for i in range(RAMP)]
    parts = [min(int(place), len(anchors) - 2) for place in places]
    mixed = [mix(anchors[i], anchors[i + 1], place - i) for i, place in zip(parts, places, strict=True)]
    return ["".join(f"{part:02X}" for part in colour) for colour in mixed]


def _variables(
    named: dict[str, str], hues: tuple[str, ...], tints: tuple[str, ...], words: tuple[str, ...]
) -> dict[str, str]:
    return (
        named
        | {f"h{i}": colour for i, colour in enumerate(hues)}
        | {f"z-{name}": colour for name, colour in zip(ZONES, tints, strict=True)}
        | {f"w-{name}": colour for name, colour in zip(ZONES, words, strict=True)}
    )


LIGHT = _variables(
    {"paper": "FFFFFF", "ink": "1A1F26", "soft": "555B63", "grid": "DDE0E4", "lost": "C02626"},
    HUES, ZONE_TINTS, ZONE_WORDS,
)  # fmt: skip
DARK = _variables(
    {"paper": "14181D", "ink": "E8EAED", "soft": "A9B0B8", "grid": "3A4048", "lost": "FF8A80"},
    DARK_HUES, DARK_TINTS, DARK_WORDS,
)  # fmt: skip

_BASE = """
.fig{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,"DejaVu Sans",sans-serif;font-size:13px}
.fig text{fill:var(--ink)}
.fig .small{font-size:12px}
.fig .soft{fill:var(--soft)}
.fig .title{font-weight:600}
.fig .head{font-size:16px}
.fig .mid{text-anchor:middle}
.fig .end{text-anchor:end}
.fig .paper{fill:var(--paper)}
.fig .grid{stroke:var(--grid);stroke-width:1;fill:none}
.fig .axis{stroke:var(--soft);stroke-width:1;fill:none}
.fig .gap{stroke:var(--paper);stroke-width:6}
.fig .line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round}
.fig .dashed{stroke-dasharray:7 4}
.fig .dotted{stroke-dasharray:2 3}
.fig .bar{fill:none;stroke:currentColor;stroke-width:1.2;opacity:.75}
.fig .band{fill:currentColor;opacity:.2}
.fig .glyph{fill:currentColor;stroke:currentColor;stroke-width:1}
.fig .ring{fill:var(--paper);stroke-width:1.6}
.fig .cross,.fig .beyond{fill:none;stroke-width:1.8}
.fig .many{opacity:.6;stroke-width:1.2}
.fig .lost{fill:var(--lost);stroke:var(--paper)}
.fig .mark{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:4 3}
.fig .mark.strong{stroke-width:2.2}
.fig .strong{font-weight:600}
.fig .halo{fill:none;stroke:var(--ink);stroke-width:1.8}
.fig .frame{fill:none;stroke:#14181D;stroke-dasharray:4 3;stroke-width:1.4}
.fig .frame.strong{stroke-dasharray:none;stroke-width:2.2}
.fig .hit{fill:transparent}
.fig .cursor{visibility:hidden;stroke:var(--ink);stroke-width:1.5;fill:none;pointer-events:none}
.fig rect.cursor{stroke:#C4500C;stroke-width:2.5}
.fig .cells{fill:none;shape-rendering:crispEdges}
.fig .l0{fill:#FFFFFF}
.fig .edge{fill:none;stroke:var(--soft);stroke-width:1}
.fig .border{fill:none;stroke:#14181D;stroke-width:2;stroke-linejoin:round}
.fig .under{fill:none;stroke:#FFFFFF;stroke-width:4;stroke-linejoin:round;opacity:.7}
.fig .dots{stroke:#FFFFFF;stroke-width:1}
.fig .dots.ring{fill:#FFFFFF;stroke:currentColor;stroke-width:1.6}
.fig .dots.cross{fill:none;stroke:currentColor;stroke-width:2}
"""
_EACH = [
    *(f".fig .h{i}{{color:var(--h{i})}}" for i in range(len(HUES))),
    *(f".fig .dots.h{i}{{color:#{colour};fill:#{colour}}}" for i, colour in enumerate(HUES)),
    *(f".fig .z-{name}{{fill:var(--z-{name})}}\n.fig text.z-{name}{{fill:var(--w-{name})}}" for name in ZONES),
    *(f".fig .l{i}{{fill:#{colour}}}\n.fig .cells.l{i}{{fill:none;stroke:#{colour}}}"
      for i, colour in enumerate(_ramp(), 1)),
]  # fmt: skip
RULES = "\n".join([_BASE.strip(), *_EACH])


def _declared(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:#{colour}" for name, colour in colours.items())


STYLE = "\n".join([
    f":root{{{_declared(LIGHT)}}}",
    f"@media screen and (prefers-color-scheme:dark){{:root{{{_declared(DARK)}}}}}",
    RULES,
])  # fmt: skip
"""The style of figures on a page: light, and dark on a dark screen."""
ALONE = re.sub(r"var\(--([\w-]+)\)", lambda found: f"#{LIGHT[found[1]]}", RULES)
"""The style of a figure that stands alone: light, and without variables, which not every drawing program knows."""
