"""The first pass of a race, on a sample of the rows: what it takes, what it leaves, and that the choice stays."""

from dataclasses import replace

import numpy as np
import pytest

from tests.cli.run import as_json, run, succeed
from tests.sweep.sweeps import ONE, swept
from wdcli.data.dataset import Split
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.fits.plan import make_blocks
from wdcli.fits.pool import Resources
from wdcli.sweep.config import FEWEST_ROWS, SHARE, SweepConfig
from wdcli.sweep.runner import run_sweep
from wdcli.sweep.sample import sample_of

MOONS = Source("moons", rows=1200)
FIT = FitConfig(hidden=(8,), epochs=20, batch_size=64)
ALL, SAMPLED = SweepConfig(FIT, first_rows=0), SweepConfig(FIT, first_rows=200)
SHORT = ["sweep", "--rows", "600", "--hidden", "4", "--epochs", "4", "--seeds", "2", "--jobs", "1"]


def chosen(result):
    """Without lambda_1se, which may be larger where more lambdas are trained on all rows."""
    found = result.selection
    return found.chosen, found.lambda_min, found.lambda_paired, found.l1_ratio


def numbers(row):
    return row.lambd, row.train_loss, row.test_loss, row.cv_losses.tolist()


@pytest.fixture(scope="module")
def whole():
    return swept(ALL, MOONS)


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_choice_and_every_row_are_those_of_the_race_on_all_rows(whole, jobs):
    found = swept(SAMPLED, MOONS, Resources(jobs=jobs))
    assert chosen(found) == chosen(whole)
    every = {row.lambd: numbers(row) for row in whole.rows}
    both = [row for row in found.rows if row.lambd in every]
    assert 3 < len(both) <= len(found.rows) < len(every)
    assert found.rows[0].lambd == 0
    assert all(numbers(row) == every[row.lambd] for row in both)
    assert found.first_pass.rows == 200
    assert found.first_pass.lambdas > found.first_pass.left > 1


@pytest.mark.parametrize(
    "penalty, lambdas", [("l1", None), ("elastic-net", None), ("l2", tuple(10.0**i for i in range(-3, 4)))]
)
def test_so_it_is_for_other_penalties_and_for_a_given_grid(penalty, lambdas):
    fit = replace(FIT, penalty=penalty)
    one, two = (swept(SweepConfig(fit, lambdas, 3, first_rows=rows, l1_ratios=(0.2, 0.8)), MOONS) for rows in (0, 200))
    assert chosen(one) == chosen(two)
    assert len(two.rows) < len(one.rows)


@pytest.mark.parametrize(
    "config, rows, size",
    [
        (SweepConfig(FIT), 2 * FEWEST_ROWS - 1, 0),
        (SweepConfig(FIT), 2 * FEWEST_ROWS, FEWEST_ROWS),
        (SweepConfig(FIT), 10**6, 10**6 // SHARE),
        (SAMPLED, 500, 200),
        (SAMPLED, 200, 0),
        (ALL, 10**6, 0),
        (replace(SAMPLED, exhaustive=True), 10**6, 0),
        (replace(SAMPLED, path="warm"), 10**6, 0),
    ],
)
def test_the_sample_is_as_large_as_is_asked_or_usual_and_an_exhaustive_sweep_has_none(config, rows, size):
    assert config.sampled(rows) == size


def folds_of(dataset, given=()):
    train = np.arange(0, 1000)
    return Folds(FIT, dataset, Split(train, np.arange(1000, 1200)), 5, given)


@pytest.fixture(scope="module")
def table():
    return load(MOONS, 0)[0]


def test_a_sample_has_the_classes_shares_whole_groups_or_the_latest_rows(table):
    rare = replace(table, y=(np.arange(1200) % 20 == 0).astype(int))
    of_classes = sample_of(SAMPLED, folds_of(rare)).split.train
    assert (len(of_classes), rare.y[of_classes].sum()) == (200, 10)
    grouped = replace(table, groups=np.arange(1200) // 10)
    of_groups = sample_of(SAMPLED, folds_of(grouped)).split.train
    assert set(np.bincount(grouped.groups[of_groups])) == {0, 10}
    mixed = np.random.default_rng(0).integers(2, size=1200)
    latest = sample_of(SAMPLED, folds_of(replace(table, in_time=True, y=mixed)))
    assert latest.split.train.tolist() == list(range(800, 1000))
    assert all(part.train.max() < part.test.min() for part in latest.parts)


def test_test_rows_are_never_in_the_sample_and_draws_differ_by_seed_alone(table):
    found = [sample_of(SAMPLED, Folds(replace(FIT, seed=seed), table, folds_of(table).split, 5)) for seed in (0, 0, 1)]
    one, same, other = (set(each.split.train.tolist()) for each in found)
    assert max(one | other) < 1000
    assert one == same != other


def test_given_folds_keep_their_rows_that_are_in_the_sample(table):
    given = tuple(
        Split(np.flatnonzero(np.arange(1000) % 4 != k), np.flatnonzero(np.arange(1000) % 4 == k)) for k in range(4)
    )
    sample = sample_of(SAMPLED, folds_of(table, given))
    for k, part in enumerate(sample.parts):
        assert set(sample.split.train[part.test] % 4) == {k}
        assert set(sample.split.train[part.train] % 4) == {0, 1, 2, 3} - {k}
        assert len(part.train) + len(part.test) == 200


def test_rows_that_leave_a_sample_without_folds_are_all_used_unless_a_sample_is_asked_for(table, monkeypatch):
    monkeypatch.setattr("wdcli.sweep.config.FEWEST_ROWS", 200)
    few = folds_of(replace(table, groups=np.arange(1200) // 200))
    assert sample_of(SweepConfig(FIT), few) is None
    with pytest.raises(ConfigError, match="groups"):
        sample_of(SAMPLED, few)


@pytest.mark.parametrize("fit", [
    FIT, replace(FIT, convention="sklearn"), replace(FIT, convention="pytorch"), replace(FIT, convention="keras"),
    replace(FIT, convention="glmnet"), replace(FIT, penalty="l1", convention="keras"),
    replace(FIT, penalty="group-lasso"), replace(FIT, batch_size=None), replace(FIT, hidden=()),
])  # fmt: skip
def test_in_every_convention_a_lambda_is_stronger_on_a_sample_by_the_root_of_the_rows_and_for_ridge_by_the_rows(
    table, fit
):
    whole = replace(folds_of(table), config=fit)
    sample = sample_of(SAMPLED, whole)
    for one, other in zip(whole, sample, strict=True):
        (of_all,), (of_sample,) = (make_blocks(fit, table, fold, range(1), (0.5,), 1) for fold in (one, other))
        times = 1000 / 200
        for a, b in zip(of_all.strengths.arrays, of_sample.strengths.arrays, strict=True):
            assert np.allclose(times ** (0.5 if fit.hidden else 1) * a, b, rtol=1e-12)


def test_ridges_best_lambda_is_the_same_on_a_sample_as_on_all_rows():
    """Noise of variance v on a linear target with weights b is fitted best at v p / |b|^2, whatever the number of rows."""
    fit = FitConfig(hidden=())
    result = swept(SweepConfig(fit, folds=3, seeds=1, first_rows=400), Source("linear-teacher", rows=1600))
    assert result.first_pass.left < result.first_pass.lambdas
    assert 0.3 < result.selection.lambda_min / result.oracle.lambda_best < 3.2


def test_the_headway_ends_with_nothing_left_and_all_examples_counted():
    seen = []

    class Watch:
        def __init__(self, ask):
            self.ask = ask

        def __enter__(self):
            seen.append(self.ask())

        def __exit__(self, *_):
            seen.append(self.ask())

    result = swept(SAMPLED, MOONS, Resources(jobs=1, watch=Watch))
    first, last = seen
    assert (last.done, last.expected, last.recalled) == (result.networks, result.networks, 0)
    assert (first.trained, last.left) == (0, pytest.approx(0))
    assert first.left == pytest.approx(last.trained, rel=1)
    of_sample, of_all = result.first_pass.networks, result.networks - result.first_pass.networks
    assert last.trained == pytest.approx(20 * (of_sample / 6 * 5 * 200 + of_all / 6 * 5 * 900), rel=0.001)


def test_an_interrupt_in_the_first_pass_leaves_networks_to_resume_from(monkeypatch, tmp_path):
    command = [*SHORT, "--first-rows", "200", "--store", str(tmp_path / "store")]
    with monkeypatch.context() as patch:
        patch.setattr("wdcli.sweep.firstpass.best_of", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        broken = run(*command)
    assert broken.exit_code == 130
    assert "Traceback" not in broken.stderr
    resumed, fresh = as_json(*command), as_json(*command[:-2], "--no-store")
    assert resumed["rows"] == fresh["rows"]
    assert fresh["first_pass"]["networks"] > 0


def test_the_output_says_what_the_sample_ruled_out():
    found = as_json(*SHORT, "--first-rows", "200")
    first = found["first_pass"]
    assert (first["rows"], found["config"]["first_rows"]) == (200, 200)
    assert f"{first['networks']} of them on 200 rows" in found["heading"][-1]
    ruled_out = first["lambdas"] - first["left"]
    said = " ".join(succeed(*SHORT, "--first-rows", "200").stdout.split())
    assert f"A race ruled out on 200 of the 450 training rows {ruled_out} of {first['lambdas']} lambdas" in said
    assert as_json(*SHORT)["first_pass"] is None


@pytest.mark.parametrize("other, words", [("--exhaustive", "with --exhaustive"), ("--path warm", "with --path warm")])
def test_first_rows_without_a_race_has_no_effect_and_says_so(other, words):
    assert f"--first-rows has no effect {words}" in succeed(*SHORT, "--first-rows", "200", *other.split()).stderr


def test_a_sample_that_cannot_be_folded_is_refused_before_the_work(table):
    few = replace(table, groups=np.arange(1200) // 200)
    with pytest.raises(ConfigError):
        run_sweep(SAMPLED, folds_of(few), ONE)
