"""Options of ``predict`` and ``export``, which take a saved model: the same names mean other things here."""

from wdcli import names
from wdcli.cli.declaring import choice, option
from wdcli.cli.named import DataName, FileName
from wdcli.cli.reading import Names

data_to_predict = option(
    "--data",
    type=DataName(),
    required=True,
    metavar="NAME_OR_PATH",
    section="Data",
    help="The new rows: a file, - for CSV on stdin, or a name as for training.",
)
keep = option(
    "--keep",
    type=Names(),
    multiple=True,
    callback=lambda ctx, param, values: tuple(dict.fromkeys(name for names in values for name in names)),
    metavar="COLUMN,...",
    section="Output",
    help="Columns of the new rows to write beside the predictions, such as identifiers; may be given several times.",
)
proba = option(
    "--proba",
    is_flag=True,
    section="Output",
    help="Write the probability of each class too.",
)
parquet = option(
    "--parquet",
    type=FileName(),
    metavar="PATH",
    section="Output",
    help="Write the predictions to a Parquet file.",
)
export_to = option(
    "--to", type=choice(names.ExportTool), required=True, section="Output", help="The tool to write for."
)
exported = option(
    "-o",
    "--output",
    type=FileName(),
    metavar="PATH",
    section="Output",
    help="The file to write.  [default: the model's name with the tool's ending, in this directory]",
)
