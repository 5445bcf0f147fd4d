"""A table read piece by piece is the table read whole, and so is its first fault."""

import gzip
import io
from dataclasses import astuple, replace
from types import MappingProxyType

import numpy as np
import polars as pl
import pytest

from wdcli.data import cutting, parquet, raw, wholelines
from wdcli.data.encoding import Encoding
from wdcli.data.files import read_table
from wdcli.data.format import Format
from wdcli.data.novelties import Novelties
from wdcli.data.pieces import read_pieces
from wdcli.data.table import Roles, Wanted
from wdcli.errors import DataError

KINDS = MappingProxyType({"x": "number", "t": "text", "d": "date", "b": "boolean"})
ROWS = 400


def rows(x=lambda i: f"{i}.25", t=lambda i: f"t{i % 7}", separator=","):
    cells = ((f"id{i}", x(i), t(i), f"2020-01-{i % 28 + 1:02}", i % 2) for i in range(ROWS))
    return separator.join(["id", *KINDS]) + "\n" + "".join(separator.join(map(str, row)) + "\n" for row in cells)


def late(usual, odd, at=350):
    """A column whose cells are spelled as usual, but for one of the last."""
    return lambda i: odd if i == at else usual(i)


READABLE = {
    "plain": rows(),
    "a missing cell": rows(late(str, "NA")),
    "quoted separators": rows(t=lambda i: '"a, b"'),
    "quoted lines": rows(t=lambda i: '"a\n\n' + "long " * (i % 40) + '""b"'),
    "a bare quotation mark": rows(t=lambda i: f'{i % 9}" pipe'),
    "empty lines": rows().replace("\n", "\n\n"),
    "a page of empty lines": rows().replace("id200,", "\n" * 5000 + "id200,"),
    "carriage returns": rows().replace("\n", "\r"),
    "both ends of lines": rows().replace("\n", "\r\n"),
    "no end of the last line": rows().rstrip("\n"),
    "a mark": "\ufeff" + rows(t=lambda i: "é漢"),
    "semicolons": rows(separator=";"),
    "dollars": rows(lambda i: f"${i}.50"),
    "dollars, some of them owed": rows(lambda i: f"(${i}.50)" if i % 50 == 9 else f"${i}.50"),
    "owed first in a piece": rows(lambda i: f"({i}.5)" if i > 200 else f"${i}.5"),
    "percent": rows(lambda i: f"{i}.5 %"),
    "commas late": rows(late(lambda i: str(i % 900), '"1,234"')),
    "commas early": rows(late(lambda i: str(i % 900), '"1,234"', at=3)),
    "three digits behind every point": rows(lambda i: f"1.{i:03}"),
    "three digits at first": rows(lambda i: f"1.{i:03}" if i < 300 else "1.5"),
    "three digits at last": rows(lambda i: "1.5" if i < 100 else f"1.{i:03}"),
}  # fmt: skip
REFUSED = {
    "a word among numbers": rows(late(str, "oops")),
    "a number too many": rows().replace("id300,", "id300,5,"),
    "an infinite number": rows(late(str, "1e999")),
    "another currency": rows(late(lambda i: f"${i}", "€5")),
    "no currency": rows(late(lambda i: f"${i}", "5")),
    "a currency late": rows(late(str, "$5")),
    "thousands without commas late": rows(lambda i: '"1,234"' if i < 99 else "12345"),
    "thousands with commas late": rows(lambda i: "12345" if i < 99 else '"1,234"'),
    "a decimal comma late": rows(late(lambda i: '"1,234"', '"1,5"')),
    "an open quotation mark": rows(t=late(str, '"open')),
    "text behind a quotation mark": rows(t=late(str, '"a"b')),
    "not UTF-8": rows(t=late(str, "\udcff")),
    "a NUL byte": rows(t=late(str, "\0")),
    "no rows": "id,x,t,d,b\n" + "\n" * 9999,
    "nothing": "\n" * 9999,
    "a number above": "1,2,3,4,5\n" + rows(),
}  # fmt: skip


def wanted(**spelling):
    return Wanted(KINDS, lambda names: Roles(kept=frozenset({"id"} & {*names})), Format(**spelling))


def written(folder, text, name="t.csv"):
    path = folder / name
    data = text.encode("utf-8", "surrogateescape")
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return str(path)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(raw, "PIECE", 1000)
    monkeypatch.setattr(wholelines, "SIZE", 1024)


def at_once(path, wanted):
    """The table, of which all text is in memory at once."""
    with pytest.MonkeyPatch.context() as usual:
        usual.setattr(wholelines, "SIZE", 1 << 20)
        return read_table(path, wanted)


def same(path, wanted):
    """The pieces, which must be the whole table."""
    whole, parts = at_once(path, wanted), list(read_pieces(path, wanted))
    assert sum(part.rows for part in parts) == whole.rows == ROWS
    for i, column in enumerate(whole.columns):
        columns = [part.columns[i] for part in parts]
        assert {(part.name, part.kind, part.sign) for part in columns} == {(column.name, column.kind, column.sign)}
        assert [cell for part in columns for cell in part.cells] == column.cells
    kept = [cell for piece in parts for cell in piece.cells["id"].to_list()]
    assert kept == whole.cells["id"].to_list()
    assert parts[-1].notes == whole.notes
    return parts


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
@pytest.mark.parametrize("text", READABLE.values(), ids=READABLE)
def test_the_pieces_are_the_whole_table(tmp_path, text, name):
    assert len(same(written(tmp_path, text, name), wanted())) > 3


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_the_first_fault_is_that_of_the_whole_table(tmp_path, text):
    path = written(tmp_path, text)
    with pytest.raises(DataError) as whole:
        at_once(path, wanted())
    with pytest.raises(DataError) as found:
        list(read_pieces(path, wanted()))
    # How many cells are like it, and which options would read them, only the whole table tells.
    assert str(found.value).split(":")[0].split(" (")[0] == str(whole.value).split(":")[0].split(" (")[0]


def outcome(read, path, wanted):
    """What is read, in full, or the error."""
    try:
        table = read(path, wanted)
    except DataError as error:
        return str(error)
    cells = {name: cells.to_list() for name, cells in table.cells.items()}
    places = [table.origin.place(row) for row in range(table.rows)]
    return (
        [(*astuple(column)[:2], column.cells, *astuple(column)[3:]) for column in table.columns],
        table.notes,
        cells,
        places,
    )


@pytest.mark.parametrize("kinds", [None, KINDS], ids=["kinds of the cells", "known kinds"])
@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("text", [*READABLE.values(), *REFUSED.values()], ids=[*READABLE, *REFUSED])
def test_a_table_read_a_few_columns_at_a_time_is_the_same_and_so_is_its_fault(
    tmp_path, monkeypatch, text, columns, kinds
):
    path, asked = written(tmp_path, text), replace(wanted(), kinds=kinds)
    whole = outcome(at_once, path, asked)
    monkeypatch.setattr(cutting, "AT_ONCE", columns * ROWS)
    monkeypatch.setattr(cutting, "PASSES", 9)
    monkeypatch.setattr(cutting, "LENT", 9)
    assert outcome(read_table, path, asked) == whole


def test_unnamed_row_numbers_are_left_out_wherever_they_stand(tmp_path, monkeypatch):
    monkeypatch.setattr(cutting, "AT_ONCE", ROWS)
    lines = rows().splitlines()
    text = "\n".join([f"{lines[0]},,", *(f"{line},{i},{i % 3}" for i, line in enumerate(lines[1:]))])
    table = read_table(written(tmp_path, text))
    assert [column.name for column in table.columns] == ["id", *KINDS, "column 7"]
    assert table.notes[0].endswith("column 6 has no name and counts the rows; it is left out")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    path, cut = written(tmp_path, rows()), cutting.columns_of

    def late(*args):
        written(tmp_path, rows() * 2)
        return cut(*args)

    monkeypatch.setattr("wdcli.data.delimited.columns_of", late)
    with pytest.raises(DataError, match="was changed while it was read: try again"):
        read_table(path)


@pytest.mark.parametrize(
    "x, spelling",
    [
        (lambda i: f"{i},25", {"decimal": ","}),
        (late(lambda i: f"{i},25", "1.5"), {"decimal": ","}),
        (late(lambda i: f"{i},25", "1.5", at=3), {"decimal": ","}),
        (lambda i: f"{i + 1}.250,5", {"decimal": ",", "thousands": "."}),
        (late(str, "unknown"), {"missing": ("unknown",)}),
    ],
)
def test_pieces_are_spelled_as_the_options_say(tmp_path, x, spelling):
    same(written(tmp_path, rows(x, separator=";")), wanted(**spelling))


def frame():
    return pl.read_csv(io.StringIO(rows()), schema_overrides={"b": pl.Boolean, "d": pl.Date}, ignore_errors=True)


@pytest.mark.parametrize("name", ["t.jsonl", "t.ndjson.gz"])
def test_json_lines_are_read_in_pieces(tmp_path, name):
    text = frame().drop("b").with_columns(pl.lit(None).alias("b")).write_ndjson()
    same(written(tmp_path, text.replace('"x":300.25,', "").replace(',"b":null', ""), name), Wanted(
        {"x": "number", "t": "text", "d": "date"}, wanted().roles
    ))  # fmt: skip


@pytest.mark.parametrize("groups", [64, 10_000])
@pytest.mark.parametrize("name", ["t.parquet", "a*b.pq"])
def test_parquet_is_read_in_pieces_whatever_its_row_groups(tmp_path, monkeypatch, groups, name):
    monkeypatch.setattr(parquet, "CELLS", 500)
    table = frame().with_columns(pl.Series("b", [i % 2 == 0 for i in range(ROWS)]))
    table.write_parquet(tmp_path / name, row_group_size=groups)
    assert len(same(str(tmp_path / name), wanted())) > 3
    odd = table.with_columns(pl.when(pl.int_range(ROWS) == 350).then(np.inf).otherwise("x").alias("x"))
    odd.write_parquet(tmp_path / "odd.parquet")
    with pytest.raises(DataError, match="row 351, column 'x': the value is infinite"):
        list(read_pieces(str(tmp_path / "odd.parquet"), wanted()))


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(wholelines, "LONGEST", 1 << 20)
    monkeypatch.setattr(raw, "PIECE", 1 << 18)
    path = written(tmp_path, "x" * (3 << 19))
    with pytest.raises(DataError, match="a line of more than 1 MiB"):
        list(read_pieces(path, wanted()))


def test_what_training_never_saw_is_summed_over_the_pieces(tmp_path):
    text = rows(lambda i: "" if i % 90 == 5 else f"${i * i}", lambda i: f"t{i % 11}" if i % 97 else "")
    train = read_table(written(tmp_path, rows(lambda i: str(i % 5))), wanted())
    encoding = Encoding.fit(train.columns, np.arange(ROWS))
    path = written(tmp_path, text, "new.csv")
    whole, novelties = read_table(path, wanted()).columns, Novelties(encoding)
    for piece in read_pieces(path, wanted()):
        novelties.add(piece.columns)
    assert novelties.unseen == encoding.unseen(whole)
    assert novelties.resigned == encoding.resigned(whole) == [("x", "", "$")]
    (far,), (found,) = encoding.far(whole), novelties.far
    assert (found.cells, found.farthest, found.mean, found.column.name) == (far.cells, far.farthest, far.mean, "x")
    assert len(novelties.unseen) == 3
