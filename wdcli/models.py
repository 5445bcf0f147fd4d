"""Saved models: a zip file of plain data (JSON) and one array (npy), no pickle.

``model.json`` holds the network, the encoding, which of the encoded columns the network uses, lambda and its
convention; ``parameters.npy`` holds the parameters of one lane in the order of ``Params``, and
``numpy.load("my.model")["parameters"]`` reads it. Nothing is compressed, so a file can't expand, and a SHA-256 over
both parts detects alterations.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from wdcli.array import Array
from wdcli.data.arrayfile import read_array
from wdcli.data.dataset import Column, Dataset, Kind
from wdcli.data.encoding import Encoding, TargetScale
from wdcli.data.format import Format, format_from_json, is_format
from wdcli.data.labels import typed
from wdcli.data.plain import (
    Check,
    are_names,
    damaged_part,
    is_count,
    is_number,
    is_text,
    is_whole,
    list_of,
    object_of,
    one_of,
    or_null,
    parsed_object,
)  # fmt: skip
from wdcli.data.rules import is_scale
from wdcli.errors import ModelFileError
from wdcli.fits.config import FitConfig
from wdcli.fits.fitted import could_make, is_fitted, was_fitted
from wdcli.fits.folds import Fold
from wdcli.fits.plan import make_network
from wdcli.names import Convention, DecayName, PenaltyName, Task
from wdcli.nn.activations import ACTIVATIONS, logistic
from wdcli.nn.arrays import CHUNK
from wdcli.nn.effective import shrink
from wdcli.nn.losses import LOSSES, softmax
from wdcli.nn.mlp import Network, Params, outputs
from wdcli.paths import why_unreadable, write_file
from wdcli.text import listed, quoted, safe

FORMATS = ("wdcli.model/1", "wdcli.model/2", "wdcli.model/3", "wdcli.model/4", "wdcli.model/5")
"""In format 1 a network used every encoded column. Formats before 3 lack the names of rare categories; before 4, how
the training table was spelled, the signs of its amounts, and how the network was fitted; before 5, the classes' kind, and of
the fit the rows' mean weight, the optimizer's momentum, the schedule and the dtype."""
FORMAT = FORMATS[-1]
HEADER, ARRAY = "model.json", "parameters.npy"
MAX_HEADER = 64 << 20
NUMBERS = 4 << 20
"""So many numbers of an encoded table are made at once."""
NETWORK: dict[str, Check] = {
    "sizes": lambda sizes: list_of(is_count)(sizes) and len(sizes) > 1,
    "activation": one_of(*ACTIVATIONS),
    "loss": one_of(*LOSSES),
}
PENALTY: dict[str, Check] = {
    "name": one_of(*get_args(PenaltyName)), "lambda": is_number, "l1_ratio": is_number,
    "convention": one_of(*get_args(Convention)), "decay": one_of(*get_args(DecayName)), "layers": list_of(is_count),
}  # fmt: skip
SCALES: Check = object_of({"mean": list_of(is_number), "scale": list_of(is_scale)})
"""Of several targets."""
PARTS: dict[str, Check] = {
    "format": one_of(*FORMATS),
    "network": object_of(NETWORK),
    "task": one_of(*get_args(Task)),
    "target": is_text,
    "class_names": are_names,
    "class_kind": one_of(*get_args(Kind)),
    "target_scale": lambda scale: object_of({"mean": is_number, "scale": is_scale})(scale) or SCALES(scale),
    "penalty": object_of(PENALTY),
    "encoding": lambda rules: isinstance(rules, list),
    "features": list_of(is_whole),
    "spelling": is_format,
    "fit": or_null(is_fitted),
    "sha256": is_text,
}
ABSENT = {
    FORMATS[0]: {"class_kind", "spelling", "fit", "features"},
    FORMATS[1]: {"class_kind", "spelling", "fit"},
    FORMATS[2]: {"class_kind", "spelling", "fit"},
    FORMATS[3]: {"class_kind"},
}
"""Parts that older formats lack. All parts are checked: whoever forged a file could have forged its digest too."""
OLDER: dict[str, dict[str, Check]] = {FORMATS[3]: {"fit": or_null(was_fitted)}}
"""Parts that older formats have in another form."""


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
        penalty = {
            "name": config.penalty, "lambda": lambd, "l1_ratio": config.l1_ratio, "convention": config.convention,
            "decay": config.resolved_decay, "layers": config.decayed_layers,
        }  # fmt: skip
        fit = {**config.fitted(len(fold.train_rows), fold.weighting), "epochs_run": epochs_run, "refitted": refitted}
        return cls(
            network, params.buffer[0], fold.encoding, fold.target_scale, dataset.task, dataset.target,
            dataset.class_names, penalty, tuple(range(network.sizes[0])), Format.of(dataset.asked), fit,
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


def save_model(model: Model, path: str, force: bool) -> None:
    """Write the model; raises ``OutputError``."""
    array = io.BytesIO()
    np.save(array, model.parameters, allow_pickle=False)
    header = _header(model)
    header["sha256"] = _digest(header, array.getvalue())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, data in ((HEADER, json.dumps(header, allow_nan=False, indent=1).encode()), (ARRAY, array.getvalue())):
            archive.writestr(zipfile.ZipInfo(name), data)
    write_file(path, file.getvalue(), force)


def _header(model: Model) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "network": asdict(model.network),
        "task": model.task,
        "target": model.target,
        "class_names": list(model.class_names),
        "class_kind": model.class_kind,
        "target_scale": asdict(model.target_scale),
        "penalty": model.penalty,
        "encoding": model.encoding.to_json(),
        "features": list(model.features),
        "spelling": asdict(model.spelling),
        "fit": model.fit,
    }


def _digest(header: dict[str, Any], array: bytes) -> str:
    """SHA-256 over the header (without the digest) in one fixed form, and the array's bytes."""
    plain = json.dumps({key: header[key] for key in header if key != "sha256"}, sort_keys=True)
    return hashlib.sha256(plain.encode() + array).hexdigest()


def load_model(path: str) -> Model:
    """Read a saved model.

    Raises ``ModelFileError`` if the file is missing, truncated, altered, of a newer format, or not a model. Never reads
    more than the file's own size.
    """
    header, array, digest = _read_parts(path)
    found = header.get("format")
    if found not in FORMATS:
        raise ModelFileError(
            f"{quoted(path)} has the format {quoted(found if is_text(found) else None)}, and this wdcli reads {FORMAT}: "
            "use the wdcli that saved it."
        )
    if header.get("sha256") != digest:
        raise ModelFileError(f"{quoted(path)} was altered after it was saved: save the model again.")
    try:
        return _model(header, array)
    except ValueError as error:
        raise ModelFileError(f"{quoted(path)} is not a complete model ({safe(error)}): save it again.") from None


def _read_parts(path: str) -> tuple[dict[str, Any], bytes, str]:
    """The header, the array, and the digest computed from them; raises ``ModelFileError``."""
    reason = why_unreadable(path)
    if reason:
        raise ModelFileError(f"{quoted(path)} {reason}.")
    try:
        size = Path(path).stat().st_size
        with zipfile.ZipFile(path) as archive:
            parts = {info.filename: info for info in archive.infolist()}
            fits = all(
                i.compress_type == zipfile.ZIP_STORED and i.compress_size == i.file_size <= size for i in parts.values()
            )
            if set(parts) != {HEADER, ARRAY} or not fits or parts[HEADER].file_size > MAX_HEADER:
                raise ModelFileError(f"{quoted(path)} is no model that wdcli saved.")
            header, array = parsed_object(archive.read(HEADER)), archive.read(ARRAY)
        return header, array, _digest(header, array)
    except OSError as error:
        raise ModelFileError(f"{quoted(path)} can't be read: {error.strerror or error}.") from None
    except (zipfile.BadZipFile, ValueError, TypeError, RecursionError, EOFError, NotImplementedError, RuntimeError):
        raise ModelFileError(
            f"{quoted(path)} is no model that wdcli saved, or a truncated one: save it again."
        ) from None


def _floats(value: Any) -> float | tuple[float, ...]:
    return tuple(map(float, value)) if isinstance(value, list) else float(value)


def _model(header: dict[str, Any], array: bytes) -> Model:
    """Build a model from a header and an array, which may hold anything; raises ``ValueError`` if they are invalid."""
    absent, older = ABSENT.get(header["format"], set()), OLDER.get(header["format"], {})
    damaged = damaged_part(header, {name: check for name, check in (PARTS | older).items() if name not in absent})
    if damaged is not None:
        raise ValueError(f"its part {safe(damaged)} is damaged")
    encoding, parameters = Encoding.from_json(header["encoding"]), read_array(array)
    network = Network(**{**header["network"], "sizes": tuple(header["network"]["sizes"])})
    scale = TargetScale(**{name: _floats(value) for name, value in header["target_scale"].items()})
    places, classes = range(len(encoding.feature_names)), tuple(header["class_names"])
    features = tuple(header.get("features", places))
    if not (
        parameters.shape == (network.n_parameters,)
        and network.sizes[0] == len(features) == len(set(features).intersection(places))
        and network.sizes[-1] == (len(classes) if len(classes) > 2 else scale.targets)
        and (header["task"] == "classification") == (network.loss != "squared-error") == (len(classes) > 1)
        and (network.loss == "cross-entropy") == (len(classes) > 2)
        and could_make(header.get("fit"), header["penalty"]["layers"], network.sizes)
    ):
        raise ValueError("its parts don't fit together")
    if not np.isfinite(parameters).all():
        raise ValueError("it holds weights that are not finite")
    return Model(
        network, parameters, encoding, scale, header["task"], header["target"], classes, header["penalty"], features,
        format_from_json(header.get("spelling", {})), header.get("fit"),
        header.get("class_kind", "text"),
    )  # fmt: skip
