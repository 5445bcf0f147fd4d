"""``wdcli runs``: the stored sweeps and comparisons."""

import contextlib
from typing import TYPE_CHECKING

import click

from wdcli.cli import console, options, settings
from wdcli.cli.charting import charted
from wdcli.cli.command import Group
from wdcli.cli.drawing import Drawing, present, replay
from wdcli.cli.recording import store_path
from wdcli.cli.types import LAST, RunNumber
from wdcli.cli.writing import writable, write_csv
from wdcli.errors import StoreError
from wdcli.text import escaped

if TYPE_CHECKING:
    from wdcli.figures.shown import Shown
    from wdcli.fits.run import Run
    from wdcli.fits.store import Store

NUMBER = click.argument("number", type=RunNumber(), metavar="ID")


@click.group(
    cls=Group,
    help="""List, show, export and remove stored sweeps and comparisons.

    \b
    Examples:
      wdcli runs list
      wdcli runs show last
      wdcli runs show 3 --csv rows.csv
      wdcli runs show last --format markdown
      wdcli runs export 3 > networks.csv
      wdcli runs rm 3

    Every sweep and comparison stores its networks' numbers (not their weights) as they are trained. No stored network
    is trained again: an interrupted sweep continues where it was, and a finer grid costs only its new points.

    An ID is a number from 'wdcli runs list', or 'last' for the highest. A command that is given again keeps its number
    and training time, and is listed as last given.
    """,
)
def runs() -> None: ...


def opened(ctx: click.Context) -> "contextlib.closing[Store]":
    """The existing store, as a context that closes it. Raises ``StoreError`` if there is none."""
    from wdcli.fits.store import Store

    return contextlib.closing(Store(store_path(ctx.params), make=False))


def number_of(store: "Store", number: int) -> int:
    """The number of a run as given, or of the last run. Raises ``StoreError`` if there is none."""
    return store.latest() if number == LAST else number


def run_of(store: "Store", number: int) -> "Run":
    """The run as given, or the last. Raises ``StoreError`` if there is none, or if it is damaged."""
    return store.run(number_of(store, number))


def printed_run(ctx: click.Context, number: int) -> "Run":
    """The run as given, or the last. Raises ``StoreError`` as ``run_of`` does, or if it ended before it printed anything."""
    with opened(ctx) as found:
        run = run_of(found, number)
    if not run.shown:
        raise StoreError(
            f"run {run.id} ({run.status}) ended before it printed its table: {run.networks:,} of its networks are "
            "stored, and the same command continues from there."
        )
    return run


def shown_of(ctx: click.Context, number: int) -> "Shown":
    """What the run as given, or the last, has shown. Raises ``StoreError`` as ``printed_run`` does, or if it can't be read."""
    from wdcli.figures.shown import Shown

    return Shown.read(printed_run(ctx, number).result)


@runs.command(
    "list",
    help="List the stored runs: when, on what data, what was chosen, and whether the run was finished.",
)
@options.stored_options
@options.format
@click.pass_context
def list_(ctx: click.Context, /, **_: object) -> None:
    from wdcli.report import runs_table

    writable(ctx)
    with opened(ctx) as found:
        rows = runs_table.list_rows(found.runs())
    console.notes(settings.idle_output(ctx), quiet=False)
    write_csv(ctx.params, rows)
    drawing = Drawing(lambda width: runs_table.list_table(rows))
    present(ctx.params, {"schema": "wdcli.runs/1", "runs": rows}, drawing)


@runs.command(
    help="""Print a run's table again, or its JSON object with --json.

    --csv, --format and --chart write what the run itself would have written with them.
    """,
)
@NUMBER
@options.stored_options
@options.format
@options.chart
@click.pass_context
def show(ctx: click.Context, /, number: int, **_: object) -> None:
    writable(ctx)
    run = printed_run(ctx, number)
    console.notes(settings.idle_output(ctx), quiet=False)
    write_csv(ctx.params, run.rows)
    if ctx.params["csv"] and run.status == "interrupted":
        console.notes([f"Warning: run {run.id} is partial: its rows are means over the networks so far"], quiet=False)
    if ctx.params["json"]:
        console.emit(escaped(run.shown))
    elif picture := charted(ctx.params, run.result):
        picture.write("table")
    elif not console.rows_on_stdout(ctx.params):
        _replay(run)


def _replay(run: "Run") -> None:
    """Write what the run printed, in the given format. Raises ``StoreError`` if it isn't stored in that format."""
    format = click.get_current_context().params["format"]
    try:
        replay(run.drawn, format)
    except LookupError:
        raise StoreError(
            f"run {run.id} was stored only as a table: give its command again with --format {format}."
        ) from None


@runs.command(
    help="""Write a run's networks as CSV or JSON: a row for each, with all its numbers.

    The column fit tells them apart: "all rows" (fold 0) was trained on all training rows, and its held_* columns describe the
    test rows; "fold 3" was trained without the third part in cross-validation, and its held_* columns describe that part.
    """,
)
@NUMBER
@options.stored_options
@click.pass_context
def export(ctx: click.Context, /, number: int, csv: str | None, **_: object) -> None:
    from wdcli.report import runs_table, serial

    writable(ctx)
    with opened(ctx) as found:
        run = run_of(found, number)
        lanes = found.lanes(run)
    rows = runs_table.lane_rows(lanes)
    if not run.networks:
        raise StoreError(f"run {run.id} has no networks: it ended before the first was trained.")
    if not rows:
        raise StoreError(f"run {run.id}: all of its {run.networks:,} networks are damaged. Give its command again.")
    if len(rows) < run.networks:
        console.notes(
            [f"Warning: {run.networks - len(rows):,} of the run's networks are damaged and left out"], quiet=False
        )
    write_csv(ctx.params, rows)
    if ctx.params["json"]:
        console.emit(serial.to_json({"schema": "wdcli.run/1", **runs_table.list_rows([run])[0], "networks": rows}))
    elif not csv:
        console.emit(serial.to_csv(rows))


@runs.command(
    help="Remove runs, and the networks that no other run uses.",
)
@click.argument("numbers", nargs=-1, required=True, type=RunNumber(), metavar="ID...")
@options.store
@options.quiet
@options.config
@click.pass_context
def rm(ctx: click.Context, /, numbers: tuple[int, ...], quiet: bool, **_: object) -> None:
    with opened(ctx) as found:
        for number in dict.fromkeys([number_of(found, number) for number in numbers]):
            found.remove(number)
            console.notes([f"run {number} is removed"], quiet)
