"""Every test runs with one BLAS thread, as workers do, and without the user's own settings."""

import os

import numpy as np
import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="session")
def _one_blas_thread():
    with threadpool_limits(1, user_api="blas"):
        yield


@pytest.fixture(autouse=True)
def _floating_point_errors():
    """What NumPy would warn of is an error, unless the code says that it is expected. (Weights that decay to 0 underflow.)"""
    with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
        yield


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch, tmp_path_factory):
    for name in [name for name in os.environ if name.startswith("WDCLI_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("WDCLI_STORE", str(tmp_path_factory.mktemp("store") / "store.sqlite"))
