"""Options of the output: its form, the files to write, and the store."""

from wdcli import names
from wdcli.cli.configfile import read_config
from wdcli.cli.declaring import PREFIX, choice, option, together
from wdcli.cli.named import FileName
from wdcli.cli.types import Whole

json = option("--json", is_flag=True, section="Output", help="One JSON object on stdout, and nothing else.")
csv = option(
    "--csv",
    type=FileName(),
    metavar="PATH",
    section="Output",
    help="Write the rows to a CSV file, with all their columns; - writes them to stdout in place of the table.",
)
format = option(
    "--format",
    type=choice(names.TableFormat),
    default="table",
    show_default=True,
    section="Output",
    help="The form of the table: for a terminal, or for a document, with all columns that a wide terminal shows.",
)
chart = option(
    "--chart",
    is_flag=True,
    section="Output",
    help="Draw the CV curve in place of the table's rows (train: the learning curve, below the tables).",
)
save = option(
    "--save",
    type=FileName(),
    metavar="MODEL",
    section="Output",
    help="Save the network (of the first seed) for 'wdcli predict'.",
)
shrink = option(
    "--shrink",
    is_flag=True,
    section="Output",
    help="Save the network without the units and features that zeros cut off: it is smaller and predicts the same.",
)
report = option(
    "--report",
    type=FileName(),
    metavar="PATH",
    section="Output",
    help="Write the result as one HTML page: pictures, words and every number ('wdcli report').",
)
page_output = option(
    "-o",
    "--output",
    type=FileName(),
    metavar="PATH",
    section="Output",
    help="The file to write; - writes to stdout.  [default: wdcli-run-N.html in this directory]",
)
open_page = option("--open", is_flag=True, section="Output", help="Then show the page in a browser.")
figure = option(
    "--figure",
    type=choice(names.FigureName),
    default="cv",
    show_default=True,
    section="Output",
    help="What to draw: losses over lambda, the weights, the features, loss against size, the function itself, losses by "
    "epoch, or penalties side by side.",
)
picture = option(
    "-o",
    "--output",
    type=FileName(),
    metavar="PATH",
    section="Output",
    help="The file to write, by its ending: .svg, .pdf or .png; - writes SVG to stdout.  [default: draw in the terminal]",
)
width = option(
    "--width",
    type=Whole(240, 4000),
    metavar="N",
    section="Output",
    help="Width of the file's picture in pixels, 96 an inch; a PNG has two dots for each.  [default: 960]",
)
force = option("--force", is_flag=True, section="Output", help="Overwrite existing files.")
quiet = option(
    "--quiet", is_flag=True, section="Output", help="Show no notes, warnings or progress on stderr, only errors."
)
no_progress = option("--no-progress", is_flag=True, section="Output", help="Show no progress on stderr.")

store = option(
    "--store",
    type=FileName(),
    metavar="PATH",
    section="Output",
    help="Where runs are stored.  [default: store.sqlite in the user's directory for wdcli]",
)
no_store = option(
    "--no-store", is_flag=True, section="Output", help="Store nothing from this run, and take nothing from the store."
)

config = option(
    "--config",
    type=FileName(),
    metavar="PATH",
    is_eager=True,
    expose_value=False,
    callback=read_config,
    envvar=PREFIX + "CONFIG",
    section="Output",
    help="A TOML file with options, such as epochs = 200.",
)

output_options = together(json, csv, format, chart, save, shrink, force, quiet, no_progress, config)
csv_output_options = together(json, csv, force, quiet, no_progress, config)
store_options = together(store, no_store)
stored_options = together(store, json, csv, force, config)
