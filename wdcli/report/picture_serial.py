"""What pictures need of a result as JSON, besides its figures: layers, columns, histories, functions, and some rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Split
from wdcli.data.encoding import TargetScale
from wdcli.fits.folds import Fold
from wdcli.fits.mesh import Mesh
from wdcli.fits.records import Diagnostics, LayerRecord
from wdcli.nn.history import History
from wdcli.sweep.rows import Row

DIGITS = 5
"""Significant digits of a function's values."""
MOST_ROWS = 400
"""The most training rows, and test rows, that are shown beside a function."""


def surroundings(dataset: Dataset, split: Split, fold: Fold, constant: float, heading: Sequence[str]) -> dict[str, Any]:
    """What all networks of a result share; ``fold`` holds all training rows, ``constant`` is a constant answer's loss."""
    return {
        "heading": list(heading),
        "constant_loss": constant,
        "classes": list(dataset.class_names),
        "target": dataset.target,
        "columns": fold.encoding.columns,
        "function": None if fold.mesh is None else _function(dataset, split, fold.mesh),
    }


def _function(dataset: Dataset, split: Split, mesh: Mesh) -> dict[str, Any]:
    """Where networks' functions are evaluated, some of the rows beside them, and the true mean there, if it is known."""
    truth = dataset.truth
    return {
        "axes": [vars(axis) for axis in mesh.axes],
        "train": _some(dataset, split.train, mesh),
        "test": _some(dataset, split.test, mesh),
        "n_train": len(split.train),
        "n_test": len(split.test),
        "truth": truth.mean(mesh.points).tolist() if truth and len(mesh.axes) == 1 else None,
    }


def _some(dataset: Dataset, rows: Array, mesh: Mesh) -> dict[str, Any]:
    """At most ``MOST_ROWS`` of the rows that have a place, evenly thinned: a list for each axis, and the target."""
    by_name = {column.name: column.values for column in dataset.columns}
    values = np.stack([by_name[axis.feature][rows] for axis in mesh.axes])
    # A test row can lack a cell, though no training row does.
    placed = np.flatnonzero(np.isfinite(values).all(axis=0))
    few = placed[np.linspace(0, len(placed) - 1, min(len(placed), MOST_ROWS)).round().astype(int)]
    return {"x": values[:, few].tolist(), "y": dataset.y[rows[few]].tolist()}


def pictured(measured: Row | Diagnostics | None, dataset: Dataset, scale: TargetScale, whole: bool) -> dict[str, Any]:
    """A row's layers and its columns' norms, its first seed's history and function; ``whole``: of one network."""
    if measured is None:
        return {"layers": [], "column_norms": [], "history": None, "function": None}
    return {
        "layers": [_layer(layer, whole) for layer in measured.layers],
        "column_norms": list(measured.column_norms),
        "history": _history(measured.history),
        "function": _predictions(measured.function, dataset, scale),
    }


def _layer(layer: LayerRecord, whole: bool) -> dict[str, Any]:
    live = layer.live_units
    return vars(replace(layer, live_units=int(live) if whole and live is not None else live))


def _history(history: History | None) -> dict[str, Any] | None:
    """The held-out rows of a fit on all training rows are the test rows."""
    if history is None:
        return None
    return {"epochs": history.epochs, "train_loss": history.train_loss, "test_loss": history.held_loss}


def _predictions(function: bytes | None, dataset: Dataset, scale: TargetScale) -> list[list[float]] | None:
    """Probabilities, or predictions in the target's own units: a list for each output."""
    if function is None:
        return None
    values = np.frombuffer(function, "<f4").astype(np.float64).reshape(dataset.n_outputs, -1)
    if dataset.task == "classification":
        return rounded(values, np.inf)
    return rounded(scale.undo(values), float(np.max(scale.scale)))


def rounded(values: Array, unit: float) -> list[list[float]]:
    """Rounded to ``DIGITS`` significant digits, of the value or of the ``unit`` of its variation, whichever are finer."""
    size = np.minimum(np.where(values == 0, 1.0, np.abs(values)), unit)
    steps = 10.0 ** (DIGITS - 1 - np.floor(np.log10(size)))
    rows: list[list[float]] = (np.round(values * steps) / steps).tolist()
    return rows
