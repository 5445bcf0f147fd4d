"""Predictions as lines of CSV and of JSON, batch after batch: a column at once, for there may be millions of rows."""

import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wdcli.report.serial import csv_cell, to_json
from wdcli.text import escaped

PLAIN = re.compile(r"""[^=+\-@\t\r\n",][^\t\r\n",]*""")
"""Text that CSV holds as it is."""
Cells = Mapping[str, Sequence[Any]]


class CsvLines:
    """Lines of CSV: those of the first batch begin with the header."""

    def __init__(self) -> None:
        self._begun = False

    def of(self, cells: Cells) -> str:
        """The lines of the next batch."""
        header = "" if self._begun else _row(list(cells))
        self._begun = True
        columns = [_written(values, _in_csv, "") for values in cells.values()]
        return header + "\n".join(map(",".join, zip(*columns, strict=True))) + "\n"


class JsonText:
    """One JSON object, in parts: ``head``, then the predictions, then what is known after the last one."""

    def __init__(self, head: Mapping[str, Any]) -> None:
        self._next = to_json({**head, "predictions": []}).removesuffix("]\n}") + "\n    "

    def of(self, cells: Cells) -> str:
        """The part of the next batch."""
        pairs = ",".join(f"\n      {_in_json(name).replace('%', '%%')}: %s" for name in cells)
        columns = [_written(values, _in_json, "null") for values in cells.values()]
        rows = ",\n    ".join(map(f"{{{pairs}\n    }}".__mod__, zip(*columns, strict=True)))
        start, self._next = self._next, ",\n    "
        return start + rows

    def end(self, tail: Mapping[str, Any]) -> str:
        """The last part."""
        return f"\n  ],{to_json(tail)[1:]}"


def _written(values: Sequence[Any], one: Callable[[Any], str], nothing: str) -> list[str]:
    """The values as ``one`` writes each, and ``nothing`` for a number that isn't finite."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return list(map(str, values))
    if kinds == {float}:
        return [repr(value) if math.isfinite(value) else nothing for value in values]
    known = {value: one(value) for value in dict.fromkeys(values)}
    return [known[value] for value in values]


def _in_csv(value: Any) -> str:
    if isinstance(value, str) and PLAIN.fullmatch(value):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    # With a second cell: an empty one alone would be quoted.
    return _row([value, ""])[:-2]


def _row(values: Sequence[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(map(csv_cell, values))
    return line.getvalue()


def _in_json(value: Any) -> str:
    return escaped(json.dumps(value, ensure_ascii=False))
