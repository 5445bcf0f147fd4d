"""Columns of frames and of arrays of objects."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from wdcli.data.frames import frame_columns
from wdcli.errors import DataError

DAY = datetime.date(2020, 1, 1)
DAYS = float((DAY - datetime.date(1970, 1, 1)).days)


@pytest.mark.parametrize(
    "cells, kind, read",
    [
        (np.array([1, 2]), "number", [1.0, 2.0]),
        (np.array([True, False]), "boolean", [1.0, 0.0]),
        ([1, 2.5, None], "number", [1.0, 2.5, None]),
        ([np.int64(1), 2.5], "number", [1.0, 2.5]),
        ([Decimal("0.5"), Decimal(2)], "number", [0.5, 2.0]),
        ([True, pd.NA], "boolean", [1.0, None]),
        (["b", "a", np.nan], "text", ["b", "a", None]),
        (["b", 1, None], "text", ["b", "1", None]),
        (["1", "2"], "text", ["1", "2"]),
        ([DAY, None], "date", [DAYS, None]),
        ([pd.Timestamp(DAY), pd.NaT], "date", [DAYS, None]),
        (pd.array([1, None], dtype="Int64"), "number", [1.0, None]),
        (pd.Categorical([10, 20]), "text", ["10", "20"]),
        (pd.to_datetime([DAY, None]), "date", [DAYS, None]),
        (pd.to_datetime([DAY, None]).as_unit("ns"), "date", [DAYS, None]),
        (pd.to_datetime([DAY, None]).as_unit("s"), "date", [DAYS, None]),
    ],
)
def test_a_column_has_the_kind_of_its_cells(cells, kind, read):
    (column,) = frame_columns(pd.DataFrame({"x": cells}), "X")
    assert (column.kind, column.cells) == (kind, read)
    if isinstance(cells, list):
        (column,) = frame_columns(np.array([[cell] for cell in cells], dtype=object), "X")
        assert (column.name, column.kind, column.cells) == ("x0", kind, read)


@pytest.mark.parametrize(
    "frame, said",
    [
        (pd.DataFrame({"x": [1.0, np.inf]}), "'X', row 2, column 'x': the value is infinite"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "more than one column named 'a'"),
        (pd.DataFrame({"x": [object(), object()]}), "column 'x': cells of type Object"),
        (pd.DataFrame({"x": []}), "no rows"),
    ],
)
def test_a_frame_that_cannot_be_read_is_refused(frame, said):
    with pytest.raises(DataError, match=said):
        frame_columns(frame, "X")
