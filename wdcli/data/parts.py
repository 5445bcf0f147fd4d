"""A Parquet file that is written batch by batch."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def parquet_parts(file: IO[bytes], path: str) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """What takes batches of columns, of the same names and types, and writes them to the file at the end.

    polars can't append to a Parquet file: each batch is a file in a temporary directory beside the ``path``, where the
    whole file is to be, and polars streams these into one. Raises ``OutputError`` if they can't be written.
    """
    import polars as pl

    folder = Path(os.path.realpath(path)).parent
    with tempfile.TemporaryDirectory(prefix=".wdcli-", dir=folder) as parts:
        paths: list[Path] = []

        def add(columns: Mapping[str, Any]) -> None:
            paths.append(Path(parts) / f"{len(paths)}.parquet")
            pl.DataFrame([pl.Series(name, values) for name, values in columns.items()]).write_parquet(paths[-1])

        yield add
        pl.scan_parquet(paths, glob=False).sink_parquet(file)
