"""Folds and rows that make much of the loss: each is named where it does, and not elsewhere."""

from dataclasses import replace

import numpy as np
import pytest

from tests.cli.run import as_json
from tests.report.test_words import SPLIT, result
from tests.sweep.test_selection import row
from wdcli.report.fold_words import far, hard_folds
from wdcli.report.plateau_words import helps

EVEN, HARD = [1.0, 1.1, 0.9, 1.05, 0.95], [1.0, 1.1, 2.5, 1.05, 0.95]


def one(lambd, losses, worst=0.1, seeds=2):
    """A row whose folds' hardest held-out row, the fourth of each, has the loss ``worst``."""
    losses = np.repeat(np.array(losses)[:, None], seeds, axis=1)
    return replace(
        row(lambd, losses.mean(), cv_losses=losses),
        worst_losses=np.full(losses.shape, worst),
        worst_rows=np.full(losses.shape, 3.0),
    )


def said(*rows):
    return " ".join(hard_folds(result(rows)))


def test_folds_of_much_the_same_loss_are_not_spoken_of():
    assert said(one(0.0, [2.0] * 5), one(1.0, EVEN)) == ""


def test_a_fold_that_is_far_harder_is_named_with_the_lambdas():
    rows = [one(0.0, [3.0, 1.0, 2.0, 3.0, 2.0]), one(1.0, HARD), one(2.0, np.array(HARD) * 1.5)]
    assert said(*rows) == ("Fold 3 is 2.4 times as hard as the others at the chosen lambda (far harder from 1 to 2).")


def test_a_row_that_makes_much_of_a_hard_folds_loss_is_named():
    """Six rows a fold: 5.0 of a sum of 15.0."""
    found = result([one(0.0, [9.0] * 5), one(1.0, HARD, worst=6.0)])
    place = int(SPLIT.train[found.folds.parts[2].test[3]]) + 1
    assert f"; row {place} of the table alone makes 40 % of its loss." in " ".join(hard_folds(found))


def test_a_row_that_makes_much_of_all_loss_is_named_without_a_hard_fold():
    found = result([one(0.0, [9.0] * 5), one(1.0, EVEN, worst=0.1)])
    assert hard_folds(found) == []
    heavy = np.full((5, 2), 0.1)
    heavy[1] = 6.5
    chosen = replace(found.rows[1], worst_losses=heavy)
    place = int(SPLIT.train[found.folds.parts[1].test[3]]) + 1
    assert hard_folds(replace(found, rows=(found.rows[0], chosen))) == [
        f"Row {place} of the table alone makes 22 % of the CV loss: look at that row."
    ]


def test_seeds_that_disagree_about_the_hardest_row_name_none():
    found = result([one(0.0, [9.0] * 5), one(1.0, HARD, worst=6.0)])
    other = found.rows[1].worst_rows.copy()
    other[2, 1] = 0
    assert "of the table" not in " ".join(
        hard_folds(replace(found, rows=(found.rows[0], replace(found.rows[1], worst_rows=other))))
    )


def test_noise_alone_makes_few_folds_far():
    """Folds of the same mean whose loss varies by a fifth, as those of the bundled tables do."""
    rng = np.random.default_rng(0)
    found = [far(rng.normal(1, 0.2, 5)).any() for _ in range(2000)]
    assert np.mean(found) < 0.05


@pytest.mark.parametrize("folds", [5, 10])
def test_where_decay_has_no_effect_it_is_said_to_help_in_at_most_one_of_twenty_sweeps(folds):
    """All lambdas are alike: folds differ in how hard they are, and every fit in its luck. The best is chosen."""
    claims = 0
    for run in range(200):
        rng = np.random.default_rng(run)
        hard = rng.gamma(9, 1 / 9, (folds, 1))
        losses = [hard * (1 + rng.normal(0, 0.05, (folds, 1)) + rng.normal(0, 0.05, (folds, 3))) for _ in range(12)]
        found = result([row(float(i), each.mean(), cv_losses=each) for i, each in enumerate(losses)])
        claims += "Decay helps" in " ".join(helps(found))
    assert claims <= 10


def test_a_row_is_named_by_its_line_in_the_file(tmp_path):
    """One row has a wild target, on the line after two blank ones."""
    rng = np.random.default_rng(0)
    lines = [f"{x:.3f},{2 * x + e:.3f}" for x, e in rng.normal(size=(60, 2)) * [1, 0.1]]
    for wild in range(20):
        path = tmp_path / f"{wild}.csv"
        path.write_text(
            "\n".join(["x,y", *lines[:wild], "", "", f"{lines[wild].split(',')[0]},90", *lines[wild + 1 :]])
        )
        shown = as_json(
            "sweep",
            "--data",
            path,
            "--lambdas",
            "0,0.01",
            "--hidden",
            "none",
            "--epochs",
            50,
            "--no-scale-target",
            "--seeds",
            1,
        )
        if f"line {wild + 4:,} of the table alone makes" in shown["summary"]:
            return
    raise AssertionError(shown["summary"])
