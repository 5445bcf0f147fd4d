"""The store as commands use it: where it is, what a run keeps in it, and what happens where it can't be used."""

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wdcli import __version__
from wdcli.cli import console
from wdcli.cli.charting import charted
from wdcli.cli.drawing import Drawing, present
from wdcli.errors import OutputError, StoreError, Terminated, WdcliError
from wdcli.text import count

if TYPE_CHECKING:
    from wdcli.data.dataset import Dataset, Split
    from wdcli.fits.store import RecordStore, RunStore
    from wdcli.sweep.result import BrokenOffError


def store_path(params: Mapping[str, Any]) -> Path:
    """Where the store is: as named, or in the user's directory for this program."""
    return Path(params["store"]) if params["store"] else Path(click.get_app_dir("wdcli")) / "store.sqlite"


IRRELEVANT = (
    "jobs",
    "memory",
    "cluster",
    "json",
    "csv",
    "format",
    "chart",
    "save",
    "report",
    "shrink",
    "force",
    "store",
    "no_store",
    "quiet",
    "no_progress",
)
"""Options that change no number."""


def asked(ctx: click.Context, params: Mapping[str, Any], dataset: "Dataset") -> str:
    """What a run asks for, as text: its command, the options that determine its numbers, the paths of its files, and the
    arithmetic, so that a run never mixes networks of two.
    """
    from wdcli.fits.arithmetic import arithmetic

    options = {name: value for name, value in params.items() if name not in IRRELEVANT}
    for name in ("data", "test_data"):
        if options[name] and Path(options[name]).exists():
            options[name] = os.path.realpath(options[name])
    # Data from a pipe is never the same file again.
    piped = dataset.fingerprint if "-" in (options["data"], options["test_data"]) else None
    return json.dumps([__version__, arithmetic(), ctx.info_name, options, piped], sort_keys=True, default=str)


@dataclass
class Recording:
    """A run that is being recorded, or isn't (``run`` is None)."""

    run: "RunStore | None"
    notes: console.Notes

    @property
    def store(self) -> "RecordStore":
        """Where the records of the run's networks are kept."""
        from wdcli.fits.store import NullStore

        return NullStore() if self.run is None else self.run

    def finish(self, status: str, shown: Mapping[str, Any] | None = None, drawing: Drawing | None = None) -> None:
        """Keep the run's result: the JSON object and the table."""
        from wdcli.report.serial import to_json

        if self.run is None:
            return
        text, drawn = to_json(shown) if shown else "", drawing.stored() if drawing else ""
        command = json.dumps(shown["command"]) if shown else self.run.before.command
        try:
            self.run.finish(status, text, drawn, command)
        except StoreError as error:
            console.notes([f"Warning: {error} What this run printed is not stored."], self.notes.quiet)
        damaged = len(self.run.store.damaged)
        if damaged:
            console.notes([f"{damaged:,} stored networks were damaged, and trained again"], self.notes.quiet)

    def how_to_go_on(self) -> None:
        """Say what is kept of an interrupted run."""
        if self.run is None:
            return
        with contextlib.suppress(StoreError):
            networks = self.run.networks()
            if networks:
                line = f"{count(networks, 'network')} stored: the same command continues from there"
                console.notes([line], self.notes.quiet)


@contextlib.contextmanager
def recording(
    ctx: click.Context, params: Mapping[str, Any], dataset: "Dataset", split: "Split", notes: console.Notes
) -> Iterator[Recording]:
    """Record a run: what it trains, the notes on it, and how it ended.

    If the run is interrupted, its rows so far are kept and printed.
    """
    from wdcli.sweep.result import BrokenOffError

    with contextlib.ExitStack() as stack:
        record = Recording(_begun(ctx, params, dataset, stack), notes)
        try:
            yield record
        except BrokenOffError as error:
            _show_partial(ctx, dataset, split, error, record)
            record.how_to_go_on()
            raise error.cause from None
        except WdcliError:
            record.finish("failed")
            raise
        except (KeyboardInterrupt, Terminated):
            record.how_to_go_on()
            raise


def _begun(
    ctx: click.Context, params: Mapping[str, Any], dataset: "Dataset", stack: contextlib.ExitStack
) -> "RunStore | None":
    """The run in its store, which ``stack`` closes; None, with a note, if the default store can't be used."""
    if params["no_store"]:
        return None
    from wdcli.fits.store import Store

    try:
        store = stack.enter_context(contextlib.closing(Store(store_path(params))))
        # A file's name need not be text.
        name = dataset.name.encode(errors="replace").decode()
        return store.begin(json.dumps(ctx.obj), asked(ctx, params, dataset), name, dataset.fingerprint)
    except StoreError as error:
        if params["store"]:
            raise
        console.notes([f"Nothing is stored: {error}"], params["quiet"])
        return None


def _show_partial(
    ctx: click.Context, dataset: "Dataset", split: "Split", broken: "BrokenOffError", record: Recording
) -> None:
    """Keep and print the rows so far of an interrupted sweep or comparison."""
    from wdcli.report import compare_serial, sweep_serial, sweep_table

    last, before, said = broken.last, broken.before, record.notes.said
    if ctx.info_name == "compare":
        shown = compare_serial.partial_compare_json(ctx.obj, dataset, split, before, last, broken.of, said)
    else:
        shown = sweep_serial.partial_json(ctx.obj, dataset, split, last, broken.of, said)

    drawing = Drawing(lambda width: sweep_table.partial_table(dataset, split, before, last, broken.of, width))
    record.finish("interrupted", shown, drawing)
    # The exit status is that of the interruption, whether or not anybody reads.
    try:
        present(ctx.params, shown, charted(ctx.params, shown) or drawing)
    except (BrokenPipeError, OutputError):
        console.discard()
