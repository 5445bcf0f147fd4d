"""The command and group classes: help in sections, and the one place where errors become a message and an exit status."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from wdcli.cli import console
from wdcli.cli.declaring import sections, unknown_variables
from wdcli.cli.unknown import unknown_option
from wdcli.errors import OutputError, Terminated, WdcliError
from wdcli.text import harmless, near, safe

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
INTERRUPTED, TERMINATED = 130, 143


class _Strict(click.Command):
    """A command that, for an unknown option, suggests a close one and names the commands that have it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse. Raises ``UsageError``."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            raise click.UsageError(unknown_option(error.option_name, ctx), ctx) from None


class Command(_Strict):
    """A command whose help shows its options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, section by section."""
        for title, options in sections(self.get_params(ctx)).items():
            records = [record for record in (one.get_help_record(ctx) for one in options) if record]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Group(_Strict, click.Group):
    """A group of commands in the order of their definition, which suggests near names."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of definition."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was meant."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            ctx.fail(f"There is no command '{safe(args[0])}'.{near(args[0], self.commands)}")
        return super().resolve_command(ctx, args)


class Main(Group):
    """The outermost group: here, and nowhere else, every way to end becomes an exit status."""

    group_class = Group

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = "wdcli",
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run; ends the process with 0, 1, 2, 130 or 143."""
        if not standalone_mode:
            return super().main(args, prog_name, standalone_mode=False, **extra)
        _settle()
        given = list(sys.argv[1:] if args is None else args)
        if sys.stdout is None:
            sys.exit(_fail("standard output is closed: there is nowhere to write to.", 1))
        _tolerate_narrow_encodings()
        for name in unknown_variables():
            click.echo(f"Warning: the variable {safe(name)} has no effect: no option has this name.", err=True)
        with _terminable():
            sys.exit(self._status(given, prog_name, extra))

    def _status(self, args: list[str], prog_name: str | None, extra: dict[str, Any]) -> int:
        try:
            status = self._run(args, prog_name, extra)
            sys.stdout.flush()
        except NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help() if error.ctx else "", err=True)
            return 2
        except click.UsageError as error:
            where = f" Try '{error.ctx.command_path} --help'." if error.ctx else ""
            return _fail(f"{safe(error.format_message(), 500)}{where}", 2)
        except click.ClickException as error:
            return _fail(safe(error.format_message(), 500), 1)
        except OutputError as error:
            console.discard()
            return _fail(str(error), error.exit_status)
        except WdcliError as error:
            return _fail(str(error), error.exit_status)
        except (click.Abort, KeyboardInterrupt):
            return _fail("Interrupted.", INTERRUPTED)
        except Terminated:
            return _fail("Terminated.", TERMINATED)
        except (BrokenPipeError, SystemExit):
            # The reader has closed the pipe (click itself exits then): it has all it wanted.
            console.discard()
            return 0
        except MemoryError:
            return _fail("Out of memory: give fewer rows, fewer --jobs, or a smaller --hidden.", 1)
        except OSError as error:
            console.discard()
            return _fail(f"{safe(error.filename)}: {error.strerror}." if error.filename else f"{error.strerror}.", 1)
        return status if isinstance(status, int) else 0

    def _run(self, args: list[str], prog_name: str | None, extra: dict[str, Any]) -> Any:
        """Run; a signal while a class is made, the cause of a ``RuntimeError`` before Python 3.12, is raised itself."""
        try:
            return super().main(args, prog_name, standalone_mode=False, obj=["wdcli", *args], **extra)
        except RuntimeError as error:
            if isinstance(error.__cause__, KeyboardInterrupt | Terminated):
                raise error.__cause__ from None
            raise


def _fail(message: str, status: int) -> int:
    with contextlib.suppress(OSError):
        shown = harmless(message, console.LINES)
        click.echo(f"Error: {shown}" if status in (1, 2) else shown, err=True)
    return status


def _settle() -> None:
    """Supply what the caller's environment lacks (standard error, a width), and set what training needs."""
    if sys.stderr is None:
        # Messages go nowhere, and no file opened later gets the number of standard error.
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")
        os.dup2(sys.stderr.fileno(), 2)
    if not os.environ.get("COLUMNS", "80").strip("0"):
        # Shells that don't know the width say 0.
        del os.environ["COLUMNS"]
    # Lanes already run side by side: training takes one BLAS thread a process, and every further thread takes memory.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _tolerate_narrow_encodings() -> None:
    """Where the locale has no ±, a question mark is written in its place instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """While it lasts, SIGTERM (and a lost terminal) raises ``Terminated``, so that workers end and nothing is half written."""

    def terminate(number: int, frame: FrameType | None) -> NoReturn:
        raise Terminated

    if threading.current_thread() is not threading.main_thread():
        # Signals are the main thread's.
        yield
        return
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # What was ignored before (SIGHUP under nohup) stays so.
    signals = [number for number in signals if signal.getsignal(number) != signal.SIG_IGN]
    before = [signal.signal(number, terminate) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
