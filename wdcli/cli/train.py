"""``wdcli train``: fit one network and show it."""

import click

from wdcli.cli import console, options, settings, work
from wdcli.cli.command import Command
from wdcli.cli.progress import shown_progress
from wdcli.cli.writing import writable, write_csv
from wdcli.errors import TrainingError


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
    from wdcli.data.sources import load
    from wdcli.fits.single import run_train
    from wdcli.models import Model, save_model
    from wdcli.report import serial, train_table, train_words

    config, notes = settings.fit_config(params), console.Notes(params["quiet"])
    lambd = params["lambd"] if config.penalised else 0.0
    dataset, split = load(config.source, config.seed, params["memory"])
    notes.say([*settings.ineffective(ctx), *dataset.notes, *work.column_notes(config, dataset, split)])
    n_train = len(split.train)
    notes.say(settings.stability(config, dataset, n_train, config.fitted_rows(n_train), [lambd]))
    with shown_progress(params["quiet"] or params["no_progress"]) as watch:
        resources = work.resources(params, watch)
        result = run_train(config, dataset, split, lambd, params["seeds"], resources)
    diverged = result.record.status == "diverged"
    if params["save"] and not diverged:
        model = Model.of(
            config, dataset, n_train, lambd, result.params, result.fold.encoding, result.fold.target_scale,
            result.record.epochs,
        )  # fmt: skip
        save_model(model.shrunk() if params["shrink"] else model, params["save"], params["force"])
    shown = serial.train_json(ctx.obj, config, dataset, split, result, notes.said)
    if not diverged:
        write_csv(params, serial.train_rows(shown))
    if params["json"] or result.records or not diverged:
        console.present(params, shown, lambda width: train_table.train_table(config, dataset, split, result))
    if diverged:
        raise TrainingError(train_words.diverged(config))
