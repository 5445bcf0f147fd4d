"""A figure in a terminal: in any width, without colours, in ASCII, with whatever names data may have."""

import io
import math
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from wdcli.figures import terminal
from wdcli.figures.axes import between, lambda_axis, linear_axis, log_axis
from wdcli.figures.model import (
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
from wdcli.figures.signs import ASCII, UNICODE, plain
from wdcli.figures.strip import Scale
from wdcli.figures.thinning import thinned

WIDTHS = [40, 41, 55, 71, 72, 80, 120, 160, 200]
FOREIGN = ["[red]markup[/red]", "体重と身長の比率", "a very long name that goes on and on and on and on", "$x$ a^$ <b>"]
NAN = math.nan


def drawn(*panels, width=80, ascii=False, **words):
    """The lines of a figure, without trailing space."""
    figure = Figure("x", words.get("title", ""), words.get("caption", ""), "", panels, words.get("left_out", ()))
    file = io.StringIO()
    console = Console(file=file, width=width, highlight=False, markup=False, emoji=False)
    console.print(terminal.figure(figure, width, ascii), crop=False)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def line(points, name="CV", glyph="dot", **how):
    return Line(name, how.pop("hue", 0), glyph, how.pop("stroke", "solid"), tuple(Point(*point) for point in points))


def curve(lambdas, name="CV", **more):
    """A chart with a minimum at 1 and error bars of a fifth."""
    losses = [0.3 + 0.1 * abs(math.log10(max(x, 1e-3))) for x in lambdas]
    cv = line([(x, y, y - 0.06, y + 0.06) for x, y in zip(lambdas, losses, strict=True)], name)
    training = line([(x, y / 2) for x, y in zip(lambdas, losses, strict=True)], "training", "ring", hue=1)
    x = lambda_axis(lambdas)
    zones = [Zone(*stretch, "good") for stretch in between([x.place(value) for value in lambdas])]
    fields = {
        "lines": (training, cv),
        "marks": (Mark(1.0, "min", False), Mark(10.0, "paired", True)),
        "gauge": Gauge("weights left", tuple(Point(v, 9.0 - i) for i, v in enumerate(lambdas)), ("9",) * len(lambdas)),
        "zones": tuple(zones),
    }
    return Chart("a title", x, linear_axis("loss", 0.0, 1.0), **{**fields, **more})


LAMBDAS = [0.0, 0.01, 0.1, 1.0, 10.0, 100.0]
HEAT = HeatMap(
    "features", (*FOREIGN, "plain"), tuple(f"{x:g}" for x in LAMBDAS), "lambda",
    tuple(tuple(max(0, 9 - i - j) for i in range(6)) for j in range(5)), 9, tuple(0.1 * i for i in range(9)), "norm",
    (Mark(3, "min", False), Mark(4, "paired", True)),
)  # fmt: skip
PAIRS = Intervals(
    "differences", linear_axis("a minus b", -1.0, 1.0),
    (Interval("l1 - l2", 0.1, -0.2, 0.4, "no detectable difference"), Interval(FOREIGN[1], 3.0, 0.5, 5.0, "l2 is better"),
     Interval("none - none", 0.0, NAN, NAN, "negligible")),
)  # fmt: skip
DOTS = (
    Dots("class 0, training", 0, "dot", False, ((0.5, 0.5),)),
    Dots("class 1, test", 1, "triangle", True, ((-0.5, 0.9),)),
)
CELLS = tuple(tuple((i + j) % 10 for j in range(64)) for i in range(64))
BORDER = (((-1.0, -1.0), (0.0, 0.0), (1.0, 1.0)),)
PLANE = (linear_axis(FOREIGN[1], -1.0, 1.0), linear_axis("x2", -1.0, 1.0))
SURFACE = Surface("overfit", *PLANE, CELLS, 10, None, BORDER, DOTS)
CLASSES = Surface("three", *PLANE, CELLS, 10, tuple(tuple(j // 22 for j in range(64)) for _ in range(64)), (), DOTS)
BEYOND = Chart(
    "", lambda_axis(LAMBDAS), log_axis("loss", 0.1, 1.0),
    (line([(x, 1e-3) for x in LAMBDAS], "training", "ring"), line([(x, 7.0, 0.2, 9.0) for x in LAMBDAS], "CV")),
)  # fmt: skip
PANELS = {
    "curve": curve(LAMBDAS),
    "one line": curve(LAMBDAS, lines=curve(LAMBDAS).lines[:1], gauge=None, marks=()),
    "foreign names": curve(LAMBDAS, FOREIGN[1], lines=tuple(line([(1.0, 0.5)], name) for name in FOREIGN)),
    "a long x label": Chart("", linear_axis("weights that are not zero", 0, 9), PLANE[0], (line([(1, 0.5), (2, 0)]),)),
    "beyond": BEYOND,
    "many": curve([0.0, *(10 ** (i / 50 - 2) for i in range(199))]),
    "nan": curve(LAMBDAS, lines=(line([(x, NAN, NAN, NAN) for x in LAMBDAS]),)),
    "heat": HEAT,
    "intervals": PAIRS,
    "surface": SURFACE,
    "classes": CLASSES,
}


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("name", PANELS)
def test_no_line_is_longer_than_the_terminal_in_any_width(name, ascii):
    for width in WIDTHS:
        words = "A caption that is longer than a narrow terminal, so that it takes several lines there."
        lines = drawn(PANELS[name], width=width, ascii=ascii, title="A title", caption=words, left_out=("Left out.",))
        assert max(map(cell_len, lines)) <= width, width
        assert " ".join(words.split()) in " ".join(" ".join(lines).split())
        assert lines[-1] == "Left out."


@pytest.mark.parametrize("name", PANELS)
def test_ascii_has_nothing_else_and_no_colour_is_needed(name):
    text = "\n".join(drawn(PANELS[name], ascii=True))
    assert text.isascii()
    assert "\x1b" not in text


@pytest.mark.parametrize("signs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_every_sign_is_one_cell_wide(signs):
    every = [*signs.glyphs.values(), *signs.strokes.values(), *signs.spare, *signs.bar, *signs.axis, *signs.blocks]
    every += [*signs.shades, *signs.light, signs.grid, signs.below, signs.above, signs.plateau, signs.down, signs.zero]
    assert {cell_len(sign) for sign in every} == {1}
    assert len(set(signs.spare)) == len(signs.spare)


def test_text_in_ascii_is_as_wide_as_before():
    for text in (*FOREIGN, "a – b × c …", "ä±€"):
        assert plain(text).isascii()
        assert cell_len(plain(text)) == cell_len(text)


def row_of(lines, label):
    (found,) = [text for text in lines if text.split()[:1] == [label]]
    return found


@pytest.mark.parametrize("width", [60, 80, 118])
@pytest.mark.parametrize("y", [linear_axis("loss", 0.0, 1.0), log_axis("loss", 0.01, 1.0)], ids=["linear", "log"])
def test_a_point_is_drawn_in_the_column_of_its_place(y, width):
    losses = [0.01, 0.02, 0.1, 0.25, 0.5, 0.77, 1.0]
    lines = drawn(Chart("", linear_axis("x", 1.0, 7.0), y, (line(enumerate(losses, 1)),)), width=width)
    ruler = next(text for text in lines if "┬" in text)
    start, length = ruler.index(min(set(ruler) - {" "}, key=ruler.index)), len(ruler.strip())
    for label, loss in enumerate(losses, 1):
        assert row_of(lines, str(label)).index("●") == start + math.floor(y.place(loss) * (length - 1) + 0.5)


def test_the_scale_has_its_ends_at_its_ends():
    scale = Scale(linear_axis("loss", 2.0, 4.0), 31, before=2, after=3)
    assert [scale.column(value) for value in (2.0, 3.0, 4.0)] == [2, 17, 32]
    assert [scale.column(value) for value in (-9.0, 99.0)] == [2, 32]
    assert scale.total == 36


def test_the_more_important_line_covers_the_others():
    both = [(x, 0.5) for x in LAMBDAS]
    lines = drawn(curve(LAMBDAS, lines=(line(both, "training", "ring"), line(both, "test", "cross"), line(both))))
    assert all("●" in row and "○" not in row and "×" not in row for row in (row_of(lines, "0.1"), row_of(lines, "10")))


def test_an_error_bar_reaches_from_end_to_end_and_a_short_one_has_none():
    chart = curve(LAMBDAS, lines=(line([(0.1, 0.5, 0.3, 0.7), (1.0, 0.5, 0.5, 0.5)]),), gauge=None, zones=(), marks=())
    lines = drawn(chart)
    assert re.search("├─+●─+┤", row_of(lines, "0.1"))
    assert re.search("[^─├]●[^─┤]", row_of(lines, "1"))


def test_what_lies_beyond_the_axis_is_named_at_its_end():
    row = row_of(drawn(BEYOND), "0.1")
    assert "‹○" in row
    assert "●›" in row
    assert "‹ › beyond the axis" in "\n".join(drawn(BEYOND))
    assert "beyond" not in "\n".join(drawn(curve(LAMBDAS)))


@pytest.mark.parametrize("zones", [(), (Zone(0.0, 1.0, "good"),)], ids=["no verdicts", "verdicts"])
@pytest.mark.parametrize("width", [50, 80, 140])
@pytest.mark.parametrize("ascii", [False, True])
def test_a_row_whose_networks_diverged_says_so_beside_its_losses(zones, width, ascii):
    lost, triangle = line([(1000.0, 0.9), (100.0, 0.0)], "test", "triangle"), "^" if ascii else "▲"
    training = line([(x, 0.0) for x in (100.0, 1000.0)], "training", "ring")
    lines = drawn(
        curve([*LAMBDAS, 1000.0], lines=(training, lost), lost=(1000.0,), zones=zones), width=width, ascii=ascii
    )
    row = row_of(lines, "1000")
    assert row.endswith(" diverged") and row.count("diverged") == row.count(triangle) == 1
    assert row.count("o" if ascii else "○") == 1
    assert lines[-2].endswith(f"   {triangle} diverged")
    assert triangle not in row_of(lines, "100") and "diverged" not in row_of(lines, "100")


def test_many_rows_are_thinned_with_the_ends_and_the_marked_ones_kept():
    lambdas = [0.0, *(10 ** (i / 50 - 2) for i in range(199))]
    marked = (Mark(lambdas[77], "min", False), Mark(lambdas[78], "paired", True))
    lines = drawn(curve(lambdas, marks=marked))
    rows = [text for text in lines if "●" in text and "CV" not in text]
    assert len(rows) <= 60
    assert rows[0].split()[0] == "0"
    assert rows[-1].split()[0] == f"{lambdas[-1]:.3g}"
    assert [text.split("<")[1].strip() for text in rows if "<" in text] == ["min", "paired"]
    assert f"{len(rows)} of 200 values of lambda have a row." in lines


def test_points_that_no_line_joins_go_to_the_nearest_row_of_a_long_chart():
    network = line([(i / 100, 0.5) for i in range(101)], "network", "none")
    table = line([(0.50001, 0.9), (0.2, 0.1)], "rows", "ring", stroke="none")
    lines = drawn(Chart("", linear_axis("x", 0, 1), linear_axis("y", 0, 1), (table, network)), width=100)
    assert sum(text.count("○") for text in lines) == 2 + 2  # in the heading of its numbers and the legend too
    assert "Points at other values of x are in the nearest row." in "\n".join(lines)


@pytest.mark.parametrize("number, most, kept", [(200, 60, [77, 78]), (61, 60, []), (5, 60, [2]), (100, 2, [50])])
def test_thinning_keeps_the_ends_and_what_it_must(number, most, kept):
    found = thinned(number, most, kept)
    assert {0, number - 1, *kept} <= set(found)
    assert found == sorted(set(found))
    assert len(found) <= max(most, len(kept) + 2)
    assert len(found) >= min(number, most) * 0.9 or most < 4


def test_lines_with_the_same_glyph_get_different_signs():
    same = tuple(line([(1.0, 0.1 * hue)], f"layer {hue}", hue=hue) for hue in range(5))
    legend = drawn(curve(LAMBDAS, lines=same), width=60)[-2]
    assert len(set(re.findall(r"(\S) layer", legend))) == 5


def test_side_bars_need_72_columns_and_numbers_a_wide_terminal():
    text = {width: "\n".join(drawn(PANELS["curve"], width=width)) for width in (71, 72, 140)}
    assert "weights left" not in text[71]
    assert "weights left" in text[72]
    assert "█" in text[72]
    assert "0.3000 ± 0.0600" not in text[72]
    assert "0.3000 ± 0.0600" in text[140]
    assert "0.3000 +- 0.0600" in "\n".join(drawn(PANELS["curve"], width=140, ascii=True))


def test_foreign_names_are_shown_as_they_are_and_keep_the_columns_aligned():
    lines = drawn(HEAT)
    for name in (*FOREIGN[:2], FOREIGN[3]):
        assert any(name in text for text in lines)
    rows = [text for text in lines if re.search("[░▒▓█]{4}", text)]
    assert len({cell_len(re.split("[░▒▓█]", text)[0]) for text in rows}) == 1
    names = "\n".join(drawn(PANELS["foreign names"]))
    assert all(name in names for name in FOREIGN)


def test_a_heat_map_marks_the_chosen_column_and_leaves_zeros_blank():
    lines = drawn(HEAT)
    chosen = next(text for text in lines if "▼ paired" in text).index("▼")
    row = row_of(lines, "plain")
    assert row[chosen - 4] == "░"
    assert row[chosen:] == "░" * 4  # level 1, and 0 after it


def test_a_wide_heat_map_is_thinned_and_its_marks_kept():
    levels = tuple(tuple(1 + i % 9 for i in range(500)) for _ in range(2))
    marks = (Mark(123, "min", False), Mark(499, "paired", True))
    wide = HeatMap("", ("a", "b"), tuple(map(str, range(500))), "lambda", levels, 9, tuple(range(9)), "norm", marks)
    lines = drawn(wide, width=60)
    assert any(re.fullmatch(r"\d+ of 500 columns are shown\.", text) for text in lines)
    assert sum("▼" in text for text in lines) == 2


def test_an_interval_crosses_zero_or_not_and_says_what_it_shows():
    lines = drawn(PAIRS, width=100)
    assert re.search("├─+●─+┤.*no detectable difference", row_of(lines, "l1"))
    assert "›" in next(text for text in lines if text.startswith(FOREIGN[1]))
    assert f"{FOREIGN[1]}: l2 is better" in drawn(PAIRS, width=40)
    assert "-0.2000 to +0.4000" in "\n".join(drawn(PAIRS, width=140))


def test_a_surface_has_its_rows_where_they_are():
    lines = [text[3:] for text in drawn(SURFACE, width=67) if "┬" in text or re.search("[░▒▓█●▲]{2}", text)][1:]
    ((height, place),) = [(i, text.index("●")) for i, text in enumerate(lines) if "●" in text]
    scale = Scale(SURFACE.x, 61)
    assert abs(place - scale.column(0.5)) <= 2
    assert abs(height - (len(lines) - 1) * 0.25) <= 1


def test_classes_are_letters():
    text = "\n".join(drawn(CLASSES))
    assert re.search("a{5}.*b{5}.*c{5}", text)


def test_the_same_figure_is_drawn_with_colours_and_without():
    file, figure = io.StringIO(), Figure("x", "t", "c", "", (PANELS["curve"],))
    Console(file=file, width=80, force_terminal=True, color_system="256", highlight=False).print(
        terminal.figure(figure, 80)
    )
    coloured = re.sub("\x1b\\[[0-9;]*m", "", file.getvalue())
    assert [text.rstrip() for text in coloured.splitlines()] == drawn(PANELS["curve"], title="t", caption="c")
    assert "\x1b" in file.getvalue()


@pytest.mark.parametrize("signs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_test_rows_have_the_hollow_sign_of_their_classs_training_rows(signs):
    glyphs = ("dot", "triangle", "square")
    kinds = [Dots("", i, glyph, small, ()) for small in (False, True) for i, glyph in enumerate(glyphs)]
    found = signs.of(kinds)
    assert found == [*(signs.glyphs[glyph] for glyph in glyphs), *(signs.hollow[glyph] for glyph in glyphs)]
    assert len(set(found)) == 6
