"""A fit with one lambda as code to paste: what ``wdcli convert`` says in a table, at its place in another tool."""

import textwrap
from collections.abc import Callable
from string import Template
from typing import NamedTuple

from wdcli.conventions import Setting, Strengths, advice, from_strengths
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.names import LossName, Tool

PYTORCH = '''\
import math

import torch

LR, EPOCHS, BATCH_SIZE = $training  # wdcli's defaults for these rows: take over those of your run


def fit(model, X, y):
    """Train the Linear layers of a model; y is $target."""
    layers = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
    weights, biases = [layer.weight for layer in layers], [layer.bias for layer in layers]
    for weight, bias in zip(weights, biases):
        torch.nn.init.xavier_uniform_(weight)
        torch.nn.init.zeros_(bias)
    groups = [{"params": weights, "weight_decay": $l2}, {"params": biases, "weight_decay": 0.0}]
    optimizer = torch.optim.$optimizer(groups, lr=LR)
    batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), BATCH_SIZE, shuffle=True)
    steps = EPOCHS * len(batches)
    cosine = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: (1 + math.cos(math.pi * step / steps)) / 2)
    loss = torch.nn.$loss()
    for _ in range(EPOCHS):
        for X_batch, y_batch in batches:
            optimizer.zero_grad()
            objective = loss(model(X_batch), y_batch)$l1
            objective.backward()
            optimizer.step()
            cosine.step()
    return model
'''
KERAS = '''\
import math

import keras

LR, EPOCHS, BATCH_SIZE = $training  # wdcli's defaults for these rows: take over those of your run


def dense(units, activation=None):
    """A layer of the network; the last one has no activation. The bias is not penalised."""
    return keras.layers.Dense(
        units, activation, kernel_initializer="glorot_uniform", bias_initializer="zeros"$regularizer
    )


def fit(model, X, y):
    """Train a model of such layers; y is $target."""
    cosine = keras.optimizers.schedules.CosineDecay(LR, EPOCHS * math.ceil(len(X) / BATCH_SIZE))
    optimizer = keras.optimizers.$optimizer
    model.compile(optimizer, keras.losses.$loss)
    model.fit(X, y, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
    return model
'''
SKLEARN = """\
$imports
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

LR, EPOCHS, BATCH_SIZE = $training  # wdcli's defaults for these rows: take over those of your run

network = $network(
    hidden_layer_sizes=(64, 64),
    alpha=$alpha,
    batch_size=BATCH_SIZE,
    learning_rate_init=LR,
    max_iter=EPOCHS,
    n_iter_no_change=EPOCHS,
)
model = $model
"""
ZEROS = "The gradient of |w| makes weights small, and none exactly 0; wdcli's proximal steps do that."
CONSTANT = (
    "scikit-learn's learning rate stays constant (wdcli's falls to 0), its biases start at random, and it warns that max_iter "
    "is reached: all of EPOCHS are trained."
)


class Loss(NamedTuple):
    """A loss in PyTorch and in Keras, for outputs without an activation, and what they take as y."""

    pytorch: str
    pytorch_target: str
    keras: str
    keras_target: str


LOSSES: dict[LossName, Loss] = {
    "binary-cross-entropy": Loss("BCEWithLogitsLoss", "0.0 and 1.0, (rows, 1)",
                                 "BinaryCrossentropy(from_logits=True)", "0 and 1, (rows, 1)"),
    "cross-entropy": Loss("CrossEntropyLoss", "the number of the class, (rows,)",
                          "SparseCategoricalCrossentropy(from_logits=True)", "the number of the class, (rows,)"),
    "squared-error": Loss("MSELoss", "standardised, (rows, outputs)", "MeanSquaredError()", "standardised, (rows, outputs)"),
}  # fmt: skip


def snippet(tool: Tool, given: Strengths, setting: Setting) -> str:
    """Python code for a tool; raises ``ConfigError`` where the tool has no such penalty."""
    return SNIPPETS[tool](given, setting)


def _pytorch(given: Strengths, setting: Setting) -> str:
    _check_decoupled(given, setting)
    loss, l1 = LOSSES[setting.loss], f" + {_number(given.l1)} * sum(weight.abs().sum() for weight in weights)"
    return _filled(PYTORCH, given, setting, loss=loss.pytorch, target=loss.pytorch_target, l2=_number(given.l2),
                   l1=l1 if given.l1 else "", optimizer="AdamW" if setting.decoupled else "Adam")  # fmt: skip


def _keras(given: Strengths, setting: Setting) -> str:
    _check_decoupled(given, setting)
    loss, penalised = LOSSES[setting.loss], ",\n        kernel_regularizer=keras.regularizers.L1L2({}, {}),"
    optimizer, regularizer = "Adam(cosine, epsilon=1e-8)", penalised.format(_number(given.l1), _number(given.l2 / 2))
    if setting.decoupled:
        optimizer, regularizer = f"AdamW(cosine, weight_decay={_number(given.l2)}, epsilon=1e-8)", ","
        optimizer += '\n    optimizer.exclude_from_weight_decay(var_names=["bias"])'
    return _filled(KERAS, given, setting, loss=loss.keras, target=loss.keras_target, optimizer=optimizer,
                   regularizer=regularizer)  # fmt: skip


def _sklearn(given: Strengths, setting: Setting) -> str:
    found = from_strengths("sklearn", given, setting)
    if found is None or setting.decoupled:
        kind = "decoupled decay" if setting.decoupled else "penalty on |w|"
        raise ConfigError(f"scikit-learn's networks have no {kind}: write --to pytorch, or --to keras.")
    network = "MLPRegressor" if setting.loss == "squared-error" else "MLPClassifier"
    imports = [f"from sklearn.neural_network import {network}"]
    model = "make_pipeline(StandardScaler(), network)"
    if setting.loss == "squared-error":
        imports.insert(0, "from sklearn.compose import TransformedTargetRegressor")
        model = f"TransformedTargetRegressor({model}, transformer=StandardScaler())"
    return _filled(SKLEARN, given, setting, alpha=_number(found[0]), network=network, model=model,
                   imports="\n".join(imports))  # fmt: skip


SNIPPETS: dict[Tool, Callable[[Strengths, Setting], str]] = {"pytorch": _pytorch, "keras": _keras, "sklearn": _sklearn}


def _check_decoupled(given: Strengths, setting: Setting) -> None:
    if setting.decoupled and given.l1:
        raise ConfigError(
            "neither PyTorch nor Keras has a decoupled penalty on |w|: use --penalty l2, or --decay coupled."
        )


def _filled(template: str, given: Strengths, setting: Setting, **parts: str) -> str:
    """The template with its parts, below comments."""
    config = FitConfig(batch_size=setting.batch_size)
    training = f"{config.learning_rate:g}, {config.resolved_epochs(setting.rows)}, {setting.batch_size}"
    code = Template(template).substitute(parts, training=training)
    what = f"Strengths per mean loss: s1 = {given.l1:.6g}, s2 = {given.l2:.6g}."
    said = [what, *advice(given, setting), *([ZEROS] if given.l1 else []), *([CONSTANT] if template is SKLEARN else [])]
    comments = [line for sentence in said for line in textwrap.wrap(sentence, 98)]
    return "".join(f"# {line}\n" for line in comments) + code


def _number(value: float) -> str:
    return f"{value:.12g}"
