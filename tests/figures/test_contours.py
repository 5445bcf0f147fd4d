"""Lines along which a function has one value."""

import itertools
import math

import pytest

from wdcli.figures.contours import contours


def grid(function, n=41):
    places = [-1 + 2 * i / (n - 1) for i in range(n)]
    return [[function(x, y) for x in places] for y in places]


def in_plane(line, n=41):
    return [(-1 + 2 * j / (n - 1), -1 + 2 * i / (n - 1)) for j, i in line]


def test_a_circle_is_one_closed_line_at_its_radius():
    (line,) = contours(grid(lambda x, y: x * x + y * y), 0.5)
    places = in_plane(line)
    assert places[0] == places[-1]
    assert all(math.hypot(*place) == pytest.approx(math.sqrt(0.5), abs=0.002) for place in places)
    assert sum(math.dist(a, b) for a, b in itertools.pairwise(places)) == pytest.approx(
        2 * math.pi * math.sqrt(0.5), rel=0.01
    )


def test_a_line_is_exact_and_ends_at_the_edges():
    (line,) = contours(grid(lambda x, y: x + 2 * y), 0.3)
    places = in_plane(line)
    assert all(x + 2 * y == pytest.approx(0.3) for x, y in places)
    assert {max(map(abs, places[0])), max(map(abs, places[-1]))} == {1.0}


def test_two_islands_are_two_lines():
    assert len(contours(grid(lambda x, y: (x * x - 0.3) ** 2 + y * y), 0.05)) == 2


def test_a_saddle_is_crossed_by_two_lines_and_every_crossing_is_used_once():
    lines = contours([[1.0, 0.0], [0.0, 1.0]], 0.4)
    assert sorted(len(line) for line in lines) == [2, 2]
    assert len({place for line in lines for place in line}) == 4


def test_a_function_that_never_crosses_has_no_line():
    assert contours(grid(lambda x, y: x), 5) == []
