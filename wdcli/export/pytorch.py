"""A fit as code for PyTorch, and a saved model as a script for it."""

from collections.abc import Sequence
from string import Template

from wdcli.export.code import Code, Fit, by_gradients, number, snippet_of, target_of
from wdcli.export.exported import Exported
from wdcli.export.scripts import Running, Scripted, script_of
from wdcli.models import Model
from wdcli.names import ActivationName, LossName

NETWORK = '''\
def build(features):
    """The network, for X of (rows, features)."""
    return torch.nn.Sequential(
$layers
    )
'''
FIT = '''\
${shrink}def fit(model, X, y):
    """Train the Linear layers of a model; y is $target."""
    layers = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
    weights, biases = [layer.weight for layer in layers], [layer.bias for layer in layers]
    for weight, bias in zip(weights, biases):
        torch.nn.init.xavier_uniform_(weight)
        torch.nn.init.zeros_(bias)
    decayed, free = $decayed, $free
    groups = [{"params": decayed, "weight_decay": $l2}, {"params": free, "weight_decay": 0.0}]
    optimizer = torch.optim.$optimizer
    batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(X, y), BATCH_SIZE, shuffle=True)
$schedule\
    loss = torch.nn.$loss()
    for _ in range(EPOCHS):
        for X_batch, y_batch in batches:
            optimizer.zero_grad()
            objective = loss(model(X_batch), y_batch)$l1
            objective.backward()
$step\
    return model
'''
COSINE = """\
    steps = EPOCHS * len(batches)
    cosine = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: (1 + math.cos(math.pi * step / steps)) / 2)
"""
STEP, SHRINK, NEXT = (f"            {line}\n" for line in (
    "optimizer.step()", "shrink(optimizer, decayed)", "cosine.step()",
))  # fmt: skip
PROXIMAL = '''\
@torch.no_grad()
def shrink(optimizer, weights):
    """The penalty's own step, after the optimizer's and in its metric$zeros."""
    settings = optimizer.param_groups[0]
    for weight in weights:
        step = $sizes
$shrinking

'''
SIZES = {
    "adam": """\
settings["lr"] / scale_of(optimizer.state[weight], settings)""",
    "sgd": """settings["lr"] / (1 - settings["momentum"])  # the velocity settles at gradient / (1 - momentum)""",
}
"""The size of an optimizer's step for a gradient of 1 that stays."""
SCALE = '''\
def scale_of(state, settings):
    """What Adam divides the gradient by."""
    return (state["exp_avg_sq"] / (1 - settings["betas"][1] ** state["step"])).sqrt() + settings["eps"]


'''
THRESHOLD = """\
        threshold = step * $l1
        weight.sub_(weight.clamp(-threshold, threshold))
"""
DIVISION = "        weight.div_(1 + step * $l2)\n"
DECOUPLED_SGD = '''\
@torch.no_grad()
def shrink(optimizer, weights):
    """Decoupled decay, before the optimizer's step: weight_decay of PyTorch's SGD is coupled."""
    for weight in weights:
        weight.mul_(1 - optimizer.param_groups[0]["lr"] * $l2)


'''
LOSSES: dict[LossName, tuple[str, str]] = {
    "binary-cross-entropy": ("BCEWithLogitsLoss", "0.0 and 1.0, (rows, 1)"),
    "cross-entropy": ("CrossEntropyLoss", "the number of the class, (rows,)"),
    "squared-error": ("MSELoss", ""),
}
"""For outputs without an activation, with what they take as classes."""
ACTIVATIONS: dict[ActivationName, str] = {
    "relu": "ReLU", "tanh": "Tanh", "logistic": "Sigmoid", "identity": "Identity",
}  # fmt: skip
RUNNING = '''\
def trained():
    """The network with wdcli's weights, in float64, as wdcli predicts."""
    model, weights = build($features).double(), np.load(WEIGHTS, allow_pickle=False)
    layers = [module for module in model if isinstance(module, torch.nn.Linear)]
    with torch.no_grad():
        for number, layer in enumerate(layers, 1):
            layer.weight.copy_(torch.from_numpy(weights[f"W{number}"].T))
            layer.bias.copy_(torch.from_numpy(weights[f"b{number}"]))
    return model


def outputs(model, X):
    """The network's outputs, (rows, outputs), before softmax or the logistic function."""
    with torch.no_grad():
        return model(torch.tensor(X, dtype=model[$last].weight.dtype)).double().numpy()
'''
TRAINED_ANEW = '''\
def trained_anew(X, y, seed):
    """A network that is trained on X and y in $dtype, and its weights, a matrix for each layer."""
    torch.manual_seed(seed)
    model = fit(build($features)$double, torch.tensor(X, dtype=torch.$dtype), torch.tensor($y))
    return model, [layer.weight.detach().numpy() for layer in model if isinstance(layer, torch.nn.Linear)]
'''


def snippet(fit: Fit, features: int | None) -> str:
    """The code to paste; raises ``ConfigError`` for a decoupled penalty on |w|, or one on groups."""
    return snippet_of(code_of(fit), fit, features)


def exported(model: Model, name: str) -> Exported:
    """The script and its weights; ``name`` is what they will be called, without suffix.

    The script only predicts where the tool doesn't have the penalty.
    """
    scripted = Scripted.of(model, code_of)
    fit = scripted.fit
    n, dtype, loss = model.network.sizes[0], fit.config.dtype, fit.setting.loss
    y = {"binary-cross-entropy": f"y[:, None], dtype=torch.{dtype}", "cross-entropy": "y"}.get(
        loss, f"y, dtype=torch.{dtype}"
    )
    double = ".double()" if dtype == "float64" else ""
    running = Running(
        Template(RUNNING).substitute(features=n, last=2 * len(fit.config.hidden)),
        Template(TRAINED_ANEW).substitute(features=n, dtype=dtype, y=y, double=double),
    )
    return script_of(model, name, scripted, code_of(fit), running)


def code_of(fit: Fit) -> Code:
    """The parts of the code; raises ``ConfigError`` for a decoupled penalty on |w|, or one on groups."""
    return by_gradients("PyTorch", "torch", fit, _network, _fit)


def _fit(fit: Fit, cosine: bool) -> str:
    loss, classes = LOSSES[fit.setting.loss]
    decayed, free = _groups(fit.decayed)
    shrink, steps = _shrink(fit)
    l1 = f" + {number(fit.given.l1)} * sum(weight.abs().sum() for weight in decayed)" if fit.subgradient else ""
    return Template(FIT).substitute(
        shrink=shrink, target=target_of(fit.setting, classes), decayed=decayed, free=free, l1=l1, loss=loss,
        l2=number(0 if shrink else fit.given.l2), optimizer=_optimizer(fit), schedule=COSINE if cosine else "",
        step=steps + NEXT if cosine else steps,
    )  # fmt: skip


def _optimizer(fit: Fit) -> str:
    if fit.config.optimizer == "adam":
        return f"{'AdamW' if fit.setting.decoupled else 'Adam'}(groups, lr=LR)"
    nesterov = ", nesterov=True" if fit.config.nesterov and fit.config.momentum else ""
    return f"SGD(groups, lr=LR, momentum={number(fit.config.momentum)}{nesterov})"


def _shrink(fit: Fit) -> tuple[str, str]:
    """The function that shrinks weights outside the optimizer, if any, and the lines that take a step."""
    if fit.proximal:
        return _proximal(fit), STEP + SHRINK
    if fit.setting.decoupled and fit.config.optimizer == "sgd" and fit.given.l2:
        return Template(DECOUPLED_SGD).substitute(l2=number(fit.given.l2)), SHRINK + STEP
    return "", STEP


def _proximal(fit: Fit) -> str:
    shrinking = THRESHOLD * (fit.given.l1 > 0) + DIVISION * (fit.given.l2 > 0)
    zeros = ": weights within the threshold become exactly 0" if fit.given.l1 else ""
    scale = SCALE if fit.config.optimizer == "adam" else ""
    return scale + Template(Template(PROXIMAL).safe_substitute(shrinking=shrinking)).substitute(
        zeros=zeros, sizes=SIZES[fit.config.optimizer], l1=number(fit.given.l1), l2=number(fit.given.l2)
    )


def _network(fit: Fit) -> str:
    """The function that builds the layers and activations, a line each."""
    lines, before = [], "features"
    for layer in fit.layers:
        lines.append(f"torch.nn.Linear({before}, {layer.units}),")
        lines += [f"torch.nn.{ACTIVATIONS[fit.config.activation]}(),"] * layer.hidden
        before = str(layer.units)
    return Template(NETWORK).substitute(layers="\n".join(f"        {line}" for line in lines))


def _groups(decayed: Sequence[bool]) -> tuple[str, str]:
    """The decayed parameters, and the others."""
    if all(decayed):
        return "weights", "biases"
    picked, others = ([f"weights[{i}]" for i, yes in enumerate(decayed) if yes is kind] for kind in (True, False))
    return f"[{', '.join(picked)}]", f"[{', '.join(others)}, *biases]"
