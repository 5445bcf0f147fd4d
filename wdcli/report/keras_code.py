"""A fit as code for Keras."""

from wdcli.conventions import Setting, Strengths
from wdcli.fits.config import FitConfig
from wdcli.names import ActivationName, LossName
from wdcli.report.code import ZEROS, Layer, check_decoupled, filled, layers, model_line, number, target_of

TEMPLATE = '''\
import math

import keras

$TRAINING


def dense(units, activation=None$argument):
    """A layer of the network; the last one has no activation. The bias is not penalised."""
    return keras.layers.Dense(
        units, activation, kernel_initializer="glorot_uniform", bias_initializer="zeros"$regularizer
    )


def build(features):
    """The network, for X of (rows, features)."""
    return keras.Sequential([
        keras.Input((features,)),
$layers
    ])


def fit(model, X, y):
    """Train a model of such layers; y is $target."""
    cosine = keras.optimizers.schedules.CosineDecay(LR, EPOCHS * math.ceil(len(X) / BATCH_SIZE))
    optimizer = keras.optimizers.$optimizer
    model.compile(optimizer, keras.losses.$loss)
    model.fit(X, y, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
    return model


$model
'''
LOSSES: dict[LossName, tuple[str, str]] = {
    "binary-cross-entropy": ("BinaryCrossentropy(from_logits=True)", "0 and 1, (rows, 1)"),
    "cross-entropy": ("SparseCategoricalCrossentropy(from_logits=True)", "the number of the class, (rows,)"),
    "squared-error": ("MeanSquaredError()", ""),
}
"""For outputs without an activation, with what they take as classes."""
ACTIVATIONS: dict[ActivationName, str] = {
    "relu": "relu", "tanh": "tanh", "logistic": "sigmoid", "identity": "linear",
}  # fmt: skip


def code(given: Strengths, setting: Setting, config: FitConfig, features: int | None) -> str:
    """The code; raises ``ConfigError`` for a decoupled penalty on |w|."""
    check_decoupled(given, setting)
    loss, classes = LOSSES[setting.loss]
    penalty = f"keras.regularizers.L1L2({number(given.l1)}, {number(given.l2 / 2)})"
    argument, regularizer = "", f",\n        kernel_regularizer={penalty},"
    if not setting.all_layers:
        argument, regularizer = ", decayed=True", f",\n        kernel_regularizer={penalty} if decayed else None,"
    optimizer = "Adam(cosine, epsilon=1e-8)"
    if setting.decoupled:
        argument, regularizer, optimizer = "", ",", _adamw(given, config)
    return filled(
        TEMPLATE, given, setting, config, [ZEROS] if given.l1 else [], argument=argument, regularizer=regularizer,
        layers=_layers(config, setting), target=target_of(setting, classes), optimizer=optimizer, loss=loss,
        model=model_line(features),
    )  # fmt: skip


def _adamw(given: Strengths, config: FitConfig) -> str:
    """The optimizer that decays the weights of only some layers."""
    made = f"AdamW(cosine, weight_decay={number(given.l2)}, epsilon=1e-8)"
    free = [place for place, decayed in enumerate(config.decayed().tolist()) if not decayed]
    kernels = f", var_list=[model.layers[i].kernel for i in {free}]" if free else ""
    return f'{made}\n    optimizer.exclude_from_weight_decay(var_names=["bias"]{kernels})'


def _layers(config: FitConfig, setting: Setting) -> str:
    """The layers, a line each."""
    return "\n".join(f"        {_dense(layer, config, setting)}," for layer in layers(config, setting.outputs))


def _dense(layer: Layer, config: FitConfig, setting: Setting) -> str:
    activation = f', "{ACTIVATIONS[config.activation]}"' if layer.hidden else ""
    free = ", decayed=False" if not layer.decayed and not setting.decoupled else ""
    return f"dense({layer.units}{activation}{free})"
