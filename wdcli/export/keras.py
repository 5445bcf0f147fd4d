"""A fit as code for Keras, and a saved model as a script for it."""

from string import Template

from wdcli.export.code import Code, Fit, Layer, by_gradients, number, snippet_of, target_of
from wdcli.export.exported import Exported
from wdcli.export.scripts import Running, Scripted, script_of
from wdcli.models import Model
from wdcli.names import ActivationName, LossName

NETWORK = '''\
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
'''
FIT = '''\
${classes}def fit(model, X, y):
    """Train a model of such layers; y is $target."""
$schedule    optimizer = $optimizer
    model.compile(optimizer, keras.losses.$loss)
    model.fit(X, y, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=0)
    return model
'''
COSINE = """\
    cosine = keras.optimizers.schedules.CosineDecay(LR, EPOCHS * math.ceil(len(X) / BATCH_SIZE))
"""
PROXIMAL = '''\
class Proximal($base):
    """$optimizer, with the penalty's own step after each of its steps and in its metric$zeros."""

    decayed = ()

    def update_step(self, gradient, variable, learning_rate):
        """Take a step of $optimizer, then shrink the variable if it holds weights that are decayed."""
        super().update_step(gradient, variable, learning_rate)
        if any(variable is weights for weights in self.decayed):
$sizes
            weights = keras.ops.convert_to_tensor(variable)
$shrinking            variable.assign(weights)


'''
SIZES = {
    "adam": """\
            square = self._velocities[self._get_variable_index(variable)]
            steps = keras.ops.cast(self.iterations + 1, variable.dtype)
            scale = keras.ops.sqrt(square / (1 - self.beta_2**steps)) + self.epsilon
            step = keras.ops.cast(learning_rate, variable.dtype) / scale""",
    "sgd": """\
            # The velocity settles at gradient / (1 - momentum).
            step = keras.ops.cast(learning_rate, variable.dtype) / (1 - self.momentum)""",
}
"""The size of an optimizer's step for a gradient of 1 that stays."""
THRESHOLD = """\
            excess = keras.ops.maximum(keras.ops.abs(weights) - step * $l1, 0)
            weights = keras.ops.sign(weights) * excess
"""
DIVISION = "            weights = weights / (1 + step * $l2)\n"
SUMMED = '''\
class SGD(keras.optimizers.SGD):
    """Sums gradients, and multiplies by the learning rate of each step; Keras's own sums learning rate times gradient."""

    def update_step(self, gradient, variable, learning_rate):
        """velocity = momentum * velocity + gradient; the variable loses learning rate times velocity."""
        velocity = self.momentums[self._get_variable_index(variable)]
        velocity.assign(self.momentum * velocity + gradient)
        direction = $direction
        variable.assign_sub(keras.ops.cast(learning_rate, variable.dtype) * direction)


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
RUNNING = '''\
def trained():
    """The network with wdcli's weights. Keras computes in float32, and wdcli predicts in float64: about six digits agree."""
    model, weights = build($features), np.load(WEIGHTS, allow_pickle=False)
    model.set_weights([weights[f"{part}{number}"] for number in range(1, $count + 1) for part in "Wb"])
    return model


def outputs(model, X):
    """The network's outputs, (rows, outputs), before softmax or the logistic function."""
    return model.predict(X, batch_size=4096, verbose=0).astype("float64")
'''
TRAINED_ANEW = '''\
def trained_anew(X, y, seed):
    """A network that is trained on X and y, and its weights, a matrix for each layer."""
    keras.utils.set_random_seed(seed)
    model = fit(build($features), X, y$column)
    return model, model.get_weights()[::2]
'''


def snippet(fit: Fit, features: int | None) -> str:
    """The code to paste; raises ``ConfigError`` for a decoupled penalty on |w|, or one on groups."""
    return snippet_of(code_of(fit), fit, features)


def exported(model: Model, name: str) -> Exported:
    """The script and its weights; ``name`` is what they will be called, without suffix.

    The script only predicts where the tool doesn't have the penalty.
    """
    scripted = Scripted.of(model, code_of)
    fit, n = scripted.fit, model.network.sizes[0]
    column = "[:, None]" if fit.setting.loss == "binary-cross-entropy" else ""
    running = Running(
        Template(RUNNING).substitute(features=n, count=len(fit.decayed)),
        Template(TRAINED_ANEW).substitute(features=n, column=column),
    )
    return script_of(model, name, scripted, code_of(fit), running)


def code_of(fit: Fit) -> Code:
    """The parts of the code; raises ``ConfigError`` for a decoupled penalty on |w|, or one on groups."""
    return by_gradients("Keras", "keras", fit, _network, _fit)


def _fit(fit: Fit, cosine: bool) -> str:
    loss, classes = LOSSES[fit.setting.loss]
    return Template(FIT).substitute(
        classes=_summed(fit) + (_proximal(fit) if fit.proximal else ""), target=target_of(fit.setting, classes),
        schedule=COSINE if cosine else "", optimizer=_optimizer(fit, "cosine" if cosine else "LR"), loss=loss,
    )  # fmt: skip


def _optimizer(fit: Fit, rate: str) -> str:
    """The optimizer, and in lines of their own which weights it decays or shrinks."""
    decoupled = fit.setting.decoupled and fit.given.l2 > 0
    decay = f", weight_decay={number(fit.given.l2)}" if decoupled else ""
    if fit.config.optimizer == "adam":
        named, settings = "AdamW" if decoupled else "Adam", f"{decay}, epsilon=1e-8"
    else:
        nesterov = ", nesterov=True" if fit.config.nesterov else ""
        named, settings = "SGD", f", momentum={number(fit.config.momentum)}{nesterov}{decay}"
    if fit.proximal:
        decayed = ", ".join(f"model.layers[{place}].kernel" for place, yes in enumerate(fit.decayed) if yes)
        return f"Proximal({rate}{settings})\n    optimizer.decayed = [{decayed}]"
    return f"{_named(fit, named)}({rate}{settings}){_excluded(fit) if decoupled else ''}"


def _named(fit: Fit, optimizer: str) -> str:
    """An optimizer of Keras, or the script's own."""
    return optimizer if _summed(fit) else f"keras.optimizers.{optimizer}"


def _summed(fit: Fit) -> str:
    """The class for SGD with momentum at a falling learning rate, where Keras's own differs; else nothing."""
    config = fit.config
    if config.optimizer == "adam" or config.schedule == "constant" or not config.momentum:
        return ""
    return Template(SUMMED).substitute(
        direction="gradient + self.momentum * velocity" if config.nesterov else "velocity"
    )


def _excluded(fit: Fit) -> str:
    """The line that keeps biases, and the weights of some layers, from the optimizer's decay."""
    free = [place for place, decayed in enumerate(fit.decayed) if not decayed]
    kernels = f", var_list=[model.layers[i].kernel for i in {free}]" if free else ""
    return f'\n    optimizer.exclude_from_weight_decay(var_names=["bias"]{kernels})'


def _proximal(fit: Fit) -> str:
    named = "Adam" if fit.config.optimizer == "adam" else "SGD"
    zeros = ": weights within the threshold become exactly 0" if fit.given.l1 else ""
    shrinking = THRESHOLD * (fit.given.l1 > 0) + DIVISION * (fit.given.l2 > 0)
    return Template(Template(PROXIMAL).safe_substitute(shrinking=shrinking)).substitute(
        optimizer=named,
        base=_named(fit, named),
        zeros=zeros,
        sizes=SIZES[fit.config.optimizer],
        l1=number(fit.given.l1),
        l2=number(fit.given.l2),
    )


def _network(fit: Fit) -> str:
    """The functions that build a layer and the network."""
    penalty = f"keras.regularizers.L1L2({number(fit.given.l1)}, {number(fit.given.l2 / 2)})"
    regularised, chosen = _regularised(fit), not all(fit.decayed)
    argument = ", decayed=True" if regularised and chosen else ""
    regularizer = (
        f",\n        kernel_regularizer={penalty}{' if decayed else None' if chosen else ''}," if regularised else ","
    )
    layers = "\n".join(f"        {_dense(layer, fit)}," for layer in fit.layers)
    return Template(NETWORK).substitute(argument=argument, regularizer=regularizer, layers=layers)


def _regularised(fit: Fit) -> bool:
    """Whether the penalty is a term of the loss."""
    return any(fit.given) and not fit.proximal and not fit.setting.decoupled


def _dense(layer: Layer, fit: Fit) -> str:
    activation = f', "{ACTIVATIONS[fit.config.activation]}"' if layer.hidden else ""
    free = ", decayed=False" if _regularised(fit) and not layer.decayed else ""
    return f"dense({layer.units}{activation}{free})"
