"""``wdcli runs``: the sweeps and comparisons that are stored."""

import contextlib
from typing import TYPE_CHECKING

import click

from wdcli.cli import console, options
from wdcli.cli.command import Group
from wdcli.cli.recording import store_path
from wdcli.cli.types import Whole
from wdcli.cli.writing import writable, write_csv
from wdcli.errors import StoreError
from wdcli.text import escaped

if TYPE_CHECKING:
    from wdcli.sweep.store import Store

NUMBER = click.argument("number", type=Whole(1, 2**62), metavar="ID")


@click.group(
    cls=Group,
    help="""List, show, export and remove stored sweeps and comparisons.

    \b
    Examples:
      wdcli runs list
      wdcli runs show 3
      wdcli runs export 3 > rows.csv
      wdcli runs rm 3

    Every sweep and comparison stores its networks' numbers (not their weights) as they are trained. What is there is not
    trained again: a sweep that was broken off goes on where it was, and a finer grid pays for its new points alone.
    """,
)
def runs() -> None: ...


def opened(ctx: click.Context) -> "contextlib.closing[Store]":
    """The store that is there, as a context that closes it. Raises ``StoreError`` if there is none."""
    from wdcli.sweep.store import Store

    return contextlib.closing(Store(store_path(ctx.params), make=False))


@runs.command(
    "list",
    help="What was run: when, on what, what was chosen, and whether it came to its end.",
)
@options.stored_options
@options.format
@click.pass_context
def list_(ctx: click.Context, /, **_: object) -> None:
    from wdcli.report import run_tables

    writable(ctx)
    with opened(ctx) as found:
        every = found.runs()
    rows = run_tables.list_rows(every)
    write_csv(ctx.params, rows)
    console.present(ctx.params, {"schema": "wdcli.runs/1", "runs": rows}, lambda width: run_tables.list_table(rows))


@runs.command(
    help="The table that a run printed, or with --json its object.",
)
@NUMBER
@options.store
@options.json
@options.config
@click.pass_context
def show(ctx: click.Context, /, number: int, json: bool, **_: object) -> None:
    with opened(ctx) as found:
        run = found.run(number)
    if not run.shown:
        raise StoreError(
            f"run {number} ({run.status}) came to its end before it could print: {run.networks:,} of its networks are "
            "stored, and the same command goes on from there."
        )
    if json:
        console.emit(escaped(run.shown))
    else:
        console.replay(run.drawn)


@runs.command(
    help="A run's networks, a row each with all its numbers, as CSV or JSON.",
)
@NUMBER
@options.stored_options
@click.pass_context
def export(ctx: click.Context, /, number: int, json: bool, csv: str | None, **_: object) -> None:
    from wdcli.report import run_tables, serial

    writable(ctx)
    with opened(ctx) as found:
        run = found.run(number)
        lanes = found.lanes(run)
    rows = run_tables.lane_rows(lanes)
    if not run.networks:
        raise StoreError(f"run {number} has no networks: it was ended before the first was trained.")
    if not rows:
        raise StoreError(f"run {number} has no sound network left of {run.networks:,}: give its command again.")
    if len(rows) < run.networks:
        console.notes(
            [f"Warning: {run.networks - len(rows):,} of the run's networks are damaged and left out"], quiet=False
        )
    write_csv(ctx.params, rows)
    if json:
        console.emit(serial.to_json({"schema": "wdcli.run/1", **run_tables.list_rows([run])[0], "networks": rows}))
    elif not csv:
        console.emit(serial.to_csv(rows))


@runs.command(
    help="Forget runs, and the networks that no other run has.",
)
@click.argument("numbers", nargs=-1, required=True, type=Whole(1, 2**62), metavar="ID...")
@options.store
@options.quiet
@options.config
@click.pass_context
def rm(ctx: click.Context, /, numbers: tuple[int, ...], quiet: bool, **_: object) -> None:
    with opened(ctx) as found:
        for number in dict.fromkeys(numbers):
            found.remove(number)
            console.notes([f"run {number} is forgotten"], quiet)
