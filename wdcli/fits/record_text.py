"""The records of lanes, and their names, as text: reading gives the same values to the last bit, or is refused."""

import base64
import json
import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple, get_args

from wdcli.fits.quantities import QUANTITIES, Style
from wdcli.fits.records import Diagnostics, LaneRecord, LayerRecord, Strong
from wdcli.names import DecayName, PenaltyName, Status
from wdcli.nn.history import History

UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""Errors that reading other text can raise."""


class LaneName(NamedTuple):
    """A run's name for a lane."""

    penalty: PenaltyName
    decay: DecayName
    l1_ratio: float | None
    lambd: float


def to_text(record: LaneRecord) -> str:
    """A record as text that ``from_text`` reads back to the last bit."""
    return json.dumps(asdict(record), separators=(",", ":"), default=lambda data: base64.b64encode(data).decode())


def from_text(text: str) -> LaneRecord:
    """The record that ``to_text`` wrote. Raises ``ValueError`` for any other text."""
    try:
        record = _record(json.loads(text))
        parts = (record, record.diagnostics, *(record.diagnostics.layers if record.diagnostics else ()))
        sound = all(KINDS[name](value) for part in parts if part for name, value in vars(part).items())
    except UNREADABLE:
        sound = False
    if not sound:
        raise ValueError(f"no record: {text[:40]}")
    return record


def _record(values: dict[str, Any]) -> LaneRecord:
    found = values.pop("diagnostics")
    if found is not None:
        found = Diagnostics(**_parts(found))
    return LaneRecord(**_parts(values), diagnostics=found)


def _parts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: PARTS.get(name, _as_it_is)(value) for name, value in values.items()}


def _as_it_is(value: Any) -> Any:
    return value


def _history(values: dict[str, Any] | None) -> History | None:
    return None if values is None else History(**{name: tuple(each) for name, each in values.items()})


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)


PARTS: Mapping[str, Callable[[Any], Any]] = {
    "layers": lambda layers: tuple(LayerRecord(**layer) for layer in layers),
    "effective": tuple,
    "strongest": lambda pairs: tuple(Strong(*pair) for pair in pairs),
    "column_norms": tuple,
    "history": _history,
    "function": _bytes,
    "columns_used": _bytes,
}
"""How the parts of a record that aren't plain numbers are read."""


def name_from_text(text: str) -> LaneName:
    """The name that ``Job.named`` wrote. Raises ``ValueError`` for any other text."""
    try:
        name = LaneName(*json.loads(text))
        sound = (
            name.penalty in get_args(PenaltyName)
            and name.decay in get_args(DecayName)
            and (name.l1_ratio is None or _share(name.l1_ratio))
            and _size(name.lambd)
        )
    except UNREADABLE:
        sound = False
    if not sound:
        raise ValueError(f"not the name of a lane: {text[:40]}")
    return name


def _number(value: Any) -> bool:
    return type(value) is float


def _size(value: Any) -> bool:
    """At least 0, or not measured (nan)."""
    return type(value) is float and not value < 0


def _share(value: Any) -> bool:
    return type(value) is float and 0 <= value <= 1


def _undefined(value: Any) -> bool:
    return type(value) is float and math.isnan(value)


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _sound_history(history: History) -> bool:
    """Epochs that ascend from 0, and two losses for each."""
    epochs, losses = history.epochs, (history.train_loss, history.held_loss)
    return (
        all(map(_count, epochs))
        and list(epochs) == sorted({0, *epochs})
        and all(len(each) == len(epochs) and all(map(_size, each)) for each in losses)
    )


def _floats(data: bytes) -> bool:
    """Whether the bytes are 32-bit floats, one or more and all of them finite."""
    return len(data) > 0 == len(data) % 4 and all(math.isfinite(value) for (value,) in struct.iter_unpack("<f", data))


OF_STYLE: dict[Style, Callable[[Any], bool]] = {
    "norm": _size, "share": _share, "count": _count, "figure": _size, "residual": _size,
    "score": lambda value: _share(value) or _undefined(value),
}  # fmt: skip
KINDS: Mapping[str, Callable[[Any], bool]] = {
    **{name: OF_STYLE[quantity.style] for name, quantity in QUANTITIES.items()},
    **dict.fromkeys(("lambd", "train_loss", "train_penalty", "held_loss", "worst_loss", "max_grad_norm"), _size),
    **dict.fromkeys(("fold", "repeat", "epochs", "layer", "fan_in", "fan_out"), _count),
    **dict.fromkeys(("train_score", "held_score"), _number),
    "status": lambda value: value in get_args(Status),
    **dict.fromkeys(("live_units", "worst_row"), lambda value: value is None or _count(value)),
    "excess_risk": lambda value: value is None or _size(value),
    "effective": lambda value: all(map(_count, value)),
    "strongest": lambda value: all(_count(one.feature) and _size(one.l2_norm) for one in value),
    "layers": lambda value: len(value) > 0,
    "column_norms": lambda value: all(map(_size, value)),
    "history": lambda value: value is None or _sound_history(value),
    "function": lambda value: value is None or _floats(value),
    "columns_used": lambda value: value is None or len(value) > 0,
    "diagnostics": lambda value: value is None or isinstance(value, Diagnostics),
}
"""The check of each field's value."""
