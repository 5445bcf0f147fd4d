import math

import pytest

from wdcli.report import numbers


@pytest.mark.parametrize(
    "value, shown", [(0, "0 %"), (1, "100 %"), (0.5, "50 %"), (0.001, "<1 %"), (0.9999, ">99 %"), (math.nan, "–")]
)
def test_none_and_all_are_said_of_exactly_none_and_all(value, shown):
    assert numbers.share(value) == shown


@pytest.mark.parametrize(
    "value, shown",
    [
        (0, "0"),
        (0.000123, "0.000123"),
        (2.371, "2.37"),
        (1000, "1000"),
        (123456, "123456"),
        (1.5e7, "1.5e+07"),
        (math.nan, "–"),
    ],
)
def test_figures(value, shown):
    assert numbers.figure(value) == shown


@pytest.mark.parametrize("value, shown", [(0.69314, "0.6931"), (12.5, "12.5000"), (1234.5, "1234"), (math.nan, "–")])
def test_losses(value, shown):
    assert numbers.loss(value) == shown


def test_means_with_errors_and_durations():
    assert numbers.plus_minus(0.25, 0.0123) == "0.2500 ± 0.0123"
    assert numbers.plus_minus(math.nan, math.nan) == "–"
    assert [numbers.seconds(t) for t in (0.04, 2.84, 75.2)] == ["0.04 s", "2.8 s", "1 min 15 s"]
