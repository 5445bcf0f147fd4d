"""The lines of every tool."""

from wdcli.conventions import Setting, Strengths
from wdcli.equivalents import grouped, single
from wdcli.equivalents.equivalent import Equivalent


def equivalents(given: Strengths, setting: Setting, by_features: bool = True) -> list[Equivalent]:
    """The same strengths in each tool's own parameters (weights only: the remarks say where a tool decays biases too).

    Decoupled decay is not a term of the loss: only tools that decouple it have the same, and the others are left empty, as
    are those for a penalty that is in the loss. ``by_features`` says whether features form groups, as other tools have them.
    """
    lines = grouped.lines(given, setting, by_features) if given.group else single.lines(given, setting)
    return [_with_scaled_y(line) if setting.scaled_y else line for line in lines]


def _with_scaled_y(line: Equivalent) -> Equivalent:
    """Squared errors, and so what lambda weighs against, are in the unit of y; Ridge's answer scales with y."""
    if not line.values or line.tool in ("textbook", "sklearn Ridge", "glmnet"):
        return line
    return line._replace(remark=f"{line.remark}; standardise y")
