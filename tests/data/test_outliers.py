"""Cells that are out of all proportion, and categories that may be one."""

import numpy as np
import pytest

from wdcli.data.loading import load_dataset
from wdcli.data.outliers import far_off
from wdcli.data.source import Source
from wdcli.data.twins import note

RNG = np.random.default_rng(0)
NORMAL = RNG.normal(50, 15, 200)
FAR = {
    "a sum": ([*NORMAL, NORMAL.sum()], [200]),
    "a sum and its double": ([*NORMAL, NORMAL.sum(), 2 * NORMAL.sum()], [201, 200]),
    "the same sum three times": ([1e5, *NORMAL, 1e5, 1e5], [0, 201, 202]),
    "a sum in a small table": ([*NORMAL[:12], 1e5], [12]),
    "a negative one": ([*NORMAL, -99999], [200]),
    "beside missing cells": ([np.nan, *NORMAL, 1e6], [201]),
    "the sum of skewed numbers": ([*(skewed := np.exp(RNG.normal(8, 1, 500))), skewed.sum()], [500]),
}
NEAR = {
    "normal": NORMAL,
    "mildly skewed": np.exp(RNG.normal(0, 1.2, 5000)),
    "very skewed": np.exp(RNG.normal(0, 2.5, 2000)),
    "mostly zeros": [0] * 150 + [1] * 3 + [90],
    "two groups": [*NORMAL, *(NORMAL[:20] + 1e5)],
    "few": [1, 2, 3, 1e9],
    "empty": [],
    "huge": [1e308, -1e308, *NORMAL * 1e306],
}


@pytest.mark.parametrize("case", [*FAR, *NEAR])
def test_only_a_few_cells_far_from_all_others_are_out_of_proportion(case):
    values, rows = FAR[case] if case in FAR else (NEAR[case], [])
    assert sorted(far_off(np.array(values, dtype=float))) == sorted(rows)


def table(tmp_path, rows, **source):
    path = tmp_path / "t.csv"
    path.write_text("x,kind,y\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    return load_dataset(Source(str(path), **source), seed=0)


def test_a_row_of_totals_is_warned_of_with_its_line(tmp_path):
    rows = [(f"{x:.2f}", "a", f"{2 * x:.2f}") for x in NORMAL]
    dataset = table(tmp_path, [*rows, (10000.5, "", 20001)])
    (line,) = [note for note in dataset.notes if "deviations" in note]
    assert "', line 202: x 10,000.5, y 20,001, more than 20 standard deviations" in line
    assert not any("deviations" in note for note in table(tmp_path, rows).notes)


@pytest.mark.parametrize("categories", [["no", "No", "yes"], ["New  York", "new york"], ["Stra\u00dfe", "STRASSE"]])
def test_categories_that_differ_in_case_or_blanks_are_named(categories):
    (line,) = note("x", categories)
    assert line.startswith(f"x: '{categories[0]}' and '{categories[1]}' differ only in case or blanks, and")
    assert note("x", [*categories, "A", "a"])[0].count("and 1 more like them") == 1
    assert not note("x", ["no", "yes", "n o"])


def test_classes_and_categories_that_may_be_one_are_named_once_each(tmp_path):
    rows = [(i, kind, y) for i, (kind, y) in enumerate([("A", "no"), ("a", "No"), (" A ", "yes")] * 10)]
    lines = [line.split(":")[0] for line in table(tmp_path, rows).notes if "differ only in case" in line]
    assert lines == ["y", "kind"]
