"""Where the panels of a figure stand: side by side in rows, as many as there is room for."""

import itertools
from collections.abc import Iterator, Sequence

from wdcli.figures.model import Chart, Panel, Surface

GAP = 20
"""Pixels between panels side by side."""
LEAST = 280
"""The least width of a panel that has others beside it, in pixels."""


def in_rows(panels: Sequence[Panel], room: float) -> Iterator[tuple[int, list[Panel]]]:
    """The panels in rows ``room`` pixels wide: how many of a kind a full row has, and those that stand in this one."""
    fitting = max(1, int((room + GAP) // (LEAST + GAP)))
    for (_, most), run in itertools.groupby(panels, lambda panel: (type(panel), _most_across(panel))):
        alike = list(run)
        # As few rows as possible, and these even: four panels are two rows of two.
        across = -(-len(alike) // -(-len(alike) // min(most, fitting)))
        yield from ((across, alike[i : i + across]) for i in range(0, len(alike), across))


def _most_across(panel: Panel) -> int:
    """How many panels of this kind stand side by side at most: zones need room for their words."""
    match panel:
        case Chart():
            return 2 if panel.zones else 3
        case Surface():
            return 3
    return 1
