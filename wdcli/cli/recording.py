"""The store as commands use it: where it is, what is kept of a run, and what happens where it can't be used."""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wdcli.cli import console
from wdcli.errors import StoreError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from wdcli.data.dataset import Dataset, Split
    from wdcli.sweep.runner import UnfinishedError
    from wdcli.sweep.store import Lanes, RunLanes


def store_path(params: Mapping[str, Any]) -> Path:
    """Where the store is: as named, or in the user's directory for this program."""
    return Path(params["store"]) if params["store"] else Path(click.get_app_dir("wdcli")) / "store.sqlite"


@dataclass
class Recording:
    """A run that is being recorded, or is not (``run`` None)."""

    run: "RunLanes | None"
    quiet: bool

    @property
    def lanes(self) -> "Lanes":
        """Where the run's lanes are kept."""
        from wdcli.sweep.store import NoLanes

        return NoLanes() if self.run is None else self.run

    def finish(self, status: str, shown: Mapping[str, Any], make: "Callable[[int], RenderableType]") -> None:
        """Keep what the run came to: the JSON object, and the table."""
        from wdcli.report.serial import to_json

        if self.run is None:
            return
        try:
            self.run.store.finish(self.run.run, status, to_json(shown), console.draw(make))
        except StoreError as error:
            console.notes([f"Warning: {error} This run is not stored."], self.quiet)
        if self.run.store.damaged:
            console.notes([f"{self.run.store.damaged:,} stored networks were damaged, and trained again"], self.quiet)


@contextlib.contextmanager
def recording(
    ctx: click.Context, params: Mapping[str, Any], asked: Mapping[str, Any], dataset: "Dataset"
) -> Iterator[Recording]:
    """Record a run that asks for this; where a store that wasn't named can't be used, say so and go on without."""
    if params["no_store"]:
        yield Recording(None, params["quiet"])
        return
    from wdcli.report.serial import to_json
    from wdcli.sweep.store import Store

    store: Store | None = None
    run = None
    try:
        store = Store(store_path(params))
        command = json.dumps(ctx.obj, ensure_ascii=False)
        run = store.begin(command, to_json({"command": ctx.info_name, **asked}), dataset.name, dataset.fingerprint)
    except StoreError as error:
        if params["store"]:
            raise
        console.notes([f"Nothing is stored: {error}"], params["quiet"])
    try:
        yield Recording(run, params["quiet"])
    finally:
        if store:
            store.close()


def show_partial(
    ctx: click.Context, dataset: "Dataset", split: "Split", unfinished: "UnfinishedError", record: Recording
) -> None:
    """Keep and print what there is of a sweep that was broken off, and say how to go on."""
    from wdcli.report import serial, table

    params, result = ctx.params, unfinished.result
    shown = serial.partial_json(ctx.obj, dataset, split, result, unfinished.of)

    def make(width: int) -> "RenderableType":
        return table.partial_table(dataset, split, result, unfinished.of, width)

    record.finish("interrupted", shown, make)
    if params["json"]:
        console.emit(serial.to_json(shown))
    else:
        console.show(make)
    if record.run is not None:
        console.notes(["What is trained is stored: the same command goes on from here."], params["quiet"])
