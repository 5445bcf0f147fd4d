"""The files that a command writes beside its table."""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from wdcli.cli import console
from wdcli.cli.configfile import CONFIG_PATH
from wdcli.cli.recording import store_path
from wdcli.errors import ConfigError
from wdcli.names import Status
from wdcli.paths import (
    STDERR,
    STDOUT,
    STREAMS,
    check_pipe,
    check_writable,
    is_pipe,
    new_file,
    opened_pipe,
    same_file,
    write_file,
    write_pipe,
)
from wdcli.text import count, listed, quoted

if TYPE_CHECKING:
    from wdcli.models import Model

OUTPUTS, INPUTS = ("csv", "parquet", "save", "report", "output"), ("data", "test_data", "model")
TEXTS = ("csv", "report", "output")
"""Outputs that may be pipes."""


def writable(ctx: click.Context) -> None:
    """Raise ``OutputError`` or ``ConfigError`` before the work starts if its output can't be written."""
    _check_streams(ctx.params)
    named = {name: ctx.params[name] for name in OUTPUTS if ctx.params.get(name)}
    outputs = {name: path for name, path in named.items() if path not in STREAMS}
    for (a, path), (b, other) in itertools.combinations(outputs.items(), 2):
        if same_file(path, other):
            raise ConfigError(f"--{a} and --{b} name the same file: choose two names.")
    _check_apart(ctx, outputs.values())
    for name, path in outputs.items():
        if name in TEXTS and is_pipe(path):
            check_pipe(path)
        else:
            check_writable(path, ctx.params["force"])


def _check_apart(ctx: click.Context, outputs: Iterable[str]) -> None:
    """Raise ``ConfigError`` if the command also reads one of the files that it writes."""
    inputs = [ctx.params[name] for name in INPUTS if ctx.params.get(name)]
    inputs += [ctx.meta[CONFIG_PATH]] if CONFIG_PATH in ctx.meta else []
    inputs += [str(store_path(ctx.params))] if "store" in ctx.params else []
    if any(same_file(a, b) for a, b in itertools.product(outputs, inputs)):
        raise ConfigError("The output file is also an input file: choose another name.")


def _check_streams(params: Mapping[str, Any]) -> None:
    """Raise ``ConfigError`` where a model, or two results, would go to standard output."""
    if params.get("save") in STREAMS:
        raise ConfigError("--save takes the name of a file: a model can't be written to standard output.")
    if params.get("report") in STREAMS:
        raise ConfigError("--report takes the name of a file: 'wdcli report -o -' writes a page to standard output.")
    if params.get("parquet") in STREAMS:
        raise ConfigError("--parquet takes the name of a file: Parquet can't be written to standard output.")
    if console.rows_on_stdout(params) and params["json"]:
        raise ConfigError(
            "--csv and --json would both write to standard output: give --csv a file's name, or leave one out."
        )


def write_model(params: Mapping[str, Any], model: "Model", status: Status) -> None:
    """Write the model to ``--save``, with ``--shrink`` saying which columns it needs; warn if its network has collapsed."""
    from wdcli.models import save_model

    if params["shrink"]:
        model, whole = model.shrunk(), len(model.encoding.kinds)
        needed = list(model.encoding.kinds)
        line = f"{quoted(params['save'])} needs {len(needed)} of {count(whole, 'column')}: {listed(needed, 12)}"
        console.notes([line], params["quiet"])
    save_model(model, params["save"], params["force"])
    if status == "collapsed":
        line = "Warning: the saved network has collapsed: it gives almost the same answer for every row"
        console.notes([line], params["quiet"])


def write_csv(params: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows to ``--csv``, if it was given: a file, standard output, standard error, or a pipe."""
    path = params["csv"]
    if not path:
        return
    from wdcli.report.serial import to_csv

    write_text(path, to_csv(rows), params["force"])


def write_report(params: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
    """Write the result as a page to ``--report``, if it was given."""
    path = params["report"]
    if path:
        from wdcli.report.serial import to_json

        # As it is stored and read again, so that the page is the same as that of the stored run.
        write_text(path, page_of(json.loads(to_json(shown))), params["force"])
        console.notes([f"the report is written to {quoted(path)}"], params["quiet"])


def page_of(shown: Mapping[str, Any]) -> str:
    """The page of a result's JSON object. Raises ``StoreError`` if it can't be read."""
    from wdcli.figures.shown import Shown
    from wdcli.page.page import html

    return html(Shown.read(shown))


def write_text(path: str, text: str, force: bool) -> None:
    """Write a result to a file, standard output, standard error, or a pipe."""
    with text_output(path, force) as write:
        write(text)


@contextmanager
def text_output(path: str, force: bool) -> Iterator[Callable[[str], object]]:
    """What writes a result, part after part, to a file, standard output, standard error, or a pipe."""
    if STREAMS.get(path) == STDOUT:
        yield console.emit
    elif STREAMS.get(path) == STDERR:
        yield console.emit_beside
    else:
        with opened_pipe(path) if is_pipe(path) else file_output(path, force) as write:
            yield lambda text: write(text.encode())


@contextmanager
def file_output(path: str, force: bool) -> Iterator[Callable[[bytes], object]]:
    """What writes to a new file, which gets its name at the end."""
    with new_file(path, force) as file:
        yield file.write


def write_bytes(path: str, data: bytes, force: bool) -> None:
    """Write a result to a file or a pipe."""
    if is_pipe(path):
        write_pipe(path, data)
    else:
        write_file(path, data, force)


def write_together(ctx: click.Context, files: Mapping[str, bytes]) -> None:
    """Write files, by their paths, once each can be written. Raises ``OutputError`` or ``ConfigError``."""
    _check_apart(ctx, files)
    for path in files:
        check_writable(path, ctx.params["force"])
    for path, data in files.items():
        write_file(path, data, ctx.params["force"])
