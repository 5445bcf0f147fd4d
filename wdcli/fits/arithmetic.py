"""What else, besides the program, decides the last bits of a result: NumPy, its BLAS, libc and the processor."""

import functools
import platform
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

BLAS = ("internal_api", "version", "architecture")
"""The BLAS library, and the kernel that it chose for this processor (or was told to use)."""


@functools.cache
def arithmetic() -> tuple[str, ...]:
    """The versions of NumPy, its BLAS and the C library, the kernel in use, and the instructions that NumPy uses here.

    If all of these are the same, so are all bits of a result; otherwise the last ones may differ. Takes about a
    millisecond.
    """
    blas = _numpys_blas()
    simd = (np.show_config(mode="dicts") or {}).get("SIMD Extensions", {})
    return (
        np.__version__,
        *(str(blas.get(name)) for name in BLAS),
        *simd.get("baseline", ()),
        *simd.get("found", ()),
        platform.machine(),
        *platform.libc_ver(),
        # Apple's BLAS is part of macOS.
        platform.mac_ver()[0],
    )


def _numpys_blas() -> dict[str, str]:
    """Information on the BLAS that NumPy uses; SciPy may have loaded its own, of another version."""
    beside = str(Path(np.__file__).resolve().parent)
    found = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return min(found, key=lambda library: not library["filepath"].startswith(beside), default={})
