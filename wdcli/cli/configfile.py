"""The configuration file: a TOML file whose keys are options, taken as their defaults."""

import tomllib
from pathlib import Path
from typing import Any

import click

from wdcli.cli.declaring import KNOWN, SPELLINGS, Option
from wdcli.cli.reading import Names
from wdcli.cli.types import Hidden, Lambdas, Layers, Shares
from wdcli.cli.unknown import CLOSE
from wdcli.paths import why_unreadable
from wdcli.text import csv_line, near, quoted

CONFIG_PATH = "wdcli.config"
"""Where a context keeps the path of the configuration file that was read."""


def read_config(ctx: click.Context, param: click.Parameter, path: str | None) -> None:
    """Take the defaults of this command's options from a TOML file."""
    if path is None:
        return
    reason = why_unreadable(path)
    if reason:
        raise click.BadParameter(f"{quoted(path)} {reason}.", ctx, param)
    try:
        given = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        # It isn't TOML or UTF-8, or holds an integer of thousands of digits.
        raise click.BadParameter(f"{quoted(path)} is not TOML: {error}.", ctx, param) from None
    ctx.meta[CONFIG_PATH] = path
    ctx.default_map = {}
    for key, value in given.items():
        name, text = _config_value(ctx, param, path, key, value)
        ctx.default_map[name] = text


def _config_value(ctx: click.Context, param: click.Parameter, path: str, key: str, value: Any) -> tuple[str, Any]:
    """An option's name and its value as the command line would have it."""
    spelled = key.replace("-", "_")
    name = next((name for name, others in SPELLINGS.items() if spelled in others), spelled)
    if name not in KNOWN:
        listed = [other.replace("_", "-") for other in KNOWN]
        raise click.BadParameter(
            f"{quoted(path)}: there is no option {quoted(key)}.{near(key, listed, CLOSE)}", ctx, param
        )
    own = next((one for one in ctx.command.params if one.name == name), None)
    if not isinstance(own, Option):
        # Another command's option: one file may serve all commands.
        return name, None
    if _too_long(value):
        raise click.BadParameter(f"{quoted(path)}: {key} holds an integer that is too large.", ctx, param)
    many = isinstance(own.type, (Hidden, Lambdas, Layers, Names, Shares))
    if own.is_flag != isinstance(value, bool) or isinstance(value, dict) or (isinstance(value, list) and not many):
        wanted = "true or false" if own.is_flag else "a number or text"
        raise click.BadParameter(f"{quoted(path)}: {key} takes {wanted}, not {quoted(value)}.", ctx, param)
    if own.is_flag:
        return name, value
    text = csv_line(value) if isinstance(value, list) else str(value)
    return name, [text] if own.multiple else text


def _too_long(value: Any) -> bool:
    """Whether the value is, or holds, an integer too long for Python to write out: TOML allows them in hexadecimal digits."""
    if isinstance(value, (list, dict)):
        return any(map(_too_long, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and value.bit_length() > 1000
