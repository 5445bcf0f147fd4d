"""What the digits of whole numbers say beyond their value: codes with leading zeros, and more digits than a float64 holds."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

EXACT = 2**53
"""Below it a float64 holds every whole number, and each is the float64 of no other."""
DIGITS = 17
"""So many digits tell any two float64 apart."""
PADDED = r"^\s*0\d{2,}\s*$"
"""A whole number of three digits or more that begins with 0, as in 02139 or 007. Two digits are left to be numbers: months,
days, hours and minutes (00 to 59) are written so, and their order means something."""


def first_code(cells: "pl.Series") -> int | None:
    """The row of the first cell that makes a column one of codes, such as postcodes, or None if there is none.

    Codes are padded with zeros to a length: amounts aren't. They have no sign, point or exponent, so one number that has
    makes it a column of numbers.
    """
    padded = cells.str.contains(PADDED)
    if not padded.any() or _amounts(cells.str.strip_chars()):
        return None
    return int(padded.arg_true()[0])


def _amounts(cells: "pl.Series") -> bool:
    import polars as pl

    return bool((cells.cast(pl.Float64, strict=False).is_finite() & ~cells.str.contains(r"^\d+$")).any())


def first_rounded(cells: "pl.Series", numbers: "pl.Series") -> int | None:
    """The row of the first cell that lost digits when its column became ``numbers`` (float64), or None.

    A whole number has lost some if its float64 is another one; decimals have if two that differ became one.
    """
    rounded = _rounded(cells, numbers)
    return _merged(cells, numbers) if rounded is None else rounded


def _rounded(cells: "pl.Series", numbers: "pl.Series") -> int | None:
    large = numbers.is_finite() & ~numbers.is_between(-EXACT, EXACT, closed="none")
    if not large.any():
        return None
    whole = cells.set(~(large & cells.str.contains(r"^[+-]?\d+$")), None)
    for cell in whole.drop_nulls().unique(maintain_order=True):
        # Without its zeros: Python converts at most 4,300 digits.
        if int(cell.lstrip("+-0")) != abs(int(float(cell))):
            return int((whole == cell).arg_true()[0])
    return None


def _merged(cells: "pl.Series", numbers: "pl.Series") -> int | None:
    import polars as pl

    rows = (cells.str.len_bytes() > DIGITS + 2).arg_true()
    if not len(rows):
        return None
    spelled = cells[rows].str.replace(r"(\.\d*?)0+$", "${1}")
    if spelled.n_unique() <= numbers[rows].n_unique():
        return None
    long = pl.DataFrame({"row": rows, "cell": spelled, "number": numbers[rows]})
    return int(long.filter(pl.col("cell").n_unique().over("number") > 1)["row"][0])
