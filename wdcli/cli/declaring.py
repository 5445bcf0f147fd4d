"""How an option is declared: with the same name on the command line, as a variable and in a TOML file, and a help section."""

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, get_args

import click
from click.core import ParameterSource

from wdcli.cli.meant import Choice

F = TypeVar("F", bound=Callable[..., Any])
PREFIX = "WDCLI_"

SPELLINGS = {"lambd": ("lambda",)}
"""Other spellings of an option's name that the command line also takes."""
KNOWN: dict[str, "Option"] = {}
"""Every option by the name of its value; these names are also the configuration file's keys and the variables."""


class Option(click.Option):
    """An option with a variable of its own name and a section in the help."""

    def __init__(self, *args: Any, section: str, **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        self.section = section
        if self.name and self.expose_value:
            self.envvar = [PREFIX + name.upper() for name in (self.name, *SPELLINGS.get(self.name, ()))]
            KNOWN[self.name] = self

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Convert; the message for a bad value says where it came from: the option, the variable, or the file."""
        try:
            return super().process_value(ctx, value)
        except click.BadParameter as error:
            source = ctx.get_parameter_source(self.name or "")
            if source == ParameterSource.ENVIRONMENT:
                error.param_hint = f"the variable {next(name for name in self.variables if os.environ.get(name))}"
            elif source == ParameterSource.DEFAULT_MAP:
                error.param_hint = f"'{self.name}' in the configuration file"
            raise

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The variable's value; an empty one counts as unset."""
        return next((value for name in self.variables if (value := os.environ.get(name))), None)

    @property
    def variables(self) -> list[str]:
        """The names of its variable."""
        return [self.envvar] if isinstance(self.envvar, str) else list(self.envvar or ())


def option(*declarations: str, section: str, **attrs: Any) -> Callable[[F], F]:
    """``click.option`` with a section."""
    return click.option(*declarations, cls=Option, section=section, **attrs)


def choice(literal: Any) -> Choice:
    """The values of a ``Literal``, in any case."""
    return Choice(list(get_args(literal)), case_sensitive=False)


def together(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """Several options as one decorator, in the order of the help."""

    def decorate(command: F) -> F:
        for one in reversed(options):
            command = one(command)
        return command

    return decorate


def unknown_variables() -> list[str]:
    """Variables that start with WDCLI_ but belong to no option."""
    known = {PREFIX + "CONFIG"}.union(*(one.variables for one in KNOWN.values()))
    return [name for name in sorted(os.environ) if name.startswith(PREFIX) and name not in known]


def sections(options: Sequence[click.Parameter]) -> dict[str, list[click.Parameter]]:
    """The options by section, in order."""
    found: dict[str, list[click.Parameter]] = {}
    for one in options:
        found.setdefault(getattr(one, "section", "Other"), []).append(one)
    return found
