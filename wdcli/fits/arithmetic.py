"""What decides the last bits of a product or an exponential beside the program: NumPy, its BLAS, and the processor."""

import functools
import platform
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info

BLAS = ("internal_api", "version", "architecture")
"""Which library multiplies, and the kernel that it has chosen for this processor (or was told to take)."""


@functools.cache
def arithmetic() -> tuple[str, ...]:
    """The versions of NumPy, its BLAS and the C library, the kernel in use, and the instructions that NumPy uses here.

    Where all are the same, so are all bits; elsewhere the last ones may differ. It takes about a millisecond.
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
        # Apple's BLAS comes with the system.
        platform.mac_ver()[0],
    )


def _numpys_blas() -> dict[str, str]:
    """What is known of the BLAS that NumPy uses; SciPy may have loaded one of its own, of another version."""
    beside = str(Path(np.__file__).resolve().parent)
    found = [library for library in threadpool_info() if library["user_api"] == "blas"]
    return min(found, key=lambda library: not library["filepath"].startswith(beside), default={})
