"""Large arrays in what workers are sent, and what stands for each of them, for as long as the array lives."""

import operator
import weakref
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, Generic, TypeVar

from wdcli.array import Array

SMALL = 4096
"""The most bytes of an array that travels with every job."""
T = TypeVar("T")


class PerArray(Generic[T]):
    """Something for each of some arrays, such as the file that an array was written to."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[Array], T]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, array: Array) -> bool:
        return id(array) in self._known

    def __getitem__(self, array: Array) -> T:
        return self._known[id(array)][1]

    def get(self, array: Array) -> T | None:
        """What is known for the array, if anything."""
        known = self._known.get(id(array))
        return known[1] if known else None

    def __setitem__(self, array: Array, thing: T) -> None:
        self._known[id(array)] = weakref.ref(array), thing

    def forget_dead(self) -> list[T]:
        """Forget the arrays that are gone, since another array may get the same id; returns what was theirs."""
        # Not in the weak references' callbacks, where an interrupt would be lost.
        dead = [key for key, (array, _) in list(self._known.items()) if array() is None]
        return [self._known.pop(key)[1] for key in dead]


def replaced(value: Any, kind: type, change: Callable[[Any], Any]) -> Any:
    """The value with everything of a kind changed, in tuples and dataclasses too.

    Parts without changes are the same objects.
    """
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, tuple):
        items = [replaced(item, kind, change) for item in value]
        same = all(map(operator.is_, items, value))
        return value if same else tuple.__new__(type(value), items)
    if is_dataclass(value) and not isinstance(value, type):
        found = {field.name: replaced(getattr(value, field.name), kind, change) for field in fields(value)}
        changed = {name: new for name, new in found.items() if new is not getattr(value, name)}
        return replace(value, **changed) if changed else value
    return value
