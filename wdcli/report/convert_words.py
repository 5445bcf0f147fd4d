"""The command that gives a fit's penalty in other tools' conventions."""

from collections.abc import Iterator, Mapping
from typing import Any

from wdcli.fits.config import FitConfig
from wdcli.names import Task
from wdcli.nn.penalties import PENALTIES
from wdcli.report.words import ranges


def convert_command(penalty: Mapping[str, Any], fit: Mapping[str, Any], task: Task, outputs: int) -> str:
    """``wdcli convert`` with the options of a fit; its ``penalty`` and ``fit`` are those of a saved ``Model``."""
    return f"wdcli convert {' '.join([*_lambda(penalty, fit), *_penalty(penalty), *_network(fit, penalty, task, outputs)])}"


def _lambda(penalty: Mapping[str, Any], fit: Mapping[str, Any]) -> Iterator[str]:
    yield f"--lambd {_written(penalty['lambda'])}"
    yield f"--rows {fit['rows']}"
    yield f"--batch-size {fit['batch_size']}"
    # Models of older formats lack it.
    if (mean := fit.get("mean_weight")) is not None and mean != 1:
        yield f"--mean-weight {mean:.9g}"


def _penalty(penalty: Mapping[str, Any]) -> Iterator[str]:
    """Options of the penalty that differ from the defaults."""
    if penalty["name"] != "l2":
        yield f"--penalty {penalty['name']}"
    if PENALTIES[penalty["name"]].has_l1_ratio:
        yield f"--l1-ratio {_written(penalty['l1_ratio'])}"
    if PENALTIES[penalty["name"]].has_groups and penalty["group_by"] != "nodes":
        yield f"--group-by {penalty['group_by']}"
    if penalty["convention"] != "textbook":
        yield f"--convention {penalty['convention']}"
    if penalty["decay"] != FitConfig(penalty=penalty["name"]).resolved_decay:
        yield f"--decay {penalty['decay']}"


def _network(fit: Mapping[str, Any], penalty: Mapping[str, Any], task: Task, outputs: int) -> Iterator[str]:
    """Options of the network, its units and its training that differ from the defaults."""
    usual = FitConfig(hidden=tuple(fit["hidden"]), batch_size=fit["batch_size"])
    if task == "regression":
        yield "--task regression"
    if outputs > 1:
        yield f"--outputs {outputs}"
    if usual.hidden != FitConfig().hidden:
        yield f"--hidden {','.join(map(str, usual.hidden)) or 'none'}"
    if len(penalty["layers"]) <= len(usual.hidden):
        yield f"--decay-layers {ranges(penalty['layers'])}"
    if fit["activation"] != usual.activation and usual.hidden:
        yield f"--activation {fit['activation']}"
    if fit["learning_rate"] != usual.learning_rate and fit["optimizer"] == usual.optimizer:
        yield f"--lr {_written(fit['learning_rate'])}"
    if fit["epochs"] != usual.resolved_epochs(fit["rows"]):
        yield f"--epochs {fit['epochs']}"
    if not fit["scale_features"]:
        yield "--no-scale-features"
    if task == "regression" and not fit["scale_target"]:
        yield "--no-scale-target"


def _written(value: float) -> str:
    return repr(float(value)).removesuffix(".0")
