"""The style sheet of figures, for light and dark screens."""

import re

from wdcli.figures.colours import DARK, LIGHT, Palette
from wdcli.figures.colours import shade as colour_of

RAMP = 16
"""How many shades the style sheet has for heat maps."""


def hue(count: int) -> str:
    """The class of the count-th colour."""
    return f"h{count % len(LIGHT.hues)}"


def zone(name: str) -> str:
    """The class of a verdict's zone."""
    return f"z-{name if name in LIGHT.tints else 'collapsed'}"


def shade(level: int, levels: int) -> str:
    """The class of a level of a heat map, from 1 to ``levels``."""
    return f"l{1 + round((level - 1) * (RAMP - 1) / max(levels - 1, 1))}"


def _ramp(level: int) -> str:
    return "".join(f"{part:02X}" for part in colour_of(level, RAMP))


def _variables(palette: Palette) -> dict[str, str]:
    """The colours by the names that the rules, and those of pages, have for them."""
    return (
        {name: getattr(palette, name) for name in ("paper", "ink", "soft", "grid", "lost")}
        | {f"h{i}": colour for i, colour in enumerate(palette.hues)}
        | {f"z-{name}": colour for name, colour in palette.tints.items()}
        | {f"w-{name}": colour for name, colour in palette.words.items()}
    )


LIGHT_PAGES = ('[data-jp-theme-light="true"]', ".vscode-light", '[data-theme="light"]')
DARK_PAGES = ('[data-jp-theme-light="false"]', ".vscode-dark", '[data-theme="dark"]')
"""What says whether the page around is light or dark, whatever the screen is: in JupyterLab, in VS Code, and in documents
made by Sphinx."""
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
.fig .ring,.fig .hollow{fill:var(--paper);stroke-width:1.6}
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
.fig .dots{fill:currentColor;stroke:#FFFFFF;stroke-width:1}
.fig .dots.ring{fill:#FFFFFF;stroke:currentColor;stroke-width:1.6}
.fig .dots.cross{fill:none;stroke:currentColor;stroke-width:2}
"""
_EACH = [
    *(f".fig .h{i}{{color:var(--h{i})}}" for i in range(len(LIGHT.hues))),
    *(f".fig .dots.h{i}{{color:#{colour}}}" for i, colour in enumerate(LIGHT.hues)),
    *(f".fig .z-{name}{{fill:var(--z-{name})}}\n.fig text.z-{name}{{fill:var(--w-{name})}}" for name in LIGHT.tints),
    *(f".fig .l{i}{{fill:#{_ramp(i)}}}\n.fig .cells.l{i}{{fill:none;stroke:#{_ramp(i)}}}" for i in range(1, RAMP + 1)),
]  # fmt: skip
RULES = "\n".join([_BASE.strip(), *_EACH])


def _declared(palette: Palette) -> str:
    return ";".join(f"--{name}:#{colour}" for name, colour in _variables(palette).items())


STYLE = "\n".join([
    f":root{{{_declared(LIGHT)}}}",
    f"@media screen and (prefers-color-scheme:dark){{:root{{{_declared(DARK)}}}}}",
    RULES,
])  # fmt: skip
"""The style of figures on a page: light, and dark on a dark screen."""


def scoped(selector: str) -> str:
    """The style of figures within the elements of a selector alone, light or dark as the page around them says it is."""
    light, dark = (f"{{{_declared(palette)}}}" for palette in (LIGHT, DARK))
    return "\n".join([
        f"{selector}{light}",
        f"@media screen and (prefers-color-scheme:dark){{{selector}{dark}}}",
        *(f"{','.join(f'{mark} {selector}' for mark in marks)}{colours}" for marks, colours in
          ((LIGHT_PAGES, light), (DARK_PAGES, dark))),
        RULES.replace(".fig", f"{selector} .fig"),
    ])  # fmt: skip


ALONE = re.sub(r"var\(--([\w-]+)\)", lambda found: f"#{_variables(LIGHT)[found[1]]}", RULES)
"""The style of a figure that stands alone: light, and without variables, which not every drawing program knows."""
