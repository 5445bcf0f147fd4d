"""The encoded rows of each fit: all training rows against the test rows, and the folds of cross-validation."""

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.encoding import Encoding, TargetScale, bounded
from wdcli.data.splits import fold_parts, fold_rows
from wdcli.fits.config import FitConfig
from wdcli.fits.mesh import Mesh, mesh_of


@dataclass(frozen=True)
class Fold:
    """The rows of one fit, encoded by statistics of its own training rows; number 0 is the fit on all training rows.

    ``X`` and ``Y`` have the training dtype. The held-out rows are float64, as ``Model`` uses for new rows, so that a
    loss measured on them is that of the saved network's predictions. ``rows`` and ``held`` are the training rows' and the
    held-out rows' places in the dataset; ``n_train`` is the number of training rows of fold 0. ``loss_unit`` converts a
    squared error from this fold's units to those of all training rows (1 for classes). ``truth``, on fold 0 of a generated
    regression, is X and Y of new rows with the target's true mean; ``mesh``, on fold 0 of a table with one or two columns,
    is where a network's function is evaluated, and ``X_mesh`` the same points encoded.
    """

    number: int
    n_train: int
    rows: Array
    held: Array
    X: Array
    Y: Array
    X_held: Array
    Y_held: Array
    encoding: Encoding
    target_scale: TargetScale
    loss_unit: float = 1.0
    truth: tuple[Array, Array] | None = None
    mesh: Mesh | None = None
    X_mesh: Array | None = None

    @functools.cached_property
    def columns(self) -> Array:
        """The place of each feature's column among those of the encoding, (features,)."""
        return np.repeat(np.arange(len(self.encoding.rules)), [len(rule.names) for rule in self.encoding.rules])

    @functools.cached_property
    def digest(self) -> str:
        """A hash of all the data that a fit on these rows is trained and measured on."""
        drawn = () if self.X_mesh is None else (self.X_mesh,)
        return hashed(self.X, self.Y, self.X_held, self.Y_held, self.columns, *drawn, *(self.truth or ()))


def hashed(*arrays: Array) -> str:
    """A hash of arrays: their shapes, types and values."""
    digest = hashlib.blake2b(digest_size=16)
    for array in arrays:
        digest.update(repr((array.shape, array.dtype.str)).encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def targets(dataset: Dataset, y: Array, scale: TargetScale, dtype: str) -> Array:
    """The target in the form that the loss needs, (rows, outputs): one-hot, 0/1, or standardised numbers."""
    if dataset.n_outputs > 1:
        return np.eye(dataset.n_outputs, dtype=dtype)[y]
    if dataset.task == "regression":
        y = bounded(scale.apply(y), dataset.target)
    return y[:, None].astype(dtype)


def make_fold(config: FitConfig, dataset: Dataset, number: int, train: Array, held: Array) -> Fold:
    """Encode the rows of one fit by the statistics of its training rows."""
    encoding = Encoding.fit(dataset.columns, train, config.scale_features, config.max_categories)
    scaled = dataset.task == "regression" and config.scale_target
    scale = TargetScale.fit(dataset.y[train]) if scaled else TargetScale()
    dtypes = ((train, config.dtype), (held, "float64"))
    X, X_held = (encoding.transform(dataset.columns, rows, dtype) for rows, dtype in dtypes)
    Y, Y_held = (targets(dataset, dataset.y[rows], scale, dtype) for rows, dtype in dtypes)
    known, truth = dataset.truth, None
    if known and number == 0:
        X_new = encoding.transform(known.columns, np.arange(len(known.y)), "float64")
        truth = X_new, targets(dataset, known.y, scale, "float64")
    mesh = mesh_of(dataset, np.concatenate([train, held]), encoding) if number == 0 else None
    X_mesh = mesh.encoded(encoding) if mesh else None
    return Fold(
        number, len(train), train, held, X, Y, X_held, Y_held, encoding, scale, truth=truth, mesh=mesh, X_mesh=X_mesh
    )


@dataclass(frozen=True, eq=False)
class Folds:
    """The rows of cross-validation: ``number`` folds of the training rows, and all of these against the test rows.

    The folds are drawn, unless they are ``given`` as positions in the training rows.
    """

    config: FitConfig
    dataset: Dataset
    split: Split
    number: int
    given: tuple[Split, ...] = ()

    @functools.cached_property
    def whole(self) -> Fold:
        """Fold 0: all training rows against the test rows."""
        return make_fold(self.config, self.dataset, 0, self.split.train, self.split.test)

    @functools.cached_property
    def parts(self) -> list[Split]:
        """The folds of cross-validation, as positions in the training rows."""
        if self.given:
            return fold_parts(self.dataset, self.split.train, self.given)
        return fold_rows(dice(self.config.seed, Purpose.FOLDS), self.dataset, self.split.train, self.number)

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
            unit = (fold.target_scale.scale / self.whole.target_scale.scale) ** 2
            yield replace(fold, loss_unit=unit, n_train=len(self.split.train))
        yield self.whole
