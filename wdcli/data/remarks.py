"""Notes on how columns are spelled."""

from typing import NamedTuple

from wdcli.text import listed


class Remark(NamedTuple):
    """Notes on columns, with the columns' names before the text."""

    text: str
    warning: bool = False

    def of(self, names: list[str]) -> str:
        """``x, z: commas are ...``."""
        return f"{'Warning: ' * self.warning}{listed(names)}: {self.text}"


COMMAS = Remark("commas are read as thousands separators, 1,234 as 1234 (if they are decimal commas: --decimal ,)")
DECIMALS = Remark("three digits follow every point, read as decimals (if points separate thousands: --thousands .)")
OTHERWISE = Remark(
    "decimal points in some cells are read as decimal points, although --decimal or --thousands says otherwise",
    warning=True,
)
PERCENT = Remark("percent signs are left out, 79.9 % is read as 79.9")
CURRENCY = Remark("currency signs are left out")
BRACKETS = Remark("amounts in brackets are read as negative, (5) as -5")
