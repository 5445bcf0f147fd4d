"""Options of the data: which table, which of its rows and columns, and how its cells are read."""

from wdcli import names
from wdcli.cli.declaring import choice, option, together
from wdcli.cli.named import DataName, FileName, NamedText
from wdcli.cli.reading import DateFormat, Delimiter, Mark, Names
from wdcli.cli.types import Number, Whole
from wdcli.data import marks

data = option(
    "--data",
    type=DataName(),
    default="moons",
    show_default=True,
    metavar="NAME_OR_PATH",
    section="Data",
    help="A name ('wdcli data list'), a CSV, TSV, Parquet or JSON-lines file (also .gz), or - for CSV on stdin.",
)
target = option(
    "--target",
    type=NamedText(),
    metavar="COLUMN",
    section="Data",
    help="The column to predict.  [default: one called target, y, label or class, else the last]",
)
test_data = option(
    "--test-data",
    type=FileName(),
    metavar="PATH",
    section="Data",
    help="Report on the rows of this file instead of holding out a part of --data.",
)
task = option(
    "--task",
    type=choice(names.TaskChoice),
    default="auto",
    show_default=True,
    section="Data",
    help="What to predict: a class or a number.",
)
test_size = option(
    "--test-size",
    type=Number(0, 1, open_low=True, open_high=True),
    default=0.25,
    show_default=True,
    metavar="X",
    section="Data",
    help="Share of the rows to hold out for reporting.",
)
noise = option(
    "--noise", type=Number(0), metavar="X", section="Data", help="Noise of generated data ('wdcli data list')."
)
rows = option(
    "--rows", type=Whole(1, 10**8), metavar="N", section="Data", help="Rows of generated data ('wdcli data list')."
)
no_scale_features = option(
    "--no-scale-features", is_flag=True, section="Data", help="Take the features as they are, not standardised."
)
no_scale_target = option(
    "--no-scale-target",
    is_flag=True,
    section="Data",
    help="Take a regression's target as it is, not standardised.",
)

groups = option(
    "--groups",
    type=NamedText(),
    metavar="COLUMN",
    section="Data",
    help="Rows with the same value here (a patient, a site) are never on both sides of a split. The column is not a feature.",
)
weights = option(
    "--weights",
    type=NamedText(),
    metavar="COLUMN",
    section="Data",
    help="How often each row counts: a row of weight 2 is that row twice, in the loss, the scaling and the n of lambda/(2n). "
    "The column is not a feature.",
)
class_weight = option(
    "--class-weight",
    type=choice(names.ClassWeighting),
    section="Data",
    help="balanced: each class counts as much as any other in every loss, however many rows it has.",
)
folds_by = option(
    "--folds-by",
    type=choice(names.FoldsBy),
    default="rows",
    show_default=True,
    section="Data",
    help="time: the rows are in order of time; each part, and the test rows, are predicted from earlier rows only.",
)

drop = option(
    "--drop",
    type=Names(),
    metavar="COLUMN,...",
    section="Data",
    help="Columns to leave out, such as identifiers (quote a name that holds a comma, as in CSV).",
)
only = option(
    "--only",
    type=Names(),
    metavar="COLUMN,...",
    section="Data",
    help="The only columns to use as features.",
)
feature_options = together(drop, only)
decimal = option(
    "--decimal",
    type=Mark(*marks.DECIMALS),
    metavar="MARK",
    section="Data",
    help="The decimal mark of a file's numbers: . or ,",
)
thousands = option(
    "--thousands",
    type=Mark(*marks.THOUSANDS),
    metavar="MARK",
    section="Data",
    help="What separates thousands: . , ' _ or ' '.  [default: a comma, where all cells of a column fit]",
)
delimiter = option(
    "--delimiter",
    type=Delimiter(),
    metavar="MARK",
    section="Data",
    help="What separates cells: one character, or 'tab'.  [default: , ; | or tab, by the first line]",
)
missing = option(
    "--missing",
    type=Names(),
    metavar="CELL,...",
    section="Data",
    help="Cells that mean a missing value, besides the empty cell, NA, n/a, NaN, null, none and ?.",
)
date_format = option(
    "--date-format",
    type=DateFormat(),
    metavar="FORMAT",
    section="Data",
    help="The form of dates that are not ISO 8601, such as %d.%m.%Y or %m/%d/%y %H:%M.",
)
format_options = together(decimal, thousands, delimiter, missing, date_format)
max_categories = option(
    "--max-categories",
    type=Whole(1, 10**6),
    default=50,
    show_default=True,
    metavar="N",
    section="Data",
    help="A text column's N most frequent categories have a feature each; the others share one.",
)

data_options = together(
    data, target, feature_options, test_data, task, test_size, groups, weights, class_weight, folds_by, format_options,
    max_categories, noise, rows, no_scale_features, no_scale_target,
)  # fmt: skip
