"""What is written is what ONNX's own protobuf reads, and what it would have written itself."""

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wdcli.export.protobuf import message

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
WHOLE = st.integers(-(2**63), 2**63 - 1)


@given(TEXT, WHOLE, st.lists(WHOLE), st.lists(TEXT), st.binary())
def test_a_message_is_read_as_it_was_meant_and_is_the_same_bytes(name, number, numbers, names, raw):
    inner = message({1: numbers, 8: name, 9: raw})
    written = message({1: name, 3: number, 4: raw, 5: inner, 8: numbers, 9: names, 20: 4})
    read = onnx.AttributeProto.FromString(written)
    assert (read.name, read.i, read.s, read.type) == (name, number, raw, onnx.AttributeProto.TENSOR)
    assert (list(read.ints), [one.decode() for one in read.strings]) == (numbers, names)
    assert (list(read.t.dims), read.t.name, read.t.raw_data) == (numbers, name, raw)
    assert read.SerializeToString(deterministic=True) == written


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16383, 16384, 3_000_000])
def test_a_length_of_any_number_of_bytes_is_read(size):
    read = onnx.TensorProto.FromString(message({9: bytes(size), 8: "after"}))
    assert (len(read.raw_data), read.name) == (size, "after")
