"""What the text of an option may be: each converts, or says what was given, what is wrong, and what to write."""

import math
import re
from typing import Any, get_args

import click

from wdcli.cli.meant import meant
from wdcli.errors import ConfigError
from wdcli.names import DecayName, PenaltyName

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
MAX_POINTS = 10_000
"""The most lambdas in one sweep."""
LAST = 0
"""Stands for the number of the last run."""
MAX_SHARES = 100
"""The most values of --l1-ratio."""


def parse_number(text: str) -> float | None:
    """A finite decimal number in plain ASCII, or None: not nan, inf, 1e400, 1_0 or 0x10. -0 is 0."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value + 0.0 if math.isfinite(value) else None


class Number(click.ParamType[Any]):
    """A finite number from ``low`` to ``high``; ``open_low`` and ``open_high`` leave the bounds themselves out."""

    name = "number"

    def __init__(
        self, low: float = -math.inf, high: float = math.inf, open_low: bool = False, open_high: bool = False
    ) -> None:
        self.low, self.high, self.open_low, self.open_high = low, high, open_low, open_high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Text to float."""
        number = parse_number(str(value))
        if number is None:
            self.fail(f"{value!r} is not a finite number; {self._wanted()}.", param, ctx)
        too_low = number < self.low or (self.open_low and number == self.low)
        too_high = number > self.high or (self.open_high and number == self.high)
        if too_low or too_high:
            self.fail(f"{value} is out of range; {self._wanted()}.", param, ctx)
        return number

    def _wanted(self) -> str:
        parts = []
        if self.low > -math.inf:
            parts.append(f"more than {self.low:g}" if self.open_low else f"at least {self.low:g}")
        if self.high < math.inf:
            parts.append(f"less than {self.high:g}" if self.open_high else f"at most {self.high:g}")
        return f"give a number of {' and '.join(parts)}" if parts else "give a number such as 0.1 or 1e-3"


class Whole(click.ParamType[Any]):
    """A whole number from ``low`` to ``high``, in plain digits."""

    name = "integer"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Text to int."""
        text = str(value).strip()
        wanted = f"give a whole number from {self.low:,} to {self.high:,}"
        if isinstance(value, bool) or not _WHOLE.fullmatch(text):
            self.fail(f"{value!r} is not a whole number; {wanted}.", param, ctx)
        if len(text) > 30 or not self.low <= int(text) <= self.high:
            self.fail(f"{text[:30]} is out of range; {wanted}.", param, ctx)
        return int(text)


class RunNumber(Whole):
    """The number of a stored run, or ``last``: converts to the number, ``LAST`` for the last."""

    name = "run"

    def __init__(self) -> None:
        super().__init__(1, 2**62)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Text to a number."""
        if value == LAST or str(value).strip().lower() == "last":
            return LAST
        if not _WHOLE.fullmatch(str(value).strip()):
            self.fail(
                f"{value!r} is neither a whole number nor 'last': 'wdcli runs list' shows the numbers of runs.",
                param,
                ctx,
            )
        return super().convert(value, param, ctx)


class Size(click.ParamType[Any]):
    """Bytes of memory: ``500M``, ``2G``, ``1.5GiB``; a kilobyte is 1024. Converts to a number of bytes."""

    name = "size"
    smallest, largest = 16 << 20, 1 << 50

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Text to bytes."""
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        match = re.fullmatch(
            r"(\d{1,9}(?:\.\d{1,9})?)\s*([KMGT])(?:i?B)?", str(value).strip(), re.ASCII | re.IGNORECASE
        )
        if not match:
            self.fail(f"{value!r}: give a size such as 500M or 2G.", param, ctx)
        found = int(float(match[1]) * 1024 ** (1 + "KMGT".index(match[2].upper())))
        if not self.smallest <= found <= self.largest:
            self.fail(f"{value} is out of range; give a size from 16M to 1024T.", param, ctx)
        return found


class Cluster(click.ParamType[Any]):
    """Where a cluster is: ``local:4``, or the address of a Dask scheduler."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The same text, if it is an address."""
        from wdcli.fits.executors.address import checked

        try:
            return checked(str(value))
        except ConfigError as error:
            self.fail(str(error), param, ctx)


class Hidden(click.ParamType[Any]):
    """Units of each hidden layer: ``64,64``, or ``none`` for a linear model."""

    name = "units"
    most_layers = 100

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        """Text to a tuple of units."""
        if isinstance(value, tuple):
            return value
        if str(value).strip().lower() == "none":
            return ()
        parts = [part.strip() for part in str(value).split(",")]
        if not all(_WHOLE.fullmatch(part) and len(part) < 19 and int(part) > 0 for part in parts):
            self.fail(f"{value!r}: give the units of each hidden layer, such as 64,64, or 'none'.", param, ctx)
        if len(parts) > self.most_layers:
            self.fail(f"{len(parts)} hidden layers are more than {self.most_layers}.", param, ctx)
        return tuple(int(part) for part in parts)


class Lambdas(click.ParamType[Any]):
    """``auto``, a log-spaced range ``LO:HI:COUNT``, or values ``a,b,c``. Converts to None or a tuple, as given."""

    name = "lambdas"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...] | None:
        """Text to values; None for auto."""
        if isinstance(value, tuple):
            return value
        text = str(value).strip()
        if text.lower() == "auto":
            return None
        return self._range(text, param, ctx) if ":" in text else self._values(text, param, ctx)

    def _range(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        parts = [part.strip() for part in text.split(":")]
        low, high = (parse_number(part) for part in (*parts, "", "")[:2])
        if len(parts) != 3 or low is None or high is None or not _WHOLE.fullmatch(parts[2]):
            self.fail(f"{text!r}: write a range as LO:HI:COUNT, such as 1e-3:100:20.", param, ctx)
        if not 0 < low < high:
            self.fail(f"{text!r}: a log-spaced range goes from a number above 0 up to a larger one.", param, ctx)
        if not 2 <= int(parts[2][:9]) <= MAX_POINTS or len(parts[2]) > 9:
            self.fail(f"{text!r}: COUNT is from 2 to {MAX_POINTS:,}.", param, ctx)
        n = int(parts[2])
        start, width = math.log(low), math.log(high) - math.log(low)
        middle = (math.exp(start + width * i / (n - 1)) for i in range(1, n - 1))
        return (low, *(float(f"{x:.6g}") for x in middle), high)

    def _values(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        values = [parse_number(part) for part in text.split(",")]
        good = tuple(value for value in values if value is not None and value >= 0)
        if len(good) < len(values):
            self.fail(
                f"{text!r}: give 'auto', a range LO:HI:COUNT, or values of at least 0 such as 0,0.1,1.", param, ctx
            )
        if len(good) > MAX_POINTS:
            self.fail(f"{len(good):,} values are more than {MAX_POINTS:,}.", param, ctx)
        return good


class Shares(click.ParamType[Any]):
    """Numbers from 0 to 1: ``0.5``, or ``0.1,0.5,0.9``. Converts to a tuple, as given."""

    name = "numbers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, ...]:
        """Text to values."""
        if isinstance(value, tuple):
            return value
        values = [parse_number(part) for part in str(value).split(",")]
        good = tuple(value for value in values if value is not None and 0 <= value <= 1)
        if len(good) < len(values):
            self.fail(f"{str(value)!r}: give a number from 0 to 1, or several such as 0.1,0.5,0.9.", param, ctx)
        if len(good) > MAX_SHARES:
            self.fail(f"{len(good)} values are more than {MAX_SHARES}.", param, ctx)
        return good


class Layers(click.ParamType[Any]):
    """Layers by number from 1: ``all``, ``1-7``, ``1,3``. Converts to None or a tuple."""

    name = "layers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...] | None:
        """Text to layer numbers; None for all."""
        if isinstance(value, tuple):
            return value
        text = str(value).strip().lower()
        if text == "all":
            return None
        found: set[int] = set()
        for part in text.split(","):
            match = re.fullmatch(r"\s*(\d{1,4})\s*(?:-\s*(\d{1,4})\s*)?", part, re.ASCII)
            first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
            if not 1 <= first <= last:
                self.fail(f"{value!r}: name layers from 1, such as 1-7 or 1,3, or 'all'.", param, ctx)
            found |= set(range(first, last + 1))
        return tuple(sorted(found))


class Rows(Whole):
    """Some rows, or a ``word`` for all of them: converts to the number, 0 for all."""

    name = "rows"

    def __init__(self, word: str, low: int = 1) -> None:
        super().__init__(low, 10**9)
        self.word = word

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Text to rows; 0 for all."""
        if str(value).strip().lower() == self.word or (
            isinstance(value, int) and value == 0 and not isinstance(value, bool)
        ):
            return 0
        return super().convert(value, param, ctx)


class Penalty(click.ParamType[Any]):
    """A penalty, or one with its decay: ``l2``, ``l2:decoupled``. Converts to (name, decay or None)."""

    name = "penalty"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str | None]:
        """Text to a penalty and a decay."""
        if isinstance(value, tuple):
            return value
        name, colon, decay = str(value).strip().lower().partition(":")
        penalties, decays = get_args(PenaltyName), get_args(DecayName)
        if name not in penalties:
            self.fail(
                f"{value!r} is not a penalty.{meant(name, penalties)} Choose from {', '.join(penalties)}.", param, ctx
            )
        if colon and decay not in decays:
            self.fail(
                f"{value!r}: after the colon, write one of {', '.join(decays)}.{meant(decay, decays)}", param, ctx
            )
        return name, decay or None
