import argparse
import math
import subprocess
import sys
import time
from dataclasses import replace

import lasso_net
import numpy as np
import pytest
from kept import HEAD, Kept, cells, match, swept, used_in
from selection import add_sweep_options, lasso, network
from shift import Sample, middle_mean, sampled, wide_grid
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


@pytest.fixture(scope="module")
def blobs():
    return study.load(Source("blobs", rows=160))


def test_a_sample_has_its_part_of_the_training_rows_of_each_class(blobs):
    sample = sampled(blobs, 4, draw=1)
    assert {*sample.split.train} < {*blobs.split.train}
    assert np.bincount(blobs.dataset.y[sample.split.train]).tolist() == [10, 10, 10]
    assert sample.split.test is blobs.split.test


def test_each_draw_takes_other_rows_unless_it_takes_all(blobs):
    first, second = (sampled(blobs, 4, draw).split.train.tolist() for draw in (1, 2))
    assert first != second
    assert sampled(blobs, 1, draw=1) is blobs


def test_the_samples_grid_is_the_automatic_one_and_half_a_decade_more_at_each_end(blobs):
    fit = FitConfig(hidden=(4,), epochs=20)
    found = study.sweep(blobs, SweepConfig(fit, folds=2, seeds=1, exhaustive=True))
    grid = wide_grid(blobs, fit)
    assert len(grid) == 21
    assert {*grid[2:-2]} <= {row.lambd for row in found.rows}
    assert np.diff(np.log10(grid)) == pytest.approx(0.25, abs=0.01)


@pytest.fixture(scope="module")
def curve(blobs):
    """The best lambda is the middle one; the race drops those at both ends."""
    config = SweepConfig(FitConfig(hidden=(4,), epochs=40), (0.01, 1, 1000), folds=3, seeds=1, exhaustive=True)
    return study.sweep(blobs, config)


def test_a_sample_that_gives_the_curve_of_all_rows_moves_nothing(curve):
    same = Sample(4, curve, curve)
    assert (same.shift, same.away(same.best), same.regret) == (0, 0, 0)


def test_scaled_lambdas_grow_like_the_square_root_of_the_rows(curve):
    scaled = Sample(4, curve, curve).scaled
    assert scaled.shift == pytest.approx(math.log10(2))
    assert scaled.away(2 * curve.selection.lambda_min) == 0


def test_a_lambda_is_away_by_its_steps_to_the_nearest_one_that_the_race_keeps(curve):
    sample = Sample(1, curve, curve)
    assert [sample.away(max(sample.racing) * 10**decades) for decades in (0.25, 0.45, 1)] == [1, 2, 4]


def test_the_regret_is_the_paired_difference_in_its_standard_errors(curve):
    sample, worst = Sample(1, curve, curve, factor=1e9), curve.rows[-1]
    d = (worst.cv_losses - curve.best_row.cv_losses).mean(axis=1)
    assert sample.regret == pytest.approx(d.mean() / (d.std(ddof=1) / math.sqrt(len(d))))


def test_the_middle_mean_leaves_the_outer_quarters_out():
    assert middle_mean(np.array([-100, 1, 2, 3, 4, 5, 6, 100])) == 3.5
