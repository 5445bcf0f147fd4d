"""From a table to a dataset, and with the test rows of another (``--test-data``) to one dataset and its split."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from wdcli.array import Array
from wdcli.data import outliers, twins
from wdcli.data.cells import Origin
from wdcli.data.dataset import Column, Dataset, Split, joined
from wdcli.data.files import read_table
from wdcli.data.format import Format
from wdcli.data.groups import group_codes, groups_note, with_new_groups
from wdcli.data.reading import Onlooker
from wdcli.data.splits import check_classes, check_varies
from wdcli.data.table import Roles, Table, Wanted
from wdcli.data.targets import choose_task, classes_of, matched, task_note
from wdcli.data.weights import frequencies, weights_note
from wdcli.errors import DataError
from wdcli.names import TaskChoice
from wdcli.text import count, quoted


def from_table(table: Table, task: TaskChoice, in_time: bool) -> Dataset:
    """The dataset of the rows that have a value of the target, and a weight above 0 if rows have weights.

    Raises ``DataError`` where it can't be learned from.
    """
    target, weights, others = _by_role(table)
    rows, weight = _rows(target, weights, table)
    features = tuple(_feature(_taken(column, rows), table) for column in others)
    column = _taken(target, rows)
    chosen = choose_task(column, task, table)
    y, classes = classes_of(table, target, rows) if chosen == "classification" else (column.values, ())
    notes = [*table.notes, *_left_out(table, target), task_note(target, chosen, classes)]
    groups = None
    if table.roles.groups is not None:
        groups = group_codes(table.labels(table.roles.groups, None).take(rows), table.name)
        notes.append(groups_note(table.roles.groups, groups))
    if weights is not None and weight is not None:
        notes.append(weights_note(weights.name, weight, int((~target.missing).sum()) - len(rows)))
    notes += _disorder(features, rows) if in_time else []
    numbers = [column for column in table.columns if column is not target or chosen == "regression"]
    notes += [*_twins(target, classes, features), *outliers.notes(numbers, table.origin)]
    name = Path(table.name).name
    if chosen == "classification":
        check_classes(y, classes, where=f"{quoted(table.name)}, target {quoted(target.name)}: ")
    place = partial(_place, table.origin, rows)
    return Dataset(
        name, name, chosen, target.name, features, y, classes, tuple(notes), groups, weight, in_time, place=place,
        class_kind=target.kind,
    )  # fmt: skip


def _place(origin: Origin, rows: Array, row: int) -> str:
    """Where a row of the dataset stands in the file."""
    return origin.place(int(rows[row]))


def _twins(target: Column, classes: Sequence[str], features: Sequence[Column]) -> list[str]:
    """A line for each column where two categories may be one, the target first."""
    named = [(target.name, classes), *((column.name, column.categories) for column in features)]
    return [line for name, categories in named for line in twins.note(name, categories)]


def _by_role(table: Table) -> tuple[Column, Column | None, list[Column]]:
    """The target, the weights if rows have any, and the features."""
    name, weights = table.roles.target, table.roles.weights
    if name is None:
        raise DataError(f"{quoted(table.name)} has no column besides its row numbers: there is nothing to learn from.")
    by_name = {column.name: column for column in table.columns}
    features = [column for column in table.columns if column.name not in (name, weights)]
    if not features:
        raise DataError(
            f"{quoted(table.name)} has one column, the target {quoted(name)}: there is nothing to learn from."
        )
    return by_name[name], None if weights is None else by_name[weights], features


def _rows(target: Column, weights: Column | None, table: Table) -> tuple[Array, Array | None]:
    """The rows that have a value of the target and a weight above 0, and their weights."""
    rows = np.flatnonzero(~target.missing)
    if not len(rows):
        raise DataError(f"{quoted(table.name)}: the target {quoted(target.name)} has no value in any row.")
    if weights is None:
        return rows, None
    given = _weights(weights, rows, table)
    return rows[given > 0], given[given > 0]


def _weights(column: Column, rows: Array, table: Table) -> Array:
    """The weights of some rows; raises ``DataError`` for a column that can't be of weights."""
    where = f"{quoted(table.name)}, --weights {quoted(column.name)}"
    if column.kind != "number":
        raise DataError(f"{where}: the column holds {column.kind}, and weights are numbers: choose another column.")
    holes = rows[column.missing[rows]]
    if len(holes):
        cell = table.origin.cell(int(holes[0]), column.name)
        raise DataError(f"{cell}: every row needs a weight; fill it, or leave the row out.")
    return frequencies(column.values[rows], where)


def _taken(column: Column, rows: Array) -> Column:
    """The column of these rows, which are in order; without a copy if they are all of them."""
    return column if len(rows) == len(column.values) else column.take(rows)


def _feature(column: Column, table: Table) -> Column:
    if column.missing.all():
        raise DataError(f"{quoted(table.name)}, column {quoted(column.name)} has no values: fill it, or delete it.")
    return column


def _left_out(table: Table, target: Column) -> list[str]:
    empty = int(target.missing.sum())
    return [f"{count(empty, 'row')} of {table.rows:,} without a value of {target.name} left out"] if empty else []


def _disorder(features: Sequence[Column], rows: Array) -> list[str]:
    """A line for each column of dates that goes back: the rows should stand in the order of time."""
    return [
        f"Warning: --folds-by time takes the rows as they stand, and the dates of {column.name} go back at row "
        f"{int(rows[np.flatnonzero(np.diff(column.values) < 0)[0] + 1]) + 1}"
        for column in features
        if column.kind == "date" and (np.diff(column.values) < 0).any()
    ]


def with_test_rows(
    table: Table, train: Dataset, path: str, written: Format, memory: int | None, watch: Onlooker
) -> tuple[Dataset, Split]:
    """The rows of ``table``, from which ``train`` was made, and the rows of the file at ``path`` to report on.

    Columns are matched by name.
    """
    test = _test_table(table, path, written, memory, watch)
    target, weights, others = _by_role(test)
    if target.missing.all():
        raise DataError(f"{quoted(test.name)} has no row with a value of {quoted(target.name)}.")
    given, weight = _rows(target, weights, test)
    y = target.values[given]
    if train.task == "classification":
        y = matched(test.labels(target.name, target.kind).take(given), train, test.name)
    by_name = {column.name: column for column in others}
    columns = tuple(joined(column, by_name[column.name].take(given)) for column in train.columns)
    groups, notes = _all_groups(table, train, test, given)
    notes = (*(note for note in test.notes if note not in train.notes), *notes)
    if target.missing.any():
        empty = count(int(target.missing.sum()), "test row")
        notes = (f"{empty} without a value of {target.name} left out", *notes)
    y = np.concatenate([train.y, y])
    if train.weights is not None:
        if weight is None:
            notes = (*notes, f"{test.name} has no column {table.roles.weights}: each of its rows counts once")
        weight = np.concatenate([train.weights, np.ones(len(given)) if weight is None else weight])
    whole = replace(train, columns=columns, y=y, notes=(*train.notes, *notes), groups=groups, weights=weight)
    check_varies(whole, np.arange(train.rows))
    return whole, Split(np.arange(train.rows), np.arange(train.rows, whole.rows))


def _test_table(table: Table, path: str, written: Format, memory: int | None, watch: Onlooker) -> Table:
    """The test rows, with all columns of the training table; only groups and weights may be absent."""
    target, groups, weights = table.roles.target, table.roles.groups, table.roles.weights
    kinds = {column.name: column.kind for column in table.columns}
    if groups is not None:
        kinds[groups] = "text"

    def roles(names: Sequence[str]) -> Roles:
        return Roles(target, groups if groups in names else None, weights if weights in names else None)

    test = read_table(path, Wanted(kinds, roles, written), memory, watch)
    missing = [name for name in kinds if name not in test.header and name not in (groups, weights)]
    if missing:
        raise DataError(f"{quoted(test.name)} lacks the column {quoted(missing[0])}, which --data has.")
    return test


def _all_groups(table: Table, train: Dataset, test: Table, given: Array) -> tuple[Array | None, tuple[str, ...]]:
    """The groups of the training rows and of the ``given`` test rows, if the table has groups; and notes on them."""
    name = table.roles.groups
    if train.groups is None or name is None:
        return None, ()
    if test.roles.groups is None:
        note = f"{test.name} has no column {name}: wdcli can't check that its groups are new"
        return np.append(train.groups, -1 - np.arange(len(given))), (note,)
    trained = table.labels(name, None)
    target, weights, _ = _by_role(table)
    known = trained.take(_rows(target, weights, table)[0])
    return with_new_groups(known, test.labels(name, trained.kind).take(given), test.name), ()
