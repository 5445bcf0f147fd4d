"""A text file's bytes in parts that end where a line ends."""

import re
from collections.abc import Iterator

from wdcli.errors import DataError
from wdcli.text import byte_size, quoted

SIZE = 4 << 20
"""Bytes of text in a part."""
LONGEST = 64 << 20
"""A longer line is refused."""
SOMETHING = re.compile(rb"[^\r\n\t \xef\xbb\xbf]")
"""A byte other than a mark, blanks and empty lines."""


def whole_lines(name: str, pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The bytes in parts of about ``SIZE`` that end where a line ends, and whether the part is the last one.

    Raises ``DataError`` for a line that is too long, and if there are only blanks.
    """
    held, begun = list[bytes](), False
    for piece in pieces:
        held.append(piece)
        if sum(map(len, held)) < SIZE:
            continue
        data = b"".join(held)
        end = _end_of_line(data) if SOMETHING.search(data) else 0
        if not end and len(data) > LONGEST:
            raise DataError(f"{quoted(name)} has a line of more than {byte_size(LONGEST)}: this is not a table.")
        if end:
            yield data[:end], False
            begun = True
        held = [data[end:]]
    data = b"".join(held)
    if not begun and not SOMETHING.search(data):
        raise DataError(f"{quoted(name)} is empty: expected a header line and rows.")
    yield data, True


def _end_of_line(data: bytes) -> int:
    """Where the last line ends that is whole; a CR may yet be the first half of an end."""
    return data.rfind(b"\n") + 1 or data.rfind(b"\r", 0, -1) + 1
