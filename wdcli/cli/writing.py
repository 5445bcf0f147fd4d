"""The files that a command writes beside its table."""

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from wdcli.cli import console
from wdcli.cli.configfile import CONFIG_PATH
from wdcli.cli.recording import store_path
from wdcli.errors import ConfigError
from wdcli.names import Status
from wdcli.paths import STDERR, STREAMS, check_pipe, check_writable, is_pipe, same_file, write_file, write_pipe

if TYPE_CHECKING:
    from wdcli.models import Model

OUTPUTS, INPUTS = ("csv", "save", "output"), ("data", "test_data", "model")


def writable(ctx: click.Context) -> None:
    """Raise ``OutputError`` or ``ConfigError`` before the work starts if its output can't be written."""
    _check_streams(ctx.params)
    named = [ctx.params[name] for name in OUTPUTS if ctx.params.get(name)]
    outputs = [path for path in named if path not in STREAMS]
    inputs = [ctx.params[name] for name in INPUTS if ctx.params.get(name)]
    inputs += [ctx.meta[CONFIG_PATH]] if CONFIG_PATH in ctx.meta else []
    inputs += [str(store_path(ctx.params))] if "store" in ctx.params else []
    if any(same_file(a, b) for a, b in itertools.combinations(outputs, 2)):
        raise ConfigError("--csv and --save name the same file: choose two names.")
    if any(same_file(a, b) for a, b in itertools.product(outputs, inputs)):
        raise ConfigError("The output file is also an input file: choose another name.")
    for path in outputs:
        if path == ctx.params.get("csv") and is_pipe(path):
            check_pipe(path)
        else:
            check_writable(path, ctx.params["force"])


def _check_streams(params: Mapping[str, Any]) -> None:
    """Raise ``ConfigError`` where a model, or two results, would go to standard output."""
    if params.get("save") in STREAMS:
        raise ConfigError("--save takes the name of a file: a model can't be written to standard output.")
    if console.rows_on_stdout(params) and params["json"]:
        raise ConfigError(
            "--csv and --json would both write to standard output: give --csv a file's name, or leave one out."
        )


def write_model(params: Mapping[str, Any], model: "Model", status: Status) -> None:
    """Write the model to ``--save``, shrunken with ``--shrink``, and warn if its network has collapsed."""
    from wdcli.models import save_model

    save_model(model.shrunk() if params["shrink"] else model, params["save"], params["force"])
    if status == "collapsed":
        line = "Warning: the saved network has collapsed: it gives almost the same answer for every row"
        console.notes([line], params["quiet"])


def write_csv(params: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows to ``--csv``, if it was given: a file, standard output, standard error, or a pipe."""
    path = params["csv"]
    if not path:
        return
    from wdcli.report.serial import to_csv

    text = to_csv(rows)
    if console.rows_on_stdout(params):
        console.emit(text)
    elif STREAMS.get(path) == STDERR:
        console.emit_beside(text)
    elif is_pipe(path):
        write_pipe(path, text.encode())
    else:
        write_file(path, text.encode(), params["force"])
