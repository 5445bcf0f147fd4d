"""``wdcli convert``: one lambda in every tool's convention."""

import contextlib
import math
from typing import TYPE_CHECKING, Any

import click

from wdcli import conventions, equivalents
from wdcli.cli import console, options
from wdcli.cli.command import Command
from wdcli.cli.drawing import Drawing, present
from wdcli.conventions import Setting
from wdcli.errors import ConfigError
from wdcli.names import LossName
from wdcli.text import quoted, safe

if TYPE_CHECKING:
    from wdcli.fits.config import FitConfig


class OptionsAlone(Command):
    """A command that takes only options: it refuses an argument before it reports missing options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse anything that isn't an option."""
        stray: list[str] = []
        with contextlib.suppress(click.NoSuchOption):
            # An unknown option is reported below, as in every command.
            _, stray, _ = self.make_parser(ctx).parse_args(args=list(args))
        if stray and not ctx.resilient_parsing:
            ctx.fail(
                f"{quoted(stray[0])} is not an option, and convert takes only options. For a saved model, "
                f"'wdcli data show {safe(stray[0])}' prints the command to use."
            )
        return super().parse_args(ctx, args)


@click.command(
    cls=OptionsAlone,
    help="""Convert a lambda: what to write in PyTorch, Keras, scikit-learn or glmnet for the same penalty.

    A penalty on groups of weights is converted for celer, skglm, group-lasso and adelie too.

    \b
    Examples:
      wdcli convert --lambd 2.4 --rows 300 --batch-size 32
      wdcli convert --lambd 0.1 --rows 120 --convention keras
      wdcli convert --lambd 0.1 --rows 400 --penalty elastic-net --l1-ratio 0.5 --json
      wdcli convert --lambd 2.4 --rows 300 --penalty group-lasso --task regression
      wdcli convert --lambd 2.4 --rows 300 --batch-size 32 --to pytorch
      wdcli convert --lambd 30 --rows 331 --hidden none --task regression --to sklearn
    """,
)
@options.lambd_to_convert
@options.penalty
@options.l1_ratio
@options.group_by
@options.convention
@options.decoupled
@options.decay_layers
@options.rows_of_fit
@options.mean_weight
@options.batch_size
@options.epochs
@options.lr
@options.task_of_fit
@options.outputs_of_fit
@options.features_of_fit
@options.hidden
@options.activation
@options.no_scale_features
@options.no_scale_target
@options.to_tool
@options.json
@options.format
@options.config
@click.pass_context
def convert(ctx: click.Context, /, **params: Any) -> None:
    config = _config(params)
    setting = config.setting(
        params["rows"], _batch_size(config, params["rows"]), _loss(params), params["outputs"], params["mean_weight"]
    )
    given = conventions.strengths(params["convention"], params["penalty"], params["lambd"], params["l1_ratio"], setting)
    lines = equivalents.equivalents(given, setting, bool(config.grouped()[0]))
    if not all(math.isfinite(value) for line in lines for value in line.values.values()):
        raise ConfigError(
            f"--lambd {params['lambd']:g} is too {'large' if params['lambd'] > 1 else 'small'} to convert."
        )
    from wdcli.export import snippets
    from wdcli.report import convert_table

    said = [*equivalents.advice(given, setting), *(_groups(params, config, setting, lines) if given.group else [])]
    code = snippets.snippet(params["to"], given, setting, config, params["n_features"]) if params["to"] else None
    if code and not params["json"]:
        console.emit(code)
        return
    shown = convert_table.convert_json(ctx.obj, params, given, setting, lines, said, code)
    drawing = Drawing(lambda width: convert_table.convert_table(params, given, setting, config, lines, said))
    present(params, shown, drawing)


def _config(params: dict[str, Any]) -> "FitConfig":
    """The fit of this lambda; options not given take training's defaults. Raises ``ConfigError`` for a layer too many."""
    from wdcli.fits.config import FitConfig

    config = FitConfig(
        scale_features=not params["no_scale_features"],
        scale_target=not params["no_scale_target"],
        **{name: params[name] for name in FitConfig.__dataclass_fields__ if name in params},
    )
    config.decayed()
    config.grouped()
    return config


def _groups(
    params: dict[str, Any], config: "FitConfig", setting: Setting, lines: list[equivalents.Equivalent]
) -> list[str]:
    """Which weights form groups, and how strong the squares are in penalised layers that have none."""
    plain = conventions.without_groups(params["penalty"])
    instead = conventions.strengths(params["convention"], plain, params["lambd"], params["l1_ratio"], setting)
    layers = equivalents.which_groups(config.decayed().tolist(), config.grouped().tolist(), instead.l2)
    return [*equivalents.same_groups(lines), *layers]


def _batch_size(config: "FitConfig", rows: int) -> int:
    """Rows in each step; raises ``ConfigError`` for a batch larger than all rows."""
    if config.batch_size and config.batch_size > rows:
        raise ConfigError(f"--batch-size {config.batch_size} is more than --rows {rows}: give at most that, or 'full'.")
    return config.resolved_batch_size(rows)


def _loss(params: dict[str, Any]) -> LossName:
    if params["task"] == "regression":
        return "squared-error"
    return "cross-entropy" if params["outputs"] > 1 else "binary-cross-entropy"
