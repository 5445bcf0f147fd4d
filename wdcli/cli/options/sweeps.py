"""Options of a sweep: which networks are trained, how lambda is chosen, and what the work may take."""

from collections.abc import Callable

from wdcli import names
from wdcli.cli.declaring import F, choice, option, together
from wdcli.cli.types import Cluster, Lambdas, Rows, Size, Whole

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
first_rows = option(
    "--first-rows",
    type=Rows("all", 10),
    metavar="N",
    section="Sweep",
    help="Training rows in the race's first pass, or 'all': what a sample rules out isn't trained on all rows.  [default: all "
    "if fewer than 160,000, or if a sample would spare too little, as without a hidden layer; else 40,000 or an eighth, "
    "whichever is more]",
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
    help="The most memory for all processes together, from reading the table to the result: 500M, 2G. With a "
    "scheduler's address as --cluster, for this process, and as much for each worker.  [default: half of the machine's]",
)
cluster = option(
    "--cluster",
    type=Cluster(),
    metavar="ADDRESS",
    section="Sweep",
    help="Train on a Dask cluster instead: its scheduler's address, such as tcp://HOST:8786, or local:4 for 4 workers on this "
    "machine. Needs pip install 'wdcli[cluster]'.",
)
cluster_any_version = option(
    "--cluster-any-version",
    is_flag=True,
    section="Sweep",
    help="Accept workers with other versions or another processor than this machine, though the last digits of the results "
    "may differ.",
)
resources = together(jobs, memory, cluster, cluster_any_version)


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
features = option(
    "--features",
    is_flag=True,
    section="Sweep",
    help="Show which columns of the table matter, for a penalty that makes zeros: for each the lambda at which it dies, in how "
    "many fits it is used, and its permutation importance, for which the chosen networks are trained again.",
)

sweep_options = together(
    lambdas,
    folds,
    seeds(3, "Networks for every lambda and fold, from different starting weights."),
    rule,
    exhaustive,
    first_rows,
    path,
    path_order,
    resources,
)
