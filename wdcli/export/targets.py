"""Every tool that a saved network can be written for."""

from collections.abc import Callable
from typing import TypeAlias

from wdcli.export import keras, onnx, pytorch, sklearn
from wdcli.export.exported import Exported
from wdcli.models import Model
from wdcli.names import ExportTool

Export: TypeAlias = Callable[[Model, str], Exported]
"""A model and the stem of its files -> the files."""
TARGETS: dict[ExportTool, Export] = {
    "onnx": onnx.exported, "sklearn": sklearn.exported, "pytorch": pytorch.exported, "keras": keras.exported,
}  # fmt: skip
