"""The type of arrays, of any shape and kind of number: the docstrings say which."""

from typing import Any, TypeAlias

import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
