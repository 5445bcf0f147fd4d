"""What other tools call a value or an option, in our words."""

from collections.abc import Iterable
from typing import Any, get_args

import click

from wdcli.names import DecayName
from wdcli.text import near, quoted

VALUES = {
    "ridge": "l2", "lasso": "l1", "elasticnet": "elastic-net", "elastic_net": "elastic-net", "enet": "elastic-net",
    "grouplasso": "group-lasso", "group": "group-lasso", "group_lasso": "group-lasso", "sgl": "sparse-group",
    "sparse-group-lasso": "sparse-group", "sparse_group": "sparse-group",
    "torch": "pytorch", "tensorflow": "keras", "tf": "keras", "scikit-learn": "sklearn", "scikit": "sklearn", "r": "glmnet",
    "lambda/(2n)": "textbook", "sigmoid": "logistic", "linear": "identity", "adamw": "decoupled",
}  # fmt: skip
HINTS = {
    "adamw": " AdamW is --optimizer adam with --decay decoupled.",
    "sgdw": " SGDW is --optimizer sgd with --decay decoupled.",
}
STRENGTHS = {"weight-decay", "wd", "alpha", "l1", "l2", "reg", "C"}
"""What other tools call lambda."""
OPTIONS = {
    "learning-rate": "lr",
    "learning-rate-init": "lr",
    "max-iter": "epochs",
    "hidden-layer-sizes": "hidden",
    "features": "only",
}


def meant(given: str, choices: Iterable[str]) -> str:
    """A "did you mean" for a value with another tool's name, or a near name; a hint, or nothing."""
    known, name = list(choices), given.strip().lower()
    if VALUES.get(name) in known:
        return f" Did you mean {quoted(VALUES[name])}?"
    if name in HINTS and "adam" in known:
        return HINTS[name]
    penalty, colon, decay = name.partition(":")
    if colon and penalty in known and decay in get_args(DecayName):
        return f" Write {penalty} with --decay {decay}."
    return near(given, known)


def meant_option(name: str, options: Iterable[str]) -> str:
    """Our name for another tool's option, if the command has one of these ``options`` for it; else nothing."""
    spelled, ours = name.lstrip("-").replace("_", "-"), set(options)
    if OPTIONS.get(spelled) in ours:
        return f" Did you mean {quoted(f'--{OPTIONS[spelled]}')}?"
    lambd = next((option for option in ("lambd", "lambdas") if option in ours), None)
    if spelled not in STRENGTHS or lambd is None:
        return ""
    return f" The strength of the penalty is --{lambd}{' (C is its inverse)' if spelled == 'C' else ''}."


class Choice(click.Choice[str]):
    """One of some names, in any case; for any other name it suggests which was meant."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """What is wrong, and what to write."""
        return f"{super().get_invalid_choice_message(value, ctx)}{meant(str(value), self.choices)}"
