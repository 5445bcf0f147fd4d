"""Categories and classes that differ only in the case of their letters or in blanks."""

from collections.abc import Sequence

from wdcli.text import quoted, safe

MOST = 10_000
"""A column of more categories is not looked through."""


def note(name: str, categories: Sequence[str]) -> list[str]:
    """A line that names two categories of a column that may be one."""
    pairs = _pairs(categories) if len(categories) <= MOST else []
    if not pairs:
        return []
    first, second = pairs[0]
    more = f" (and {len(pairs) - 1:,} more like them)" if len(pairs) > 1 else ""
    return [
        f"{safe(name)}: {quoted(first)} and {quoted(second)} differ only in case or blanks{more}, and are read as different: "
        "spell them alike if they are the same"
    ]


def _pairs(categories: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs: an earlier category, and a later one that is like it."""
    first: dict[str, str] = {}
    pairs = []
    for category in categories:
        former = first.setdefault(" ".join(category.casefold().split()), category)
        if former != category:
            pairs.append((former, category))
    return pairs
