import argparse
import math
import subprocess
import sys
import time
from dataclasses import replace

import lasso_net
import pytest
from kept import HEAD, Kept, cells, match, swept, used_in
from selection import add_sweep_options, lasso, network
from spent import Spent, timed

from wdcli import study
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.sweep.config import SweepConfig


@pytest.fixture(scope="module")
def found():
    config = replace(lasso("paired").config, lambdas=(0, 60, 1e6), folds=3, seeds=1)
    return swept(study.load(Source("linear-teacher-sparse", rows=400), 0), config)


@pytest.mark.parametrize(
    "place, in_use, precision, recall",
    [(0, 50, 0.1, 1.0), (1, 7, 5 / 7, 1.0), (2, 0, math.nan, 0.0)],
    ids=["lambda 0 keeps all columns", "60 keeps two too many", "a huge lambda keeps none"],
)
def test_the_columns_in_use_in_a_row_are_compared_with_those_that_matter(found, place, in_use, precision, recall):
    result, kept = found
    assert match(used_in(result, result.rows[place]), kept.relevant) == pytest.approx(
        (in_use, precision, recall), nan_ok=True
    )


def test_a_sweep_reports_the_columns_in_use_and_the_useful_ones_at_the_chosen_lambda(found):
    result, kept = found
    assert (result.selection.chosen, len(kept.used)) == (60, 7)
    assert {*kept.useful} == {*study.features(result).useful} < {*kept.used}
    assert {*kept.useful} <= {*kept.relevant}
    assert (kept.test_loss, kept.test_score) == (result.chosen_row.test_loss, result.chosen_row.test_score)


@pytest.mark.parametrize(
    "names, relevant, expected",
    [
        (None, {"a"}, (math.nan, math.nan, math.nan)),
        (["a", "b"], None, (2, math.nan, math.nan)),
        ([], {"a"}, (0, math.nan, 0)),
        (["a", "b"], {"a", "c"}, (2, 0.5, 0.5)),
    ],
    ids=["columns not measured", "truth not known", "no columns", "one of two"],
)
def test_what_is_not_known_of_the_columns_is_nan(names, relevant, expected):
    assert match(names, relevant) == pytest.approx(expected, nan_ok=True)


def test_a_line_holds_means_over_draws_of_what_is_known():
    none, two = (Kept(9, {"a"}, used, useful, 1.0, 0.25) for used, useful in (([], None), (["a", "b"], ["a"])))
    spent = [Spent(1.0, 2.0), Spent(2.0, 4.0)]
    tests, seconds = ["1.0000", "0.250"], ["1.5", "3.0"]
    assert [*cells([none, none], spent)] == ["0.0", "", "0.00", "", "", "", *tests, *seconds]
    assert [*cells([none, two], spent)] == ["1.0", "0.50", "0.50", "1.0", "1.00", "1.00", *tests, *seconds]
    assert len([*cells([two], spent)]) == len(HEAD)


def test_processor_seconds_include_those_of_a_process_that_has_ended():
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    _, spent = timed(subprocess.run, [sys.executable, "-c", busy], check=True)
    assert spent.cpu >= 0.3


def test_waiting_takes_no_processor_seconds():
    _, spent = timed(time.sleep, 0.3)
    assert spent.wall >= 0.3 > spent.cpu


def test_a_fresh_process_keeps_what_a_sweep_in_this_one_does():
    config = SweepConfig(FitConfig(penalty="group-lasso", epochs=3), lambdas=(1.0,), folds=2, seeds=1)
    assert lasso_net.ask("sweep", "friedman1", 1, config) == lasso_net.sweep("friedman1", 1, config)


def test_the_sweep_has_the_options_that_are_given():
    parser = argparse.ArgumentParser()
    add_sweep_options(parser, ("l1",))
    given = parser.parse_args(["--rule", "1se", "--group-by", "units", "--path", "warm", "--path-order", "up"])
    fit = FitConfig(penalty="group-lasso", group_by="units")
    assert network(given, "group-lasso").config == SweepConfig(fit, rule="1se", path="warm", path_order="up")
