"""Classes and groups keep the exact spelling of their cells; numbers that lose digits are noted."""

import io
import json
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from wdcli.data.files import read_table
from wdcli.data.labels import read_labels
from wdcli.data.loading import load, load_dataset
from wdcli.data.source import Source
from wdcli.data.table import Wanted
from wdcli.errors import DataError

LONG = 900719925474099300
BEYOND = 10**30
IN_TABLES = {
    "csv": lambda column: b"v,x,z\n" + b"".join(b"%d,%d,%d\n" % (v, i * 7 % 11, i) for i, v in enumerate(column)),
    "jsonl": lambda column: "".join(
        json.dumps({"v": v, "x": i * 7 % 11, "z": i}) + "\n" for i, v in enumerate(column)
    ).encode(),
}  # fmt: skip
TYPES = [pl.Int64, pl.UInt64, pl.Int128, pl.Decimal(38, 0)]


def save(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    return str(path)


def parquet(tmp_path, name="t.parquet", **columns):
    file = io.BytesIO()
    pl.DataFrame(columns).write_parquet(file)
    return save(tmp_path, file.getvalue(), name)


@pytest.mark.parametrize("suffix", IN_TABLES)
@pytest.mark.parametrize("first", [LONG, BEYOND])
def test_groups_of_long_integers_stay_apart(tmp_path, suffix, first):
    path = save(tmp_path, IN_TABLES[suffix]([first + i // 2 for i in range(200)]), f"t.{suffix}")
    dataset = load_dataset(Source(path, target="x", task="regression", groups="v"), 0)
    assert dataset.groups.tolist() == [i // 2 for i in range(200)]
    assert any("100 groups" in note for note in dataset.notes)


@pytest.mark.parametrize("dtype", TYPES)
def test_groups_and_classes_of_long_integers_stay_apart_in_parquet(tmp_path, dtype):
    groups = pl.Series([LONG + i // 2 for i in range(60)], dtype=pl.Int64).cast(dtype)
    classes = pl.Series([LONG + i % 3 for i in range(60)], dtype=pl.Int64).cast(dtype)
    dataset = load_dataset(Source(parquet(tmp_path, g=groups, x=range(60), y=classes), groups="g"), 0)
    assert len(set(dataset.groups)) == 30
    assert dataset.class_names == tuple(str(LONG + i) for i in range(3))


@pytest.mark.parametrize("suffix", IN_TABLES)
def test_classes_of_long_integers_keep_their_digits(tmp_path, suffix):
    path = save(tmp_path, IN_TABLES[suffix]([10**16 + i % 3 for i in range(60)]), f"t.{suffix}")
    dataset = load_dataset(Source(path, target="v"), 0)
    assert dataset.class_names == ("10000000000000000", "10000000000000001", "10000000000000002")
    assert np.bincount(dataset.y).tolist() == [20, 20, 20]


@pytest.mark.parametrize(
    "cells, names",
    [
        (["01", "1", "001"], ("001", "01", "1")),
        (["1", "1.0", "+1", "1e0", "1.000e+00"], ("1",)),
        (["10", "9", "-0", "0.0", "-1"], ("-1", "0", "9", "10")),
        (["1.10", "1.1"], ("1.1", "1.10")),
        (["1.0", "A7"], ("1.0", "A7")),
        (["True", "false", "TRUE"], ("false", "true")),
        ([1.0, 2.0, None, 0.1 + 0.2, 0.3], ("0.3", "0.30000000000000004", "1", "2")),
        ([Decimal("1.00"), Decimal("12345678901234567890.50")], ("1", "12345678901234567890.50")),
        ([True, False], ("false", "true")),
    ],
)
def test_cells_are_one_label_where_they_spell_one_thing(cells, names):
    labels = read_labels(pl.Series(cells), None)
    assert labels.names == names
    assert (labels.codes < 0).tolist() == [cell is None for cell in cells]


@pytest.mark.parametrize("known, cells, names", [
    ("number", ["1.0", "A7"], ("A7", "1")),
    ("text", ["1.0", "7"], ("1.0", "7")),
    ("boolean", ["1", "False"], ("false", "true")),
])  # fmt: skip
def test_labels_match_those_of_a_column_that_is_known(known, cells, names):
    assert set(read_labels(pl.Series(cells), known).names) == set(names)


def test_codes_with_leading_zeros_are_classes_and_can_be_numbers_if_asked_for(tmp_path):
    path = save(tmp_path, b"x,y\n" + b"".join(b"%d,%03d\n" % (i, i % 40 * 5) for i in range(400)), "t.csv")
    dataset = load_dataset(Source(path), 0)
    assert dataset.class_names[:3] == ("000", "005", "010")
    assert load_dataset(Source(path, task="regression"), 0).y.tolist()[:3] == [0, 5, 10]


def test_test_rows_have_the_classes_and_groups_of_the_same_spelling(tmp_path):
    rows = "".join(f"{LONG + i // 4},{i * 7 % 11},{LONG + i % 2}.0\n".replace(".0\n", "\n") for i in range(40))
    train = save(tmp_path, f"g,x,y\n{rows}".encode(), "train.csv")
    frame = {"x": [1, 2], "y": [LONG + 1, LONG]}
    test = parquet(tmp_path, "test.parquet", g=[LONG + 10, LONG + 11], **frame)
    dataset, split = load(Source(train, groups="g", test_data=test), 0)
    assert dataset.y[split.test].tolist() == [1, 0]
    assert not set(dataset.groups[split.test]) & set(dataset.groups[split.train])
    shared = parquet(tmp_path, "shared.parquet", g=[LONG + 10, LONG + 9], **frame)
    with pytest.raises(DataError, match=f"the group '{LONG + 9}' of 'g' has training rows too"):
        load(Source(train, groups="g", test_data=shared), 0)
    other = parquet(tmp_path, "other.parquet", g=[LONG + 10] * 2, x=[1, 2], y=[LONG + 1, LONG + 2])
    with pytest.raises(DataError, match=f"has the class '{LONG + 2}', which no training row has"):
        load(Source(train, groups="g", test_data=other), 0)


def test_a_column_of_groups_may_hold_numbers_and_words(tmp_path):
    rows = b"".join(b"%d,1,%d\n" % (i // 2, i % 7) for i in range(60))
    path = save(tmp_path, b"g,x,y\n" + rows + b"A7,3,4\nA7,4,5\n", "t.csv")
    assert len(set(load_dataset(Source(path, task="regression", groups="g"), 0).groups)) == 31


KINDS = {
    ("02139", "10001", "94110"): "text",
    ("007", "12", "5"): "text",
    ("007", "K1A", "12"): "text",
    (" 007", "12", ""): "text",
    ("00", "05", "23"): "number",
    ("0", "0.5", "10"): "number",
    ("007", "1.5", "2"): "number",
    ("007", "-5", "2"): "number",
}


@pytest.mark.parametrize("cells", KINDS)
def test_codes_padded_with_zeros_to_three_digits_or_more_are_text(tmp_path, cells):
    table = read_table(
        save(tmp_path, "".join(f"{c},1\n" for c in ("c,y", *cells)).replace("y,1", "y", 1).encode(), "t.csv")
    )
    assert table.columns[0].kind == KINDS[cells]
    assert any("begins with 0" in note for note in table.notes) == (KINDS[cells] == "text")


ROUNDED = {
    ("9007199254740993", "1"): True,
    ("900719925474099300", "900719925474099301"): True,
    (str(BEYOND + 1), "2"): True,
    ("0.12345678901234567890", "0.12345678901234567891"): True,
    ("9007199254740992", "18014398509481984"): False,
    ("1e300", "2.5e-300"): False,
    ("0.1", "0.1000000000000000000000"): False,
    ("0.12345678901234567890", "7"): False,
}


@pytest.mark.parametrize("cells", ROUNDED)
def test_a_feature_that_loses_digits_is_noted_once(tmp_path, cells):
    path = save(tmp_path, "".join(f"{cell},1\n" for cell in ("c", *cells, *cells)).encode(), "t.csv")
    notes = [note for note in read_table(path).notes if "more digits" in note]
    assert len(notes) == ROUNDED[cells]
    assert all("line 2, column 'c'" in note for note in notes)


@pytest.mark.parametrize("dtype", TYPES)
def test_a_feature_that_loses_digits_is_noted_in_parquet_too(tmp_path, dtype):
    values = pl.Series([2, 2**53, 2**53 + 1]).cast(dtype)
    assert ["row 3" in note for note in read_table(parquet(tmp_path, c=values, y=[1, 2, 3])).notes] == [True]
    assert read_table(parquet(tmp_path, c=values.head(2), y=[1, 2])).notes == ()


def test_a_model_that_knows_a_column_as_numbers_reads_padded_ones(tmp_path):
    path = save(tmp_path, b"c,y\n007,1\n012,2\n", "t.csv")
    assert read_table(path, Wanted({"c": "number"})).columns[0].values.tolist() == [7, 12]
