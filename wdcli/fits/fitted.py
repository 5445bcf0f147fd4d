"""What a saved model remembers of its fit, checked: whoever wrote the file may have written anything."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from wdcli.data.plain import Check, is_count, is_flag, is_number, list_of, object_of, one_of, or_null
from wdcli.names import ActivationName, OptimizerName

MOST = 10**12
"""Rows, epochs and units at the most: as ``wdcli convert`` takes them."""


def _is_size(value: Any) -> bool:
    return is_count(value) and value <= MOST


is_fitted: Check = object_of({
    "rows": _is_size, "batch_size": _is_size, "epochs": _is_size, "epochs_run": or_null(_is_size),
    "learning_rate": lambda value: is_number(value) and value > 0,
    "hidden": list_of(_is_size), "activation": one_of(*get_args(ActivationName)),
    "optimizer": one_of(*get_args(OptimizerName)), "early_stopping": is_flag, "scale_features": is_flag,
    "scale_target": is_flag, "refitted": is_flag,
})  # fmt: skip
"""What ``FitConfig.fitted`` holds, the epochs that were run (null where nobody counted), and whether the penalty was lifted."""


def could_make(fit: Mapping[str, Any] | None, decayed: Sequence[int], sizes: Sequence[int]) -> bool:
    """Whether a fit, if it is known, could have made a network of these sizes, or one that was shrunk to it."""
    if fit is None:
        return True
    return (
        fit["batch_size"] <= fit["rows"]
        and len(fit["hidden"]) == len(sizes) - 2
        and all(units >= left for units, left in zip(fit["hidden"], sizes[1:-1], strict=True))
        and list(decayed) == sorted(set(decayed))
        and max(decayed, default=1) < len(sizes)
    )
