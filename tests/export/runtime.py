"""A saved network as ONNX: checked, run by onnxruntime, and fed with the cells of a CSV file."""

from datetime import datetime

import numpy as np
import onnx
import onnxruntime

from wdcli.data.cells import MISSING

ALONE = onnxruntime.SessionOptions()
ALONE.intra_op_num_threads = 1
EPOCH = datetime(1970, 1, 1)


def session(file):
    """The file's session, once ONNX's checker finds the graph whole, with the types and shapes that it infers."""
    onnx.checker.check_model(file, full_check=True)
    return onnxruntime.InferenceSession(file, ALONE, providers=["CPUExecutionProvider"])


def number(cell):
    """A cell of CSV as a number: 1 and 0 for booleans, days since 1970 for dates, NaN where it is missing."""
    if cell.lower() in MISSING:
        return np.nan
    if cell in ("true", "false"):
        return float(cell == "true")
    try:
        return float(cell)
    except ValueError:
        return (datetime.fromisoformat(cell) - EPOCH).total_seconds() / 86_400


def answers(session, cells):
    """The outputs by name, for the text of each cell, column by column."""
    feeds = {}
    for one in session.get_inputs():
        column = cells[one.name]
        values = np.array(list(map(number, column))) if one.type == "tensor(double)" else np.array(column, dtype=object)
        feeds[one.name] = values[:, None]
    return dict(zip([one.name for one in session.get_outputs()], session.run(None, feeds), strict=True))
