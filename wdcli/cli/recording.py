"""The store as commands use it: where it is, what is kept of a run, and what happens where it can't be used."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wdcli import __version__
from wdcli.cli import console
from wdcli.errors import OutputError, StoreError, Terminated, WdcliError
from wdcli.text import count

if TYPE_CHECKING:
    from rich.console import RenderableType

    from wdcli.data.dataset import Dataset, Split
    from wdcli.fits.store import RecordStore, RunStore
    from wdcli.sweep.result import BrokenOffError


def store_path(params: Mapping[str, Any]) -> Path:
    """Where the store is: as named, or in the user's directory for this program."""
    return Path(params["store"]) if params["store"] else Path(click.get_app_dir("wdcli")) / "store.sqlite"


IRRELEVANT = (
    "jobs",
    "memory",
    "json",
    "csv",
    "format",
    "save",
    "shrink",
    "force",
    "store",
    "no_store",
    "quiet",
    "no_progress",
)
"""Options that change no number."""


def asked(ctx: click.Context, params: Mapping[str, Any], dataset: "Dataset") -> str:
    """What a run asks for, as text: its command, the options that determine its numbers, which files they are of, and the
    arithmetic: a run holds no networks of two.
    """
    from wdcli.fits.arithmetic import arithmetic

    options = {name: value for name, value in params.items() if name not in IRRELEVANT}
    for name in ("data", "test_data"):
        if options[name] and Path(options[name]).exists():
            options[name] = os.path.realpath(options[name])
    # What comes in by a pipe is never the same file again.
    piped = dataset.fingerprint if "-" in (options["data"], options["test_data"]) else None
    return json.dumps([__version__, arithmetic(), ctx.info_name, options, piped], sort_keys=True, default=str)


@dataclass
class Recording:
    """A run that is being recorded, or is not (``run`` None)."""

    run: "RunStore | None"
    notes: console.Notes

    @property
    def store(self) -> "RecordStore":
        """Where the records of the run's networks are kept."""
        from wdcli.fits.store import NullStore

        return NullStore() if self.run is None else self.run

    def finish(
        self, status: str, shown: Mapping[str, Any] | None = None, make: "Callable[[int], RenderableType] | None" = None
    ) -> None:
        """Keep what the run came to: the JSON object, and the table."""
        from wdcli.report.serial import to_json

        if self.run is None:
            return
        text, drawn = to_json(shown) if shown else "", console.draw(make) if make else ""
        command = json.dumps(shown["command"]) if shown else self.run.before.command
        try:
            self.run.finish(status, text, drawn, command)
        except StoreError as error:
            console.notes([f"Warning: {error} What this run printed is not stored."], self.notes.quiet)
        damaged = len(self.run.store.damaged)
        if damaged:
            console.notes([f"{damaged:,} stored networks were damaged, and trained again"], self.notes.quiet)

    def how_to_go_on(self) -> None:
        """Say what is kept of a run that was broken off."""
        if self.run is None:
            return
        with contextlib.suppress(StoreError):
            networks = self.run.networks()
            if networks:
                line = f"{count(networks, 'network')} stored: the same command goes on from there"
                console.notes([line], self.notes.quiet)


@contextlib.contextmanager
def recording(
    ctx: click.Context, params: Mapping[str, Any], dataset: "Dataset", split: "Split", notes: console.Notes
) -> Iterator[Recording]:
    """Record a run: what it trains, what is said of it, and how it ended.

    Of one that is broken off, what there is of it is kept and printed.
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
    """The run in its store, which ``stack`` closes; where a store that wasn't named can't be used, that is said: None."""
    if params["no_store"]:
        return None
    from wdcli.fits.store import Store

    try:
        store = stack.enter_context(contextlib.closing(Store(store_path(params))))
        # A file's name may be no text at all.
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
    """Keep and print what there is of a sweep, or a comparison, that was broken off."""
    from wdcli.report import compare_serial, sweep_serial, sweep_table

    last, before, said = broken.last, broken.before, record.notes.said
    if ctx.info_name == "compare":
        shown = compare_serial.partial_compare_json(ctx.obj, dataset, split, before, last, broken.of, said)
    else:
        shown = sweep_serial.partial_json(ctx.obj, dataset, split, last, broken.of, said)

    def make(width: int) -> "RenderableType":
        return sweep_table.partial_table(dataset, split, before, last, broken.of, width)

    record.finish("interrupted", shown, make)
    # The status is that of what broke it off, whether or not somebody reads.
    try:
        console.present(ctx.params, shown, make)
    except (BrokenPipeError, OutputError):
        console.discard()
