"""An indexed PNG: small, and made of the standard library."""

import base64
import struct
import zlib
from collections.abc import Sequence

from wdcli.figures.colours import Colour


def data_url(rows: Sequence[Sequence[int]], palette: Sequence[Colour]) -> str:
    """A picture as a ``data:`` address; rows from the top, of indices into a palette of at most 256 colours."""
    return f"data:image/png;base64,{base64.b64encode(png(rows, palette)).decode('ascii')}"


def png(rows: Sequence[Sequence[int]], palette: Sequence[Colour]) -> bytes:
    """The bytes of the picture."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    pixels = b"".join(b"\0" + bytes(row) for row in rows)
    colours = bytes(part for colour in palette for part in colour)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
