"""What an encoding makes of a table's columns, in words, before anything is trained."""

import shlex
from collections.abc import Sequence

import numpy as np

from wdcli.array import Array
from wdcli.data import identifiers
from wdcli.data.dataset import Column
from wdcli.data.encoding import Encoding
from wdcli.data.rules import RARE, Rule, TextRule, rows_of
from wdcli.text import count, listed, safe

WIDER = 5
"""A warning tells of an encoded table more than so many times as wide as the file."""
COMMON = 0.5
"""Where the categories with a column of their own cover a smaller share of the rows, the text says little."""
SPELLING = "--missing, --decimal, --thousands, --date-format"
NOUNS = {"number": ("number", "numbers"), "boolean": ("boolean", "booleans"), "date": ("date", "dates")}


def notes(encoding: Encoding, columns: Sequence[Column], rows: Array) -> list[str]:
    """What became of the columns, those that are left out or capped, and a warning of a table that became very wide."""
    return [
        _sums(encoding, columns),
        *left_out(encoding),
        *identifiers.notes(columns, rows),
        *_capped(encoding, columns, rows),
        *_wide(encoding, columns),
    ]


def left_out(encoding: Encoding) -> list[str]:
    """A line for each reason why columns are left out."""
    reasons: dict[str, list[str]] = {}
    for name, reason in encoding.dropped:
        reasons.setdefault(reason, []).append(name)
    return [
        f"{count(len(columns), 'column')} left out, {reason}: {listed(columns)}" for reason, columns in reasons.items()
    ]


def _sums(encoding: Encoding, columns: Sequence[Column]) -> str:
    """``12 columns became 37 features: 9 numbers, 2 dates, 1 text of 26 categories``."""
    kinds = [rule.kind for rule in encoding.rules]
    parts = [count(kinds.count(kind), *NOUNS[kind]) for kind in NOUNS if kind in kinds]
    texts = [rule for rule in encoding.rules if isinstance(rule, TextRule)]
    if texts:
        categories = sum(map(_categories, texts))
        parts.append(f"{count(len(texts), 'text', 'texts')} of {count(categories, 'category', 'categories')}")
    flags = sum(rule.missing for rule in encoding.rules)
    parts += [f"{count(flags, 'mark')} of missing cells"] if flags else []
    features = count(len(encoding.feature_names), "feature")
    return f"{count(len(columns), 'column')} became {features}: {', '.join(parts)}"


def _categories(rule: TextRule) -> int:
    """How many of a text's features are of categories, "other" among them."""
    return len(rule.categories) + rule.other


def _capped(encoding: Encoding, columns: Sequence[Column], rows: Array) -> list[str]:
    """A line for each text column where frequent categories share a feature too."""
    by_name = {column.name: column for column in columns}
    return [
        line
        for rule in encoding.rules
        if isinstance(rule, TextRule)
        for line in _capped_text(rule, rows_of(by_name[rule.column].take(rows)))
    ]


def _capped_text(rule: TextRule, seen: Array) -> list[str]:
    """A line if frequent categories share a column, or most rows do."""
    most, covered = len(rule.categories), np.sort(seen)[::-1][: len(rule.categories)].sum() / seen.sum()
    if np.count_nonzero(seen >= RARE) > most:
        line = (
            f"{safe(rule.column)}: {np.count_nonzero(seen):,} categories, of which the {most:,} most frequent have a "
            "column each (--max-categories)"
        )
        return [line] if covered >= COMMON else [f"{line}: {_scarce(covered)}"]
    if covered >= COMMON:
        return []
    column = safe(rule.column)
    return [
        f"{column}: free text? {np.count_nonzero(seen):,} different cells, hardly any twice: --drop {shlex.quote(column)}, or "
        f"if they are numbers or dates, say how they are spelled ({SPELLING})"
    ]


def _scarce(covered: float) -> str:
    """The note where even the most frequent categories cover few rows."""
    return (
        f"hardly any of them is common, and {1 - covered:.0%} of the rows share one column; --drop the column, or if it "
        f"holds numbers or dates, say how they are spelled ({SPELLING})"
    )


def _wide(encoding: Encoding, columns: Sequence[Column]) -> list[str]:
    made = len(encoding.feature_names)
    if made <= WIDER * len(columns):
        return []
    widest = sorted(encoding.rules, key=_width, reverse=True)[:3]
    shares = listed(f"{rule.column} {_width(rule):,}" for rule in widest if _width(rule) > WIDER)
    return [
        f"Warning: {count(made, 'feature')} are {made / len(columns):.0f} times the file's columns ({shares}), and each costs "
        "time: --drop columns that are not features, or lower --max-categories"
    ]


def _width(rule: Rule) -> int:
    return len(rule.names)
