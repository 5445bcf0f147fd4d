"""What was trained is used again where the same bits would come out, and nowhere else."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from wdcli.fits.arithmetic import arithmetic

ROOT = Path(__file__).parent.parent
SWEEP = ["sweep", "--rows", "60", "--hidden", "4", "--epochs", "2", "--folds", "2", "--seeds", "1", "--lambdas", "0,1",
         "--jobs", "1", "--json"]  # fmt: skip
OTHERS = [
    {"OPENBLAS_CORETYPE": "Haswell"},
    {"OPENBLAS_CORETYPE": "Sandybridge"},
    {"NPY_DISABLE_CPU_FEATURES": "X86_V4"},
]
COMMANDS = """
import json, sys
from tests.cli.run import succeed
done = [succeed(*command) for command in json.loads(sys.argv[1])]
print(json.dumps([(one.stdout, one.stderr) for one in done]))
"""


def python(program, *args, **variables):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, "-c", program, *args], env=environment, capture_output=True, text=True, check=True
    ).stdout


def here(before="", **variables):
    return python(f"{before}\nfrom wdcli.fits.arithmetic import arithmetic; print(arithmetic())", **variables)


def printed(*commands, **variables):
    """(stdout, stderr) of each command, all in one new process."""
    return json.loads(python(COMMANDS, json.dumps(commands), **variables))


@pytest.mark.parametrize("before", ["", "import scipy.linalg", "import sklearn.linear_model, polars"])
def test_it_is_the_same_in_every_process_whatever_was_loaded_before(before):
    assert here(before) == f"{arithmetic()}\n"


def test_it_is_the_same_in_every_python(monkeypatch):
    here = arithmetic()
    monkeypatch.setattr(platform, "python_version_tuple", lambda: ("4", "0", "0"))
    assert arithmetic.__wrapped__() == here


@pytest.mark.parametrize("other", OTHERS, ids=str)
def test_networks_of_another_kernel_are_trained_again_as_another_run(other):
    if here(**other) == here():
        pytest.skip("there is no other kernel, or it can't be chosen like this")
    stored = ["runs", "show", "1", "--json"], ["runs", "export", "1"]
    (first, err), (_, again), *before = printed(SWEEP, SWEEP, *stored)
    assert "from the store" not in err
    assert "6 of 6 networks taken from the store" in again
    (_, err), (_, again), *after, (listed, _) = printed(SWEEP, SWEEP, *stored, ["runs", "list", "--json"], **other)
    assert "from the store" not in err
    assert "6 of 6 networks taken from the store" in again
    # The first run is shown and exported as it was trained.
    assert after == before
    assert json.loads(before[0][0])["rows"] == json.loads(first)["rows"]
    runs = [(run["id"], run["status"], run["networks"]) for run in json.loads(listed)["runs"]]
    assert runs == [(1, "done", 6), (2, "done", 6)]
    assert "6 of 6" in printed(SWEEP)[0][1]
