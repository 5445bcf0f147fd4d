"""What each figure says."""

import copy
import itertools
from typing import get_args

import pytest

from tests.figures import objects
from wdcli.errors import StoreError
from wdcli.figures import beside, gallery
from wdcli.figures.cv import cv_figure
from wdcli.figures.features import features_figure
from wdcli.figures.front import front_figure
from wdcli.figures.function import MOST_FRAMES, frames, function_figure
from wdcli.figures.learning import learning_figure
from wdcli.figures.model import HOLLOW, Chart
from wdcli.figures.shown import Shown
from wdcli.figures.signs import ASCII, UNICODE
from wdcli.figures.svg.glyphs import SHAPES
from wdcli.figures.turned import Turned
from wdcli.figures.weights import weights_figure
from wdcli.names import GroupPenalty
from wdcli.nn.penalties import PENALTIES

SWEEP = objects.sweep()
SIGNS = {False: UNICODE, True: ASCII}
RUNS = {
    "two features": SWEEP,
    "one feature": objects.sweep(columns=["x1"]),
    "a regression": objects.sweep(classes=[]),
    "many features": objects.sweep(columns=[f"x{i}" for i in range(784)]),
    "200 lambdas": objects.many(200),
    "300 classes": {**objects.sweep(columns=["a", "b", "c"]), "classes": [f"c{i}" for i in range(300)]},
    "some diverged": objects.diverged(SWEEP, 1, 5),
    "only the chosen one": objects.diverged(SWEEP, 0, 1, 2, 4, 5),
    "interrupted": {**SWEEP, "selection": dict.fromkeys(("lambda_min", "chosen", "l1_ratio")) | {"rule": "paired"}},
    "groups": objects.grouped(SWEEP),
    "compared": objects.comparison(),
}


def figures(shown):
    return [gallery.make(name, Shown.read(shown)) for name in gallery.NAMES]


@pytest.mark.parametrize("shown", RUNS.values(), ids=RUNS)
def test_every_figure_is_drawn_or_says_why_not(shown):
    for figure in figures(shown):
        assert figure.title
        assert bool(figure.panels) == bool(figure.caption) == bool(figure.description)
        assert figure.panels or figure.left_out
        assert all(reason.endswith(".") for reason in figure.left_out)


@pytest.mark.parametrize("shown", RUNS.values(), ids=RUNS)
def test_a_figure_is_the_same_each_time(shown):
    assert repr(figures(shown)) == repr(figures(copy.deepcopy(shown)))


NOT_DRAWN = {
    "one lambda": ({**SWEEP, "rows": SWEEP["rows"][2:3]}, "Only one lambda, 0.1"),
    "no lambda": ({**SWEEP, "rows": []}, "No lambda was trained"),
    "all diverged": (objects.diverged(SWEEP, *range(6)), "diverged at every lambda"),
}


@pytest.mark.parametrize(("shown", "reason"), NOT_DRAWN.values(), ids=NOT_DRAWN)
def test_over_lambda_nothing_is_drawn_without_several(shown, reason):
    for name in ("cv", "weights", "features", "front"):
        figure = gallery.make(name, Shown.read(shown))
        assert not figure.panels
        assert reason in figure.left_out[0]


def test_an_old_run_has_the_figures_that_need_no_more_than_it_has():
    old = Shown.read(objects.old(SWEEP))
    assert [name for name in gallery.NAMES if gallery.make(name, old).panels] == ["cv", "weights", "front"]
    for name in ("learning", "function", "features", "weights"):
        assert "stored by an older version" in gallery.make(name, old).left_out[0]


def with_row(**changes):
    return {**SWEEP, "rows": [{**SWEEP["rows"][0], **changes}, *SWEEP["rows"][1:]]}


FUNCTION = SWEEP["function"]
RUBBISH = {
    "nothing": {}, "a number": {"rows": 3}, "an empty sweep": {"sweeps": [{}]}, "no sweeps": {**SWEEP, "sweeps": []},
    "no lambda": with_row(**{"lambda": "x"}), "a negative one": with_row(**{"lambda": -1.0}),
    "an infinite one": with_row(**{"lambda": float("inf")}), "a list of ratios": with_row(l1_ratio=[1]),
    "fewer layers": with_row(layers=SWEEP["rows"][0]["layers"][:1]), "fewer columns": with_row(column_norms=[1.0]),
    "fewer epochs": with_row(history={"epochs": [0], "train_loss": [], "test_loss": []}),
    "fewer points": with_row(function=[[0.5]]), "more outputs": with_row(function=2 * SWEEP["rows"][0]["function"]),
    "another rule": {**SWEEP, "selection": {**SWEEP["selection"], "rule": "best"}},
    "a heading that is a number": {**SWEEP, "heading": 7}, "a summary that is a list": {**SWEEP, "summary": []},
    "an axis without length": {**SWEEP, "function": {**FUNCTION, "axes": [{**FUNCTION["axes"][0], "high": -1.0}] * 2}},
    "too many axes": {**SWEEP, "function": {**FUNCTION, "axes": FUNCTION["axes"] * 2}},
    "rows without a target": {**SWEEP, "function": {**FUNCTION, "test": {"x": [[1.0], [1.0]], "y": []}}},
}  # fmt: skip


@pytest.mark.parametrize("rubbish", RUBBISH.values(), ids=RUBBISH)
def test_what_is_no_result_is_refused(rubbish):
    with pytest.raises(StoreError, match="can't be read"):
        Shown.read(rubbish)


def test_text_that_was_stored_is_made_harmless():
    shown = Shown.read({**SWEEP, "summary": "a\x1b[31mb\nc", "heading": ["\x1b[2J", "x"]})
    assert shown.summary == "a\N{REPLACEMENT CHARACTER}[31mb\nc"
    assert "\x1b" not in "".join(shown.heading)


def test_lambdas_that_diverged_are_never_dropped_in_silence():
    lost = objects.diverged(objects.sweep(columns=["a", "b", "c"]), 1, 2)
    assert features_figure(objects.read(lost)).left_out[0].startswith("2 lambdas are left out")
    compared = objects.comparison()
    compared["sweeps"] = [{"penalty": name, **objects.diverged(SWEEP, 1)} for name in ("l1", "l2")]
    figure = gallery.make("compare", Shown.read(compared))
    assert figure.panels[0].lost
    assert [reason[:2] for reason in figure.left_out] == ["l1", "l2"]


def test_a_function_is_drawn_where_all_shown_targets_are_equal():
    flat = objects.sweep(classes=[])
    for each in flat["rows"]:
        each["function"] = [[0.0] * objects.GRID**2]
    flat["function"]["train"]["y"] = flat["function"]["test"]["y"] = [0, 0]
    assert len(function_figure(objects.read(flat)).panels) == 3


def test_learning_curves_say_that_early_stopping_kept_an_earlier_network():
    stopped = {**SWEEP, "config": {"penalty": "l1", "early_stopping": True}}
    assert "Early stopping keeps" in learning_figure(objects.read(stopped)).caption
    assert "Early stopping" not in learning_figure(objects.read(SWEEP)).caption


def test_zones_are_the_verdicts_and_cover_the_axis():
    (panel,) = cv_figure(objects.read(SWEEP)).panels
    assert [zone.name for zone in panel.zones] == ["overfit", "good", "underfit", "collapsed"]
    assert panel.zones[0].start == 0 and panel.zones[-1].end == 1
    assert all(a.end == b.start for a, b in itertools.pairwise(panel.zones))
    for row, zone in [(1, 0), (2, 1), (3, 1), (4, 2)]:
        place = panel.x.place(objects.LAMBDAS[row])
        assert panel.zones[zone].start < place < panel.zones[zone].end


def test_the_chosen_lambda_and_the_best_are_marked_once_each():
    (panel,) = cv_figure(objects.read(SWEEP)).panels
    assert [(mark.x, mark.label, mark.strong) for mark in panel.marks] == [(0.1, "min", False), (1.0, "paired", True)]
    same = {**SWEEP, "selection": {**SWEEP["selection"], "chosen": 0.1}}
    (panel,) = cv_figure(objects.read(same)).panels
    assert [(mark.x, mark.label, mark.strong) for mark in panel.marks] == [(0.1, "min, paired", True)]


def rings(panel):
    """The chosen points, and the names of their lines."""
    return [(line.name, point.x, point.y) for line in panel.lines for point in line.points if point in panel.chosen]


def test_the_chosen_lambda_has_a_ring_on_the_line_that_chose_it():
    rows = [{**row, "l1_ratio": ratio} for ratio in (0.1, 0.9) for row in SWEEP["rows"]]
    shown = {**SWEEP, "rows": rows, "selection": {**SWEEP["selection"], "l1_ratio": 0.9}}
    first, second = cv_figure(objects.read(shown)).panels
    assert not first.chosen
    assert rings(second) == [("CV, one SE", 1.0, 0.4)]
    assert not cv_figure(objects.read(RUNS["interrupted"])).panels[0].chosen


def test_each_layer_has_a_ring_at_the_chosen_lambda():
    for panel in weights_figure(objects.read(SWEEP)).panels:
        assert [(name, x) for name, x, _ in rings(panel)] == [(line.name, 1.0) for line in panel.lines]


def test_of_rows_of_one_size_the_chosen_one_has_the_ring_and_marks_of_one_size_are_one():
    shown = copy.deepcopy(SWEEP)
    for place in (1, 2, 3):
        shown["rows"][place].update(nonzero_weights=60, cv_loss=0.3 + 0.01 * (3 - place))
    shown["selection"].update(lambda_min=1.0, chosen=0.1)
    (panel,) = front_figure(objects.read(shown)).panels
    assert rings(panel) == [("beaten", 60, 0.31)]
    assert [(mark.x, mark.label, mark.strong) for mark in panel.marks] == [(60, "min, paired", True)]


def test_a_lambda_that_has_no_place_on_the_front_has_no_mark_there():
    shown = copy.deepcopy(SWEEP)
    shown["rows"][3]["cv_loss"] = 0.69
    (panel,) = front_figure(objects.read(shown)).panels
    assert [mark.label for mark in panel.marks] == ["min"]
    assert not panel.chosen


def test_each_penalty_has_a_ring_on_its_own_curve_at_its_own_lambda():
    shown = objects.comparison()
    shown["sweeps"][1]["selection"]["chosen"] = 10.0
    shown["sweeps"][0]["penalty"] = "l1, l2"
    curves = gallery.make("compare", Shown.read(shown)).panels[0]
    assert [point.x for point in curves.chosen] == [1.0, 10.0]
    assert [(mark.x, mark.label) for mark in curves.marks] == [(1.0, "l1, l2"), (10.0, "l2")]


def test_no_line_joins_0_or_crosses_a_lambda_that_diverged():
    (panel,) = cv_figure(objects.read(objects.diverged(SWEEP, 3))).panels
    pieces = [[point.x for point in piece] for piece in panel.lines[-1].pieces(panel.x)]
    assert pieces == [[0.0], [0.01, 0.1], [10.0, 100.0]]
    assert panel.lost == (1.0,)


def test_each_l1_ratio_has_a_panel_and_one_scale_of_loss():
    rows = [{**row, "l1_ratio": ratio} for ratio in (0.1, 0.9) for row in SWEEP["rows"]]
    shown = {**SWEEP, "rows": rows, "selection": {**SWEEP["selection"], "l1_ratio": 0.9}}
    first, second = cv_figure(objects.read(shown)).panels
    assert (first.title, second.title) == ("l1_ratio 0.1", "l1_ratio 0.9")
    assert first.y == second.y
    assert not first.marks and len(second.marks) == 2


def test_layers_have_a_line_each_and_zeros_only_where_there_are_any():
    assert [panel.title for panel in weights_figure(objects.read(SWEEP)).panels] == ["Size", "Zeros", "Smoothness"]
    size = weights_figure(objects.read(SWEEP)).panels[0]
    assert [line.name for line in size.lines] == ["layer 1", "output"]
    assert [point.y for point in size.lines[0].points] == [row["layers"][0]["l2_norm"] for row in SWEEP["rows"]]
    dense = copy.deepcopy(SWEEP)
    for row in dense["rows"]:
        row["sparsity"] = 0.0
    assert [panel.title for panel in weights_figure(objects.read(dense)).panels] == ["Size", "Smoothness"]


def test_the_penalties_on_groups_are_those_that_have_groups():
    assert set(get_args(GroupPenalty)) == {name for name, penalty in PENALTIES.items() if penalty.has_groups}


def test_of_a_penalty_on_groups_pictures_show_the_columns_and_units_that_are_left():
    shown = objects.read(objects.grouped(SWEEP))
    size, used, smoothness = weights_figure(shown).panels
    assert [panel.title for panel in (size, used, smoothness)] == ["Size", "In use", "Smoothness"]
    assert {line.name: [point.y for point in line.points] for line in used.lines} == {
        "columns": [1, 1, 1, 1, 0.5, 0],
        "units of layer 1": [1, 0.8, 0.6, 0.4, 0.2, 0],
    }
    assert (
        "the columns of the table in use from 2 to 1, the hidden units in use from 10 to 2"
        in weights_figure(shown).caption
    )
    gauge = cv_figure(shown).panels[0].gauge
    assert (gauge.label, gauge.labels) == ("columns left", ("2", "2", "2", "2", "1", "0"))


@pytest.mark.parametrize("change, label", [
    ({"effective_columns": 2}, "units left"),
    ({"effective_columns": 2, "effective": [2, 1]}, "weights left"),
    ({"effective_columns": None, "effective": None}, "weights left"),
])  # fmt: skip
def test_a_penalty_on_groups_that_takes_no_columns_away_takes_units_or_weights(change, label):
    shown = objects.grouped(SWEEP)
    shown["config"]["hidden"] = shown["config"]["hidden"] if label == "units left" else []
    for row in shown["rows"]:
        row.update(change)
    assert cv_figure(objects.read(shown)).panels[0].gauge.label == label


@pytest.mark.parametrize("name", ["effective", "effective_columns", "hidden", "columns"])
@pytest.mark.parametrize("value", [None, 0, -1, 1e300, float("nan"), [], [0], [2, 3, 1], [2, 0, 1], "x"])
def test_crafted_counts_give_a_picture_or_are_refused(name, value):
    shown = objects.grouped(SWEEP)
    holder = {"hidden": shown["config"], "columns": shown}.get(name, shown["rows"][1])
    holder[name] = value
    try:
        read = Shown.read(shown)
    except StoreError:
        return
    assert all(gallery.make(each, read).title for each in gallery.NAMES)


@pytest.mark.parametrize("penalty", ["l1", "group-lasso"])
def test_a_front_has_a_panel_for_columns_where_networks_use_different_numbers_of_them(penalty):
    shown = objects.grouped(SWEEP, penalty)
    weights, columns = front_figure(objects.read(shown)).panels
    assert (weights.title, columns.title) == ("Loss against weights", "Loss against columns")
    assert {(point.x, point.y) for point in columns.lines[1].points} == {(1, 0.5), (2, 0.3)}
    assert set(rings(columns)) == {("beaten", 2, 0.4)}
    assert "fewer weights (columns) and less CV loss" in front_figure(objects.read(shown)).caption
    for row in shown["rows"]:
        row["effective_columns"] = 2
    assert [panel.title for panel in front_figure(objects.read(shown)).panels] == [""]


def test_a_comparison_has_a_panel_for_columns_where_any_network_uses_fewer():
    shown = objects.comparison()
    assert [panel.title for panel in gallery.make("compare", Shown.read(shown)).panels][2:] == ["Loss against weights"]
    shown["sweeps"] = [{"penalty": name, **objects.grouped(SWEEP, name)} for name in ("l1", "group-lasso")]
    panels = gallery.make("compare", Shown.read(shown)).panels[2:]
    assert [panel.title for panel in panels] == ["Loss against weights", "Loss against columns"]
    assert {line.name for line in panels[1].lines} == {"l1", "l1: beaten", "group-lasso", "group-lasso: beaten"}


def test_the_penalties_of_a_comparison_share_the_axes_of_loss_against_size():
    """The same panels stand among those of the comparison."""
    shown = objects.comparison()
    for sweep, factor in zip(shown["sweeps"], (1, 7), strict=True):
        for row in sweep["rows"]:
            row["nonzero_weights"] *= factor
    read = Shown.read(shown)
    figure = gallery.make("front", read)
    (panel,) = figure.panels
    assert panel in gallery.make("compare", read).panels
    assert [line.name for line in panel.lines] == ["l1: beaten", "l1", "l2: beaten", "l2"]
    sizes = {line.name: {point.x for point in line.points} for line in panel.lines}
    assert sizes["l2"] == {7 * size for size in sizes["l1"]}
    assert {(mark.x, mark.label) for mark in panel.marks} == {(40, "l1"), (280, "l2")}
    assert {point.x for point in panel.chosen} == {40, 280}
    assert "l1: 3 lambdas on the front" in figure.description and "l2: 3 lambdas on the front" in figure.description
    assert figure.caption.startswith(
        "Filled, joined: no other lambda of the same penalty has both fewer weights and less"
    )


@pytest.mark.parametrize("ascii", [False, True])
def test_each_penalty_has_one_shape_in_all_charts_of_a_comparison_hollow_where_it_is_beaten(ascii):
    names, shown, signs = (
        ("none", "l1", "l2", "elastic-net", "group-lasso", "sparse-group"),
        objects.comparison(),
        SIGNS[ascii],
    )
    shown["sweeps"] = [{"penalty": name, **objects.diverged(objects.sweep(), 5)} for name in names]
    curves, front = (panel for panel in gallery.make("compare", Shown.read(shown)).panels if isinstance(panel, Chart))
    assert len({line.glyph for line in front.lines}) == 2 * len(names)
    first, last = (
        dict(zip((line.name for line in chart.lines), Turned(chart, signs).glyphs, strict=True))
        for chart in (curves, front)
    )
    assert first == {name: sign for name, sign in last.items() if name in names}
    glyphs = {line.name: line.glyph for line in (*curves.lines, *front.lines)}
    assert all(HOLLOW[glyphs[name]] == glyphs[f"{name}: beaten"] for name in names)
    shapes = {name: SHAPES[glyph] for name, glyph in glyphs.items()}
    assert all(shapes[name] == shapes[f"{name}: beaten"] for name in names)
    assert len(set(shapes.values())) == len(names)


def test_sizes_have_a_comma_after_their_thousands_in_the_rows_and_on_the_axis():
    shown = objects.comparison()
    for row in [row for sweep in shown["sweeps"] for row in sweep["rows"]]:
        row["nonzero_weights"] *= 30
    (panel,) = gallery.make("front", Shown.read(shown)).panels
    assert [tick.label for tick in panel.x.ticks] == ["1,000", "2,000"]
    cells = [cell.plain for cell in beside.values(Turned(panel, SIGNS[False])).cells]
    assert cells == ["600", "1,200", "1,800", "2,400", "3,000"]


@pytest.mark.parametrize(("change", "reason"), [
    ({"nonzero_weights": 100}, "All networks have the same number of weights"),
    ({"nonzero_weights": 0}, "No network has a place in a picture of loss against size"),
])  # fmt: skip
def test_a_comparison_without_fronts_says_why_where_they_are_asked_for(change, reason):
    shown = objects.comparison()
    for row in [row for sweep in shown["sweeps"] for row in sweep["rows"]]:
        row.update(change)
    read = Shown.read(shown)
    figure, compared = gallery.make("front", read), gallery.make("compare", read)
    assert (figure.panels, len(compared.panels), compared.left_out) == ((), 2, ())
    assert figure.left_out[0].startswith(reason)


def test_the_front_is_what_no_other_lambda_beats():
    (panel,) = front_figure(objects.read(SWEEP)).panels
    beaten, best = panel.lines
    rows = [(row["nonzero_weights"], row["cv_loss"]) for row in SWEEP["rows"] if row["status"] == "ok"]
    unbeaten = {(w, loss) for w, loss in rows if not any(v <= w and m <= loss and (v, m) != (w, loss) for v, m in rows)}
    assert {(point.x, point.y) for point in best.points} == unbeaten
    assert {(point.x, point.y) for point in beaten.points} == set(rows) - unbeaten
    assert front_figure(objects.read(SWEEP)).left_out == (
        "1 lambda is left out of the picture of loss against size: networks collapsed or diverged there.",
    )


def test_a_network_that_uses_no_column_is_said_to_use_none():
    shown = copy.deepcopy(SWEEP)
    shown["rows"][3]["column_norms"] = [0.0, 0.0]
    assert (
        "At the chosen lambda, 1, none of the table's 2 columns is in use."
        in features_figure(objects.read(shown)).caption
    )


def test_features_that_live_longest_stand_first_and_white_is_exactly_zero():
    shown = objects.sweep(columns=["a", "b", "c"])
    shown["rows"][4]["column_norms"] = [0.0, 1e-9, 0.0]
    (panel,) = features_figure(objects.read(shown)).panels
    assert panel.rows == ("b", "a", "c")
    norms = [[row["column_norms"][place] for row in shown["rows"]] for place in (1, 0, 2)]
    for cells, own in zip(panel.cells, norms, strict=True):
        assert [level == 0 for level in cells] == [norm == 0 for norm in own]
        ordered = sorted(zip(own, cells, strict=True))
        assert [level for _, level in ordered] == sorted(cells)


def test_of_many_features_the_first_forty_are_shown_and_that_is_said():
    figure = features_figure(objects.read(RUNS["many features"]))
    assert len(figure.panels[0].rows) == 40
    assert figure.left_out == ("40 of 784 columns are shown, those that stay in use longest.",)


def test_function_titles_are_the_verdicts():
    panels = function_figure(objects.read(SWEEP)).panels
    assert [panel.title.split(":")[0] for panel in panels] == ["overfit", "good", "underfit"]
    assert "lambda 0," in panels[0].title and "lambda 1," in panels[1].title and "lambda 10," in panels[2].title


def test_what_the_sweep_lacks_of_the_three_pictures_is_said():
    mild = copy.deepcopy(SWEEP)
    for row in mild["rows"]:
        row["verdict"] = "good"
    figure = function_figure(objects.read(mild))
    assert len(figure.panels) == 1
    assert len(figure.left_out) == 2


def test_a_surface_shows_the_grid_and_its_border():
    low, _, _ = function_figure(objects.read(SWEEP)).panels
    assert len(low.cells) == len(low.cells[0]) == objects.GRID - 1
    # At lambda 0 the made function is the place of x, so that cells grow to the right and the border lies in the middle.
    assert all(list(line) == sorted(line) for line in low.cells)
    assert {round(x, 9) for line in low.borders for x, _ in line} == {0.0}


def test_classes_have_their_own_hues_and_borders():
    several = copy.deepcopy(SWEEP)
    several["classes"] = ["a", "b", "c"]
    n = objects.GRID**2
    for row in several["rows"]:
        x = row["function"][0]
        row["function"] = [x, [1 - value for value in x], [0.0] * n]
    panel = function_figure(objects.read(several)).panels[0]
    assert {k for line in panel.classes for k in line} == {0, 1}
    assert {round(x, 9) for line in panel.borders for x, _ in line} == {0.0}


def test_ten_classes_of_one_feature_are_told_apart_without_colours():
    shown = objects.sweep(columns=["x1"], classes=[f"c{i}" for i in range(10)])
    for row in shown["rows"]:
        row["function"] = [[0.1] * objects.GRID] * 10
    for panel in function_figure(objects.read(shown)).panels:
        assert len({(line.glyph, line.stroke) for line in panel.lines}) == len({line.hue for line in panel.lines}) == 10


def test_frames_are_few_and_include_the_marked_lambdas():
    shown = objects.many(200)
    found = [lambd for lambd, _ in frames(objects.read(shown))]
    assert 20 <= len(found) <= MOST_FRAMES
    assert found == sorted(found)
    assert {shown["selection"]["lambda_min"], shown["selection"]["chosen"]} <= set(found)


def test_learning_curves_of_the_marked_lambdas_share_a_scale():
    panels = learning_figure(objects.read(SWEEP)).panels
    assert [panel.title for panel in panels] == ["lambda 0", "lambda 0.1 (min)", "lambda 1 (paired)"]
    assert len({panel.y for panel in panels}) == 1


def test_a_comparison_shows_curves_differences_and_fronts():
    figure = gallery.make("compare", Shown.read(objects.comparison()))
    curves, differences, fronts = figure.panels
    assert [line.name for line in curves.lines] == ["l1", "l2"]
    assert [mark.label for mark in curves.marks] == ["l1, l2"]
    (row,) = differences.rows
    assert (row.mean, row.low, row.high) == (0.1, -0.1, 0.3)
    assert differences.x.place(0) == pytest.approx(0.5)
    assert len(fronts.lines) == 4
    assert [line.stroke for line in fronts.lines if line.stepped] == ["solid", "dashed"]
    assert "no detectable difference" in figure.description


def test_what_is_said_of_several_penalties_names_them_unless_it_is_the_same():
    shown = objects.comparison()
    assert not gallery.make("cv", Shown.read(shown)).caption.startswith("l1: ")
    shown["sweeps"][1]["selection"]["chosen"] = 0.1
    caption = gallery.make("cv", Shown.read(shown)).caption
    assert "l1: Dots" in caption and "l2: Dots" in caption


def test_a_front_shows_lambdas_that_overfit_worse_than_a_constant_answer_but_none_that_collapsed_in_the_folds():
    shown = copy.deepcopy(SWEEP)
    shown["rows"][0]["cv_loss"] = 3 * shown["constant_loss"]
    shown["rows"][3]["cv_loss"] = 1.003 * shown["constant_loss"]
    (panel,) = front_figure(objects.read(shown)).panels
    drawn = {point.x for line in panel.lines for point in line.points}
    assert shown["rows"][0]["nonzero_weights"] in drawn
    assert shown["rows"][3]["nonzero_weights"] not in drawn


def test_an_elastic_nets_figures_say_which_l1_ratio_they_show():
    rows = [{**row, "l1_ratio": ratio} for ratio in (0.1, 0.9) for row in SWEEP["rows"]]
    shown = Shown.read({**SWEEP, "rows": rows, "selection": {**SWEEP["selection"], "l1_ratio": 0.9}})
    assert gallery.make("weights", shown).title.endswith("(l1_ratio 0.9)")
    assert "l1_ratio" not in gallery.make("cv", shown).title
