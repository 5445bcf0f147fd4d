"""``wdcli report``: a stored run as one HTML page."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wdcli.cli import console, options
from wdcli.cli.command import Command
from wdcli.cli.runs import printed_run
from wdcli.cli.types import RunNumber
from wdcli.cli.writing import page_of, writable, write_text
from wdcli.errors import ConfigError, StoreError
from wdcli.fits.record_text import UNREADABLE
from wdcli.paths import STREAMS
from wdcli.text import quoted

if TYPE_CHECKING:
    from wdcli.fits.run import Run


PICTURES = (".svg", ".pdf", ".png")


@click.command(
    cls=Command,
    help="""Write a stored sweep or comparison as one HTML page: the answer, pictures and every number.

    \b
    Examples:
      wdcli report
      wdcli report --open
      wdcli report 3 -o wine.html
      wdcli sweep --data wine --penalty l1 --report wine.html

    RUN is a number from 'wdcli runs list'; without it, or with 'last', the run with the highest number is shown. Nothing
    is trained. The page is one file that loads nothing, can be sent by mail, and also works without JavaScript.
    """,
)
@click.argument("number", type=RunNumber(), default="last", metavar="[RUN]")
@options.page_output
@options.open_page
@options.store
@options.force
@options.quiet
@options.config
@click.pass_context
def report(ctx: click.Context, /, number: int, output: str | None, open: bool, quiet: bool, **_: Any) -> None:
    if open and output in STREAMS:
        raise ConfigError("--open needs a file: give -o a file's name, or leave it out.")
    if output is not None and Path(output).suffix.lower() in PICTURES:
        raise ConfigError(f"{quoted(output)}: a report is an HTML page; 'wdcli plot' draws single pictures.")
    writable(ctx)
    run = printed_run(ctx, number)
    path = output or f"wdcli-run-{run.id}.html"
    write_text(path, _page(run), ctx.params["force"])
    if path not in STREAMS:
        console.notes([f"run {run.id} is written to {quoted(path)}"], quiet)
    if open:
        _open(path, quiet)


def _page(run: "Run") -> str:
    """The run's page. Raises ``StoreError`` if what it has shown isn't what this program writes."""
    try:
        return page_of(run.result)
    except UNREADABLE:
        raise StoreError(f"what run {run.id} has shown can't be read: give its command again.") from None


def _open(path: str, quiet: bool) -> None:
    """Show the page in the user's browser, or say that there is none."""
    import webbrowser

    if not webbrowser.open(Path(path).resolve().as_uri()):
        console.notes([f"Warning: no browser could be started: open {quoted(path)} in one"], quiet)
