"""Options of ``convert``, which is told of a fit: the same names mean other things here."""

from wdcli import names
from wdcli.cli.declaring import choice, option
from wdcli.cli.types import Number, Whole

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
