"""``wdcli sweep``: fit every lambda, fold and seed, and name the lambda."""

import click

from wdcli.cli import console, options, settings, work
from wdcli.cli.command import Command
from wdcli.cli.writing import writable, write_csv


@click.command(cls=Command)
@options.data_options
@options.penalty_options
@options.network_options
@options.training_options
@options.sweep_options
@options.output_options
@click.pass_context
def sweep(ctx: click.Context, /, **_: object) -> None:
    """Find lambda by cross-validation: a row for each, the best and the largest as good as it marked.

    \b
    Examples:
      wdcli sweep
      wdcli sweep --data my.csv --target species --penalty l1
      wdcli sweep --data digits --lambdas 0.1:100:13 --folds 10 --seeds 1
      wdcli sweep --json > sweep.json
    """
    params = settings.resolved(ctx)
    writable(ctx)
    from wdcli.data.sources import load
    from wdcli.report import serial, table
    from wdcli.sweep.runner import fit_chosen

    config = settings.sweep_config(params)
    dataset, split = load(config.fit.source, config.fit.seed)
    quiet = params["quiet"]
    console.notes([*settings.ineffective(ctx), *dataset.notes, *settings.repeated(params)], quiet)
    result = work.run(config, dataset, split, params)
    if params["save"]:
        from wdcli.models import Model, save_model

        fold, fitted = fit_chosen(result, dataset, split)
        model = Model.of(config.fit, dataset, result.selection.chosen, fitted, fold.encoding, fold.target_scale)
        save_model(model, params["save"], params["force"])
    write_csv(params, serial.sweep_rows(dataset, result))
    if params["json"]:
        console.emit(serial.to_json(serial.sweep_json(ctx.obj, dataset, split, result)))
    else:
        console.show(lambda width: table.sweep_table(dataset, split, result, width))
