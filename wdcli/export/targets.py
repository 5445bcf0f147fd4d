"""Every tool that a saved network can be written for."""

from collections.abc import Callable
from typing import TypeAlias

from wdcli.export import keras, onnx, pytorch, sklearn
from wdcli.models import Model
from wdcli.names import ExportTool

Files: TypeAlias = Callable[[Model, str], dict[str, bytes]]
"""A model and the stem of its files -> each file's bytes by its ending, the one that names the others first."""
TARGETS: dict[ExportTool, Files] = {
    "onnx": onnx.files, "sklearn": sklearn.files, "pytorch": pytorch.files, "keras": keras.files,
}  # fmt: skip
