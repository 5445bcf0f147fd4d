"""From ``--data`` (a generator, a bundled table, or a file) to a dataset and its split."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from wdcli.data.bundled import BUNDLED, load_bundled
from wdcli.data.dataset import Column, Dataset, Kind, Split, Truth
from wdcli.data.dice import Purpose, dice
from wdcli.data.files import read_table
from wdcli.data.format import Format
from wdcli.data.generators import GENERATORS, generate, truth
from wdcli.data.pieces import read_pieces
from wdcli.data.raw import STDIN
from wdcli.data.reading import Onlooker, unseen
from wdcli.data.source import Source
from wdcli.data.splits import check_classes, check_varies, part_rows
from wdcli.data.table import Roles, Table, Wanted
from wdcli.data.tabular import from_table, with_test_rows
from wdcli.errors import ConfigError, DataError
from wdcli.text import count, listed, near, quoted

TARGET_NAMES = ("target", "y", "label", "class")


class NewRows(NamedTuple):
    """A piece of a table: its name, its columns, what was decided while reading, and the kept cells, as the file has them."""

    name: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...] = ()
    kept: Mapping[str, Any] = {}


def load(source: Source, seed: int, memory: int | None = None, watch: Onlooker = unseen) -> tuple[Dataset, Split]:
    """The dataset and its split into rows to train on and rows to report on.

    A file may take ``memory`` bytes, by default half of what is available; ``watch`` sees how far it is read. Raises
    ``ConfigError`` where options don't fit the source, ``DataError`` where the table can't be learned from.
    """
    if source.groups is not None and source.folds_by == "time":
        raise ConfigError("--groups and --folds-by time can't be combined: choose one.")
    if source.test_data is not None:
        if source.data in GENERATORS or source.data in BUNDLED:
            raise ConfigError(f"--test-data needs --data to be a file: {source.data} is split by --test-size.")
        table = _read(source, memory, watch)
        train = from_table(table, source.task, in_time=source.folds_by == "time")
        dataset, split = with_test_rows(table, train, source.test_data, source.format, memory, watch)
        return _asked(dataset, source), split
    dataset = load_dataset(source, seed, memory, watch)
    split = part_rows(dice(seed, Purpose.TEST_ROWS), dataset, np.arange(dataset.rows), source.test_size)
    check_varies(dataset, split.train)
    return replace(dataset, notes=(*dataset.notes, *_split_notes(dataset, split))), split


def load_dataset(source: Source, seed: int, memory: int | None = None, watch: Onlooker = unseen) -> Dataset:
    """The dataset, before any split."""
    if source.data in GENERATORS or source.data in BUNDLED:
        _refuse(source, source.target, "--target", "has a target of its own")
        _refuse(source, source.groups, "--groups", "has no groups")
        _refuse(source, source.weights, "--weights", "has no weights")
        for name, given in asdict(source.format).items():
            _refuse(source, given, f"--{name.replace('_', '-')}", "is not a file")
    if source.data in GENERATORS:
        made = generate(source.data, dice(seed, Purpose.DATA), source.rows, source.noise)
        known = None if source.drop or source.only else _truth(source, seed)
        return _asked(_checked(replace(made, truth=known), source), source)
    _refuse(source, source.noise, "--noise", "is not generated")
    _refuse(source, source.rows, "--rows", "is not generated")
    if source.data in BUNDLED:
        return _asked(_checked(load_bundled(source.data), source), source)
    return _asked(from_table(_read(source, memory, watch), source.task, source.folds_by == "time"), source)


def _asked(dataset: Dataset, source: Source) -> Dataset:
    """The dataset with its source's options, those left to the data included: target, task, rows, noise."""
    generator = GENERATORS.get(source.data)
    noise = generator.noise if generator and source.noise is None else source.noise
    known = {"target": dataset.target, "task": dataset.task, "noise": noise}
    return replace(dataset, asked={**asdict(source), **known, "rows": dataset.rows if generator else None})


def _truth(source: Source, seed: int) -> Truth | None:
    """What is known beyond the dataset where it is a generated regression with all its features."""
    return truth(source.data, dice(seed, Purpose.DATA), dice(seed, Purpose.TRUTH), source.noise)


def _refuse(source: Source, given: object, option: str, why: str) -> None:
    if given is not None:
        raise ConfigError(f"{option} doesn't apply: --data {quoted(source.data)} {why}.")


def _checked(dataset: Dataset, source: Source) -> Dataset:
    if source.task not in ("auto", dataset.task):
        raise ConfigError(f"--task {source.task} doesn't apply: {dataset.name} is a {dataset.task}.")
    if dataset.task == "classification":
        check_classes(dataset.y, dataset.class_names)
    names = [column.name for column in dataset.columns]
    left_out = source.choice.left_out(names, {"the target": dataset.target}, dataset.name)
    return replace(dataset.without(left_out), in_time=source.folds_by == "time")


def _read(source: Source, memory: int | None, watch: Onlooker) -> Table:
    path, names = source.data, [*GENERATORS, *BUNDLED]
    if path != STDIN and "/" not in path and not Path(path).suffix and not os.path.lexists(path):
        raise DataError(
            f"--data {quoted(path)} is neither a file nor a name that wdcli knows.{near(path, names)} "
            "'wdcli data list' lists the names."
        )
    wanted = Wanted(roles=lambda names: _roles(names, source), format=source.format)
    return read_table(path, wanted, memory, watch)


def _roles(names: Sequence[str], source: Source) -> Roles:
    """The groups and weights as given; the target as given, else a column with a target's name, else the last of the others;
    and which columns are no features.
    """
    named = (("--target", source.target), ("--groups", source.groups), ("--weights", source.weights))
    for option, given in named:
        if given is not None and given not in names:
            raise ConfigError(
                f"{option} {quoted(given)} is not a column of {quoted(source.data)}.{near(given, names)} "
                f"Its columns are {listed(names, most=12)}."
            )
    others = [name for name in names if name not in (source.groups, source.weights)]
    called = [name for name in others if name.lower() in TARGET_NAMES]
    target = source.target or next(iter(called or others[-1:]), None)
    for option, given in named[1:]:
        if given is not None and given == target:
            raise ConfigError(f"{option} {quoted(given)} is the target: choose another column.")
    if source.groups is not None and source.groups == source.weights:
        raise ConfigError(f"--weights {quoted(source.weights)} names the groups: choose another column.")
    roles = {"the target": target, "the column of --groups": source.groups, "the column of --weights": source.weights}
    return Roles(target, source.groups, source.weights, source.choice.left_out(names, roles, source.data))


def _split_notes(dataset: Dataset, split: Split) -> list[str]:
    """How many rows whole groups came to, and a warning of classes that only test rows have."""
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
        notes += [f"Warning: only one training row has the class {once}: no network can learn it"] if once else []
    return notes


def spelled_alike(source: Source, remembered: Format) -> tuple[Source, list[str]]:
    """The source with the ``remembered`` format where it gives none itself, and a note; only files have a format."""
    whole = source.format.over(remembered)
    if source.data in GENERATORS or source.data in BUNDLED or whole == source.format:
        return source, []
    name = "standard input" if source.data == STDIN else source.data
    note = f"{name}: read like the model's training table, with {whole} (to read it otherwise, give these options)"
    return replace(source, **asdict(whole)), [note]


def new_rows(source: Source, kinds: Mapping[str, Kind], keep: Sequence[str] = ()) -> Iterator[NewRows]:
    """The columns of new rows, of the kinds that a model knows them by, and the cells of those to ``keep``, in pieces.

    The last piece has the notes on the whole table.

    Raises ``ConfigError`` for a column to keep that the table hasn't got.
    """
    if source.data in GENERATORS or source.data in BUNDLED:
        dataset = load_dataset(source, seed=0)
        _check_kept(keep, [column.name for column in dataset.columns], dataset.name)
        kept = {column.name: column.cells for column in dataset.columns if column.name in keep}
        yield NewRows(dataset.name, dataset.columns, kept={name: kept[name] for name in keep})
        return

    def roles(names: Sequence[str]) -> Roles:
        _check_kept(keep, names, source.data)
        return Roles(kept=frozenset(keep))

    for table in read_pieces(source.data, Wanted(kinds, roles, source.format)):
        yield NewRows(table.name, table.columns, table.notes, {name: table.cells[name] for name in keep})


def _check_kept(keep: Sequence[str], names: Sequence[str], where: str) -> None:
    for name in keep:
        if name not in names:
            raise ConfigError(
                f"--keep {quoted(name)} is not a column of {quoted(where)}.{near(name, names)} "
                f"Its columns are {listed(names, most=12)}."
            )
