"""The command line: each command parses, makes one call, and presents. NumPy is imported by what is called.

In reading order:

- command: help in sections; the one place where errors become a message and an exit status
- declaring: how an option is declared: its names on the command line, as a variable and in a TOML file
- types: from an option's text to a value
- named: text that names a column, a file or data; completion
- reading: types of the options that say how a table is read
- options: every option, defined once
- configfile: options from a TOML file
- unknown, meant: the message for an unknown option or value, and which one may be meant
- settings: from option values to settings
- console: the result on stdout, notes on stderr
- drawing: a table, drawn once, for stdout and for the store
- charting: a picture in place of a table's rows, or below it
- progress, loading: how far the work is, and the reading of a table
- writing: the files that a command writes
- predicted: where predictions go, batch after batch
- recording: a run in the store while a command works
- train, sweep, compare, plot, report, predict, export, convert, data, runs: the commands
"""

import click

from wdcli import __version__
from wdcli.cli.command import CONTEXT, Main
from wdcli.cli.compare import compare
from wdcli.cli.convert import convert
from wdcli.cli.data import data
from wdcli.cli.export import export
from wdcli.cli.plot import plot
from wdcli.cli.predict import predict
from wdcli.cli.report import report
from wdcli.cli.runs import runs
from wdcli.cli.sweep import sweep
from wdcli.cli.train import train


@click.group(
    cls=Main,
    context_settings=CONTEXT,
    help="""How much weight decay does this network need on this data, and what does the decay do?

    \b
    Examples:
      wdcli train --penalty l2 --lambd 0.1     fit one network
      wdcli sweep                              find lambda by cross-validation
      wdcli compare l1 l2                      which penalty is better here?
      wdcli sweep --data my.csv --target y     the same on your own table

    Every option can also be given as a variable (WDCLI_EPOCHS=200) and in a TOML file (--config): a flag overrides a
    variable, which overrides the file. Results go to stdout, notes and progress to stderr.
    """,
)
@click.version_option(__version__, prog_name="wdcli")
def main() -> None: ...


for command in (train, sweep, compare, plot, report, data, predict, export, convert, runs):
    main.add_command(command)
