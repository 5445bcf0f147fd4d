"""``wdcli sweep --features``, as users write it."""

import json

import pytest

from tests.cli.run import SWEEP, TINY, as_json, refuse, succeed

PENALTY = ["--penalty", "group-lasso", "--hidden", "6", "--epochs", "30"]
SPARSE = ["--data", "xor-sparse", "--rows", "200", *PENALTY, *SWEEP]
KEYS = ["column", "dies_at", "l2_norm", "selection_share", "importance", "ci_low", "ci_high", "useful"]


@pytest.fixture
def store(tmp_path):
    return ["--store", tmp_path / "store"]


@pytest.fixture
def wide(tmp_path):
    """45 numbers with long names, of which two are constant, a text column and a target."""
    path = tmp_path / "wide.csv"
    names = [f"a rather long name of a column {i}" for i in range(45)]
    rows = [[(i * (j + 3)) % 17 for j in range(45)] for i in range(60)]
    lines = [",".join([*map(str, row), "uvw"[i % 3], str(row[0] + row[1])]) for i, row in enumerate(rows)]
    path.write_text("\n".join([",".join([*names, "letter", "y"]), *lines]) + "\n")
    return path


def test_the_table_has_a_row_for_each_column_and_fits_80_columns(wide):
    done = succeed("sweep", "--features", "--data", wide, *PENALTY, *SWEEP, "--quiet", "--no-store")
    lines = done.stdout.splitlines()
    (start,) = (i for i, line in enumerate(lines) if line.startswith("column ") and "(95 % interval)" in line)
    assert lines[start + 41] == "and 4 more columns (--json has them all)"
    assert max(map(len, lines)) <= 80
    shown = as_json("sweep", "--data", wide, *PENALTY, *SWEEP, "--quiet", "--no-store")["feature_table"]
    cut = [line.split("  ")[0].rstrip("…") for line in lines[start + 1 : start + 41]]
    assert all(row["column"].startswith(name) for row, name in zip(shown, cut, strict=False))
    assert "letter" in {row["column"] for row in shown}


def test_json_has_a_row_for_each_column_always_and_importance_too(store):
    shown, again = (as_json("sweep", *SPARSE, *more, *store) for more in ([], ["--features"]))
    assert again["feature_table"] == shown["feature_table"]
    assert [list(row) for row in shown["feature_table"]] == [KEYS] * 10
    assert sorted(row["column"] for row in shown["feature_table"]) == sorted(shown["columns"])
    assert list(shown["stability"]) == ["index", "ci_low", "ci_high"]
    assert shown["features"] == shown["columns"]
    told = "2 fits of cross-validation" in shown["summary"], "2 fits of cross-validation" in again["summary"]
    assert told == (False, True)


def test_without_json_or_the_option_no_importance_is_measured(store):
    succeed("sweep", *SPARSE, *store)
    shown = as_json("runs", "show", "last", *store)
    assert all(row["importance"] is None for row in shown["feature_table"])


def test_a_stored_run_shows_its_columns_again(store):
    printed = succeed("sweep", *SPARSE, "--features", "--quiet", *store).stdout
    assert "95 % interval" in printed
    assert succeed("runs", "show", "last", *store).stdout.strip() == printed.strip()
    for form, heading in (("markdown", "| column | dies at |"), ("latex", "column & dies at &")):
        assert heading in succeed("runs", "show", "last", "--format", form, *store).stdout


def test_a_chart_takes_the_place_of_the_lambdas_rows_alone():
    printed = succeed("sweep", *SPARSE, "--features", "--chart", "--quiet", "--no-store").stdout
    assert "95 % interval" in printed
    assert "CV loss ± SE" not in printed
    assert " ".join(printed.split()).count("2 fits of cross-validation") == 1


@pytest.mark.parametrize("columns", [["--only", "x1,x2"], ["--only", "x1, x2"]])
def test_the_columns_to_learn_from_may_be_chosen_beside(columns):
    printed = succeed("sweep", *SPARSE, *columns, "--features", "--quiet", "--no-store").stdout
    assert "200 rows" not in printed
    assert "2 features" in printed
    assert printed.count("95 % interval") == 1
    assert "importance" not in succeed("sweep", *SPARSE, *columns, "--quiet", "--no-store").stdout


@pytest.mark.parametrize("how", ["variable", "file"])
def test_a_variable_or_a_file_asks_for_the_table(tmp_path, how):
    (tmp_path / "c.toml").write_text("features = true\n")
    config, env = (["--config", tmp_path / "c.toml"], {}) if how == "file" else ([], {"WDCLI_FEATURES": "1"})
    assert "95 % interval" in succeed("sweep", *SPARSE, *config, "--quiet", "--no-store", env=env).stdout


@pytest.mark.parametrize("penalty", ["l2", "none"])
def test_a_penalty_without_zeros_is_refused_and_has_no_rows(penalty, tmp_path):
    options = ["--penalty", penalty, *TINY, *SWEEP]
    message = refuse(2, "sweep", "--data", tmp_path / "absent.csv", *options, "--features")
    assert "give --penalty l1, elastic-net, group-lasso or sparse-group" in message
    shown = as_json("sweep", "--data", "xor-sparse", "--rows", 60, *options, "--no-store")
    assert not {"feature_table", "stability"} & shown.keys()
    assert [shown["rows"][0][name] for name in ("precision", "recall")] == [0.2, 1]
    assert "matter" not in shown["summary"]


def test_coupled_decay_makes_no_zeros():
    message = refuse(2, "sweep", "--penalty", "l1", "--decay", "coupled", "--features")
    assert "coupled decay makes none" in message


def test_rows_of_generated_data_say_how_well_the_columns_in_use_match_those_that_matter(tmp_path):
    shown = as_json("sweep", *SPARSE, "--csv", tmp_path / "rows.csv", "--no-store")
    for row in shown["rows"]:
        used = {name for name, norm in zip(shown["columns"], row["column_norms"], strict=True) if norm}
        right = len(used & {"x1", "x2"})
        assert row["precision"] == (right / len(used) if used else None)
        assert row["recall"] == right / 2
    assert shown["rows"][0]["recall"] == 1
    assert "The target depends on 2 of 10 columns." in shown["summary"]
    assert "precision,recall" in (tmp_path / "rows.csv").read_text().splitlines()[0]
    of_a_file = as_json("sweep", "--data", "iris", *PENALTY, *SWEEP, "--no-store")
    assert "precision" not in of_a_file["rows"][0]


def test_a_comparison_has_the_columns_of_each_penalty_that_selects():
    found = as_json("compare", "l2", "l1", "--data", "iris", *TINY, *SWEEP, "--no-store")
    without, selects = found["sweeps"]
    assert "feature_table" not in without
    assert [list(row) for row in selects["feature_table"]] == [KEYS] * 4
    assert {row["importance"] for row in selects["feature_table"]} == {None}


def test_networks_of_a_stored_run_say_how_many_columns_they_use(store):
    succeed("sweep", *SPARSE, *store)
    networks = json.loads(succeed("runs", "export", "last", "--json", *store).stdout)["networks"]
    assert {network["columns_used"] for network in networks if network["lambda"] == 0} == {10}
    assert {network["columns_used"] for network in networks} > {10}
