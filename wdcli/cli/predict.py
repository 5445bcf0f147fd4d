"""``wdcli predict``: a saved model's predictions for new rows."""

import click

from wdcli.cli import console, options
from wdcli.cli.command import Command
from wdcli.cli.named import FileName
from wdcli.cli.writing import writable, write_csv


@click.command(
    cls=Command,
    help="""Predict new rows with a saved network, as CSV on stdout (or JSON).

    Columns are matched by name; others, such as the target, are ignored. Each prediction has the number of its row,
    from 1, and for classes the probability of each. Categories that training never saw are counted and named on
    stderr. The new file is read like the training table: the model remembers the options that say how it was written
    (decimal, thousands, delimiter, missing, date-format). Options given here override these; decimal and thousands
    count as one.

    \b
    Examples:
      wdcli predict my.model --data new.csv
      wdcli predict my.model --data new.csv --keep id,name
      wdcli predict my.model --data new.csv --json
      cat new.csv | wdcli predict my.model --data - > predictions.csv
    """,
)
@click.argument("model", type=FileName(), metavar="MODEL")
@options.data_to_predict
@options.keep
@options.format_options
@options.csv_output_options
@click.pass_context
def predict(ctx: click.Context, /, model: str, json: bool, keep: tuple[str, ...], **_: object) -> None:
    writable(ctx)
    from wdcli.data.loading import new_rows, spelled_alike
    from wdcli.data.source import Source
    from wdcli.models import load_model
    from wdcli.report import predict_serial, serial

    loaded = load_model(model)
    source = Source(**{name: ctx.params[name] for name in Source.__dataclass_fields__ if name in ctx.params})
    source, alike = spelled_alike(source, loaded.spelling)
    console.notes(alike, ctx.params["quiet"])
    name, columns, notes, kept = new_rows(source, loaded.encoding.kinds, keep=keep)
    loaded.check_columns(columns, name)
    unseen = loaded.encoding.unseen(columns)
    also = [
        *predict_serial.far_notes(loaded.encoding.far(columns)),
        *predict_serial.sign_notes(loaded.encoding.resigned(columns)),
    ]
    rows = predict_serial.with_cells(loaded.predictions(columns), kept)
    console.notes([*notes, *predict_serial.notes(unseen), *also], ctx.params["quiet"])
    write_csv(ctx.params, rows)
    if json:
        shown = predict_serial.predict_json(ctx.obj, loaded.target, loaded.task, rows, unseen, also)
        console.emit(serial.to_json(shown))
    elif not ctx.params["csv"]:
        console.emit(serial.to_csv(rows))
