"""Protocol Buffers' wire format (protobuf.dev/programming-guides/encoding), as far as ONNX needs it."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = int | str | bytes
Fields: TypeAlias = Mapping[int, Value | Sequence[Value]]
VARINT, LENGTH = 0, 2
"""Wire types: how the value after a tag is written."""


def message(fields: Fields) -> bytes:
    """A message: each field's number and its value, or the list of its values if it is repeated.

    Bytes are a message within the message, or raw data.
    """
    repeated = ((number, [value] if isinstance(value, Value) else value) for number, value in fields.items())
    return b"".join(_field(number, value) for number, values in repeated for value in values)


def _field(number: int, value: Value) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3 | VARINT) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | LENGTH) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first, and a top bit where more follow; two's complement in 64 bits."""
    left, written = value % 2**64, bytearray()
    while left > 0x7F:
        written.append(left & 0x7F | 0x80)
        left >>= 7
    return bytes([*written, left])
