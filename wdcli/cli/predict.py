"""``wdcli predict``: a saved model's predictions for new rows."""

from typing import Any

import click

from wdcli.cli import console, options
from wdcli.cli.command import Command
from wdcli.cli.named import FileName
from wdcli.cli.predicted import Outputs
from wdcli.cli.writing import writable


@click.command(
    cls=Command,
    help="""Predict new rows with a saved network, as CSV on stdout (or JSON).

    Columns are matched by name; others, such as the target, are ignored. Each prediction has the number of its row,
    from 1. Categories that training never saw are counted and named on stderr. The rows are read and written piece by
    piece, so that millions of them take no more memory than a few thousand. The new file is read like the training
    table: the model remembers the options that say how it was written (decimal, thousands, delimiter, missing,
    date-format). Options given here override these; decimal and thousands count as one.

    \b
    Examples:
      wdcli predict my.model --data new.csv
      wdcli predict my.model --data new.csv --proba --keep id,name
      wdcli predict my.model --data new.csv --parquet predictions.parquet
      wdcli predict my.model --data new.csv --json
      cat new.csv | wdcli predict my.model --data - > predictions.csv
    """,
)
@click.argument("model", type=FileName(), metavar="MODEL")
@options.data_to_predict
@options.proba
@options.keep
@options.parquet
@options.format_options
@options.csv_output_options
@click.pass_context
def predict(ctx: click.Context, /, model: str, keep: tuple[str, ...], proba: bool, quiet: bool, **_: Any) -> None:
    writable(ctx)
    from wdcli.data.loading import new_rows, spelled_alike
    from wdcli.data.source import Source
    from wdcli.models import load_model
    from wdcli.predictions import Predictions
    from wdcli.report import predict_serial

    loaded = load_model(model)
    source = Source(**{name: ctx.params[name] for name in Source.__dataclass_fields__ if name in ctx.params})
    source, alike = spelled_alike(source, loaded.spelling)
    console.notes(alike, quiet)
    predictions = Predictions(loaded, new_rows(source, loaded.encoding.kinds, keep), proba)
    with Outputs(ctx.params, predict_serial.head(ctx.obj, loaded.target, loaded.task)) as outputs:
        for batch in predictions:
            outputs.write(batch)
        console.notes([*predictions.notes, *predict_serial.notes(predictions.novelties)], quiet)
        outputs.end(predict_serial.tail(predictions.novelties))
