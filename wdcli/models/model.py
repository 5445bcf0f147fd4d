"""A trained network with everything needed to predict from a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Column, Dataset, Kind
from wdcli.data.encoding import Encoding, TargetScale
from wdcli.data.format import Format
from wdcli.data.labels import typed
from wdcli.errors import ModelFileError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Fold
from wdcli.fits.plan import make_network
from wdcli.names import Task
from wdcli.nn.activations import logistic
from wdcli.nn.arrays import CHUNK
from wdcli.nn.effective import shrink
from wdcli.nn.losses import softmax
from wdcli.nn.mlp import Network, Params, outputs
from wdcli.text import listed, quoted

NUMBERS = 4 << 20
"""So many numbers of an encoded table are made at once."""


def penalty_of(config: FitConfig, lambd: float) -> dict[str, Any]:
    """The penalty of a fit, as a saved model has it."""
    return {
        "name": config.penalty, "lambda": lambd, "l1_ratio": config.l1_ratio, "group_by": config.group_by,
        "convention": config.convention, "decay": config.resolved_decay, "layers": config.decayed_layers,
    }  # fmt: skip


@dataclass(frozen=True)
class Model:
    """A trained network with everything needed to predict from a table.

    ``features`` are the places of the encoded columns that the network uses; ``spelling`` is how the training table was
    read; ``class_kind`` is the kind of its target's cells. ``fit`` holds ``FitConfig.fitted``, the epochs run (None if not
    counted) and whether the network was refitted; it is None, or lacks parts, if an older file didn't keep them.
    """

    network: Network
    parameters: Array
    encoding: Encoding
    target_scale: TargetScale
    task: Task
    target: str
    class_names: tuple[str, ...]
    penalty: dict[str, Any]
    features: tuple[int, ...]
    spelling: Format = field(default_factory=Format)
    fit: dict[str, Any] | None = None
    class_kind: Kind = "text"

    @classmethod
    def of(
        cls, config: FitConfig, dataset: Dataset, fold: Fold, lambd: float, params: Params, epochs_run: int | None = None,
        refitted: bool = False,
    ) -> "Model":  # fmt: skip
        """The model of one fit (one lane) on a fold's rows, and whether it was refitted without the penalty."""
        network = make_network(config, dataset, fold.n_features)
        fit = {**config.fitted(len(fold.train_rows), fold.weighting), "epochs_run": epochs_run, "refitted": refitted}
        return cls(
            network, params.buffer[0], fold.encoding, fold.target_scale, dataset.task, dataset.target,
            dataset.class_names, penalty_of(config, lambd), tuple(range(network.sizes[0])), Format.of(dataset.asked), fit,
            dataset.class_kind,
        )  # fmt: skip

    def shrunk(self) -> "Model":
        """The same function of the table, with the effective network only: disconnected units and columns are left out."""
        small = shrink(self.network, Params.view(self.network, self.parameters[None]))
        encoding, features = self.encoding.narrowed([self.features[i] for i in small.features])
        return replace(
            self, network=small.network, parameters=small.params.buffer[0], encoding=encoding, features=features
        )

    def raw_outputs(self, columns: Sequence[Column]) -> Array:
        """The network's outputs for rows of a table, (rows, outputs), before softmax and in the loss's units.

        Computed in float64, whatever dtype the network was trained in.
        """
        rows = np.arange(len(columns[0].values))
        params = Params.view(self.network, self.parameters[None]).exact(self.network)
        step = max(NUMBERS // len(self.encoding.feature_names) // CHUNK, 1) * CHUNK
        parts = [self._outputs(columns, rows[start : start + step], params) for start in range(0, len(rows), step)]
        z = np.concatenate(parts)
        bad = np.flatnonzero(~np.isfinite(z).all(axis=1))
        if len(bad):
            raise ModelFileError(f"The model's weights are too large: its output for row {bad[0] + 1:,} is not finite.")
        return z

    def _outputs(self, columns: Sequence[Column], rows: Array, params: Params) -> Array:
        """The outputs for some of the rows.

        The network sees whole chunks alone: how BLAS rounds depends on the number of rows in a product.
        """
        X = self.encoding.transform(columns, rows, "float64")[:, list(self.features)]
        whole = np.zeros((-(-len(X) // CHUNK) * CHUNK, X.shape[1]))
        whole[: len(X)] = X
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(outputs(self.network, params, whole)[0, : len(X)])

    def probabilities(self, columns: Sequence[Column]) -> Array:
        """Class probabilities, (rows, classes), in the order of ``class_names``."""
        z = self.raw_outputs(columns)
        if self.network.loss == "cross-entropy":
            return softmax(z)
        p = logistic(z)
        return np.concatenate([1 - p, p], axis=1)

    def numbers(self, columns: Sequence[Column]) -> Array:
        """Predictions of a regression, (rows,), or (rows, k) for k targets, in the target's own units.

        Infinite if a float can't hold them.
        """
        z = self.raw_outputs(columns)
        with np.errstate(over="ignore"):
            return self.target_scale.undo(z if z.shape[1] > 1 else z[:, 0])

    @property
    def classes(self) -> tuple[str, ...] | tuple[int, ...] | tuple[float, ...]:
        """The classes in the type that the training table has them in, in the order of ``class_names``."""
        return typed(self.class_names, self.class_kind)

    def check_columns(self, columns: Sequence[Column], name: str) -> None:
        """Raise ``ModelFileError`` if the table lacks a column that the model was trained on, or its kind differs."""
        given = {column.name: column.kind for column in columns}
        missing = [column for column in self.encoding.kinds if column not in given]
        if missing:
            raise ModelFileError(
                f"{quoted(name)} lacks {listed([repr(m) for m in missing])}: the model was trained on "
                f"{listed([repr(k) for k in self.encoding.kinds], most=12)}."
            )
        for column, kind in self.encoding.kinds.items():
            if given[column] != kind:
                raise ModelFileError(
                    f"{quoted(name)}, column {quoted(column)} holds {given[column]}, and the model was trained on {kind}."
                )
