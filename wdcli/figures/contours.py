"""Where a function of two features crosses a value: marching squares on its grid."""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Grid: TypeAlias = Sequence[Sequence[float]]
Edge: TypeAlias = tuple[int, int, int]
"""The grid's edge from node (i, j): to the next j (0), or to the next i (1)."""
Place: TypeAlias = tuple[float, float]


def contours(grid: Grid, level: float) -> list[list[Place]]:
    """The polylines along which ``grid[i][j]`` equals ``level``, as (j, i), interpolated between nodes.

    Where a cell's corners alternate, the lines keep its centre on the side of its mean.
    """
    links: dict[Edge, list[Edge]] = {}
    for a, b in _segments(grid, level):
        links.setdefault(a, []).append(b)
        links.setdefault(b, []).append(a)
    return [[_crossing(grid, level, edge) for edge in walk] for walk in _walks(links)]


def _segments(grid: Grid, level: float) -> Iterator[tuple[Edge, Edge]]:
    """The edges that each cell's lines join."""
    above = [[value > level for value in row] for row in grid]
    for i, (here, there) in enumerate(itertools.pairwise(above)):
        for j in range(len(here) - 1):
            corners = here[j], here[j + 1], there[j + 1], there[j]
            if not any(corners) or all(corners):
                continue
            # Around the cell; an edge is crossed where its ends differ.
            edges: list[Edge] = [(i, j, 0), (i, j + 1, 1), (i + 1, j, 0), (i, j, 1)]
            crossed = [edge for k, edge in enumerate(edges) if corners[k] != corners[(k + 1) % 4]]
            if len(crossed) == 4:
                values = grid[i][j], grid[i][j + 1], grid[i + 1][j + 1], grid[i + 1][j]
                around = (math.fsum(values) / 4 > level) == corners[0]
                crossed = crossed if around else crossed[-1:] + crossed[:-1]
                yield crossed[2], crossed[3]
            yield crossed[0], crossed[1]


def _walks(links: dict[Edge, list[Edge]]) -> Iterator[list[Edge]]:
    """The edges in the order of their lines: open lines from their ends, then closed ones."""
    left = {edge: list(others) for edge, others in links.items()}
    ends = [edge for edge, others in links.items() if len(others) == 1]
    for start in [*ends, *links]:
        while left[start]:
            walk = [start]
            while left[walk[-1]]:
                here = walk[-1]
                there = left[here].pop()
                left[there].remove(here)
                walk.append(there)
            yield walk


def _crossing(grid: Grid, level: float, edge: Edge) -> Place:
    i, j, down = edge
    first, second = grid[i][j], grid[i + down][j + 1 - down]
    share = (level - first) / (second - first)
    return (j, i + share) if down else (j + share, i)
