import itertools
import math
import re
import struct
import zlib
from dataclasses import replace
from xml.etree.ElementTree import fromstring, tostring

import pytest

from wdcli.figures.axes import lambda_axis, linear_axis, log_axis, loss_axis
from wdcli.figures.labels import SMALL, TEXT, cut, spread, thin, width, wrap
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
from wdcli.figures.svg import STYLE, figure_svg, panel_svg
from wdcli.figures.svg.pen import polyline, simplified
from wdcli.figures.svg.png import png

NAN = math.nan
HOSTILE = "</title><script>alert(1)</script><img onerror=x> & a^$ [red]特徴量[/red] " + "w" * 50
KINDS = ("chart", "crowded", "heat", "surface", "classes", "intervals")


def lambdas(count):
    return [0.0] + [1e-3 * 1e5 ** (i / (count - 2)) for i in range(count - 1)]


def chart(count=15, name="CV, one SE", marks=(7, 8), beyond=False):
    xs = lambdas(count)
    ys = [0.3 + 0.1 * math.log10(max(x, 1e-4)) ** 2 for x in xs]
    held = [*ys[:-2], NAN, ys[-1]]
    lines = (
        Line(
            "training",
            1,
            "ring",
            "solid",
            tuple(Point(x, y / (100 if beyond else 2)) for x, y in zip(xs, ys, strict=True)),
        ),
        Line("test", 2, "cross", "dotted", tuple(Point(x, y * 1.2) for x, y in zip(xs, held, strict=True))),
        Line(name, 0, "dot", "solid", tuple(Point(x, y, y - 0.1, y + 0.1) for x, y in zip(xs, held, strict=True))),
    )
    return Chart(
        title="",
        x=lambda_axis(xs),
        y=log_axis("loss", 0.1, 3) if beyond else loss_axis("loss", ys, 0.7),
        lines=lines,
        zones=(Zone(0, 0.4, "overfit"), Zone(0.4, 0.45, "good"), Zone(0.45, 0.5, "underfit"), Zone(0.5, 1, "collapsed")),
        marks=(Mark(xs[marks[0]], "min", False), Mark(xs[marks[1]], "paired", True)),
        gauge=Gauge("weights left", tuple(Point(x, 4000.0) for x in xs), ("4,000",) * count),
        lost=(xs[-2],),
        chosen=lines[-1].points[marks[1] : marks[1] + 1],
    )  # fmt: skip


def heat_map(rows=5, columns=8, name="bmi"):
    cells = tuple(tuple(max(0, 9 - i - 9 * j // columns) for j in range(columns)) for i in range(rows))
    labels = tuple(f"{x:.3g}" for x in lambdas(columns))
    marks = (Mark(columns // 2, "min", False), Mark(columns // 2 + 1, "paired", True))
    steps = tuple(0.1 * i**2 for i in range(9))
    return HeatMap(
        "",
        tuple(f"{name} {i}" for i in range(rows)),
        labels,
        "lambda",
        cells,
        9,
        steps,
        "norm",
        marks,
        tuple(lambdas(columns)),
    )


def surface(classes=False, name="yes"):
    cells = tuple(tuple((i + j) // 8 for j in range(64)) for i in range(64))
    of_class = tuple(tuple(j // 22 for j in range(64)) for _ in range(64)) if classes else None
    dots = (Dots(name, 0, "dot", False, ((0.0, 0.0), (0.5, 0.2))), Dots("no, test", 1, "triangle", True, ((0.1, 0.9),)))
    axes = linear_axis("x1", -1.0, 2.0), linear_axis("x2", -1.0, 1.0)
    return Surface(
        "good: lambda = 1", *axes, cells, 16, of_class, (((-1.0, 0.0), (2.0, 0.5)),), dots, "chance", ("0", "1")
    )


def intervals(name="l1 - l2"):
    rows = (
        Interval(name, 0.05, -0.02, 0.12, "no difference is shown"),
        Interval("l1 - none", -0.15, -0.9, -0.01, "l1 has less loss"),
        Interval("l2 - none", NAN, NAN, NAN, "undefined"),
    )
    return Intervals("Differences", linear_axis("difference of CV loss", -0.2, 0.2), rows)


def panel(kind, name="name"):
    return {
        "chart": lambda: chart(name=name),
        "crowded": lambda: chart(200, name, (100, 101)),
        "heat": lambda: heat_map(name=name),
        "surface": lambda: surface(name=name),
        "classes": lambda: surface(classes=True, name=name),
        "intervals": lambda: intervals(name),
    }[kind]()


def drawn(kind, room=960, name="name"):
    return panel_svg(panel(kind, name), room, "p", "what is seen", follows=True)


def having(svg, *classes):
    return [each for each in svg.iter() if set(classes) <= set(each.get("class", "").split())]


def box(text):
    """Left, right, top and bottom of a text element."""
    classes = text.get("class", "").split()
    size = SMALL if "small" in classes else TEXT
    wide, x, y = width(text.text, size), float(text.get("x")), float(text.get("y"))
    left = x - (wide if "end" in classes else wide / 2 if "mid" in classes else 0)
    return left, left + wide, y - 0.75 * size, y + 0.2 * size


def overlap(a, b):
    return min(a[1], b[1]) - max(a[0], b[0]) > 0.5 and min(a[3], b[3]) - max(a[2], b[2]) > 0.5


CASES = list(itertools.product(KINDS, (960, 420, 296)))


@pytest.mark.parametrize("kind, room", CASES)
def test_no_text_covers_another_or_leaves_the_picture(kind, room):
    svg = drawn(kind, room)
    boxes = [(text.text, box(text)) for text in svg.iter("text")]
    assert [(a, b) for (a, x), (b, y) in itertools.combinations(boxes, 2) if overlap(x, y)] == []
    for text, (left, right, top, bottom) in boxes:
        assert left >= -0.5 and right <= room + 0.5 and top >= 0 and bottom <= float(svg.get("height")), text


@pytest.mark.parametrize("kind, room", CASES)
def test_a_panel_is_a_described_picture_without_styles_or_addresses(kind, room):
    svg = drawn(kind, room)
    text = tostring(svg, encoding="unicode")
    assert fromstring(text).find("desc").text == "what is seen"
    assert svg.find("title").text
    assert svg.get("role") == "img" and svg.get("viewBox") == f"0 0 {room} {svg.get('height')}"
    assert {each.get("style") for each in svg.iter()} == {None}
    assert "http" not in text and "url(" not in text and "nan" not in text.replace("name", "")
    assert all(
        each.get("href", "data:").startswith("data:image/png;base64,") or each.tag != "image" for each in svg.iter()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_text_whatever_they_hold(kind):
    svg = fromstring(tostring(drawn(kind, 420, HOSTILE), encoding="unicode"))
    tags = {each.tag for each in svg.iter()}
    assert not tags & {"script", "img"}
    assert "</title>" in "".join(svg.itertext())


def test_ids_are_unique_over_the_panels_of_a_page():
    figure = Figure("all", "All", "", "", tuple(panel(kind) for kind in KINDS))
    ids = [each.get("id") for each in fromstring(figure_svg(figure)).iter() if each.get("id")]
    assert len(ids) == len(set(ids)) == 2 * (len(KINDS) + 1)
    assert all(one.startswith("all") for one in ids)


def test_every_class_that_a_picture_uses_has_a_style():
    used = {one for kind in KINDS for each in drawn(kind).iter() for one in each.get("class", "").split()}
    unstyled = {one for one in used if not re.search(rf"\.{one}\b", STYLE)}
    assert unstyled == {"solid", "dot", "triangle", "break", "label", "zone"}


def test_a_file_stands_alone_and_is_the_same_each_time():
    left = "2 lambdas whose networks collapsed are left out."
    figure = Figure("cv", "Curve", "What it shows.", "Losses.", (chart(), chart()), (left,))
    text = figure_svg(figure)
    svg = fromstring(text)
    assert text == figure_svg(figure)
    assert svg.tag == "{http://www.w3.org/2000/svg}svg" and svg.get("width") == "960"
    assert "var(" not in text and "@media" not in text
    assert {"Curve", "What it shows.", left} <= set(svg.itertext())


def test_a_figure_without_panels_says_why():
    assert "Only one lambda was swept." in figure_svg(
        Figure("cv", "Curve", "", "", (), ("Only one lambda was swept.",))
    )


PLAIN = replace(chart(), zones=())


@pytest.mark.parametrize(
    "panel, count, room, across",
    [(PLAIN, 1, 960, 1), (PLAIN, 2, 960, 2), (PLAIN, 3, 960, 3), (PLAIN, 4, 960, 2), (PLAIN, 3, 420, 1),
     (chart(), 3, 960, 2), (heat_map(), 2, 960, 1)],
)  # fmt: skip
def test_panels_stand_side_by_side_if_there_is_room(panel, count, room, across):
    svg = fromstring(figure_svg(Figure("weights", "", "", "", (panel,) * count), room))
    inner = [each for each in svg if each.tag.endswith("svg")]
    assert len({each.get("x") for each in inner}) == across
    assert all(float(each.get("x")) + float(each.get("width")) <= room for each in inner)


def test_error_bars_become_a_band_where_lambdas_are_crowded():
    assert having(drawn("chart"), "bar") and not having(drawn("chart"), "band")
    assert having(drawn("crowded"), "band") and not having(drawn("crowded"), "bar")


def test_what_lies_beyond_the_axis_has_a_sign_and_a_key():
    svg = panel_svg(chart(beyond=True), 960, "p", "")
    assert having(svg, "beyond", "h1")[0].get("d").count("M") == 15
    assert "beyond the axis" in set(svg.itertext())
    assert not having(drawn("chart"), "beyond", "h1")


def test_a_diverged_lambda_is_a_triangle_and_a_gap():
    svg = drawn("chart")
    assert len(having(svg, "lost", "triangle")) == 2
    assert "diverged" in set(svg.itertext())
    held = next(each for each in having(svg, "line", "h0") if each.tag == "path")
    # The first place, and a step to each of the next 11.
    assert len(re.findall(r"-?[\d.]+", held.get("d"))) == 2 * 12
    assert "diverged" not in set(panel_svg(replace(chart(), lost=()), 960, "p", "").itertext())


def test_zero_stands_apart():
    assert having(drawn("chart"), "break")


def test_the_chosen_points_and_no_others_have_a_ring():
    svg, panel = drawn("chart"), chart()
    (ring,) = having(svg, "halo")
    (mark,) = having(svg, "mark", "strong")
    assert ring.get("cx") == mark.get("x1")
    training = panel.lines[0].points[:2]
    assert len(having(panel_svg(replace(panel, chosen=training), 960, "p", ""), "halo")) == 2
    assert not having(panel_svg(replace(panel, chosen=()), 960, "p", ""), "halo")


def test_the_chosen_mark_is_strong():
    svg = drawn("chart")
    assert len(having(svg, "mark", "strong")) == 1 and len(having(svg, "mark")) == 2


def test_only_rings_among_the_rows_of_a_surface_are_open():
    """A later rule wins: that of a hue must not fill them."""
    rules = re.findall(r"^\.fig \.dots([\w.]*)\{(.*)\}", STYLE, re.M)
    assert [name for name, inside in rules if "fill:" in inside] == ["", ".ring", ".cross"]


def test_zones_have_their_words():
    words = {text.text for text in drawn("chart", 420).iter("text")}
    assert {"overfit", "good", "underfit", "collapsed"} <= words


@pytest.mark.parametrize("kind, count", [("chart", 15), ("crowded", 200), ("heat", 8)])
def test_a_page_can_follow_lambda(kind, count):
    svg = drawn(kind)
    (cursor,) = having(svg, "cursor")
    xs = [float(x) for x in cursor.get("data-x").split()]
    assert xs == sorted(xs) and len(xs) == count
    assert [float(x) for x in cursor.get("data-lambda").split()] == lambdas(count)
    (hit,) = having(svg, "hit")
    assert float(hit.get("x")) <= xs[0] < xs[-1] <= float(hit.get("x")) + float(hit.get("width"))
    assert not having(panel_svg(panel(kind), 960, "p", ""), "cursor")


def test_a_heat_map_of_many_lambdas_is_small():
    text = tostring(panel_svg(heat_map(40, 200), 960, "p", "", follows=True), encoding="unicode")
    assert len(text) < 60_000


def test_equal_neighbours_are_one_stroke():
    cells = ((3, 3, 3, 0, 0, 1, 1, 1), (0,) * 8)
    svg = panel_svg(replace(heat_map(2), cells=cells), 960, "p", "")
    assert sorted(path.get("d") for path in having(svg, "cells")) == ["M0 0h3", "M5 0h3"]


def test_a_name_that_is_cut_is_told_in_full():
    svg = panel_svg(heat_map(name="a very long name of a feature, longer than its room"), 420, "p", "")
    titles = [each.find("title").text for each in svg.iter("text") if each.find("title") is not None]
    assert titles[0] == "a very long name of a feature, longer than its room 0"


def test_a_picture_of_cells_is_read_back():
    content = png([[0, 1, 2], [2, 1, 0]], [(255, 0, 0), (0, 255, 0), (0, 0, 255)])
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        kind, inside = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        assert struct.unpack(">I", content[at + 8 + length : at + 12 + length]) == (zlib.crc32(kind + inside),)
        chunks[kind], at = inside, at + 12 + length
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (3, 2, 8, 3, 0, 0, 0)
    assert zlib.decompress(chunks[b"IDAT"]) == bytes([0, 0, 1, 2, 0, 2, 1, 0])


@pytest.mark.parametrize("centres", [[5, 6, 7], [0, 0], [90, 99, 100], [10, 50, 52, 90]])
def test_spread_labels_do_not_touch_and_stay_within(centres):
    places = spread(centres, [20.0] * len(centres), 0, 120)
    assert all(b - a >= 26 - 1e-9 for a, b in itertools.pairwise(places))
    assert places[0] >= 10 and places[-1] <= 110


def test_labels_that_touch_are_thinned_and_those_kept_stay():
    spans = [(10.0 * i, 10.0 * i + 12) for i in range(20)]
    chosen = thin(spans, [7])
    assert 7 in chosen and len(chosen) > 5
    assert all(spans[b][0] - spans[a][1] >= 6 for a, b in itertools.pairwise(chosen))


def test_text_is_cut_and_wrapped_to_its_room():
    assert width(cut("w" * 100, 80)) <= 80
    assert cut("short", 80) == "short"
    assert all(width(line) <= 100 for line in wrap(f"some words, then {'x' * 80} and more", 100))
    assert width("特徴") == 2 * TEXT


def test_a_simplified_line_goes_where_it_went():
    circle = [(100 * math.cos(i / 50), 100 * math.sin(i / 50)) for i in range(315)]
    kept = simplified(circle)
    assert kept[0] == circle[0] and kept[-1] == circle[-1]
    assert len(kept) < 80
    assert all(math.hypot((a + c) / 2, (b + d) / 2) > 99.7 for (a, b), (c, d) in itertools.pairwise(kept))
    assert simplified([(0, 0), (1, 0.1), (2, 0)]) == [(0, 0), (2, 0)]
    assert simplified([(0, 0), (1, 5), (0, 0)]) == [(0, 0), (1, 5), (0, 0)]


def test_the_steps_of_a_path_add_up_to_its_places():
    places = [(0.04, 0), (1.06, 2), (1.06, 2), (0.31, -7.77), (12.3, 0.5)]
    start, steps = polyline(places).split("l")
    assert start == "M0 0"
    numbers = [float(each) for each in re.findall(r"-?[\d.]+", steps)]
    assert (round(sum(numbers[::2]), 6), round(sum(numbers[1::2]), 6)) == (12.3, 0.5)
    assert polyline(places[:1]) == "M0 0"
