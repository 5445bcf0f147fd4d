"""The tools' values for a penalty on groups of weights, which only linear models have: group lasso and sparse group lasso.

Ours is the mean loss plus l1 sum|w| plus group sum over groups of sqrt(size) |w_g|_2, where the size of a group is the number
of its features times that of the outputs.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from wdcli.conventions import Setting, Strengths, from_strengths
from wdcli.equivalents.equivalent import Equivalent

NOWHERE = "no such penalty there"
ROOTS = "sqrt(features of each group)"
SINGLE = "if each group is one feature"
Found: TypeAlias = tuple[dict[str, float], str]
"""A tool's values and the remark on them; no values where it has no such penalty."""
NONE: Found = ({}, NOWHERE)


def lines(given: Strengths, setting: Setting, by_features: bool) -> list[Equivalent]:
    """The lines of all tools, of which those with such a penalty come first; they have it for groups of features alone."""
    linear = {name: tool(given, setting) if by_features else NONE for name, tool in _tools(setting).items()}
    with_it = [_linear(name, found, setting.decoupled) for name, found in linear.items()]
    return [_textbook(given, setting), *with_it, *(Equivalent(name, *NONE) for name in WITHOUT)]


def _textbook(given: Strengths, setting: Setting) -> Equivalent:
    lambd, ratio = from_strengths("textbook", given, replace(setting, decoupled=False)) or (0.0, 0.0)
    values = {"lambda": lambd, **({"l1_ratio": ratio} if given.l1 else {})}
    return Equivalent("textbook", values, "with --decay decoupled" if setting.decoupled else "lambda/(2n)")


def _linear(name: str, found: Found, decoupled: bool) -> Equivalent:
    values, remark = found
    if not values:
        return Equivalent(name, *NONE)
    if decoupled:
        return Equivalent(name, {}, "another penalty: sweep with --decay proximal")
    return Equivalent(name, values, f"no hidden layer; {remark}")


def _tools(setting: Setting) -> dict[str, Callable[[Strengths, Setting], Found]]:
    """The tools that have the penalty for some loss; scikit-learn has a class for each."""
    return {
        _sklearn_class(setting): _sklearn, "glmnet": _glmnet, "celer": _celer, "skglm": _skglm, "group-lasso": _group_lasso,
        "adelie": _adelie,
    }  # fmt: skip


def _squared(setting: Setting) -> bool:
    """Whether the loss is the squared error."""
    return setting.loss == "squared-error"


def _sklearn_class(setting: Setting) -> str:
    if not _squared(setting):
        return "sklearn LogisticRegression"
    return "sklearn MultiTaskLasso" if setting.outputs > 1 else "sklearn Lasso"


def _sklearn(given: Strengths, setting: Setting) -> Found:
    if _squared(setting):
        return _rows("alpha", given, setting)
    if setting.outputs > 1:
        return NONE
    total = setting.n * (given.l1 + given.group)
    values = {"C": 1 / total if total else math.inf, "l1_ratio": 1.0}
    return values, f"{SINGLE}; solver='saga'; before 1.8 also penalty='elasticnet'"


def _glmnet(given: Strengths, setting: Setting) -> Found:
    """For several outputs its groups are the rows of W ("An Introduction to glmnet": mgaussian, grouped multinomial)."""
    values, remark = _rows("lambda", given, setting)
    if not values:
        return NONE
    family = {"squared-error": "mgaussian", "cross-entropy": 'type.multinomial="grouped"'}
    kind = f"; {family[setting.loss]}" if setting.outputs > 1 else ""
    return {**values, "alpha": 1.0}, f"{remark}{kind}{'; standardise y' if setting.scaled_y else ''}"


def _rows(name: str, given: Strengths, setting: Setting) -> Found:
    """The penalty of tools that sum the norms of the rows of W (features, outputs): without the root, it is in the value."""
    if given.l1 and setting.outputs > 1:
        return NONE
    return {name: (given.l1 + given.group * math.sqrt(setting.outputs)) / setting.half_loss}, SINGLE


def _celer(given: Strengths, setting: Setting) -> Found:
    if given.l1 or setting.outputs > 1 or not _squared(setting):
        return NONE
    return {"alpha": given.group / setting.half_loss}, f"GroupLasso, weights={ROOTS}"


def _skglm(given: Strengths, setting: Setting) -> Found:
    if setting.outputs > 1:
        values, remark = _rows("alpha", given, setting)
        return (values, f"MultiTaskLasso, {remark}") if values and _squared(setting) else NONE
    values = {"alpha": given.group / setting.half_loss}
    if given.l1:
        values["weights_features"] = given.l1 / given.group
        return values, f"WeightedL1GroupL2, weights_groups={ROOTS}"
    name = "GroupLasso" if _squared(setting) else "WeightedGroupL2"
    return values, f"{name}, weights={ROOTS}"


def _group_lasso(given: Strengths, setting: Setting) -> Found:
    """Version 1.5.0 steps along half the loss's gradient, so that its values count twice; two classes have two outputs."""
    columns = 2 if setting.loss == "binary-cross-entropy" else setting.outputs
    values = {"group_reg": given.group * math.sqrt(columns), "l1_reg": given.l1}
    halved = {name: value / setting.half_loss / 2 for name, value in values.items()}
    return halved, "version 1.5.0, which halves the loss; it takes the roots itself"


def _adelie(given: Strengths, setting: Setting) -> Found:
    if given.l1:
        return NONE
    lmda = given.group / (2 if _squared(setting) else setting.outputs)
    return {"lmda": lmda}, "grpnet takes the roots itself"


WITHOUT = (
    "pytorch SGD, Adam", "keras kernel_regularizer", "sklearn MLP, lbfgs", "sklearn MLP, sgd, adam", "AdamW (pytorch, keras)",
)  # fmt: skip
"""Tools that have no penalty on groups."""
