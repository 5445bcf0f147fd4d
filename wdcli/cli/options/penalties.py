"""Options of the penalty: which one, how strong, on which weights, and where it acts."""

from wdcli import names
from wdcli.cli.declaring import choice, option, together
from wdcli.cli.types import Layers, Number, Shares

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
