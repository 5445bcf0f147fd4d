"""``wdcli sweep``: fit lambdas in every fold, and choose one."""

import click

from wdcli.cli import console, options, settings
from wdcli.cli.charting import charted
from wdcli.cli.command import Command
from wdcli.cli.drawing import Drawing, present
from wdcli.cli.recording import recording
from wdcli.cli.writing import writable, write_csv, write_model, write_report


@click.command(
    cls=Command,
    help="""Find lambda by cross-validation: print a row for each lambda, and mark the best and the largest that does as well.

    \b
    Examples:
      wdcli sweep
      wdcli sweep --data my.csv --target species --penalty l1
      wdcli sweep --data my.csv --penalty l1 --refit --save my.model --shrink
      wdcli sweep --data breast-cancer --penalty group-lasso --features
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
@options.features
@options.output_options
@options.report
@options.store_options
@click.pass_context
def sweep(ctx: click.Context, /, **_: object) -> None:
    params = settings.resolved(ctx)
    writable(ctx)
    from wdcli import study
    from wdcli.report import column_table, sweep_serial, sweep_table
    from wdcli.sweep.features import check_makes_zeros

    config, notes = settings.sweep_config(params), console.Notes(params["quiet"])
    if params["features"]:
        check_makes_zeros(config.fit)
    notes.say(settings.ineffective(ctx))
    data = settings.data(params, config.fit.seed, notes.say)
    dataset, split = data
    notes.say(settings.repeated(params))
    with recording(ctx, params, dataset, split, notes) as record:
        resources = settings.resources(params, record.store)
        result = study.sweep(data, config, resources, notes.say)
        refit = study.refit(result, resources) if params["refit"] and config.fit.makes_zeros else None
        wanted = (params["features"] or params["json"]) and config.fit.makes_zeros
        features = study.features(result, resources) if wanted else None
        shown = sweep_serial.sweep_json(
            ctx.obj, dataset, split, result, refit, notes.said, features, params["features"]
        )
        tabled = features if params["features"] else None
        drawing = Drawing(lambda width: sweep_table.sweep_table(dataset, split, result, refit, tabled, width))
        record.finish("done", shown, drawing)
    drawing = charted(params, shown, column_table.columns_parts(result, tabled) if tabled else ()) or drawing
    try:
        if params["save"]:
            write_model(params, study.model(result, refit, resources), result.chosen_row.status)
        write_csv(params, sweep_serial.sweep_rows(dataset, result))
        write_report(params, shown)
    finally:
        # Whatever becomes of the files, the result is shown.
        present(params, shown, drawing)
