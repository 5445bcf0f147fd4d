from types import SimpleNamespace

import numpy as np
import pytest
import sklearn.datasets

from wdcli.data.bundled import BUNDLED, from_files, from_loader, load_bundled


@pytest.mark.parametrize("read", [from_files, from_loader])
@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_tables_are_scikit_learns_whether_read_from_its_files_or_by_its_loader(name, read):
    dataset, known = read(name), BUNDLED[name]
    bunch = getattr(sklearn.datasets, known.loader)(**({"scaled": False} if name == "diabetes" else {}))
    assert (dataset.name, dataset.task, dataset.target) == (name, known.task, known.target)
    assert [column.name for column in dataset.columns] == [str(feature) for feature in bunch.feature_names]
    assert dataset.class_names == tuple(str(c) for c in bunch.get("target_names", ()))
    assert np.array_equal(np.column_stack([column.values for column in dataset.columns]), bunch.data)
    assert np.array_equal(dataset.y, bunch.target)


@pytest.mark.parametrize("name", BUNDLED)
def test_both_ways_to_a_bundled_table_give_the_same_types(name):
    assert from_files(name).fingerprint == from_loader(name).fingerprint


ROWS = "5.1,3.5,1.4,0.2,0\n" * 150
HEADER = "150,4,setosa,versicolor,virginica\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_file_counts_whichever_way_its_lines_end(tmp_path, monkeypatch, newline):
    package(tmp_path, monkeypatch, (HEADER + ROWS).replace("\n", newline))
    assert {tuple(column.values) for column in load_bundled("iris").columns} == {
        (x,) * 150 for x in (5.1, 3.5, 1.4, 0.2)
    }


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        HEADER.replace("setosa", "Setosa") + ROWS,
        HEADER + ROWS[18:],
        HEADER + ROWS.replace(",0\n", ",0,0\n"),
        HEADER + ROWS.replace("5.1", "?"),
    ],
    ids=["absent", "empty", "other classes", "a row less", "a column more", "no numbers"],
)
def test_scikit_learn_is_asked_where_its_file_is_not_as_expected(tmp_path, monkeypatch, content):
    package(tmp_path, monkeypatch, content)
    assert load_bundled("iris").fingerprint == from_loader("iris").fingerprint


def test_scikit_learn_is_asked_where_its_files_have_no_place(monkeypatch):
    monkeypatch.setattr("wdcli.data.bundled.find_spec", lambda name: None)
    assert load_bundled("iris").rows == 150


def package(folder, monkeypatch, iris):
    """A scikit-learn in a folder, with this text as its iris table."""
    (folder / "datasets/data").mkdir(parents=True)
    if iris is not None:
        (folder / "datasets/data/iris.csv").write_bytes(iris.encode())
    monkeypatch.setattr("wdcli.data.bundled.find_spec", lambda name: SimpleNamespace(origin=f"{folder}/__init__.py"))
