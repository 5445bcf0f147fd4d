"""Checks of what a saved model's file says about its fit: the file may contain anything."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from wdcli.data.plain import Check, is_count, is_flag, is_number, list_of, object_of, one_of, or_null
from wdcli.names import ActivationName, DtypeName, OptimizerName, ScheduleName

MOST = 10**12
"""The most rows, epochs or units, as in ``wdcli convert``."""


def _is_size(value: Any) -> bool:
    return is_count(value) and value <= MOST


def _is_positive(value: Any) -> bool:
    return is_number(value) and value > 0


OLDER: dict[str, Check] = {
    "rows": _is_size, "batch_size": _is_size, "epochs": _is_size, "epochs_run": or_null(_is_size),
    "learning_rate": _is_positive,
    "hidden": list_of(_is_size), "activation": one_of(*get_args(ActivationName)),
    "optimizer": one_of(*get_args(OptimizerName)), "early_stopping": is_flag, "scale_features": is_flag,
    "scale_target": is_flag, "refitted": is_flag,
}  # fmt: skip
TRAINING: dict[str, Check] = {
    "mean_weight": or_null(_is_positive), "momentum": lambda value: is_number(value) and 0 <= value < 1, "nesterov": is_flag,
    "schedule": one_of(*get_args(ScheduleName)), "dtype": one_of(*get_args(DtypeName)),
}  # fmt: skip
"""What older models don't say, and what training the network anew needs."""
was_fitted: Check = object_of(OLDER)
"""Checks the description of a fit in models without ``TRAINING``."""
is_fitted: Check = object_of(OLDER | TRAINING)
"""Checks ``FitConfig.fitted``, the epochs run (null if not counted), and whether the model was refitted."""


def could_make(fit: Mapping[str, Any] | None, decayed: Sequence[int], sizes: Sequence[int]) -> bool:
    """Whether the fit could have made a network of these sizes, possibly by shrinking; True if the fit is unknown."""
    if fit is None:
        return True
    return (
        fit["batch_size"] <= fit["rows"]
        and len(fit["hidden"]) == len(sizes) - 2
        and all(units >= left for units, left in zip(fit["hidden"], sizes[1:-1], strict=True))
        and list(decayed) == sorted(set(decayed))
        and max(decayed, default=1) < len(sizes)
    )
