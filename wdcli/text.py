"""Words for people: foreign text made harmless, near names, plurals."""

import csv
import difflib
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence

LONGEST = 60
_NOT_PLAIN = re.compile("[^ -~]")


def harmless(text: str, kept: str = "") -> str:
    """Text from outside with nothing that a terminal would act on: no control or direction marks but those in ``kept``."""
    return _NOT_PLAIN.sub(
        lambda found: (
            found[0] if found[0] in kept or unicodedata.category(found[0])[0] != "C" else "\N{REPLACEMENT CHARACTER}"
        ),
        text,
    )


def safe(text: object, longest: int = LONGEST) -> str:
    """Text from outside (names, cells, paths) within a message or table: harmless, on one line, cut when long."""
    shown = harmless(str(text))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def escaped(text: str) -> str:
    """JSON in which every control and direction mark is an escape: the same value, harmless to a terminal."""
    return "\n".join(line if line.isprintable() else "".join(map(_escape, line)) for line in text.split("\n"))


def _escape(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


def quoted(text: object) -> str:
    """A foreign name within a message: safe, and between quotes."""
    return f"'{safe(text)}'"


def near(given: str, choices: Iterable[str], cutoff: float = 0.6, before: str = "") -> str:
    """A "did you mean" for a name that isn't there, or nothing: ``" Did you mean 'species'?"``.

    ``cutoff`` is difflib's ratio of names that are near; ``before`` stands before each, and isn't compared.
    """
    by_lower = {choice.lower(): choice for choice in choices}
    found = [by_lower[name] for name in difflib.get_close_matches(given.lower(), list(by_lower), n=3, cutoff=cutoff)]
    return f" Did you mean {' or '.join(quoted(before + name) for name in found)}?" if found else ""


def capitalised(sentence: str) -> str:
    """The sentence with a capital first letter, the rest as it is."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """``1 row``, ``2 rows``, ``1,000 rows``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Iterable[object], most: int = 4) -> str:
    """``a, b, c and 7 more``, each made safe."""
    all_names = [safe(name) for name in names]
    rest = len(all_names) - most
    return ", ".join(all_names[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def csv_line(values: Sequence[object]) -> str:
    """The values as a line of CSV, without its end."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def byte_size(n: float) -> str:
    """Bytes for a reader: ``500 MiB``, ``1.5 GiB``."""
    return f"{n / 2**30:,.1f} GiB" if n >= 2**30 else f"{n / 2**20:,.0f} MiB"


def bytes_needed(n: float) -> str:
    """Bytes for a reader who is to allow as many: no fewer than ``n``."""
    unit = 2**30 / 10 if n > 2**30 - 2**20 else 2**20
    return byte_size(math.ceil(n / unit) * unit)
