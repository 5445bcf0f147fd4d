"""Peak memory of sweeps against what --memory allows: nine shapes, each at the least that it asks for and at three times that.

    python benchmarks/memory.py [SHAPE ...]

The least is what the refusal of a sweep with --memory 16M asks for, or if that is refused too, what this refusal asks for.
Memory is summed over the process and all its children, 50 times a second: the proportional set size (PSS), in which what
processes share counts once, and the resident set size (RSS), in which it counts in each. The table is read from a CSV file, so
that reading counts too. Linux only. While other Python processes run, libraries are shared with these too, and count less as
PSS.
"""

import contextlib
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

MIB = 1 << 20
PAUSE = 0.02
UNITS = {"MiB": MIB, "GiB": 1 << 30}
SIZES = re.compile(r"^(Pss|Rss): +(\d+)", re.MULTILINE)
ASKED = re.compile(r"(?:needs?|takes) (?:about|more than) ([\d,.]+) (MiB|GiB) of memory")


@dataclass(frozen=True)
class Shape:
    """A table, and the options of a sweep of it."""

    rows: int
    columns: int
    options: str
    classes: int = 2

    def write(self, path: Path) -> None:
        """The table as CSV: numbers with four digits, and a class that depends on the first."""
        rng = np.random.default_rng(0)
        frame = pl.DataFrame({f"x{i}": rng.standard_normal(self.rows).round(4) for i in range(self.columns)})
        codes = frame["x0"].to_numpy().argsort().argsort() * self.classes // self.rows
        frame.with_columns(y=pl.Series([f"c{code}" for code in codes])).write_csv(path)


SHORT = "--epochs 2 --seeds 1 --exhaustive"
SHAPES = {
    "tall": Shape(200_000, 20, f"{SHORT} --hidden 16 --lambdas 0,0.1,1,10"),
    "taller": Shape(1_000_000, 20, "--epochs 1 --seeds 1 --hidden 8 --lambdas 0,1 --exhaustive"),
    "wide": Shape(300, 15_000, f"{SHORT} --lambdas 0,0.1,1,10"),
    "classes": Shape(5_000, 20, f"{SHORT} --lambdas 0.01:10:20", classes=500),
    "deep": Shape(2_000, 20, f"{SHORT} --hidden 64,64,64,64,64,64,64 --lambdas 0.01:10:40"),
    "lambdas": Shape(1_000, 20, f"{SHORT} --lambdas 0.001:100:500"),
    "workers": Shape(20_000, 20, "--epochs 4 --seeds 2 --exhaustive --lambdas 0.01:10:20 --jobs 8"),
    "path": Shape(20_000, 20, "--epochs 2 --folds 10 --path warm --lambdas 0.01:10:8"),
    "refit": Shape(20_000, 20, "--epochs 2 --seeds 1 --lambdas 0.01:10:8 --penalty l1 --refit --features"),
}


class Memory(NamedTuple):
    """Proportional and resident set size, in bytes."""

    proportional: int
    resident: int


@dataclass(frozen=True)
class Run:
    """How a command ended, its message, its peaks, and how many workers it had at most."""

    status: int
    message: str
    peak: Memory
    workers: int


def run(*options: str) -> Run:
    """Run ``wdcli`` with these options, and watch its memory."""
    command = [sys.executable, "-m", "wdcli", *options]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said) as process:
            most, workers = Memory(0, 0), 0
            while process.poll() is None:
                family = list(descendants(process.pid))
                now = [memory_of(each) for each in family]
                most = Memory(
                    max(most.proportional, sum(each.proportional for each in now)),
                    max(most.resident, sum(each.resident for each in now)),
                )
                workers = max(workers, sum(map(is_worker, family)))
                time.sleep(PAUSE)
        said.seek(0)
        return Run(process.returncode, said.read().decode(), most, workers)


def descendants(process: int) -> Iterator[int]:
    """A process and all that it started."""
    yield process
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from descendants(int(child))


def memory_of(process: int) -> Memory:
    """The memory of a process; none once it has ended."""
    with contextlib.suppress(OSError):
        found = dict(SIZES.findall(Path(f"/proc/{process}/smaps_rollup").read_text()))
        return Memory(1024 * int(found.get("Pss", 0)), 1024 * int(found.get("Rss", 0)))
    return Memory(0, 0)


def is_worker(process: int) -> bool:
    """Whether it is one of multiprocessing's workers."""
    with contextlib.suppress(OSError):
        return b"spawn_main" in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def asked_for(message: str) -> float:
    """The bytes that a refusal asks for; 0 if it is none."""
    found = ASKED.search(message)
    return float(found[1].replace(",", "")) * UNITS[found[2]] if found else 0


def measure(name: str, folder: Path) -> None:
    """Print a line for each limit."""
    shape, path = SHAPES[name], folder / f"{name}.csv"
    shape.write(path)
    options = ["sweep", "--data", str(path), "--target", "y", "--no-store", "--json", "--no-progress",
               *shape.options.split()]  # fmt: skip
    allowed = least(options)
    for limit in (allowed, 3 * allowed):
        found = run(*options, "--memory", size(limit))
        peaks = (f"{peak / MIB:,.0f} | {peak / limit:.2f}" for peak in found.peak)
        print(f"| {name} | {limit / MIB:,.0f} | {' | '.join(peaks)} | {found.workers} |", flush=True)


def least(options: Sequence[str]) -> float:
    """The bytes that the last refusal asks for, of one run after the other with what the one before asks for."""
    allowed, asked = 0.0, asked_for(run(*options, "--memory", "16M").message)
    while asked:
        allowed, asked = asked, asked_for(run(*options, "--memory", size(asked)).message)
    return allowed


def size(allowed: float) -> str:
    """As an option."""
    return f"{math.ceil(allowed / MIB)}M"


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    print(
        "| shape | --memory, MiB | PSS, MiB | PSS / --memory | RSS, MiB | RSS / --memory | workers |\n"
        + "| --- " * 7
        + "|"
    )
    with tempfile.TemporaryDirectory() as scratch:
        for name in sys.argv[1:] or SHAPES:
            measure(name, Path(scratch))
