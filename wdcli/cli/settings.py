"""From a command's option values to a configuration: presets, contradictions, and what only deserves a note."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from wdcli.cli import console, loading, progress
from wdcli.cli.console import rows_on_stdout
from wdcli.errors import ConfigError
from wdcli.text import count

if TYPE_CHECKING:
    from wdcli.data.source import Source
    from wdcli.fits.config import FitConfig
    from wdcli.fits.resources import Resources
    from wdcli.fits.store import RecordStore
    from wdcli.study import Data
    from wdcli.sweep.config import SweepConfig

PRESETS: dict[str, dict[str, Any]] = {
    "article": {
        "data": "iris", "hidden": (64, 128, 128, 128, 64, 64, 64), "activation": "relu",
        "penalty": "l2", "lambd": 0.1, "convention": "keras", "decay_layers": (1, 2, 3, 4, 5, 6, 7),
        "optimizer": "adam", "lr": 0.001, "schedule": "constant", "batch_size": 32, "epochs": 100, "seeds": 8,
    },
}  # fmt: skip
"""The article's network: Keras's Dense layers with l2(0.1) on the first seven, Adam and batches of 32 as Keras has them."""


PRECEDENCE = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT, ParameterSource.DEFAULT_MAP)
"""Where an option's value may come from; an earlier source beats a later one."""


def resolved(ctx: click.Context) -> dict[str, Any]:
    """The command's option values, with the preset's values for options that were not given."""
    params = dict(ctx.params)
    for name, value in PRESETS.get(params.pop("preset", None) or "", {}).items():
        # The preset's layers are those of the preset's network.
        other_network = name == "decay_layers" and given(ctx, "hidden")
        if name in params and not given(ctx, name) and not other_network:
            params[name] = value
    if params.get("data") == "-" == params.get("test_data"):
        raise ConfigError("--data and --test-data can't both be standard input.")
    cluster = _cluster(ctx)
    return {**params, "cluster": cluster, "cluster_any_version": bool(cluster and params.get("cluster_any_version"))}


def _cluster(ctx: click.Context) -> str | None:
    """The cluster's address, unless ``--jobs`` was given in a way that precedes its own: a flag beats a variable."""
    jobs, cluster = (ctx.get_parameter_source(name) for name in ("jobs", "cluster"))
    address: str | None = ctx.params.get("cluster")
    if address is None or not given(ctx, "jobs"):
        return address
    if jobs == cluster:
        raise ConfigError("--jobs are processes on this machine, and --cluster trains elsewhere: give one of them.")
    return address if PRECEDENCE.index(cluster) < PRECEDENCE.index(jobs) else None


def given(ctx: click.Context, name: str) -> bool:
    """Whether the user set the option: on the command line, by a variable, or in the configuration file."""
    return ctx.get_parameter_source(name) not in (ParameterSource.DEFAULT, None)


def ineffective(ctx: click.Context) -> list[str]:
    """A line for each option on the command line that another one leaves without effect."""
    from wdcli.nn.penalties import PENALTIES

    params = ctx.params
    penalties = {name for name, _ in params.get("penalties", ())} or {params["penalty"]}
    mixed = [name for name, penalty in PENALTIES.items() if penalty.has_l1_ratio]
    sparse = [name for name, penalty in PENALTIES.items() if penalty.sparse]
    grouped = [name for name, penalty in PENALTIES.items() if penalty.has_groups]
    without = [
        ("lambd", penalties == {"none"} and params.get("lambd", 0) > 0, "with --penalty none"),
        ("lambdas", penalties == {"none"}, "with --penalty none"),
        ("l1_ratio", penalties.isdisjoint(mixed), _but(mixed)),
        ("group_by", penalties.isdisjoint(grouped), _but(grouped)),
        ("momentum", params["optimizer"] == "adam", "with --optimizer adam"),
        ("nesterov", params["optimizer"] == "adam", "with --optimizer adam"),
        ("test_size", params["test_data"] is not None, "with --test-data"),
        ("path_order", params.get("path") == "cold", "without --path warm"),
        ("first_rows", params.get("path") == "warm", "with --path warm"),
        ("first_rows", bool(params.get("exhaustive")), "with --exhaustive"),
        ("refit", penalties.isdisjoint(sparse), _but(sparse)),
        ("shrink", params.get("save") is None, "without --save"),
        ("cluster_any_version", _cluster(ctx) is None, "without --cluster"),
    ]
    idle_options = [line for name, idle, other in without if idle for line in without_effect(ctx, [name], other)]
    return [*idle_options, *idle_output(ctx)]


def _but(penalties: Sequence[str]) -> str:
    *others, last = penalties
    return f"with any penalty but {', '.join(others)} and {last}"


def idle_output(ctx: click.Context) -> list[str]:
    """A line for each of --format and --chart that was given where no table is written, or one for a document."""
    if ctx.params["json"] or rows_on_stdout(ctx.params):
        return without_effect(ctx, ["format", "chart"], "with --json or --csv -")
    form = ctx.params["format"]
    return without_effect(ctx, ["chart"], f"with --format {form}") if form != "table" else []


def without_effect(ctx: click.Context, names: Iterable[str], other: str) -> list[str]:
    """A line for each of these options on the command line."""
    return [
        f"--{name.replace('_', '-')} has no effect {other}"
        for name in names
        if ctx.get_parameter_source(name) == ParameterSource.COMMANDLINE
    ]


def resources(params: Mapping[str, Any], store: "RecordStore | None" = None) -> "Resources":
    """The resources that the work may use: from the options, else the defaults. A cluster is open until the command ends."""
    from wdcli.fits.executors.cluster import open_cluster
    from wdcli.fits.resources import Resources

    def tell(line: str) -> None:
        console.notes([line], params["quiet"])

    cluster = open_cluster(params["cluster"], params["cluster_any_version"], tell) if params["cluster"] else None
    given = {
        "jobs": params["jobs"], "memory": params["memory"], "store": store,
        "watch": None if params["quiet"] or params["no_progress"] else progress.shown,
        "tell": tell,
        "cluster": click.get_current_context().with_resource(cluster) if cluster else None,
    }  # fmt: skip
    return Resources(**{name: value for name, value in given.items() if value is not None})


def data(params: Mapping[str, Any], seed: int, say: Callable[[Sequence[str]], None]) -> "Data":
    """The table that the options name, whose reading shows how far it is, as training does."""
    from wdcli import study

    watch = {} if params["quiet"] or params["no_progress"] else {"watch": loading.shown}
    return study.load(source(params), seed, params["memory"], say, **watch)


def source(params: Mapping[str, Any]) -> "Source":
    """What these options say about the data."""
    from wdcli.data.source import Source

    return Source(**{name: params[name] for name in Source.__dataclass_fields__})


def fit_config(params: Mapping[str, Any]) -> "FitConfig":
    """The ``FitConfig`` of these options."""
    from wdcli.fits.config import FitConfig

    names = [name for name in FitConfig.__dataclass_fields__ if name in params and name != "l1_ratio"]
    ratio = params["l1_ratio"]
    return FitConfig(
        scale_features=not params["no_scale_features"],
        scale_target=not params["no_scale_target"],
        l1_ratio=ratio[0] if isinstance(ratio, tuple) else ratio,
        **{name: params[name] for name in names},
    )


def sweep_config(params: Mapping[str, Any]) -> "SweepConfig":
    """The ``SweepConfig`` of these options."""
    from wdcli.sweep.config import SweepConfig

    return SweepConfig(
        fit_config(params), params["lambdas"], params["folds"], params["seeds"], params["rule"], params["exhaustive"],
        params["l1_ratio"], params["path"], params["path_order"], params["first_rows"],
    )  # fmt: skip


def with_penalty(params: Mapping[str, Any], penalty: str, decay: str | None) -> dict[str, Any]:
    """The options with one of the compared penalties, and its own decay if it has one."""
    return {**params, "penalty": penalty, "decay": decay or params["decay"]}


def repeated(params: Mapping[str, Any]) -> list[str]:
    """A line for each of --lambdas and --l1-ratio that names a value more than once."""
    given = {"--lambdas": params["lambdas"] or (), "--l1-ratio": params["l1_ratio"]}
    return [
        f"{name} names {count(len(values) - len(set(values)), 'value')} more than once: each is swept once"
        for name, values in given.items()
        if len(set(values)) < len(values)
    ]
