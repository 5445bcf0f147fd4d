"""Options of a network and its training."""

from wdcli import names
from wdcli.cli.declaring import choice, option, together
from wdcli.cli.types import Hidden, Number, Rows, Whole

MAX_SEED = 2**64 - 1

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
    type=Rows("full"),
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
    help="Passes over the rows.  [default: 60; more if these make less than 600 steps, or 3000 without a hidden layer; fewer "
    "if they make more than 5,000]",
)
early_stopping = option(
    "--early-stopping",
    is_flag=True,
    section="Training",
    help="Set a tenth of the training rows aside; stop when the loss on them has not fallen for 10 epochs, and take the "
    "weights of the best epoch.",
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
training_options = together(optimizer, lr, momentum, nesterov, schedule, batch_size, epochs, early_stopping, seed)
