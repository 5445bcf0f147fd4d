"""A saved model as a script: exported, imported and run."""

import importlib.util
import os
import subprocess
import sys
import types

import pytest

from tests.cli.run import succeed
from wdcli.export import keras, pytorch, sklearn
from wdcli.models import load_model

TOOLS = {"sklearn": sklearn, "pytorch": pytorch, "keras": keras}
NEEDS = {"sklearn": [], "pytorch": ["torch"], "keras": ["keras", "torch"]}
KERAS_WARNS = "ignore:__array__ implementation doesn't accept:DeprecationWarning"
"""Keras on PyTorch warns so of itself."""


def tool(name):
    """A tool as a parameter; one that isn't scikit-learn is a peer, which may be absent."""
    absent = [package for package in NEEDS[name] if importlib.util.find_spec(package) is None]
    skipped = pytest.mark.skipif(bool(absent), reason=f"not installed: {', '.join(absent)}")
    return pytest.param(name, marks=[pytest.mark.peers, skipped] if NEEDS[name] else [], id=name)


def saved(tmp_path, *options):
    path = tmp_path / "a.model"
    succeed("train", "--lambd", 1, "--epochs", 9, *options, "--save", path, "--force")
    return load_model(str(path))


def written(folder, model, name):
    """The script of a model, with its weights beside it."""
    for suffix, data in TOOLS[name].exported(model, "net").files.items():
        (folder / f"net{suffix}").write_bytes(data)
    return folder / "net.py"


def imported(script):
    """The script as a module."""
    module = types.ModuleType("net")
    module.__file__ = str(script)
    exec(compile(script.read_text("utf-8"), str(script), "exec"), module.__dict__)
    return module


def run(script, *args):
    return subprocess.run(
        [sys.executable, "-W", "ignore", str(script), *map(str, args)], capture_output=True, text=True, check=False,
        env={"KERAS_BACKEND": "torch", **os.environ}, cwd=script.parent,
    )  # fmt: skip
