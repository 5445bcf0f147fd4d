"""Which columns of the table matter, against the networks' own weights."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.sweep.sweeps import ONE
from wdcli import study
from wdcli.data.dataset import Column
from wdcli.data.source import Source
from wdcli.errors import ConfigError
from wdcli.fits.block import LANES
from wdcli.fits.config import FitConfig
from wdcli.fits.fitting import stacks
from wdcli.fits.plan import path_blocks
from wdcli.sweep.chosen import train_last, walk
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.features import check_makes_zeros, find_features, used_columns
from wdcli.sweep.result import BrokenOffError

FIT = FitConfig(penalty="l1", hidden=(6,), epochs=200)
SWEEP = SweepConfig(FIT, (1.0, 5.0, 10.0, 20.0, 300.0), folds=3, seeds=2, exhaustive=True)


def table():
    """Three colours and four numbers, of which one is constant but for rows that fold 1 leaves out, and one always."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 4))
    y = X[:, 0] + 0.6 * np.abs(X[:, 1]) + 0.3 * rng.normal(size=80)
    dataset, split = study.arrays(X, y, feature_names=["a", "b", "rare", "none"])
    codes = rng.integers(3, size=80)
    colour = Column("colour", "text", codes, ("blue", "green", "red"))
    drawn = study.sweep(study.Data(dataset, split), replace(SWEEP, lambdas=(1.0,)), ONE).folds.parts[0]
    rare = np.zeros(80)
    rare[split.train[drawn.test]] = y[split.train[drawn.test]]
    a, b = dataset.columns[:2]
    columns = (colour, a, Column("rare", "number", rare), b, Column("none", "number", np.zeros(80)))
    return study.Data(replace(dataset, columns=columns), split)


@pytest.fixture(scope="module")
def result():
    return study.sweep(table(), SWEEP, ONE)


def used_by_weights(result):
    """The columns that each fit at the chosen lambda uses, by name, from the weights of the networks trained again."""
    encodings = {fold.number: fold.encoding for fold in result.folds}
    blocks = path_blocks(result.fit, result.folds, result.config.seeds, walk(result))
    for stack in stacks((block for block in blocks if block.fold), LANES, 1 << 30):
        params = train_last(stack).params
        for lane, block in enumerate(stack):
            joined = np.linalg.multi_dot([w[lane] != 0 for w in params.weights]).any(axis=1)
            names = np.array(encodings[block.fold].feature_columns)
            yield set(names[joined])


def test_a_columns_share_is_that_of_the_fits_whose_weights_lead_from_it_to_an_output(result):
    found = find_features(result)
    fits = list(used_by_weights(result))
    assert found.fits == len(fits) == 6
    assert sorted(one.column for one in found.columns) == ["a", "b", "colour", "rare"]
    for one in found.columns:
        assert one.selection_share == pytest.approx(sum(one.column in used for used in fits) / 6)
    # Fold 1 lacks the column.
    assert used_columns(result)[0][used_columns(result)[1] == 1][:, result.encoding.columns.index("rare")].sum() == 0
    shares = {one.column: one.selection_share for one in found.columns}
    assert shares["a"] == 1 > shares["rare"]


def test_a_column_dies_at_the_first_lambda_of_those_that_leave_it_out(result):
    columns = result.encoding.columns
    for one in find_features(result).columns:
        norms = {row.lambd: row.column_norms[columns.index(one.column)] for row in result.curve}
        dead = [lambd for lambd in norms if not any(norms[other] for other in norms if other >= lambd)]
        assert one.dies_at == min(dead, default=None)
        assert one.l2_norm == norms[result.selection.chosen]
    lives = [one.dies_at for one in find_features(result).columns]
    assert lives == sorted(lives, reverse=True)
    assert len(set(lives)) > 1


def test_a_column_that_the_largest_lambda_uses_does_not_die(result):
    shorter = replace(result, rows=tuple(row for row in result.rows if row.lambd <= result.selection.chosen))
    assert find_features(shorter).columns[0].dies_at is None


def test_a_lambda_at_which_a_network_diverged_says_nothing_of_when_columns_die(result):
    lost = replace(result.rows[-1], lambd=100.0, column_norms=(), status="diverged")
    assert repr(find_features(replace(result, rows=(*result.rows, lost)))) == repr(find_features(result))


def test_importance_tells_columns_that_are_useful_from_those_that_are_only_used():
    result = study.sweep(table(), replace(SWEEP, folds=5), ONE)
    found = {one.column: one for one in study.features(result, ONE).columns}
    assert 0 < found["a"].ci_low < found["a"].importance < found["a"].ci_high
    assert [name for name, one in found.items() if one.useful] == study.features(result, ONE).useful
    assert found["a"].useful
    assert all(math.isnan(one.importance) == (one.selection_share == 0) for one in found.values())
    assert all(math.isnan(one.importance) for one in find_features(result).columns)


def test_an_interrupt_while_importance_is_measured_leaves_the_sweep(result, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(study, "run_importance", interrupted)
    with pytest.raises(BrokenOffError) as broken:
        study.features(result, ONE)
    assert broken.value.done == (result,)


def test_where_every_column_is_dead_nothing_is_defined():
    """One lambda that is far too strong."""
    found = study.features(study.sweep(table(), replace(SWEEP, lambdas=(1e4,), seeds=1), ONE), ONE)
    assert [(one.dies_at, one.l2_norm, one.selection_share) for one in found.columns] == [(1e4, 0, 0)] * 4
    assert (found.in_every_fit, len(found.in_none)) == ([], 4)
    assert math.isnan(found.stability.index)


@pytest.mark.parametrize("penalty", ["elastic-net", "sparse-group", "group-lasso"])
def test_of_several_l1_ratios_it_is_the_chosen_ones_curve(penalty):
    fit = replace(FIT, penalty=penalty)
    found = study.sweep(table(), SweepConfig(fit, (1.0, 40.0), 2, 1, exhaustive=True, l1_ratios=(0.1, 0.9)), ONE)
    chosen = find_features(found)
    assert len(chosen.columns) == 4
    norms = dict(zip(found.encoding.columns, found.chosen_row.column_norms, strict=True))
    assert {one.column: one.l2_norm for one in chosen.columns} == norms
    assert len({row.l1_ratio for row in found.curve}) == 1


@pytest.mark.parametrize(
    "penalty, decay, said",
    [
        ("l2", "auto", r"the penalty l2 makes none: give --penalty l1, elastic-net, group-lasso or sparse-group\."),
        ("none", "auto", "the penalty none makes none"),
        ("l1", "coupled", r"coupled decay makes none: give --decay proximal\."),
        ("group-lasso", "coupled", "coupled decay makes none"),
    ],
)
def test_a_penalty_that_makes_no_zeros_selects_nothing(penalty, decay, said):
    with pytest.raises(ConfigError, match=said):
        check_makes_zeros(replace(FIT, penalty=penalty, decay=decay))


def test_a_warm_path_and_rows_in_the_order_of_time_have_columns_too():
    (dataset, split) = table()
    later = study.Data(replace(dataset, in_time=True), split)
    found = study.features(study.sweep(later, replace(SWEEP, path="warm", lambdas=(5.0, 20.0), seeds=1), ONE), ONE)
    assert {one.column for one in found.columns} == {"a", "b", "colour", "rare"}


def test_the_columns_that_matter_are_found_in_generated_data():
    data = study.load(Source("xor-sparse", rows=400))
    found = study.features(study.sweep(data, SweepConfig(FitConfig(penalty="group-lasso"), (1.0,), 2, 1), ONE), ONE)
    useful = {one.column for one in found.columns if one.importance > 0.1}
    assert useful == set(data.dataset.relevant) == {"x1", "x2"}
