"""``wdcli train``: fit one network and show it."""

from typing import TYPE_CHECKING

import click

from wdcli.cli import console, options, settings
from wdcli.cli.charting import charted_below
from wdcli.cli.command import Command
from wdcli.cli.drawing import Drawing, present
from wdcli.cli.writing import writable, write_csv, write_model
from wdcli.errors import TrainingError

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command(
    cls=Command,
    help="""Fit one network and show its losses, norms and zeros.

    \b
    Examples:
      wdcli train --penalty l2 --lambd 0.1
      wdcli train --data my.csv --target price --penalty l1 --lambd 2 --save my.model
      wdcli train --preset article
      cat my.csv | wdcli train --data - --target y --json
    """,
)
@options.data_options
@options.penalty
@options.lambd
@options.penalty_kind
@options.network_options
@options.training_options
@options.seeds(
    1, "With more than one: also count how many of them collapse at lambda, lambda / 3.16 and lambda x 3.16."
)
@options.resources
@options.output_options
@click.pass_context
def train(ctx: click.Context, /, **_: object) -> None:
    params = settings.resolved(ctx)
    writable(ctx)
    from wdcli import study
    from wdcli.models import Model
    from wdcli.report import train_serial, train_table, train_words

    config, notes = settings.fit_config(params), console.Notes(params["quiet"])
    lambd = params["lambd"] if config.penalised else 0.0
    notes.say(settings.ineffective(ctx))
    data = settings.data(params, config.seed, notes.say)
    resources = settings.resources(params)
    result = study.train(data, config, lambd, params["seeds"], resources, notes.say)
    dataset, split = data
    diverged = result.record.status == "diverged"
    if params["save"] and not diverged:
        model = Model.of(config, dataset, result.fold, lambd, result.params, result.record.epochs)
        write_model(params, model, result.record.status)
    shown = train_serial.train_json(ctx.obj, config, dataset, split, result, notes.said)
    if not diverged:
        write_csv(params, train_serial.train_rows(shown))
    if params["json"] or result.records or not diverged:

        def table() -> "RenderableType":
            return train_table.train_table(config, dataset, split, result)

        present(params, shown, charted_below(params, shown, table) or Drawing(lambda width: table()))
    if diverged:
        raise TrainingError(train_words.diverged(config))
