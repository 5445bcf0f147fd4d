import re

import polars as pl
import pytest

from wdcli.data.files import read_table
from wdcli.data.format import Format
from wdcli.data.loading import load, load_dataset, new_rows
from wdcli.data.remarks import BRACKETS, COMMAS, CURRENCY, DECIMALS, OTHERWISE, PERCENT
from wdcli.data.source import Source
from wdcli.data.table import Wanted
from wdcli.errors import ConfigError, DataError


def column(tmp_path, cells, kinds=None, name="t.csv", **written):
    """The column of these cells as it is read, and the notes."""
    path = tmp_path / name
    path.write_text("x|z\n" + "".join(f"{cell}|{i}\n" for i, cell in enumerate(cells)))
    table = read_table(str(path), Wanted(kinds, format=Format(**written)))
    # Which separator was found is said too.
    return table.columns[0], [note for note in table.notes if "separated by" not in note]


NUMBERS = {
    "commas": (["1,234", "999", "12,345,678"], {}, [1234, 999, 12345678], [COMMAS]),
    "commas and decimals": (["-1,234.50", "", "7.25"], {}, [-1234.5, None, 7.25], [COMMAS]),
    "dollars": (["$5,914", "$12", "-$3.50"], {}, [5914, 12, -3.5], [CURRENCY, COMMAS]),
    "plain dollars": (["$5", " $ 12", "NA"], {}, [5, 12, None], [CURRENCY]),
    "euros after": (["5,5 \u20ac", "12\u00a0\u20ac"], {"decimal": ","}, [5.5, 12], [CURRENCY]),
    "percent": (["79.9 %", "5%", "-1 %"], {}, [79.9, 5, -1], [PERCENT]),
    "decimal comma": (["1,5", "2", "-,5", "1,5e3"], {"decimal": ","}, [1.5, 2, -0.5, 1500], []),
    "both": (["1.234,5", "7"], {"decimal": ",", "thousands": "."}, [1234.5, 7], []),
    "points alone": (["1.234", "999"], {"thousands": "."}, [1234, 999], []),
    "spaces": (["1\u00a0234", "12 345,6"], {"decimal": ",", "thousands": " "}, [1234, 12345.6], []),
    "apostrophes": (["1'234.5", "2\u2019000"], {"thousands": "'"}, [1234.5, 2000], []),
    "missing": (["5", "Unknown", "-"], {"missing": ("unknown", "-")}, [5, None, None], []),
    "three decimals": (["9.985", "1.250", "12.125"], {}, [9.985, 1.25, 12.125], [DECIMALS]),
    "three decimals as said": (["9.985", "1.250", "12.125"], {"decimal": "."}, [9.985, 1.25, 12.125], []),
    "three decimals and short ones": (
        ["7", "9.985", "1.250", "12.125", "", "0"],
        {},
        [7, 9.985, 1.25, 12.125, None, 0],
        [DECIMALS],
    ),
    "too few points": (["7", "9.985", "1.250"], {}, [7, 9.985, 1.25], []),
    "a long whole number": (["1.234", "9.985", "1.250", "1250"], {}, [1.234, 9.985, 1.25, 1250], []),
    "brackets": (["5", "(12.5)", " (0) "], {}, [5, -12.5, 0], [BRACKETS]),
    "dollars in brackets": (
        ["$5", "($1,153.36)", "$(7)", "(8)"],
        {},
        [5, -1153.36, -7, -8],
        [CURRENCY, COMMAS, BRACKETS],
    ),
    "brackets first": (["($5)", "$12"], {}, [-5, 12], [CURRENCY, BRACKETS]),
    "euros in brackets": (
        ["5,5 \u20ac", "(1,5 \u20ac)", "(2) \u20ac"],
        {"decimal": ","},
        [5.5, -1.5, -2],
        [CURRENCY, BRACKETS],
    ),
    "percent in brackets": (["5 %", "(7.5 %)"], {}, [5, -7.5], [PERCENT, BRACKETS]),
    "points where commas were said": (["1.5", "2.5"], {"decimal": ","}, [1.5, 2.5], [OTHERWISE]),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_are_read_as_the_file_spells_them(tmp_path, case):
    cells, written, values, said = NUMBERS[case]
    for kinds in (None, {"x": "number"}):
        read, notes = column(tmp_path, cells, kinds, **written)
        assert read.kind == "number"
        assert [None if m else v for v, m in zip(read.values.tolist(), read.missing, strict=True)] == values
        assert notes == [remark.of(["x"]) for remark in said]


@pytest.mark.parametrize(
    "cells",
    [
        ["$5", "5", "$7"],
        ["$5", "\u20ac5"],
        ["5 %", "half"],
        ["$", "$5"],
        ["1,234 boxes", "2"],
        ["%", "5 %"],
        ["a,b", "c"],
        ["(1)", "(2)"],
        ["(1) one", "5"],
        ["Rome (2)", "Rome (3)", "5"],
        ["\uff11,\uff12\uff13\uff14"],
    ],
)
def test_a_column_of_other_cells_stays_text(tmp_path, cells):
    read, _ = column(tmp_path, cells)
    assert (read.kind, set(read.categories)) == ("text", set(cells))


@pytest.mark.parametrize("cells", [["1,5", "2,25"], ["0,123", "1,234"], ["1234", "1,234"], ["1,234", "12,34"]])
def test_a_comma_that_may_be_a_decimal_mark_is_refused_with_the_options(tmp_path, cells):
    either = ", or --thousands ," if cells[0] == "1234" else r" \(--thousands , would not\)$"
    with pytest.raises(DataError, match=rf"has a comma within a number\. .*--decimal ,{either}"):
        column(tmp_path, cells)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("decimal, said", [(None, True), (".", False)])
def test_points_that_may_separate_thousands_are_said_in_any_file(tmp_path, separator, decimal, said):
    rows = [["x", "y"], ["407", "1"], ["8.646", "2"], ["1.036", "3"], ["7.477", "4"]]
    (tmp_path / "t.csv").write_text("\n".join(map(separator.join, rows)))
    table = read_table(str(tmp_path / "t.csv"), Wanted(format=Format(decimal=decimal)))
    assert (DECIMALS.of(["x"]) in table.notes) == said
    assert "--thousands ." in DECIMALS.text


def test_the_odd_cell_is_named_where_others_stand_in_brackets(tmp_path):
    with pytest.raises(DataError, match="line 21, column 'x': 'five' is not a number"):
        column(tmp_path, [*["5", "(7)"] * 9, "1", "five", "(3)"])


def test_in_a_file_with_semicolons_a_comma_is_no_thousands_separator(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x;y\n1,234;1\n2,345;2\n")
    with pytest.raises(DataError, match="--decimal ,"):
        read_table(str(path))
    assert read_table(str(path), Wanted(format=Format(thousands=","))).columns[0].values.tolist() == [1234, 2345]


def test_an_odd_cell_among_numbers_with_commas_is_named(tmp_path):
    with pytest.raises(DataError, match=r"line 21, column 'x': 'oops' is not a number.*--missing"):
        column(tmp_path, [*(["1,5"] * 19), "oops"], decimal=",")


def test_dates_are_read_by_their_format(tmp_path):
    for kinds in (None, {"x": "date"}):
        read, _ = column(tmp_path, ["02.01.1970", "", "31.12.1969"], kinds, date_format="%d.%m.%Y")
        assert (read.kind, read.values.tolist()[::2]) == ("date", [1, -1])
    assert column(tmp_path, ["02.01.1970", "31.12.1969"])[0].kind == "text"
    looks = "x: the cells look like dates and are read as text: --date-format '%d.%m.%Y'"
    assert column(tmp_path, ["02.01.1970", "31.12.1969", "1.1.1971"])[1] == [looks]
    with pytest.raises(DataError, match=r"'31\.02\.2020' is not a date"):
        column(tmp_path, [*(["01.02.2020"] * 19), "31.02.2020"], date_format="%d.%m.%Y")


def test_a_column_that_a_model_knows_as_text_is_left_as_it_is(tmp_path):
    read, notes = column(tmp_path, ["$5", "$7"], {"x": "text"})
    assert (read.categories, notes) == (("$5", "$7"), [])


def test_parquet_columns_are_respelled_too(tmp_path):
    path = str(tmp_path / "t.parquet")
    pl.DataFrame(
        {"x": ["$5,914", "$7"], "d": ["5.1.2020", "6.1.2020"], "n": [1.5, -999.0], "t": ["a", "?!"]}
    ).write_parquet(path)
    written = Format(missing=("-999", "?!"), date_format="%d.%m.%Y")
    x, d, n, t = read_table(path, Wanted(format=written)).columns
    assert x.values.tolist() == [5914, 7]
    assert (d.kind, d.values.tolist()) == ("date", [18266, 18267])
    assert n.missing.tolist() == t.missing.tolist() == [False, True]


def test_the_delimiter_is_the_one_that_was_given(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,a:b\n1,5:2\n2,5:3\n")
    table = read_table(str(path), Wanted(format=Format(delimiter=":", decimal=",")))
    assert [(one.name, one.values.tolist()) for one in table.columns] == [("a,a", [1.5, 2.5]), ("b", [2, 3])]
    assert table.notes == ()


def test_one_mark_cannot_mean_two_things():
    with pytest.raises(ConfigError, match="are both ','"):
        load_dataset(Source("t.csv", decimal=",", thousands=","), 0)
    with pytest.raises(ConfigError, match="--date-format doesn't apply"):
        load_dataset(Source("moons", date_format="%d.%m.%Y"), 0)


def test_test_rows_and_new_rows_are_read_alike(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x;d;y\n" + "".join(f"1.{i:03},5;0{i % 9 + 1}.02.2020;{i},{i}\n" for i in range(40)))
    source = Source(str(path), test_data=str(path), decimal=",", thousands=".", date_format="%d.%m.%Y")
    dataset, split = load(source, 0)
    assert [column.kind for column in dataset.columns] == ["number", "date"]
    assert (dataset.task, dataset.y[39], len(split.test)) == ("regression", 39.39, 40)
    found = next(new_rows(source, {"x": "number", "d": "date"})).columns
    assert found[0].values.tolist() == dataset.columns[0].values.tolist()[:40]


def test_a_target_of_amounts_is_a_regression(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,price\n" + "".join(f'{i},"$5,{900 + i}"\n' for i in range(40)))
    dataset = load_dataset(Source(str(path)), 0)
    assert (dataset.task, dataset.y[1]) == ("regression", 5901)
    assert CURRENCY.of(["price"]) in dataset.notes


AMOUNTS = {
    "numbers": ("{}", "is not a number"),
    "dollars": ("$5,{}00", "lacks the sign $"),
    "percent": ("{}.5 %", "lacks the sign %"),
    "commas": ("5,{}00", "is not a number"),
}


@pytest.mark.parametrize("kinds", [None, {"x": "number"}])
@pytest.mark.parametrize("case", AMOUNTS)
def test_the_odd_cell_is_refused_and_named_however_numbers_are_spelled(tmp_path, case, kinds):
    form, what = AMOUNTS[case]
    cells = [*(form.format(i) for i in range(1, 10)), "unknown", *(form.format(i) for i in range(1, 10))]
    with pytest.raises(DataError, match=re.escape("line 11, column 'x': 'unknown'") + ".*--missing unknown") as error:
        column(tmp_path, cells, kinds)
    assert what in str(error.value) or kinds
    assert column(tmp_path, cells, kinds, missing=("unknown",))[0].kind == "number"


def test_the_odd_cell_in_a_third_of_a_column_makes_it_text(tmp_path):
    read, notes = column(tmp_path, ["$5", "$6", "gone"])
    assert read.kind == "text"
    assert notes == [
        "x: the column is read as text, since 'gone' lacks the sign that most cells have (if it means a missing value, "
        "name it with --missing)"
    ]
    assert column(tmp_path, ["$5", "$6", "gone"], missing=("gone",))[0].kind == "number"


def test_a_number_without_the_sign_of_all_others_is_refused(tmp_path):
    with pytest.raises(DataError, match="line 21, column 'x': '5' lacks the sign"):
        column(tmp_path, [*(["$5"] * 19), "5"])


def test_a_warning_begins_with_the_word_and_then_the_columns_names():
    assert OTHERWISE.of(["x", "z"]).startswith("Warning: x, z: decimal points")
    assert COMMAS.of(["x", "z"]).startswith("x, z: commas")
