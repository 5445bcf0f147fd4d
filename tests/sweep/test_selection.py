"""The rules of choice, on curves made by hand."""

import math

import numpy as np
import pytest

from wdcli.errors import TrainingError
from wdcli.sweep.comparison import corrected_t
from wdcli.sweep.records import Row, standard_error
from wdcli.sweep.selection import judged, select

NAN = math.nan


def row(lambd, cv_loss, cv_se=0.1, status="ok", l1_ratio=None, cv_losses=None):
    measures = dict.fromkeys(
        ("train_loss", "train_score", "test_loss", "test_score", "test_root_loss", "l1_norm", "l2_norm", "sparsity",
         "nonzero_weights", "live_units", "live_features", "smoothness", "kkt", "cv_score"), 0.0,
    )  # fmt: skip
    return Row(
        lambd=lambd,
        status=status,
        collapsed_folds=0.0,
        cv_loss=cv_loss,
        cv_se=cv_se,
        cv_losses=np.full((2, 1), cv_loss) if cv_losses is None else cv_losses,
        l1_ratio=l1_ratio,
        effective=(),
        excess_risk=NAN,
        **measures,
    )


def curve(*losses, se=0.1):
    return [row(float(i), loss, se) for i, loss in enumerate(losses)]


@pytest.mark.parametrize(
    "losses, lambda_min, lambda_1se, at_edge",
    [
        ([3, 1, 2], 1, 1, False),
        ([3, 1, 1.05, 2], 1, 2, False),
        ([3, 1, 2, 1.1, 2], 1, 3, False),
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
    verdicts = [r.verdict for r in judged(rows, select(rows, "1se"), np.random.default_rng(0))]
    assert verdicts == ["overfit", "good", "good", "good", "underfit", "collapsed", "diverged"]


def test_the_standard_error_is_right_for_nested_noise():
    """Folds of deviation 2, seeds of deviation 3 within them: the mean of 5 x 4 has variance (4 + 9/4) / 5."""
    rng = np.random.default_rng(0)
    draws = rng.normal(0, 2, (4000, 5, 1)) + rng.normal(0, 3, (4000, 5, 4))
    true = math.sqrt((4 + 9 / 4) / 5)
    assert draws.mean(axis=(1, 2)).std() == pytest.approx(true, rel=0.03)
    estimates = np.array([standard_error(draw) for draw in draws])
    assert math.sqrt((estimates**2).mean()) == pytest.approx(true, rel=0.03)


def test_two_copies_of_the_same_losses_do_not_differ():
    losses = np.random.default_rng(0).normal(size=(5, 3))
    found = corrected_t(losses, losses)
    assert (found.mean, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_the_corrected_interval_by_hand():
    a = np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])
    found = corrected_t(a, np.zeros((5, 1)))
    s = math.sqrt(2.5)
    half = 2.7764451051977987 * s * math.sqrt(1 / 5 + 1 / 4)
    assert (found.mean, found.low, found.high) == pytest.approx((3, 3 - half, 3 + half))


def test_p_is_the_level_at_the_edge_of_the_interval_and_seeds_alone_are_no_evidence():
    rng = np.random.default_rng(1)
    fold_effects = rng.normal(size=(5, 1))
    one = corrected_t(fold_effects, np.zeros((5, 1)))
    many = corrected_t(np.repeat(fold_effects, 100, axis=1), np.zeros((5, 100)))
    assert one.p_value == pytest.approx(many.p_value)
    edge = corrected_t(fold_effects - one.low, np.zeros((5, 1)))
    assert edge.p_value == pytest.approx(0.05)
