"""``wdcli data``: what can be loaded, a summary of one table, and generated data as a file."""

import contextlib
from pathlib import Path
from typing import Any

import click

from wdcli.cli import console, loading, options, settings
from wdcli.cli.command import Group
from wdcli.cli.drawing import Drawing, present
from wdcli.cli.named import DataName, FileName, GeneratorName
from wdcli.errors import ConfigError
from wdcli.text import quoted


@click.group(
    cls=Group,
    help="""List, describe and make tables.

    \b
    Examples:
      wdcli data list
      wdcli data show my.csv
      wdcli data show my.model
      wdcli data make spirals spirals.csv --rows 1000 --noise 0.05 --seed 1
    """,
)
def data() -> None: ...


@data.command(
    "list",
    help="List the tables that --data can name, besides files.",
)
@options.json
@options.format
@options.config
@click.pass_context
def list_(ctx: click.Context, /, **params: Any) -> None:
    from wdcli.report import data_table

    console.notes(settings.idle_output(ctx), quiet=False)
    present(params, data_table.list_json(), Drawing(lambda width: data_table.list_table()))


@data.command(
    help="Describe a table (its columns, missing cells, and target) or a saved model (its network and columns).",
)
@click.argument("name", type=DataName(), metavar="NAME_OR_PATH")
@options.target
@options.feature_options
@options.format_options
@options.task
@options.noise
@options.rows
@options.seed
@options.json
@options.format
@options.quiet
@options.config
@click.pass_context
def show(ctx: click.Context, /, name: str, seed: int, quiet: bool, json: bool, format: str, **source: Any) -> None:
    from wdcli.data.loading import load_dataset
    from wdcli.data.reading import unseen
    from wdcli.data.source import Source
    from wdcli.models import load_model
    from wdcli.report import data_table, model_table

    if _is_model(name):
        idle = settings.without_effect(ctx, (*source, "seed"), "on a saved model")
        console.notes([*settings.idle_output(ctx), *idle], quiet)
        shown = model_table.model_json(load_model(name))
        present(ctx.params, shown, Drawing(lambda width: model_table.model_table(shown)))
        return
    dataset = load_dataset(Source(name, **source), seed, watch=unseen if quiet else loading.shown)
    console.notes([*settings.idle_output(ctx), *dataset.notes], quiet)
    present(ctx.params, data_table.show_json(dataset), Drawing(lambda width: data_table.show_table(dataset)))


def _is_model(name: str) -> bool:
    """Whether a file begins like a saved model, with the zip entry of its header; it may still be damaged."""
    from wdcli.models.file import HEADER

    if not Path(name).is_file():
        return False
    with contextlib.suppress(OSError), Path(name).open("rb") as file:
        start = file.read(30 + len(HEADER))
        return start.startswith(b"PK\x03\x04") and start.endswith(HEADER.encode())
    return False


@data.command(
    help="Write generated noisy data to a CSV or Parquet file, or as CSV to stdout.",
)
@click.argument("name", type=GeneratorName(), metavar="GENERATOR")
@click.argument("path", type=FileName(), default="-", metavar="[PATH]")
@options.noise
@options.rows
@options.seed
@options.force
@options.config
def make(name: str, path: str, noise: float | None, rows: int | None, seed: int, force: bool) -> None:
    from wdcli.data.dice import Purpose, dice
    from wdcli.data.files import table_bytes
    from wdcli.data.generators import generate
    from wdcli.paths import STDOUT, STREAMS, check_writable, write_file

    suffix = Path(path).suffix.lower()
    on_stdout = STREAMS.get(path) == STDOUT
    if not on_stdout:
        if suffix not in (".csv", ".parquet"):
            raise ConfigError(f"{quoted(path)}: give a name that ends in .csv or .parquet.")
        check_writable(path, force)
    made = generate(name, dice(seed, Purpose.DATA), rows, noise)
    columns = {column.name: column.values for column in made.columns}
    written = table_bytes({**columns, made.target: made.y}, parquet=suffix == ".parquet")
    if on_stdout:
        console.emit(written.decode())
    else:
        write_file(path, written, force)
