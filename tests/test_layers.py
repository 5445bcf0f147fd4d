"""Imports go down only, heavy libraries stay where they are needed, and only the command line prints or exits.

The rules are one function of all sources, so that a planted fault shows that each of them can fail.
"""

import ast
import functools
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "wdcli"
SOURCES = {
    ".".join(["wdcli", *path.relative_to(ROOT).with_suffix("").parts]).removesuffix(".__init__"): path.read_text(
        "utf-8"
    )
    for path in sorted(ROOT.rglob("*.py"))
}
LEAVES = {"wdcli", "errors", "machine", "names", "text", "conventions", "equivalents", "paths"}
LAYERS = [
    LEAVES,
    {"array"},
    {"nn", "data"},
    {"fits"},
    {"sweep"},
    {"models", "notes"},
    {"predictions"},
    {"report", "export"},
    {"figures"},
    {"page", "plots"},
    {"results"},
    {"study"},
    {"estimators"},
    {"cli"},
    {"__main__"},
]
"""What ``study`` returns shows itself in notebooks, so ``results`` and ``study`` stand above reports, pages and figures."""
NN = [{"arrays", "history"}, {"activations", "groups"}, {"strengths"}, {"losses", "penalties", "optimizers"},
      {"mlp", "recipe"}, {"stepper"}, {"trace"}, {"train"}, {"effective", "diagnostics", "scores"}]  # fmt: skip
"""Names at one level of ``LAYERS`` or ``NN`` don't import each other, but for leaves, and those named here."""
MADE_OF: set[tuple[str, str]] = set()
"""Neighbours of which the first is plainly made of the second."""
NUMERIC = {"array", "nn", "data", "fits", "sweep", "models", "study", "predictions", "report", "export", "estimators"}
ONLY_IN = {
    "click": {"cli"},
    "rich": {"report", "figures", "cli"},
    "matplotlib": {"plots"},
    "sklearn": {"data", "estimators"},
    # A result as a data frame is made where it is made into CSV.
    "polars": {"data", "report"},
    "pandas": {"report"},
    "scipy": {"sweep", "estimators"},
    "threadpoolctl": {"fits"},
    "distributed": {"fits.executors"},
    "dask": {"fits.executors"},
    "numpy": NUMERIC,
}
NN_NEEDS = {"numpy", "wdcli", "math", "collections", "dataclasses", "functools", "typing"}
NOWHERE = {"pickle", "marshal", "shelve", "joblib", "dill", "importlib", "runpy"}
"""They run what they read, or import what no reader of the imports sees."""
FINDING = {"importlib.util.find_spec", "importlib.util"}
"""What ``from importlib.util import find_spec`` imports: it finds a package and doesn't run it."""
EVALUATE = {"eval", "exec", "compile", "__import__"}
PRINT_OR_EXIT = {"print", "input", "exit", "quit", "breakpoint"}


@functools.cache
def nodes(source):
    """The source's syntax tree, node by node."""
    return tuple(ast.walk(ast.parse(source)))


def imports(source):
    """Every module and name that is imported, wherever the import stands: in a function or for types too."""
    for node in nodes(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            named = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from named
            # What a package is asked for may be a module: then that is what is needed.
            if not SOURCES.keys() >= set(named):
                yield "." * node.level + (node.module or "")


@functools.cache
def called(source):
    """What is called, as written: ``print``, ``sys.stdout.write``."""
    return {ast.unparse(node.func) for node in nodes(source) if isinstance(node, ast.Call)}


@functools.cache
def mentioned(source):
    """Dotted names, as written: ``sys.stdout``, and the exceptions that end a program."""
    return {ast.unparse(node) for node in nodes(source) if isinstance(node, ast.Attribute | ast.Name)}


def layer(module):
    """``wdcli.nn.mlp`` -> ``nn``; the package itself is ``wdcli``."""
    return module.split(".")[1] if "." in module else "wdcli"


def modules(source, sources):
    """The modules of this package that a source imports."""
    return {name for name in imports(source) if name in sources}


def rank(levels, name):
    return next((i for i, names in enumerate(levels) if name in names), None)


def goes_up(levels, here, there):
    """Whether an import from ``here`` of ``there`` goes up, or aside."""
    if there in (here, "wdcli") or (here, there) in MADE_OF or {here, there} <= LEAVES:
        return False
    return rank(levels, there) is None or rank(levels, here) is None or rank(levels, there) >= rank(levels, here)


def cycles(graph):
    """Modules that import themselves by way of others: what is left when those that import nothing left are taken away."""
    left = {module: needed - {module} for module, needed in graph.items()}
    while free := [module for module, needed in left.items() if not needed & left.keys()]:
        for module in free:
            del left[module]
    # What only leads to a cycle is taken away from the other end.
    while ends := [module for module in left if not any(module in needed for needed in left.values())]:
        for module in ends:
            del left[module]
    return sorted(left)


def faults(sources):
    """Every breach of the rules, as a line of text."""
    graph = {module: modules(source, sources) for module, source in sources.items()}
    # The package itself hands on names of others when they are asked for, and needs none of them.
    graph["wdcli"] = set()
    found = [f"{module} is part of a cycle" for module in cycles(graph)]
    for module, source in sources.items():
        here = layer(module)
        found += [f"{module} goes up to {there}" for there in graph[module] if goes_up(LAYERS, here, layer(there))]
        package = module.removeprefix("wdcli.").rpartition(".")[0]
        found += [f"{module} {fault}" for fault in _libraries(here, package, source)]
        found += [f"{module} {fault}" for fault in _acts(here, source)]
        if here == "nn":
            inside = {there.split(".")[2] for there in graph[module] if there.startswith("wdcli.nn.")}
            name = module.removeprefix("wdcli.nn.")
            found += [f"{module} goes up to {there}" for there in inside if goes_up(NN, name, there)]
    return found


def _libraries(here, package, source):
    names = set(imports(source))
    for name in names - FINDING if names >= FINDING else names:
        library = name.split(".")[0]
        if not library:
            yield "imports by a relative name"
        if library in NOWHERE or not {here, package} & ONLY_IN.get(library, {here}):
            yield f"imports {name}"
        if here in LEAVES and library not in sys.stdlib_module_names | {"wdcli", ""}:
            yield f"is a leaf and imports {name}"
        if here == "nn" and library not in NN_NEEDS:
            yield f"imports {name}"


def _acts(here, source):
    if called(source) & EVALUATE or "allow_pickle=True" in source:
        yield "runs what it reads"
    if here in ("cli", "__main__"):
        return
    names = mentioned(source)
    if called(source) & PRINT_OR_EXIT:
        yield "prints or exits"
    # The streams by any name: sys.stdout.write, print(file=...), from sys import stdout.
    standard = {f"sys.{name}" for name in ("stdout", "stderr", "exit", "__stdout__", "__stderr__")}
    if (names | set(imports(source))) & standard or "SystemExit" in names:
        yield "writes to a standard stream, or exits"


def test_every_module_keeps_to_the_rules():
    assert faults(SOURCES) == []


PLANTED = [
    ("wdcli.nn.penalties", "from wdcli.nn.losses import LOSSES", "up to losses"),
    ("wdcli.nn.mlp", "from wdcli.data.dataset import Dataset", "up to wdcli.data.dataset"),
    ("wdcli.data.table", "from wdcli.nn.mlp import Network", "up to wdcli.nn.mlp"),
    ("wdcli.sweep.grid", "def lazy():\n    from wdcli.sweep.runner import run_sweep", "a cycle"),
    ("wdcli.data.cells", "def lazy():\n    from wdcli.data.table import read_table", "a cycle"),
    ("wdcli.text", "def lazy():\n    import wdcli.paths", "a cycle"),
    ("wdcli.fits.plan", "def lazy():\n    from wdcli.sweep.config import SweepConfig", "up to wdcli.sweep.config"),
    ("wdcli.sweep.grid", "def lazy():\n    from wdcli.report import table", "up to wdcli.report"),
    ("wdcli.report.words", "from wdcli import study", "up to wdcli.study"),
    ("wdcli.sweep.result", "def lazy():\n    from wdcli.page import notebook", "up to wdcli.page.notebook"),
    ("wdcli.results", "import polars", "imports polars"),
    ("wdcli.study", "import click", "imports click"),
    ("wdcli.report.words", "def lazy():\n    import wdcli.cli.console", "up to wdcli.cli.console"),
    ("wdcli.cli.train", "def lazy():\n    import numpy as np", "imports numpy"),
    ("wdcli.cli.options", "from sklearn.datasets import load_iris", "imports sklearn"),
    ("wdcli.fits.pool", "import click", "imports click"),
    ("wdcli.text", "import numpy as np", "a leaf"),
    ("wdcli.fits.pool", "def lazy():\n    from distributed import Client", "imports distributed"),
    ("wdcli.nn.train", "import time", "imports time"),
    ("wdcli.report.table", "print('done')", "prints"),
    ("wdcli.fits.pool", "import sys\nsys.stdout.write('done')", "standard stream"),
    ("wdcli.fits.pool", "from sys import stderr\nstderr.write('done')", "standard stream"),
    ("wdcli.data.table", "import sys\nsys.exit(1)", "standard stream, or exits"),
    ("wdcli.data.table", "raise SystemExit(1)", "exits"),
    ("wdcli.data.table", "import importlib\nimportlib.import_module('wdcli.cli')", "imports importlib"),
    ("wdcli.data.table", "import importlib.util\nimportlib.util.module_from_spec", "imports importlib.util"),
    ("wdcli.data.bundled", "from importlib.util import module_from_spec", "imports importlib.util.module_from_spec"),
    ("wdcli.data.table", "__import__('wdcli.cli')", "runs what it reads"),
    ("wdcli.models.file", "import pickle", "imports pickle"),
    ("wdcli.models.file", "from . import text", "relative"),
]


@pytest.mark.parametrize("module, planted, told", PLANTED)
def test_a_planted_fault_is_found(module, planted, told):
    found = faults({**SOURCES, module: f"{SOURCES[module]}\n{planted}\n"})
    assert any(told in fault for fault in found), found


@pytest.mark.parametrize("package", ["", ".equivalents", ".nn", ".data", ".fits", ".fits.executors", ".sweep", ".models",
                                     ".report", ".export", ".figures", ".figures.svg", ".page", ".plots", ".estimators",
                                     ".cli", ".cli.options"])  # fmt: skip
def test_each_package_has_a_map_that_names_every_file_once(package):
    lines = ast.get_docstring(ast.parse(SOURCES[f"wdcli{package}"])).splitlines()
    named = [name for line in lines if line.startswith("- ") for name in line[2:].split(":")[0].split(", ")]
    inside = [name.removeprefix(f"wdcli{package}.") for name in SOURCES if name.startswith(f"wdcli{package}.")]
    assert sorted(named) == sorted({name for name in inside if "." not in name} - {"__main__"})
