"""Legends: what each sign is called, below the axes."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from wdcli.figures.labels import cut, width
from wdcli.plots.letters import length, settle, small
from wdcli.plots.style import INK

Key: TypeAlias = tuple[str, Line2D | tuple[Patch, ...]]
"""A name and its sign, or several side by side."""
AROUND = 4
"""What a name has around it, in sizes of its letters."""


class _Abreast(HandlerTuple):
    """Several signs side by side."""

    def legend_artist(self, legend: Any, orig_handle: Any, fontsize: Any, handlebox: Any) -> Any:
        """Draw them; unlike matplotlib's, returns all of them, to be drawn again elsewhere."""
        super().legend_artist(legend, orig_handle, fontsize, handlebox)
        return tuple(handlebox.get_children())


def below(ax: Axes, keys: Sequence[Key]) -> None:
    """A legend under the axis's label; names are cut at the width of the picture."""
    room = ax.figure.bbox.width / ax.figure.dpi * 72 - AROUND * small()
    lines, labels = 3.6 + 1.5 * ax.get_xlabel().count("\n"), [cut(name, room, small()) for name, _ in keys]
    down = ScaledTranslation(0, -lines * small() / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        [sign for _, sign in keys], labels, loc="upper center", bbox_to_anchor=(0.5, 0), bbox_transform=ax.transAxes + down,
        **_look(ax, labels),
    )  # fmt: skip


def common(axes: Sequence[Axes]) -> Legend | None:
    """The legend of axes side by side that has the names in all of theirs, if there is one."""
    legends = list(filter(None, map(Axes.get_legend, axes)))
    longest = max(legends, key=lambda legend: len(_names(legend)), default=None)
    if longest is None or not len(legends) == len(axes) > 1:
        return None
    return longest if all(set(_names(legend)) <= set(_names(longest)) for legend in legends) else None


def share(legend: Legend, axes: Sequence[Axes], place: Axes) -> None:
    """Write the legend in a place of its own, instead of those of all these axes."""
    labels, signs = _names(legend), list(filter(None, legend.legend_handles))
    place.axis("off")
    place.legend(signs, labels, loc="upper center", borderaxespad=0, **_look(place, labels))
    settle(place)
    for own in filter(None, map(Axes.get_legend, axes)):
        own.remove()


def _names(legend: Legend) -> list[str]:
    return [text.get_text() for text in legend.get_texts()]


def _look(ax: Axes, labels: Sequence[str]) -> dict[str, Any]:
    """How legends look: in as many columns as fit under the axes."""
    widest = max((width(label, small()) for label in labels), default=0) + AROUND * small()
    rows = -(-len(labels) // max(1, int(length(ax) / widest))) or 1
    return {
        "ncols": -(-len(labels) // rows) or 1, "frameon": False, "fontsize": small(), "labelcolor": INK,
        "handlelength": 2.2, "columnspacing": 1.2, "borderpad": 0.2, "handler_map": {tuple: _Abreast(ndivide=None, pad=0)},
    }  # fmt: skip
