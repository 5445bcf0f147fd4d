from pathlib import Path

import pytest

from wdcli.data.loading import load, load_dataset, new_rows
from wdcli.data.source import Source
from wdcli.errors import ConfigError, DataError


def table(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_text(content)
    return str(path)


def rows(*cells, times=10):
    return "".join(f"{cell}\n" for _ in range(times) for cell in cells)


@pytest.mark.parametrize(
    "cells, task, classes",
    [
        (["a", "b"], "classification", ("a", "b")),
        (["true", "false"], "classification", ("false", "true")),
        (["0", "1"], "classification", ("0", "1")),
        (["3", "10", "7"], "classification", ("3", "7", "10")),
        (["0.5", "1.5"], "regression", ()),
        ([str(i) for i in range(40)], "regression", ()),
    ],
)
def test_the_task_follows_from_the_target(tmp_path, cells, task, classes):
    content = "x,y\n" + "".join(f"{i},{cells[i % len(cells)]}\n" for i in range(80))
    dataset = load_dataset(Source(table(tmp_path, content)), 0)
    assert (dataset.task, dataset.class_names, dataset.target) == (task, classes, "y")
    assert any(task in note for note in dataset.notes)


def test_the_task_that_was_asked_for_is_taken(tmp_path):
    path = table(tmp_path, "x,y\n" + "".join(f"{i},{i % 3}\n" for i in range(30)))
    assert load_dataset(Source(path), 0).task == "classification"
    assert load_dataset(Source(path, task="regression"), 0).y.tolist()[:3] == [0, 1, 2]


@pytest.mark.parametrize("header, target", [("x,target,z", "target"), ("x,Class,z", "Class"), ("x,w,z", "z")])
def test_the_target_is_the_column_called_so_or_the_last(tmp_path, header, target):
    path = table(tmp_path, f"{header}\n" + "".join(f"{i},{i % 2},{i % 2}\n" for i in range(20)))
    assert load_dataset(Source(path), 0).target == target


def test_rows_without_a_target_are_left_out_and_counted(tmp_path):
    path = table(tmp_path, "x,y\n" + "".join(f"{i},{i % 2 if i % 5 else ''}\n" for i in range(30)))
    dataset = load_dataset(Source(path), 0)
    assert dataset.rows == 24
    assert any("6 rows of 30 without a value of y left out" in note for note in dataset.notes)


BAD = {
    "constant target": ("x,y\n1,a\n2,a\n3,a\n", {}, "one value in every row"),
    "constant number": ("x,y\n1,5\n2,5\n3,5\n", {"task": "regression"}, "one value in all"),
    "class of one row": ("x,y\n" + "1,a\n" * 9 + "1,b\n", {}, "class 'b' has one row"),
    "no target value": ("x,y\n1,\n2,\n", {}, "has no value in any row"),
    "empty column": ("x,z,y\n1,,a\n2,,b\n3,,a\n4,,b\n", {}, "column 'z' has no values"),
    "one column": ("y\na\nb\na\nb\n", {}, "nothing to learn from"),
    "text for a regression": ("x,y\n1,a\n2,b\n3,a\n", {"task": "regression"}, "is text"),
    "an identifier": ("x,y\n" + "".join(f"1,id{i}\n" for i in range(1200)), {}, "1,200 different values"),
    "a date to predict": ("x,y\n" + "1,2020-01-01\n" * 9, {}, "is a date"),
}


@pytest.mark.parametrize("case", BAD)
def test_targets_that_cannot_be_learned_are_refused(tmp_path, case):
    content, options, message = BAD[case]
    with pytest.raises(DataError, match=message):
        load(Source(table(tmp_path, content), **options), 0)


MANY = "x,y\n" + "".join(f"1,{i} boxes\n" for i in range(1200))


@pytest.mark.parametrize(
    "content, task, step, other",
    [
        (MANY, "auto", "Choose another --target. If these are numbers, say how they are written", "--task regression"),
        (MANY, "regression", "say how they are written: .* Else choose another --target", "Leave out"),
        ("x,y\n" + "1,a\n2,b\n" * 5, "regression", "leave out --task regression to predict classes", "Correct"),
        (
            "x,y\n" + "1,a\n2,5\n3,b\n" * 5,
            "regression",
            r"such as 'a'\).*Correct such cells, or .* --missing",
            "leave out",
        ),
        (
            "x,y\n" + "1,$1\n2,$2\n3,$5\n4,gone\n" * 5,
            "regression",
            r"such as 'gone'\).*Correct such cells",
            "leave out",
        ),
        ("x,y\n" + "".join(f"1,{i}\n" for i in range(1200)), "classification", "say --task regression", "--decimal"),
    ],
)
def test_the_next_step_for_a_target_is_one_that_helps(tmp_path, content, task, step, other):
    with pytest.raises(DataError, match=step) as caught:
        load_dataset(Source(table(tmp_path, content), task=task), 0)
    assert other not in str(caught.value)


def test_an_unknown_target_names_near_ones(tmp_path):
    with pytest.raises(ConfigError, match="Did you mean 'species'"):
        load_dataset(Source(table(tmp_path, "x,species\n1,a\n"), target="specis"), 0)


@pytest.mark.parametrize(
    "source, message",
    [
        (Source("moons", target="y"), "--target doesn't apply"),
        (Source("iris", rows=10), "--rows doesn't apply"),
        (Source("iris", noise=0.1), "--noise doesn't apply"),
        (Source("moons", task="regression"), "--task regression doesn't apply"),
        (Source("moons", test_data="x.csv"), "--test-data needs --data to be a file"),
    ],
)
def test_options_that_do_not_fit_the_source_are_refused(source, message):
    with pytest.raises(ConfigError, match=message):
        load(source, 0)


def test_a_name_that_is_none_suggests_one():
    with pytest.raises(DataError, match=r"Did you mean 'moons'"):
        load(Source("mons"), 0)


def test_the_test_rows_depend_on_the_seed_alone(tmp_path):
    splits = [load(Source("iris"), seed)[1].test.tolist() for seed in (0, 0, 1)]
    assert splits[0] == splits[1] != splits[2]


def test_test_data_is_matched_by_name_and_kind(tmp_path):
    train = table(tmp_path, "x,t,y\n" + "1,u,a\n2,v,b\n" * 5, "train.csv")
    test = table(tmp_path, "y,extra,t,x\nb,9,new,7\na,9,,\n,9,u,1\n", "test.csv")
    dataset, split = load(Source(train, test_data=test), 0)
    assert (len(split.train), len(split.test)) == (10, 2)
    x, t = dataset.columns
    assert x.values[split.test].tolist()[0] == 7
    assert t.categories[t.values[split.test][0]] == "new"
    assert [dataset.class_names[c] for c in dataset.y[split.test]] == ["b", "a"]
    assert any("1 test row without a value of y" in note for note in dataset.notes)


def test_whole_numbers_written_as_floats_are_the_training_rows_categories_and_classes(tmp_path):
    train = table(tmp_path, "t,y\n" + "1,5\n2,6\nA,other\n" * 5, "train.csv")
    plain, floats = (
        table(tmp_path, f"t,y\n{rows}", name) for rows, name in (("1,6\n", "a.csv"), ("1.0,6.0\n", "b.csv"))
    )
    (one, _), (other, _) = (load(Source(train, target="y", test_data=test), 0) for test in (plain, floats))
    assert one.fingerprint == other.fingerprint


def test_a_column_without_a_name_is_found_in_test_data_too(tmp_path):
    path = table(tmp_path, ",x,y\n" + "r1,1,a\nr1,2,b\nr2,3,a\n" * 4)
    dataset, split = load(Source(path, test_data=path), 0)
    assert [column.name for column in dataset.columns] == ["column 1", "x"]
    assert len(split.test) == 12


@pytest.mark.parametrize(
    "content, message",
    [
        ("x,y\n1,c\n", "class 'c', which no training row has"),
        ("y\na\n", "lacks the column 'x'"),
        ("x,y\noops,a\n", "'oops' is not a number"),
        ("x,y\n1,\n", "no row with a value of 'y'"),
    ],
)
def test_test_data_that_does_not_fit_is_refused(tmp_path, content, message):
    train = table(tmp_path, "x,y\n" + "1,a\n2,b\n" * 5, "train.csv")
    with pytest.raises(DataError, match=message):
        load(Source(train, test_data=table(tmp_path, content, "test.csv")), 0)


def test_new_rows_are_read_by_the_kinds_a_model_knows(tmp_path):
    columns = next(new_rows(Source(table(tmp_path, "t,x\n1,2\n")), {"t": "text", "x": "number"})).columns
    assert [column.kind for column in columns] == ["text", "number"]


def test_a_column_of_groups_is_no_feature_and_is_not_cut(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("site,x,y\n" + "".join(f"s{i % 7},{i * 37 % 11},{i * 17 % 13 / 2}\n" for i in range(70)))
    dataset, split = load(Source(str(path), groups="site"), 0)
    assert [column.name for column in dataset.columns] == ["x"]
    assert any("7 groups" in note for note in dataset.notes)
    assert not set(dataset.groups[split.train]) & set(dataset.groups[split.test])
    assert dataset.fingerprint != load(Source(str(path)), 0)[0].fingerprint


@pytest.mark.parametrize(
    "options, error, words",
    [
        ({"groups": "sites"}, ConfigError, "--groups 'sites' is not a column of .* Did you mean 'site'"),
        ({"groups": "y", "target": "y"}, ConfigError, "is the target"),
        ({"groups": "site", "folds_by": "time"}, ConfigError, "can't be combined"),
        ({"groups": "gaps"}, DataError, "has no value in 1 row: every row needs a group"),
    ],
)
def test_groups_that_cannot_be_are_refused(tmp_path, options, error, words):
    path = tmp_path / "t.csv"
    path.write_text("site,gaps,y\n" + "a,1,1.5\nb,,2.5\nc,1,3.5\nd,1,4\n")
    with pytest.raises(error, match=words):
        load(Source(str(path), **options), 0)
    with pytest.raises(ConfigError, match="has no groups"):
        load(Source("iris", groups="site"), 0)


def test_dates_that_go_back_are_warned_of_where_time_matters(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "day,y\n2024-01-01,\n" + "".join(f"2024-01-{day:02},{day * 7 % 5}.5\n" for day in (1, 2, 3, 9, 8, 10, 11, 12))
    )
    dataset, split = load(Source(str(path), folds_by="time"), 0)
    assert any("the dates of day go back at row 6" in note for note in dataset.notes)
    assert split.test.tolist() == [6, 7]
    assert not any("go back" in note for note in load(Source(str(path)), 0)[0].notes)


@pytest.mark.parametrize("site", ["s{}", "{}"])
def test_a_group_is_not_on_both_sides_where_the_test_rows_are_a_file(tmp_path, site):
    path, new, same, bare = (str(tmp_path / name) for name in ("t.csv", "new.csv", "same.csv", "bare.csv"))

    def write(path, sites):
        rows = (f"{site.format(s)},{i * 37 % 11},{i * 17 % 13 / 2}\n" for i, s in enumerate(sites))
        Path(path).write_text("site,x,y\n" + "".join(rows))

    write(path, [1, 1, 2, 2, 3, 3] * 4)
    write(new, [4, 5] * 5)
    write(same, [4, 3] * 5)
    dataset, split = load(Source(path, groups="site", test_data=new), 0)
    assert len(set(dataset.groups[split.train])) == 3
    assert len(set(dataset.groups[split.test]) - set(dataset.groups[split.train])) == 2
    with pytest.raises(DataError, match=r"the group 's?3' of 'site' has training rows too"):
        load(Source(path, groups="site", test_data=same), 0)
    Path(bare).write_text("x,y\n1,2\n3,4\n")
    dataset, split = load(Source(path, groups="site", test_data=bare), 0)
    assert any("has no column site" in note for note in dataset.notes)
    assert len(set(dataset.groups[split.test])) == 2


MESSY = "id,a,zip,b,y\n" + "".join(f"x{i},{i * 37 % 11},{i % 3},{i * 17 % 13},{i * 7 % 5}.5\n" for i in range(40))
FEATURES = {
    "dropped": ({"drop": ("id", "zip")}, ["a", "b"]),
    "taken": ({"only": ("b", "a")}, ["a", "b"]),
    "with groups": ({"drop": ("id",), "groups": "zip"}, ["a", "b"]),
    "with a target": ({"only": ("y",), "target": "b"}, ["y"]),
}


@pytest.mark.parametrize("case", FEATURES)
def test_features_are_the_columns_that_were_chosen(tmp_path, case):
    options, names = FEATURES[case]
    path = table(tmp_path, MESSY)
    for test_data in (None, path):
        if not (test_data and "groups" in options):
            dataset, _ = load(Source(path, test_data=test_data, **options), 0)
            assert [column.name for column in dataset.columns] == names


def test_a_dropped_column_may_hold_anything(tmp_path):
    path = table(tmp_path, "x,bad,y\n" + "".join(f"{i},{i}.5,{i % 2}\n" for i in range(20)) + "3,oops,1\n")
    with pytest.raises(DataError, match="'oops' is not a number"):
        load(Source(path), 0)
    assert [column.name for column in load(Source(path, drop=("bad",)), 0)[0].columns] == ["x"]


@pytest.mark.parametrize("data, dropped", [("linear-teacher", "x1"), ("iris", "petal width (cm)"), ("moons", "x1")])
def test_known_tables_lose_features_by_name(data, dropped):
    every = [column.name for column in load_dataset(Source(data), 0).columns]
    left = load_dataset(Source(data, drop=(dropped,)), 0)
    taken = load_dataset(Source(data, only=tuple(name for name in every if name != dropped)), 0)
    assert dropped not in [column.name for column in left.columns]
    assert len(left.columns) == len(every) - 1
    assert left.fingerprint == taken.fingerprint
    assert left.truth is taken.truth is None


@pytest.mark.parametrize(
    "source, relevant",
    [
        (Source("xor-sparse"), ("x1", "x2")),
        (Source("xor-sparse", rows=50, noise=0.3, folds_by="time"), ("x1", "x2")),
        (Source("friedman1", drop=("x1", "x9")), ("x2", "x3", "x4", "x5")),
        (Source("friedman1", only=("x9", "x2")), ("x2",)),
        (Source("xor-sparse", drop=("x1", "x2")), ()),
        (Source("iris"), None),
        (Source("iris", drop=("petal width (cm)",)), None),
        (Source("datasets/moons.csv"), None),
    ],
)
def test_a_loaded_generated_table_knows_which_of_its_columns_matter(source, relevant):
    assert load(source, 0)[0].relevant == load_dataset(source, 0).relevant == relevant


@pytest.mark.parametrize("data", ["linear-teacher", "sine"])
def test_a_generated_regression_with_all_its_features_carries_its_truth(data):
    assert load_dataset(Source(data), 0).truth is not None


@pytest.mark.parametrize(
    "options, words",
    [
        ({"drop": ("zap",)}, "--drop 'zap' is not a column of .* Did you mean 'zip'"),
        ({"only": ("a", "bb")}, "--only 'bb' is not a column"),
        ({"drop": ("y",)}, "--drop 'y' is the target"),
        ({"only": ("a", "b"), "target": "b"}, "--only 'b' is the target"),
        ({"drop": ("zip",), "groups": "zip"}, "--drop 'zip' is the column of --groups"),
        ({"drop": ("id", "a", "zip", "b")}, "leaves no feature"),
        ({"drop": ("id",), "only": ("a",)}, "can't both be given"),
    ],
)
def test_features_that_cannot_be_chosen_are_refused(tmp_path, options, words):
    with pytest.raises(ConfigError, match=words):
        load(Source(table(tmp_path, MESSY), **options), 0)
