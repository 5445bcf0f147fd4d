"""Panels and figures by matplotlib: every type is drawn, in the right place, and nothing in a name is interpreted."""

import dataclasses
import itertools
import json
import math
import subprocess
import sys
from xml.etree.ElementTree import fromstring, tostring

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure as Picture
from matplotlib.text import Text

from wdcli import plots, study
from wdcli.errors import ConfigError, StoreError
from wdcli.figures import gallery
from wdcli.figures.axes import lambda_axis, linear_axis, log_axis
from wdcli.figures.colours import surface_colours
from wdcli.figures.model import (
    HOLLOW,
    Chart,
    Dots,
    Figure,
    Gauge,
    HeatMap,
    Interval,
    Intervals,
    Line,
    Mark,
    Point,
    Surface,
    Zone,
)
from wdcli.figures.shown import Shown
from wdcli.figures.svg import figure_svg, panel_svg
from wdcli.fits.config import FitConfig
from wdcli.plots.style import glyph
from wdcli.report.serial import to_json
from wdcli.sweep.config import SweepConfig

NAMES = ["</script><img onerror=alert(1)>", "[red]markup[/red]", "a^$", "$x$", r"\frac{", "年龄", "x" * 60, "%", "{"]
LAMBDAS = (0.0, 0.01, 0.1, 1.0, 10.0)


def chart(name="CV", title="", lambdas=LAMBDAS):
    points = tuple(Point(x, 0.2 + 0.1 * i, 0.1 + 0.1 * i, 0.3 + 0.1 * i) for i, x in enumerate(lambdas))
    lines = (Line(name, 0, "dot", "solid", points), Line("test", 1, "ring", "dotted", points[:2]))
    gauge = Gauge(name, points, tuple(f"{point.y:.2f}" for point in points))
    marks = (Mark(lambdas[1], "min", strong=False), Mark(lambdas[2], "paired", strong=True))
    x, y = lambda_axis(lambdas), log_axis("loss", 0.05, 2)
    return Chart(title, x, y, lines, (Zone(0, 0.4, "overfit"), Zone(0.4, 1, "good")), marks, gauge, (10.0,))


def heat_map(name="x1", title="", rows=3, columns=5):
    cells = tuple(tuple((i + j) % 4 for j in range(columns)) for i in range(rows))
    names, labels = tuple(name for _ in range(rows)), tuple(str(j) for j in range(columns))
    return HeatMap(title, names, labels, "lambda", cells, 3, (0.0, 0.1, 0.2), name, (Mark(2, "min", strong=True),))


def surface(name="x1", title="", classes=False):
    cells = tuple(tuple((i + j) % 4 for j in range(6)) for i in range(5))
    kinds = tuple(tuple(j % 3 for j in range(6)) for _ in range(5)) if classes else None
    dots = (Dots(name, 0, "dot", small=False, points=((-1, 2), (1, 4))), Dots("b", 1, "cross", small=True, points=()))
    x, y = linear_axis(name, -2, 2), linear_axis(name, 0, 5)
    return Surface(title, x, y, cells, 4, kinds, (((-2, 0), (2, 5)),), dots)


def intervals(name="l1 - l2", title=""):
    rows = (Interval(name, -0.1, -0.2, 0.1, name), Interval("undefined", math.nan, math.nan, math.nan, "nothing"))
    return Intervals(title, linear_axis("difference", -0.5, 0.5), rows)


@pytest.fixture(scope="module")
def results():
    """A sweep, and a comparison of two."""
    X = np.random.default_rng(0).normal(size=(40, 2))
    data = study.arrays(X, (X[:, 0] > 0).astype(int))
    l1, l2 = (
        SweepConfig(FitConfig(penalty=name, hidden=(8,), epochs=30), lambdas=(0, 0.1, 0.3, 1), folds=2, seeds=1)
        for name in ("l1", "l2")
    )
    return study.sweep(data, l1), study.compare(data, [("l1", l1), ("l2", l2)])


PANELS = [chart, heat_map, surface, intervals]


def figure(*panels):
    return Figure("cv", "A title", "A caption.", "A description.", panels, ("This is left out.",))


def axes():
    return Picture().add_subplot()


def drawn(ax):
    """Draw all of the picture, as a file would be; warnings are errors."""
    ax.figure.draw_without_rendering()
    return {text.get_text() for text in ax.figure.findobj(Text)}


def places(ax, **look):
    """Every point of the lines on the axes that look so, as an array."""
    found = [line for line in ax.lines if all(getattr(line, f"get_{key}")() == value for key, value in look.items())]
    return np.concatenate([line.get_xydata() for line in found])


@pytest.mark.parametrize("make", PANELS)
def test_a_panel_is_drawn_on_given_axes_which_are_returned(make):
    ax = axes()
    assert plots.draw(make(), ax) is ax
    drawn(ax)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", PANELS)
def test_no_name_is_interpreted_or_missing(make, name):
    ax = plots.draw(make(name, title=name), axes())
    texts = " ".join(drawn(ax)).replace("\n", "")
    assert name[:10].replace("年龄", "□□") in texts or "年龄" in texts
    assert not any(text.get_parse_math() or text.get_usetex() for text in ax.findobj(Text) if text.get_text())


def test_letters_that_no_font_has_are_replaced_and_others_are_not():
    assert "a\N{WHITE SQUARE}b" in drawn(plots.draw(chart("a\U000f1234b"), axes()))
    assert "é ≤ λ" in drawn(plots.draw(chart("é ≤ λ"), axes()))


def test_points_are_at_the_places_of_the_model():
    panel = chart()
    found = places(plots.draw(panel, axes()), color="#0072B2", linestyle="-")
    assert found == pytest.approx(np.array([(panel.x.place(p.x), panel.y.place(p.y)) for p in panel.lines[0].points]))


def test_zero_is_not_joined_to_the_rest():
    ax = plots.draw(chart(), axes())
    lengths = [len(line.get_xdata()) for line in ax.lines if line.get_linestyle() == "-"]
    assert sorted(lengths)[-2:] == [1, 4]


@pytest.mark.parametrize("filled", HOLLOW)
def test_a_hollow_point_has_the_shape_of_the_filled_one(filled):
    solid, hollow = (glyph(name, "#0072B2", 5) for name in (filled, HOLLOW[filled]))
    assert (hollow["marker"], hollow["ms"], hollow["mec"]) == (solid["marker"], solid["ms"], solid["mec"])
    assert (solid["mfc"], hollow["mfc"]) == ("#0072B2", "white")


def test_the_chosen_points_and_no_others_have_a_ring():
    panel = dataclasses.replace(chart(), chosen=chart().lines[1].points[1:])
    rings = [line for line in plots.draw(panel, axes()).lines if line.get_markersize() == 11]
    (point,) = panel.chosen
    assert [line.get_xydata().tolist() for line in rings] == [[[panel.x.place(point.x), panel.y.place(point.y)]]]


@pytest.mark.parametrize("count, small", [(60, False), (61, True)])
def test_many_points_that_are_not_joined_are_small_in_every_picture(count, small):
    line = Line("rows", 2, "ring", "none", tuple(Point(i, i) for i in range(count)))
    panel = Chart("", linear_axis("x", 0, 100), linear_axis("y", 0, 100), (line,))
    (drawn_line,) = plots.draw(panel, axes()).lines
    assert (drawn_line.get_markersize() < 5) == (drawn_line.get_alpha() < 1) == small
    assert ("many" in tostring(panel_svg(panel, 420, "p", ""), encoding="unicode")) == small


@pytest.mark.parametrize("count", [15, 200])
def test_glyphs_of_a_crowded_line_stand_apart_and_others_have_every_point(count):
    lambdas = [10 ** (i / count - 3) for i in range(count)]
    ax = plots.draw(chart(lambdas=lambdas), axes())
    (line,) = [line for line in ax.lines if line.get_linestyle() == "-" and len(line.get_xdata()) == count]
    pixels = ax.bbox.width / ax.figure.dpi * 96
    gaps = np.diff(line.get_xdata()[line.get_markevery()]) * pixels
    assert len(line.get_markevery()) == count if count == 15 else min(gaps) >= 24


def test_ticks_are_those_of_the_model():
    panel = chart()
    ax = plots.draw(panel, axes())
    assert list(ax.get_yticks()) == pytest.approx([panel.y.place(tick.value) for tick in panel.y.ticks])
    assert [text.get_text() for text in ax.get_yticklabels()] == [tick.label for tick in panel.y.ticks]
    assert list(ax.get_xticks()) == pytest.approx([panel.x.place(tick.value) for tick in panel.x.ticks])


def test_what_lies_beyond_has_a_sign_at_the_end_and_no_glyph():
    points = (Point(0.01, 9.0), Point(0.1, 0.5), Point(1.0, 1e-6))
    panel = dataclasses.replace(chart(), lines=(Line("CV", 0, "dot", "solid", points),), marks=(), lost=())
    ax = plots.draw(panel, axes())
    assert places(ax, marker=matplotlib.markers.CARETUP) == pytest.approx(np.array([(panel.x.place(0.01), 1)]))
    assert places(ax, marker=matplotlib.markers.CARETDOWN) == pytest.approx(np.array([(panel.x.place(1.0), 0)]))
    assert [line.get_markevery() for line in ax.lines if line.get_marker() == "o"] == [[1]]
    assert "beyond the axis" in drawn(ax)


def test_diverged_lambdas_are_triangles_at_the_top():
    panel = chart()
    ax = plots.draw(panel, axes())
    assert places(ax, marker="^") == pytest.approx(np.array([(panel.x.place(10.0), 1)]))
    assert "diverged" in drawn(ax)


def test_error_bars_become_a_band_where_lambdas_are_crowded():
    few, many = chart(), chart(lambdas=(0.0, *(10 ** (i / 50 - 3) for i in range(200))))
    bands = [[c for c in plots.draw(p, axes()).collections if "FillBetween" in type(c).__name__ or
              "PolyCollection" in type(c).__name__] for p in (few, many)]  # fmt: skip
    assert [len(found) for found in bands] == [0, 1]


def test_labels_over_the_axes_do_not_overlap():
    lambdas = (0.0, *(10 ** (i / 50 - 3) for i in range(200)))
    panel = chart(lambdas=lambdas)
    marks = tuple(
        Mark(x, name, strong=True) for x, name in zip(lambdas[90:], ("l1", "elastic-net", "l2"), strict=False)
    )
    ax = plots.draw(dataclasses.replace(panel, marks=marks), axes())
    drawn(ax)
    for texts in ({"l1", "elastic-net", "l2"}, set(panel.gauge.labels)):
        boxes = sorted(text.get_window_extent().extents.tolist() for text in ax.texts if text.get_text() in texts)
        assert len(boxes) >= 3
        assert all(a[2] < b[0] for a, b in itertools.pairwise(boxes))


def test_white_is_exactly_zero():
    image = plots.draw(heat_map(), axes()).images[0]
    colors = image.cmap(image.norm(np.arange(4)))
    assert colors[0].tolist() == [1, 1, 1, 1]
    assert all(a > b for a, b in itertools.pairwise(colors[:, 0]))


@pytest.mark.parametrize("classes", [False, True])
def test_a_surface_has_its_cells_and_dots_in_place(classes):
    panel = surface(classes=classes)
    ax = plots.draw(panel, axes())
    assert ax.images[0].get_array().shape == (5, 6, 3)
    assert places(ax, marker="o") == pytest.approx(
        np.array([(panel.x.place(x), panel.y.place(y)) for x, y in ((-1, 2), (1, 4))])
    )


def test_an_interval_has_its_ends_in_place_and_an_undefined_one_is_only_named():
    panel = intervals()
    ax = plots.draw(panel, axes())
    assert places(ax, marker="|") == pytest.approx(np.array([(panel.x.place(-0.2), 0), (panel.x.place(0.1), 0)]))
    assert {"undefined", "nothing"} <= drawn(ax)


@pytest.mark.parametrize("width", [300, 960])
@pytest.mark.parametrize("format, start", [("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_a_file_has_all_panels_and_the_same_bytes_each_time(width, format, start):
    made = figure(*(make() for make in PANELS), surface(), surface(), surface())
    data = plots.save(made, format, width)
    assert data.startswith(start)
    assert data == plots.save(made, format, width)


def test_a_png_has_two_dots_a_pixel():
    data = plots.save(figure(chart()), "png", 300)
    assert int.from_bytes(data[16:20]) == 600


def test_a_picture_says_what_the_figure_says():
    texts = drawn(plots.picture(figure(chart(), intervals())).axes[0])
    assert {"A title", "A caption.\nThis is left out."} <= texts


@pytest.mark.parametrize("make", [lambda name: dataclasses.replace(chart(name), gauge=None), surface])
@pytest.mark.parametrize("width", [300, 960])
def test_a_long_name_in_a_legend_is_cut(make, width):
    made = plots.picture(figure(*[make("a long name " * 40)] * 2), width)
    drawn(made.axes[0])
    boxes = [text.get_window_extent() for ax in made.axes if ax.get_legend() for text in ax.get_legend().get_texts()]
    assert boxes and all(box.x0 >= -1 and box.x1 <= width + 1 for box in boxes)


@pytest.mark.parametrize("words", ["W" * 7, "年龄年龄", "one little loss"])
def test_title_and_caption_fill_the_picture_and_stay_in_it(words):
    panel, said = chart(), " ".join([words] * 60)
    made = plots.picture(Figure("cv", said, said, "", (panel,)), 500)
    drawn(made.axes[0])
    for text in (made._suptitle, made._supxlabel):
        assert 250 < text.get_window_extent().width < 500


@pytest.mark.parametrize("width", [420, 640, 960])
@pytest.mark.parametrize("panel", [chart(), dataclasses.replace(chart(), zones=()), surface(), heat_map()],
                         ids=["zones", "chart", "surface", "heat map"])  # fmt: skip
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_panels_stand_in_the_same_rows_as_in_an_svg(panel, count, width):
    made = Figure("cv", "", "", "", (panel,) * count)
    in_svg = {each.get("x") for each in fromstring(figure_svg(made, width)) if each.tag.endswith("svg")}
    axes = [ax for ax in plots.picture(made, width).axes if ax.images or ax.lines]
    assert len(in_svg) == len({ax.get_subplotspec().colspan.start for ax in axes})


BARE = dataclasses.replace(surface(), borders=())


@pytest.mark.parametrize("second, legends", [(surface(), 1), (BARE, 1), (surface("z"), 2)],
                         ids=["the same", "fewer", "others"])  # fmt: skip
def test_panels_side_by_side_share_a_legend_if_one_has_all_names(second, legends):
    found = [ax.get_legend() for ax in plots.picture(figure(second, surface())).axes if ax.get_legend()]
    assert len(found) == legends
    assert {"x1", "border between classes"} <= {text.get_text() for legend in found for text in legend.get_texts()}


@pytest.mark.parametrize("classes", [False, True])
def test_a_surface_has_keys_of_its_rows_its_lines_and_its_colours_and_none_of_what_it_lacks(classes):
    panel = dataclasses.replace(surface(classes=classes), answer="chance", ends=None if classes else ("0", "1"))
    legend = plots.draw(panel, axes()).get_legend()
    scale = "chance" if classes else "chance, from 0 to 1"
    assert [text.get_text() for text in legend.get_texts()] == ["x1", "border between classes", scale]
    colors = [patch.get_facecolor()[:3] for patch in legend.legend_handles[-1]]
    assert colors == [tuple(part / 255 for part in each) for each in surface_colours(panel)[:4]]
    bare = plots.draw(dataclasses.replace(panel, borders=(), answer="", ends=None), axes()).get_legend()
    assert [text.get_text() for text in bare.get_texts()] == ["x1"]


@pytest.mark.parametrize("panel", [heat_map(rows=40, columns=200), heat_map(columns=1), heat_map(rows=1)])
def test_a_heat_map_of_any_size_is_one_image(panel):
    ax = plots.draw(panel, axes())
    drawn(ax)
    assert len(ax.images) == 1


def test_no_global_setting_changes_and_the_users_count():
    before = dict(matplotlib.rcParams)
    plots.save(figure(chart()), "png", 300)
    plots.draw(chart(), axes())
    assert dict(matplotlib.rcParams) == before
    with matplotlib.rc_context({"font.size": 20.0}):
        assert plots.draw(chart(), axes()).xaxis.label.get_size() == 20


FIGURES = {
    "cv": plots.cv_curve, "weights": plots.weight_curves, "features": plots.features, "front": plots.front,
    "function": plots.function, "learning": plots.learning_curves, "compare": plots.comparison,
}  # fmt: skip


def a_result(results, name):
    """A result that has the figure of this name."""
    return results[1 if name == "compare" else 0]


def test_every_figure_has_a_function():
    assert set(FIGURES) == set(gallery.NAMES)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_a_picture_of_its_own(results, name):
    result = a_result(results, name)
    figure = gallery.make(name, Shown.read(result.to_json()))
    made = FIGURES[name](result).figure
    drawn(made.axes[0])
    assert made.get_suptitle() == figure.title
    assert [ax.get_title(loc="left") for ax in made.axes if ax.get_title(loc="left")] == [
        panel.title for panel in figure.panels if panel.title
    ]


def test_a_notebook_displays_the_picture_of_the_axes_that_are_returned(results):
    data = plots.weight_curves(results[0])._repr_png_()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20]) == 960


PLACES = {
    "alone": lambda: Picture().add_subplot(),
    "beside others": lambda: Picture(figsize=(12, 8)).subplots(2, 2)[1, 0],
    "put by hand": lambda: Picture(figsize=(10, 6)).add_axes((0.1, 0.2, 0.8, 0.6)),
    "with a layout": lambda: Picture(figsize=(24, 24), layout="constrained").subplots(1, 2)[0],
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_in_the_place_of_given_axes_which_are_returned(results, name, place):
    ax, result = PLACES[place](), a_result(results, name)
    box = ax.get_position()
    others = [each for each in ax.figure.axes if each is not ax]
    assert FIGURES[name](result, ax) is ax
    drawn(ax)
    panels = gallery.make(name, Shown.read(result.to_json())).panels
    titles = {each.get_title(loc="left") for each in ax.figure.axes if each not in others}
    assert {panel.title.split(":")[0] for panel in panels} <= {title.split(":")[0] for title in titles}
    if place != "with a layout":
        inside = [each.get_position() for each in ax.figure.axes if each not in others]
        assert all(box.x0 - 0.1 <= each.x0 and each.x1 <= box.x1 + 1e-9 for each in inside)
        assert all(box.y0 - 1e-9 <= each.y0 and each.y1 <= box.y1 + 1e-9 for each in inside)


def test_panels_do_not_touch_where_no_layout_places_them(results):
    ax = Picture(figsize=(12, 5)).add_subplot()
    plots.weight_curves(results[0], ax)
    drawn(ax)
    boxes = [each.get_tightbbox() for each in ax.figure.axes if each.lines]
    assert len(boxes) == 3
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


class Estimator:
    """What has been fitted has its result."""

    def __init__(self, result):
        self.result_ = result


def test_a_result_its_object_and_a_fitted_estimator_give_the_same_picture(results):
    sweep, _ = results
    told = json.loads(to_json(sweep.to_json()))
    pictures = [drawn(plots.cv_curve(result)) for result in (sweep, told, Estimator(sweep))]
    assert pictures[0] == pictures[1] == pictures[2]
    assert "CV, one SE" in pictures[0]


def test_one_fit_has_learning_curves_alone(results):
    folds = results[0].folds
    fit = study.train(study.Data(folds.dataset, folds.split), FitConfig(hidden=(3,), epochs=2), 0.1)
    for result in (fit, fit.to_json()):
        assert "epoch" in drawn(plots.learning_curves(result))
        for draw in (draw for name, draw in FIGURES.items() if name != "learning"):
            with pytest.raises(ConfigError, match="one fit: only learning_curves draws it"):
                draw(result)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("thing", [3, None, "cv.json", object(), Estimator(None)])
def test_what_is_no_result_is_refused(name, thing):
    with pytest.raises(ConfigError, match="can't be drawn: give a result of"):
        FIGURES[name](thing)


def test_a_result_without_such_a_figure_says_why_and_leaves_the_axes_alone(results):
    ax = axes()
    for place in (None, ax):
        with pytest.raises(StoreError, match="compares several"):
            plots.comparison(results[0], place)
    assert ax.axison and not ax.has_data()


def test_pyplot_is_never_imported():
    program = "import sys; from wdcli import plots; print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_without_matplotlib_the_message_says_how_to_get_it():
    program = "import sys; sys.modules['matplotlib'] = None; import wdcli.plots"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "pip install 'wdcli[plot]'" in done.stderr.splitlines()[-1]
