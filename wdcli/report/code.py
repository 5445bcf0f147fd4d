"""What the code for every tool has in common: comments above it, the settings of training, and the network's layers."""

import textwrap
from collections.abc import Iterator, Sequence
from string import Template
from typing import NamedTuple

from wdcli.conventions import Setting, Strengths, advice
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig

TRAINING = "LR, EPOCHS, BATCH_SIZE = $training  # as given, else wdcli's defaults for these rows"
ZEROS = "The gradient of |w| makes weights small, and none exactly 0; wdcli's proximal steps do that."


class Layer(NamedTuple):
    """A layer of a network: its units, whether an activation follows, and whether it is decayed."""

    units: int
    hidden: bool
    decayed: bool


def layers(config: FitConfig, outputs: int) -> Iterator[Layer]:
    """The layers from the first one to the output."""
    units = (*config.hidden, outputs)
    for place, (n, decayed) in enumerate(zip(units, config.decayed().tolist(), strict=True)):
        yield Layer(n, place < len(config.hidden), decayed)


def which_layers(config: FitConfig) -> list[str]:
    """A sentence where some layers are not penalised."""
    if config.decayed().all():
        return []
    numbers = ", ".join(map(str, config.decayed_layers))
    return [f"Of {len(config.decayed())} layers, the output layer the last, these are penalised: {numbers}."]


def target_of(setting: Setting, classes: str) -> str:
    """What y is, in its shape: standardised or raw numbers, or ``classes``."""
    if setting.loss != "squared-error":
        return classes
    return f"{'standardised' if setting.scaled_target else 'as it is'}, (rows, outputs)"


def check_decoupled(given: Strengths, setting: Setting) -> None:
    """Raise ``ConfigError`` for a decoupled penalty on |w|."""
    if setting.decoupled and given.l1:
        raise ConfigError(
            "neither PyTorch nor Keras has a decoupled penalty on |w|: use --penalty l2, or --decay coupled."
        )


def model_line(features: int | None) -> str:
    """The line that builds the network, or how to build it where the number of features is unknown."""
    if features is None:
        return "# model = fit(build(X.shape[1]), X, y), where X has a column for each feature"
    return f"model = build({features})"


def filled(
    template: str, given: Strengths, setting: Setting, config: FitConfig, said: Sequence[str] = (), **parts: str
) -> str:
    """The template with its parts, below comments: what the penalty is, what else must be the same, and ``said``."""
    epochs = config.resolved_epochs(setting.rows)
    training = f"{config.learning_rate:g}, {epochs}, {setting.batch_size}"
    code = Template(Template(template).safe_substitute(TRAINING=TRAINING)).substitute(parts, training=training)
    what = f"Strengths per mean loss: s1 = {given.l1:.6g}, s2 = {given.l2:.6g}."
    sentences = [what, *which_layers(config), *advice(given, setting), *said]
    comments = [line for sentence in sentences for line in textwrap.wrap(sentence, 98)]
    return "".join(f"# {line}\n" for line in comments) + code


def number(value: float) -> str:
    """A number as code has it."""
    return f"{value:.12g}"
