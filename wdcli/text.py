"""Words for people: foreign text made harmless, near names, plurals."""

import difflib
import unicodedata
from collections.abc import Iterable

LONGEST = 60


def safe(text: object, longest: int = LONGEST) -> str:
    """Text from outside (names, cells, paths) for a terminal: one line, no control or direction marks, cut when long."""
    shown = "".join(c if unicodedata.category(c)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for c in str(text))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def quoted(text: object) -> str:
    """A foreign name within a message: safe, and between quotes."""
    return f"'{safe(text)}'"


def near(given: str, choices: Iterable[str]) -> str:
    """A "did you mean" for a name that isn't there, or nothing: ``" Did you mean 'species'?"``."""
    by_lower = {choice.lower(): choice for choice in choices}
    found = [by_lower[name] for name in difflib.get_close_matches(given.lower(), list(by_lower), n=3, cutoff=0.6)]
    return f" Did you mean {' or '.join(quoted(name) for name in found)}?" if found else ""


def count(number: int, noun: str, plural: str | None = None) -> str:
    """``1 row``, ``2 rows``, ``1,000 rows``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Iterable[object], most: int = 4) -> str:
    """``a, b, c and 7 more``, each made safe."""
    all_names = [safe(name) for name in names]
    rest = len(all_names) - most
    return ", ".join(all_names[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def byte_size(n: float) -> str:
    """Bytes for a reader: ``500 MiB``, ``1.5 GiB``."""
    return f"{n / 2**30:,.1f} GiB" if n >= 2**30 else f"{n / 2**20:,.0f} MiB"
