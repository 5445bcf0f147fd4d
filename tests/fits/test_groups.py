"""Penalties on groups in a fit: which layers and columns they act on, and that the other laws hold for them."""

from dataclasses import replace

import numpy as np
import pytest

from tests.sweep.sweeps import ONE
from wdcli import study
from wdcli.data.source import Source
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.fits.fitting import stacks
from wdcli.fits.folds import Folds
from wdcli.fits.plan import make_block, make_strengths
from wdcli.fits.resources import Resources
from wdcli.fits.room import LATER
from wdcli.sweep.config import SweepConfig

PENGUINS = Source("datasets/penguins.csv", target="species")
GROUPS = ("group-lasso", "sparse-group")
FIT = FitConfig(penalty="group-lasso", hidden=(8, 6), epochs=20)


@pytest.fixture(scope="module")
def penguins():
    return study.load(PENGUINS)


def strengths_of(fit, dataset, rows=200):
    """l1, l2 and group of each layer at lambda = 4, times n: (3, layers)."""
    return np.stack(make_strengths(fit, dataset, rows, 32, [4.0]).arrays)[:, 0] * rows


@pytest.mark.parametrize("group_by, grouped", [("nodes", [1, 1, 1]), ("features", [1, 0, 0]), ("units", [0, 1, 1])])
@pytest.mark.parametrize("layers, decayed", [(None, [1, 1, 1]), ((1, 3), [1, 0, 1])])
@pytest.mark.parametrize("penalty, ratio", [("group-lasso", 0.0), ("sparse-group", 0.25)])
def test_layers_without_groups_take_squares_in_their_place(
    penalty, ratio, layers, decayed, group_by, grouped, penguins
):
    """In the textbook's units: lambda/(2n) on |w| and on groups, lambda/n on half the squares."""
    fit = replace(FIT, penalty=penalty, l1_ratio=0.25, group_by=group_by, decay_layers=layers)
    groups, decayed = np.array(grouped) * decayed, np.array(decayed)
    expected = [2 * ratio * decayed, 4 * (1 - ratio) * (decayed - groups), 2 * (1 - ratio) * groups]
    np.testing.assert_allclose(strengths_of(fit, penguins.dataset), expected, rtol=1e-14)


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"group_by": "units", "hidden": ()}, "--group-by units needs hidden units, and --hidden none has none"),
        ({"group_by": "units", "decay_layers": (1,)}, "needs a penalty on a layer after the first"),
        ({"group_by": "features", "decay_layers": (2, 3)}, "needs a penalty on layer 1"),
    ],
)
def test_groups_that_no_layer_has_are_refused(changes, says, penguins):
    with pytest.raises(ConfigError, match=says):
        study.train(penguins, replace(FIT, **changes), 1.0, resources=ONE)


@pytest.mark.parametrize("hidden", [(), (8, 6)])
@pytest.mark.parametrize("penalty", GROUPS)
def test_a_column_lives_or_dies_as_a_whole(penalty, hidden, penguins):
    """Text with several categories, and numbers with marks of missing cells."""
    columns = Folds(FIT, *penguins, 5).whole.columns
    fit, lived = FitConfig(penalty=penalty, hidden=hidden, l1_ratio=0.1), set()
    for lambd in (3.0, 20.0, 60.0):
        first = study.train(penguins, fit, lambd, resources=ONE).params.weights[0][0]
        alive = np.array([(first[columns == column] != 0).any() for column in range(columns.max() + 1)])
        norms = [np.linalg.norm(first[columns == column]) for column in range(columns.max() + 1)]
        assert np.array_equal(np.array(norms) > 0, alive)
        lived |= set(alive.tolist())
        if penalty == "group-lasso":
            assert (first[np.repeat(alive, np.bincount(columns))] != 0).any(axis=1).all()
    assert lived == {True, False}


@pytest.mark.parametrize("penalty", GROUPS)
def test_a_sweep_is_the_same_however_it_is_divided_and_each_row_is_one_train(penalty, penguins, monkeypatch):
    for where in ("room", "plan"):
        monkeypatch.setattr(f"wdcli.fits.{where}.resident_memory", lambda: 0)
    fit = replace(FIT, penalty=penalty)
    config = SweepConfig(fit, lambdas=(0.0, 1.0, 30.0, 1000.0), folds=3, seeds=1)
    alone = study.sweep(penguins, config, ONE)
    for resources in (Resources(jobs=2), Resources(jobs=1, memory=LATER + (4 << 20))):
        other = study.sweep(penguins, config, resources)
        assert _plain(other) == _plain(alone)
    for row in alone.rows:
        record = study.train(penguins, fit, row.lambd, resources=ONE).record
        assert (record.train_loss, record.held_loss) == (row.train_loss, row.test_loss)
        assert record.diagnostics.column_norms == row.column_norms


def _plain(result):
    """Rows as text: numbers to the last bit, nan as itself."""
    arrays = ("cv_losses", "worst_losses", "worst_rows")
    return [repr(replace(row, **{name: getattr(row, name).tolist() for name in arrays})) for row in result.rows]


def test_a_stored_network_is_not_taken_for_one_with_other_groups(penguins):
    def keys(fit):
        block = make_block(fit, penguins.dataset, Folds(fit, *penguins, 5).whole, 0, (0.0, 1.0))
        return block.keys(warm=False)

    by_nodes, by_features, again = keys(FIT), keys(replace(FIT, group_by="features")), keys(FIT)
    assert by_nodes == again
    assert by_nodes[1] != by_features[1]
    assert by_nodes[0] == by_features[0]


def test_folds_whose_columns_have_other_features_are_not_trained_as_one_stack(penguins):
    fold = Folds(FIT, *penguins, 5).whole
    swapped = replace(fold, number=1)
    swapped.__dict__["columns"] = fold.columns[::-1].max() - fold.columns[::-1]
    blocks = [make_block(FIT, penguins.dataset, each, 0, (1.0,)) for each in (fold, fold, swapped)]
    assert sorted(len(stack) for stack in stacks(blocks, 8, 1 << 30)) == [1, 2]


@pytest.mark.parametrize("path", ["cold", "warm"])
def test_refit_keeps_the_groups_that_are_zero(path, penguins):
    config = SweepConfig(FIT, lambdas=(3.0, 30.0), folds=3, seeds=2, path=path)
    result = study.sweep(penguins, config, ONE)
    refitted = study.refit(result, ONE)
    assert refitted.row.live_features == result.chosen_row.live_features
    assert [norm > 0 for norm in refitted.row.column_norms] == [norm > 0 for norm in result.chosen_row.column_norms]
