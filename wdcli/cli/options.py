"""Every option, defined once: its names, its values, its default, its help, and its section of the help.

Each can also be given as the variable ``WDCLI_NAME`` and in a TOML file (``--config``): a flag overrides a variable,
which overrides the file.
"""

from collections.abc import Callable

from wdcli import names
from wdcli.cli.configfile import read_config
from wdcli.cli.declaring import PREFIX, F, choice, option, together
from wdcli.cli.named import DataName, FileName, NamedText
from wdcli.cli.reading import DateFormat, Delimiter, Mark, Names
from wdcli.cli.types import BatchSize, Hidden, Lambdas, Layers, Number, Shares, Size, Whole
from wdcli.data import marks

MAX_SEED = 2**64 - 1

# --- data ----------------------------------------------------------------------------------------------------------

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
seed = option(
    "--seed",
    type=Whole(0, MAX_SEED),
    default=0,
    show_default=True,
    metavar="N",
    section="Training",
    help="Seed of every random draw.",
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
features = option(
    "--features",
    type=Names(),
    metavar="COLUMN,...",
    section="Data",
    help="The only columns to use as features.",
)
feature_options = together(drop, features)
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

# --- penalty -------------------------------------------------------------------------------------------------------

penalty = option(
    "--penalty",
    type=choice(names.PenaltyName),
    default="l2",
    show_default=True,
    section="Penalty",
    help="What is added to the loss: l1 sum|w|, l2 sum w^2, elastic-net both; group-lasso the norms of all weights that leave "
    "a feature or a hidden unit, which removes whole ones; sparse-group l1 and group-lasso. Biases never count.",
)
lambd = option(
    "--lambd",
    "--lambda",
    "lambd",
    type=Number(0),
    default=0.1,
    show_default=True,
    metavar="X",
    section="Penalty",
    help="Strength of the penalty, in the unit of --convention.",
)
l1_ratio = option(
    "--l1-ratio",
    type=Number(0, 1),
    default=0.5,
    show_default=True,
    metavar="X",
    section="Penalty",
    help="Share of lambda on |w|, for elastic-net and sparse-group.",
)
l1_ratios = option(
    "--l1-ratio",
    type=Shares(),
    default="0.5",
    show_default=True,
    metavar="X",
    section="Penalty",
    help="Share of lambda on |w|, for elastic-net and sparse-group; several values (0.1,0.5,0.9) are swept together with "
    "lambda.",
)
group_by = option(
    "--group-by",
    type=choice(names.GroupBy),
    default="nodes",
    show_default=True,
    section="Penalty",
    help="Whose weights form groups, for group-lasso and sparse-group: those out of the table's columns (features), of hidden "
    "units, or of both (nodes). Layers without groups take L2 in their place.",
)
decay = option(
    "--decay",
    type=choice(names.DecayChoice),
    default="auto",
    show_default=True,
    section="Penalty",
    help="Where the penalty acts in a step. auto: coupled for l2, proximal (exact zeros) for the others.",
)
decay_layers = option(
    "--decay-layers",
    type=Layers(),
    default="all",
    show_default=True,
    metavar="LAYERS",
    section="Penalty",
    help="Which layers are penalised: all, 1-7, or 1,3.",
)
convention = option(
    "--convention",
    type=choice(names.Convention),
    default="textbook",
    show_default=True,
    section="Penalty",
    help="The tool whose definition of lambda to use; textbook adds lambda/(2n) sum w^2 for l2 (others: 'wdcli convert').",
)

penalty_kind = together(l1_ratio, group_by, decay, decay_layers, convention)
swept_penalty_kind = together(l1_ratios, group_by, decay, decay_layers, convention)

# --- network and training ------------------------------------------------------------------------------------------

hidden = option(
    "--hidden",
    type=Hidden(),
    default="64,64",
    show_default=True,
    metavar="UNITS",
    section="Network",
    help="Units of each hidden layer, or 'none' for a linear model.",
)
activation = option(
    "--activation",
    type=choice(names.ActivationName),
    default="relu",
    show_default=True,
    section="Network",
    help="Activation function of the hidden units.",
)
dtype = option(
    "--dtype",
    type=choice(names.DtypeName),
    default="float32",
    show_default=True,
    section="Network",
    help="Precision of training.",
)
preset = option(
    "--preset",
    type=choice(names.Preset),
    section="Network",
    help="article: iris, seven hidden layers, l2(0.1) in Keras's convention on layers 1-7. Other options override it.",
)
network_options = together(hidden, activation, dtype, preset)

optimizer = option(
    "--optimizer",
    type=choice(names.OptimizerName),
    default="adam",
    show_default=True,
    section="Training",
    help="How a gradient becomes a step.",
)
lr = option(
    "--lr",
    type=Number(0, open_low=True),
    metavar="X",
    section="Training",
    help="Learning rate.  [default: 0.01 for adam (0.1 without a hidden layer), 0.05 for sgd]",
)
momentum = option(
    "--momentum",
    type=Number(0, 1, open_high=True),
    default=0.9,
    show_default=True,
    metavar="X",
    section="Training",
    help="Momentum of sgd.",
)
nesterov = option("--nesterov", is_flag=True, section="Training", help="Nesterov's momentum, for sgd.")
schedule = option(
    "--schedule",
    type=choice(names.ScheduleName),
    default="cosine",
    show_default=True,
    section="Training",
    help="Whether the learning rate stays constant, or falls to 0 along a cosine.",
)
batch_size = option(
    "--batch-size",
    type=BatchSize(),
    metavar="N",
    section="Training",
    help="Rows in each step, or 'full'.  [default: about a sixteenth of the rows, from 32 to 1024, or all of up to 64; "
    "without a hidden layer all rows, up to 4096]",
)
epochs = option(
    "--epochs",
    type=Whole(1, 10**6),
    metavar="N",
    section="Training",
    help="Passes over the rows.  [default: as many as make 600 steps, or 3000 steps without a hidden layer; at least 60]",
)
early_stopping = option(
    "--early-stopping",
    is_flag=True,
    section="Training",
    help="Set a tenth of the training rows aside; stop when the loss on them has not fallen for 10 epochs, and take the "
    "weights of the best epoch.",
)
training_options = together(optimizer, lr, momentum, nesterov, schedule, batch_size, epochs, early_stopping, seed)

# --- sweep ---------------------------------------------------------------------------------------------------------

lambdas = option(
    "--lambdas",
    type=Lambdas(),
    default="auto",
    show_default=True,
    metavar="GRID",
    section="Sweep",
    help="auto (0 and at most 41 others, from where the network collapses down to where decay no longer matters), "
    "LO:HI:COUNT (log-spaced), or a,b,c; 0 is the network without decay.",
)
folds = option(
    "--folds",
    type=Whole(2, 10**6),
    default=5,
    show_default=True,
    metavar="N",
    section="Sweep",
    help="Number of parts in cross-validation.",
)
rule = option(
    "--rule",
    type=choice(names.SelectionRule),
    default="paired",
    show_default=True,
    section="Sweep",
    help="paired: choose the largest lambda that does as well as the best, compared fold by fold; 1se: the largest whose CV "
    "loss is within one standard error of the best's; min: the best.",
)
exhaustive = option(
    "--exhaustive",
    is_flag=True,
    section="Sweep",
    help="Train every lambda with every seed. By default a race, on the same folds, spares those that the first fits rule "
    "out.",
)
jobs = option(
    "--jobs",
    type=Whole(1, 1024),
    metavar="N",
    section="Sweep",
    help="Number of processes.  [default: one for each core]",
)
memory = option(
    "--memory",
    type=Size(),
    metavar="SIZE",
    section="Sweep",
    help="The most memory to use for reading the table, and then for training: 500M, 2G.  [default: half of the machine's]",
)
resources = together(jobs, memory)


def seeds(default: int, text: str) -> Callable[[F], F]:
    """``--seeds``, whose default depends on the command."""
    return option(
        "--seeds", type=Whole(1, 10**4), default=default, show_default=True, metavar="N", section="Sweep", help=text
    )


path = option(
    "--path",
    type=choice(names.PathName),
    default="cold",
    show_default=True,
    section="Sweep",
    help="warm: each lambda starts from the weights of the one before it, with a quarter of the epochs.",
)
path_order = option(
    "--path-order",
    type=choice(names.PathOrder),
    default="down",
    show_default=True,
    section="Sweep",
    help="With --path warm: from the largest lambda down (as glmnet), or from the smallest up, dense to sparse (as LassoNet).",
)
refit = option(
    "--refit",
    is_flag=True,
    section="Sweep",
    help="Train the chosen networks' non-zero weights further, without the penalty (relaxed), and show both results; --save "
    "writes the refitted network.",
)

feature_table = option(
    "--feature-table",
    is_flag=True,
    section="Sweep",
    help="Show which columns of the table matter; --features without columns means the same. For each: the lambda at which it "
    "dies, in how many fits it is used, and its permutation importance, for which the chosen networks are trained again.",
)

sweep_options = together(
    lambdas,
    folds,
    seeds(3, "Networks for every lambda and fold, from different starting weights."),
    rule,
    exhaustive,
    path,
    path_order,
    resources,
)

# --- output --------------------------------------------------------------------------------------------------------

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

# --- convert, export and predict, where the same names mean other things ------------------------------------------

lambd_to_convert = option(
    "--lambd",
    "--lambda",
    "lambd",
    type=Number(0),
    required=True,
    metavar="X",
    section="Penalty",
    help="The lambda to convert, in the unit of --convention.",
)
decoupled = option(
    "--decay",
    type=choice(names.DecayChoice),
    default="auto",
    show_default=True,
    section="Penalty",
    help="decoupled: lambda is a decoupled weight decay (AdamW's).",
)
rows_of_fit = option(
    "--rows", type=Whole(1, 10**12), required=True, metavar="N", section="Fit", help="Training rows of the fit."
)
mean_weight = option(
    "--mean-weight", type=Number(0, open_low=True), default=1.0, show_default=True, metavar="X", section="Fit",
    help="What a row weighs on average, if rows have weights.",
)  # fmt: skip
task_of_fit = option(
    "--task",
    type=choice(names.Task),
    default="classification",
    show_default=True,
    section="Fit",
    help="Cross-entropy, or squared error.",
)
to_tool = option(
    "--to", type=choice(names.Tool), section="Output", help="Python code for this tool, to paste, instead of the table."
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
outputs_of_fit = option(
    "--outputs",
    type=Whole(1, 10**6),
    default=1,
    show_default=True,
    metavar="N",
    section="Fit",
    help="Outputs of the network (1 for two classes).",
)
features_of_fit = option(
    "--features",
    "n_features",
    type=Whole(1, 10**6),
    metavar="N",
    section="Fit",
    help="Features of the network, for the code of --to.",
)
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
