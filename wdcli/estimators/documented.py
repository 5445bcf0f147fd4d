"""The estimators' docstrings, made of what declares each parameter and each fitted attribute."""

import inspect
import textwrap
from collections.abc import Iterator, Mapping
from typing import TypeVar

from wdcli.estimators.network import Network

Estimator = TypeVar("Estimator", bound=type[Network])
EXAMPLES = "Examples\n"


def documented(cls: Estimator) -> Estimator:
    """The class, with its parameters and attributes before the examples in its docstring."""
    if cls.__doc__:  # python -OO drops it
        about, mark, examples = inspect.cleandoc(cls.__doc__).partition(EXAMPLES)
        sections = [*_section("Parameters", dict(_parameters(cls))), *_section("Attributes", _attributes(cls))]
        cls.__doc__ = "\n".join([about, *sections, mark + examples])
    return cls


def _parameters(cls: type[Network]) -> Iterator[tuple[str, str]]:
    for name, parameter in inspect.signature(cls).parameters.items():
        declared = cls._parameters[name]
        yield f"{name} : {declared.allowed.words}, default={parameter.default!r}", declared.meaning


def _attributes(cls: type[Network]) -> dict[str, str]:
    """The fitted attributes that the class and its bases declare."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        found |= vars(base).get("_attributes", {})
    return found


def _section(title: str, entries: Mapping[str, str]) -> Iterator[str]:
    yield from (title, "-" * len(title))
    for name, meaning in entries.items():
        yield from (name, textwrap.fill(meaning, 112, initial_indent="    ", subsequent_indent="    "))
    yield ""
