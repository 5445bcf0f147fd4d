"""A page in Chromium: it asks for nothing, fits, and its slider, pictures and table share one lambda."""

import pytest

from tests.page.browser import MISSING, browser
from tests.page.runs import COMMANDS, hostile, page, result

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]
STATE = """
const section = document.querySelectorAll("section.sweep")[arguments[0] || 0];
const seen = (each) => {
  const style = getComputedStyle(each);
  return style.display !== "none" && style.visibility === "visible" && each.closest("svg").checkVisibility();
};
const rows = [...section.querySelectorAll("tr[data-lambda]")];
return {
  value: Number(section.querySelector("input").value),
  said: section.querySelector("input").getAttribute("aria-valuetext"),
  told: section.querySelector("output").textContent,
  row: rows.findIndex((row) => row.classList.contains("current")),
  frames: [...section.querySelectorAll("g[data-frame]")].filter(seen).map((each) => Number(each.dataset.frame)),
  cursors: [...section.querySelectorAll(".cursor")].filter(seen).map((each) => {
    const x = each.getAttribute("x1") || each.getAttribute("x");
    return Number(each.dataset.lambda.split(" ")[each.dataset.x.split(" ").indexOf(x)]);
  }),
};
"""


@pytest.fixture(scope="module")
def tab():
    with browser() as made:
        yield made


@pytest.fixture
def opened(tab, tmp_path):
    """Shows a result as a page."""

    def show(shown, **window):
        path = tmp_path / "page.html"
        path.write_text(page(shown), encoding="utf-8")
        tab.open(path, **window)
        return tab

    return show


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_asks_for_nothing_and_has_nothing_to_complain_of(opened, name):
    tab = opened(result(name))
    assert tab.messages() == []
    assert [url[:5] for url in tab.requests() if not url.startswith("data:")] == ["file:"]
    assert tab.run("return performance.getEntriesByType('resource').length") == 0 or "<image" in page(result(name))


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("name", COMMANDS)
def test_no_width_makes_a_page_scroll_sideways(opened, name, width):
    tab = opened(result(name), width=width, height=844)
    assert tab.run("return document.documentElement.scrollWidth") <= width
    shown = tab.run("return [...document.querySelectorAll('svg')].filter((e) => e.checkVisibility())"
                    ".map((e) => e.getBoundingClientRect().right)")  # fmt: skip
    assert max(shown, default=0) <= width


def test_one_variant_of_a_wide_picture_is_shown(opened):
    script = "return ['.wide', '.narrow'].map((e) => document.querySelector(e).checkVisibility())"
    assert opened(result("two features")).run(script) == [True, False]
    assert opened(result("two features"), width=390).run(script) == [False, True]


def test_all_begin_at_the_chosen_lambda(opened):
    shown = result("two features")
    chosen = shown["selection"]["chosen"]
    state = opened(shown).run(STATE)
    assert shown["rows"][state["value"]]["lambda"] == chosen
    assert state["row"] == state["value"]
    assert state["frames"] == [chosen]
    assert len(state["cursors"]) >= 3
    assert set(state["cursors"]) == {chosen}


def at(state, shown, i):
    """Whether everything shows the i-th row."""
    row = shown["rows"][i]
    assert (state["value"], state["row"]) == (i, i)
    assert set(state["cursors"]) == {row["lambda"]}
    assert f"{row['cv_loss']:.4f}" in state["told"]
    assert state["said"].startswith(f"lambda {row['lambda']:g}, {row['verdict']}, CV loss {row['cv_loss']:.4f}")


def test_the_slider_moves_all(opened):
    shown = result("two features")
    tab = opened(shown)
    tab.keys("document.querySelector('input')", "\ue011")  # Home
    state = tab.run(STATE)
    at(state, shown, 0)
    assert state["frames"] == [0]
    tab.keys("document.querySelector('input')", "\ue010")  # End
    state = tab.run(STATE)
    at(state, shown, 3)
    assert state["frames"] == [10]


def test_a_pointer_over_a_picture_looks_at_a_lambda_and_a_click_stays_there(opened):
    shown = result("many features")
    tab = opened(shown)
    start = tab.run(STATE)["value"]
    picture, xs = "document.querySelector('.cv .wide .hit')", "document.querySelector('.cv .wide .cursor').dataset.x"
    middle = tab.run(f"return {picture}.x.baseVal.value + {picture}.width.baseVal.value / 2")
    places = [abs(float(x) - middle) for x in tab.run(f"return {xs}").split()]
    there = places.index(min(places))
    assert there != start
    tab.point(picture)
    at(tab.run(STATE), shown, there)
    tab.point("document.querySelector('h1')")
    at(tab.run(STATE), shown, start)
    tab.point(picture, click=True)
    tab.point("document.querySelector('h1')")
    at(tab.run(STATE), shown, there)


def test_a_click_on_a_row_moves_all(opened):
    shown = result("many features")
    tab = opened(shown)
    tab.point("document.querySelectorAll('tr[data-lambda] td')[0]", click=True)
    at(tab.run(STATE), shown, 0)


def test_the_sweeps_of_a_comparison_have_a_lambda_each(opened):
    shown = result("comparison")
    tab = opened(shown)
    before = tab.run(STATE, 1)
    tab.keys("document.querySelector('input')", "\ue011")
    at(tab.run(STATE, 0), shown["sweeps"][0], 0)
    assert tab.run(STATE, 1) == before


def test_names_from_data_run_nothing(opened):
    for name in ("two features", "many features"):
        tab = opened(hostile(result(name)))
        assert tab.run("return [document.images.length, document.scripts.length]") == [0, 1]
        assert tab.messages() == []


def test_a_dark_screen_has_a_dark_page_and_paper_is_white(opened):
    script = "return getComputedStyle(document.documentElement).backgroundColor"
    shown = result("one feature")
    assert opened(shown, prefers_color_scheme="light").run(script) == "rgb(255, 255, 255)"
    assert opened(shown, prefers_color_scheme="dark").run(script) != "rgb(255, 255, 255)"
    assert opened(shown, prefers_color_scheme="dark", media="print").run(script) == "rgb(255, 255, 255)"


def test_paper_has_the_whole_table_and_no_slider(opened):
    # The width between the margins of a sheet of A4 on its side.
    tab = opened(result("many features"), width=1016, media="print")
    assert not tab.run("return document.querySelector('.follower').checkVisibility()")
    box = "document.querySelector('.scrolls')"
    assert tab.run(f"return getComputedStyle({box}).overflowX") == "visible"
    assert tab.run("return document.querySelector('table').getBoundingClientRect().right") <= 1016
    assert tab.run("return document.querySelector('.facts').checkVisibility()")


def test_without_its_script_a_page_is_complete(opened, tab):
    tab.devtools("Emulation.setScriptExecutionDisabled", value=True)
    try:
        opened(result("two features"))
        assert not tab.run("return document.querySelector('.follower').checkVisibility()")
        assert tab.run("return document.querySelectorAll('.scripted:not([hidden])').length") == 0
        frames = "[...document.querySelectorAll('g[data-frame]')]"
        assert tab.run(f"return {frames}.filter((e) => getComputedStyle(e).display !== 'none').length") == 1
    finally:
        tab.devtools("Emulation.setScriptExecutionDisabled", value=False)
