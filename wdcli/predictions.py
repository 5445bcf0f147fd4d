"""A saved model's predictions for new rows, batch after batch: memory for one batch is all that they take."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Column
from wdcli.data.loading import NewRows
from wdcli.data.novelties import Novelties
from wdcli.data.table import text_of
from wdcli.errors import ConfigError
from wdcli.models import Model
from wdcli.text import quoted


@dataclass(frozen=True)
class Batch:
    """Predictions of some rows: each row's number in the table, from 1, its kept cells, and what the model says."""

    rows: Array
    kept: Mapping[str, Any]
    answers: Mapping[str, Array]

    @property
    def columns(self) -> dict[str, Any]:
        """The columns, in the types that the tables have."""
        return {"row": self.rows, **self.kept, **self.answers}

    @property
    def cells(self) -> dict[str, list[Any]]:
        """The columns as Python's numbers and text; the kept cells of a file are text."""
        kept = {name: text_of(cells) for name, cells in self.kept.items()}
        return {"row": self.rows.tolist(), **kept, **{name: values.tolist() for name, values in self.answers.items()}}


@dataclass
class Predictions:
    """The batches, once; after the last one, the notes on the table and what in it was unlike training.

    ``proba`` asks for the probability of each class too. Iteration raises ``ConfigError`` where a kept column has the name
    of another column, ``ModelFileError`` for a table of other columns, and the errors of reading.
    """

    model: Model
    pieces: Iterable[NewRows]
    proba: bool = False
    notes: tuple[str, ...] = ()
    novelties: Novelties = field(init=False)

    def __post_init__(self) -> None:
        """Raise ``ConfigError`` for probabilities of numbers."""
        if self.proba and self.model.task == "regression":
            raise ConfigError(
                f"--proba doesn't apply: the model predicts numbers, {quoted(self.model.target)}. Leave it out."
            )
        self.novelties = Novelties(self.model.encoding)

    def __iter__(self) -> Iterator[Batch]:
        """Read, predict, and forget."""
        done = 0
        for name, columns, notes, kept in self.pieces:
            self.model.check_columns(columns, name)
            found = answers(self.model, columns, self.proba)
            _check_names(kept, found)
            self.novelties.add(columns)
            self.notes = notes
            rows = np.arange(done + 1, done + 1 + len(columns[0].values))
            yield Batch(rows, kept, found)
            done += len(rows)


def answers(model: Model, columns: Sequence[Column], proba: bool = False) -> dict[str, Array]:
    """The predicted numbers, or the predicted classes, each as the training table had it, and their probabilities.

    Of several targets, each has a column: ``prediction_1``, ``prediction_2``, ...
    """
    if model.task == "regression":
        values = model.numbers(columns)
        return {"prediction": values} if values.ndim == 1 else {f"prediction_{k}": v for k, v in enumerate(values.T, 1)}
    p = model.probabilities(columns)
    found = {"prediction": np.array(model.classes)[p.argmax(axis=1)]}
    return {**found, **{f"p({name})": p[:, i] for i, name in enumerate(model.class_names)}} if proba else found


def _check_names(kept: Mapping[str, object], found: Mapping[str, object]) -> None:
    for name in kept:
        if name == "row" or name in found:
            raise ConfigError(
                f"--keep {quoted(name)}: the predictions have a column of this name; rename the table's, or leave it out."
            )
