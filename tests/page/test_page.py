"""A page is one harmless file that is complete without its script."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from tests.page.runs import COMMANDS, HOSTILE, diverged, empty, hostile, old, page, partial, partial_comparison, result
from wdcli.errors import StoreError
from wdcli.figures.shown import Shown
from wdcli.text import safe

ALTERED = {"old": old, "partial": partial, "empty": empty, "diverged": diverged, "hostile": hostile}
SWEEPS = [name for name in COMMANDS if name != "comparison"]
PAGES = [
    *((name, None) for name in COMMANDS),
    *((name, how) for how in ALTERED for name in ("two features", "many features")),
]


def made(name, how=None):
    return page(ALTERED[how](result(name)) if how else result(name))


class Elements(HTMLParser):
    """Every element with its attributes, in order, and the text of each kind of element."""

    def __init__(self, text):
        super().__init__()
        self.found, self.texts, self.open = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def of(self, tag):
        return [attributes for name, attributes in self.found if name == tag]

    @property
    def text(self):
        return " ".join(text for tag, texts in self.texts.items() if tag not in ("style", "script") for text in texts)


def hash_of(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize(("name", "how"), PAGES)
def test_a_page_loads_nothing_and_runs_one_script_of_its_own(name, how):
    text = made(name, how)
    elements = Elements(text)
    assert len(elements.of("script")) == len(elements.of("style")) == 1
    (policy,) = (each["content"] for each in elements.of("meta") if each.get("http-equiv") == "Content-Security-Policy")
    (style,), (script,) = elements.texts["style"], elements.texts["script"]
    assert policy.startswith("default-src 'none'; img-src data:; ")
    assert {f"style-src {hash_of(style)}", f"script-src {hash_of(script)}"} <= set(policy.split("; "))
    assert script.count("\n") < 80
    for _, attributes in elements.found:
        assert "style" not in attributes
        assert not [each for each in attributes if each.startswith("on")]
        for address in (attributes.get(each) or "" for each in ("href", "src")):
            assert address.startswith(("#", "data:image/png;base64,")) or address in ("", "data:,")
    assert "http://" not in text
    assert "https://" not in text


@pytest.mark.parametrize(("name", "how"), PAGES)
def test_a_page_is_well_formed_for_readers(name, how):
    elements = Elements(made(name, how))
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [one for _, attributes in elements.found for one in attributes.get("aria-labelledby", "").split()]
    used = [attributes["href"][1:] for attributes in elements.of("use")]
    assert set(named) | set(used) <= set(ids)
    assert elements.of("html") == [{"lang": "en"}]
    assert elements.of("title")
    assert len(elements.of("h1")) == 1
    assert [each for each in elements.of("meta") if each.get("name") == "viewport"]
    assert all(each.get("scope") in ("col", "row") for each in elements.of("th"))
    assert all("hidden" in each for each in elements.of("div") if "scripted" in each.get("class", ""))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_same_result_gives_the_same_bytes(name):
    assert made(name) == made(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_row_has_its_numbers_and_the_chosen_one_is_marked(name):
    shown, elements = result(name), Elements(made(name))
    sweeps = shown.get("sweeps", [shown])
    columns = [sweep["feature_table"] for sweep in sweeps if "feature_table" in sweep]
    tables = [*columns, *(sweep["rows"] for sweep in sweeps)]
    assert len(elements.of("tr")) == sum(1 + len(rows) for rows in tables)
    assert len([row for row in elements.of("tr") if "chosen" in row.get("class", "")]) == len(sweeps)
    assert all(
        f"{row['cv_loss']:.4f} ± {row['cv_se']:.4f}" in elements.text for sweep in sweeps for row in sweep["rows"]
    )


def features_of(text):
    """The cells of each row of the tables of columns; nothing where a page has none."""
    found = re.findall('<div class="columns">(.*?)<div class="numbers">', text, re.S)
    rows = [re.findall("<tr><th.*?</tr>", each, re.S) for each in found]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for table in rows for row in table]
    return [row for row in cells if row[0] != "column"]


FEATURE = {
    "column": "width", "dies_at": 10.0, "l2_norm": 1.5, "selection_share": 1.0, "importance": 0.25, "ci_low": 0.125,
    "ci_high": 0.375, "useful": True,
}  # fmt: skip


@pytest.mark.parametrize(("changes", "cells"), [
    ({}, ["10", "1.50", "100 %", "0.2500", "0.1250 to 0.3750", "yes"]),
    ({"useful": False, "ci_low": -0.1}, ["10", "1.50", "100 %", "0.2500", "-0.1000 to 0.3750", "no"]),
    ({"dies_at": None, "l2_norm": 1e-6}, ["&gt; 1000", "1e-06", "100 %", "0.2500", "0.1250 to 0.3750", "yes"]),
    ({"importance": -1e-9, "ci_low": None, "ci_high": None}, ["10", "1.50", "100 %", "0.0000", "–", "yes"]),
    ({"importance": None, "ci_low": None, "ci_high": None}, ["10", "1.50", "100 %", "–", "–", "–"]),
])  # fmt: skip
def test_a_page_tells_every_number_of_a_column(changes, cells):
    shown = {**result("groups"), "feature_table": [{**FEATURE, **changes}]}
    assert features_of(page(shown)) == [["width", *cells]]


@pytest.mark.parametrize("n", [1, 40, 41, 784])
def test_forty_columns_are_open_and_the_others_are_folded_up(n):
    names = [f"pixel {i}" for i in range(n)]
    text = page({**result("groups"), "feature_table": [{**FEATURE, "column": name} for name in names]})
    assert [row[0] for row in features_of(text)] == names
    more = {41: ["1 more column"], 784: ["744 more columns"]}.get(n, [])
    assert re.findall("<summary>([^<]*more column[^<]*)</summary>", text) == more
    folded = re.search('<div class="columns">.*?(<details|<div class="numbers">)', text, re.S)[0]
    assert folded.count("<tr>") == 1 + min(n, 40)


@pytest.mark.parametrize("name", ["two features", "comparison"])
def test_only_a_sweep_that_makes_zeros_has_a_table_of_columns(name):
    sweeps = result(name).get("sweeps", [result(name)])
    known = [row["column"] for sweep in sweeps for row in sweep.get("feature_table", [])]
    assert [row[0] for row in features_of(made(name))] == known
    assert bool(known) == (name == "comparison")


@pytest.mark.parametrize("how", [None, "hostile"])
@pytest.mark.parametrize("name", SWEEPS)
def test_names_from_data_are_only_text(name, how):
    elements = Elements(made(name, how))
    assert not elements.of("img")
    assert len(elements.of("script")) == 1
    if how:
        assert safe(HOSTILE) in elements.text


def test_control_marks_in_names_are_replaced():
    shown = result("two features")
    shown["data"]["name"] = shown["notes"] = "a\x1b[31m\u202eb\x00"
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", page(shown))


@pytest.mark.parametrize("name", COMMANDS)
def test_an_ordinary_page_is_small(name):
    assert len(made(name).encode()) < (150 if name != "comparison" else 300) * 1000


def wide():
    """A sweep of 200 lambdas over 784 features."""
    shown = result("many features")
    names = [f"pixel {i}" for i in range(784)]
    first = shown["rows"][1]
    lambdas = [0.0, *(10 ** (i / 40 - 3) for i in range(199))]
    rows = [
        {**first, "lambda": lambd, "column_norms": [max(0.0, (k % 97) / 97 - i / 200) for k, _ in enumerate(names)]}
        for i, lambd in enumerate(lambdas)
    ]
    chosen = dict.fromkeys(("lambda_min", "chosen"), lambdas[100])
    table = [{**FEATURE, "column": name} for name in names]
    selection = {**shown["selection"], **chosen}
    return {**shown, "columns": names, "rows": rows, "selection": selection, "feature_table": table}


def test_a_page_of_200_lambdas_and_784_features_is_not_large():
    assert len(page(wide()).encode()) < 300_000


def test_an_interrupted_run_says_so_before_all_else():
    text = made("two features", "partial")
    said = text.index("This run was interrupted: 7 of its 12 networks are trained.")
    assert said < text.index("<svg")
    assert 'class="tiles"' not in text
    assert 'class="chosen"' not in text


def test_an_interrupted_comparison_shows_what_there_is():
    text = page(partial_comparison(result("comparison")))
    assert text.index("This run was interrupted") < text.index("<svg")
    assert [text.count(f"<h2>{name}</h2>") for name in ("l1", "l2")] == [1, 1]
    assert text.count('class="tiles"') == 1


def test_a_run_of_an_older_version_says_what_can_not_be_drawn():
    elements = Elements(made("two features", "old"))
    assert "Cross-validation curve" in elements.texts["h2"]
    assert "What the network answers" not in elements.texts["h2"]
    assert any("give its command again" in text for text in elements.texts["li"])
    assert "training rows" in elements.text


def test_one_lambda_has_no_slider_and_a_sentence_on_what_is_missing():
    elements = Elements(made("one lambda"))
    assert not elements.of("input")
    assert "Only one lambda, 0.1, was swept" in elements.text


def test_a_comparison_has_a_section_for_each_sweep_after_its_own_picture():
    text, shown = made("comparison"), result("comparison")
    assert [text.count(f"<h2>{name}</h2>") for name in ("l1", "l2")] == [1, 1]
    assert text.count('type="range"') == 2
    assert text.index(shown["comparisons"][0]["conclusion"]) < text.index("<h2>l1</h2>") < text.index("<h2>l2</h2>")


def test_the_slider_begins_at_the_chosen_lambda_and_says_it_in_words():
    shown = result("two features")
    (slider,) = Elements(page(shown)).of("input")
    chosen = shown["rows"][int(slider["value"])]
    assert chosen["lambda"] == shown["selection"]["chosen"]
    assert slider["aria-valuetext"].startswith(f"lambda {chosen['lambda']:g}, {chosen['verdict']}, CV loss")
    assert (slider["min"], slider["max"]) == ("0", str(len(shown["rows"]) - 1))


@pytest.mark.parametrize(("name", "tiles"), [
    ("two features", ["chosen lambda", "CV loss", "test loss", "test accuracy", "weights, |W|2"]),
    ("one feature", ["chosen lambda", "CV loss", "test loss", "test RMSE", "weights, |W|2"]),
])  # fmt: skip
def test_the_tiles_hold_the_answer(name, tiles):
    shown = result(name)
    shown["selection"]["chosen"] = shown["rows"][1]["lambda"]
    text = page(shown).split("</dl>")[0]
    assert re.findall("<dt>(.*?)</dt>", text) == tiles
    assert f"<dd>without decay {shown['rows'][0]['cv_loss']:.4f}</dd>" in text


def test_weights_and_columns_that_are_gone_are_in_the_tiles():
    shown = result("many features")
    row = shown["rows"][2]
    shown["selection"]["chosen"], row["effective_columns"], row["nonzero_weights"] = row["lambda"], 12, 34
    text = page(shown).split("</dl>")[0]
    assert '<dt>weights left</dt><dd class="value">34</dd>' in text
    assert '<dt>columns left</dt><dd class="value">12</dd><dd>of 30</dd>' in text


def test_of_a_penalty_on_groups_the_columns_and_units_that_are_left_are_in_the_tiles_and_the_table():
    shown = result("groups")
    for row, columns, units in zip(shown["rows"], (2, 1, 0, 0), (4, 3, 0, 0), strict=True):
        row.update(status="ok", effective_columns=columns, effective=[columns, units, 1])
    shown["selection"]["chosen"] = shown["rows"][1]["lambda"]
    tiles, rest = page(shown).split("</dl>", 1)
    assert '<dt>hidden units left</dt><dd class="value">3</dd><dd>of 4</dd>' in tiles
    assert '<dt>columns left</dt><dd class="value">1</dd><dd>of 2</dd>' in tiles
    assert "weights left" not in tiles
    headings = re.findall("<th scope=.col.[^>]*>(.*?)</th>", rest)
    assert headings.count("columns left") == headings.count("units left") == 1
    assert "effective columns" not in headings


@pytest.mark.parametrize("broken", [1, [1], [{}], [{**FEATURE, "l2_norm": "x"}], [{**FEATURE, "dies_at": []}]])
def test_a_broken_table_of_columns_is_refused(broken):
    with pytest.raises(StoreError, match="can't be read"):
        Shown.read({**result("groups"), "feature_table": broken})


@pytest.mark.parametrize("broken", [{}, {"rows": 1}, {"rows": [{}]}])
def test_what_is_no_result_is_refused(broken):
    with pytest.raises(StoreError, match="can't be read"):
        Shown.read(broken)
