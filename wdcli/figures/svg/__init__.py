"""Figures as SVG, by the standard library alone: classes instead of styles, and ``xml.etree`` for all escaping.

``panel_svg`` draws a panel for a page that has ``STYLE``; ``figure_svg`` makes a file that stands alone.
"""

from wdcli.figures.svg.panel import panel_svg
from wdcli.figures.svg.sheet import figure_svg
from wdcli.figures.svg.style import STYLE

__all__ = ["STYLE", "figure_svg", "panel_svg"]
