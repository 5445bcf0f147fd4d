"""``wdcli sweep``: fit every lambda, fold and seed, and name the lambda."""

from typing import TYPE_CHECKING

import click

from wdcli.cli import console, options, settings, work
from wdcli.cli.command import Command
from wdcli.cli.recording import recording
from wdcli.cli.writing import writable, write_csv

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command(
    cls=Command,
    help="""Find lambda by cross-validation: print a row for each lambda, and mark the best and the largest within one SE of it.

    \b
    Examples:
      wdcli sweep
      wdcli sweep --data my.csv --target species --penalty l1
      wdcli sweep --data my.csv --penalty l1 --refit --save my.model --shrink
      wdcli sweep --penalty elastic-net --l1-ratio 0.1,0.5,0.9
      wdcli sweep --data digits --lambdas 0.1:100:13 --folds 10 --seeds 1
      wdcli sweep --json > sweep.json
    """,
)
@options.data_options
@options.penalty
@options.swept_penalty_kind
@options.network_options
@options.training_options
@options.sweep_options
@options.refit
@options.output_options
@options.store_options
@click.pass_context
def sweep(ctx: click.Context, /, **_: object) -> None:
    params = settings.resolved(ctx)
    writable(ctx)
    from wdcli.data.sources import load
    from wdcli.report import serial, table

    config = settings.sweep_config(params)
    dataset, split = load(config.fit.source, config.fit.seed, params["memory"])
    notes = console.Notes(params["quiet"])
    notes.say([*settings.ineffective(ctx), *dataset.notes, *settings.repeated(params)])
    notes.say([*work.column_notes(config.fit, dataset, split), *work.fold_notes(config, dataset, split)])
    with recording(ctx, params, dataset, split, notes) as record:
        result = work.run(config, dataset, split, params, record)
        refit = work.refit(result, dataset, split, params) if params["refit"] and config.fit.makes_zeros else None
        shown = serial.sweep_json(ctx.obj, dataset, split, result, refit, notes.said)

        def make(width: int) -> "RenderableType":
            return table.sweep_table(dataset, split, result, refit, width)

        record.finish("done", shown, make)
    try:
        if params["save"]:
            work.save(result, refit, dataset, split, params)
        write_csv(params, serial.sweep_rows(dataset, result))
    finally:
        # Whatever becomes of the files, the result is shown.
        console.present(params, shown, make)
