"""The bytes of a file, a pipe or standard input: decompressed, bounded, and decoded."""

import codecs
import io
import re
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import IO, NamedTuple, TypeAlias

from wdcli.data.allowance import Allowance
from wdcli.errors import DataError
from wdcli.paths import why_unreadable
from wdcli.text import quoted

STDIN = "-"
PIECE = 1 << 20
"""Bytes to read at once."""
PART = 4 << 20
"""Bytes from which the memory for all of them is estimated."""
GZIP = b"\x1f\x8b"
Cost: TypeAlias = Callable[[bytes, str], Callable[[int], float]]
"""From a file's first part and its suffix to what tells the bytes of memory that its table takes, by the file's size."""
SIGNATURES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook: give a CSV file of it",
    b"%PDF-": "a PDF document: give the data itself, as CSV",
    b"SQLite format 3\0": "an SQLite database: give a CSV file of one of its tables",
    b"\x93NUMPY": "a NumPy file: save it as CSV, with a header line",
    b"BZh": "compressed with bzip2: unpack it, or use gzip",
    b"\xfd7zXZ\0": "compressed with xz: unpack it, or use gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it, or use gzip",
}
"""The first bytes of files that are wrongly given as tables, and what they are."""
MARKUP = re.compile(r"\s*<((!doctype|\?xml|html|head|body|table)\b|!--)", re.IGNORECASE)


class Opened(NamedTuple):
    """A file's bytes, decompressed, ``PIECE`` by ``PIECE``; the suffix that tells its format; its size, 0 if not known."""

    pieces: Iterator[bytes]
    suffix: str
    size: int


@contextmanager
def opened(path: str, name: str) -> Iterator[Opened]:
    """The file, which is closed at the end. Raises ``DataError`` if it can't be read."""
    suffixes = [".csv"] if path == STDIN else [s.lower() for s in Path(path).suffixes]
    suffix = suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else (suffixes or [""])[-1]
    try:
        with _opened(path, name) as file:
            pieces = iter(lambda: file.read(PIECE), b"")
            first = next(pieces, b"")
            packed = first[:2] == GZIP
            size = 0 if packed or path == STDIN else Path(path).stat().st_size
            pieces = chain([first], pieces)
            yield Opened(_unpacked(name, pieces) if packed else pieces, suffix, size)
    except OSError as error:
        raise DataError(f"{quoted(name)} can't be read: {error.strerror}.") from None


def _opened(path: str, name: str) -> AbstractContextManager[IO[bytes]]:
    if path == STDIN:
        if sys.stdin is None:
            raise DataError("--data -: standard input is closed.")
        return nullcontext(sys.stdin.buffer)
    if "://" in path:
        raise DataError(f"{quoted(name)} is an address: download the table first, then give its path.")
    reason = None if _is_pipe(path) else why_unreadable(path)
    if reason:
        raise DataError(f"{quoted(name)}{': ' if reason.startswith('no ') else ' '}{reason}.")
    return Path(path).open("rb")


def _is_pipe(path: str) -> bool:
    """Whether it is a pipe, as a shell's ``<(command)`` is."""
    try:
        return stat.S_ISFIFO(Path(path).stat().st_mode)
    except (OSError, ValueError):
        return False


def bounded(name: str, pieces: Iterator[bytes], allowed: Allowance, cost: Cost, suffix: str) -> bytes:
    """All the pieces, if they fit into the memory together with their table, by the cost of a first part."""
    data = io.BytesIO()
    _fill(data, pieces, PART)
    table = cost(data.getvalue(), suffix)
    while (needs := data.tell() + table(data.tell())) <= allowed.left and (piece := next(pieces, None)) is not None:
        data.write(piece)
    allowed.check(name, needs, at_least=True)
    return data.getvalue()


def check_fits(name: str, pieces: Iterator[bytes], size: int, allowed: Allowance, cost: Cost, suffix: str) -> None:
    """Raise ``DataError`` if the table of ``size`` bytes does not fit into the memory, by the cost of a first part."""
    data = io.BytesIO()
    _fill(data, pieces, PART)
    allowed.check(name, cost(data.getvalue(), suffix)(size))


def _fill(data: io.BytesIO, pieces: Iterator[bytes], most: float) -> None:
    """Write pieces until there are more bytes than ``most``, or no pieces."""
    while data.tell() <= most and (piece := next(pieces, None)) is not None:
        data.write(piece)


def _unpacked(name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Gunzip, member after member, at most ``PIECE`` bytes at once."""
    rest = next(pieces, b"")
    while rest[:2] == GZIP:
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            rest = rest or next(pieces, b"")
            if not rest:
                raise DataError(f"{quoted(name)} is a truncated gzip file: make or download it again.")
            try:
                yield member.decompress(rest, PIECE)
            except zlib.error:
                raise DataError(f"{quoted(name)} is a damaged gzip file: make or download it again.") from None
            rest = member.unconsumed_tail
        rest = member.unused_data
        rest += next(pieces, b"") if len(rest) < len(GZIP) else b""


def refuse_others(name: str, data: bytes) -> None:
    """Raise ``DataError`` for a file that begins as one of another format does."""
    known = next((what for start, what in SIGNATURES.items() if data.startswith(start)), None)
    if known:
        raise DataError(f"{quoted(name)} is {known}.")
    if _is_utf16(data):
        raise DataError(f"{quoted(name)} is UTF-16 text: save it as UTF-8.")
    if MARKUP.match(data[:PIECE].removeprefix(codecs.BOM_UTF8).decode(errors="replace")):
        raise DataError(f"{quoted(name)} is an HTML page or XML, not a table: download the data itself.")


def plain_lines(name: str, data: bytes, before: int = 0) -> bytes:
    """Bytes of a text table, which has so many lines ``before`` them, without a byte-order mark and with LF at the lines' ends.

    Raises ``DataError`` with the line if they aren't UTF-8.
    """
    zero = data.find(b"\0")
    if zero >= 0:
        line = before + data.count(b"\n", 0, zero) + 1
        raise DataError(
            f"{quoted(name)}, line {line}: a NUL byte: this is not a table (CSV, TSV, JSON lines or Parquet)."
        )
    _check_utf8(name, data, before)
    data = data if before else data.removeprefix(codecs.BOM_UTF8)
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _check_utf8(name: str, data: bytes, before: int) -> None:
    """Raise ``DataError`` for a byte that is not UTF-8, with its line; piece by piece, for text may take four times as much."""
    decoder, held = codecs.getincrementaldecoder("utf-8")(), 0
    for start in range(0, len(data), PIECE):
        try:
            decoder.decode(data[start : start + PIECE], final=start + PIECE >= len(data))
        except UnicodeDecodeError as error:
            place = start - held + error.start
            line = before + data.count(b"\n", 0, place) + 1
            raise DataError(
                f"{quoted(name)}, line {line}: byte 0x{data[place]:02x} is not UTF-8. Save the file as UTF-8."
            ) from None
        held = len(decoder.getstate()[0])


def _is_utf16(data: bytes) -> bool:
    """Whether it begins with UTF-16's mark, or each second of its first bytes is 0, as in Western text without the mark."""
    low, high = data[:64:2], data[1:64:2]
    return data[:2] in (b"\xff\xfe", b"\xfe\xff") or (bool(high) and any(high) != any(low))
