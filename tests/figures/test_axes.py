"""Axes: how far they reach, and where a value lies."""

import math

import pytest

from wdcli.figures.axes import between, lambda_axis, linear_axis, log_axis, loss_axis
from wdcli.figures.model import Axis

AXES = {
    "lambda": lambda_axis([0, 0.003, 0.1, 100]),
    "lambda above 0": lambda_axis([0.003, 100]),
    "one lambda": lambda_axis([3]),
    "log": log_axis("x", 0.02, 5),
    "short log": log_axis("x", 2, 2.4),
    "linear": linear_axis("x", -3.2, 17),
    "nothing": linear_axis("x", 5, 5),
    "tiny": linear_axis("x", 0, 3e-9),
    "huge": linear_axis("x", 0, 3e12),
    "far from 0": linear_axis("x", 1_000_000, 1_000_100),
    "a day": linear_axis("x", 1.7e9, 1.7e9 + 86400),
    "a short stretch": log_axis("x", 0.30001, 0.30002),
    "many decades": lambda_axis([1e-30, 1e30]),
    "the least and the largest number": lambda_axis([0.0, 5e-324, 1.7e308]),
}


@pytest.mark.parametrize("axis", AXES.values(), ids=AXES)
def test_places_grow_with_values_and_ticks_lie_on_the_axis(axis: Axis):
    values = [axis.low + (axis.high - axis.low) * i / 20 for i in range(21)]
    values = [0.0, *values] if axis.zero else values
    places = [axis.place(value) for value in values]
    assert places == sorted(places)
    assert 0 <= places[0] < places[-1] <= 1
    assert axis.place(axis.high) == 1
    assert 2 <= len(axis.ticks) <= 12
    assert all(axis.beyond(tick.value) == 0 for tick in axis.ticks)
    assert len({tick.label for tick in axis.ticks}) == len(axis.ticks)


@pytest.mark.parametrize("axis", AXES.values(), ids=AXES)
def test_what_lies_beyond_is_told_and_has_its_place_at_the_end(axis: Axis):
    beyond = axis.high + (axis.high - axis.low)
    assert axis.beyond(beyond) == 1
    assert axis.place(beyond) == 1
    assert axis.beyond(axis.high) == axis.beyond(axis.low) == 0


def test_no_lambda_stands_apart_before_the_others():
    axis = lambda_axis([0, 0.003, 100])
    assert axis.place(0) < axis.place(0.003) / 2
    assert axis.beyond(0) == 0
    assert axis.beyond(1e-9) == -1


def test_equal_ratios_are_equally_far_apart():
    axis = lambda_axis([0, 0.01, 0.1, 1])
    assert axis.place(0.1) - axis.place(0.01) == pytest.approx(axis.place(1) - axis.place(0.1))


@pytest.mark.parametrize(
    ("held", "constant", "log", "low", "high"),
    [
        ([0.2, 0.5, 0.69], 0.69, False, 0, 0.69 * 1.05),
        ([0.05, 0.5, 0.69], 0.69, True, 0.05 / 1.8, 0.69 * 1.05),
        ([0.2, 0.5, 40.0], 0.69, True, 0.2 / 1.8, 3 * 0.69 * 1.05),
        ([0.5, 1.0, 40.0], 0.69, False, 0, 3 * 0.69 * 1.05),
        ([0.5, math.nan, math.inf], 0.69, False, 0, 0.5 * 1.05),
        ([0.5, 0.7], math.nan, False, 0, 0.7 * 1.05),
        ([0.0, 0.0], 0.0, False, 0, 1),
        ([], 0.69, False, 0, 1.05),
    ],
)
def test_a_loss_axis_is_logarithmic_only_if_losses_differ_widely(held, constant, log, low, high):
    axis = loss_axis("loss", held, constant)
    assert axis.log == log
    assert (axis.low, axis.high) == pytest.approx((low, high))


def test_the_stretches_between_places_cover_the_axis():
    assert sum(between([0.1, 0.5, 0.7]), ()) == pytest.approx((0, 0.3, 0.3, 0.6, 0.6, 1))
