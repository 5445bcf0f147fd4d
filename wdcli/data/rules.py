"""How one column becomes columns of the matrix: what is learned of its training rows, and applied to any rows.

Numbers, booleans and dates: missing cells get the mean, and a column of their own says where; then (x - mean) / scale with
the (1/n) standard deviation (scikit-learn's ``SimpleImputer`` and ``StandardScaler``). Text: one-hot over the categories that
stand in at least two training rows; the others share the column "other", and so do categories never seen
(``OneHotEncoder(min_frequency=2, handle_unknown="infrequent_if_exist")``): how a network treats an unknown category is
learned from the rare ones. If more categories than a limit would have a column, only the most frequent ones do; ties go as
in ``OneHotEncoder(max_categories)``. Missing text has a column of its own. One-hot and missing columns are 0 or 1, not
rescaled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Column, Kind, respelled
from wdcli.data.plain import are_names, is_flag, is_number, is_text, object_of, one_of, or_null

RARE = 2
"""A category in fewer training rows than this shares the column "other"."""
MOST_CATEGORIES = 50
"""So many categories of a column have their own columns, unless another limit is given."""
RARE_TEXT = 1 << 20
"""The names of a table's rare categories are not kept if they are longer in total: a model should not hold free text."""
FAR = 10
"""New numbers more than so many standard deviations from the training mean are unlike all that training saw."""
SMALLEST = 4 * float(np.finfo(np.float64).tiny)
"""A deviation below this counts as 0."""


@dataclass(frozen=True)
class Unseen:
    """Cells of new rows like none in training: missing ones (``categories`` is empty), or ones of unknown categories.

    ``counts_as`` is what the network takes them for: "'other'", "the mean", or None where the column's one-hot columns are
    all 0. Where ``certain`` is False, the rule has forgotten the rare categories' names, and these may be among them.
    """

    column: str
    cells: int
    counts_as: str | None
    categories: tuple[str, ...] = ()
    certain: bool = True


class Far(NamedTuple):
    """So many cells of a column of new rows lie more than ``FAR`` standard deviations from the ``mean`` of training."""

    column: Column
    cells: int
    farthest: float
    mean: float


@dataclass(frozen=True)
class NumberRule:
    """``(x - mean) / scale``, ``fill`` for a missing x; no value column if ``scale`` is None; a flag if ``missing``.

    ``sign`` is the currency or percent sign that the cells had, "" if none, None where it wasn't kept.
    """

    column: str
    kind: Kind
    fill: float
    mean: float
    scale: float | None
    missing: bool
    sign: str | None = None

    @property
    def names(self) -> list[str]:
        """What the matrix's columns are called."""
        return [self.column] * (self.scale is not None) + [f"{self.column}=missing"] * self.missing

    def apply(self, column: Column) -> list[Array]:
        """The matrix's columns, float64."""
        made = []
        if self.scale is not None:
            filled = np.where(column.missing, self.fill, column.values)
            made.append(standardised(filled, self.mean, self.scale))
        return made + [column.missing.astype(np.float64)] * self.missing

    def unseen(self, column: Column) -> list[Unseen]:
        """The missing cells, if training had none."""
        holes = 0 if self.missing else int(column.missing.sum())
        return [Unseen(self.column, holes, "the mean")] if holes else []

    def far(self, column: Column) -> Far | None:
        """The numbers that lie far from the training numbers; None if none do, or if they weren't standardised."""
        if self.scale is None or self.kind == "boolean" or (self.mean, self.scale) == (0, 1):
            return None
        apart = np.abs(standardised(column.values, self.mean, self.scale))
        cells = int((apart > FAR).sum())
        return Far(column, cells, float(column.values[np.nanargmax(apart)]), self.mean) if cells else None


@dataclass(frozen=True)
class TextRule:
    """One column a category; ``other`` for rare and unseen ones, ``missing`` for empty cells.

    ``rare`` are the names of those that training saw and that have no column, None where they weren't kept.
    """

    column: str
    categories: tuple[str, ...]
    other: bool
    missing: bool
    kind: Kind = "text"
    rare: tuple[str, ...] | None = None

    @property
    def names(self) -> list[str]:
        """What the matrix's columns are called."""
        extra = ["other"] * self.other + ["missing"] * self.missing
        return [f"{self.column}={value}" for value in (*self.categories, *extra)]

    @property
    def known(self) -> frozenset[str]:
        """The categories that training saw, as far as their names were kept."""
        return frozenset((*self.categories, *(self.rare or ())))

    def apply(self, column: Column) -> list[Array]:
        """The matrix's columns, float64."""
        column = respelled(column, self.known)
        place = {category: i for i, category in enumerate(column.categories)}
        codes = [place.get(category, -2) for category in self.categories]
        made = [column.values == code for code in codes]
        if self.other:
            made.append(~np.isin(column.values, [*codes, -1] if self.missing else codes))
        if self.missing:
            made.append(column.missing)
        return [one.astype(np.float64) for one in made]

    def unseen(self, column: Column) -> list[Unseen]:
        """The cells of unknown categories, and the missing ones if training had none."""
        column, counts_as = respelled(column, self.known), "'other'" if self.other else None
        rows = rows_of(column).tolist()
        unknown = {c: n for c, n in zip(column.categories, rows, strict=True) if n and c not in self.known}
        certain = self.rare is not None or not self.other
        holes = 0 if self.missing else int(column.missing.sum())
        found = [Unseen(self.column, sum(unknown.values()), counts_as, tuple(unknown), certain)] if unknown else []
        return found + ([Unseen(self.column, holes, counts_as)] if holes else [])


Rule: TypeAlias = NumberRule | TextRule


def fit_rule(column: Column, scale: bool, most: int = MOST_CATEGORIES, weights: Array | None = None) -> Rule | str:
    """The rule for a column of training rows, or why it is left out; at most ``most`` categories have columns.

    A row of weight 2, of ``weights`` (rows,), counts as two rows; None: each as one.
    """
    return _text_rule(column, most, weights) if column.kind == "text" else _number_rule(column, scale, weights)


def remembered(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules, without the rare categories' names where these are longer than ``RARE_TEXT`` together."""
    rare = [name for rule in rules if isinstance(rule, TextRule) for name in rule.rare or ()]
    if sum(map(len, rare)) <= RARE_TEXT:
        return tuple(rules)
    return tuple(replace(rule, rare=None) if isinstance(rule, TextRule) else rule for rule in rules)


def _number_rule(column: Column, scale: bool, weights: Array | None) -> NumberRule | str:
    missing = column.missing
    given = column.values[~missing]
    if not len(given):
        return "no values in the training rows"
    flag = bool(missing.any())
    fill, _ = mean_and_scale(given, None if weights is None else weights[~missing])
    if _constant(given):
        return NumberRule(column.name, column.kind, fill, fill, None, True, column.sign) if flag else "constant"
    mean, spread = mean_and_scale(np.where(missing, fill, column.values), weights)
    if not scale or spread == 0:
        mean, spread = 0.0, 1.0
    return NumberRule(column.name, column.kind, fill, mean, spread, flag, column.sign)


def _constant(values: Array) -> bool:
    """Whether the values are all alike but for rounding, by scikit-learn's rule for ``StandardScaler``."""
    shares = values / max(float(np.abs(values).max()), np.finfo(float).tiny)
    variance, slack = float(shares.var()), len(values) * np.finfo(float).eps
    return bool(variance <= slack * variance + (slack * float(shares.mean())) ** 2)


def _text_rule(column: Column, most: int, weights: Array | None) -> TextRule | str:
    rows, lines = rows_of(column, weights), rows_of(column)
    flag = bool(column.missing.any())
    if not rows.any():
        return "no values in the training rows"
    # Weights may be below 1: a category of several lines isn't rare, nor is a line that counts for several rows.
    common = np.flatnonzero(np.maximum(rows, lines) >= RARE)
    # In a stable order by frequency, of which scikit-learn takes the end.
    kept = np.sort(common[np.argsort(rows[common], kind="stable")[-most:]])
    others = np.setdiff1d(np.flatnonzero(rows), kept)
    if not len(common) and not flag:
        return "different in every row (an identifier?)"
    if len(kept) + bool(len(others)) + flag < 2:
        return "constant"
    categories, rare = (tuple(column.categories[code] for code in codes) for codes in (kept, others))
    return TextRule(column.name, categories, bool(rare), flag, rare=rare)


def rows_of(column: Column, weights: Array | None = None) -> Array:
    """How many rows each category of a text column has, or the sum of their ``weights`` (rows,): (categories,)."""
    there = column.values >= 0
    counted = None if weights is None else weights[there]
    return np.bincount(column.values[there], counted, minlength=len(column.categories))


def mean_and_scale(values: Array, weights: Array | None = None) -> tuple[float, float]:
    """Mean and (1/n) standard deviation, taken of values / max|value| so that numbers near 1e300 don't overflow.

    With ``weights`` (rows,), sum w x / sum w and the root of sum w (x - mean)^2 / sum w. A deviation that isn't a normal
    number, as of values near 1e-310, is 0: nothing can be divided by it.
    """
    peak = float(np.abs(values).max(initial=0.0))
    if peak == 0:
        return 0.0, 0.0
    shares = values / peak
    mean, scale = (shares.mean(), shares.std()) if weights is None else _moments(shares, weights)
    scale = float(scale) * peak
    return float(mean) * peak, scale if scale >= SMALLEST else 0.0


def _moments(values: Array, weights: Array) -> tuple[float, float]:
    """The weighted mean and standard deviation."""
    mean = np.average(values, weights=weights)
    return float(mean), float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))


def standardised(values: Array, mean: Array | float, scale: Array | float) -> Array:
    """(values - mean) / scale; halves are subtracted, since the difference of two numbers near 1e308 overflows.

    Infinite for a value too far off.
    """
    with np.errstate(over="ignore"):
        return np.asarray((values / 2 - mean / 2) / (scale / 2))


# --- from a file ---------------------------------------------------------------------------------------------------


def is_scale(value: object) -> bool:
    """A number that can be divided by."""
    return is_number(value) and value >= SMALLEST  # type: ignore[operator]


NUMBER_PARTS = {
    "column": is_text, "kind": one_of("number", "boolean", "date"), "fill": is_number, "mean": is_number,
    "scale": or_null(is_scale), "missing": is_flag, "sign": or_null(is_text),
}  # fmt: skip
TEXT_PARTS = {
    "column": is_text, "kind": one_of("text"), "categories": are_names, "other": is_flag, "missing": is_flag,
    "rare": or_null(are_names),
}  # fmt: skip


def rule_from_json(plain: Mapping[str, Any]) -> Rule:
    """The rule of which ``asdict`` made plain data; raises ``ValueError`` for anything else."""
    # Older models lack the signs and the rare categories' names.
    if isinstance(plain, dict) and object_of(NUMBER_PARTS)(number := {"sign": None, **plain}):
        numbers = {name: float(plain[name]) for name in ("fill", "mean")}
        scale = None if plain["scale"] is None else float(plain["scale"])
        return NumberRule(**{**number, **numbers, "scale": scale})
    if isinstance(plain, dict) and object_of(TEXT_PARTS)(plain := {"rare": None, **plain}):
        rare = None if plain["rare"] is None else tuple(plain["rare"])
        return TextRule(**{**plain, "categories": tuple(plain["categories"]), "rare": rare})
    raise ValueError("a column's rule is damaged")
