import math

import pytest

from wdcli.report import numbers


@pytest.mark.parametrize(
    "value, shown",
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.5, "50 %"),
        (0.001, "<1 %"),
        (0.005, "<1 %"),
        (0.995, ">99 %"),
        (0.9999, ">99 %"),
        (math.nan, "–"),
    ],
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
        (999.7, "1000"),
        (-1234.5, "-1234"),
        (999999.7, "1e+06"),
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


@pytest.mark.parametrize(
    "value, reference, shown",
    [(3, 2, "1.5 times"), (1, 0, "more than 1000 times"), (0, 0, "1 times"), (5000, 1, "more than 1000 times")],
)
def test_ratios_survive_nothing(value, reference, shown):
    assert numbers.times(value, reference) == shown


def test_means_with_errors_and_durations():
    assert numbers.plus_minus(0.25, 0.0123) == "0.2500 ± 0.0123"
    assert numbers.plus_minus(math.nan, math.nan) == "–"
    assert [numbers.seconds(t) for t in (0.04, 2.84, 75.2)] == ["0.04 s", "2.8 s", "1 min 15 s"]


@pytest.mark.parametrize(
    "value, shown",
    [(0, "+0.0000"), (-0.1234567, "-0.1235"), (-1.9e-9, "-1.9e-09"), (1234.5, "+1.2e+03"), (math.nan, "–")],
)
def test_a_difference_has_its_sign_and_is_0_only_where_there_is_none(value, shown):
    assert numbers.signed(value) == shown


def test_an_error_is_as_short_as_its_mean():
    assert numbers.plus_minus(0.5, 0.0123456) == "0.5000 ± 0.0123"
    assert numbers.plus_minus(3.384e23, 1.4323e23) == "3.384e+23 ± 1.432e+23"


P_VALUES = {
    0.31: "0.31",
    0.05: "0.05",
    0.0499: "0.0499",
    0.0503: "0.05",
    0.04996: "0.04996",
    0.0046: "0.0046",
    1.0: "1",
    0.0: "0",
}


@pytest.mark.parametrize("value, text", [*P_VALUES.items(), (math.nan, numbers.NOTHING)])
def test_a_p_value_shows_on_which_side_of_the_level_it_lies(value, text):
    assert numbers.probability(value) == text


@pytest.mark.parametrize(
    "value, shown", [(6.98e-16, "0"), (-2e-12, "0"), (0.0, "0"), (1e-6, "1e-06"), (-0.5, "-0.5"), (math.nan, "–")]
)
def test_a_measured_number_that_is_a_rounding_error_is_0(value, shown):
    assert numbers.measured(value) == shown
