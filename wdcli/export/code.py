"""What the code for every tool has in common: the fit that it trains, the comments above it, and the network's layers."""

import textwrap
from collections.abc import Callable, Iterator, Sequence
from string import Template
from typing import NamedTuple

from wdcli.conventions import Setting, Strengths
from wdcli.equivalents import advice, which_layers
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig

TRAINING = "LR, EPOCHS, BATCH_SIZE = $values  # as given, else wdcli's defaults for these rows\n"
ZEROS = "The gradient of |w| makes weights small, and none exactly 0; wdcli's proximal steps do that."
WIDTH = 98


class Fit(NamedTuple):
    """What is trained: the penalty's strengths, what these depend on, and all other settings."""

    given: Strengths
    setting: Setting
    config: FitConfig

    @property
    def proximal(self) -> bool:
        """Whether the penalty acts in a step of its own, after the optimizer's."""
        return self.config.resolved_decay == "proximal" and any(self.given)

    @property
    def subgradient(self) -> bool:
        """Whether the gradient of |w| is added to the loss's."""
        return self.given.l1 > 0 and not self.proximal

    @property
    def layers(self) -> "Iterator[Layer]":
        """The layers from the first one to the output."""
        units = (*self.config.hidden, self.setting.outputs)
        for place, (n, decayed) in enumerate(zip(units, self.decayed, strict=True)):
            yield Layer(n, place < len(self.config.hidden), decayed)

    @property
    def decayed(self) -> list[bool]:
        """Which layers are decayed."""
        return list(self.config.decayed().tolist())

    @property
    def training(self) -> str:
        """The line with the learning rate, the epochs and the batch size."""
        epochs = self.config.resolved_epochs(self.setting.rows)
        return Template(TRAINING).substitute(
            values=f"{number(self.config.learning_rate)}, {epochs}, {self.setting.batch_size}"
        )

    @property
    def penalty(self) -> list[str]:
        """What is penalised, and how strongly, in sentences."""
        others = f"s2 = {self.given.l2:.6g}"
        if self.given.group:
            others = f"{self.given.group:.6g} sqrt(size) for the norm of a group"
        return [f"Strengths per mean loss: s1 = {self.given.l1:.6g}, {others}.", *which_layers(self.decayed)]


class Layer(NamedTuple):
    """A layer of a network: its units, whether an activation follows, and whether it is decayed."""

    units: int
    hidden: bool
    decayed: bool


class Code(NamedTuple):
    """The code of a fit for one tool: its imports, the network, the function that trains it ("" if none), and remarks."""

    tool: str
    standard: tuple[str, ...]
    imports: tuple[str, ...]
    network: str
    fit: str
    remarks: tuple[str, ...] = ()


def snippet_of(code: Code, fit: Fit, features: int | None) -> str:
    """The code to paste, below comments: what the penalty is, what else must be the same, and the remarks."""
    imports = "\n\n".join("\n".join(lines) for lines in (code.standard, code.imports) if lines)
    comments = commented([*fit.penalty, *advice(fit.given, fit.setting), *code.remarks])
    return f"{comments}{imports}\n\n{fit.training}\n\n{code.network}\n\n{code.fit}\n\n{_model_line(features)}\n"


def commented(sentences: Sequence[str]) -> str:
    """The sentences as comments, each on lines of its own."""
    lines = [line for sentence in sentences for line in textwrap.wrap(sentence, WIDTH)]
    return "".join(f"# {line}\n" for line in lines)


def _model_line(features: int | None) -> str:
    """The line that builds the network, or how to build it where the number of features is unknown."""
    if features is None:
        return "# model = fit(build(X.shape[1]), X, y), where X has a column for each feature"
    return f"model = build({features})"


def target_of(setting: Setting, classes: str) -> str:
    """What y is, in its shape: standardised or raw numbers, or ``classes``."""
    if setting.loss != "squared-error":
        return classes
    return f"{'standardised' if setting.scaled_target else 'as it is'}, (rows, outputs)"


def by_gradients(
    tool: str, module: str, fit: Fit, network: Callable[[Fit], str], training: Callable[[Fit, bool], str]
) -> Code:
    """The code for a tool that differentiates; ``training`` is told whether the learning rate falls.

    Raises ``ConfigError`` for a decoupled penalty on |w|, and for one on groups of weights.
    """
    if fit.given.group:
        raise ConfigError(f"{tool} has no penalty on groups of weights: use --penalty l1, or l2.")
    if fit.setting.decoupled and fit.given.l1:
        raise ConfigError(
            "neither PyTorch nor Keras has a decoupled penalty on |w|: use --penalty l2, or --decay coupled."
        )
    cosine = fit.config.schedule == "cosine"
    standard, remarks = ("import math",) if cosine else (), (ZEROS,) if fit.subgradient else ()
    return Code(tool, standard, (f"import {module}",), network(fit), training(fit, cosine), remarks)


def number(value: float) -> str:
    """A number as code has it."""
    return f"{value:.12g}"
