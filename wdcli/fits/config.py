"""Every setting of a fit, resolved and checked against the data."""

import math
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from wdcli.conventions import Setting
from wdcli.data.rules import MOST_CATEGORIES
from wdcli.errors import ConfigError
from wdcli.names import (
    ActivationName,
    ClassWeight,
    Convention,
    DecayChoice,
    DecayName,
    DtypeName,
    GroupBy,
    LossName,
    OptimizerName,
    PenaltyName,
    ScheduleName,
)
from wdcli.nn.optimizers import SGD, Adam, Optimizer
from wdcli.nn.penalties import PENALTIES
from wdcli.nn.recipe import makes_zeros

DEFAULT_RATES: dict[OptimizerName, float] = {"adam": 0.01, "sgd": 0.05}
DEFAULT_EPOCHS, FEWEST_STEPS, MOST_STEPS = 60, 600, 5_000
"""Default epochs, and the fewest and the most steps: on a small table an epoch has few steps, so more epochs are needed; on a
large one it has many, and fewer do."""
FEW_ROWS = 64
"""A default batch holds up to so many rows whole: their order doesn't matter then, and a row of weight 2 is that row twice."""
LINEAR_ADAM_RATE, LINEAR_STEPS, LINEAR_BATCH = 0.1, 3000, 4096
"""Without a hidden layer the optimum is unique and steps are cheap, so enough are taken, on all rows, to reach it
(except
for small lambdas on perfectly separable classes, whose optimum is far away: ``kkt`` shows that)."""
VALIDATION_SIZE = 0.1
"""Share of the rows that early stopping holds out for validation."""
PATIENCE = 10
"""Early stopping ends after this many epochs without a better validation loss, as in scikit-learn."""


@dataclass(frozen=True)
class FitConfig:
    """Everything that determines a fit on given rows, except its lambda and fold.

    ``hidden`` is () for a linear model. ``decay_layers`` are numbers from 1, or None for all layers; ``lr`` None is the
    optimizer's default. ``batch_size`` and ``epochs`` None are chosen by the number of rows; ``batch_size`` 0 is all
    rows. ``class_weight`` says what the rows of each class count in the loss, (classes,), "balanced" that all classes count
    alike. ``group_by`` says which nodes' weights form groups: features', hidden units', or those of both ("nodes").
    """

    scale_features: bool = True
    scale_target: bool = True
    max_categories: int = MOST_CATEGORIES
    penalty: PenaltyName = "l2"
    l1_ratio: float = 0.5
    group_by: GroupBy = "nodes"
    decay: DecayChoice = "auto"
    decay_layers: tuple[int, ...] | None = None
    convention: Convention = "textbook"
    hidden: tuple[int, ...] = (64, 64)
    activation: ActivationName = "relu"
    dtype: DtypeName = "float32"
    optimizer: OptimizerName = "adam"
    lr: float | None = None
    momentum: float = 0.9
    nesterov: bool = False
    schedule: ScheduleName = "cosine"
    batch_size: int | None = None
    epochs: int | None = None
    early_stopping: bool = False
    class_weight: ClassWeight = None
    seed: int = 0

    @property
    def learning_rate(self) -> float:
        """The given learning rate, or the default."""
        if self.lr is not None:
            return self.lr
        return LINEAR_ADAM_RATE if not self.hidden and self.optimizer == "adam" else DEFAULT_RATES[self.optimizer]

    @property
    def resolved_decay(self) -> DecayName:
        """``auto`` is coupled for L2 (the article's update), and proximal for penalties that make exact zeros."""
        if self.decay != "auto":
            return self.decay
        return "proximal" if PENALTIES[self.penalty].sparse else "coupled"

    @property
    def makes_zeros(self) -> bool:
        """Whether weights become exactly zero."""
        return makes_zeros(self.penalty, self.resolved_decay)

    @property
    def penalised(self) -> bool:
        """Whether there is a penalty at all."""
        return self.penalty != "none"

    @property
    def resolved_l1_ratio(self) -> float | None:
        """The share of lambda on the absolute values, for a penalty with an l1_ratio; else None."""
        return self.l1_ratio if PENALTIES[self.penalty].has_l1_ratio else None

    def make_optimizer(self) -> Optimizer:
        """The optimizer with its settings."""
        return Adam() if self.optimizer == "adam" else SGD(self.momentum, self.nesterov)

    def decayed(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which layers are decayed, (layers,). Raises ``ConfigError`` for a layer that the network doesn't have."""
        layers = len(self.hidden) + 1
        chosen = set(range(1, layers + 1)) if self.decay_layers is None else set(self.decay_layers)
        if chosen and max(chosen) > layers:
            raise ConfigError(
                f"--decay-layers names layer {max(chosen)}, but the network has {layers}: "
                f"{len(self.hidden)} hidden and the output layer."
            )
        return np.isin(np.arange(1, layers + 1), sorted(chosen))

    def grouped(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which layers have groups, (layers,): those that leave the features, the hidden units, or both, if decayed.

        Raises ``ConfigError`` for a penalty on groups without any.
        """
        decayed = self.decayed()
        first = np.arange(len(decayed)) == 0
        found = np.asarray(decayed & {"nodes": np.ones_like(first), "features": first, "units": ~first}[self.group_by])
        if not PENALTIES[self.penalty].has_groups:
            return np.zeros_like(first)
        if not found.any():
            raise ConfigError(self._without_groups())
        return found

    def _without_groups(self) -> str:
        """Why no layer has groups, and what to do."""
        if not self.hidden:
            return "--group-by units needs hidden units, and --hidden none has none: use --group-by features."
        wanted = "layer 1, the first" if self.group_by == "features" else "a layer after the first"
        return f"--group-by {self.group_by} needs a penalty on {wanted}: name it in --decay-layers."

    @property
    def decayed_layers(self) -> list[int]:
        """The numbers of the layers that are decayed, from 1."""
        return [int(place) + 1 for place in np.flatnonzero(self.decayed())]

    def resolved_batch_size(self, rows: int) -> int:
        """Rows per step, given the number of training rows.

        If not set: the power of two nearest to a sixteenth of the rows, from 32 to 1,024, but all rows up to ``FEW_ROWS``;
        for a linear model all rows, up to ``LINEAR_BATCH``. Raises ``ConfigError`` if the set size exceeds the number of rows.
        """
        if self.batch_size == 0:
            return rows
        if self.batch_size is None and not self.hidden:
            return min(rows, LINEAR_BATCH)
        if self.batch_size is None:
            return rows if rows <= FEW_ROWS else int(np.clip(2 ** round(np.log2(rows / 16)), 32, 1024))
        if self.batch_size > rows:
            raise ConfigError(
                f"--batch-size {self.batch_size} is more than the {rows} training rows: give at most {rows}, or 'full'."
            )
        return self.batch_size

    def resolved_epochs(self, rows: int) -> int:
        """Passes over the training rows: as set, else ``DEFAULT_EPOCHS``, or however many give enough, or few enough, steps."""
        if self.epochs is not None:
            return self.epochs
        steps = math.ceil(rows / self.resolved_batch_size(rows))
        return max(math.ceil(self._fewest_steps / steps), min(DEFAULT_EPOCHS, math.ceil(MOST_STEPS / steps)))

    def examples(self, rows: int) -> int:
        """How many examples a network is trained on, given the number of training rows: each row once an epoch."""
        return self.resolved_epochs(rows) * self.fitted_rows(rows)

    @property
    def _fewest_steps(self) -> int:
        return FEWEST_STEPS if self.hidden else LINEAR_STEPS

    def for_sample(self, rows: int, of: int) -> "FitConfig":
        """The same fit on a sample of so many rows ``of`` all.

        It takes as many epochs as on all rows, but never too few steps, and no batch is larger than the sample.
        """
        batch_size = None if self.batch_size is None else min(self.resolved_batch_size(of), rows)
        sized = replace(self, batch_size=batch_size)
        if self.epochs is None:
            fewest = math.ceil(self._fewest_steps / math.ceil(rows / sized.resolved_batch_size(rows)))
            sized = replace(sized, epochs=max(fewest, min(DEFAULT_EPOCHS, self.resolved_epochs(of))))
        return sized

    @property
    def strength_exponent(self) -> float:
        """The best strength is about proportional to rows ** -exponent: 1 for ridge, else 1/2.

        Ridge's best lambda/n has the same lambda for every n; the lasso's strength is the noise's, sqrt(log p / n) (Bickel,
        Ritov and Tsybakov 2009). A network's L2 penalty acts like the second, since scaling a layer up and the next one down
        changes nothing but the penalty: the least sum of squares is the lasso's, over units (Neyshabur et al. 2015).
        """
        return 1.0 if self.penalty == "l2" and not self.hidden else 0.5

    def fitted_rows(self, rows: int) -> int:
        """How many of the training rows the weights are fitted on: all but early stopping's validation rows."""
        return rows - math.ceil(VALIDATION_SIZE * rows) if self.early_stopping else rows

    def fitted(self, rows: int, mean_weight: float | None = None) -> dict[str, Any]:
        """A description of a fit on so many training rows, for a saved model: rows fitted on, and resolved settings.

        ``mean_weight`` is what a row weighs on average, None if rows have no weights.
        """
        fitted = self.fitted_rows(rows)
        return {
            "rows": fitted,
            "mean_weight": mean_weight,
            "batch_size": min(self.resolved_batch_size(rows), fitted),
            "epochs": self.resolved_epochs(rows),
            "learning_rate": self.learning_rate,
            "hidden": list(self.hidden),
            "activation": self.activation,
            "dtype": self.dtype,
            "optimizer": self.optimizer,
            "momentum": self.momentum,
            "nesterov": self.nesterov,
            "schedule": self.schedule,
            "early_stopping": self.early_stopping,
            "scale_features": self.scale_features,
            "scale_target": self.scale_target,
        }

    def setting(self, rows: int, batch_size: int, loss: LossName, outputs: int, mean_weight: float = 1) -> Setting:
        """What the convention needs to know about a fit on so many rows, which weigh ``mean_weight`` on average."""
        return Setting(
            rows, min(batch_size, rows), loss, outputs, self.resolved_decay == "decoupled", self.scale_features,
            self.scale_target, bool(self.decayed().all()), mean_weight,
        )  # fmt: skip

    def to_json(self, rows: int) -> dict[str, Any]:
        """Every option under its command-line name, resolved except where the data decide."""
        settings = asdict(self)
        return {
            "no_scale_features": not settings.pop("scale_features"),
            "no_scale_target": not settings.pop("scale_target"),
            **settings,
            "decay": self.resolved_decay,
            "decay_layers": self.decayed_layers,
            "hidden": list(self.hidden),
            "lr": self.learning_rate,
            "batch_size": self.resolved_batch_size(rows),
            "epochs": self.resolved_epochs(rows),
        }
