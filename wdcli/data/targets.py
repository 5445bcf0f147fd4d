"""What a table's target column is: numbers or classes."""

from collections.abc import Sequence

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Column, Dataset, spelled_as
from wdcli.data.digits import first_code
from wdcli.data.labels import Labels
from wdcli.data.table import Table
from wdcli.errors import DataError
from wdcli.names import Task, TaskChoice
from wdcli.text import listed, quoted

MAX_CLASSES = 1000
NUMBERS = "If these are numbers, say how they are written: --decimal, --thousands, --missing."
AMOUNT = r"^\W*\d"
"""The beginning of a cell that may be meant as a number, such as $5,914 or (12) or 3 kg."""
ANOTHER = f"Choose another --target. {NUMBERS}"
FEW_VALUES = 20
"""A target with at most so many different whole numbers, each in at least five rows, is taken for classes."""


def choose_task(column: Column, task: TaskChoice, table: Table) -> Task:
    """The requested task, if the target (without missing cells) can have it, or the one that its cells suggest."""
    if column.kind == "date":
        raise DataError(f"The target {quoted(column.name)} is a date: predict a number or a class.")
    if task == "regression" and column.kind == "text":
        raise _no_numbers(column, table)
    if task != "auto":
        return task
    return "classification" if column.kind != "number" or _names_classes(column, table) else "regression"


def _no_numbers(target: Column, table: Table) -> DataError:
    """The error for a target of text where numbers were asked for: with the cells that aren't numbers, if some are."""
    import polars as pl

    cells = pl.Series(target.categories, dtype=pl.String)
    odd = cells.filter(~cells.str.contains(AMOUNT))
    first = target.categories[target.values[0]]
    if 0 < len(odd) < len(cells):
        first, step = odd[0], "Correct such cells, or if they mean a missing value, name them with --missing."
    elif len(cells) > MAX_CLASSES:
        step = f"{NUMBERS} Else choose another --target."
    else:
        step = f"{NUMBERS} Else leave out --task regression to predict classes, or choose another --target."
    return DataError(
        f"The target {quoted(target.name)} of {quoted(table.name)} is text (such as {quoted(first)}): a regression needs "
        f"numbers. {step}"
    )


def _names_classes(column: Column, table: Table) -> bool:
    """Whether numbers look like classes: whole ones with few values, or codes such as 007."""
    import polars as pl

    if first_code(table.cells[column.name].unique().cast(pl.String)) is not None:
        return True
    values = pl.Series(column.values).unique()
    if len(values) > FEW_VALUES or (values != values.round()).any():
        return False
    labels = len(table.labels(column.name, column.kind).names)
    return labels == 2 or (labels <= FEW_VALUES and labels * 5 <= len(column.values))


def task_note(target: Column, task: Task, classes: Sequence[str]) -> str:
    """The line that says what was decided."""
    if task == "regression":
        return f"target {target.name}: numbers, so this is a regression"
    kind = "whole numbers with few values" if target.kind == "number" else target.kind
    return f"target {target.name}: {kind}, so this is a classification with {len(classes)} classes ({listed(classes)})"


def classes_of(table: Table, target: Column, rows: Array) -> tuple[Array, tuple[str, ...]]:
    """Codes (rows,) and names of the classes, in the order of their values; raises ``DataError`` for too many."""
    labels = table.labels(target.name, target.kind)
    if len(labels.names) > MAX_CLASSES:
        raise DataError(
            f"The target {quoted(labels.name)} has {len(labels.names):,} different values (is it an identifier?): "
            f"at most {MAX_CLASSES:,} classes can be told apart. "
            f"{'Choose another --target, or say --task regression.' if target.kind == 'number' else ANOTHER}"
        )
    return labels.codes[rows], labels.names


def matched(labels: Labels, train: Dataset, name: str) -> Array:
    """The codes of the test rows' classes; raises ``DataError`` for a class that no training row has."""
    place = {label: code for code, label in enumerate(train.class_names)}
    names = [spelled_as(label, place.keys()) for label in labels.names]
    unknown = [label for label in names if label not in place]
    if unknown:
        raise DataError(
            f"{quoted(name)} has the class {quoted(unknown[0])}, which no training row has: "
            "add rows of it to --data, or leave it out here."
        )
    return np.array([place[label] for label in names])[labels.codes]
