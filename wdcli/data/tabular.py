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
from wdcli.data.splits import check_classes, check_varies
from wdcli.data.table import Roles, Table, Wanted
from wdcli.data.targets import choose_task, classes_of, matched, task_note
from wdcli.errors import DataError
from wdcli.names import TaskChoice
from wdcli.text import count, quoted


def from_table(table: Table, task: TaskChoice, in_time: bool) -> Dataset:
    """The dataset of the rows that have a value of the target; raises ``DataError`` where it can't be learned from."""
    target, *others = _target_first(table)
    rows = _rows(target, table)
    features = tuple(_feature(_taken(column, rows), table) for column in others)
    column = _taken(target, rows)
    chosen = choose_task(column, task, table)
    y, classes = classes_of(table, target, rows) if chosen == "classification" else (column.values, ())
    notes = [*table.notes, *_left_out(table, target, rows), task_note(target, chosen, classes)]
    groups = None
    if table.roles.groups is not None:
        groups = group_codes(table.labels(table.roles.groups, None).take(rows), table.name)
        notes.append(groups_note(table.roles.groups, groups))
    notes += _disorder(features, rows) if in_time else []
    numbers = [column for column in table.columns if column is not target or chosen == "regression"]
    notes += [*_twins(target, classes, features), *outliers.notes(numbers, table.origin)]
    name = Path(table.name).name
    if chosen == "classification":
        check_classes(y, classes, where=f"{quoted(table.name)}, target {quoted(target.name)}: ")
    place = partial(_place, table.origin, rows)
    return Dataset(
        name, name, chosen, target.name, features, y, classes, tuple(notes), groups, in_time, place=place,
        class_kind=target.kind,
    )  # fmt: skip


def _place(origin: Origin, rows: Array, row: int) -> str:
    """Where a row of the dataset stands in the file."""
    return origin.place(int(rows[row]))


def _twins(target: Column, classes: Sequence[str], features: Sequence[Column]) -> list[str]:
    """A line for each column where two categories may be one, the target first."""
    named = [(target.name, classes), *((column.name, column.categories) for column in features)]
    return [line for name, categories in named for line in twins.note(name, categories)]


def _target_first(table: Table) -> list[Column]:
    """The target, then the features."""
    name = table.roles.target
    if name is None:
        raise DataError(f"{quoted(table.name)} has no column besides its row numbers: there is nothing to learn from.")
    if len(table.columns) < 2:
        raise DataError(
            f"{quoted(table.name)} has one column, the target {quoted(name)}: there is nothing to learn from."
        )
    return sorted(table.columns, key=lambda column: column.name != name)


def _rows(target: Column, table: Table) -> Array:
    """The rows that have a value of the target."""
    rows = np.flatnonzero(~target.missing)
    if not len(rows):
        raise DataError(f"{quoted(table.name)}: the target {quoted(target.name)} has no value in any row.")
    return rows


def _taken(column: Column, rows: Array) -> Column:
    """The column of these rows, which are in order; without a copy if they are all of them."""
    return column if len(rows) == len(column.values) else column.take(rows)


def _feature(column: Column, table: Table) -> Column:
    if column.missing.all():
        raise DataError(f"{quoted(table.name)}, column {quoted(column.name)} has no values: fill it, or delete it.")
    return column


def _left_out(table: Table, target: Column, rows: Array) -> list[str]:
    if len(rows) == table.rows:
        return []
    return [f"{count(table.rows - len(rows), 'row')} of {table.rows:,} without a value of {target.name} left out"]


def _disorder(features: Sequence[Column], rows: Array) -> list[str]:
    """A line for each column of dates that goes back: the rows should stand in the order of time."""
    return [
        f"Warning: --folds-by time takes the rows as they stand, and the dates of {column.name} go back at row "
        f"{int(rows[np.flatnonzero(np.diff(column.values) < 0)[0] + 1]) + 1}"
        for column in features
        if column.kind == "date" and (np.diff(column.values) < 0).any()
    ]


def with_test_rows(
    table: Table, train: Dataset, path: str, written: Format, memory: int | None
) -> tuple[Dataset, Split]:
    """The rows of ``table``, from which ``train`` was made, and the rows of the file at ``path`` to report on.

    Columns are matched by name.
    """
    test = _test_table(table, path, written, memory)
    target, *others = _target_first(test)
    given = np.flatnonzero(~target.missing)
    if not len(given):
        raise DataError(f"{quoted(test.name)} has no row with a value of {quoted(target.name)}.")
    y = target.values[given]
    if train.task == "classification":
        y = matched(test.labels(target.name, target.kind).take(given), train, test.name)
    by_name = {column.name: column for column in others}
    columns = tuple(joined(column, by_name[column.name].take(given)) for column in train.columns)
    groups, notes = _all_groups(table, train, test, given)
    notes = (*(note for note in test.notes if note not in train.notes), *notes)
    if len(given) < test.rows:
        notes = (f"{count(test.rows - len(given), 'test row')} without a value of {target.name} left out", *notes)
    y = np.concatenate([train.y, y])
    whole = replace(train, columns=columns, y=y, notes=(*train.notes, *notes), groups=groups)
    check_varies(whole, np.arange(train.rows))
    return whole, Split(np.arange(train.rows), np.arange(train.rows, whole.rows))


def _test_table(table: Table, path: str, written: Format, memory: int | None) -> Table:
    """The test rows, with all columns of the training table; only the groups may be absent."""
    target, groups = table.roles.target, table.roles.groups
    kinds = {column.name: column.kind for column in table.columns}
    if groups is not None:
        kinds[groups] = "text"
    roles = Wanted(kinds, lambda names: Roles(target, groups if groups in names else None), written)
    test = read_table(path, roles, memory)
    missing = [name for name in kinds if name not in test.header and name != groups]
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
    known = trained.take(_rows(next(c for c in table.columns if c.name == table.roles.target), table))
    return with_new_groups(known, test.labels(name, trained.kind).take(given), test.name), ()
