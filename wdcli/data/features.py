"""Which of a table's columns are features: all that have no other role, or those that --drop and --only leave."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from wdcli.errors import ConfigError
from wdcli.text import listed, near, quoted


class Choice(NamedTuple):
    """The columns to leave out (``drop``), or the only ones to take (``only``); None where the user doesn't say."""

    drop: tuple[str, ...] | None = None
    only: tuple[str, ...] | None = None

    def left_out(self, names: Sequence[str], roles: Mapping[str, str | None], table: str) -> frozenset[str]:
        """The table's columns that must not be read.

        ``roles`` ("the target") have columns that are no features. Raises ``ConfigError`` for these, for names that the
        table lacks, and if no feature is left.
        """
        if self.drop is not None and self.only is not None:
            raise ConfigError("--drop and --only can't both be given: name the columns to leave out, or those to take.")
        option, named = ("--only", self.only) if self.drop is None else ("--drop", self.drop)
        if named is None:
            return frozenset()
        for name in named:
            _check(name, option, names, roles, table)
        others = [name for name in names if name not in roles.values()]
        left_out = frozenset(name for name in others if (name in named) == (option == "--drop"))
        if len(left_out) == len(others):
            raise ConfigError(f"{option} leaves no feature of {quoted(table)}: name fewer columns.")
        return left_out


def _check(name: str, option: str, names: Collection[str], roles: Mapping[str, str | None], table: str) -> None:
    """Raise ``ConfigError`` unless it names a column that may be a feature."""
    if name not in names:
        raise ConfigError(
            f"{option} {quoted(name)} is not a column of {quoted(table)}.{near(name, names)} "
            f"Its columns are {listed(names, most=12)}."
        )
    for role, column in roles.items():
        if name == column:
            raise ConfigError(f"{option} {quoted(name)} is {role}: leave it out of {option}, or choose another one.")
