"""Results to make pages of: small ones, made once, and altered copies of them."""

import copy
import functools
import json

from tests.cli.run import as_json
from wdcli.figures.shown import Shown
from wdcli.page.page import html

SMALL = ["--hidden", "4", "--epochs", "3", "--folds", "2", "--seeds", "1", "--jobs", "1", "--no-store", "--quiet"]
PETALS, RATIOS = "petal length (cm),petal width (cm)", ["--l1-ratio", "0.1,0.9"]
COMMANDS = {
    "two features": ["sweep", "--rows", "60", "--lambdas", "0,0.1,1,10", *SMALL],
    "one feature": ["sweep", "--data", "sine", "--rows", "60", "--lambdas", "0,0.1,1", *SMALL],
    "many features": ["sweep", "--data", "breast-cancer", "--penalty", "l1", "--lambdas", "0,0.1,1,1000", *SMALL],
    "groups": ["sweep", "--rows", "60", "--penalty", "group-lasso", "--lambdas", "0,1,3,1000", *SMALL],
    "several classes": ["sweep", "--data", "iris", "--only", PETALS, "--lambdas", "0,1", *SMALL],
    "elastic net": ["sweep", "--rows", "60", "--penalty", "elastic-net", *RATIOS, "--lambdas", "0,1,10", *SMALL],
    "one lambda": ["sweep", "--rows", "60", "--lambdas", "0.1", *SMALL],
    "no penalty": ["sweep", "--rows", "60", "--penalty", "none", *SMALL],
    "comparison": ["compare", "l1", "l2", "--rows", "60", "--lambdas", "0,0.1,1", *SMALL],
}  # fmt: skip
NEW = ("heading", "constant_loss", "classes", "target", "columns", "function", "layers", "column_norms", "history")
"""What results of older versions lack."""
HOSTILE = "</script><img src=x onerror=alert(1)>"


@functools.cache
def _made(name):
    return json.dumps(as_json(*COMMANDS[name]))


def result(name):
    """The JSON object of a command."""
    return json.loads(_made(name))


def page(shown):
    return html(Shown.read(shown))


def old(shown):
    """The object as an older version stored it."""
    kept = {name: value for name, value in shown.items() if name not in NEW}
    return {**kept, "rows": [{name: value for name, value in row.items() if name not in NEW} for row in shown["rows"]]}


def partial(shown):
    """The object of an interrupted sweep."""
    lost = dict.fromkeys(("lambda_min", "lambda_1se", "lambda_paired", "chosen"))
    rows = [{**row, "verdict": None, "plateau": None, "wins": None} for row in shown["rows"]]
    return {**shown, "rows": rows, "selection": {**shown["selection"], **lost}, "partial": {"networks": 7, "of": 12}}


def empty(shown):
    """The object of a sweep that was interrupted before its first row."""
    return {**partial(shown), "rows": []}


def partial_comparison(shown):
    """The object of a comparison that was interrupted in its last sweep."""
    first, last = shown["sweeps"]
    kept = {name: value for name, value in shown.items() if name not in ("config", "front", "smallest")}
    part = partial(last)
    return {**kept, "sweeps": [first, part], "comparisons": [], "partial": part["partial"]}


def diverged(shown):
    """The object with a lambda at which all networks diverged."""
    made = copy.deepcopy(shown)
    row = made["rows"][-1]
    lost = [name for name, value in row.items() if isinstance(value, float) and name != "lambda"]
    row.update(
        dict.fromkeys(lost),
        status="diverged",
        verdict="diverged",
        layers=[],
        column_norms=[],
        history=None,
        function=None,
    )
    return made


def hostile(shown):
    """The object with names from data that a page must not run."""
    made = copy.deepcopy(shown)
    made["data"]["name"] = made["target"] = made["config"]["data"] = HOSTILE
    made["columns"] = [f"{HOSTILE}{i}" for i, _ in enumerate(made["columns"])]
    made["classes"] = [f"{HOSTILE}{i}" for i, _ in enumerate(made["classes"])]
    for row in made.get("feature_table", []):
        row["column"] = HOSTILE
    made["notes"], made["summary"], made["heading"] = [HOSTILE], f"{HOSTILE} is chosen.", [HOSTILE]
    made["dropped"] = [{"column": HOSTILE, "reason": "constant"}]
    made["command"] = ["wdcli", "sweep", "--data", HOSTILE]
    for axis in (made.get("function") or {"axes": []})["axes"]:
        axis["feature"] = HOSTILE
    return made
