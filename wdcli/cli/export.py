"""``wdcli export``: a saved network for another tool."""

from pathlib import Path

import click

from wdcli.cli import console, options
from wdcli.cli.command import Command
from wdcli.cli.named import FileName
from wdcli.cli.writing import write_together
from wdcli.errors import ConfigError
from wdcli.names import ExportTool
from wdcli.paths import STREAMS
from wdcli.text import quoted


@click.command(
    cls=Command,
    help="""Write a saved network for another tool, with all that 'wdcli predict' does to a table before and after it.

    \b
    Examples:
      wdcli export my.model --to onnx
      wdcli export my.model --to onnx -o net.onnx
      wdcli export my.model --to pytorch -o net.py

    onnx: one input for each column of the table, with the column's name and a value a row, (rows, 1). Numbers are float64,
    NaN where missing; booleans are 1 and 0; dates are days since 1970-01-01; text is empty where missing. The outputs are
    label and probabilities, or prediction, in the target's own units. Running it takes onnxruntime, writing it nothing.

    sklearn, pytorch, keras: a script to read, keep and change, with its weights beside it (.npz). It reads a CSV file,
    encodes it as the network was trained, and predicts ('python net.py predict new.csv'), or trains such a network anew with
    the same penalty, optimizer and schedule ('python net.py train table.csv'). Where the tool can't do that, the script only
    predicts, and says why.
    """,
)
@click.argument("model", type=FileName(), metavar="MODEL")
@options.export_to
@options.exported
@options.force
@options.quiet
@options.config
@click.pass_context
def export(ctx: click.Context, /, model: str, to: ExportTool, output: str | None, quiet: bool, **_: object) -> None:
    if output in STREAMS:
        raise ConfigError("-o takes the name of a file: a network can't be written to standard output.")
    from wdcli.export.targets import TARGETS
    from wdcli.models import load_model

    stem = Path(output or model).stem
    made = TARGETS[to](load_model(model), stem)
    files = dict(zip(_paths(output, stem, list(made.files)), made.files.values(), strict=True))
    write_together(ctx, files)
    written = f"the network is written to {' and '.join(map(quoted, files))}"
    console.notes([written, *([f"the script only predicts: {made.why_not}"] if made.why_not else [])], quiet)


def _paths(output: str | None, stem: str, endings: list[str]) -> list[str]:
    """Where each file goes: the first where ``output`` says, the others beside it. Raises ``ConfigError`` if two meet."""
    if output is None:
        return [stem + ending for ending in endings]
    paths = [output, *(str(Path(output).parent / f"{stem}{ending}") for ending in endings[1:])]
    if len(set(map(Path, paths))) < len(paths):
        raise ConfigError(f"-o {quoted(output)}: a file beside it gets this name: give one that ends in {endings[0]}.")
    return paths
