"""What the output says about an interrupted sweep."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from tests.report.test_words import curve, result
from wdcli.report.partial_words import partial_paragraph


def row(lambd, *losses):
    """A row whose CV losses are of so many folds, one seed each."""
    mean = float(np.mean(losses)) if losses else math.nan
    return SimpleNamespace(lambd=lambd, l1_ratio=0.5, cv_loss=mean, cv_losses=np.reshape(losses, (-1, 1)))


@pytest.mark.parametrize(
    "rows, fits, said",
    [
        ([], 1, ""),
        ([row(1)], 1, ""),
        ([row(1, math.nan)], 1, ""),
        ([row(1, 0.4), row(2, 0.3)], 1,
         " CV losses are means over 1 of the 3 folds so far; the least is 0.3000, at lambda = 2."),
        ([row(1, 0.4, 0.2), row(2, 0.1), row(3)], 2,
         " CV losses are means over 0 to 2 of the 3 folds so far; the least of those over 2 is 0.3000, "
         "at lambda = 1 with l1_ratio 0.5."),
    ],
)  # fmt: skip
def test_a_partial_sweep_says_over_how_many_folds_it_is_and_what_is_best_so_far(rows, fits, said):
    config = SimpleNamespace(folds=3, fits=[None] * fits)
    partial = SimpleNamespace(config=config, rows=rows, networks=7, first_pass=None)
    assert partial_paragraph(partial, 9) == f"Partial: 7 of 9 networks.{said} Nothing is chosen."


def test_a_complete_sweep_that_something_was_to_follow_says_that_all_is_trained():
    whole = result(curve(3, 1, 2))
    assert partial_paragraph(whole, 99) == "Partial: all 99 networks are trained; what follows the choice is missing."
