"""Before a table is read, the memory that it needs is estimated, and too much of it is refused."""

import gzip
import io
import json
import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from wdcli.data.costs import parquet_cost
from wdcli.data.files import read_table
from wdcli.data.footer import decompressed_size
from wdcli.errors import DataError

MIB = 1 << 20
RNG = np.random.default_rng(0)
WORDS = np.array([f"category {i} of several" for i in range(50)])


def csv(frame):
    return frame.write_csv().encode()


def parquet(frame, **options):
    file = io.BytesIO()
    frame.write_parquet(file, **options)
    return file.getvalue()


def constant(rows):
    return pl.DataFrame({"a": pl.repeat(1, rows, eager=True), "y": pl.repeat(2.5, rows, eager=True)})


def json_lines(frame):
    return "".join(json.dumps(row) + "\n" for row in frame.iter_rows(named=True)).encode()


SMALL = pl.DataFrame({"a": RNG.integers(0, 9, 400_000), "y": RNG.integers(0, 9, 400_000)})
LARGE = {
    "t.csv": csv(SMALL),
    "t.jsonl": b'{"a":1,"y":2}\n' * 400_000,
    "t.csv.gz": gzip.compress(csv(SMALL), 1),
    "gzipped.csv": gzip.compress(csv(SMALL), 1),
    "constant.parquet": parquet(constant(2_000_000)),
    "text.parquet": parquet(pl.DataFrame({"t": WORDS[RNG.integers(0, 50, 600_000)], "y": np.arange(600_000)})),
    "long.parquet": parquet(pl.DataFrame({"t": ["x" * 1000 + str(i) for i in range(40_000)], "y": range(40_000)})),
}


@pytest.fixture
def only_tables(monkeypatch):
    """Only tables take memory: neither this process nor training does."""
    monkeypatch.setattr("wdcli.data.allowance.resident_memory", lambda: 0)
    monkeypatch.setattr("wdcli.data.allowance.TRAINING", 0)


@pytest.mark.parametrize("name", LARGE)
def test_a_table_that_needs_too_much_memory_is_refused_with_both_sizes(tmp_path, only_tables, name):
    path = tmp_path / name
    path.write_bytes(LARGE[name])
    with pytest.raises(
        DataError, match=r"takes (about|more than) \d+ MiB .* 16 MiB is allowed\. Give a sample"
    ) as error:
        read_table(str(path), memory=16 * MIB)
    assert str(error.value).count("\n") <= 1
    assert read_table(str(path), memory=400 * MIB).rows


def test_a_parquet_file_is_judged_by_its_footer_before_any_column_is_decoded(monkeypatch):
    data = parquet(constant(2_000_000))
    assert len(data) < MIB / 10
    monkeypatch.setattr(pl, "read_parquet", None)
    assert parquet_cost(data, 16 * MIB) > 32 * MIB


def test_a_gzip_bomb_is_not_expanded_beyond_what_its_first_part_allows(tmp_path, monkeypatch, only_tables):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"a,y\n" + b"1,2\n" * 10_000_000, 1))
    made, expanded = io.BytesIO, []
    monkeypatch.setattr("wdcli.data.raw.io.BytesIO", lambda: expanded.append(made()) or expanded[-1])
    with pytest.raises(DataError, match="takes more than"):
        read_table(str(path), memory=64 * MIB)
    assert expanded[0].tell() < 8 * MIB


@pytest.mark.parametrize(
    "frame, options",
    [
        (SMALL, {}),
        (SMALL, {"row_group_size": 50_000, "compression": "uncompressed"}),
        (pl.DataFrame({f"c{i}": [1.5, None, 3] for i in range(200)}), {"statistics": "full"}),
        (pl.DataFrame({"t": WORDS[RNG.integers(0, 50, 100_000)]}), {"compression": "snappy"}),
    ],
)
def test_the_footer_tells_the_decompressed_size(frame, options):
    size = decompressed_size(parquet(frame, **options))
    stored = len(parquet(frame, compression="uncompressed"))
    assert 0.2 * stored < size < 1.5 * stored


def test_any_footer_is_read_or_refused():
    good = parquet(SMALL.head(100))
    length = int.from_bytes(good[-8:-4], "little")
    for place in range(len(good) - 8 - length, len(good)):
        for value in (0, 0x19, 0xFF):
            data = bytearray(good)
            data[place] = value
            try:
                decompressed_size(bytes(data))
            except ValueError:
                continue


def test_a_footer_that_lies_about_its_rows_is_refused(tmp_path, only_tables):
    good = parquet(SMALL.head(100), compression="uncompressed", statistics=False)
    start = len(good) - 8 - int.from_bytes(good[-8:-4], "little")
    # 100 as a zigzag varint is c8 01; 2**27 rows in its place.
    lies = good[:start] + good[start:].replace(b"\xc8\x01", b"\x80\x7f")
    path = tmp_path / "t.parquet"
    path.write_bytes(lies)
    with pytest.raises(DataError):
        read_table(str(path), memory=16 * MIB)


AT_ONCE = "dirty_decay_ms:0,muzzy_decay_ms:0"
"""polars' allocator gives freed memory back at once, not after seconds: else the peak depends on how fast the machine is."""
PEAK = r"""
import re, sys
from pathlib import Path
import numpy, polars
from wdcli.data import costs, files, raw, parquet
from wdcli.data.loading import load
from wdcli.data.source import Source
def peak():
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
told, base = [], peak()
def spy(module, name, of):
    inner = getattr(module, name)
    def outer(*args, **named):
        cost = inner(*args, **named)
        told.append(of(cost, *args))
        return cost
    setattr(module, name, outer)
costs.TRAINED = 0
spy(files, "text_need", lambda need, *_: need.of(Path(sys.argv[1]).stat().st_size))
spy(parquet, "parquet_cost", lambda cost, *_: cost)
load(Source(sys.argv[1], task="regression"), 0, 1 << 40)
print(told[-1], peak() - base)
"""


def normal(rows, columns, digits=17):
    return pl.DataFrame({f"x{i}": RNG.normal(size=rows).round(digits) for i in range(columns)})


def whole(rows):
    return pl.DataFrame({name: RNG.integers(0, 100, rows) for name in "ay"})


def texts(cells):
    return pl.DataFrame({"t": cells, "y": RNG.normal(size=len(cells))})


SHAPES = {
    "short.csv": lambda: csv(whole(3_000_000)),
    "numbers.csv": lambda: csv(normal(100_000, 20)),
    "text.csv": lambda: csv(texts([f"{i} {WORDS[i % 50] * 8}" for i in range(150_000)])),
    "lines.jsonl": lambda: json_lines(normal(150_000, 10, digits=3)),
    "wide.parquet": lambda: parquet(normal(5_000, 2_000)),
    "narrow.parquet": lambda: parquet(normal(4_000_000, 2)),
    "dictionary.parquet": lambda: parquet(texts(WORDS[RNG.integers(0, 50, 2_000_000)])),
}


def told_and_peak(path, content):
    """The bytes of memory that were estimated for a file, and those that were taken."""
    path.write_bytes(content)
    environment = {**os.environ, "_RJEM_MALLOC_CONF": AT_ONCE}
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(path)], env=environment, capture_output=True, text=True, check=True
    )
    return map(float, done.stdout.split())


linux = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's /proc")


@linux
@pytest.mark.parametrize("name", SHAPES)
def test_the_estimate_is_near_the_peak_that_is_measured(tmp_path, name):
    estimate, peak = told_and_peak(tmp_path / name, SHAPES[name]())
    assert 0.7 * peak < estimate < 1.75 * peak


@linux
@pytest.mark.parametrize("name, write, most", [("t.csv", csv, 350), ("t.parquet", parquet, 125)])
def test_only_a_few_columns_of_a_large_table_are_text_or_decoded_at_once(tmp_path, name, write, most):
    _, peak = told_and_peak(tmp_path / name, write(normal(150_000, 60)))
    assert peak < most * MIB
