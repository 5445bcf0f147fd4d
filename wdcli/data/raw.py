"""The bytes of a file, a pipe or standard input: decompressed, bounded, and decoded."""

import codecs
import io
import re
import stat
import sys
import zlib
from pathlib import Path
from typing import IO

from wdcli.errors import DataError
from wdcli.paths import why_unreadable
from wdcli.text import quoted

STDIN = "-"
MAX_BYTES = 2 << 30
"""More than this, decompressed, is refused: a table of that size is not for a laptop, a gzip bomb neither."""
PIECE = 1 << 20
"""Bytes to read at once."""
SIGNATURES = {
    b"PK\x03\x04": "a zip archive or an Excel workbook: give a CSV file of it",
    b"%PDF-": "a PDF document: give the data itself, as CSV",
    b"SQLite format 3\0": "an SQLite database: give a CSV file of one of its tables",
    b"\x93NUMPY": "a NumPy file: save it as CSV, with a header line",
    b"BZh": "compressed with bzip2: unpack it, or use gzip",
    b"\xfd7zXZ\0": "compressed with xz: unpack it, or use gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it, or use gzip",
}
"""How files begin that are given for tables, and what they are."""
MARKUP = re.compile(r"\s*<((!doctype|\?xml|html|head|body|table)\b|!--)", re.IGNORECASE)


def read_bytes(path: str, name: str) -> tuple[bytes, str]:
    """The file's bytes, decompressed, and the suffix that tells its format."""
    if path == STDIN:
        if sys.stdin is None:
            raise DataError("--data -: standard input is closed.")
        data = _bounded(sys.stdin.buffer)
        suffix = ".csv"
    else:
        data = _read_file(path, name)
        suffixes = [s.lower() for s in Path(path).suffixes]
        suffix = suffixes[-2] if len(suffixes) > 1 and suffixes[-1] == ".gz" else (suffixes or [""])[-1]
    if data[:2] == b"\x1f\x8b":
        data = _decompressed(name, data)
    if len(data) > MAX_BYTES:
        raise DataError(f"{quoted(name)} holds more than {MAX_BYTES >> 30} GiB: give a sample of its rows.")
    return data, suffix


def _read_file(path: str, name: str) -> bytes:
    if "://" in path:
        raise DataError(f"{quoted(name)} is an address: download the table first, then give its path.")
    reason = None if _is_pipe(path) else why_unreadable(path)
    if reason:
        raise DataError(f"{quoted(name)}{': ' if reason.startswith('no ') else ' '}{reason}.")
    try:
        with Path(path).open("rb") as file:
            return _bounded(file)
    except OSError as error:
        raise DataError(f"{quoted(name)} can't be read: {error.strerror}.") from None


def _bounded(file: IO[bytes]) -> bytes:
    """All that is to be read, but little more than ``MAX_BYTES``.

    In pieces: asking for so much at once would take the memory for it, however little there is to read.
    """
    data = io.BytesIO()
    while data.tell() <= MAX_BYTES and (piece := file.read(PIECE)):
        data.write(piece)
    return data.getvalue()


def _is_pipe(path: str) -> bool:
    """Whether it is a pipe, as a shell's ``<(command)`` is."""
    try:
        return stat.S_ISFIFO(Path(path).stat().st_mode)
    except (OSError, ValueError):
        return False


def _decompressed(name: str, data: bytes) -> bytes:
    """Gunzip, member after member, but never to more than ``MAX_BYTES``."""
    parts, size = [], 0
    while data[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(data, MAX_BYTES + 1 - size)
        except zlib.error:
            raise DataError(f"{quoted(name)} is a damaged gzip file: make or fetch it again.") from None
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise DataError(f"{quoted(name)} expands to more than {MAX_BYTES >> 30} GiB: give a sample of its rows.")
        if not member.eof:
            raise DataError(f"{quoted(name)} is a truncated gzip file: make or fetch it again.")
        data = member.unused_data
    return b"".join(parts)


def as_text(name: str, data: bytes) -> bytes:
    """A text table's bytes without a byte-order mark, and with LF at the lines' ends.

    Raises ``DataError`` for what is no UTF-8 text, with the line.
    """
    known = next((what for start, what in SIGNATURES.items() if data.startswith(start)), None)
    if known:
        raise DataError(f"{quoted(name)} is {known}.")
    if _is_utf16(data):
        raise DataError(f"{quoted(name)} is UTF-16 text: save it as UTF-8.")
    zero = data.find(b"\0")
    if zero >= 0:
        line = data.count(b"\n", 0, zero) + 1
        raise DataError(
            f"{quoted(name)}, line {line}: a NUL byte; this is no text table (CSV, TSV, JSON lines, Parquet)."
        )
    _check_utf8(name, data)
    data = data.removeprefix(codecs.BOM_UTF8)
    if MARKUP.match(data[:PIECE].decode(errors="replace")):
        raise DataError(f"{quoted(name)} is an HTML page or XML, not a table: download the data itself.")
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _check_utf8(name: str, data: bytes) -> None:
    """Raise ``DataError`` for a byte that is not UTF-8, with its line; piece by piece, for text may take four times as much."""
    decoder, held = codecs.getincrementaldecoder("utf-8")(), 0
    for start in range(0, len(data), PIECE):
        try:
            decoder.decode(data[start : start + PIECE], final=start + PIECE >= len(data))
        except UnicodeDecodeError as error:
            place = start - held + error.start
            line = data.count(b"\n", 0, place) + 1
            raise DataError(
                f"{quoted(name)}, line {line}: byte 0x{data[place]:02x} is not UTF-8. Save the file as UTF-8."
            ) from None
        held = len(decoder.getstate()[0])


def _is_utf16(data: bytes) -> bool:
    """Whether it begins with UTF-16's mark, or each second of its first bytes is 0, as in Western text without the mark."""
    low, high = data[:64:2], data[1:64:2]
    return data[:2] in (b"\xff\xfe", b"\xfe\xff") or (bool(high) and any(high) != any(low))
