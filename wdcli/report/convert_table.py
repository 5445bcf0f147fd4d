"""One lambda in every tool's convention, as a table and as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from wdcli import __version__
from wdcli.conventions import Setting, Strengths
from wdcli.equivalents import Equivalent, which_layers
from wdcli.fits.config import FitConfig
from wdcli.report.table import plain_table
from wdcli.report.words import group_by, l1_ratio
from wdcli.text import count


def _value(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:.6g}" for name, value in values.items()) or "–"


def convert_table(
    params: Mapping[str, Any],
    given: Strengths,
    setting: Setting,
    config: FitConfig,
    lines: Sequence[Equivalent],
    advice: Sequence[str],
) -> RenderableType:
    """What ``wdcli convert`` prints; ``advice`` is what else has to be alike."""
    ratio = f"{l1_ratio(config.penalty, config.l1_ratio)}{group_by(config.penalty, config.group_by)}"
    decoupled = " (decoupled)" if setting.decoupled else ""
    penalty = (
        f"{params['penalty']} lambda = {params['lambd']:g}{ratio} in the {params['convention']} convention{decoupled}"
    )
    head = (
        f"{'no penalty' if params['penalty'] == 'none' else penalty}; {count(setting.rows, 'row')}, "
        f"batches of {setting.batch_size}, {setting.loss}"
    )
    headings = ("tool", "the same penalty", "remark")
    table = plain_table(*headings, left=headings)
    for line in lines:
        table.add_row(line.tool, _value(line.values), Text(line.remark, style="dim"))
    said = [_meaning(given, setting), *which_layers(config.decayed().tolist()), *advice]
    return Group(Text(head), Text(), table, Text(), *map(Text, said))


def _meaning(given: Strengths, setting: Setting) -> str:
    """What the penalty of every tool does to the loss, or to the weights, in plain words."""
    if not any(given):
        return "There is no penalty: nothing is added to the loss."
    if setting.decoupled:
        what = "The textbook's value, which no other tool has," if given.l1 or given.group else "Every value above"
        return f"{what} moves each weight towards 0 in each step, {' and '.join(_shares(given))}."
    return f"Every value above adds the same to the mean loss over the training rows: {' and '.join(_terms(given))}."


def _shares(given: Strengths) -> list[str]:
    """By how much decoupled decay moves a weight in a step."""
    by_its_group = (
        "times the learning rate, the root of its group's number of weights, and its share of the group's norm"
    )
    shares = [f"by {given.l1:.6g} times the learning rate"] * (given.l1 > 0)
    shares += [f"by {given.l2:.6g} times the learning rate times the weight itself"] * (given.l2 > 0)
    return shares + [f"by {given.group:.6g} {by_its_group}"] * (given.group > 0)


def _terms(given: Strengths) -> list[str]:
    """What the penalty adds to the loss."""
    terms = [f"{given.l1:.6g} times the sum of the absolute weights"] * (given.l1 > 0)
    terms += [f"{given.l2 / 2:.6g} times the sum of the squared weights"] * (given.l2 > 0)
    norms = f"{given.group:.6g} times the sum over groups of the root of its number of weights times its Euclidean norm"
    return terms + [norms] * (given.group > 0)


def convert_json(
    command: Sequence[str],
    params: Mapping[str, Any],
    given: Strengths,
    setting: Setting,
    lines: Sequence[Equivalent],
    advice: Sequence[str],
    code: str | None,
) -> dict[str, Any]:
    """The object that ``wdcli convert --json`` prints; ``code`` is that of ``--to``."""
    return {
        "schema": "wdcli.convert/1",
        "command": list(command),
        "version": __version__,
        "config": {name: value for name, value in params.items() if name not in ("json", "format")},
        "setting": {
            "rows": setting.rows,
            "batch_size": setting.batch_size,
            "loss": setting.loss,
            "outputs": setting.outputs,
        },
        "strengths": {"s1": given.l1, "s2": given.l2, "group": given.group},
        "conventions": [{"tool": line.tool, "values": line.values, "remark": line.remark} for line in lines],
        "advice": list(advice),
        "code": code,
    }
