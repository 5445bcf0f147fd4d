"""The message for an option that a command doesn't have: which one is close, and which commands have it."""

from collections.abc import Iterator

import click

from wdcli.cli.meant import meant_option
from wdcli.text import listed, near, quoted

CLOSE = 0.75
"""From this ratio on (difflib's) two options' names are close; below it, a suggestion is seldom what was meant."""


def unknown_option(name: str, ctx: click.Context) -> str:
    """A message: no such option; a close one, if any; and the commands that have an option of this name."""
    names = [opt.lstrip("-") for opt in _options(ctx.command) if opt.startswith("--")]
    others = [path for path, command in _commands(ctx.find_root().command) if name in _options(command)]
    elsewhere = f" {name} is an option of {_joined(others)}." if others else ""
    said = meant_option(name, names) or near(name.lstrip("-"), names, CLOSE, "--")
    return f"No such option {quoted(name)}.{said}{elsewhere}"


def _joined(paths: list[str]) -> str:
    """``train, sweep and compare``; of many, the first few."""
    *first, last = paths
    return f"{', '.join(first)} and {last}" if 0 < len(first) < 4 else listed(paths)


def _options(command: click.Command) -> list[str]:
    """The names of a command's own options."""
    return [opt for one in command.params for opt in (*one.opts, *one.secondary_opts) if isinstance(one, click.Option)]


def _commands(command: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command below this one, by the words that it is called with."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, one in command.commands.items():
        yield from _commands(one, f"{path} {name}".strip())
