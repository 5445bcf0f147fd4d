"""The command line. Commands parse, call one function, and print; numpy is imported by what they call."""

import click

from wdcli import __version__
from wdcli.cli.command import CONTEXT, Main
from wdcli.cli.compare import compare
from wdcli.cli.convert import convert
from wdcli.cli.data import data
from wdcli.cli.predict import predict
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

    Every option can also be given as a variable (WDCLI_EPOCHS=200) and in a TOML file (--config): a flag beats a
    variable beats the file. Results go to stdout, notes and progress to stderr.
    """,
)
@click.version_option(__version__, prog_name="wdcli")
def main() -> None: ...


for command in (train, sweep, compare, data, predict, convert, runs):
    main.add_command(command)
