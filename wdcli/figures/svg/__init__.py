"""Figures as SVG, by the standard library alone: classes instead of styles, and ``xml.etree`` for all escaping.

``panel_svg`` draws a panel for a page that has ``STYLE``, ``sheet`` a whole figure; ``figure_svg`` makes a file that stands
alone. In reading order:

- pen: elements, numbers and places
- paragraph: text in lines
- style: the style sheet
- glyphs, png: shapes of points, and pictures of cells
- legend, ticks, cursor: parts of several panels
- curves, chart, heat_map, surface, intervals: the panels
- panel: any panel
- sheet: a figure in a file of its own
"""

from wdcli.figures.svg.panel import panel_svg
from wdcli.figures.svg.sheet import figure_svg, sheet
from wdcli.figures.svg.style import STYLE, scoped

__all__ = ["STYLE", "figure_svg", "panel_svg", "scoped", "sheet"]
