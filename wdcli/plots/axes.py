"""The model's axes as matplotlib's: both run from 0 to 1, the places of the model, so that every drawer agrees on them."""

from matplotlib.axes import Axes

from wdcli.figures.model import FIRST, ZERO, Axis
from wdcli.plots.letters import apart, fitted, height, length, small
from wdcli.plots.style import FAINT, GRID, INK


def draw_axes(ax: Axes, x: Axis, y: Axis) -> None:
    """Draw the axes with their ticks, labels and grid."""
    ax.set(xlim=(0, 1), ylim=(0, 1))
    across(ax, x)
    ax.set_yticks([y.place(tick.value) for tick in y.ticks], [tick.label for tick in y.ticks])
    ax.set_ylabel(fitted(y.label, height(ax)), color=INK)
    plain(ax)


def across(ax: Axes, x: Axis) -> None:
    """Draw the x axis: all ticks, and as many labels as there is room for."""
    places, labels = [x.place(tick.value) for tick in x.ticks], [tick.label for tick in x.ticks]
    kept = apart(places, labels, ax)
    ax.set_xticks(places, [label if i in kept else "" for i, label in enumerate(labels)])
    ax.set_xlabel(fitted(x.label, length(ax)), color=INK)
    if x.zero:
        _break(ax)


def plain(ax: Axes) -> None:
    """A light grid behind everything, and no lines at the top and the right."""
    ax.set_axisbelow(True)
    ax.grid(visible=True, color=GRID, linewidth=0.6, linestyle="-")
    ax.tick_params(length=3, color=FAINT, labelcolor=INK, labelsize=small())
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(FAINT)


def _break(ax: Axes) -> None:
    """The sign of a break between 0 and the rest of the axis."""
    ax.annotate(
        "//", ((ZERO + FIRST) / 2, 0), ha="center", va="center", color=FAINT, size=small(), annotation_clip=False,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )  # fmt: skip
