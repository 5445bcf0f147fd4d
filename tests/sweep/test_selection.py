"""The rules of choice, on curves made by hand."""

import itertools
import math

import numpy as np
import pytest

from wdcli.errors import TrainingError
from wdcli.fits.quantities import SCORES
from wdcli.sweep.rows import Row, paired, standard_error
from wdcli.sweep.selection import is_worse, judged, select, wins

NAN = math.nan


def row(lambd, cv_loss, cv_se=0.1, status="ok", l1_ratio=None, cv_losses=None):
    measures = dict.fromkeys(
        ("train_loss", "train_score", "train_penalty", "test_loss",
         "test_score", "test_root_loss", "l1_norm", "l2_norm", "sparsity",
         "nonzero_weights", "live_units", "live_features", "smoothness", "kkt", "cv_score", *SCORES), 0.0,
    )  # fmt: skip
    cv_losses = np.full((4, 1), cv_loss) if cv_losses is None else cv_losses
    return Row(
        lambd=lambd,
        networks=cv_losses.size,
        status=status,
        collapsed_folds=0.0,
        cv_loss=cv_loss,
        cv_se=cv_se,
        cv_losses=cv_losses,
        worst_losses=cv_losses,
        worst_rows=np.zeros_like(cv_losses),
        l1_ratio=l1_ratio,
        effective=(),
        strongest=(),
        excess_risk=NAN,
        **measures,
    )


def curve(*losses, se=0.1, ratio=None):
    """Rows on the lambdas 0, 1, 2...; the mean difference to the best one has a standard error of 0.058."""
    best, noise = np.nanargmin(losses) if np.isfinite(losses).any() else 0, np.array([[0.1], [-0.1], [0.1], [-0.1]])
    return [
        row(float(i), loss, se, l1_ratio=ratio, cv_losses=loss + (i != best) * noise) for i, loss in enumerate(losses)
    ]


@pytest.mark.parametrize(
    "losses, lambda_min, lambda_1se, at_edge",
    [
        ([3, 1, 2], 1, 1, False),
        ([3, 1, 1.05, 2], 1, 2, False),
        ([3, 1, 2, 1.09, 2], 1, 3, False),
        ([3, 1, 1, 2], 2, 2, False),
        ([1, 2, 3], 0, 0, True),
        ([3, 2, 1], 2, 2, True),
        ([1, 1, 1], 2, 2, True),
        ([2, 1, 1.05], 1, 2, False),
        ([NAN, 2, 1, NAN], 2, 2, False),
        ([1], 0, 0, False),
    ],
)
def test_choice(losses, lambda_min, lambda_1se, at_edge):
    found = select(curve(*losses), "1se")
    assert (found.lambda_min, found.lambda_1se, found.at_edge) == (lambda_min, lambda_1se, at_edge)
    assert found.chosen == lambda_1se
    assert select(curve(*losses), "min").chosen == lambda_min


def test_the_standard_error_that_counts_is_the_best_rows():
    rows = [row(0, 1.0, 0.01), row(1, 1.05, 9.0)]
    assert select(rows, "1se").lambda_1se == 0


def test_nothing_to_choose_from_is_an_error():
    with pytest.raises(TrainingError, match="diverged at every lambda"):
        select(curve(NAN, NAN), "1se")


def test_a_lambda_that_diverged_anywhere_or_predicts_beyond_bounds_is_not_chosen():
    rows = [row(0, 2.0), row(1, 1.0, status="diverged"), row(2, math.inf, NAN), row(3, 3.0)]
    found = select(rows, "1se")
    assert (found.lambda_min, found.lambda_1se) == (0, 0)


def test_verdicts_lie_left_on_and_right_of_the_plateau():
    rows = [*curve(3, 1.05, 1, 1.02, 2), row(5, 9, status="collapsed"), row(6, NAN, status="diverged")]
    verdicts = [r.verdict for r in judged(rows, np.random.default_rng(0))]
    assert verdicts == ["overfit", "good", "good", "good", "underfit", "collapsed", "diverged"]


@pytest.mark.parametrize(
    "differences, worse",
    [
        ([0.1, -0.1, 0.1, -0.1], False),
        ([0.15, -0.05, 0.15, -0.05], False),  # 0.05, with a standard error of 0.058
        ([0.17, -0.03, 0.17, -0.03], True),  # 0.07
        ([-0.1, -0.2, -0.1, -0.3], False),
        ([0.1, 0.1, 0.1, 0.1, 5.0], True),  # one fold hides the mean: 5 of 5
        ([0.1, 0.1, 0.1, 0.1, -5.0], True),  # 4 of 5
        ([0.1, 0.1, 0.1, -0.1, -5.0], False),  # 3 of 5
        ([0.1] * 7 + [-2.0] * 3, True),  # 7 of 10
        ([0.1] * 6 + [-2.0] * 4, False),
        ([0.0, 0.0, 0.0, 0.0], False),
        ([9e-4, 9e-4, 9e-4, 9e-4], False),  # less than a thousandth of the loss, however sure
        ([11e-4, 11e-4, 11e-4, 11e-4], True),
        ([0.0, 0.0, 0.1, 0.1, 0.1, -1.0], False),  # ties don't count: 3 of 4
    ],
)
def test_a_row_is_worse_by_its_mean_difference_or_in_too_many_folds(differences, worse):
    d, hard = np.array(differences)[:, None], np.linspace(0, 9, len(differences))[:, None]
    best, other = (row(float(i), 1.0, cv_losses=1 + hard + i * d) for i in range(2))
    assert is_worse(other, best) == worse


def test_how_hard_a_fold_is_for_all_lambdas_alike_doesnt_count():
    """The standard error of the losses is large, that of the differences small."""
    hard = np.array([[0.0], [1.0], [5.0], [9.0]])
    rows = [
        row(float(i), each.mean(), 2.0, cv_losses=each)
        for i, each in enumerate([hard, hard + np.array([[1.0], [2.0], [1.0], [2.0]])])
    ]
    found = select(rows, "paired")
    assert (found.lambda_min, found.lambda_1se, found.lambda_paired, found.chosen) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    "losses, chosen",
    [
        ([3, 1, 1.05, 2], 2),
        ([3, 1, 1.05, 1.02, 2], 3),
        ([3, 1, 2, 1.02, 2], 1),  # not beyond the first worse one
        ([1, 1.05, 2], 1),  # lambda_min = 0
        ([3, 2, 1], 2),
        ([3, 1, NAN, 1], 3),  # the larger of two that tie
        ([3, 1, NAN, 1.01], 1),
    ],
)
def test_the_paired_choice_is_the_last_before_the_first_worse_one(losses, chosen):
    found = select(curve(*losses), "paired")
    assert found.chosen == found.lambda_paired == chosen


def test_rows_are_compared_on_the_seeds_that_both_have():
    best = row(0.0, 1.0, cv_losses=np.array([[1.0, 9.0], [1.2, 9.0]]))
    rival = row(1.0, 1.1, cv_losses=np.array([[1.0], [1.2]]))
    assert not is_worse(rival, best)
    assert paired(rival, best).tolist() == [0, 0]
    assert select([best, rival], "min").chosen == 0  # only the rows with most seeds can be the best


def test_two_collapsed_rows_are_equal():
    rows = [row(float(i), 1.0, status="collapsed", cv_losses=np.full((4, 1), 1.0 + 1e-6 * i)) for i in range(3)]
    assert select(rows, "paired").chosen == 2


def test_the_standard_error_is_right_for_nested_noise():
    """Folds of deviation 2, seeds of deviation 3 within them: the mean of 5 x 4 has variance (4 + 9/4) / 5."""
    rng = np.random.default_rng(0)
    draws = rng.normal(0, 2, (4000, 5, 1)) + rng.normal(0, 3, (4000, 5, 4))
    true = math.sqrt((4 + 9 / 4) / 5)
    assert draws.mean(axis=(1, 2)).std() == pytest.approx(true, rel=0.03)
    estimates = np.array([standard_error(draw) for draw in draws])
    assert math.sqrt((estimates**2).mean()) == pytest.approx(true, rel=0.03)


def test_the_plateau_reaches_to_both_sides_up_to_the_first_worse_row_collapsed_ones_too():
    rows = [*curve(1.01, 3, 1.05, 1, 1.05), row(5, 1, status="collapsed"), *curve(2)]
    found = judged([*rows[:-1], row(6, 1, status="diverged")], np.random.default_rng(0))
    assert [r.plateau for r in found] == [False, False, True, True, True, True, False]


def net(*curves):
    """Rows of an elastic net: a curve a ratio, each on the lambdas 0, 1, 2..."""
    return [one for ratio, losses in curves for one in curve(*losses, ratio=ratio)]


@pytest.mark.parametrize(
    "rows, ratio, lambda_min, lambda_1se, at_edge",
    [
        (net((0.1, [3, 2, 2.05, 4]), (0.9, [3, 1, 1.05, 4])), 0.9, 1, 2, False),
        (net((0.1, [3, 1.05, 1.05, 1.05]), (0.9, [3, 1, 2, 4])), 0.9, 1, 1, False),
        (net((0.1, [3, 1, 2]), (0.9, [3, 1, 2])), 0.9, 1, 1, False),
        (net((0.1, [3, 2, 1]), (0.9, [3, 1, 2])), 0.1, 2, 2, True),
    ],
)
def test_of_several_l1_ratios_the_one_with_the_best_lambda_is_chosen_and_1se_is_its_own(
    rows, ratio, lambda_min, lambda_1se, at_edge
):
    found = select(rows, "1se")
    assert (found.l1_ratio, found.lambda_min, found.lambda_1se, found.at_edge) == (
        ratio,
        lambda_min,
        lambda_1se,
        at_edge,
    )


def test_each_l1_ratio_overfits_below_its_own_best_lambda():
    rows = net((0.1, [5, 3, 2, 3]), (0.9, [3, 1, 2, 4]))
    found = judged(rows, np.random.default_rng(0))
    assert [r.verdict for r in found] == [*["overfit"] * 2, *["underfit"] * 2, "overfit", "good", *["underfit"] * 2]


def test_another_l1_ratio_has_a_plateau_if_its_best_row_does_as_well_as_the_best_of_all():
    rows = net((0.1, [3, 1.02, 1.03, 3]), (0.9, [3, 1, 1.05, 4]))
    rows[1] = row(1.0, 1.02, l1_ratio=0.1, cv_losses=1.02 + np.array([[0.1], [-0.1], [0.1], [-0.1]]))
    found = judged(rows, np.random.default_rng(0))
    assert [r.plateau for r in found] == [False, True, True, False, False, True, True, False]


def test_wins_are_the_shares_of_resampled_folds():
    """Against every resample of four folds."""
    losses = np.array([[[0.1], [0.9], [0.5], [0.2]], [[0.4], [0.4], [0.4], [0.4]], [[0.6], [0.1], [0.45], [0.5]]])
    rows = [row(float(i), each.mean(), cv_losses=each) for i, each in enumerate(losses)]
    drawn = np.array(list(itertools.product(range(4), repeat=4)))
    means = losses[:, drawn, 0].mean(axis=2)
    exact = np.array([(means[::-1].argmin(axis=0) == 2 - i).mean() for i in range(3)])
    found = wins(rows, np.random.default_rng(0), 20_000)
    assert (exact > 0.1).all()
    np.testing.assert_allclose(found, exact, atol=0.015)


def test_resampled_means_vary_as_much_as_means_do():
    """For folds of deviation 2 with seeds of deviation 3 in them, but for the bootstrap's own share of 1 - 1/folds.

    The chance that a lambda with constant losses at 0 is beaten is that of a mean below 0.
    """
    rng, folds = np.random.default_rng(0), 10
    true = math.sqrt((4 + 9 / 4) / folds * (1 - 1 / folds))
    shares = []
    for _ in range(300):
        losses = rng.normal(0, 2, (folds, 1)) + rng.normal(0, 3, (folds, 4))
        losses += 0.8 * true - losses.mean()
        rows = [row(0.0, 0.8 * true, cv_losses=losses), row(1.0, 0.0, cv_losses=np.zeros((folds, 4)))]
        shares.append(wins(rows, rng, 200)[0])
    assert np.mean(shares) == pytest.approx(0.5 * math.erfc(0.8 / math.sqrt(2)), abs=0.02)


def test_a_tie_is_won_by_the_larger_lambda_and_a_lambda_that_diverged_wins_nothing():
    losses = np.random.default_rng(0).normal(1, 0.1, (5, 3))
    rows = [row(float(i), losses.mean(), cv_losses=losses) for i in range(3)]
    assert wins(rows, np.random.default_rng(0)).tolist() == [0, 0, 1]
    rows = [*rows, row(3.0, NAN, status="diverged", cv_losses=losses - 1)]
    assert wins(rows, np.random.default_rng(0)).tolist() == [0, 0, 1, 0]


def test_a_clear_winner_always_wins():
    assert wins(curve(3, 1, 2), np.random.default_rng(0)).tolist() == [0, 1, 0]
