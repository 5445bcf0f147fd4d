"""Checks of plain data (JSON) from an untrusted file, before any of it is used."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[Any], bool]


def is_text(value: object) -> bool:
    """Text that can be written: without halves of characters (lone surrogates)."""
    return isinstance(value, str) and not any("\ud800" <= c <= "\udfff" for c in value)


def is_flag(value: object) -> bool:
    """True or false."""
    return isinstance(value, bool)


def is_number(value: object) -> bool:
    """A finite number that a float can hold."""
    return isinstance(value, (int, float)) and not is_flag(value) and abs(value) <= sys.float_info.max


def is_whole(value: object) -> bool:
    """A whole number of at least 0."""
    return isinstance(value, int) and not is_flag(value) and value >= 0


def is_count(value: object) -> bool:
    """A whole number of at least 1."""
    return is_whole(value) and value != 0


def one_of(*choices: object) -> Check:
    """The check for one of some choices."""
    return lambda value: isinstance(value, str) and value in choices


def or_null(check: Check) -> Check:
    """The check for null, or what another check lets through."""
    return lambda value: value is None or check(value)


def list_of(check: Check) -> Check:
    """The check for a list whose items all pass another check."""
    return lambda value: isinstance(value, list) and all(map(check, value))


def are_names(value: object) -> bool:
    """A list of text, none of it twice."""
    return isinstance(value, list) and all(map(is_text, value)) and len(set(value)) == len(value)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; raises ``ValueError`` for a name that occurs twice (``json.loads`` would take the last)."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name occurs twice in an object")
    return found


def parsed_object(data: bytes) -> dict[str, Any]:
    """One JSON object; raises ``ValueError`` or ``TypeError`` for anything else."""
    found = json.loads(data, object_pairs_hook=once)
    if not isinstance(found, dict):
        raise TypeError("not an object")
    return found


def damaged_part(value: Mapping[str, Any], parts: Mapping[str, Check]) -> str | None:
    """The first name of a part that is absent, or no part, or does not pass its check; None if all is well."""
    names = sorted(value.keys() | parts.keys())
    return next((name for name in names if not (name in value and name in parts and parts[name](value[name]))), None)


def object_of(parts: Mapping[str, Check]) -> Check:
    """The check for an object that has exactly these parts, each of which passes its own check."""
    return lambda value: isinstance(value, dict) and damaged_part(value, parts) is None
