"""The first pass of a race, on a sample of the rows: what it takes, what it leaves, and that the choice stays."""

import contextlib
from dataclasses import replace

import numpy as np
import pytest

from tests.cli.run import as_json, run, succeed
from tests.sweep.sweeps import swept
from wdcli.data.dataset import Split
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.errors import ConfigError, DataError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.fits.headway import Work
from wdcli.fits.plan import Plan, make_blocks
from wdcli.fits.pool import Pool
from wdcli.fits.resources import Resources
from wdcli.fits.store import NullStore
from wdcli.sweep.config import FEWEST_ROWS, SHARE, SweepConfig
from wdcli.sweep.curve import Curve
from wdcli.sweep.heats import race
from wdcli.sweep.runner import run_sweep
from wdcli.sweep.sample import sample_of
from wdcli.sweep.selection import best_of

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
    assert found.first_pass.lambdas > found.first_pass.ruled_out > 1


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
        (SweepConfig(FIT), 4 * FEWEST_ROWS - 1, 0),
        (SweepConfig(FIT), 4 * FEWEST_ROWS, FEWEST_ROWS),
        (SweepConfig(FIT), 10**6, 10**6 // SHARE),
        (SweepConfig(FitConfig()), 4 * FEWEST_ROWS - 1, 0),
        (SweepConfig(FitConfig()), 4 * FEWEST_ROWS, FEWEST_ROWS),
        (SweepConfig(FitConfig()), 10**6, 10**6 // SHARE),
        (SweepConfig(FitConfig(hidden=())), 10**6, 0),
        (SweepConfig(FitConfig(hidden=(), epochs=9)), 10**6, 10**6 // SHARE),
        (SweepConfig(FIT), FEWEST_ROWS, 0),
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
    grid = tuple(10 ** (i / 4) for i in range(-4, 20))
    result = swept(SweepConfig(fit, grid, folds=3, seeds=1, first_rows=400), Source("linear-teacher", rows=1600))
    assert result.first_pass.ruled_out > 0
    assert 0.3 < result.selection.lambda_min / result.oracle.lambda_best < 3.2


def test_the_headway_counts_all_examples_and_foresees_about_how_many_there_will_be():
    seen = []

    class Watched(NullStore):
        def watch(self, ask):
            self.ask = ask
            return contextlib.nullcontext()

        def put(self, keyed):
            seen.append(self.ask())

    store = Watched()
    result = swept(SAMPLED, MOONS, Resources(jobs=1, store=store, watch=store.watch))
    first, last = seen[0], store.ask()
    assert (last.done, last.expected, last.recalled) == (result.networks, result.networks, 0)
    assert (first.trained, last.left) == (0, pytest.approx(0))
    assert last.trained / 2 < first.left < 2 * last.trained
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
    assert first["networks"] == 6 * first["lambdas"]
    said = " ".join(succeed(*SHORT, "--first-rows", "200").stdout.split())
    told = f"A race ruled out {first['ruled_out']} of {first['lambdas']} lambdas on 200 of the 450 training rows"
    assert (told in said) == (first["ruled_out"] > 0)
    without = as_json(*SHORT)
    assert (without["first_pass"], without["config"]["first_rows"]) == (None, "auto")


@pytest.mark.parametrize("other, words", [
    ("--exhaustive", "--first-rows has no effect with --exhaustive"),
    ("--path warm", "--first-rows has no effect with --path warm"),
    ("--lambdas 0,1,2", "--first-rows has no effect with fewer than 4 lambdas"),
    ("--first-rows 5000", "--first-rows 5000 has no effect: there are 450 training rows"),
])  # fmt: skip
def test_first_rows_without_effect_says_so(other, words):
    assert words in succeed(*SHORT, "--first-rows", "200", *other.split()).stderr


@pytest.mark.parametrize("groups", [np.arange(1200) // 200, np.arange(1200) // 1000])
def test_a_sample_that_cannot_be_folded_is_refused_before_the_work(table, groups):
    resources = Resources(jobs=1, watch=lambda ask: pytest.fail("work began"))
    with pytest.raises(ConfigError, match=r"^--first-rows 200: .* Or give another number, or 'all'\.$"):
        run_sweep(SAMPLED, folds_of(replace(table, groups=groups)), resources)


@pytest.mark.parametrize("seed", range(6))
def test_uneven_groups_make_a_sample_of_about_the_size_and_never_of_most_rows(table, seed):
    mixed = np.random.default_rng(0).integers(2, size=1200)
    uneven = replace(table, y=mixed, groups=np.where(np.arange(1200) < 600, 0, np.arange(1200) // 10))
    folds = Folds(replace(FIT, seed=seed), uneven, folds_of(uneven).split, 5)
    assert 200 <= len(sample_of(SAMPLED, folds).split.train) < 210


def test_a_given_fold_that_a_sample_leaves_without_rows_to_judge_by_is_refused():
    dataset, _ = load(Source("friedman1", rows=1200), 0)
    parts = [np.arange(2), np.arange(2, 500), np.arange(500, 1000)]
    given = tuple(Split(np.setdiff1d(np.arange(1000), part), part) for part in parts)
    with pytest.raises(DataError, match="Fold 1 holds out no row"):
        sample_of(replace(SAMPLED, first_rows=20), folds_of(dataset, given))


@pytest.mark.parametrize("fit, rows, of, batch_size, epochs", [
    (FitConfig(), 12_500, 100_000, 1024, 52),
    (FitConfig(), 125_000, 10**6, 1024, 6),
    (FitConfig(), 1_000, 10**6, 64, 38),
    (FitConfig(hidden=()), 12_500, 100_000, 4096, 750),
    (FitConfig(batch_size=16_384), 10_000, 20_250, 10_000, 600),
    (FitConfig(batch_size=0), 10_000, 20_250, 10_000, 600),
    (FitConfig(batch_size=100, epochs=7), 10_000, 20_250, 100, 7),
])  # fmt: skip
def test_a_sample_gets_the_epochs_of_all_rows_but_never_too_few_steps_and_no_batch_above_its_rows(
    fit, rows, of, batch_size, epochs
):
    found = fit.for_sample(rows, of)
    assert (found.resolved_batch_size(rows), found.resolved_epochs(rows)) == (batch_size, epochs)


def test_a_sample_on_which_all_diverge_rules_nothing_out():
    fit = FitConfig(hidden=(16,), optimizer="sgd", lr=0.6, schedule="constant", epochs=8)
    whole, sampled = (
        swept(SweepConfig(fit, folds=3, seeds=1, first_rows=rows), Source("friedman1", rows=4000)) for rows in (0, 100)
    )
    assert chosen(sampled) == chosen(whole)
    assert sampled.first_pass.ruled_out == 0


def test_a_partial_first_pass_says_that_it_has_no_row_to_show(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("wdcli.sweep.firstpass.best_of", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        said = " ".join(run(*SHORT, "--first-rows", "200").stdout.split())
    assert "All are of the first pass, on a sample of 200 rows." in said


def raced(folds, grid, start=()):
    """The curve that a race on this grid leaves, beginning with some of its lambdas."""
    config = replace(ALL, seeds=1)
    curve = Curve(config, FIT, folds, grid, tuple(grid[i] for i in start))
    with Pool(Plan(1, 16, 1 << 30), Resources(jobs=1), Work(1, 1.0)) as pool:
        race(config, [curve], pool)
    return curve


@pytest.fixture(scope="module")
def full(table):
    return Curve.of_fit(ALL, FIT, folds_of(table)).grid


@pytest.mark.parametrize("part, starts", [(slice(13, None), ((0, 1), (0, 3, 4))), (slice(9, 14), ((0, 4, 5),))])
def test_a_race_extends_the_grid_at_an_end_that_it_reaches_but_never_on_a_sample(table, full, part, starts):
    folds, grid = folds_of(table), (0.0, *full[part])
    whole = raced(folds, grid)
    assert len(whole.grid) > len(grid)
    for start in starts:
        found = raced(folds, grid, start)
        tops = whole.grid[-1] if grid[-1] in {row.lambd for row in found.rows} else grid[-1]
        assert (found.grid[1], found.grid[-1]) == (whole.grid[1], tops)
        assert best_of(found.rows).lambd == best_of(whole.rows).lambd
    assert raced(sample_of(SAMPLED, folds), grid).grid == grid


def test_an_end_asks_for_an_extension_once_however_many_heats_follow(table, full, monkeypatch):
    asked, heats = [], []
    monkeypatch.setattr("wdcli.sweep.curve.extension", lambda grid, rows: asked.append(len(rows)) or ())
    monkeypatch.setattr(Curve, "train", lambda *args, train=Curve.train: heats.append(1) or train(*args))
    found = raced(folds_of(table), full, (0, 1, 3))
    assert found.grid[-1] not in {row.lambd for row in found.rows}
    assert len(heats) > 2
    assert asked == [3]


def test_after_a_first_pass_an_automatic_grid_grows_as_it_does_without():
    fit, source = FitConfig(hidden=(16,), epochs=60, batch_size=32), Source("spirals", rows=1200, noise=0.02)
    one, two = (swept(SweepConfig(fit, seeds=1, folds=3, first_rows=rows), source) for rows in (0, 150))
    assert two.first_pass.rows == 150
    lowest = [result.rows[1].lambd for result in (one, two)]
    assert lowest[0] == lowest[1] < 0.1 * Curve.of_fit(one.config, fit, one.folds).grid[1]
    assert chosen(one) == chosen(two)
