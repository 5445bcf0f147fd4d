"""A result as its JSON object tells it: all that pictures are drawn from, whether it was just made or stored.

Older versions told less. What is missing is nan, empty or None, and a figure that needs it is left out.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wdcli.errors import StoreError
from wdcli.fits.record_text import UNREADABLE
from wdcli.fits.records import NAN
from wdcli.text import safe

Json = Mapping[str, Any]


@dataclass(frozen=True)
class ShownLayer:
    """A layer's weights, by means over seeds; the output layer is the last."""

    l2_norm: float
    sparsity: float


@dataclass(frozen=True)
class ShownHistory:
    """Losses after some of the epochs; 0 is before training."""

    epochs: tuple[float, ...]
    train_loss: tuple[float, ...]
    test_loss: tuple[float, ...]


@dataclass(frozen=True)
class ShownRow:
    """A row of a sweep, by the names of its JSON; ``function`` has the values of each output on the grid."""

    lambd: float
    l1_ratio: float | None
    status: str
    verdict: str
    train_loss: float
    cv_loss: float
    cv_se: float
    test_loss: float
    l2_norm: float
    sparsity: float
    smoothness: float
    nonzero_weights: float
    layers: tuple[ShownLayer, ...]
    column_norms: tuple[float, ...]
    history: ShownHistory | None
    function: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class ShownAxis:
    """A feature's part of the grid."""

    feature: str
    low: float
    high: float
    points: int

    @property
    def values(self) -> tuple[float, ...]:
        """The values of the grid."""
        return tuple(self.low + (self.high - self.low) * i / (self.points - 1) for i in range(self.points))


@dataclass(frozen=True)
class ShownRows:
    """Some rows of the table: their features (features, rows) and target."""

    x: tuple[tuple[float, ...], ...]
    y: tuple[float, ...]


@dataclass(frozen=True)
class ShownFunction:
    """The grid on which a network with one or two features was evaluated, and rows of the table to draw beside it."""

    axes: tuple[ShownAxis, ...]
    train: ShownRows
    test: ShownRows
    n_train: int
    n_test: int
    truth: tuple[float, ...]


@dataclass(frozen=True)
class ShownSweep:
    """A sweep. ``shown`` is the JSON object that it was read from.

    ``lambda_min`` and ``chosen`` are nan if the sweep was interrupted; ``l1_ratio`` is the chosen one of an elastic net.
    """

    shown: Json
    data: str
    penalty: str
    rows: tuple[ShownRow, ...]
    lambda_min: float
    chosen: float
    rule: str
    l1_ratio: float | None
    constant_loss: float
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    target: str
    function: ShownFunction | None

    @property
    def ratios(self) -> tuple[float | None, ...]:
        """The l1_ratios that were swept, in order; only None except for an elastic net."""
        return tuple(dict.fromkeys(row.l1_ratio for row in self.rows))

    def rows_of(self, l1_ratio: float | None) -> tuple[ShownRow, ...]:
        """The rows of one l1_ratio, ascending in lambda."""
        return tuple(row for row in self.rows if row.l1_ratio == l1_ratio)

    @property
    def curve(self) -> tuple[ShownRow, ...]:
        """The rows of the chosen l1_ratio; of the first one while none is chosen."""
        return self.rows_of(self.l1_ratio if self.l1_ratio in self.ratios else self.ratios[0]) if self.rows else ()

    def row(self, lambd: float) -> ShownRow | None:
        """The row of the curve with this lambda, if any."""
        return next((row for row in self.curve if row.lambd == lambd), None)

    @property
    def has_chosen(self) -> bool:
        """Whether the sweep came to its choice."""
        return not math.isnan(self.chosen)

    @property
    def partial(self) -> bool:
        """Whether the sweep was interrupted."""
        return "partial" in self.shown

    @property
    def makes_zeros(self) -> bool:
        """Whether some network has fewer weights than another."""
        return len({row.nonzero_weights for row in self.rows if not math.isnan(row.nonzero_weights)}) > 1


@dataclass(frozen=True)
class ShownPair:
    """Two penalties at their chosen lambdas: the difference of their CV losses, a's minus b's, and what it shows."""

    a: str
    b: str
    difference: float
    low: float
    high: float
    conclusion: str


@dataclass(frozen=True)
class Shown:
    """A sweep, or a comparison of several (``names`` are the penalties as given)."""

    shown: Json
    names: tuple[str, ...]
    sweeps: tuple[ShownSweep, ...]
    pairs: tuple[ShownPair, ...]

    @classmethod
    def read(cls, shown: Json) -> "Shown":
        """Read a JSON object of ``wdcli sweep`` or ``wdcli compare``. Raises ``StoreError`` for any other."""
        try:
            several = shown.get("sweeps")
            sweeps = [_sweep(one) for one in (several if several is not None else [shown])]
            names = [safe(one.get("penalty", "")) for one in several] if several is not None else [sweeps[0].penalty]
            return cls(shown, tuple(names), tuple(sweeps), tuple(_pair(one) for one in shown.get("comparisons", [])))
        except UNREADABLE:
            raise StoreError("the stored result can't be read: give the command again, to store it anew.") from None

    @property
    def compares(self) -> bool:
        """Whether it is a comparison."""
        return "sweeps" in self.shown

    @property
    def heading(self) -> tuple[str, ...]:
        """The lines above the table: what the data are, then each sweep's network and cost."""
        each = [tuple(sweep.shown.get("heading", ())) for sweep in self.sweeps]
        return each[0][:1] + tuple(line for heading in each for line in heading[1:])

    @property
    def summary(self) -> str:
        """The words below the table."""
        return str(self.shown.get("summary", ""))


def _sweep(shown: Json) -> ShownSweep:
    found, data, ratio = shown["selection"], shown["data"], shown["selection"]["l1_ratio"]
    return ShownSweep(
        shown=shown,
        data=safe(data["name"]),
        penalty=safe(shown["config"]["penalty"]),
        rows=tuple(_row(row) for row in shown["rows"]),
        lambda_min=_number(found["lambda_min"]),
        chosen=_number(found["chosen"]),
        rule=safe(found["rule"]),
        l1_ratio=None if ratio is None else float(ratio),
        constant_loss=_number(shown.get("constant_loss")),
        columns=_names(shown, "columns"),
        classes=_names(shown, "classes"),
        target=safe(shown.get("target", "")),
        function=_function(shown["function"]) if shown.get("function") else None,
    )


def _row(row: Json) -> ShownRow:
    numbers = ("train_loss", "cv_loss", "cv_se", "test_loss", "l2_norm", "sparsity", "smoothness", "nonzero_weights")
    return ShownRow(
        lambd=float(row["lambda"]),
        l1_ratio=row["l1_ratio"],
        status=safe(row["status"]),
        verdict=safe(row["verdict"] or ""),
        **{name: _number(row[name]) for name in numbers},
        layers=tuple(ShownLayer(_number(one["l2_norm"]), _number(one["sparsity"])) for one in row.get("layers", [])),
        column_norms=_numbers(row.get("column_norms", [])),
        history=history_of(row["history"]) if row.get("history") else None,
        function=tuple(_numbers(each) for each in row.get("function") or []),
    )


def history_of(told: Json) -> ShownHistory:
    """The history in a row, or in the result of ``wdcli train``."""
    return ShownHistory(*(_numbers(told[name]) for name in ("epochs", "train_loss", "test_loss")))


def _function(told: Json) -> ShownFunction:
    axes = tuple(ShownAxis(safe(one["feature"]), float(one["low"]), float(one["high"]), int(one["points"]))
                 for one in told["axes"])  # fmt: skip
    train, test = (_rows(told[name]) for name in ("train", "test"))
    return ShownFunction(axes, train, test, int(told["n_train"]), int(told["n_test"]), _numbers(told["truth"] or []))


def _rows(told: Json) -> ShownRows:
    return ShownRows(tuple(_numbers(each) for each in told["x"]), _numbers(told["y"]))


def _pair(told: Json) -> ShownPair:
    difference, low, high = (_number(told[name]) for name in ("difference", "ci_low", "ci_high"))
    return ShownPair(safe(told["a"]), safe(told["b"]), difference, low, high, safe(told["conclusion"]))


def _names(told: Json, key: str) -> tuple[str, ...]:
    return tuple(safe(name) for name in told.get(key, ()))


def _numbers(values: Any) -> tuple[float, ...]:
    return tuple(_number(value) for value in values)


def _number(value: Any) -> float:
    """A number of the JSON; nan for null."""
    return NAN if value is None else float(value)
