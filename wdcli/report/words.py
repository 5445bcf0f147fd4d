"""Words that every table shares: the lines above it, and what is said of zeros and optima below."""

from collections.abc import Sequence

from wdcli.data.dataset import Dataset, Split
from wdcli.report.numbers import count_of, figure, share
from wdcli.sweep.config import FitConfig
from wdcli.text import count, safe

UNSETTLED = 0.02
"""A ``kkt`` above this: the weights are still some way from the objective's optimum."""


def data_line(dataset: Dataset, split: Split, n_features: int) -> str:
    """``moons, noise 0.35: 300 training rows, 100 test rows, 2 features, 2 classes``."""
    parts = [
        count(len(split.train), "training row"),
        count(len(split.test), "test row"),
        count(n_features, "feature"),
    ]
    if dataset.task == "classification":
        parts.append(count(len(dataset.class_names), "class", "classes"))
    else:
        parts.append(f"target {safe(dataset.target)}")
    return f"{safe(dataset.title)}: {', '.join(parts)}"


def network_line(config: FitConfig, lambd: float | None = None, ratios: Sequence[float] = ()) -> str:
    """``network 64,64 relu, l2 0.1 (coupled), adam``; ``ratios`` are those of a sweep over several."""
    units = ",".join(map(str, config.hidden))
    network = f"network {units} {config.activation}" if units else "linear model (no hidden layer)"
    value = "" if lambd is None or config.penalty == "none" else f" {figure(lambd, 6)}"
    convention = "" if config.convention == "textbook" else f" in {config.convention}'s convention"
    swept = ", ".join(f"{ratio:g}" for ratio in ratios or [config.l1_ratio])
    ratio = f", l1_ratio {swept}" if config.penalty == "elastic-net" else ""
    penalty = (
        "no penalty"
        if config.penalty == "none"
        else f"{config.penalty}{value}{convention} ({config.resolved_decay}{ratio})"
    )
    layers = f" on layers {_ranges(config.decay_layers)}" if config.decay_layers else ""
    return f"{network}, {penalty}{layers}, {config.optimizer}"


def undecayed(config: FitConfig) -> list[str]:
    """A line where norms hold layers that no penalty shrinks."""
    free = [layer for layer, decayed in enumerate(config.decayed().tolist(), 1) if not decayed]
    if not free or config.penalty == "none":
        return []
    layers = "the output layer" if free == [len(config.hidden) + 1] else f"layers {_ranges(free)}"
    return [f"|W| counts all layers, and {layers} without decay may grow as the others shrink."]


def _ranges(layers: Sequence[int]) -> str:
    """``1-7`` for consecutive layers, else ``1,3``."""
    if len(layers) > 1 and list(layers) == list(range(layers[0], layers[-1] + 1)):
        return f"{layers[0]}-{layers[-1]}"
    return ",".join(map(str, layers))


def zeros(config: FitConfig, sparsity: float, in_use: str) -> str:
    """How many weights are exactly zero, and whether the penalty made them so."""
    zeros = f"{share(sparsity)} of the weights are exactly zero"
    if config.makes_zeros:
        return f"{zeros}; {in_use}"
    return f"{zeros}: shrunk until {config.dtype} could not hold them (L2 itself makes no exact zeros)."


def effective_network(sizes: Sequence[float], full: Sequence[int], several: bool) -> str:
    """What is left: ``the effective network has 7 of 10 features, 12 of 64 and 5 of 64 hidden units (means over seeds)``."""
    mean = " (means over seeds)" if several else ""
    features, *units = [f"{count_of(left)} of {whole}" for left, whole in zip(sizes[:-1], full[:-1], strict=True)]
    if not units:
        return f"{features} features are in use{mean}."
    return f"the effective network has {features} features and {', '.join(units)} hidden units{mean}."


def constant_answer(dataset: Dataset) -> str:
    """What a network that has collapsed answers with."""
    return "the mean of the target" if dataset.task == "regression" else "the class shares"


def unsettled(config: FitConfig, kkt: float) -> str:
    """That weights are not at the objective's optimum, and what else shaped them."""
    away = f"The weights are not at the penalised loss's optimum (kkt {figure(kkt, 2)}):"
    if config.resolved_decay == "decoupled":
        return f"{away} decoupled decay has another one."
    if config.early_stopping:
        return f"{away} early stopping regularises too."
    return f"{away} when training stopped (--epochs), and the noise of its batches (--batch-size), matter too."
