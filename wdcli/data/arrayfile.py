"""An array in a file (npy) from an untrusted source."""

import io
import tokenize
import warnings

import numpy as np

from wdcli.array import Array


def read_array(array: bytes) -> Array:
    """The numbers of the file, which is checked before memory of the size that it claims is taken.

    Raises ``ValueError`` for anything but one axis of floats that fill it.
    """
    file = io.BytesIO(array)
    try:
        with warnings.catch_warnings(action="error"):
            np.lib.format.read_magic(file)
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    except (tokenize.TokenError, Warning, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        # numpy also parses a header that isn't Python, in case Python 2 wrote it.
        raise ValueError("its parameters are damaged") from None
    if (
        dtype not in (np.float32, np.float64)
        or len(shape) != 1
        or shape[0] * dtype.itemsize != len(array) - file.tell()
    ):
        raise ValueError("its parameters are damaged")
    return np.frombuffer(array, dtype=dtype, offset=file.tell())
