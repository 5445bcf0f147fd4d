"""A table that was refused for its spelling: the message names the options that read it, all at once."""

import re

import pytest

from wdcli.data.files import read_table
from wdcli.data.format import Format
from wdcli.data.table import Roles, Wanted
from wdcli.errors import DataError

EU = "Datum;Preis;Menge\n18.09.2019;679,53;1\n19.09.2019;1.243,57;2\n20.09.2019;12,5;3\n"
ALL = "--decimal , --thousands . --date-format %d.%m.%Y"
CASES = {
    "nothing was said": (EU, {}, "'679,53' has a comma within a number", ALL),
    "the decimal mark": (EU, {"decimal": ","}, "'1.243,57' is not a number as --decimal , says", ALL),
    "the wrong dates": (
        EU,
        {"decimal": ",", "thousands": ".", "date_format": "%m/%d/%Y"},
        "'18.09.2019' does not have the format",
        ALL,
    ),
    "the wrong mark": (
        "x;y\n1,234.5;1\n2,000;2\n3,100.5;3\n",
        {"decimal": ","},
        "'1,234.5' is not a number",
        "--thousands ,",
    ),
    "spaces": ("x;y\n" + "1 234,5;1\n" * 9, {}, "'1 234,5' has a comma", "--decimal , --thousands ' '"),
    "signs": ("x;y\n" + "1,5 \u20ac;1\n" * 9, {}, "'1,5 \u20ac' has a comma", "--decimal ,"),
    "words": ("x;y\n" + "1,5;1\n" * 19 + "not known;1\n", {}, "'1,5' has a comma", "--decimal , --missing 'not known'"),
    "US dates": (
        "d,y\n01/31/2020,1\n02/28/2020,2\n",
        {"date_format": "%d.%m.%Y"},
        "'01/31/2020' does not have the format",
        "--date-format %m/%d/%Y",
    ),
}


def read(tmp_path, text, kinds=None, roles=None, **written):
    path = tmp_path / "t.csv"
    path.write_text(text)
    return read_table(str(path), Wanted(kinds, roles or (lambda names: Roles()), Format(**written)))


@pytest.mark.parametrize("case", CASES)
def test_the_message_names_the_cell_and_every_option_that_reads_the_table(tmp_path, case):
    text, said, fault, options = CASES[case]
    with pytest.raises(DataError, match=re.escape(fault)) as error:
        read(tmp_path, text, **said)
    assert str(error.value).partition("hese options read the table: ")[2].startswith(options)


def test_what_a_model_knows_is_advised_alike(tmp_path):
    kinds = {"Datum": "date", "Preis": "number"}
    with pytest.raises(DataError, match=re.escape(ALL)):
        read(tmp_path, EU, kinds)


def test_columns_that_are_left_out_have_no_part_in_it(tmp_path):
    with pytest.raises(DataError, match=r"table: --decimal , --thousands \.$"):
        read(tmp_path, EU, roles=lambda names: Roles(left_out=frozenset({"Datum"})))


def test_where_no_option_reads_the_table_the_cell_is_to_be_corrected(tmp_path):
    with pytest.raises(DataError, match=r"'7x' is not a number.* Correct it"):
        read(tmp_path, "x,y\n" + "1,1\n" * 19 + "7x,1\n")


@pytest.mark.parametrize("text", ["x,y\n1,a\n2,b\n", "x,y\n2020-01-05,a\n2020-01-06,b\n"])
def test_a_date_format_that_no_cell_has_is_refused(tmp_path, text):
    with pytest.raises(DataError, match=r"(no cell of|nor does any other cell).*eave the option out"):
        read(tmp_path, text, date_format="%d.%m.%Y")


def test_a_date_format_of_a_column_that_is_left_out_is_in_use(tmp_path):
    left_out = lambda names: Roles(left_out=frozenset({"Datum"}))  # noqa: E731
    written = {"decimal": ",", "thousands": ".", "date_format": "%d.%m.%Y"}
    assert len(read(tmp_path, EU, roles=left_out, **written).columns) == 2


def test_a_column_of_dates_in_part_of_another_format_is_named(tmp_path):
    text = "d,y\n" + "01/02/2020,1\n" * 2 + "02/25/2020,1\n" * 2
    notes = read(tmp_path, text, date_format="%d/%m/%Y").notes
    assert notes == (
        "d: the cells look like dates and are read as text, since not all have the format '%d/%m/%Y': --date-format "
        "'%m/%d/%Y'",
    )


def test_missing_cells_that_stand_nowhere_are_said(tmp_path):
    notes = read(tmp_path, "x,y\n1,a\nGone,b\n", missing=("gone", "xyz")).notes
    assert notes == (f"--missing xyz: not found in any cell of {tmp_path / 't.csv'} that was read",)
