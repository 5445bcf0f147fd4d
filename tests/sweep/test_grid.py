"""The automatic grid: where it starts, how far it goes, when it stops."""

from dataclasses import replace

import numpy as np
import pytest

from tests.sweep.sweeps import ONE, swept
from tests.sweep.test_selection import row
from wdcli import study
from wdcli.conventions import Setting, strengths
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import make_fold
from wdcli.nn.arrays import Examples
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.grid import BUDGET, STEP, extension, first_grid, largest_lambda, with_judges

RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 6))
Y = (X[:, :1] + RNG.normal(size=(120, 1)) > 0).astype(float)
SETTING = Setting(120, 32, "binary-cross-entropy")
FIT = FitConfig(hidden=(8,))


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic-net"])
@pytest.mark.parametrize("convention", ["textbook", "pytorch", "keras", "glmnet", "sklearn"])
def test_the_first_grid_has_the_same_strengths_in_every_convention(convention, penalty):
    if convention == "sklearn" and penalty != "l2":
        return
    tops = []
    for name in ("textbook", convention):
        grid = first_grid(replace(FIT, convention=name, penalty=penalty), None, SETTING, Examples(X, Y))
        assert grid[0] == 0
        np.testing.assert_allclose(np.array(grid[2:]) / np.array(grid[1:-1]), STEP, rtol=0.01)
        found = strengths(name, penalty, grid[-1], 0.5, SETTING)
        tops.append(found.l1 or found.l2)
    assert tops[0] == pytest.approx(tops[1], rel=0.01)


def test_an_explicit_grid_is_sorted_each_value_once_and_no_penalty_has_one_row():
    assert first_grid(FIT, (1.0, 0.0, 1.0, 0.5), SETTING, Examples(X, Y)) == (0.0, 0.5, 1.0)
    assert first_grid(replace(FIT, penalty="none"), None, SETTING, Examples(X, Y)) == (0.0,)


PENGUINS = Source("datasets/penguins.csv", target="species")
"""Text of several categories, and marks of missing cells, share a column's group."""
EXACT = [
    ("l1", (), "relu", "sgd", 1.0),
    ("elastic-net", (), "relu", "sgd", 1.0),
    ("group-lasso", (), "relu", "sgd", 1.0),
    ("sparse-group", (), "relu", "sgd", 1.0),
    ("l2", (12,), "tanh", "sgd", 1.0),
    ("l2", (12,), "identity", "sgd", 1.0),
    ("l2", (12,), "logistic", "sgd", 1.0),
]


@pytest.mark.parametrize("source", [Source("friedman1", rows=200), Source("blobs", rows=200), PENGUINS])
@pytest.mark.parametrize("penalty, hidden, activation, optimizer, tolerance", EXACT)
def test_the_formula_is_where_the_network_collapses(source, penalty, hidden, activation, optimizer, tolerance):
    fit = FitConfig(
        penalty=penalty, hidden=hidden, activation=activation, optimizer=optimizer, lr=0.1, decay="proximal",
        schedule="constant", batch_size=0, epochs=4000, dtype="float64",
    )  # fmt: skip
    data = dataset, split = study.load(source)
    fold = make_fold(fit, dataset, 0, split.train, split.test)
    setting = fit.setting(len(fold.train.X), len(fold.train.X), dataset.loss, dataset.n_outputs)
    top = largest_lambda(fit, setting, fold.train, fold.columns)
    assert first_grid(fit, None, setting, fold.train, fold.columns)[-1] == pytest.approx(top, rel=0.01)
    found = [study.train(data, fit, top * factor, resources=ONE).record for factor in (0.95, 1.05)]
    below, above = (record.diagnostics.l2_norm for record in found)
    assert above < 1e-3
    assert below > 1e-2


def curve(*losses, reference=1.0, status="ok"):
    rows = [row(0.0, reference), *(row(STEP ** (i - 20), loss) for i, loss in enumerate(losses))]
    return [*rows[:-1], replace(rows[-1], status=status)]


def more(rows):
    return extension([each.lambd for each in rows], rows)


FLAT_LEFT = (1.0, 1.0, 1.0, 0.5, 0.7, 2.0)


@pytest.mark.parametrize(
    "rows, up, down",
    [
        (curve(*FLAT_LEFT, status="collapsed"), 0, 0),
        (curve(*FLAT_LEFT), 4, 0),
        (curve(*FLAT_LEFT, status="diverged"), 0, 0),
        (curve(0.7, 0.6, 0.5, 0.7, 2.0, status="collapsed"), 0, 4),
        (curve(0.7, 0.6, 0.5, 0.4), 4, 4),
        (curve(0.7, 0.6, 0.5, 2.0, reference=float("nan"), status="collapsed"), 0, 0),
    ],
)
def test_extension_goes_up_until_collapse_and_down_until_flat(rows, up, down):
    added = more(rows)
    top, bottom = rows[-1].lambd, rows[1].lambd
    above, below = [a for a in added if a > top], [a for a in added if a < bottom]
    assert (len(above), len(below), len(added)) == (up, down, up + down)
    np.testing.assert_allclose(np.array(above) / top, STEP ** np.arange(1, up + 1), rtol=0.01)


@pytest.mark.parametrize("losses", [FLAT_LEFT, (0.7, 0.6, 0.5, 0.7, 2.0), (1.0, 0.6, 0.5, 2.0, 2.0, 2.001)])
def test_every_second_lambda_asks_for_the_same_extension_as_all(losses):
    fine = np.repeat(losses, 2)[:-1]
    rows = [row(0.0, 1.0), *(row(STEP**i, loss) for i, loss in enumerate(fine.tolist()))]
    grid = [each.lambd for each in rows]
    assert extension(grid, [rows[0], *rows[1::2]]) == extension(grid, rows)


def test_each_end_among_some_lambdas_comes_with_one_to_judge_it_by():
    grid = tuple(range(18))
    assert with_judges(grid, (0, 1)) == (0, 1, 3)
    assert with_judges(grid, (0, 16, 17)) == (0, 15, 16, 17)
    assert with_judges(grid, (0, 5, 7)) == (0, 5, 7)


@pytest.mark.parametrize("losses", [(0.99, 0.5, 0.4, 2.0), (1.0, 1.0, 1.0, 1.0), (0.7, 0.6, 0.5, 0.7, 2.0)])
def test_an_end_and_the_one_to_judge_it_by_ask_for_the_same_extension_as_all_rows(losses):
    fine = np.repeat(losses, 2)[:-1]
    rows = [row(0.0, 1.0), *(row(STEP**i, loss) for i, loss in enumerate(fine.tolist()))]
    grid = [each.lambd for each in rows]
    below = [new for new in extension(grid, rows[:1] + rows[1::2]) if new < grid[1]]
    assert list(extension(grid, [rows[0], rows[1], rows[3]])) == below


def test_extension_ends_where_more_decay_changes_nothing():
    rows = [row(0.0, 1.0), *(row(STEP**i, loss) for i, loss in enumerate([1.0, 1.0, 1.0, 2.0, 2.001, 2.002, 2.002]))]
    assert more(rows) == ()


def test_extension_ends_with_the_budget():
    rows = [row(0.0, 99.0), *(row(10.0 ** (i / 4 - 8), 1.0 + i) for i in range(BUDGET))]
    assert more(rows) == ()
    assert len(more(rows[:-2])) == 2


@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("hidden", [(), (8,), (8, 8)])
def test_a_sweep_finds_its_range_by_itself(penalty, hidden):
    source, fit = Source("friedman1", rows=80), FitConfig(penalty=penalty, hidden=hidden)
    result = swept(SweepConfig(fit, folds=3, seeds=1, exhaustive=True), source)
    rows = result.rows
    assert rows[0].lambd == 0
    assert rows[-1].status == "collapsed"
    assert not result.selection.at_edge
    lowest = np.mean([r.cv_loss for r in rows[1:4]])
    assert abs(lowest - rows[0].cv_loss) <= rows[0].cv_se / 2
    assert result.networks == len(rows) * 4
    alone = study.train(study.load(source), fit, rows[-1].lambd, resources=ONE).record
    assert alone.train_loss == rows[-1].train_loss


def test_extension_goes_down_while_the_lowest_lambda_is_the_best_of_all():
    rows = curve(0.99, 1.0, 1.0, 1.1, 2.0, status="collapsed")
    assert [value < rows[1].lambd for value in more(rows)] == [True] * 4
    rows[0] = replace(rows[0], cv_loss=0.98)
    assert more(rows) == ()
