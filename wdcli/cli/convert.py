"""``wdcli convert``: one lambda in every tool's convention."""

import math
from typing import Any

import click

from wdcli import conventions
from wdcli.cli import console, options
from wdcli.cli.command import Command
from wdcli.errors import ConfigError
from wdcli.names import LossName, Tool
from wdcli.text import quoted, safe


class OptionsAlone(Command):
    """A command that takes options alone: an argument is refused before options are missed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what is no option."""
        _, stray, _ = self.make_parser(ctx).parse_args(args=list(args))
        if stray and not ctx.resilient_parsing:
            ctx.fail(
                f"{quoted(stray[0])} is no option, and convert takes options alone. For a saved model, "
                f"'wdcli data show {safe(stray[0])}' prints the command to use."
            )
        return super().parse_args(ctx, args)


@click.command(
    cls=OptionsAlone,
    help="""One lambda in every tool's convention: what to write in PyTorch, Keras, scikit-learn or glmnet for the same penalty.

    \b
    Examples:
      wdcli convert --lambd 2.4 --rows 300 --batch-size 32
      wdcli convert --lambd 0.1 --rows 120 --convention keras
      wdcli convert --lambd 0.1 --rows 400 --penalty elastic-net --l1-ratio 0.5 --json
      wdcli convert --lambd 2.4 --rows 300 --batch-size 32 --to pytorch
    """,
)
@options.lambd_to_convert
@options.penalty
@options.l1_ratio
@options.convention
@options.decoupled
@options.rows_of_fit
@options.batch_of_fit
@options.task_of_fit
@options.outputs_of_fit
@options.to_tool
@options.json
@options.format
@options.config
@click.pass_context
def convert(ctx: click.Context, /, **params: Any) -> None:
    setting = _setting(params)
    given = conventions.strengths(params["convention"], params["penalty"], params["lambd"], params["l1_ratio"], setting)
    lines = conventions.equivalents(given, setting)
    if not all(math.isfinite(value) for line in lines for value in line.values.values()):
        raise ConfigError(f"--lambd {params['lambd']:g} is too large to convert.")
    from wdcli.report import conversion

    code = _code(params["to"], given, setting)
    if code and not params["json"]:
        console.emit(code)
        return
    shown = conversion.convert_json(ctx.obj, params, given, setting, lines, code)
    console.present(params, shown, lambda width: conversion.convert_table(params, given, setting, lines))


def _code(tool: Tool | None, given: conventions.Strengths, setting: conventions.Setting) -> str | None:
    if tool is None:
        return None
    from wdcli.report.snippets import snippet

    return snippet(tool, given, setting)


def _setting(params: dict[str, Any]) -> conventions.Setting:
    """What the conventions depend on; raises ``ConfigError`` for a batch over the rows."""
    rows, batch, outputs = params["rows"], params["batch_size"], params["outputs"]
    if batch > rows:
        raise ConfigError(f"--batch-size {batch} is more than --rows {rows}: give at most that, or 'full'.")
    loss: LossName = "squared-error"
    if params["task"] == "classification":
        loss = "cross-entropy" if outputs > 1 else "binary-cross-entropy"
    return conventions.Setting(rows, batch or rows, loss, outputs, params["decay"] == "decoupled")
