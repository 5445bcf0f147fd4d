"""What the front door returns: it displays itself in a notebook, and has the rows that the command line writes as CSV."""

import csv
import io
import json
import re
import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.cli.run import as_json, succeed
from tests.page.runs import HOSTILE
from tests.page.test_page import Elements
from wdcli import study
from wdcli.data.dataset import Split
from wdcli.data.source import Source
from wdcli.errors import ConfigError
from wdcli.figures.model import Figure
from wdcli.fits.config import FitConfig
from wdcli.fits.resources import Resources
from wdcli.page.notebook import HTML, MOST_ROWS, fragment
from wdcli.report.data_frame import data_frame
from wdcli.report.formats import Grid
from wdcli.report.serial import to_json
from wdcli.sweep.config import SweepConfig

ONE = Resources(jobs=1)
FIT = FitConfig(penalty="l1", hidden=(4,), epochs=2)
SWEEP = SweepConfig(FIT, (0, 0.1, 1000), folds=2, seeds=1)
BOTH = [(name, replace(SWEEP, fit=replace(FIT, penalty=name))) for name in ("l1", "l2")]
OPTIONS = ["--rows", 60, "--hidden", 4, "--epochs", 2, "--jobs", 1]
SWEPT = [*OPTIONS, "--lambdas", "0,0.1,1000", "--folds", 2, "--seeds", 1]
MADE = {
    "fit": lambda data: study.train(data, FIT, 0.1, resources=ONE),
    "seeds": lambda data: study.train(data, FIT, 0.1, 3, ONE),
    "sweep": lambda data: study.sweep(data, SWEEP, ONE),
    "one lambda": lambda data: study.sweep(data, replace(SWEEP, lambdas=(0.1,)), ONE),
    "comparison": lambda data: study.compare(data, BOTH, ONE),
}
COMMANDS = {
    "fit": ["train", "--penalty", "l1", "--lambd", 0.1, *OPTIONS],
    "seeds": ["train", "--penalty", "l1", "--lambd", 0.1, "--seeds", 3, *OPTIONS],
    "sweep": ["sweep", "--penalty", "l1", *SWEPT],
    "one lambda": ["sweep", "--penalty", "l1", *SWEPT, "--lambdas", 0.1],
    "comparison": ["compare", "l1", "l2", *SWEPT],
}
TIMES = {"seconds", "trained_seconds", "command"}
"""What differs from one run to the next, and from Python to the command line."""


@pytest.fixture(scope="module")
def results():
    data = study.load(Source("moons", rows=60))
    return {name: make(data) for name, make in MADE.items()}


@pytest.fixture(scope="module")
def hostile():
    """Results of a table whose names must not be run."""
    X = np.random.default_rng(0).normal(size=(60, 2))
    names = [f"{HOSTILE}{i}" for i in range(2)]
    data = study.arrays(X, np.array(names)[(X[:, 0] > 0).astype(int)], feature_names=names)
    data = study.Data(replace(data.dataset, name=HOSTILE), data.split)
    return {name: make(data) for name, make in MADE.items()}


def untimed(value):
    """A JSON object without times and commands."""
    if isinstance(value, dict):
        return {name: untimed(item) for name, item in value.items() if name not in TIMES}
    return [untimed(item) for item in value] if isinstance(value, list) else value


def cell(value):
    """A cell of CSV, as text."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


@pytest.mark.parametrize("name", MADE)
def test_a_data_frame_has_the_cells_of_the_commands_csv(results, name):
    frame, text = results[name].to_frame(), succeed(*COMMANDS[name], "--csv", "-").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert isinstance(frame, pl.DataFrame)
    assert frame.columns == list(rows[0])
    timed = [column for column in frame.columns if column not in TIMES]
    assert [[cell(row[column]) for column in timed] for row in frame.to_dicts()] == [
        [row[column] for column in timed] for row in rows
    ]


@pytest.mark.parametrize("name", MADE)
def test_the_object_of_a_result_is_that_of_the_commands_json(results, name):
    sweeps = MADE.keys() - {"fit", "seeds", "comparison"}
    features = [study.features(results[name], ONE)] if name in sweeps else []
    found = json.loads(to_json(results[name].to_json(*features)))
    assert untimed(found) == untimed(as_json(*COMMANDS[name]))


@pytest.mark.parametrize("name", MADE)
def test_a_data_frame_of_pandas_has_the_same_cells(results, name):
    pandas = pytest.importorskip("pandas")
    found, frame = results[name].to_frame("pandas"), results[name].to_frame()
    assert isinstance(found, pandas.DataFrame)
    assert list(found.columns) == frame.columns
    for column in frame:
        missing = found[column.name].map(lambda value: np.isscalar(value) and pandas.isna(value))
        assert missing.tolist() == column.is_null().to_list()
        if column.dtype.is_numeric():
            assert found[column.name].dtype.kind in "if"
            assert found[column.name].to_numpy(float) == pytest.approx(column.cast(pl.Float64).to_numpy(), nan_ok=True)


def test_a_column_has_the_same_type_where_it_is_empty(results):
    assert results["sweep"].to_frame().schema == results["one lambda"].to_frame().schema
    pl.concat([result.to_frame() for result in (results["sweep"], results["one lambda"])])
    assert results["sweep"].to_frame().schema["l1_ratio"] == pl.Float64


def test_lambdas_that_were_given_as_whole_numbers_are_numbers_like_all():
    data = study.load(Source("moons", rows=60))
    for result in (
        study.sweep(data, replace(SWEEP, lambdas=(1, 10)), ONE),
        *(study.train(data, FIT, 1, n, ONE) for n in (1, 2)),
    ):
        assert result.to_frame().schema["lambda"] == pl.Float64


@pytest.mark.parametrize("values", [[1, 2.5], [2.5, 1], [float("nan"), 1], [None, 2.5], [1.0, float("inf")]])
def test_numbers_of_a_column_may_be_whole_broken_or_undefined(values):
    (column,) = data_frame([{"x": value} for value in values])
    assert column.to_list() == [value if value is not None and np.isfinite(value) else None for value in values]


def test_another_library_is_refused(results):
    with pytest.raises(ConfigError, match="no data frames of 'dask': choose from polars, pandas"):
        results["sweep"].to_frame("dask")


def test_without_pandas_the_message_says_how_to_get_it(results, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match="isn't installed: pip install pandas"):
        results["sweep"].to_frame("pandas")


@pytest.mark.parametrize("name", MADE)
def test_a_notebook_displays_a_figure_and_tables_that_load_and_run_nothing(results, hostile, name):
    for result in (results[name], hostile[name]):
        html = result._repr_html_()
        elements = Elements(html)
        assert bool(elements.of("svg")) == (name != "one lambda")
        assert elements.of("table")
        assert not elements.of("script") and not elements.of("img") and not elements.of("link")
        assert not any(attribute.startswith("on") for _, given in elements.found for attribute in given)
        assert len(html.encode()) < 60_000
        assert html == result._repr_html_()


@pytest.mark.parametrize("name", MADE)
def test_a_notebook_displays_all_that_the_command_says(results, name):
    said = " ".join(Elements(results[name]._repr_html_()).text.split())
    for line in (*results[name].to_json()["summary"].splitlines(), *results[name].notes):
        for word in line.split():
            assert word in said


def test_the_style_reaches_no_element_of_the_notebook(results):
    (style,) = Elements(results["sweep"]._repr_html_()).texts["style"]
    rules = re.sub(r"@media[^{]*\{(.*)\}", r"\1", style)
    selectors = [each.strip() for rule in re.findall(r"([^{}]+)\{", rules) for each in rule.split(",")]
    assert len(selectors) > 80
    assert [each for each in selectors if ".wdcli" not in each.split()] == []


def test_every_colour_of_the_style_is_declared_light_and_dark(results):
    (style,) = Elements(results["sweep"]._repr_html_()).texts["style"]
    used = set(re.findall(r"var\((--[\w-]+)\)", style))
    blocks = [set(re.findall(r"(--[\w-]+):", block)) for block in re.findall(r"\{([^{}]*--paper:[^{}]*)\}", style)]
    assert len(blocks) == 4
    assert all(used <= block for block in blocks)


def test_results_in_one_notebook_share_no_ids(results):
    found = [
        {given["id"] for _, given in Elements(results[name]._repr_html_()).found if "id" in given}
        for name in ("fit", "sweep", "comparison")
    ]
    assert all(found)
    assert len(set.union(*found)) == sum(map(len, found))


@pytest.mark.parametrize("rows, most", [(MOST_ROWS, MOST_ROWS), (2001, MOST_ROWS)])
def test_a_long_table_keeps_the_rows_that_stand_out_and_says_what_it_lacks(rows, most):
    grid = Grid(["lambda"], [[str(i)] for i in range(rows)], [True], [i in (7, 1234) for i in range(rows)])
    html = HTML.table(grid)
    assert html.count("<tr") - 1 <= most
    assert ("rows; to_frame() has them all" in html) == (rows > most)
    assert html.count('class="strong"') == sum(grid.strong)
    assert ">1234<" in html or rows < 1234


def test_a_figure_that_cannot_be_drawn_says_why():
    html = fragment(Figure("cv", "A title", "", "", (), ("There is one lambda <only>.",)), "", ["Warning: a & b"])
    assert "There is one lambda &lt;only&gt;." in html
    assert "Warning: a &amp; b" in html
    assert "<svg" not in html


def test_a_fit_that_diverged_is_displayed():
    data = study.load(Source("moons", rows=60))
    with np.errstate(all="ignore"):
        result = study.train(data, replace(FIT, penalty="l2", optimizer="sgd", lr=1e9), 1.0, resources=ONE)
    assert result.record.status == "diverged"
    assert "diverged" in result._repr_html_()
    assert result.to_frame()["test_loss"].to_list() == [None]


def test_what_was_not_tested_is_not_shown_as_tested():
    dataset = study.load(Source("moons", rows=40)).dataset
    data = study.Data(dataset, Split(np.arange(40), np.arange(0)))
    fit = study.train(data, FitConfig(hidden=(4,), epochs=5), 1.0)
    swept = study.sweep(data, SweepConfig(FitConfig(hidden=(4,), epochs=5), (0.1, 1), 2, 1))
    for shown in (fit, swept):
        html = shown._repr_html_()
        assert "no sign of overfitting" not in html
        assert "crosses" not in html
        assert ">test</text>" not in html
    assert "No rows were held out" in repr(fit)
    assert len(repr(swept)) < 4000
