"""An ONNX graph, node by node.

The numbers of fields and types are those of ``onnx.proto`` (github.com/onnx/onnx), the operators those of opset 13.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from wdcli.array import Array
from wdcli.errors import ExportError
from wdcli.export.protobuf import Fields, message
from wdcli.text import byte_size

IR_VERSION, OPSETS = 7, {"": 13, "ai.onnx.ml": 2}
"""Of ONNX 1.8, from 2020: nothing newer is needed, and every later runtime reads them."""
INT64, STRING, DOUBLE = 7, 8, 11
"""Types of elements."""
ROWS = "rows"
"""The size that is open until the graph runs."""
LARGEST = 2**31 - 1
"""Bytes of a message that every reader of Protocol Buffers takes."""
Operand: TypeAlias = str | Array | list[str]
"""The name of a value, or a constant: numbers, or text."""
Attribute: TypeAlias = int | list[int] | list[str]


@dataclass
class Graph:
    """Nodes, constants, inputs and outputs, as messages, which its methods add to; no two values have one name.

    ``names`` are those that are taken: the inputs' are, before any node is added.
    """

    names: set[str]
    nodes: list[bytes] = field(default_factory=list)
    constants: list[bytes] = field(default_factory=list)
    inputs: list[bytes] = field(default_factory=list)
    outputs: list[bytes] = field(default_factory=list)

    def input(self, name: str, element: int, about: str) -> None:
        """Add an input (rows, 1)."""
        self.inputs.append(_value_info(name, element, [ROWS, 1], about))

    def output(self, name: str, element: int, shape: Sequence[int | str]) -> None:
        """Make the value of a node an output."""
        self.outputs.append(_value_info(name, element, shape))

    def apply(
        self, operator: str, *operands: Operand, name: str = "", domain: str = "", **attributes: Attribute
    ) -> str:
        """Add a node, and return its value's name: ``name``, or the operator's, with a number where it is taken."""
        inputs = [one if isinstance(one, str) else self._constant(one) for one in operands]
        made = self._new_name(name or operator)
        written = [_attribute(key, value) for key, value in attributes.items()]
        self.nodes.append(message({1: inputs, 2: made, 3: made, 4: operator, 5: written, 7: domain}))
        return made

    def model(self, producer: tuple[str, str], properties: Mapping[str, str]) -> bytes:
        """The file's bytes; ``producer`` is the name and version of the program that made it.

        Raises ``ExportError`` if they are too many.
        """
        graph: Fields = {1: self.nodes, 2: producer[0], 5: self.constants, 11: self.inputs, 12: self.outputs}
        opsets = [message({1: domain, 2: version}) for domain, version in OPSETS.items()]
        pairs = [message({1: key, 2: value}) for key, value in properties.items()]
        made = message({1: IR_VERSION, 2: producer[0], 3: producer[1], 7: message(graph), 8: opsets, 14: pairs})
        if len(made) > LARGEST:
            raise ExportError(
                f"The network takes {byte_size(len(made))} as ONNX, and ONNX files may have 2 GiB: save it with --shrink, "
                "or train a smaller one."
            )
        return made

    def _constant(self, values: Array | list[str]) -> str:
        made = self._new_name("constant")
        self.constants.append(_tensor(made, values))
        return made

    def _new_name(self, wanted: str) -> str:
        numbered = (f"{wanted}_{number}" for number in itertools.count(2))
        made = next(name for name in itertools.chain([wanted], numbered) if name not in self.names)
        self.names.add(made)
        return made


def _value_info(name: str, element: int, shape: Sequence[int | str], about: str = "") -> bytes:
    sizes = [message({2: size} if isinstance(size, str) else {1: size}) for size in shape]
    tensor = message({1: element, 2: message({1: sizes})})
    return message({1: name, 2: message({1: tensor}), 3: about})


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return message({1: name, 3: value, 20: 2})
    if isinstance(value[0], int):
        return message({1: name, 8: value, 20: 7})
    return message({1: name, 9: value, 20: 8})


def _tensor(name: str, values: Array | list[str]) -> bytes:
    if isinstance(values, list):
        return message({1: len(values), 2: STRING, 6: values, 8: name})
    element, dtype = (DOUBLE, "<f8") if values.dtype.kind == "f" else (INT64, "<i8")
    raw = np.ascontiguousarray(values, dtype).tobytes()
    return message({1: values.shape, 2: element, 8: name, 9: raw})
