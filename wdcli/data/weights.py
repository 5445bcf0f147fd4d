"""The weights of a table's rows: frequencies, so that a row of weight 2 is that row twice."""

import numpy as np

from wdcli.array import Array
from wdcli.errors import DataError
from wdcli.text import count


def frequencies(values: Array, where: str) -> Array:
    """The weights (rows,), which may be 0; raises ``DataError``, which begins with ``where``, for any that can't be."""
    if not np.isfinite(values).all():
        bad = count(int((~np.isfinite(values)).sum()), "row")
        raise DataError(f"{where}: {bad} without a finite weight: fill it, or leave those rows out.")
    if (values < 0).any():
        raise DataError(
            f"{where}: the weight {values[values < 0][0]:g} is negative: a weight says how often a row counts."
        )
    if not np.isfinite(values.sum()):
        raise DataError(f"{where}: the weights are too large to add up: divide them all by the same number.")
    if not values.any():
        raise DataError(f"{where}: every weight is 0: no row is left.")
    return values


def weights_note(name: str, weights: Array, left_out: int) -> str:
    """The line that says what the rows' weights are."""
    out = f"; {count(left_out, 'row')} of weight 0 left out" if left_out else ""
    return (
        f"{name}: weights from {weights.min():g} to {weights.max():g}, {weights.sum():g} in all; a row of weight 2 counts as "
        f"two; the column is not a feature{out}"
    )
