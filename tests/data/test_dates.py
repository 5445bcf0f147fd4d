"""Every form of ISO 8601 that ``datetime.fromisoformat`` takes is a date."""

import time
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from wdcli.data.dates import iso_date, to_dates
from wdcli.data.files import read_table
from wdcli.data.table import Wanted
from wdcli.errors import DataError

FORMS = [
    "2020-01-05", "20200105", "2020-W01-1", "2020W011", "2020-W01", "2020-01-05T10", "2020-01-05 10:00", "2020-01-05T10:00",
    "2020-01-05T10:00Z", "2020-01-05T10:00+01:00", "2020-01-05 10:00:00+00:00", "2020-01-05T10:00:00.5",
    "2020-01-05T10:00:00,123456", "2020-01-05T10:00:00.123456789Z", "20200105T100000", "20200105T1000Z", "2020-W01-1T10:00",
    "2020-01-05_10:00", "2020-01-05T10:00:00-05:30", "2020-01-05T10:00:00+0530", "2020-01-05T10:00:00+05",
    "2020-01-05T10:00:00+05:30:15", "0001-01-01", "9999-12-31T23:59:59.999999", "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-05:00", "1969-12-31T23:59:59.999999Z", "1900-02-28 00:00", "1582-10-15",
]  # fmt: skip
NO_DATES = ["2020-02-30", "2020-13-01", "2020-01-05T25:00", "2020-W60-1", "2020-01", "x", "12-01-05"]


def microseconds(form):
    moment = datetime.fromisoformat(form)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_what_python_says(form):
    assert to_dates(pl.Series([form])).to_physical().to_list() == [microseconds(form)]


@pytest.mark.parametrize("cell", NO_DATES)
def test_what_is_no_date_is_none(cell):
    with pytest.raises(ValueError, match=r"\w"):
        datetime.fromisoformat(cell)
    assert to_dates(pl.Series([cell])).to_list() == [None]


def test_a_column_may_mix_forms_zones_and_empty_cells(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("d;y\n" + "".join(f"{form};1\n" for form in [*FORMS, "", " 2020-01-05 "]))
    for wanted in (Wanted(), Wanted({"d": "date"})):
        column = read_table(str(path), wanted).columns[0]
        assert column.kind == "date"
        assert column.values[: len(FORMS)].tolist() == [microseconds(form) / 86_400e6 for form in FORMS]
        assert column.missing.tolist() == [False] * len(FORMS) + [True, False]


@pytest.mark.parametrize(
    "cells, kind", [(["20200105", "20200106"], "number"), (["20200105"] * 19 + ["2020-01-06"], "date")]
)
def test_a_column_of_digits_alone_is_one_of_numbers(tmp_path, cells, kind):
    path = tmp_path / "t.csv"
    path.write_text("d,y\n" + "".join(f"{cell},1\n" for cell in cells))
    assert read_table(str(path)).columns[0].kind == kind


@pytest.mark.parametrize("form", FORMS[2:])
def test_the_first_bad_cell_among_dates_is_named(tmp_path, form):
    path = tmp_path / "t.csv"
    path.write_text("d;y\n" + f"{form};1\n" * 30 + "2020-02-30;1\n")
    with pytest.raises(DataError, match="line 32, column 'd': '2020-02-30' is not a date"):
        read_table(str(path))


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S+00:00", "%Y-%m-%dT%H:%M", "%Y%m%dT%H%M%S"])
def test_many_dates_are_read_in_a_moment(form):
    cells = pl.Series([(datetime(2000, 1, 1) + timedelta(minutes=i)).strftime(form) for i in range(100_000)])
    start = time.perf_counter()
    assert not to_dates(cells).null_count()
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize(
    "days, whole, text",
    [
        (0, True, "1970-01-01"),
        (18266, True, "2020-01-05"),
        (18266.5, True, "2020-01-05"),
        (18266.5, False, "2020-01-05T12:00:00"),
        (-1.25, False, "1969-12-30T18:00:00"),
        (1e9, True, "9999-12-31"),
        (-1e9, True, "0001-01-01"),
    ],
)
def test_days_are_shown_as_dates(days, whole, text):
    assert iso_date(days, whole) == text
