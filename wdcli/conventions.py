"""One lambda in every tool's convention.

Inside ``wdcli`` a penalty has two *strengths* per mean loss, ``C = mean loss + s1 sum|w| + (s2 / 2) sum w^2``, where the
loss is cross-entropy in nats or squared error without a half, averaged over the outputs. A convention says what one unit of
its lambda is in strengths; an elastic net puts ``l1_ratio`` of lambda on the first and the rest on the second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from wdcli.errors import ConfigError
from wdcli.names import Convention, LossName, PenaltyName


class Strengths(NamedTuple):
    """What a penalty weighs against the mean loss: ``l1 * sum|w| + l2 / 2 * sum w^2``."""

    l1: float
    l2: float


class Unit(NamedTuple):
    """One unit of a convention's lambda in strengths; None where the tool has no such penalty."""

    l1: float | None
    l2: float | None


@dataclass(frozen=True)
class Setting:
    """What a conversion may depend on: rows of the fit, rows of a batch, the loss, its outputs, and where decay acts.

    ``mean_weight`` is what a row weighs on average: n is the sum of the rows' weights.

    Beside these: whether features and target are standardised, and whether every layer is decayed.
    """

    rows: int
    batch_size: int
    loss: LossName
    outputs: int = 1
    decoupled: bool = False
    scaled_features: bool = True
    scaled_target: bool = True
    all_layers: bool = True
    mean_weight: float = 1

    @property
    def n(self) -> float:
        """The n of lambda/(2n): the rows, or the sum of their weights."""
        return self.rows * self.mean_weight

    @property
    def scaled_y(self) -> bool:
        """Whether lambda is that of a standardised target."""
        return self.loss == "squared-error" and self.scaled_target

    @property
    def half_loss(self) -> float:
        """How many times a loss with the half, summed over outputs, is contained in ours: 2/k for squared error, else 1."""
        return 2 / self.outputs if self.loss == "squared-error" else 1.0


def _keras(setting: Setting) -> Unit:
    return Unit(None, 1.0) if setting.decoupled else Unit(1.0, 2.0)


UNITS: dict[Convention, Callable[[Setting], Unit]] = {
    "textbook": lambda at: Unit(1 / (2 * at.n), 1 / at.n),
    "sklearn": lambda at: Unit(None, at.half_loss / (at.batch_size * at.mean_weight)),
    "pytorch": lambda at: Unit(1.0, 1.0),
    "keras": _keras,
    "glmnet": lambda at: Unit(at.half_loss, at.half_loss),
}


def strengths(
    convention: Convention, penalty: PenaltyName, lambd: float, l1_ratio: float, setting: Setting
) -> Strengths:
    """Strengths of ``lambd``.

    Raises ``ConfigError`` where the convention has no such penalty (L1 in scikit-learn's MLP, say).
    """
    if lambd == 0:
        return Strengths(0.0, 0.0)
    share, unit = shares(penalty, l1_ratio), UNITS[convention](setting)
    if (share.l1 > 0 and unit.l1 is None) or (share.l2 > 0 and unit.l2 is None):
        where = f"{convention} (decoupled)" if setting.decoupled else convention
        raise ConfigError(f"--convention {where} has no {penalty} penalty: {_instead(convention, setting)}.")
    return Strengths(lambd * share.l1 * (unit.l1 or 0.0), lambd * share.l2 * (unit.l2 or 0.0))


def _instead(convention: Convention, setting: Setting) -> str:
    """What to use where a convention has no such penalty: glmnet's lambda is that of scikit-learn's own linear models."""
    if convention != "sklearn" or setting.decoupled:
        return "use --penalty l2, or --convention textbook"
    theirs = "alpha of Lasso and ElasticNet" if setting.loss == "squared-error" else "1/(n C) of LogisticRegression"
    return f"use --convention glmnet, whose lambda is {theirs}, or --penalty l2"


def from_strengths(convention: Convention, given: Strengths, setting: Setting) -> tuple[float, float] | None:
    """Lambda and l1_ratio that give these strengths, or None where the convention has no such penalty."""
    unit = UNITS[convention](setting)
    if (given.l1 and unit.l1 is None) or (given.l2 and unit.l2 is None):
        return None
    a = given.l1 / unit.l1 if given.l1 and unit.l1 else 0.0
    b = given.l2 / unit.l2 if given.l2 and unit.l2 else 0.0
    return a + b, (a / (a + b) if a + b else 0.0)


def shares(penalty: PenaltyName, l1_ratio: float) -> Strengths:
    """What lambda puts on each strength, in its own unit.

    All else about a penalty stands in ``nn.penalties``; this table is here because conversions load no NumPy.
    """
    return {
        "none": Strengths(0.0, 0.0),
        "l1": Strengths(1.0, 0.0),
        "l2": Strengths(0.0, 1.0),
        "elastic-net": Strengths(l1_ratio, 1 - l1_ratio),
    }[penalty]


def which_layers(decayed: Sequence[bool]) -> list[str]:
    """A sentence where some of the layers, the output layer the last, are not penalised."""
    if all(decayed):
        return []
    numbers = ", ".join(str(place) for place, yes in enumerate(decayed, 1) if yes)
    return [f"Of {len(decayed)} layers, the output layer the last, these are penalised: {numbers}."]


def advice(given: Strengths, setting: Setting) -> list[str]:
    """What else has to be alike for the same penalty, in sentences."""
    said = _units(setting)
    if setting.mean_weight != 1:
        said.append(
            f"The rows have weights, {setting.mean_weight:.6g} on average: give them to the tool too (sample_weight), with the "
            "loss divided by their sum."
        )
    if setting.decoupled:
        said.append(
            "Decoupled decay shrinks the weights in proportion to lr in each step: its effect depends on lr times the number "
            "of steps, so take over lr, schedule, batch size and epochs too."
        )
    if given.l2 and not given.l1:
        said.append(
            "AdamW, and weight_decay in every optimizer of Keras, are decoupled; weight_decay in PyTorch's SGD and Adam is "
            "coupled. For SGD without momentum, and there alone, the two are the same, with the same value."
        )
    return said


def _units(setting: Setting) -> list[str]:
    """In which units of the features and the target lambda is meant."""
    scaled = [name for name, yes in (("features", setting.scaled_features), ("y", setting.scaled_y)) if yes]
    raw = ["the features"] * (not setting.scaled_features)
    raw += ["y"] * (setting.loss == "squared-error" and not setting.scaled_target)
    said = [f"Standardise the {' and '.join(scaled)} as wdcli does: lambda is in their units."] if scaled else []
    if setting.scaled_y:
        said[0] += (
            " For y that is (y - mean) / sd, with the mean and sd of the training rows; multiply predictions by sd and add "
            "the mean."
        )
    return [*said, f"Don't standardise {' or '.join(raw)}: this lambda is for raw values."] if raw else said


class Equivalent(NamedTuple):
    """A line of ``wdcli convert``: what to write in a tool for the same penalty; ``values`` is empty where there is none."""

    tool: str
    values: dict[str, float]
    remark: str


def equivalents(given: Strengths, setting: Setting) -> list[Equivalent]:
    """The same strengths in each tool's own parameters (weights only: the remarks say where a tool decays biases too).

    Decoupled decay is not a term of the loss: only tools that decouple it have the same, and the others are left empty, as
    are those for a penalty that is in the loss.
    """
    textbook, *others = _coupled_equivalents(given, setting)
    adamw = _adamw(given, setting.decoupled or not any(given))
    lines = [textbook, *others, adamw]
    if setting.decoupled and any(given):
        others = [Equivalent(line.tool, {}, "another penalty: sweep with --decay coupled") for line in others]
        lines = [textbook._replace(remark="with --decay decoupled"), adamw, *others]
    return [_with_scaled_y(line) if setting.scaled_y else line for line in lines]


def _with_scaled_y(line: Equivalent) -> Equivalent:
    """Squared errors, and so what lambda weighs against, are in the unit of y; Ridge's answer scales with y."""
    if not line.values or line.tool in ("textbook", "sklearn Ridge", "glmnet"):
        return line
    return line._replace(remark=f"{line.remark}; standardise y")


def _coupled_equivalents(given: Strengths, setting: Setting) -> list[Equivalent]:
    batch = replace(setting, decoupled=False)
    full = replace(batch, batch_size=setting.rows)
    return [
        _line("textbook", "lambda", "l1_ratio", from_strengths("textbook", given, batch), given, "lambda/(2n)"),
        _torch(given),
        _keras_line(given),
        _mlp("sklearn MLP, lbfgs", given, full, "alpha/n"),
        _mlp("sklearn MLP, sgd, adam", given, batch, _short_batch_remark(given, setting)),
        *_sklearn_linear(given, setting),
        _line("glmnet", "lambda", "alpha", from_strengths("glmnet", given, batch), given, _glmnet_remark(given, setting)),
    ]  # fmt: skip


def _line(
    tool: str, name: str, ratio_name: str, found: tuple[float, float] | None, given: Strengths, remark: str
) -> Equivalent:
    if found is None:
        return Equivalent(tool, {}, "has L2 only")
    mixed = given.l1 > 0 and given.l2 > 0
    shown = {ratio_name: found[1]} if ratio_name and (mixed or tool == "glmnet") else {}
    return Equivalent(tool, {name: found[0], **shown}, remark)


def _mlp(tool: str, given: Strengths, setting: Setting, remark: str) -> Equivalent:
    """scikit-learn's networks, which penalise every layer."""
    if not setting.all_layers:
        return Equivalent(tool, {}, "penalises every layer")
    return _line(tool, "alpha", "", from_strengths("sklearn", given, setting), given, remark)


def short_batch(setting: Setting) -> str:
    """What an epoch's short last batch does to scikit-learn's penalty, which is divided by each batch's own rows.

    Averaged over the steps it is m / h times what is meant, for batches of m rows and the harmonic mean h of all batches.
    Nothing where that is less than a percent.
    """
    rows, size = setting.rows, setting.batch_size
    last = rows % size
    factor = (rows // size + size / last) / (rows // size + 1) if last else 1.0
    if factor < 1.01:
        return ""
    near = [other for other in range((size + 1) // 2, 2 * size + 1) if rows % other == 0]
    instead = (
        f"batches of {min(near, key=lambda other: abs(other - size))} divide the rows"
        if near
        else (f"no batch size near it divides the rows: divide alpha by {factor:.3g}")
    )
    return (
        f"the last batch has {last} of {rows} rows, so the mean penalty is {factor:.3g} times what is meant; {instead}"
    )


def _short_batch_remark(given: Strengths, setting: Setting) -> str:
    short = short_batch(setting) if given.l2 else ""
    return "; ".join(filter(None, ["divided by the batch, not by n as documented", short]))


def _torch(given: Strengths) -> Equivalent:
    if given.l1:
        values = {"s1": given.l1, **({"weight_decay": given.l2} if given.l2 else {})}
        return Equivalent("pytorch SGD, Adam", values, "no L1 there: add s1 * sum of |w| to the loss")
    return Equivalent("pytorch SGD, Adam", {"weight_decay": given.l2}, "decays biases too, unless grouped")


def _keras_line(given: Strengths) -> Equivalent:
    values = {"l1": given.l1} if given.l1 else {}
    if given.l2 or not given.l1:
        values["l2"] = given.l2 / 2
    return Equivalent("keras kernel_regularizer", values, "no half in its l2" if given.l2 else "")


def _adamw(given: Strengths, same: bool) -> Equivalent:
    tool = "AdamW (pytorch, keras)"
    if given.l1:
        return Equivalent(tool, {}, "has L2 only")
    if not same:
        return Equivalent(tool, {}, "another penalty: sweep with --decay decoupled")
    return Equivalent(tool, {"weight_decay": given.l2}, "decays biases too, unless grouped")


def _sklearn_linear(given: Strengths, setting: Setting) -> list[Equivalent]:
    """scikit-learn's linear models: Ridge, Lasso, ElasticNet (alpha) for squared error, LogisticRegression (C) else."""
    if setting.loss != "squared-error":
        total = (given.l1 + given.l2) * setting.n
        ratio = {"l1_ratio": given.l1 / (given.l1 + given.l2)} if total else {}
        values = {"C": 1 / total, **ratio} if total else {}
        return [Equivalent("sklearn LogisticRegression", values, f"no hidden layer; {_by_version(given)}")]
    if not given.l1:
        alpha = given.l2 * setting.n / setting.half_loss
        return [Equivalent("sklearn Ridge", {"alpha": alpha}, "no hidden layer")]
    a, b = given.l1 / setting.half_loss, given.l2 / setting.half_loss
    if not given.l2:
        return [Equivalent("sklearn Lasso", {"alpha": a}, "no hidden layer")]
    return [Equivalent("sklearn ElasticNet", {"alpha": a + b, "l1_ratio": a / (a + b)}, "no hidden layer")]


def _by_version(given: Strengths) -> str:
    """What a LogisticRegression takes beside; its ``penalty`` is deprecated since 1.8, and decided alone before."""
    return "solver='saga'; before 1.8 also penalty='elasticnet'" if given.l1 else "before 1.8 without l1_ratio"


def _glmnet_remark(given: Strengths, setting: Setting) -> str:
    """glmnet divides y by its sd and lambda with it, which leaves the lasso's lambda as it is, and no other."""
    if setting.scaled_y:
        return "for a standardised y; times sd(y) for a raw one"
    if setting.loss != "squared-error" or not given.l2:
        return "no hidden layer"
    return "for a y of sd 1; for another its part on squares times sd(y)" if given.l1 else "times sd(y)"
