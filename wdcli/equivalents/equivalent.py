"""A line of ``wdcli convert``."""

from typing import NamedTuple


class Equivalent(NamedTuple):
    """What to write in a tool for the same penalty; ``values`` is empty where the tool has none."""

    tool: str
    values: dict[str, float]
    remark: str
