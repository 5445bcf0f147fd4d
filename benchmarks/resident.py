"""A process that lives long and sweeps again and again: a line for each sweep with its open files, memory and children.

    python benchmarks/resident.py STORE

It ends with the process that started it.
"""

import gc
import json
import multiprocessing
import os
import sys
import threading
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import processes

from wdcli import study
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.resources import Resources
from wdcli.fits.store import Store
from wdcli.sweep.config import SweepConfig

PAUSE = 5.0
"""Seconds between two sweeps: the others need the cores too."""


def sweep(store: Path, number: int) -> None:
    """Sweep with one process or with two, as a run that is then removed again."""
    fit = FitConfig(penalty="l1", hidden=(16,), epochs=40, seed=number)
    data = study.load(Source("friedman1", rows=2000))
    with closing(Store(store)) as found:
        run = found.begin(json.dumps(["resident"]), f"resident {number}", "friedman1", data.dataset.fingerprint)
        study.sweep(data, SweepConfig(fit, (0.0, 0.1, 1.0), folds=3, seeds=2), Resources(1 + number % 2, store=run))
        found.remove(run.number)


def main(store: Path) -> None:
    """Sweep until the process that started this one has ended."""
    parent, me = os.getppid(), os.getpid()
    for number in count():
        sweep(store, number)
        gc.collect()
        found = {"files": processes.open_files(me), "MiB": processes.resident(me), "threads": threading.active_count()}
        print(json.dumps({**found, "children": len(multiprocessing.active_children())}), flush=True)
        if os.getppid() != parent:
            return
        time.sleep(PAUSE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
