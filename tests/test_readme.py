"""Every command of the README runs, and its figures are those of a run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from wdcli.fits.quantities import QUANTITIES

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURES = ROOT / "pictures"
DATASETS = (ROOT / "datasets" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|console)\n(.*?)```", TEXT, flags=re.DOTALL)
INSTALL = BLOCKS[0][1].strip().splitlines()
COMMANDS = [line for kind, block in BLOCKS[1:] if kind == "sh" for line in block.strip().splitlines()]
SHOWN = {line[2:]: block for kind, block in BLOCKS for line in block.splitlines() if line.startswith("$ ")}
# Enough to see that a command works; what a full run gives is checked where the README shows figures.
QUICK = {"WDCLI_EPOCHS": "2", "WDCLI_FOLDS": "2", "WDCLI_SEEDS": "1", "WDCLI_LAMBDAS": "0,1", "WDCLI_JOBS": "1"}


HEADERS = ("train", "sweep", "compare l1 l2")


def columns():
    """The rows of the README's table of columns: heading, names in CSV and JSON, meaning."""
    table = TEXT.split("| column | in CSV and JSON | meaning |")[1].split("\n\n")[0]
    return [re.split(r"(?<!\\)\|", row)[1:4] for row in table.strip().splitlines()[1:]]


def names_of_columns():
    return [name for _, names, _ in columns() for name in re.findall(r"`(\w+)`", names)]


@pytest.mark.parametrize("name", QUANTITIES)
def test_a_quantity_has_the_heading_and_the_meaning_that_it_is_declared_with(name):
    ((heading, _, meaning),) = [row for row in columns() if f"`{name}`" in row[1]]
    quantity = QUANTITIES[name]
    assert quantity.meaning in meaning
    assert quantity.heading.removeprefix("live ") in heading.replace("\\|", "|")


def test_the_table_of_columns_has_the_name_of_every_column_of_a_csv_once():
    small = ["--rows", "40", "--hidden", "4", "--no-progress", "--csv", "-", "--jobs", "1"]
    printed = [run(f"wdcli {command} {' '.join(small)}", ROOT, WDCLI_NO_STORE="1", **QUICK) for command in HEADERS]
    headers = [text.splitlines()[0].split(",") for text in printed]
    assert sorted(names_of_columns()) == sorted({name for header in headers for name in header})


def run(command, folder, **variables):
    environment = {**os.environ, **variables, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-ec", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with what the commands read; each may read what one before it wrote."""
    made = tmp_path_factory.mktemp("readme")
    for name in ("datasets", "benchmarks"):
        (made / name).symlink_to(ROOT / name)
    (made / "pictures").mkdir()
    (made / "settings.toml").write_text("epochs = 2\n")
    return made


@pytest.mark.parametrize(
    "code", re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL), ids=["onnx", "estimators", "study"]
)
def test_the_python_code_runs(tmp_path, code):
    (tmp_path / "datasets").symlink_to(ROOT / "datasets")
    if "penguins.onnx" in code:
        run(
            "; ".join(line for line in COMMANDS if "--save penguins.model" in line or "--to onnx" in line),
            tmp_path,
            **QUICK,
        )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


SILENT = "wdcli data make", "wdcli runs rm", "wdcli plot", "wdcli report", "wdcli export", "mkdir", "printf"
"""Commands that only write files."""


@pytest.mark.timeout(400)  # a process for each command
def test_every_command_runs(folder):
    for command in COMMANDS:
        quick = {} if "--config" in command else QUICK
        out = run(command, folder, **quick)
        assert out or command.startswith(SILENT) or "--parquet" in command
    assert {"spirals.csv", "teacher.parquet", "penguins.model", "rows.csv"} <= {path.name for path in folder.iterdir()}


def test_the_first_block_has_two_commands_that_install_and_run():
    assert INSTALL[0].startswith("pip install . && wdcli sweep")
    assert INSTALL[1].startswith("pip install '.[dev]' && pytest")
    assert len(INSTALL) == 2


def test_the_ridge_table_shown_is_that_of_the_script(folder):
    out = run("python benchmarks/ridge.py", folder).rstrip()
    assert f"```console\n{out}\n```" in TEXT


def test_the_table_shown_is_that_of_a_run(folder):
    command, _ = SHOWN
    rows = json.loads(run(f"{command} --json", folder))["rows"]
    lines = [line.split() for line in SHOWN[command].splitlines() if "±" in line and not line.startswith("lambda")]
    assert len(lines) == len(rows) == 9
    for shown, row in zip(lines, rows, strict=True):
        assert float(shown[0]) == row["lambda"]
        # Another processor rounds otherwise, and training amplifies that.
        for place, name in ((1, "train_loss"), (2, "cv_loss"), (5, "test_loss")):
            assert float(shown[place]) == pytest.approx(row[name], rel=0.05, abs=0.005), name
        assert row["verdict"] in shown


def test_the_columns_shown_are_those_of_a_run(folder):
    shown = TEXT.partition("column  dies at")[2].partition("```")[0]
    rows = json.loads(run("wdcli sweep --data xor-sparse --penalty group-lasso --json", folder))["feature_table"]
    lines = [line.split() for line in shown.splitlines()[1:11]]
    assert {line[0] for line in lines} == {row["column"] for row in rows}
    found = {row["column"]: row for row in rows}
    for name, dies_at, _, _, _, importance, *_ in lines:
        assert found[name]["dies_at"] == float(dies_at)
        # Another processor rounds otherwise, and training amplifies that.
        assert float(importance) == pytest.approx(found[name]["importance"], rel=0.1, abs=0.02)
    assert sorted(row["column"] for row in rows if row["useful"]) == ["x1", "x2"]
    assert "not negligible): x1, x2." in shown


def test_the_chart_shown_is_that_of_a_run(folder):
    """Its rows have the same lambdas, verdicts and marks, and the CV loss in nearly the same place."""
    _, command = SHOWN
    drawn, shown = ([line for line in text.splitlines() if "●" in line and "CV" not in line]
                    for text in (run(command, folder), SHOWN[command]))  # fmt: skip
    assert len(shown) == len(drawn) == 17
    for ours, there in zip(shown, drawn, strict=True):
        # Another processor rounds otherwise, and training amplifies that.
        assert abs(ours.index("●") - there.index("●")) <= 2
        assert ours.split()[0] == there.split()[0]
        assert re.findall("[a-z]{3,}.*", ours) == re.findall("[a-z]{3,}.*", there)


def test_the_pictures_shown_are_those_of_runs(folder):
    """Their words are the same, but for numbers: another processor rounds otherwise, and training amplifies that."""
    lecture = TEXT[TEXT.index("## A lecture") : TEXT.index("## On your own table")]
    commands = [line for line in lecture.splitlines() if line.startswith(("wdcli sweep", "wdcli plot"))]
    names = re.findall(r"\]\((pictures/\S+\.svg)\)", lecture)
    run("; ".join(commands), folder, WDCLI_FORCE="1")
    assert len(names) == len([command for command in commands if " -o " in command]) == len(list(PICTURES.iterdir()))
    for name in names:
        assert words_of(folder / name) == words_of(ROOT / name)


def words_of(picture):
    return [re.sub("[0-9.,]+", "", text) for text in ElementTree.parse(picture).getroot().itertext()]


@pytest.mark.parametrize("command", re.findall(r"`(wdcli data make .*?)`", DATASETS))
def test_generated_datasets_come_back_to_the_last_bit(folder, command):
    path = re.search(r"datasets/\S+", command)[0]
    out = run(command.replace(path, "-"), folder)
    assert out == (ROOT / path).read_text()


@pytest.mark.parametrize("line", [line for line in DATASETS.splitlines() if re.match(r"\| `.*csv`", line)])
def test_datasets_have_the_rows_and_columns_that_their_readme_says(folder, line):
    name, rows, columns, target, *_ = (cell.strip(" `") for cell in line.strip("|").split("|"))
    shown = json.loads(run(f"wdcli data show datasets/{name} --target {target} --json", folder))
    missing_target = 4 if name == "automobile.csv" else 0
    assert (shown["rows"] + missing_target, len(shown["columns"]) + 1) == (int(rows), int(columns))
