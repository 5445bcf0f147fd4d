"""From the values of a command's options to a configuration: presets, contradictions, and what is only worth a note."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from wdcli.cli.console import rows_on_stdout
from wdcli.errors import ConfigError
from wdcli.text import count

if TYPE_CHECKING:
    from wdcli.data.dataset import Dataset
    from wdcli.fits.config import FitConfig
    from wdcli.sweep.config import SweepConfig
    from wdcli.sweep.runner import SweepResult

PRESETS: dict[str, dict[str, Any]] = {
    "article": {
        "data": "iris", "hidden": (64, 128, 128, 128, 64, 64, 64), "activation": "relu",
        "penalty": "l2", "lambd": 0.1, "convention": "keras", "decay_layers": (1, 2, 3, 4, 5, 6, 7),
        "optimizer": "adam", "lr": 0.001, "schedule": "constant", "batch_size": 32, "epochs": 100, "seeds": 8,
    },
}  # fmt: skip
"""The article's network: Keras's Dense layers with l2(0.1) on the first seven, Adam and batches of 32 as Keras has them."""


def resolved(ctx: click.Context) -> dict[str, Any]:
    """The command's option values, the preset's in place of those that were not given."""
    params = dict(ctx.params)
    for name, value in PRESETS.get(params.pop("preset", None) or "", {}).items():
        # The preset's layers are those of the preset's network.
        other_network = name == "decay_layers" and given(ctx, "hidden")
        if name in params and not given(ctx, name) and not other_network:
            params[name] = value
    if params.get("data") == "-" == params.get("test_data"):
        raise ConfigError("--data and --test-data can't both be standard input.")
    return params


def given(ctx: click.Context, name: str) -> bool:
    """Whether the user said it: on the command line, by a variable, or in the configuration file."""
    return ctx.get_parameter_source(name) not in (ParameterSource.DEFAULT, None)


def ineffective(ctx: click.Context) -> list[str]:
    """A line for each option on the command line that another one leaves without effect."""
    from wdcli.nn.penalties import PENALTIES

    params = ctx.params
    penalties = {name for name, _ in params.get("penalties", ())} or {params["penalty"]}
    mixed = [name for name, penalty in PENALTIES.items() if penalty.has_l1_ratio]
    sparse = [name for name, penalty in PENALTIES.items() if penalty.sparse]
    without = [
        ("lambd", penalties == {"none"} and params.get("lambd", 0) > 0, "with --penalty none"),
        ("lambdas", penalties == {"none"}, "with --penalty none"),
        ("l1_ratio", penalties.isdisjoint(mixed), f"with any penalty but {' and '.join(mixed)}"),
        ("momentum", params["optimizer"] == "adam", "with --optimizer adam"),
        ("nesterov", params["optimizer"] == "adam", "with --optimizer adam"),
        ("test_size", params["test_data"] is not None, "with --test-data"),
        ("path_order", params.get("path") == "cold", "without --path warm"),
        ("refit", penalties.isdisjoint(sparse), f"with any penalty but {' and '.join(sparse)}"),
        ("shrink", params.get("save") is None, "without --save"),
    ]
    idle_options = [line for name, idle, other in without if idle for line in without_effect(ctx, [name], other)]
    return [*idle_options, *idle_format(ctx)]


def idle_format(ctx: click.Context) -> list[str]:
    """A line if --format was given where no table is written."""
    idle = ctx.params["json"] or rows_on_stdout(ctx.params)
    return without_effect(ctx, ["format"], "with --json or --csv -") if idle else []


def without_effect(ctx: click.Context, names: Iterable[str], other: str) -> list[str]:
    """A line for each of these options that is on the command line."""
    return [
        f"--{name.replace('_', '-')} has no effect {other}"
        for name in names
        if ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE
    ]


def fit_config(params: Mapping[str, Any]) -> "FitConfig":
    """The ``FitConfig`` of these options."""
    from wdcli.data.sources import Source
    from wdcli.fits.config import FitConfig

    source = Source(**{name: params[name] for name in Source.__dataclass_fields__})
    names = [name for name in FitConfig.__dataclass_fields__ if name in params and name != "l1_ratio"]
    ratio = params["l1_ratio"]
    return FitConfig(
        source=source,
        scale_features=not params["no_scale_features"],
        scale_target=not params["no_scale_target"],
        l1_ratio=ratio[0] if isinstance(ratio, tuple) else ratio,
        **{name: params[name] for name in names},
    )


def sweep_config(params: Mapping[str, Any]) -> "SweepConfig":
    """The ``SweepConfig`` of these options."""
    from wdcli.sweep.config import SweepConfig

    return SweepConfig(
        fit_config(params), params["lambdas"], params["folds"], params["seeds"], params["rule"],
        params["l1_ratio"], params["path"], params["path_order"],
    )  # fmt: skip


def with_penalty(params: Mapping[str, Any], penalty: str, decay: str | None) -> dict[str, Any]:
    """The options with one of the penalties that are compared, and its own decay if it has one."""
    return {**params, "penalty": penalty, "decay": decay or params["decay"]}


def repeated(params: Mapping[str, Any]) -> list[str]:
    """A line for each of --lambdas and --l1-ratio that names a value more than once."""
    given = {"--lambdas": params["lambdas"] or (), "--l1-ratio": params["l1_ratio"]}
    return [
        f"{name} names {count(len(values) - len(set(values)), 'value')} more than once: each is swept once"
        for name, values in given.items()
        if len(set(values)) < len(values)
    ]


def edge(result: "SweepResult") -> list[str]:
    """A warning if the best lambda is the first or last of the grid, where a better one may lie beyond."""
    lambd = result.selection.lambda_min
    null = result.best_row.status == "collapsed" and any(row.status == "ok" for row in result.rows)
    if not result.selection.at_edge or lambd == 0 or null:
        return []
    return [
        f"Warning: the best lambda of {result.config.fit.penalty}, {lambd:g}, is at the edge of the grid: there may be a "
        "better one beyond; widen --lambdas"
    ]


def dead_ends(config: "SweepConfig") -> list[str]:
    """A line where a path goes the way on which networks lose what they don't find again."""
    if config.path == "cold" or config.path_order == "up" or not (config.fit.hidden and config.fit.makes_zeros):
        return []
    return [
        f"--path warm goes down: with hidden layers, units that a large lambda of {config.fit.penalty} has cut off seldom "
        "come back at a smaller one; --path-order up goes from dense to sparse"
    ]


def stability(
    config: "FitConfig", dataset: "Dataset", n_train: int, smallest_fit: int, lambdas: Sequence[float]
) -> list[str]:
    """A warning if SGD's steps with coupled L2 must diverge at the largest lambda, whatever the data.

    On the quadratic s2 w^2 / 2 they do where lr s2 is over 2 (1 + m) with momentum m, over 2 (1 + m) / (1 + 2 m) with
    Nesterov's. In most conventions s2 is largest in the smallest fit, the one with the fewest rows.
    """
    from wdcli.fits.plan import make_strengths

    if config.optimizer != "sgd" or config.resolved_decay != "coupled":
        return []
    batch_size = config.resolved_batch_size(n_train)
    s2 = float(make_strengths(config, dataset, smallest_fit, batch_size, [max(lambdas)]).l2.max())
    limit = 2 * (1 + config.momentum) / (1 + 2 * config.momentum * config.nesterov)
    if config.learning_rate * s2 <= limit:
        return []
    return [
        f"Warning: sgd with coupled decay is unstable at lambda = {max(lambdas):g}, whatever the data: lr x s2 = "
        f"{config.learning_rate * s2:.3g} is over {limit:.3g}. Use --decay proximal, or a smaller --lr."
    ]
