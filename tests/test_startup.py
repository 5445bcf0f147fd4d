"""What a command loads before it works is what a user waits for."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from wdcli.names import Bundled

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
PROGRAM = """
import json, sys
from wdcli.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    assert end.code == 0, end.code
print("LOADED " + json.dumps(sorted({name.split(".")[0] for name in sys.modules})), file=sys.stderr)
"""


NAMES = """
import sys, wdcli
assert "numpy" not in sys.modules and "typing" not in sys.modules, sorted(sys.modules)
assert {"WeightDecayClassifierCV", "__version__"} <= {*dir(wdcli)}
from wdcli import WeightDecayClassifier
assert WeightDecayClassifier is wdcli.estimators.WeightDecayClassifier
try:
    wdcli.WeightDecay
except AttributeError as error:
    assert "no attribute 'WeightDecay'" in str(error)
else:
    raise AssertionError
"""


def loaded(*args):
    done = subprocess.run([sys.executable, "-c", PROGRAM, *args], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr.split("LOADED ")[1]))


@pytest.mark.parametrize(
    "args", [["--help"], ["--version"], ["sweep", "--help"], ["train", "-h"], ["data", "--help"], ["plot", "-h"]]
)
def test_help_loads_neither_numpy_nor_scikit_learn(args):
    assert not loaded(*args) & {"numpy", "sklearn", "scipy", "polars", "rich", "threadpoolctl", "distributed", "dask"}


def test_the_package_hands_on_its_estimators_and_alone_loads_nothing():
    subprocess.run([sys.executable, "-S", "-c", f"import sys\nsys.path[:] = {sys.path}\n{NAMES}"], check=True)


def test_training_on_generated_data_loads_no_scikit_learn_and_no_table_reader():
    tiny = ["--rows", "20", "--epochs", "1", "--hidden", "4"]
    for args in (["train"], ["sweep", "--lambdas", "0,1", "--folds", "2", "--seeds", "1", "--jobs", "1"]):
        assert not loaded(*args, *tiny) & {"sklearn", "scipy", "polars", "distributed", "dask"}


def test_a_file_needs_no_scikit_learn(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "1,a\n2,b\n" * 10)
    assert not loaded("train", "--data", str(path), "--epochs", "1") & {"sklearn", "scipy"}


@pytest.mark.parametrize("name", get_args(Bundled))
def test_a_bundled_table_needs_no_scikit_learn(name):
    assert not loaded("data", "show", name) & {"sklearn", "scipy", "polars"}


def test_a_worker_loads_neither_the_command_line_nor_the_store_nor_tables():
    (script,) = tomllib.loads(PYPROJECT.read_text())["project"]["scripts"].values()
    bad = [
        "wdcli.fits.store",
        "wdcli.data.loading",
        "wdcli.data.encoding",
        "polars",
        "sklearn",
        "click",
        "rich",
        "distributed",
    ]
    # A spawned process imports the module of the program that started it, then that of the work.
    program = f"""
import sys, wdcli.__main__, {script.split(":")[0]}, wdcli.fits.job
print([name for name in sys.modules if "sqlite3" in name or name in {bad}])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
