"""From what ``--data`` says to a dataset and its split: a generator, a bundled table, or a file."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from wdcli.data.bundled import BUNDLED, load_bundled
from wdcli.data.dataset import Array, Column, Dataset, Kind, Split, joined, respelled
from wdcli.data.dice import Purpose, dice
from wdcli.data.files import Table, read_table
from wdcli.data.generators import GENERATORS, Truth, generate, truth
from wdcli.data.raw import STDIN
from wdcli.data.splits import check_classes, check_varies, part_rows
from wdcli.errors import ConfigError, DataError
from wdcli.names import FoldsBy, Task, TaskChoice
from wdcli.text import count, listed, near, quoted

MAX_CLASSES = 1000
FEW_VALUES = 20
"""A target of whole numbers with at most so many different ones, of five rows or more each, is taken for classes."""
TARGET_NAMES = ("target", "y", "label", "class")


@dataclass(frozen=True)
class Source:
    """What to load, and which rows to keep for testing; None leaves the choice to the data.

    ``groups`` names a column whose values are groups that no split cuts; ``folds_by`` "time": the later rows are tested by
    the earlier ones.
    """

    data: str = "moons"
    target: str | None = None
    test_data: str | None = None
    task: TaskChoice = "auto"
    test_size: float = 0.25
    noise: float | None = None
    rows: int | None = None
    groups: str | None = None
    folds_by: FoldsBy = "rows"


def load(source: Source, seed: int) -> tuple[Dataset, Split]:
    """The dataset and its split into rows to train on and rows to report on.

    Raises ``ConfigError`` where options don't fit the source, ``DataError`` where the table can't be learned from.
    """
    if source.groups is not None and source.folds_by == "time":
        raise ConfigError("--groups and --folds-by time can't both hold: choose one.")
    if source.test_data is not None:
        return _load_with_test_data(source)
    dataset = load_dataset(source, seed)
    split = part_rows(dice(seed, Purpose.TEST_ROWS), dataset, np.arange(dataset.rows), source.test_size)
    check_varies(dataset, split.train)
    return replace(dataset, notes=(*dataset.notes, *_split_notes(dataset, split))), split


def load_dataset(source: Source, seed: int) -> Dataset:
    """The dataset alone, before any split."""
    if source.data in GENERATORS or source.data in BUNDLED:
        _refuse(source, source.target, "--target", "has a target of its own")
        _refuse(source, source.groups, "--groups", "has no column of groups")
    if source.data in GENERATORS:
        made = generate(source.data, dice(seed, Purpose.DATA), source.rows, source.noise)
        return _checked(made, source)
    _refuse(source, source.noise, "--noise", "is not generated")
    _refuse(source, source.rows, "--rows", "is not generated")
    if source.data in BUNDLED:
        return _checked(load_bundled(source.data), source)
    table = _read(source.data)
    return _from_table(table, source)


def find_truth(source: Source, seed: int) -> Truth | None:
    """What is known beyond the dataset where it is a generated regression."""
    if source.data not in GENERATORS:
        return None
    return truth(source.data, dice(seed, Purpose.DATA), dice(seed, Purpose.TRUTH), source.noise)


def resolved(source: Source, dataset: Dataset) -> Source:
    """The source with what was left to the data: the target, the task, and a generator's rows and noise."""
    generator = GENERATORS.get(source.data)
    noise = generator.noise if generator and source.noise is None else source.noise
    return replace(
        source, target=dataset.target, task=dataset.task, noise=noise, rows=dataset.rows if generator else None
    )


def _refuse(source: Source, given: object, option: str, why: str) -> None:
    if given is not None:
        raise ConfigError(f"{option} doesn't apply: --data {quoted(source.data)} {why}.")


def _checked(dataset: Dataset, source: Source) -> Dataset:
    if source.task not in ("auto", dataset.task):
        raise ConfigError(f"--task {source.task} doesn't apply: {dataset.name} is a {dataset.task}.")
    if dataset.task == "classification":
        check_classes(dataset.y, dataset.class_names)
    return replace(dataset, in_time=source.folds_by == "time")


def _read(path: str) -> Table:
    names = [*GENERATORS, *BUNDLED]
    if path != STDIN and "/" not in path and not Path(path).suffix and not os.path.lexists(path):
        raise DataError(
            f"--data {quoted(path)} is neither a file nor a name that wdcli knows.{near(path, names)} "
            "'wdcli data list' lists the names."
        )
    return read_table(path)


def _target_name(table: Table, source: Source) -> str:
    """The target column: as given, or one that is called like a target, or the last (but that of the groups)."""
    names = [column.name for column in table.columns]
    for option, given in (("--target", source.target), ("--groups", source.groups)):
        if given is not None and given not in names:
            raise ConfigError(
                f"{option} {quoted(given)} is not a column of {quoted(table.name)}.{near(given, names)} "
                f"Its columns are {listed(names, most=12)}."
            )
    if source.target is not None:
        return source.target
    others = [name for name in names if name != source.groups]
    called = [name for name in others if name.lower() in TARGET_NAMES]
    return (called or others[-1:] or names)[0]


def _from_table(table: Table, source: Source) -> Dataset:
    if not table.columns:
        raise DataError(
            f"{quoted(table.name)} has no column but the numbers of its rows: there is nothing to learn from."
        )
    target, task = _target_name(table, source), source.task
    if target == source.groups:
        raise ConfigError(f"--groups {quoted(target)} is the target: choose another column.")
    by_name = {column.name: column for column in table.columns}
    column = by_name.pop(target)
    grouping = by_name.pop(source.groups) if source.groups is not None else None
    rows = _given(table, target)
    notes = list(table.notes)
    if len(rows) < table.rows:
        notes.append(f"{count(table.rows - len(rows), 'row')} of {table.rows:,} without a value of {target} left out")
    if not len(rows):
        raise DataError(f"{quoted(table.name)}: the target {quoted(target)} has no value in any row.")
    if not by_name:
        raise DataError(
            f"{quoted(table.name)} has one column, the target {quoted(target)}: there is nothing to learn from."
        )
    features = [found.take(rows) for found in by_name.values()]
    for found in features:
        if found.missing.all():
            raise DataError(f"{quoted(table.name)}, column {quoted(found.name)} has no values: fill it, or delete it.")
    chosen = _task(column.take(rows), task, table)
    y, classes = _classes(column.take(rows)) if chosen == "classification" else (column.values[rows], ())
    notes.append(_task_note(target, chosen, classes, column))
    groups = None if grouping is None else _groups(grouping.take(rows), table, notes)
    in_time = source.folds_by == "time"
    notes += _disorder(features, rows) if in_time else []
    name = Path(table.name).name
    dataset = Dataset(name, name, chosen, target, tuple(features), y, classes, tuple(notes), groups, in_time)
    if chosen == "classification":
        check_classes(y, classes, where=f"{quoted(table.name)}, target {quoted(target)}: ")
    return dataset


def _given(table: Table, target: str) -> Array:
    """The rows that have a value of the target."""
    return np.flatnonzero(~next(column for column in table.columns if column.name == target).missing)


def _groups(column: Column, table: Table, notes: list[str]) -> Array:
    """The groups as integers; a note says how many there are."""
    if column.missing.any():
        raise DataError(
            f"{quoted(table.name)}, column {quoted(column.name)} has no value in {count(int(column.missing.sum()), 'row')}: "
            "every row needs a group; fill it, or leave those rows out."
        )
    values, codes = np.unique(column.values, return_inverse=True)
    notes.append(f"{column.name}: {count(len(values), 'group')}, none of which any split cuts; it is no feature")
    return np.asarray(codes, dtype=np.int64)


def _disorder(features: Sequence[Column], rows: Array) -> list[str]:
    """A line for each column of dates that goes back: the rows should stand in the order of time."""
    return [
        f"Warning: --folds-by time takes the rows as they stand, and the dates of {column.name} go back at row "
        f"{int(rows[np.flatnonzero(np.diff(column.values) < 0)[0] + 1]) + 1}"
        for column in features
        if column.kind == "date" and (np.diff(column.values) < 0).any()
    ]


def _task_note(target: str, task: Task, classes: Sequence[str], column: Column) -> str:
    if task == "regression":
        return f"target {target}: numbers, so this is a regression"
    kind = "whole numbers with few values" if column.kind == "number" else column.kind
    return f"target {target}: {kind}, so this is a classification with {len(classes)} classes ({listed(classes)})"


def _task(column: Column, task: TaskChoice, table: Table) -> Task:
    """The task that was asked for, if the target can have it, or the one that its values suggest."""
    if column.kind == "date":
        raise DataError(f"The target {quoted(column.name)} is a date: predict a number or a class.")
    if task == "regression" and column.kind == "text":
        first = column.categories[column.values[0]]
        raise DataError(
            f"The target {quoted(column.name)} of {quoted(table.name)} is text ({quoted(first)}, say): a regression needs "
            "numbers. Leave out --task regression, or choose another --target."
        )
    if task != "auto":
        return task
    if column.kind != "number":
        return "classification"
    values = np.unique(column.values)
    whole = bool((values == np.round(values)).all())
    few = len(values) == 2 or (len(values) <= FEW_VALUES and len(values) * 5 <= len(column.values))
    return "classification" if whole and few else "regression"


def _classes(column: Column) -> tuple[Array, tuple[str, ...]]:
    """Codes and names of the classes, in the order of their values."""
    values, y = np.unique(column.values, return_inverse=True)
    if len(values) > MAX_CLASSES:
        raise DataError(
            f"The target {quoted(column.name)} has {len(values):,} different values (is it an identifier?): "
            f"at most {MAX_CLASSES:,} classes can be told apart. For numbers, say --task regression."
        )
    if column.kind == "text":
        names = [column.categories[int(value)] for value in values]
    elif column.kind == "boolean":
        names = ["true" if value else "false" for value in values]
    else:
        names = [f"{value:.15g}" for value in values]
    return y.astype(np.int64), tuple(names)


def _load_with_test_data(source: Source) -> tuple[Dataset, Split]:
    """Train on all rows of ``--data``, report on those of ``--test-data``: columns are matched by name."""
    if source.data in GENERATORS or source.data in BUNDLED:
        raise ConfigError(f"--test-data needs --data to be a file: {source.data} is split by --test-size.")
    table = _read(source.data)
    train = _from_table(table, source)
    target = train.target
    kinds = {column.name: column.kind for column in table.columns}
    test = _test_table(source.test_data or "", kinds, source.groups)
    by_name = {column.name: column for column in test.columns}
    given = np.flatnonzero(~by_name[target].missing)
    y = _test_target(by_name[target].take(given), train, test.name)
    columns = tuple(joined(column, by_name[column.name].take(given)) for column in train.columns)
    notes = train.notes
    if len(given) < test.rows:
        notes += (f"{count(test.rows - len(given), 'test row')} without a value of {target} left out",)
    groups = None
    if train.groups is not None and source.groups not in by_name:
        groups = np.append(train.groups, -1 - np.arange(len(given)))
        notes += (f"{test.name} has no column {source.groups}: whether its groups are new ones can't be checked",)
    elif train.groups is not None:
        column, known = next(c for c in table.columns if c.name == source.groups), _given(table, target)
        groups = _new_groups(column.take(known), by_name[column.name].take(given), test.name)
    whole = replace(train, columns=columns, y=np.concatenate([train.y, y]), notes=notes, groups=groups)
    check_varies(whole, np.arange(train.rows))
    return whole, Split(np.arange(train.rows), np.arange(train.rows, whole.rows))


def _split_notes(dataset: Dataset, split: Split) -> list[str]:
    """How many rows whole groups came to, and warnings of classes that no training row has, or only one."""
    notes = []
    if dataset.groups is not None:
        held, groups = len(split.test), len(np.unique(dataset.groups[split.test]))
        notes.append(
            f"{count(held, 'row')} of {dataset.rows:,} ({held / dataset.rows:.0%}) held out, in {count(groups, 'group')}"
        )
    if dataset.task == "classification":
        trained = np.bincount(dataset.y[split.train], minlength=len(dataset.class_names))
        unseen, once = (
            listed(name for name, n in zip(dataset.class_names, trained, strict=True) if n == rows) for rows in (0, 1)
        )
        notes += [f"Warning: no training row has the class {unseen}: no network can predict it"] if unseen else []
        notes += [f"Warning: one training row alone has the class {once}: no network can learn it"] if once else []
    return notes


def _new_groups(trained: Column, tested: Column, name: str) -> Array:
    """The groups of the training rows, then those of the test rows; raises ``DataError`` if they share one."""
    both = joined(trained, tested)
    _, codes = np.unique(both.values, return_inverse=True)
    shared = np.flatnonzero(np.isin(codes[len(trained.values) :], codes[: len(trained.values)]))
    if len(shared):
        value = tested.values[shared[0]]
        group = tested.categories[value] if tested.kind == "text" else f"{value:g}"
        raise DataError(
            f"{quoted(name)}: the group {quoted(group)} of {quoted(trained.name)} has training rows too, so its test rows "
            "would flatter every lambda. Leave them out, or leave out --groups."
        )
    return np.asarray(codes, dtype=np.int64)


def _test_table(path: str, kinds: Mapping[str, Kind], groups: str | None) -> Table:
    """The test rows, with all the columns of ``kinds`` but perhaps that of the groups."""
    test = read_table(path, kinds)
    missing = [name for name in kinds if name not in test.header and name != groups]
    if missing:
        raise DataError(f"{quoted(test.name)} lacks the column {quoted(missing[0])}, which --data has.")
    return test


def _test_target(column: Column, train: Dataset, name: str) -> Array:
    """The test rows' target, in the training rows' classes."""
    if not len(column.values):
        raise DataError(f"{quoted(name)} has no row with a value of {quoted(column.name)}.")
    if train.task == "regression":
        return column.values
    codes, names = _classes(respelled(column, set(train.class_names)))
    unknown = [label for label in names if label not in train.class_names]
    if unknown:
        raise DataError(
            f"{quoted(name)} has the class {quoted(unknown[0])}, which no training row has: "
            "add rows of it to --data, or leave it out here."
        )
    return np.array([train.class_names.index(label) for label in names])[codes]


def feature_columns(data: str, kinds: Mapping[str, Kind]) -> tuple[str, tuple[Column, ...]]:
    """The columns of new rows, of the kinds that a model knows them by, and the table's name."""
    if data in GENERATORS or data in BUNDLED:
        dataset = load_dataset(Source(data), seed=0)
        return dataset.name, dataset.columns
    table = read_table(data, kinds)
    return table.name, table.columns
