"""Lambda in every convention.

Inside ``wdcli`` a penalty has *strengths* per mean loss, ``C = mean loss + s1 sum|w| + (s2 / 2) sum w^2 + g sum over groups
of sqrt(size) |w_g|_2``, where the loss is cross-entropy in nats or squared error without a half, averaged over the outputs. A
convention says what one unit of its lambda is in strengths; an elastic net puts ``l1_ratio`` of lambda on the first and the
rest on the second, a sparse group lasso on the first and the third.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from wdcli.errors import ConfigError
from wdcli.names import Convention, LossName, PenaltyName


class Strengths(NamedTuple):
    """What a penalty weighs against the mean loss: ``l1 sum|w| + (l2 / 2) sum w^2 + group sum sqrt(size) |w_g|_2``."""

    l1: float
    l2: float
    group: float = 0.0


class Unit(NamedTuple):
    """One unit of a convention's lambda in strengths; None where the tool has no such penalty."""

    l1: float | None
    l2: float | None
    group: float | None = None


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
    "textbook": lambda at: Unit(1 / (2 * at.n), 1 / at.n, 1 / (2 * at.n)),
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
    if any(part > 0 and one is None for part, one in zip(share, unit, strict=True)):
        where = f"{convention} (decoupled)" if setting.decoupled else convention
        instead = "use --convention textbook" if share.group else _instead(convention, setting)
        raise ConfigError(f"--convention {where} has no {penalty} penalty: {instead}.")
    return Strengths(*(lambd * part * (one or 0.0) for part, one in zip(share, unit, strict=True)))


def _instead(convention: Convention, setting: Setting) -> str:
    """What to use where a convention has no such penalty: glmnet's lambda is that of scikit-learn's own linear models."""
    if convention != "sklearn" or setting.decoupled:
        return "use --penalty l2, or --convention textbook"
    theirs = "alpha of Lasso and ElasticNet" if setting.loss == "squared-error" else "1/(n C) of LogisticRegression"
    return f"use --convention glmnet, whose lambda is {theirs}, or --penalty l2"


def from_strengths(convention: Convention, given: Strengths, setting: Setting) -> tuple[float, float] | None:
    """Lambda and l1_ratio that give these strengths, or None where the convention has no such penalty."""
    unit = UNITS[convention](setting)
    if any(part and one is None for part, one in zip(given, unit, strict=True)):
        return None
    a, b, c = (part / one if part and one else 0.0 for part, one in zip(given, unit, strict=True))
    return a + b + c, (a / (a + b + c) if a + b + c else 0.0)


def shares(penalty: PenaltyName, l1_ratio: float) -> Strengths:
    """What lambda puts on each strength, in its own unit.

    All else about a penalty stands in ``nn.penalties``; this table is here because conversions load no NumPy.
    """
    return {
        "none": Strengths(0.0, 0.0),
        "l1": Strengths(1.0, 0.0),
        "l2": Strengths(0.0, 1.0),
        "elastic-net": Strengths(l1_ratio, 1 - l1_ratio),
        "group-lasso": Strengths(0.0, 0.0, 1.0),
        "sparse-group": Strengths(l1_ratio, 0.0, 1 - l1_ratio),
    }[penalty]


def without_groups(penalty: PenaltyName) -> PenaltyName:
    """The penalty of layers without groups: squares take the place of the groups' norms."""
    squared: dict[PenaltyName, PenaltyName] = {"group-lasso": "l2", "sparse-group": "elastic-net"}
    return squared.get(penalty, penalty)
