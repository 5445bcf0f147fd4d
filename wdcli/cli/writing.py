"""The files that a command writes beside its table."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import click

from wdcli.cli.configfile import CONFIG_PATH
from wdcli.cli.recording import store_path
from wdcli.errors import ConfigError
from wdcli.paths import check_writable, same_file, write_file

OUTPUTS, INPUTS = ("csv", "save"), ("data", "test_data", "model")


def writable(ctx: click.Context) -> None:
    """Raise ``OutputError`` or ``ConfigError`` before the work is done if what it makes can't be written."""
    outputs = [ctx.params[name] for name in OUTPUTS if ctx.params.get(name)]
    inputs = [ctx.params[name] for name in INPUTS if ctx.params.get(name)]
    inputs += [ctx.meta[CONFIG_PATH]] if CONFIG_PATH in ctx.meta else []
    inputs += [str(store_path(ctx.params))] if "store" in ctx.params else []
    if "-" in outputs:
        raise ConfigError("--csv and --save take a file's name; standard output has the table, or --json.")
    if any(same_file(a, b) for a, b in itertools.combinations(outputs, 2)):
        raise ConfigError("--csv and --save name the same file: choose two names.")
    if any(same_file(a, b) for a, b in itertools.product(outputs, inputs)):
        raise ConfigError("The output is the file that is read: choose another name.")
    for path in outputs:
        check_writable(path, ctx.params["force"])


def write_csv(params: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows to ``--csv``, if it was given."""
    if params["csv"]:
        from wdcli.report.serial import to_csv

        write_file(params["csv"], to_csv(rows).encode(), params["force"])
