"""What a saved model is: its network and penalty, what it predicts, and the columns that it needs."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from wdcli.data.rules import Rule, TextRule
from wdcli.models import Model
from wdcli.report.convert_words import convert_command
from wdcli.report.numbers import figure
from wdcli.report.table import plain_table
from wdcli.report.words import group_by, l1_ratio
from wdcli.text import count, listed, safe


def model_json(model: Model) -> dict[str, Any]:
    """The object that ``wdcli data show MODEL --json`` prints; ``features`` are the encoded ones that the network takes."""
    names = model.encoding.feature_names
    return {
        "schema": "wdcli.model/1",
        "task": model.task,
        "target": model.target,
        "classes": list(model.class_names),
        "target_mean": model.target_scale.mean,
        "target_scale": model.target_scale.scale,
        "network": {**vars(model.network), "n_parameters": model.network.n_parameters},
        "penalty": model.penalty,
        "fit": model.fit,
        "convert": _convert(model),
        "spelling": str(model.spelling),
        "columns": [_column(rule) for rule in model.encoding.rules],
        "features": [names[place] for place in model.features],
    }


def _convert(model: Model) -> str | None:
    return convert_command(model.penalty, model.fit, model.task, model.network.sizes[-1]) if model.fit else None


def _column(rule: Rule) -> dict[str, Any]:
    """What a column of new rows must hold; ``missing``: whether training had missing cells; ``other``: or rare categories."""
    categories, other = (list(rule.categories), rule.other) if isinstance(rule, TextRule) else (None, False)
    return {
        "name": rule.column,
        "kind": rule.kind,
        "categories": categories,
        "other": other,
        "missing": rule.missing,
    }


def model_table(shown: Mapping[str, Any]) -> RenderableType:
    """What ``wdcli data show MODEL`` prints of the object."""
    table = plain_table("column", "kind", "missing in training", "categories", left=["column", "kind", "categories"])
    for column in shown["columns"]:
        table.add_row(
            safe(column["name"], 30), column["kind"], "yes" if column["missing"] else "no", _categories(column)
        )
    return Group(
        Text(_predicts(shown)),
        Text(f"{_network(shown['network'])}; {_penalty(shown['penalty'])}"),
        Text(
            f"It needs {count(len(shown['columns']), 'column')}; they become {count(len(shown['features']), 'feature')}."
        ),
        *_fit(shown),
        Text(),
        table,
    )


def _fit(shown: Mapping[str, Any]) -> list[Text]:
    """How the training table was read and the network fitted, if the model remembers; the command stays on one line."""
    spelling, fit = shown["spelling"], shown["fit"]
    lines = [Text(f"Its table was read with {safe(spelling, 300)}, and predict reads new ones so.")] if spelling else []
    if not fit:
        return lines
    passes = f"{count(fit['rows'], 'row')}, batches of {fit['batch_size']}, {count(fit['epochs'], 'epoch')}"
    return [
        *lines,
        Text(f"fitted on {passes}, learning rate {fit['learning_rate']:g}{_ended(fit)}; its penalty in other tools:"),
        Text(shown["convert"], no_wrap=True, overflow="ignore"),
    ]


def _ended(fit: Mapping[str, Any]) -> str:
    """How training ended, if not with its last epoch under the penalty."""
    if fit["refitted"]:
        return "; then its non-zero weights were refitted without the penalty, which other tools would have to do too"
    if fit["early_stopping"] and fit["epochs_run"]:
        return f", with early stopping, which ended it after {count(fit['epochs_run'], 'epoch')}"
    return ", with early stopping" if fit["early_stopping"] else ""


def _network(network: Mapping[str, Any]) -> str:
    """``network 4-16-3 relu, 131 parameters``."""
    parameters = count(network["n_parameters"], "parameter")
    if len(network["sizes"]) == 2:
        return f"linear model, {parameters}"
    return f"network {'-'.join(map(str, network['sizes']))} {network['activation']}, {parameters}"


def _predicts(shown: Mapping[str, Any]) -> str:
    target = safe(shown["target"])
    if shown["task"] == "classification":
        return f"model of {target}, {count(len(shown['classes']), 'class', 'classes')}: {listed(shown['classes'], 10)}"
    if isinstance(shown["target_mean"], tuple):
        return f"model of {target}, {len(shown['target_mean'])} numbers, each learned as (y - its mean) / its scale"
    mean, scale = (figure(shown[name], 4) for name in ("target_mean", "target_scale"))
    return f"model of {target}, a number, learned as (y - {mean}) / {scale}"


def _penalty(penalty: Mapping[str, Any]) -> str:
    if penalty["name"] == "none":
        return "no penalty"
    details = f"{l1_ratio(penalty['name'], penalty['l1_ratio'])}{group_by(penalty['name'], penalty['group_by'])}"
    layers = ", ".join(map(str, penalty["layers"]))
    return (
        f"{penalty['name']}, lambda = {figure(penalty['lambda'], 6)} in {penalty['convention']}'s convention "
        f"({penalty['decay']}{details}) on {'layer' if len(penalty['layers']) == 1 else 'layers'} {layers}"
    )


def _categories(column: Mapping[str, Any]) -> str:
    if column["categories"] is None:
        return ""
    names, rare = column["categories"], column["other"]
    if not names:
        return "rare ones alone" if rare else "none"
    return f"{len(names)}{' and rare ones' * rare}: {listed(names)}"
