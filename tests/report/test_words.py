"""The sentences under the tables, on results made by hand: each is said where it is true, and not elsewhere."""

import math
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from tests.cli.run import as_json
from tests.sweep.test_selection import curve, row
from wdcli.data.dataset import Split
from wdcli.data.encoding import Encoding
from wdcli.data.generators import generate
from wdcli.data.rules import NumberRule, TextRule
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.fits.records import Diagnostics, LaneRecord, Strong
from wdcli.fits.single import TrainResult, error_of_mean
from wdcli.nn.arrays import Examples
from wdcli.report import compare_words, feature_words, sweep_words, train_words, words
from wdcli.sweep.comparison import EQUAL, NEGLIGIBLE, CompareResult, Comparison, Front, FrontPoint, Size
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.difference import Difference
from wdcli.sweep.refit import Refit
from wdcli.sweep.result import SweepResult
from wdcli.sweep.selection import judged, select

MOONS = generate("moons", np.random.default_rng(0), 40)
SINE = generate("sine", np.random.default_rng(0), 40)
SPLIT = Split(np.arange(30), np.arange(30, 40))


def result(rows, rule="paired", **fit):
    config = SweepConfig(FitConfig(**{"hidden": (4,), **fit}), folds=len(rows[0].cv_losses), rule=rule)
    selection = select(rows, rule)
    marked = tuple(judged(rows, np.random.default_rng(0)))
    folds = Folds(config.fit, MOONS, SPLIT, config.folds)
    made = SweepResult(config, folds, marked, 99, 0, 1.0, 0.0, selection)
    # The losses of these rows are made up, for a constant answer's of 1.
    vars(made)["constant"] = 1.0
    return made


def said(rows, dataset=MOONS, **options):
    return sweep_words.sweep_paragraph(dataset, SPLIT, result(rows, **options))


SPARSE = replace(row(1, 1), nonzero_weights=6.0, sparsity=0.4, effective=(1.0, 2.5, 1.0))
SWINGING = [row(0, 1.01, cv_losses=np.array([[0.5], [1.52]])), row(1, 1, cv_losses=np.array([[1.5], [0.5]]))]
# Half of the folds favour the first row, half the last, and the mean favours the one between them.
HALF, OTHER = np.repeat([[0.90], [1.11]], 4, axis=0), np.repeat([[1.12], [0.91]], 4, axis=0)
RIVAL = [row(1, 1.005, cv_losses=HALF), row(2, 1, cv_losses=np.ones((8, 1))), row(3, 1.015, cv_losses=OTHER)]
WITHOUT = [replace(RIVAL[2], lambd=0.0), RIVAL[1], replace(RIVAL[0], lambd=3.0)]
# The best mean is that of ratio 0.1, but in every resample some lambda of 0.9 does better.
NEVER = [row(1.0, 1.0, l1_ratio=0.1, cv_losses=np.ones((2, 1)))]
NEVER += [
    row(float(i), 1.01, l1_ratio=0.9, cv_losses=np.array(each)[:, None])
    for i, each in enumerate([(0.5, 1.52), (1.52, 0.5), (0.99, 0.99)])
]
FAR = replace(row(1, 1), kkt=0.2, train_penalty=1.2)
FALLEN = replace(curve(3, 1, 1.05)[2], status="collapsed")
EDGE = [replace(row(2, 2), collapsed_folds=0.6), replace(row(3, 2), collapsed_folds=0.2)]


def two(first, best):
    """Rows without decay and at the best lambda, with these losses of the folds."""
    each = (first, best, [2.0] * len(best))
    return [row(float(i), np.mean(losses), cv_losses=np.array(losses)[:, None]) for i, losses in enumerate(each)]


UNTRAINED = [row(0, 1, status="collapsed"), row(1, 1, status="collapsed")]
SENTENCES = [
    (curve(3, 1, 1.05, 2), {}, "lambda_paired = 2 is chosen: the largest that, fold by fold, does as well as the best,", True),
    (curve(3, 1, 1.05, 2), {"rule": "1se"}, "lambda_1se = 2 is chosen: the largest within one SE of the best, 1.", True),
    (curve(3, 1, 1.05, 2), {"rule": "min"}, "lambda_min = 1 is chosen: the best; lambdas up to 2 do as well, fold by", True),
    (curve(3, 1, 2), {}, "lambda = 1 is chosen: the best, and the largest that, fold by fold, does as well.", True),
    (curve(3, 1, 2), {"rule": "1se"}, "lambda = 1 is chosen: the best, and the largest within one SE of the best.", True),
    (curve(3, 1, 2), {"rule": "min"}, "lambda_min = 1 is chosen: the best.", True),
    (curve(3, 2.5, 1, 2), {}, "Up to 1 the network overfits: at 0 training loss is 0.0000 and CV loss 3 times the best.", True),
    (curve(3, 0.75, 2), {}, "A constant answer has the loss 1.0000: the chosen network's CV loss is 25 % less.", True),
    (curve(3, 1.25, 2), {}, "the chosen network's CV loss is 25 % more.", True),
    ([row(0, 1, status="collapsed"), row(1, 1, status="collapsed")], {}, "A constant answer has the loss", False),
    (curve(1.05, 1, 2), {}, "overfits", False),
    (curve(3, 1, 2), {}, "Without decay the network overfits: at 0", True),
    (curve(3, 1, 2), {}, "Decay helps: compared with no decay, CV loss falls by 2.0000 (95 % interval 1.7", True),
    (two((1.02, 1.1), (1.0, 1.04)), {}, "CV loss falls by 0.0400 (95 % interval", True),
    (two((1.02, 1.1), (1.0, 1.04)), {}, ", in all 2 folds; more --folds may settle it.", True),
    (two((1.05, 1.06, 1.04), (1.0, 1.0, 1.0)), {}, "Decay helps: compared", True),
    (two((1.0005, 1.0006, 1.0004), (1.0, 1.0, 1.0)), {}, "Decay makes a negligible difference: compared", True),
    (two((1.1, 0.98), (1.0, 1.04)), {}, "It isn't certain that decay helps: compared", True),
    (two((1.1, 0.98), (1.0, 1.04)), {}, "may settle it", False),
    (curve(1, 2, 3), {}, "compared with no decay", False),
    ([*curve(3, 1, 2)[1:]], {}, "compared with no decay", False),
    (curve(1, 2, 3), {}, "The best lambda is 0: the data show no need of decay.", True),
    (curve(3, 2, 1), {}, "lies at the edge of the grid", True),
    (curve(3, 1, 1.05), {}, "larger ones may do as well; widen --lambdas", True),
    (curve(3, 1, 2), {}, "edge", False),
    ([*curve(3, 1, 2), row(3, 9, status="collapsed")], {}, "From 3 on it collapses to the class shares.", True),
    ([*curve(3, 1, 2), row(3, math.nan, status="diverged")], {}, "Rows that diverged are left out of the choice", True),
    ([*curve(1, 1), row(2, 1, status="collapsed")], {}, "The best is the null model, the class shares", True),
    ([*curve(3, 1), FALLEN], {}, "don't show that it predicts better than the class shares", True),
    ([*curve(1, 1), row(2, 1, status="collapsed")], {}, "widen --lambdas", False),
    (curve(3, 1, 1.05, 2), {}, "Compared with the best, CV loss rises by 0.0500 (95 % interval -0.", True),
    (curve(3, 1, 1.05, 2), {}, ", and |W|2 goes from 0.00 to 0.00.", True),
    (curve(3, 1, 1.05, 2), {"penalty": "l1"}, ", and 0 non-zero weights become 0.", True),
    (curve(3, 1, 2), {}, "Compared with the best", False),
    (curve(3, 1, 1.05, 2), {"rule": "min"}, "Compared with the best", False),
    (curve(3, 1.05, 2, 1, 2), {}, "Up to 2 the network overfits", True),
    ([replace(row(0, 3), train_loss=1.5), row(1, 1), row(2, 2)], {}, "does worse, on its training rows too: at 0", True),
    (UNTRAINED, {}, "more --epochs, or a larger --lr, may train it", True),
    (UNTRAINED, {}, "give smaller ones", False),
    (curve(3, 1, 2, 3, 4), {}, "From 2 on it underfits.", True),
    ([UNTRAINED[0], row(1, 1), row(2, 2), row(3, 3, status="collapsed")], {}, "From 3 on it collapses", True),
    ([row(1, 1, status="collapsed"), row(2, 1, status="collapsed")], {}, "Every lambda of the grid collapses", True),
    ([row(0, 3), row(1, 1), replace(EDGE[0], collapsed_folds=1.0)], {}, "but all of the folds' networks do.", True),
    ([row(0, 3), row(1, 1), *EDGE], {}, "From 2 to 3 it is on the brink of collapse: trained on", True),
    ([*curve(3, 1, 2), row(3, math.nan, status="diverged")], {}, "a lower --lr, or --decay proximal, may", True),
    ([*curve(3, 1, 2), row(3, math.nan, status="diverged")], {"penalty": "l1"}, "a lower --lr may train them", True),
    (curve(3, 1, 2), {}, "Resampled over folds, 1 is the best in 100 %, and nine in ten best ones lie at 1.", True),
    (NEVER, {"penalty": "elastic-net"}, "another l1_ratio is always the best", True),
    (SWINGING, {}, "and nine in ten best ones lie from 0 to 1.", True),
    (RIVAL, {}, "2 is the best in 26 %, 3 in 37 % (the edge of the grid: widen --lambdas), and nine", True),
    (WITHOUT, {}, "2 is the best in 26 %, 0 in 37 %, and nine", True),
    (curve(3, 1, 2, 1.05, 2), {}, "isn't smooth: beyond lambdas that are worse, 3 does as well as the best again", True),
    (curve(1.05, 3, 1, 2, 1.05), {}, "smooth: beyond lambdas that are worse, 0, 4 do as well", True),
    (curve(3, 1, 1.05, 2, 2), {}, "smooth", False),
    ([row(0, 3), FAR, row(2, 2)], {"hidden": ()}, "could fall by up to 0.3000 (kkt 0.2), more than one SE; more", True),
    ([row(0, 3), FAR, row(2, 2)], {}, "Training may have stopped", False),
    ([row(0, 3), replace(FAR, kkt=0.8), row(2, 2)], {"hidden": ()}, "stopped far from the penalised", True),
    ([row(0, 3), replace(FAR, cv_se=0.4), row(2, 2)], {"hidden": ()}, "Training may have stopped", False),
    ([row(0, 3), replace(FAR, kkt=0.01), row(2, 2)], {"hidden": ()}, "Training may have stopped", False),
    ([row(0, 3), FAR, row(2, 2)], {"hidden": (), "decay": "decoupled"}, "Training may have stopped", False),
    ([row(0, 3), FAR, row(2, 2)], {"hidden": (), "early_stopping": True}, "Training may have stopped", False),
    ([row(0, 3), FAR, row(2, 2)], {"hidden": (), "penalty": "l1"}, "could fall by up to 0.6000", True),
    ([row(0, 3), SPARSE, row(2, 2)], {"penalty": "l1"}, "At lambda = 1, 40 % of the", True),
    ([row(0, 3), SPARSE, row(2, 2)], {"penalty": "l1"}, "has 1 of 2 features and 2.5 of 4 hidden units", True),
    ([row(0, 3), SPARSE, row(2, 2)], {}, "L2 itself makes no exact zeros", True),
    ([row(0, 3), SPARSE, row(2, 2)], {"penalty": "l1", "decay": "coupled"}, "L2 itself makes no exact zeros", False),
    *((curve(3, 1, 2), {"penalty": penalty, "decay": decay}, f"Coupled {penalty} makes weights small, and none exactly", told)
      for penalty in ("l2", "l1", "elastic-net", "group-lasso", "sparse-group")
      for decay, told in (("coupled", penalty != "l2"), ("decoupled", False), ("proximal", False))),
    ([row(0, 3), row(1, 1), replace(row(2, 2), collapsed_folds=0.6)], {}, "but 60 % of the folds' networks do.", True),
    ([row(0, 1)], {"penalty": "none"}, "One lambda, 0: nothing to choose from.", True),
]  # fmt: skip


@pytest.mark.parametrize("rows, options, sentence, there", SENTENCES)
def test_a_sweeps_sentences(rows, options, sentence, there):
    assert (sentence in said(rows, **options)) == there


GROUPS = {"penalty": "group-lasso"}
SMALLER = [
    replace(row(i, 1 + i / 1e4), sparsity=0.1, effective=(2.0, 3.5 - i, 1.0), effective_columns=2.0 - i) for i in (0, 1)
]
LEFT = "At lambda = 1, the effective network has 2 of 2 features and 2.5 of 4 hidden units (means over seeds); 10 % of"


@pytest.mark.parametrize("options, sentence", [
    (GROUPS, LEFT),
    (GROUPS, "and the columns in use go from 2 to 1, the hidden units from 3.5 to 2.5."),
    ({**GROUPS, "decay": "coupled"}, "and |W|2 goes from"),
    ({"penalty": "l1"}, "non-zero weights become"),
])  # fmt: skip
def test_of_a_penalty_on_groups_the_groups_that_are_left_are_counted(options, sentence):
    assert sentence in said(SMALLER, **options)


@pytest.mark.parametrize("effective, columns, left", [
    ((3.0, 1.0), 1.0, "1 of 2 columns (3 of 5 features) are in use"),
    ((5.0, 1.5, 2.0, 1.0), 2.0, "2 of 2 columns (5 of 5 features) and, layer by layer, 1.5 of 4, 2 of 4 hidden units"),
])  # fmt: skip
def test_columns_are_counted_where_some_have_several_features(effective, columns, left):
    found, full = replace(row(1, 1), effective=effective, effective_columns=columns), (5, 4, 4, 1)[: len(effective)]
    assert left in words.effective_network(found, full, 2, several=False)
    assert "columns" not in words.effective_network(found, full, 5, several=False)


def test_the_fewest_columns_are_named_where_networks_use_different_numbers_of_them():
    few, many = replace(row(1, 1), effective_columns=1.0), replace(row(0, 2), effective_columns=2.0)
    named = "Those that use the fewest columns of the table: a 1 of 2 columns (lambda = 1)."
    for rows, there in (((few, many), True), ((few, few), False)):
        front = Front("effective_columns", (), (FrontPoint("a", few),))
        compared = CompareResult(("a",), (result(list(rows)),), (), front, front)
        assert (named in compare_words.compare_paragraph(compared)) == there


def refitted(row_after, before, difference):
    return sweep_words.refit_paragraph(Refit(row_after, None, difference), before, constant=1.0)


def test_a_refits_sentences():
    better, none = Difference(-0.2, -0.3, -0.1, 0.01), Difference(-0.2, -0.5, 0.1, 0.2)
    assert "-0.2000 (95 % interval -0.3000 to -0.1000): refitting helps." in refitted(row(1, 1), SPARSE, better)
    assert "no detectable difference" in refitted(row(1, 1), SPARSE, none)
    tiny = refitted(row(1, 1), SPARSE, Difference(-0.0009, -0.001, -0.0008, 0.01))
    assert "-0.0009 (95 % interval -0.0010 to -0.0008): negligible difference." in tiny
    fallen = refitted(row(1, 1, status="collapsed"), replace(SPARSE, status="collapsed"), better)
    assert fallen.endswith("so have the refitted ones: they are equal.")
    assert "No weight is zero at the chosen lambda" in refitted(row(1, 1), replace(SPARSE, sparsity=0.0), none)
    assert "no weight is left: there is nothing to refit" in refitted(
        row(1, 1), replace(SPARSE, nonzero_weights=0.0), none
    )
    assert "No weight is zero" not in refitted(row(1, 1), SPARSE, none)
    assert "some of the change is longer training" in refitted(row(1, 1), replace(SPARSE, kkt=0.4), none)
    diverged = refitted(row(1, math.nan, status="diverged"), SPARSE, Difference(math.nan, math.nan, math.nan, math.nan))
    assert diverged == "Refitted without the penalty, a network diverged: the penalised one stands."


def test_the_convert_command_repeats_what_the_lambda_depends_on():
    rows = curve(3, 1, 2)
    assert sweep_words.elsewhere(MOONS, SPLIT, result(rows)).endswith(
        "wdcli convert --lambd 1 --rows 30 --batch-size 30 --hidden 4"
    )
    line = sweep_words.elsewhere(
        SINE, SPLIT, result(rows, penalty="elastic-net", l1_ratio=0.3, convention="keras", batch_size=8)
    )
    for option in (
        "--batch-size 8",
        "--penalty elastic-net",
        "--l1-ratio 0.3",
        "--convention keras",
        "--task regression",
    ):
        assert option in line
    stopped = sweep_words.elsewhere(MOONS, SPLIT, result(rows, early_stopping=True))
    assert stopped.endswith("--rows 27 --batch-size 27 --hidden 4")
    exact = sweep_words.elsewhere(MOONS, SPLIT, result([row(0, 3), row(0.123456789, 1), row(2, 2)]))
    assert "--lambd 0.123456789 " in exact
    assert "--decay decoupled" in sweep_words.elsewhere(MOONS, SPLIT, result(rows, decay="decoupled"))


@pytest.mark.parametrize("data, options, ending", [
    (MOONS, {"hidden": ()}, " --hidden none"),
    (MOONS, {"hidden": (8, 4), "decay_layers": (1, 2)}, " --hidden 8,4 --decay-layers 1-2"),
    (MOONS, {"decay_layers": (1, 2, 3)}, " --batch-size 30"),
    (MOONS, {"lr": 0.003, "epochs": 7, "activation": "tanh"}, " --activation tanh --lr 0.003 --epochs 7"),
    (MOONS, {"optimizer": "sgd"}, " --batch-size 30"),
    (MOONS, {"scale_features": False, "scale_target": False}, " --no-scale-features"),
    (SINE, {"scale_target": False}, " --task regression --no-scale-target"),
    (replace(MOONS, class_names=("a", "b", "c")), {}, " --outputs 3"),
])  # fmt: skip
def test_the_convert_command_names_what_of_the_network_is_not_usual(data, options, ending):
    assert sweep_words.elsewhere(data, SPLIT, result(curve(3, 1, 2), **{"hidden": (64, 64), **options})).endswith(
        ending
    )


def lane(lambd, repeat, status="ok", score=0.9):
    return LaneRecord(lambd, 0, repeat, status, 10, 0.5, 0.9, 0.1, 0.6, score, 1.0)


def trained(record, records=(), constant=(0.7, 0.7), test_se=0.1):
    from wdcli.fits.folds import make_fold

    fold = make_fold(FitConfig(), MOONS, 0, SPLIT.train, SPLIT.test)
    return TrainResult(record, tuple(records), None, fold, constant, test_se, 1.0)


@pytest.mark.parametrize(
    "train, test, status, sentence",
    [
        (0.5, 0.5, "ok", "Test loss is close to the training loss (SE 0.1000): no sign of overfitting"),
        (0.5, 0.53, "ok", "no sign of overfitting"),
        (
            0.1,
            0.5,
            "ok",
            "Test loss is 5 times the training loss, by more than the choice of test rows explains (SE 0.1000)",
        ),
        (
            0.35,
            0.5,
            "ok",
            "Test loss is 1.43 times the training loss, but 10 test rows are too few to tell that from chance (SE 0.1000)",
        ),
        (0.0, 0.5, "ok", "Test loss is more than 1000 times the training loss"),
        (
            0.1,
            0.9,
            "ok",
            "On the test rows the network does worse than the class shares (test loss 0.9000 ± 0.1000, theirs",
        ),
        (
            0.7,
            0.7,
            "collapsed",
            "The network has collapsed: with a training loss of 0.7000 it does no better than the class shares.",
        ),
    ],
)
def test_a_fits_sentences(train, test, status, sentence):
    record = replace(lane(0.1, 0, status), train_loss=train, held_loss=test)
    found = train_words.train_paragraph(FitConfig(), MOONS, trained(record))
    assert sentence in found
    assert "With 10 test rows the test figures say little." in found


@pytest.mark.parametrize(
    "layers, sentence",
    [
        (None, ""),
        ((1, 2), ""),
        ((1,), "and the output layer without decay may grow"),
        ((2,), "and layers 1 without decay"),
    ],
)
def test_norms_that_hold_layers_without_decay_are_told(layers, sentence):
    found = train_words.train_paragraph(FitConfig(hidden=(4,), decay_layers=layers), MOONS, trained(lane(0.1, 0)))
    assert sentence in found
    assert ("|W| counts all layers" in found) == bool(sentence)


def test_the_error_of_a_mean_counts_rows_that_belong_together_once():
    losses = np.random.default_rng(0).exponential(size=60)
    assert error_of_mean(losses, np.arange(60)) == pytest.approx(losses.std(ddof=1) / 60**0.5)
    assert error_of_mean(np.repeat(losses, 3), np.repeat(np.arange(60), 3)) == pytest.approx(
        losses.std(ddof=1) / 60**0.5
    )
    assert math.isnan(error_of_mean(losses[:1], np.zeros(1)))


def test_a_class_that_only_test_rows_have_is_no_good_generalisation():
    record = replace(lane(0.1, 0), train_loss=0.6, held_loss=7.8)
    found = train_words.train_paragraph(FitConfig(), MOONS, trained(record, constant=(0.7, math.inf)))
    assert "Test loss is 13 times the training loss" in found


@pytest.mark.parametrize(
    "collapsed, sentences",
    [
        ((0, 2, 3), ["at the edge where this network collapses to the class shares", "it always trains", "it never"]),
        ((0, 0, 1), ["At lambda = 1 this network trains, whatever the seed", "Well above, at 10, 1 of 3 collapse."]),
        ((3, 3, 3), ["At lambda = 1 this network collapses to the class shares, whatever the seed", "0.1, it never trains"]),
    ],
)  # fmt: skip
def test_the_edge_is_told_from_what_the_seeds_do(collapsed, sentences):
    records = [
        lane(lambd, repeat, "collapsed" if repeat < n else "ok")
        for lambd, n in zip((0.1, 1.0, 10.0), collapsed, strict=True)
        for repeat in range(3)
    ]
    found = train_words.edge_paragraph(MOONS, trained(records[3], records))
    for sentence in sentences:
        assert sentence in found


def test_seeds_that_diverge_are_not_said_to_train():
    records = [
        lane(lambd, r, "diverged" if lambd > 1 or r == 0 else "ok") for lambd in (0.1, 1.0, 10.0) for r in range(3)
    ]
    found = train_words.edge_paragraph(MOONS, trained(records[3], records))
    assert "At lambda = 1, 0 of 3 collapse and 1 diverge: lower --lr." in found
    assert "Well above, at 10, it never trains." in found
    assert "Well below, at 0.1, 0 of 3 collapse and 1 diverge." in found


def compared(*conclusions, test="no detectable difference"):
    sweeps = (result(curve(3, 1, 2)), result(curve(1, 2, 3)), result(curve(3, 2, 1)))
    pairs = [("a", "b"), ("a", "c"), ("b", "c")]
    difference = Difference(0.1, -0.1, 0.3, 0.04)
    found = tuple(
        Comparison(*pair, 1.0, 1.0, difference, difference, conclusion, test)
        for pair, conclusion in zip(pairs, conclusions, strict=False)
    )
    smallest = (FrontPoint("a", replace(row(1, 1), nonzero_weights=1234.0)), None, FrontPoint("c", row(2, 1)))
    fronts = [Front(size, (), smallest) for size in get_args(Size)]
    return compare_words.compare_paragraph(CompareResult(("a", "b", "c"), sweeps, found, *fronts))


def test_a_comparisons_sentences():
    none = "no detectable difference"
    assert (
        "No detectable difference on this data. That is not equality: with 4 folds, any difference within the intervals"
        in compared(none, none)
    )
    assert "a 1,234 weights (lambda = 1), c 0 weights (lambda = 2). Not as good at any lambda: b." in compared(none)
    assert "more false alarms" not in compared(none, none)
    on_test = compared(none, test="b is better")
    assert "In cross-validation no pair shows a detectable difference." in on_test
    assert "On the test rows, for these networks alone: a and b: b is better (p = 0.04)." in on_test
    some = compared(none, "c is better")
    assert "Each of 2 pairs is tested twice at 5 %: with more pairs, more false alarms." in some
    assert "a and c: c is better (p = 0.04)." in some
    assert "The other pairs show no detectable difference." in some
    assert "The best lambda of c lies at the edge of its grid" in some
    assert "best lambda of b" not in some
    equal = compared(EQUAL, EQUAL, test=EQUAL)
    assert equal.startswith("a and b are equal: both have collapsed, and do no better than a constant answer. a and c")
    for other in ("p = ", "detectable", "false alarms", "On the test rows"):
        assert other not in equal
    small = compared(NEGLIGIBLE, test=NEGLIGIBLE)
    assert small.startswith(
        "a and b: negligible difference (p = 0.04, under 0.1 % of a constant answer's loss). On the"
    )


@pytest.mark.parametrize("config, n_train, line", [
    (FitConfig(), 450, "60 epochs, batches of 32, lr 0.01"),
    (FitConfig(hidden=()), 450, "3,000 epochs, batches of 450, lr 0.1"),
    (FitConfig(early_stopping=True, lr=0.02, batch_size=0), 100, "up to 600 epochs, batches of 90, lr 0.02"),
])  # fmt: skip
def test_the_head_of_a_sweep_says_how_it_trains(config, n_train, line):
    assert words.training(config, n_train) == line
    swept = replace(result(curve(3, 1, 2)), config=SweepConfig(config))
    network, cost = sweep_words.head_lines(swept, n_train)
    assert network.endswith(f", adam; {line}")
    assert len(network) <= 80
    assert cost == "5 folds x 3 seeds, 99 networks in 1.0 s"


def test_the_line_of_a_network_names_what_was_asked_for():
    fit = FitConfig(hidden=(), penalty="elastic-net", l1_ratio=0.3, convention="glmnet", decay_layers=(1, 2))
    line = words.network_line(fit, 0.5)
    assert line == "linear model, elastic-net 0.5 in glmnet's convention (proximal, l1_ratio 0.3) on layers 1-2, adam"
    assert words.network_line(FitConfig(penalty="none")) == "network 64,64 relu, no penalty, adam"


@pytest.mark.parametrize("penalty", ["l1", "l2"])
@pytest.mark.parametrize("data, lambd", [("diabetes", 10), ("iris", 1), ("wine", 0.1), ("wine", 10)])
def test_where_training_stops_short_the_penalised_loss_is_no_farther_from_its_optimum_than_said(penalty, data, lambd):
    def objective(epochs):
        found = as_json("train", "--data", data, "--penalty", penalty, "--lambd", lambd, "--hidden", "none",
                        "--epochs", epochs, "--dtype", "float64")["result"]  # fmt: skip
        most = words.room(FitConfig(hidden=(), penalty=penalty), found["kkt"], found["train_penalty"])
        return found["train_loss"] + found["train_penalty"], most

    best, _ = objective(5000)
    fits = [objective(epochs) for epochs in (10, 50, 100, 300)]
    assert all(most == 0 or value - best <= most for value, most in fits)
    assert any(0 < most < math.inf for _, most in fits)


@pytest.mark.parametrize("kkt, penalty, hidden, told", [
    (0.35, 0.0012, (), "more --epochs may still change the weights visibly, and the penalised loss by up to 0.0014."),
    (0.01, 0.0012, (), None), (0.35, 0.0012, (64, 64), None), (0.35, 1.2, (), "more than the test loss's SE"),
])  # fmt: skip
def test_weights_that_are_far_from_their_optimum_are_told_where_the_loss_hardly_is(kkt, penalty, hidden, told):
    found = train_words.train_paragraph(FitConfig(hidden=hidden), MOONS, trained(measured(kkt, penalty)))
    assert told in found if told else "optimum" not in found


def measured(kkt, penalty):
    details = Diagnostics(1, 1, 0.0, 0, 2, 1.0, kkt, *[math.nan] * 3, (), (2, 1), (), None)
    return replace(lane(0.1, 0), train_penalty=penalty, diagnostics=details)


NAMES = ["age", "bmi", "s1", "s2", "s3", "s4", "s5", "=x"]
MANY = "The features with the largest weights (|W|2 into the first layer)"


def strongest(*features):
    return tuple(Strong(feature, 1 / (1 + i)) for i, feature in enumerate(features))


@pytest.mark.parametrize(
    "effective, features, names, said",
    [
        ((2, 3, 1), (1, 0), NAMES, ["In use: bmi, age."]),
        ((1.5, 3, 1), (1, 0), NAMES, ["In use in one seed or more: bmi, age."]),
        ((6, 1), range(6), NAMES, ["In use: age, bmi, s1, s2, s3, s4."]),
        ((8, 1), (7, *range(7)), NAMES, [f"{MANY}: =x 1.00, age 0.50, bmi 0.33, s1 0.25 and 4 more."]),
        ((300, 1), range(100), [f"x{i}" for i in range(500)], [f"{MANY}: x0 1.00, x1 0.50, x2 0.33, x3 0.25 and 296 more."]),
        ((2, 3, 1), (1, 0), NAMES[:2], []),
        ((0, 0, 1), (), NAMES, []),
        ((), (), NAMES, []),
    ],
)  # fmt: skip
def test_the_features_in_use_are_named_or_the_strongest_of_many(effective, features, names, said):
    assert feature_words.in_use(effective, strongest(*features), names) == said


LEAKY = Encoding((NumberRule("age", "number", 0, 0, 1, False), TextRule("paid", ("no", "yes"), False, False)))


@pytest.mark.parametrize(
    "norms, train_loss, test_loss, asked",
    [
        ((0.1, 1, 1), 0.001, 0.002, "paid"),
        ((0, 0, 1), 0.001, 0.002, "paid"),
        ((3, 0.1, 0.1), 0.001, 0.002, "age"),
        ((1, 1, 1), 0.001, 0.002, None),
        ((0.1, 1, 1), 0.1, 0.002, None),
        ((0.1, 1, 1), 0.001, 0.1, None),
        ((0, 0, 0), 0.001, 0.002, None),
    ],
)
def test_a_column_that_alone_leaves_no_loss_may_leak_the_target(norms, train_loss, test_loss, asked):
    used = [Strong(feature, norm) for feature, norm in enumerate(norms) if norm]
    found = feature_words.leak([feature_words.Outcome(2, train_loss, test_loss, used)], LEAKY, 0.7)
    assert [
        f"At lambda = 2 the column {asked} alone" in line and f"--drop {asked} shows" in line for line in found
    ] == [True] * (asked is not None)


def test_any_lambda_may_tell_of_a_leak_and_a_table_of_one_column_has_nothing_to_drop():
    outcomes = [
        feature_words.Outcome(0, 0.0, 0.0, strongest(0, 1)),
        feature_words.Outcome(3, 0.01, 0.01, strongest(0)),
        feature_words.Outcome(9, 0.6, 0.6, strongest(0)),
    ]
    (line,) = feature_words.leak(outcomes, Encoding(LEAKY.rules[1:]), 0.7)
    assert "lambda = 0 the column paid alone" in line and line.endswith("does it leak the target?")
    (line,) = feature_words.leak(outcomes, LEAKY, 0.7)
    assert "At lambda = 3 the column age alone" in line


def of_classes(classes, weights=None):
    Y = np.array(classes, dtype=float)[:, None]
    return Examples(Y, Y, None if weights is None else np.array(weights, dtype=float)[:, None])


@pytest.mark.parametrize(
    "tested, accuracy, told",
    [([0, 0, 0, 1], 0.75, True), ([0, 0, 0, 1], 0.5, True), ([0, 0, 0, 1], 1.0, False), ([1, 1, 1, 0], 0.75, False),
     ([], 0.5, False)],
)  # fmt: skip
def test_an_accuracy_that_the_most_frequent_class_has_too_is_told(tested, accuracy, told):
    found = words.majority(of_classes([0, 0, 1]), of_classes(tested), accuracy, 0.6, 0.5)
    assert ["is no better than always naming the most frequent class" in line for line in found] == [True] * told
    assert [line.endswith(": ROC AUC (0.6) and balanced accuracy (0.5) tell more.") for line in found] == [True] * told


def test_the_most_frequent_class_is_that_of_the_largest_weight():
    trained, tested = of_classes([0, 0, 1], [0.5, 0.5, 2.0]), of_classes([0, 1], [0.4, 1.6])
    (line,) = words.majority(trained, tested, 0.7, 0.6, 0.5)
    assert "(80.0 %)" in line
    assert words.majority(of_classes([0, 0, 1]), tested, 0.7, 0.6, 0.5) == []


def test_scores_that_are_not_defined_are_not_said_to_tell_more():
    def end(auc, balanced):
        (line,) = words.majority(of_classes([0, 0, 1]), of_classes([0]), 1.0, auc, balanced)
        return line.partition("(100.0 %)")[2]

    assert end(math.nan, 0.5) == ": balanced accuracy (0.5) tells more."
    assert end(math.nan, math.nan) == "."
