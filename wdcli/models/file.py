"""The file of a saved model: a zip file of plain data (JSON) and one array (npy), no pickle.

``model.json`` holds the network, the encoding, which of the encoded columns the network uses, lambda and its
convention; ``parameters.npy`` holds the parameters of one lane in the order of ``Params``, and
``numpy.load("my.model")["parameters"]`` reads it. Nothing is compressed, so a file can't expand, and a SHA-256 over
both parts detects alterations.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import numpy as np

from wdcli.data.arrayfile import read_array
from wdcli.data.dataset import Kind
from wdcli.data.encoding import Encoding, TargetScale
from wdcli.data.format import format_from_json, is_format
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
from wdcli.fits.fitted import could_make, is_fitted, was_fitted
from wdcli.models.model import Model
from wdcli.names import Convention, DecayName, GroupBy, PenaltyName, Task
from wdcli.nn.activations import ACTIVATIONS
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Network
from wdcli.paths import why_unreadable, write_file
from wdcli.text import quoted, safe

FORMATS = ("wdcli.model/1", "wdcli.model/2", "wdcli.model/3", "wdcli.model/4", "wdcli.model/5", "wdcli.model/6")
"""In format 1 a network used every encoded column. Formats before 3 lack the names of rare categories; before 4, how
the training table was spelled, the signs of its amounts, and how the network was fitted; before 5, the classes' kind, and of
the fit the rows' mean weight, the optimizer's momentum, the schedule and the dtype; before 6, which weights form groups."""
FORMAT = FORMATS[-1]
HEADER, ARRAY = "model.json", "parameters.npy"
MAX_HEADER = 64 << 20
NETWORK: dict[str, Check] = {
    "sizes": lambda sizes: list_of(is_count)(sizes) and len(sizes) > 1,
    "activation": one_of(*ACTIVATIONS),
    "loss": one_of(*LOSSES),
}
WITHOUT_GROUPS: dict[str, Check] = {
    "name": one_of(*get_args(PenaltyName)), "lambda": is_number, "l1_ratio": is_number,
    "convention": one_of(*get_args(Convention)), "decay": one_of(*get_args(DecayName)), "layers": list_of(is_count),
}  # fmt: skip
PENALTY = WITHOUT_GROUPS | {"group_by": one_of(*get_args(GroupBy))}
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
OLDER: dict[str, dict[str, Check]] = {
    **{older: {"penalty": object_of(WITHOUT_GROUPS)} for older in FORMATS[:5]},
    FORMATS[3]: {"penalty": object_of(WITHOUT_GROUPS), "fit": or_null(was_fitted)},
}
"""Parts that older formats have in another form."""


def save_model(model: Model, path: str, force: bool = False) -> None:
    """Write the model; raises ``OutputError``, also for a file that exists unless ``force``.

    >>> save_model(study.model(result), "moons.model", force=True)
    >>> load_model("moons.model").class_names
    ('0', '1')
    """
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
        raise ModelFileError(f"{quoted(path)}{': ' if reason.startswith('no ') else ' '}{reason}.")
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
        network, parameters, encoding, scale, header["task"], header["target"], classes,
        {"group_by": "nodes", **header["penalty"]}, features,
        format_from_json(header.get("spelling", {})), header.get("fit"),
        header.get("class_kind", "text"),
    )  # fmt: skip
