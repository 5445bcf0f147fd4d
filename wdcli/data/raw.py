"""The bytes of a file, a pipe or standard input: decompressed, bounded, and decoded."""

import stat
import sys
import zlib
from pathlib import Path

from wdcli.errors import DataError
from wdcli.paths import why_unreadable
from wdcli.text import quoted

STDIN = "-"
MAX_BYTES = 2 << 30
"""More than this, decompressed, is refused: a table of that size is not for a laptop, a gzip bomb neither."""


def read_bytes(path: str, name: str) -> tuple[bytes, str]:
    """The file's bytes, decompressed, and the suffix that tells its format."""
    if path == STDIN:
        if sys.stdin is None:
            raise DataError("--data -: standard input is closed.")
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
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
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DataError(f"{quoted(name)} can't be read: {error.strerror}.") from None


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


def decoded(name: str, data: bytes) -> str:
    """The text of a table's bytes; raises ``DataError`` for what is no UTF-8 text, with the line."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{quoted(name)} is UTF-16 text: save it as UTF-8.")
    zero = data.find(b"\0")
    if zero >= 0:
        line = data.count(b"\n", 0, zero) + 1
        raise DataError(
            f"{quoted(name)}, line {line}: a NUL byte; this is no text table (CSV, TSV, JSON lines, Parquet)."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{quoted(name)}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8. Save the file as UTF-8."
        ) from None
    if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
        raise DataError(f"{quoted(name)} is an HTML page, not a table: download the data itself.")
    return text
