"""A result as its JSON object tells it: all that pictures are drawn from, whether it was just made or stored.

Older versions told less. What is missing is nan, empty or None, and a figure that needs it is left out.
"""

import math
from dataclasses import dataclass
from typing import get_args

from wdcli.errors import StoreError
from wdcli.figures.shown_features import ShownFeature, features_of
from wdcli.figures.shown_function import ShownFunction, function_of
from wdcli.figures.values import Json, names, number, numbers, text
from wdcli.fits.record_text import UNREADABLE
from wdcli.names import GroupPenalty, SelectionRule
from wdcli.text import safe

LARGEST = 1e18
"""Losses, norms and counts of what was trained are below this."""
NUMBERS = ("train_loss", "cv_loss", "cv_se", "test_loss", "l2_norm", "sparsity", "smoothness", "nonzero_weights")
"""The numbers of a row, by their names in the JSON."""


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
    """A row of a sweep, by the names of its JSON; ``function`` has the values of each output on the grid.

    ``units`` are those of each hidden layer that are in use.
    """

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
    effective_columns: float
    units: tuple[float, ...]
    layers: tuple[ShownLayer, ...]
    column_norms: tuple[float, ...]
    history: ShownHistory | None
    function: tuple[tuple[float, ...], ...]

    @property
    def effective_units(self) -> float:
        """How many hidden units are in use; nan if that is unknown."""
        return sum(self.units) if self.units else math.nan


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
    hidden: tuple[float, ...]
    function: ShownFunction | None
    features: tuple[ShownFeature, ...]
    heading: tuple[str, ...]
    summary: str

    def __post_init__(self) -> None:
        """Raise ``ValueError`` if the parts don't fit together."""
        ratios = [*([self.l1_ratio] if self.has_chosen else []), *(row.l1_ratio for row in self.rows)]
        several = all(map(_is_ratio, ratios)) and len({ratio is None for ratio in ratios}) <= 1
        if not (
            several
            and all(units >= 1 for units in self.hidden)
            and self.rule in get_args(SelectionRule)
            and len(self.classes) != 1
        ):
            raise ValueError("not a sweep that this program has shown")
        if not all(
            0 <= row.lambd < math.inf and _is_size(row.nonzero_weights) and _fits(row, self) for row in self.rows
        ):
            raise ValueError("not a row that this program has shown")

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
    def by_groups(self) -> bool:
        """Whether the penalty is on groups of weights: columns of the table, hidden units."""
        return self.penalty in get_args(GroupPenalty)

    @property
    def makes_zeros(self) -> bool:
        """Whether some networks have fewer weights than others."""
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
    """A sweep, or a comparison of several (``names`` are the penalties as given); ``summary``: the words below the table."""

    shown: Json
    names: tuple[str, ...]
    sweeps: tuple[ShownSweep, ...]
    pairs: tuple[ShownPair, ...]
    summary: str

    def __post_init__(self) -> None:
        """Raise ``ValueError`` if there is no sweep."""
        if not self.sweeps:
            raise ValueError("no sweep")

    @classmethod
    def read(cls, shown: Json) -> "Shown":
        """Read a JSON object of ``wdcli sweep`` or ``wdcli compare``. Raises ``StoreError`` for any other."""
        try:
            several = shown.get("sweeps")
            sweeps = [_sweep(one) for one in (several if several is not None else [shown])]
            names = [safe(one.get("penalty", "")) for one in several] if several is not None else [sweeps[0].penalty]
            pairs = tuple(_pair(one) for one in shown.get("comparisons", []))
            return cls(shown, tuple(names), tuple(sweeps), pairs, text(shown.get("summary", "")))
        except (*UNREADABLE, OverflowError):
            raise StoreError("the stored result can't be read: give the command again, to store it anew.") from None

    @property
    def compares(self) -> bool:
        """Whether it is a comparison."""
        return "sweeps" in self.shown

    @property
    def heading(self) -> tuple[str, ...]:
        """The lines above the table: what the data are, then each sweep's network and cost."""
        first = self.sweeps[0].heading[:1]
        return first + tuple(line for sweep in self.sweeps for line in sweep.heading[1:])


def _sweep(shown: Json) -> ShownSweep:
    found, data, ratio = shown["selection"], shown["data"], shown["selection"]["l1_ratio"]
    return ShownSweep(
        shown=shown,
        data=safe(data["name"]),
        penalty=safe(shown["config"]["penalty"]),
        rows=tuple(_row(row) for row in shown["rows"]),
        lambda_min=number(found["lambda_min"]),
        chosen=number(found["chosen"]),
        rule=safe(found["rule"]),
        l1_ratio=None if ratio is None else float(ratio),
        constant_loss=number(shown.get("constant_loss")),
        columns=names(shown, "columns"),
        classes=names(shown, "classes"),
        target=safe(shown.get("target", "")),
        hidden=numbers(shown["config"].get("hidden", [])),
        function=function_of(shown["function"]) if shown.get("function") else None,
        features=features_of(shown),
        heading=tuple(map(text, shown.get("heading", ()))),
        summary=text(shown.get("summary", "")),
    )


def _row(row: Json) -> ShownRow:
    return ShownRow(
        lambd=float(row["lambda"]),
        l1_ratio=None if row["l1_ratio"] is None else float(row["l1_ratio"]),
        status=safe(row["status"]),
        verdict=safe(row["verdict"] or ""),
        **{name: number(row[name]) for name in NUMBERS},
        effective_columns=number(row.get("effective_columns")),
        units=numbers(row.get("effective") or [])[1:-1],
        layers=tuple(ShownLayer(number(one["l2_norm"]), number(one["sparsity"])) for one in row.get("layers", [])),
        column_norms=numbers(row.get("column_norms", [])),
        history=history_of(row["history"]) if row.get("history") else None,
        function=tuple(numbers(each) for each in row.get("function") or []),
    )


def history_of(told: Json) -> ShownHistory:
    """The history in a row, or in the result of ``wdcli train``."""
    return ShownHistory(*(numbers(told[name]) for name in ("epochs", "train_loss", "test_loss")))


def _pair(told: Json) -> ShownPair:
    difference, low, high = (number(told[name]) for name in ("difference", "ci_low", "ci_high"))
    return ShownPair(safe(told["a"]), safe(told["b"]), difference, low, high, safe(told["conclusion"]))


def _is_ratio(ratio: float | None) -> bool:
    return ratio is None or 0 <= ratio <= 1


def _is_size(number: float) -> bool:
    return math.isnan(number) or 0 <= number < LARGEST


def _fits(row: ShownRow, sweep: ShownSweep) -> bool:
    """Whether the row has a number for each layer, column, epoch and point of the grid that the sweep has, or none."""
    layers = max(len(each.layers) for each in sweep.rows)
    points = math.prod(axis.points for axis in sweep.function.axes) if sweep.function else 0
    outputs = len(sweep.classes) if len(sweep.classes) > 2 else 1
    history = row.history
    return (
        len(row.layers) in (0, layers)
        and len(row.column_norms) in (0, len(sweep.columns))
        and len(row.units) in (0, len(sweep.hidden))
        and all(map(_is_size, (row.effective_columns, *row.units)))
        and len(row.function) in (0, outputs)
        and all(
            len(values) == points and max(map(abs, values)) < LARGEST and math.isfinite(sum(values))
            for values in row.function
        )
        and (history is None or len(history.epochs) == len(history.train_loss) == len(history.test_loss) > 0)
    )
