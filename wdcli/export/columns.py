"""From a table's raw columns to what the network takes, as nodes of an ONNX graph: what ``Encoding.transform`` does.

Each column is an input of its own, named as the column, (rows, 1): a column of a data frame, as scikit-learn's converter has
it. Numbers, booleans and dates are float64, since years and amounts lose digits in float32; NaN is a missing cell.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from wdcli.data.cells import MISSING
from wdcli.data.dataset import spelled_as
from wdcli.data.rules import NumberRule, Rule, TextRule
from wdcli.errors import ExportError
from wdcli.export.graph import DOUBLE, STRING, Graph
from wdcli.models import Model

Feature: TypeAlias = tuple[str, int]
"""A column's name, and which of the features that are made from it."""
ABOUT = {
    "number": "A number; NaN if missing.",
    "boolean": "1 for true, 0 for false; NaN if missing.",
    "date": "Days since 1970-01-01 in UTC, a time as a fraction of a day; NaN if missing.",
    "text": "Text without space around it; empty if missing.",
}
"""What an input takes."""
SPELLINGS = (str, str.lower, str.upper, str.capitalize, lambda mark: "NaN" if mark == "nan" else mark)
"""How a mark of a missing cell may be written."""


class Encoded(NamedTuple):
    """A value of the graph, (rows, features), and its features."""

    value: str
    features: list[Feature]


def network_input(graph: Graph, model: Model) -> str:
    """Add an input for each column and the nodes that encode it; returns the name of their value, (rows, features).

    Raises ``ExportError`` for a column without a name.
    """
    rules, spelling = model.encoding.rules, model.spelling
    for rule in rules:
        _add_input(graph, rule)
    numbers = [rule for rule in rules if isinstance(rule, NumberRule)]
    parts = [*_encoded_numbers(graph, numbers, spelling.missing_numbers)]
    parts += [_one_hot(graph, rule, spelling.missing or ()) for rule in rules if isinstance(rule, TextRule)]
    places = {feature: place for place, feature in enumerate(feature for part in parts for feature in part.features)}
    wanted = [(rule.column, i) for rule in rules for i in range(len(rule.names))]
    together = graph.apply("Concat", *(part.value for part in parts), axis=1)
    return graph.apply("Gather", together, np.array([places[wanted[feature]] for feature in model.features]), axis=1)


def _add_input(graph: Graph, rule: Rule) -> None:
    if not rule.column:
        raise ExportError(
            "A column of the model has no name, and each input of an ONNX model needs one: name it, and train again."
        )
    sign = f" In {rule.sign}." if isinstance(rule, NumberRule) and rule.sign else ""
    graph.input(rule.column, STRING if rule.kind == "text" else DOUBLE, ABOUT[rule.kind] + sign)


def _encoded_numbers(graph: Graph, rules: Sequence[NumberRule], marks: Sequence[float]) -> Iterator[Encoded]:
    """The standardised numbers, and the flags of missing ones, as far as there are any."""
    cells = {rule.column: _unmarked(graph, rule, marks) for rule in rules}
    valued = [rule for rule in rules if rule.scale is not None]
    if valued:
        x = graph.apply("Concat", *(cells[rule.column] for rule in valued), axis=1)
        yield Encoded(_standardised(graph, x, valued), [(rule.column, 0) for rule in valued])
    flagged = [rule for rule in rules if rule.missing]
    if flagged:
        x = graph.apply("Concat", *(cells[rule.column] for rule in flagged), axis=1)
        missing = graph.apply("Cast", graph.apply("IsNaN", x), to=DOUBLE)
        yield Encoded(missing, [(rule.column, len(rule.names) - 1) for rule in flagged])


def _unmarked(graph: Graph, rule: NumberRule, marks: Sequence[float]) -> str:
    """The column, NaN where a number stands for a missing cell, such as -999 with ``--missing -999``."""
    value = rule.column
    for mark in marks if rule.kind == "number" else ():
        value = graph.apply("Where", graph.apply("Equal", value, np.array(mark)), np.array(np.nan), value)
    return value


def _standardised(graph: Graph, x: str, rules: Sequence[NumberRule]) -> str:
    """As ``rules.standardised`` has it, in halves, with the fill for missing numbers."""
    fill, mean, scale = (np.array([getattr(rule, name) for rule in rules]) for name in ("fill", "mean", "scale"))
    filled = graph.apply("Where", graph.apply("IsNaN", x), fill, x)
    apart = graph.apply("Sub", graph.apply("Mul", filled, np.array(0.5)), mean / 2)
    return graph.apply("Div", apart, scale / 2)


def _one_hot(graph: Graph, rule: TextRule, marks: Sequence[str]) -> Encoded:
    """1 in the column of the cell's category, 0 elsewhere."""
    codes, width = category_codes(rule, marks), len(rule.names)
    code = graph.apply(
        "LabelEncoder", rule.column, domain="ai.onnx.ml",
        keys_strings=list(codes), values_int64s=list(codes.values()), default_int64=_other(rule),
    )  # fmt: skip
    same = graph.apply("Equal", code, np.arange(width))
    return Encoded(graph.apply("Cast", same, to=DOUBLE), [(rule.column, i) for i in range(width)])


def _other(rule: TextRule) -> int:
    """The place of the feature for unknown categories, -1 if they have none."""
    return len(rule.categories) if rule.other else -1


def category_codes(rule: TextRule, marks: Sequence[str]) -> dict[str, int]:
    """Which of a text column's features a cell belongs to, by its text; any other text is an unknown category.

    A missing cell may be spelled in the usual ways, or as one of ``marks``; a whole number may end in ".0".
    """
    missing = len(rule.names) - 1 if rule.missing else _other(rule)
    kept = {category: place for place, category in enumerate(rule.categories)}
    respelled = {f"{name}.0": place for name, place in kept.items() if spelled_as(f"{name}.0", rule.known) == name}
    absent = {form(mark): missing for mark in (*MISSING, *marks) for form in SPELLINGS}
    return {**absent, **respelled, **kept}
