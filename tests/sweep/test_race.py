"""The race: what is trained, and that it chooses as training everything does."""

from dataclasses import replace

import numpy as np
import pytest

from tests.sweep.sweeps import swept
from tests.sweep.test_selection import row
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.resources import Resources
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.race import Entry, coarse, next_entries
from wdcli.sweep.result import BrokenOffError

MOONS = Source("moons", rows=120)
FIT = FitConfig(hidden=(8,), epochs=40)
CONFIG = SweepConfig(FIT)
GRID = tuple(float(i) for i in range(8))
NOISE = np.array([[0.1], [-0.1], [0.1], [-0.1]])
"""A mean difference with this noise has a standard error of 0.058: a lambda races up to 0.081."""


def rows(losses, seeds=()):
    """Rows by lambda; those of ``seeds`` have three seeds."""
    best = min(losses, key=losses.get)
    found = {lambd: np.full((4, 3 if lambd in seeds else 1), loss) for lambd, loss in losses.items()}
    return [
        row(lambd, losses[lambd], cv_losses=each + (lambd != best) * NOISE) for lambd, each in sorted(found.items())
    ]


def test_a_coarse_grid_has_0_both_ends_and_every_second_lambda():
    assert coarse(GRID) == (0, 1, 3, 5, 7)


@pytest.mark.parametrize(
    "trained, entries",
    [
        # The neighbours of the best, and of one that is as good; none of the others'.
        (rows({0: 9, 1: 2, 3: 1, 5: 1.08, 7: 3}), [Entry(0, (2.0, 4.0, 6.0), range(1))]),
        (rows({0: 9, 1: 2, 3: 1, 5: 1.09, 7: 3}), [Entry(0, (2.0, 4.0), range(1))]),
        # Then the other seeds of those in the race.
        (rows({0: 9, 1: 2, 2: 3, 3: 1, 4: 1.05, 5: 2, 7: 3}), [Entry(0, (3.0, 4.0), range(1, 3))]),
        (rows({0: 9, 1: 2, 2: 3, 3: 1, 4: 1.05, 5: 2, 7: 3}, seeds=(3, 4)), []),
        # Seeds can move the best: then its neighbours, with one seed again.
        (rows({0: 9, 1: 2, 2: 3, 3: 1.2, 4: 1.4, 5: 1, 7: 3}, seeds=(3, 5)), [Entry(0, (6.0,), range(1))]),
    ],
)
def test_neighbours_come_first_then_the_other_seeds(trained, entries):
    assert next_entries([GRID], [trained], CONFIG) == entries


@pytest.mark.parametrize("frugal, racing", [(False, (1.0, 3.0, 5.0)), (True, (3.0, 5.0))])
def test_a_frugal_race_drops_what_is_surely_but_hardly_worse_below_the_best(frugal, racing):
    losses = {0: 9.0, 1: 1.0005, 2: 3.0, 3: 1.0, 4: 3.0, 5: 1.0005, 6: 3.0, 7: 3.0}
    trained = [row(lambd, loss, cv_losses=np.full((4, 1), loss)) for lambd, loss in losses.items()]
    assert next_entries([GRID], [trained], CONFIG, frugal) == [Entry(0, racing, range(1, 3))]


def test_a_lambda_with_less_loss_than_the_best_is_not_ruled_out_by_the_bests_lucky_first_seed():
    trained = rows({0: 9, 1: 2, 2: 3, 3: 1, 4: 1.15, 5: 2, 7: 3}, seeds=(3,))
    assert next_entries([GRID], [trained], CONFIG) == []
    unlucky = np.tile([1.0, 1.3, 1.3], (4, 1))
    trained = [row(3.0, 1.2, cv_losses=unlucky) if one.lambd == 3 else one for one in trained]
    assert next_entries([GRID], [trained], CONFIG) == [Entry(0, (4.0,), range(1, 3))]


def test_under_1se_all_within_its_wider_plateau_are_in_the_race():
    trained = rows({0: 9, 1: 1.14, 3: 1, 5: 1.14, 7: 3})  # se is 0.1
    assert next_entries([GRID], [trained], replace(CONFIG, rule="1se")) == [Entry(0, (2.0, 4.0, 6.0), range(1))]


def test_an_exhaustive_sweep_has_the_grid_of_the_race_and_trains_all_of_it():
    config, trained = replace(CONFIG, exhaustive=True), rows({0: 9, 1: 2, 3: 1, 5: 2, 7: 3})
    assert next_entries([GRID], [trained], config) == [Entry(0, (2.0, 4.0, 6.0), range(1))]
    everything = rows(dict.fromkeys(GRID, 1.0))
    assert next_entries([GRID], [everything], config) == [Entry(0, GRID, range(1, 3))]


def test_two_collapsed_lambdas_race_on_however_sure_their_tiny_difference_is():
    """Both are equal, so the larger one can be chosen, and needs all its seeds."""
    trained = [replace(row(float(i), 1 + 1e-6 * i), status="collapsed") for i in range(2)]
    assert next_entries([GRID[:2]], [trained], CONFIG) == [Entry(0, (0.0, 1.0), range(1, 3))]


def test_curves_race_against_the_best_of_all():
    good, bad = rows({0: 9, 1: 2, 3: 1, 5: 2, 7: 3}), rows({0: 9, 1: 8, 3: 7, 5: 8, 7: 9})
    assert next_entries([GRID, GRID], [bad, good], CONFIG) == [Entry(1, (2.0, 4.0), range(1))]


def raced(penalty="l2", jobs=1, source=MOONS, **options):
    return swept(SweepConfig(FitConfig(hidden=(8,), epochs=40, penalty=penalty), **options), source, Resources(jobs))


@pytest.mark.parametrize("source", [MOONS, Source("friedman1", rows=120), Source("circles", rows=120)])
@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_a_race_trains_fewer_networks_of_the_same_bits_and_chooses_the_same_lambda(source, penalty):
    race, whole = raced(penalty, source=source), raced(penalty, source=source, exhaustive=True)
    assert race.selection.chosen == whole.selection.chosen
    assert {row.lambd for row in race.rows} <= {row.lambd for row in whole.rows}
    assert {row.seeds for row in whole.rows} == {3}
    assert race.chosen_row.cv_losses.tolist() == whole.chosen_row.cv_losses.tolist()
    assert race.networks == sum(row.networks for row in race.rows) < 0.8 * whole.networks
    all_rows = {row.lambd: row for row in whole.rows}
    for one in race.rows:
        assert one.cv_losses.tolist() == all_rows[one.lambd].cv_losses[:, : one.seeds].tolist()
        assert one.networks == 6 * one.seeds > 0


def test_a_race_doesnt_depend_on_the_number_of_jobs(monkeypatch):
    monkeypatch.setattr("wdcli.fits.plan.WORTH_WORKERS", 0.0)
    one, two = raced(), raced(jobs=2)
    assert one.selection == two.selection
    assert [(r.lambd, r.cv_losses.tolist()) for r in one.rows] == [(r.lambd, r.cv_losses.tolist()) for r in two.rows]


def test_a_given_grid_is_trained_at_every_value_and_only_its_seeds_are_raced():
    found = raced(lambdas=(0.0, 0.1, 1.0, 1e3, 1e4))
    assert [row.seeds for row in found.rows][-2:] == [1, 1]
    assert found.chosen_row.seeds == 3
    assert raced(lambdas=(0.0, 0.1, 1e4), exhaustive=True).networks == 3 * 18


def test_an_elastic_net_races_over_both_axes():
    options = {"l1_ratios": (0.1, 0.5, 0.9)}
    race, whole = raced("elastic-net", **options), raced("elastic-net", **options, exhaustive=True)
    assert race.selection == whole.selection
    assert race.networks < 0.8 * whole.networks


def test_a_warm_path_is_trained_whole():
    assert {row.seeds for row in raced(path="warm", lambdas=(0.0, 0.1, 1e4)).rows} == {3}


def test_an_interrupt_in_the_race_keeps_what_was_trained(monkeypatch):
    monkeypatch.setattr("wdcli.sweep.heats.next_entries", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(BrokenOffError) as broken:
        raced()
    assert broken.value.partial is not None
    assert broken.value.partial.networks == sum(row.networks for row in broken.value.partial.rows) > 0
