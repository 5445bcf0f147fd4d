"""``wdcli compare``: sweep several penalties on the same splits, seeds and initial weights, and test the difference."""

import click

from wdcli.cli import console, options, settings
from wdcli.cli.charting import charted
from wdcli.cli.command import Command
from wdcli.cli.drawing import Drawing, present
from wdcli.cli.recording import recording
from wdcli.cli.types import Penalty
from wdcli.cli.writing import writable, write_csv, write_report


@click.command(
    cls=Command,
    help="""Which penalty is better on this data? Each is swept; then every pair is tested at its chosen lambdas.

    A PENALTY is none, l1, l2 or elastic-net, or one with its decay, such as l2:decoupled.

    \b
    Examples:
      wdcli compare l1 l2
      wdcli compare none l2 l2:decoupled --data my.csv --target y
    """,
)
@click.argument("penalties", nargs=-1, required=True, type=Penalty(), metavar="PENALTY PENALTY...")
@options.data_options
@options.swept_penalty_kind
@options.network_options
@options.training_options
@options.sweep_options
@options.csv_output_options
@options.report
@options.format
@options.chart
@options.store_options
@click.pass_context
def compare(ctx: click.Context, /, penalties: tuple[tuple[str, str | None], ...], **_: object) -> None:
    params = settings.resolved(ctx)
    writable(ctx)
    if len(penalties) < 2:
        raise click.UsageError("Name at least two penalties to compare, such as: l1 l2.", ctx)
    from wdcli import study
    from wdcli.report import compare_serial, compare_table

    configs = [settings.sweep_config(settings.with_penalty(params, *penalty)) for penalty in penalties]
    names = [name if decay is None else f"{name}:{decay}" for name, decay in penalties]
    notes = console.Notes(params["quiet"])
    notes.say(settings.ineffective(ctx))
    data = settings.data(params, configs[0].fit.seed, notes.say)
    dataset, split = data
    notes.say(settings.repeated(params))
    with recording(ctx, params, dataset, split, notes) as record:
        resources = settings.resources(params, record.store)
        result = study.compare(data, list(zip(names, configs, strict=True)), resources, notes.say)
        shown = compare_serial.compare_json(ctx.obj, dataset, split, result, notes.said)
        drawing = Drawing(lambda width: compare_table.compare_table(dataset, split, result, width))
        record.finish("done", shown, drawing)
    drawing = charted(params, shown) or drawing
    try:
        write_csv(params, compare_serial.compare_rows(dataset, result))
        write_report(params, shown)
    finally:
        # Whatever becomes of the files, the result is shown.
        present(params, shown, drawing)
