import gzip
import io
import math
import re

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wdcli.data.files import read_table, table_bytes
from wdcli.data.table import Wanted
from wdcli.errors import DataError

CSV = b"a,b,c\n1,x,true\n2.5,y,false\n,x,\n"


def read(tmp_path, content, name="t.csv", kinds=None):
    path = tmp_path / name
    path.write_bytes(content)
    return read_table(str(path), Wanted(kinds))


def columns(table):
    """Cells as Python values, None for missing."""
    found = {}
    for column in table.columns:
        values = [None if m else v for v, m in zip(column.values.tolist(), column.missing, strict=True)]
        if column.kind == "text":
            values = [None if v is None else column.categories[v] for v in values]
        found[column.name] = (column.kind, values)
    return found


EXPECTED = {"a": ("number", [1, 2.5, None]), "b": ("text", ["x", "y", "x"]), "c": ("boolean", [1, 0, None])}
SAME = {
    "plain.csv": CSV,
    "bom.csv": b"\xef\xbb\xbf" + CSV,
    "crlf.csv": CSV.replace(b"\n", b"\r\n"),
    "cr.csv": CSV.replace(b"\n", b"\r"),
    "no_last_newline.csv": CSV.rstrip(b"\n"),
    "blank_lines.csv": CSV.replace(b"\n", b"\n\n"),
    "spaces.csv": b"a, b ,c\n 1,x, true\n2.5 ,y,false\n,x,\n",
    "missing_words.csv": b"a,b,c\n1,x,true\n2.5,y,false\nNA,x,n/a\n",
    "semicolon.csv": CSV.replace(b",", b";"),
    "pipe.csv": CSV.replace(b",", b"|"),
    "tab.tsv": CSV.replace(b",", b"\t"),
    "tab.csv": CSV.replace(b",", b"\t"),
    "packed.csv.gz": gzip.compress(CSV),
    "gzip_by_content.csv": gzip.compress(CSV),
    "two_members.csv.gz": gzip.compress(CSV[:9]) + gzip.compress(CSV[9:]),
    "lines.jsonl": b'{"a":1,"b":"x","c":true}\n{"a":2.5,"b":"y","c":false}\n{"b":"x","a":null}\n',
    "quoted.csv": b'"a","b","c"\n"1","x","true"\n2.5,"y",false\n"",x,\n',
    "index.csv": b",a,b,c\n0,1,x,true\n1,2.5,y,false\n2,,x,\n",
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_table_in_many_spellings(tmp_path, name):
    table = read(tmp_path, SAME[name], name)
    assert columns(table) == EXPECTED
    assert table.rows == 3


def test_parquet_keeps_its_types(tmp_path):
    frame = pl.DataFrame({"a": [1.0, 2.5, None], "b": ["x", "y", "x"], "c": [True, False, None]})
    file = io.BytesIO()
    frame.with_columns(
        d=pl.Series(["2020-01-01", "1970-01-02", None]).str.to_date(), e=pl.Series(["1", "2", "3"])
    ).write_parquet(file)
    found = columns(read(tmp_path, file.getvalue(), "t.parquet"))
    assert found.pop("d") == ("date", [18262.0, 1.0, None])
    assert found.pop("e") == ("text", ["1", "2", "3"])
    assert found == EXPECTED


@pytest.mark.parametrize(
    "cells, days",
    [
        (["1970-01-03", "2000-02-29", ""], [2.0, 11016.0, None]),
        (["1970-01-01 12:00:00", "1970-01-02 00:00:00", ""], [0.5, 1.0, None]),
        (["1970-01-01T06:00:00+06:00", "1970-01-02T00:00:00Z", ""], [0.0, 1.0, None]),
    ],
)
def test_dates_are_days_since_1970(tmp_path, cells, days):
    table = read(tmp_path, ("d,x\n" + "".join(f"{cell},1\n" for cell in cells)).encode())
    assert columns(table)["d"] == ("date", days)


def test_a_quoted_cell_may_hold_separators_newlines_and_quotes(tmp_path):
    table = read(tmp_path, b'a,b\n1,"x,""y""\nz"\n2,w\n')
    assert columns(table)["b"] == ("text", ['x,"y"\nz', "w"])


def test_text_means_the_same_in_parquet_as_in_csv(tmp_path):
    file = io.BytesIO()
    pl.DataFrame({"t": ["NA", " a", "a", None], "n": [1, 2, 3, 4]}).write_parquet(file)
    from_parquet = columns(read(tmp_path, file.getvalue(), "t.parquet"))
    assert from_parquet == columns(read(tmp_path, b"t,n\nNA,1\n a,2\na,3\n,4\n"))


PARQUET_AND_CSV = {
    "whole numbers for a boolean": ([1, 0, None], "boolean", "1\n0\n\n"),
    "floats for a boolean": ([1.0, 0.0, None], "boolean", "1.0\n0.0\n\n"),
    "numbers that are no booleans": ([1, 0, 2], "boolean", "1\n0\n2\n"),
    "fractions for a boolean": ([1.0, 0.5], "boolean", "1.0\n0.5\n"),
    "text for a boolean": (["TRUE", "0", "na"], "boolean", "TRUE\n0\nna\n"),
    "booleans for a number": ([None, True], "number", "\ntrue\n"),
    "text for a number": (["1", " 2.5", "NaN"], "number", "1\n 2.5\nNaN\n"),
    "text for a date": (["2020-01-02", None], "date", "2020-01-02\n\n"),
    "numbers for a date": ([2020, 2021], "date", "2020\n2021\n"),
    "numbers for text": ([1, None, 10**6], "text", "1\n\n1000000\n"),
    "floats for text": ([1.0, 2.5, None, float("nan"), 1e6], "text", "1.0\n2.5\n\nnan\n1000000.0\n"),
    "booleans for text": ([True, False], "text", "true\nfalse\n"),
    "nothing for text": ([None, None], "text", "\n\n"),
    "nothing for a number": ([None, None], "number", "\n\n"),
    "nothing for a boolean": ([None, None], "boolean", "\n\n"),
    "nothing for a date": ([None, None], "date", "\n\n"),
}


@pytest.mark.parametrize("what", PARQUET_AND_CSV)
@pytest.mark.parametrize("categorical", [False, True])
def test_a_known_kind_takes_the_same_cells_from_parquet_as_from_csv(tmp_path, what, categorical):
    cells, kind, csv = PARQUET_AND_CSV[what]
    series = pl.Series("c", cells)
    if categorical and series.dtype == pl.String:
        series = series.cast(pl.Categorical)
    file = io.BytesIO()
    pl.DataFrame([series, pl.Series("z", [0] * len(cells))]).write_parquet(file)
    content = "c,z\n" + "".join(f"{cell},0\n" for cell in csv.split("\n")[:-1])

    def answer(data, name, first):
        try:
            (column,) = read(tmp_path, data, name, {"c": kind}).columns
        except DataError as error:
            place, said = re.search(r"(?:line|row) ([0-9]+)(, column.*)", str(error)).groups()
            return int(place) - first, said
        return column.kind, np.nan_to_num(column.values, nan=-9).tolist(), column.categories

    assert answer(file.getvalue(), "t.parquet", 1) == answer(content.encode(), "t.csv", 2)


def test_known_kinds_rule_over_what_the_cells_look_like_and_other_columns_are_left_alone(tmp_path):
    table = read(tmp_path, b"a,b\n1,inf\n3,oops\n", kinds={"a": "text"})
    assert columns(table) == {"a": ("text", ["1", "3"])}
    assert table.header == ("a", "b")
    with pytest.raises(DataError, match=r"line 3, column 'b': 'x' is not a number"):
        read(tmp_path, b"a,b\n1,2\n3,x\n", kinds={"b": "number"})


@pytest.mark.parametrize(
    "content, note",
    [
        ("a,b\n" + "1,x\n" * 6 + "oops,y\n" * 2, r"line 8, column 'a': 'oops' is not a number, as 75% of the column's"),
        ("a,b\n" + "2020-01-01,x\n" * 6 + "1/2/20,y\n" * 2, r"'1/2/20' is not a date, as 75%"),
        ("1,b,c\n" + "x,y,z\n" * 3, r"the first line is read as column names \(1\): is the header missing\?"),
        ("a;b\n" + "x;y\n" * 3, "columns are separated by ';'"),
    ],
)
def test_what_is_doubtful_is_read_and_noted(tmp_path, content, note):
    table = read(tmp_path, content.encode())
    assert any(re.search(note, said) for said in table.notes)
    assert {column.kind for column in table.columns} == {"text"}


def test_a_quotation_mark_within_a_bare_cell_is_taken_as_it_is(tmp_path):
    table = read(tmp_path, b'size,n\n5" pipe,1\n3" pipe,2\n' * 1)
    assert columns(table)["size"] == ("text", ['5" pipe', '3" pipe'])


NUMBERS = "".join(f"{i},{i}\n" for i in range(40))
BAD = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n\n", "is empty"),
    "header only": (b"a,b\n", "header but no rows"),
    "numbers as header": (b"1,2\n3,4\n", "first line holds numbers"),
    "duplicate names": (b"a,b,a\n1,2,3\n", "more than one column named 'a'"),
    "short line": (b"a,b,c\n1,2,3\n1,2\n", r"line 3: 2 cells, but the header names 3"),
    "long line": (b"a,b\n1,2\n\n1,2,3\n", r"line 4: 3 cells"),
    "open quote": (b'a,b\n1,"x\n2,y\n', "quotation mark"),
    "utf-16": ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
    "latin-1": ("a,b\n1,é\n".encode("latin-1"), r"line 2: byte 0xe9 is not UTF-8"),
    "nul": (b"a,b\n1,\x00\n", "line 2: a NUL byte"),
    "html": (b"<!DOCTYPE html><html></html>", "HTML page"),
    "infinity": (b"a,b\n1,2\ninf,3\n", r"line 3, column 'a': the value is infinite"),
    "overflow": (b"a,b\n1,2\n1e400,3\n", r"line 3, column 'a': the value is infinite"),
    "one bad cell": (f"a,b\n{NUMBERS}oops,1\n".encode(), r"line 42, column 'a': 'oops' is not a number"),
    "one bad date": (("a,b\n" + "2020-01-01,1\n" * 40 + "soon,1\n").encode(), r"'soon' is not a date"),
    "decimal comma": (b"a;b\n1,5;x\n2,5;y\n", "comma within a number"),
    "comma in quotes": (b'a,b\n"0,500",x\n"12,500",y\n', "comma within a number"),
    "some commas": (b'a,b\n294,x\n"12,5",y\n7,z\n', r"line 3, column 'a': '12,5' has a comma"),
    "mostly numbers as header": (b"1,2,a\n3,4,b\n", "first line holds numbers"),
    "long cell": (b"a,b\n1," + b"x" * 140_000 + b"\n", "a cell is too long"),
    "truncated gzip": (gzip.compress(CSV)[:-12], "truncated gzip"),
    "damaged gzip": (gzip.compress(CSV)[:12] + b"\xff\xff\xff\xff", "gzip"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_tables_are_refused_with_the_place(tmp_path, case):
    content, message = BAD[case]
    with pytest.raises(DataError, match=message):
        read(tmp_path, content)


BAD_LINES = {
    "not json": (b'{"a":1}\n{"a":\n', "line 2: this is not JSON"),
    "list": (b"[1,2]\n", "line 1: this is not a JSON object"),
    "nested": (b'{"a":{"b":1}}\n', "a value is itself a list or an object"),
    "twice": (b'{"a":1,"a":2}\n', "a name occurs twice"),
    "surrogate": (b'{"a":"\\ud800"}\n', "lone surrogate"),
    "deep": (b'{"a":' + b"[" * 100_000 + b"\n", "not JSON"),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_bad_json_lines_are_refused_with_the_place(tmp_path, case):
    content, message = BAD_LINES[case]
    with pytest.raises(DataError, match=message):
        read(tmp_path, content, "t.jsonl")


@pytest.mark.parametrize("content", [b"PAR1 and then nothing", b"\x00" * 100])
def test_damaged_parquet_is_refused(tmp_path, content):
    with pytest.raises(DataError, match="Parquet"):
        read(tmp_path, content, "t.parquet")


def test_what_is_no_file_is_refused(tmp_path):
    for path, message in [
        (str(tmp_path), "is a directory"),
        (str(tmp_path / "no.csv"), "no such file"),
        ("https://example.org/a.csv", "is an address"),
        ("/dev/zero", "is a device"),
        ("a\0b", "can't be read"),
    ]:
        with pytest.raises(DataError, match=message):
            read_table(path)


@pytest.mark.parametrize("parquet", [False, True])
def test_what_is_written_comes_back_to_the_last_bit(tmp_path, parquet):
    rng = np.random.default_rng(0)
    written = {"a": rng.normal(size=50) * 10.0 ** rng.integers(-300, 300, 50), "y": rng.integers(0, 2, 50)}
    table = read(tmp_path, table_bytes(written, parquet), "t.parquet" if parquet else "t.csv")
    for column in table.columns:
        assert np.array_equal(column.values, written[column.name])


CELLS = st.one_of(
    st.floats().map(repr),
    st.text(max_size=8),
    st.integers().map(str),
    st.sampled_from(["", "NA", "true", '"', "2020-01-01"]),
)


ROWS = st.lists(st.lists(CELLS, max_size=4), max_size=6)
FILES = st.one_of(
    st.binary(max_size=200), ROWS.map(lambda rows: "\n".join(map(",".join, rows)).encode("utf-8", "replace"))
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@example(b"\t\n0", "t.csv")
@given(FILES, st.sampled_from(["t.csv", "t.tsv", "t.jsonl", "t.parquet", "t.csv.gz"]))
def test_anything_is_read_or_refused(tmp_path, content, name):
    try:
        table = read(tmp_path, content, name)
    except DataError as error:
        assert str(error).count("\n") <= 1
        return
    # A column of the rows' numbers, where it is the only one, leaves no other.
    assert table.header
    for column in table.columns:
        assert len(column.values) == table.rows
        assert not any(math.isinf(value) for value in column.values)


TITLES = {
    "a title": "Export of 1 March\na;b;c\n1;2;3\n4;5;6\n",
    "a title and an empty line": "Export of 1 March\n\na;b;c\n1;2,5;3\n4;5;6\n",
    "a title with a comma": "Export, 1 March\na;b;c\n1;2;3\n4;5;6\n",
    "a title that a spreadsheet padded": "Export of 1 March,,\na,b,c\n1,2,3\n4,5,6\n",
    "below an empty line": "\nExport of 1 March\na\tb\n1\t2\n4\t5\n",
}


@pytest.mark.parametrize("case", TITLES)
def test_a_title_above_the_header_is_named_with_its_line(tmp_path, case):
    line = 2 if TITLES[case].startswith("\n") else 1
    with pytest.raises(DataError, match=rf"line {line}: 'Export.*March' looks like a title.*Delete the lines above"):
        read(tmp_path, TITLES[case].encode())


NO_TITLES = {
    "a bare header": "text\n1\n2\n3\n",
    "a semicolon in each cell": "a,b\nx;y,1\nx;z,2\n",
    "a semicolon in each cell of a column that is asked for": "a\nx;y\nx;z\n",
    "two names": "a,\n1,2\n3,4\n",
}


@pytest.mark.parametrize("case", NO_TITLES)
def test_a_header_is_no_title(tmp_path, case):
    (tmp_path / "t.csv").write_text(NO_TITLES[case])
    wanted = Wanted({"a": "text"}) if "asked for" in case else Wanted()
    assert read_table(str(tmp_path / "t.csv"), wanted).columns


def test_a_row_with_a_cell_too_many_makes_no_title_of_the_header(tmp_path):
    with pytest.raises(DataError, match="line 3: 4 cells, but the header names 3 columns"):
        read(tmp_path, b"a;b;c\n1,5;x;1\n2,5;x;2;\n")
