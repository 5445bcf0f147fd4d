"""A fit as code for PyTorch."""

from collections.abc import Sequence

from wdcli.conventions import Setting, Strengths
from wdcli.fits.config import FitConfig
from wdcli.names import ActivationName, LossName
from wdcli.report.code import ZEROS, check_decoupled, filled, layers, model_line, number, target_of

TEMPLATE = '''\
import math

import torch

$TRAINING


def build(features):
    """The network, for X of (rows, features)."""
    return torch.nn.Sequential(
$layers
    )


def fit(model, X, y):
    """Train the Linear layers of a model; y is $target."""
    layers = [module for module in model.modules() if isinstance(module, torch.nn.Linear)]
    weights, biases = [layer.weight for layer in layers], [layer.bias for layer in layers]
    for weight, bias in zip(weights, biases):
        torch.nn.init.xavier_uniform_(weight)
        torch.nn.init.zeros_(bias)
    decayed, free = $decayed, $free
    groups = [{"params": decayed, "weight_decay": $l2}, {"params": free, "weight_decay": 0.0}]
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


$model
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


def code(given: Strengths, setting: Setting, config: FitConfig, features: int | None) -> str:
    """The code; raises ``ConfigError`` for a decoupled penalty on |w|."""
    check_decoupled(given, setting)
    loss, classes = LOSSES[setting.loss]
    decayed, free = _groups(config.decayed().tolist())
    l1 = f" + {number(given.l1)} * sum(weight.abs().sum() for weight in decayed)" if given.l1 else ""
    return filled(
        TEMPLATE, given, setting, config, [ZEROS] if given.l1 else [], layers=_modules(config, setting.outputs),
        target=target_of(setting, classes), decayed=decayed, free=free, l2=number(given.l2), l1=l1, loss=loss,
        optimizer="AdamW" if setting.decoupled else "Adam", model=model_line(features),
    )  # fmt: skip


def _modules(config: FitConfig, outputs: int) -> str:
    """The layers and activations, a line each."""
    lines, before = [], "features"
    for layer in layers(config, outputs):
        lines.append(f"torch.nn.Linear({before}, {layer.units}),")
        lines += [f"torch.nn.{ACTIVATIONS[config.activation]}(),"] * layer.hidden
        before = str(layer.units)
    return "\n".join(f"        {line}" for line in lines)


def _groups(decayed: Sequence[bool]) -> tuple[str, str]:
    """The decayed parameters, and the others."""
    if all(decayed):
        return "weights", "biases"
    picked, others = ([f"weights[{i}]" for i, yes in enumerate(decayed) if yes is kind] for kind in (True, False))
    return f"[{', '.join(picked)}]", f"[{', '.join(others)}, *biases]"
