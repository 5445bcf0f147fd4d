"""Every option, defined once: its names, its values, its default, its help, and its section of the help.

Each can also be given as the variable ``WDCLI_NAME`` and in a TOML file (``--config``): a flag overrides a variable,
which overrides the file. In reading order:

- tables: the data: which table, which of its rows and columns, how its cells are read
- penalties: the penalty
- networks: a network and its training
- sweeps: which networks are trained, how lambda is chosen, what the work may take
- outputs: the form of the output, the files to write, the store
- fits: of ``convert``, which is told of a fit
- models: of ``predict`` and ``export``, which take a saved model
"""

from wdcli.cli.options.fits import (
    decoupled,
    features_of_fit,
    lambd_to_convert,
    mean_weight,
    outputs_of_fit,
    rows_of_fit,
    task_of_fit,
    to_tool,
)
from wdcli.cli.options.models import data_to_predict, export_to, exported, keep, parquet, proba
from wdcli.cli.options.networks import (
    activation,
    batch_size,
    epochs,
    hidden,
    lr,
    network_options,
    seed,
    training_options,
)
from wdcli.cli.options.outputs import (
    chart,
    config,
    csv_output_options,
    figure,
    force,
    format,
    json,
    open_page,
    output_options,
    page_output,
    picture,
    quiet,
    report,
    store,
    store_options,
    stored_options,
    width,
)
from wdcli.cli.options.penalties import (
    convention,
    decay_layers,
    group_by,
    l1_ratio,
    lambd,
    penalty,
    penalty_kind,
    swept_penalty_kind,
)
from wdcli.cli.options.sweeps import refit, resources, seeds, sweep_options
from wdcli.cli.options.tables import (
    data_options,
    feature_options,
    format_options,
    no_scale_features,
    no_scale_target,
    noise,
    rows,
    target,
    task,
)

__all__ = [
    "activation", "batch_size", "chart", "config", "convention", "csv_output_options", "data_options", "data_to_predict",
    "decay_layers", "decoupled", "epochs", "export_to", "exported", "feature_options", "features_of_fit", "figure", "force",
    "format", "format_options", "group_by", "hidden", "json", "keep", "l1_ratio", "lambd", "lambd_to_convert", "lr",
    "mean_weight", "network_options", "no_scale_features", "no_scale_target", "noise", "open_page", "output_options",
    "outputs_of_fit", "page_output", "parquet", "penalty", "penalty_kind", "picture", "proba", "quiet", "refit", "report",
    "resources", "rows", "rows_of_fit", "seed", "seeds", "store", "store_options", "stored_options", "sweep_options",
    "swept_penalty_kind", "target", "task", "task_of_fit", "to_tool", "training_options", "width",
]  # fmt: skip
