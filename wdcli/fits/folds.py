"""The encoded rows of each fit: all training rows against the test rows, and the folds of cross-validation."""

import functools
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.encoding import Encoding, TargetScale, bounded
from wdcli.data.splits import fold_parts, fold_rows
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.fits.mesh import Mesh, mesh_of
from wdcli.names import ClassWeight
from wdcli.nn.arrays import Examples


@dataclass(frozen=True)
class Fold:
    """The rows of one fit, encoded by statistics of its own training rows; number 0 is the fit on all training rows.

    ``train`` has the training dtype. The ``held``-out rows are float64, as ``Model`` uses for new rows, so that a loss
    measured on them is that of the saved network's predictions. ``train_rows`` and ``held_rows`` are their places in the
    dataset; ``n_train`` is the number of training rows of fold 0. ``mean_weight`` is what a training row weighs on average:
    times their number it is the n of lambda/(2n). ``of`` is how many times as many rows there are as these are a sample of.
    ``loss_unit`` converts a squared error from this fold's units to those of
    all training rows (1 for classes), for several targets one by one. ``truth``, on fold 0 of a generated regression, are
    new rows with the target's true mean; ``mesh``, on fold 0 of a table with one or two columns, is where a network's
    function is evaluated, and ``X_mesh`` the same points encoded.
    """

    number: int
    n_train: int
    train_rows: Array
    held_rows: Array
    train: Examples
    held: Examples
    encoding: Encoding
    target_scale: TargetScale
    mean_weight: float = 1
    of: float = 1.0
    loss_unit: float | tuple[float, ...] = 1.0
    truth: Examples | None = None
    mesh: Mesh | None = None
    X_mesh: Array | None = None

    @property
    def n_all(self) -> int:
        """The number of training rows of fold 0, or of all those that it is a sample of."""
        return round(self.of * self.n_train)

    @property
    def weighting(self) -> float | None:
        """What a training row weighs on average; None if neither rows nor classes have weights."""
        return None if self.train.weights is None else self.mean_weight

    @property
    def n_features(self) -> int:
        """The number of encoded columns."""
        return int(self.train.X.shape[1])

    @functools.cached_property
    def columns(self) -> Array:
        """The place of each feature's column among those of the encoding, (features,)."""
        return np.repeat(np.arange(len(self.encoding.rules)), [len(rule.names) for rule in self.encoding.rules])

    @functools.cached_property
    def digest(self) -> str:
        """A hash of all the data that a fit on these rows is trained and measured on."""
        drawn = () if self.X_mesh is None else (self.X_mesh,)
        return hashed(self.train, self.held, self.columns, *drawn, self.truth or ())


def hashed(*groups: Iterable[Array | None] | Array) -> str:
    """A hash of arrays, or of groups of them such as ``Examples``: their shapes, types and values."""
    digest = hashlib.blake2b(digest_size=16)
    arrays = (each for group in groups for each in ([group] if isinstance(group, np.ndarray) else group))
    for array in (each for each in arrays if each is not None):
        digest.update(repr((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def targets(dataset: Dataset, y: Array, scale: TargetScale, dtype: str) -> Array:
    """The target in the form that the loss needs, (rows, outputs): one-hot, 0/1, or standardised numbers."""
    if dataset.task == "regression":
        y = bounded(scale.apply(y), dataset.target)
    elif dataset.n_outputs > 1:
        return np.eye(dataset.n_outputs, dtype=dtype)[y]
    return y.reshape(len(y), dataset.n_outputs).astype(dtype)


def make_fold(config: FitConfig, dataset: Dataset, number: int, train: Array, held: Array) -> Fold:
    """Encode the rows of one fit by the statistics of its training rows, each counted by its weight."""
    frequency, encoding = dataset.weight(train), _encoding(config, dataset, train)
    scaled = dataset.task == "regression" and config.scale_target
    scale = TargetScale.fit(dataset.y[train], frequency) if scaled else TargetScale()
    costs = class_weights(config.class_weight, dataset, train)

    def examples(rows: Array, dtype: str) -> tuple[Examples, float]:
        X, Y = encoding.transform(dataset.columns, rows, dtype), targets(dataset, dataset.y[rows], scale, dtype)
        own, mean = _relative(_weights(dataset, rows, costs), dtype)
        counts = None
        if costs is not None:
            # Classes weigh in the loss alone, and "balanced" ones as much as without: the mean is that of the rows.
            given = dataset.weight(rows)
            counts, of_rows = _relative(np.ones(len(rows)) if given is None else given, dtype)
            mean = of_rows if config.class_weight == "balanced" else mean
        return Examples(X, Y, own, counts), mean

    (fitted, mean_weight), (held_out, _) = examples(train, config.dtype), examples(held, "float64")
    known, truth = dataset.truth, None
    if known and number == 0:
        X_new = encoding.transform(known.columns, np.arange(len(known.y)), "float64")
        truth = Examples(X_new, targets(dataset, known.y, scale, "float64"))
    mesh = mesh_of(dataset, np.concatenate([train, held]), encoding) if number == 0 else None
    X_mesh = mesh.encoded(encoding) if mesh else None
    return Fold(
        number, len(train), train, held, fitted, held_out, encoding, scale, mean_weight, truth=truth, mesh=mesh,
        X_mesh=X_mesh,
    )  # fmt: skip


def _encoding(config: FitConfig, dataset: Dataset, train: Array) -> Encoding:
    return Encoding.fit(dataset.columns, train, config.scale_features, config.max_categories, dataset.weight(train))


def class_weights(wanted: ClassWeight, dataset: Dataset, train: Array) -> Array | None:
    """What each class's rows count, (classes,), by the training rows; None if all count alike.

    "balanced" is n / (k n_c), for n training rows of k classes, n_c of them of class c, all counted by their weights, as in
    scikit-learn's ``compute_class_weight``: each class counts as much as any other, and all together as before. Raises
    ``ConfigError`` for a regression, and for weights that can't be.
    """
    if wanted is None:
        return None
    if dataset.task == "regression":
        raise ConfigError("--class-weight needs classes, and the target is numbers: leave it out.")
    if wanted != "balanced":
        costs = np.array(wanted, dtype=np.float64)
        if costs.shape != (len(dataset.class_names),) or not (np.isfinite(costs) & (costs > 0)).all():
            raise ConfigError(
                f"--class-weight must be a number above 0 for each of the {len(dataset.class_names)} classes: it is {wanted}."
            )
        return costs
    sizes = np.bincount(dataset.y[train], dataset.weight(train), minlength=len(dataset.class_names))
    present = sizes > 0
    # No network learns a class that training lacks: its test rows count as they would without class weights.
    return np.asarray(np.divide(sizes.sum() / present.sum(), sizes, out=np.ones(len(sizes)), where=present))


def _relative(weights: Array | None, dtype: str) -> tuple[Array | None, float]:
    """Weights (rows,) with a mean of 1, as (rows, 1), and their mean before; None and 1 if there are none."""
    if weights is None or not len(weights):
        return None, 1
    mean = float(weights.mean())
    return (weights / mean)[:, None].astype(dtype), mean


def _weights(dataset: Dataset, rows: Array, costs: Array | None) -> Array | None:
    """What each of some rows counts in the loss, (rows,): its weight, times that of its class."""
    frequency = dataset.weight(rows)
    if costs is None:
        return frequency
    return np.asarray(costs[dataset.y[rows]] * (1.0 if frequency is None else frequency))


@dataclass(frozen=True, eq=False)
class Folds:
    """The rows of cross-validation: ``number`` folds of the training rows, and all of these against the test rows.

    The folds are drawn, unless they are ``given`` as positions in the training rows. These may be a sample ``of`` so many.
    """

    config: FitConfig
    dataset: Dataset
    split: Split
    number: int
    given: tuple[Split, ...] = ()
    of: int | None = None

    @functools.cached_property
    def whole(self) -> Fold:
        """Fold 0: all training rows against the test rows."""
        fold = make_fold(self.config, self.dataset, 0, self.split.train, self.split.test)
        return replace(fold, of=self._times)

    @functools.cached_property
    def parts(self) -> list[Split]:
        """The folds of cross-validation, as positions in the training rows."""
        if self.given:
            return fold_parts(self.dataset, self.split.train, self.given)
        return fold_rows(dice(self.config.seed, Purpose.FOLDS), self.dataset, self.split.train, self.number)

    @functools.cached_property
    def places(self) -> list[Array]:
        """For each fold from 0, the places of its encoding's columns among those of all training rows.

        A fold lacks a column that is constant in its training rows. One that is constant only in all training rows, up to
        their rounding errors, has the place after the last.
        """
        place = {column: i for i, column in enumerate(self.whole.encoding.columns)}
        parts = (_encoding(self.config, self.dataset, self.split.train[part.train]) for part in self.parts)
        return [
            np.array([place.get(column, len(place)) for column in each.columns])
            for each in (self.whole.encoding, *parts)
        ]

    @property
    def smallest_fit(self) -> int:
        """The number of rows of the smallest fit."""
        return max(self.config.fitted_rows(min(len(part.train) for part in self.parts)), 1)

    @property
    def test_share(self) -> float:
        """A fold's test rows per training row.

        With rows ordered in time, each of k parts is predicted from all earlier parts, (k + 1) / 2 of them on average.
        """
        if self.given:
            return sum(len(part.test) for part in self.given) / sum(len(part.train) for part in self.given)
        return 2 / (self.number + 1) if self.dataset.in_time else 1 / (self.number - 1)

    def __iter__(self) -> Iterator[Fold]:
        """The folds of cross-validation, one at a time, then fold 0.

        The folds come first, so that an interrupted sweep already says something about the choice.
        """
        for number, part in enumerate(self.parts, 1):
            train, held = (self.split.train[rows] for rows in (part.train, part.test))
            fold = make_fold(self.config, self.dataset, number, train, held)
            unit = fold.target_scale.unit_in(self.whole.target_scale)
            yield replace(fold, loss_unit=unit, n_train=len(self.split.train), of=self._times)
        yield self.whole

    @property
    def _times(self) -> float:
        """How many times as many rows there are, if these are a sample."""
        return (self.of or len(self.split.train)) / len(self.split.train)
