"""Every figure by its name."""

from collections.abc import Callable
from dataclasses import replace

from wdcli.figures.comparison import compare_figure
from wdcli.figures.cv import cv_figure
from wdcli.figures.features import features_figure
from wdcli.figures.front import front_figure
from wdcli.figures.fronts import fronts_figure
from wdcli.figures.function import function_figure
from wdcli.figures.learning import learning_figure
from wdcli.figures.model import Figure
from wdcli.figures.shown import Shown, ShownSweep
from wdcli.figures.weights import weights_figure

OF_SWEEPS: dict[str, Callable[[ShownSweep], Figure]] = {
    "cv": cv_figure, "weights": weights_figure, "features": features_figure, "front": front_figure,
    "function": function_figure, "learning": learning_figure,
}  # fmt: skip
OF_COMPARISONS: dict[str, Callable[[Shown], Figure]] = {"compare": compare_figure, "front": fronts_figure}
"""Figures that draw all penalties of a comparison on the same axes."""
OF_ALL_RATIOS = ("cv", "front")
NAMES = (*OF_SWEEPS, "compare")


def make(name: str, shown: Shown) -> Figure:
    """The figure of this name; of a comparison, it shows all its sweeps.

    A figure that can't be drawn has no panels, and says why in ``left_out``.
    """
    if name in OF_COMPARISONS and (shown.compares or name not in OF_SWEEPS):
        return OF_COMPARISONS[name](shown)
    figures = [of_sweep(name, sweep) for sweep in shown.sweeps]
    return figures[0] if len(figures) == 1 else _joined(shown.names, figures)


def of_sweep(name: str, sweep: ShownSweep) -> Figure:
    """A sweep's figure of this name; of an elastic net, most are of the chosen l1_ratio only, and say so."""
    figure = OF_SWEEPS[name](sweep)
    one = len(sweep.ratios) > 1 and sweep.has_chosen and name not in OF_ALL_RATIOS
    return replace(figure, title=f"{figure.title} (l1_ratio {sweep.l1_ratio:g})") if one else figure


def _joined(names: tuple[str, ...], figures: list[Figure]) -> Figure:
    """One figure with the panels of several, each titled with its penalty."""
    each = list(zip(names, figures, strict=True))
    panels = [
        replace(panel, title=": ".join(filter(None, (name, panel.title)))) for name, f in each for panel in f.panels
    ]
    left_out = [f"{name}: {reason}" for name, f in each for reason in f.left_out]
    caption, description = (
        _said([(name, text) for name, text in zip(names, texts, strict=True) if text])
        for texts in ([f.caption for f in figures], [f.description for f in figures])
    )
    return Figure(figures[0].name, figures[0].title, caption, description, tuple(panels), tuple(left_out))


def _said(each: list[tuple[str, str]]) -> str:
    """What is said of several penalties: once, if it is the same."""
    if len({text for _, text in each}) == 1:
        return each[0][1]
    return " ".join(f"{name}: {text}" for name, text in each)
