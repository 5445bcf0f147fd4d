"""Imports go down only, and heavy libraries are imported where they are needed alone."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "wdcli"
LEAVES = {"__init__", "errors", "machine", "names", "text", "conventions", "paths"}
ORDER = [LEAVES, {"nn", "data", "executors", "arithmetic"}, {"sweep"}, {"models"}, {"report"}, {"cli"}, {"__main__"}]
INSIDE_NN = [
    {"arrays"},
    {"activations"},
    {"losses", "penalties", "optimizers"},
    {"mlp", "recipe"},
    {"stepper"},
    {"train"},
    {"effective", "diagnostics", "scores"},
]
FILES = sorted(ROOT.rglob("*.py"))
ONLY_IN = {
    "click": ("cli",),
    "rich": ("report", "cli"),
    "sklearn": ("data",),
    "polars": ("data",),
    "scipy": ("sweep",),
    "threadpoolctl": ("executors", "arithmetic"),
}


def imported(path):
    """Every module that the file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(module):
    """'wdcli.nn.mlp' and wdcli/nn/mlp.py -> 'nn'; the package itself -> '__init__'."""
    return module.split(".")[1] if "." in module else "__init__"


def name_of(path):
    return ".".join(["wdcli", *path.relative_to(ROOT).with_suffix("").parts])


def level(order, name):
    return next(i for i, names in enumerate(order) if name in names)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_go_down_only(path):
    here = part(name_of(path))
    for module in imported(path):
        if module.split(".")[0] != "wdcli" or (
            not (ROOT / part(module)).exists() and not (ROOT / f"{part(module)}.py").exists()
        ):
            continue
        there = part(module)
        if there not in (here, "__init__"):
            assert level(ORDER, there) < level(ORDER, here) or (here in LEAVES and there in LEAVES), (
                f"{here} imports {module}"
            )


@pytest.mark.parametrize("path", sorted((ROOT / "nn").glob("*.py")), ids=lambda path: path.stem)
def test_inside_nn_imports_go_down_too_and_numpy_is_all_it_needs(path):
    allowed = {"numpy", "wdcli", "math", "collections", "dataclasses", "typing"}
    for module in imported(path):
        assert module.split(".")[0] in allowed, f"{path.stem} imports {module}"
        pieces = module.split(".")
        if pieces[:2] == ["wdcli", "nn"] and len(pieces) > 2 and pieces[2] != path.stem:
            assert level(INSIDE_NN, pieces[2]) <= level(INSIDE_NN, path.stem), f"{path.stem} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_libraries_stay_in_their_place(path):
    for module in imported(path):
        library = module.split(".")[0]
        if library in ONLY_IN:
            assert part(name_of(path)) in ONLY_IN[library], f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", [path for path in FILES if part(name_of(path)) in LEAVES], ids=name_of)
def test_leaves_need_the_standard_library_alone(path):
    import sys

    for module in imported(path):
        assert module.split(".")[0] in sys.stdlib_module_names | {"wdcli"}


def test_nothing_prints_or_exits_below_the_command_line():
    for path in FILES:
        if part(name_of(path)) in ("cli", "__main__"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("print", "exit", "quit", "eval", "exec"), f"{path}: {node.func.id}"


def test_no_text_is_ever_evaluated_and_no_pickle_read():
    for path in FILES:
        called = {node.func.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                  if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
        assert not called & {"eval", "exec", "compile", "__import__"}, path
        assert not {module.split(".")[0] for module in imported(path)} & {
            "pickle",
            "marshal",
            "shelve",
            "joblib",
            "dill",
        }
        assert "allow_pickle=True" not in path.read_text(encoding="utf-8")
