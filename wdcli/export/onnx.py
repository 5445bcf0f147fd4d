"""A model's whole prediction as an ONNX graph: from raw columns to probabilities, or the target in its own units.

Everything is computed in float64, as ``wdcli predict`` does.
"""

import json

import numpy as np

from wdcli import __version__
from wdcli.export.columns import network_input
from wdcli.export.exported import Exported
from wdcli.export.graph import DOUBLE, ROWS, STRING, Graph
from wdcli.models import Model
from wdcli.names import ActivationName
from wdcli.nn.mlp import Params

OPERATORS: dict[ActivationName, str] = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid", "identity": "Identity"}


def exported(model: Model, name: str) -> Exported:
    """The ONNX file; ``name`` stands nowhere in it. Raises ``ExportError`` if the model doesn't fit into one."""
    graph = Graph({rule.column for rule in model.encoding.rules})
    raw = _network(graph, model, network_input(graph, model))
    (_add_number if model.task == "regression" else _add_class)(graph, model, raw)
    return Exported({".onnx": graph.model(("wdcli", __version__), _properties(model))})


def _network(graph: Graph, model: Model, value: str) -> str:
    """The raw outputs, (rows, outputs)."""
    params = Params.view(model.network, model.parameters[None])
    for layer, (weights, biases) in enumerate(zip(params.weights, params.biases, strict=True)):
        if layer:
            value = graph.apply(OPERATORS[model.network.activation], value)
        value = graph.apply("Gemm", value, weights[0], biases[0, 0])
    return value


def _add_number(graph: Graph, model: Model, raw: str) -> None:
    """The output ``prediction``, (rows, targets)."""
    scale, mean = (
        np.atleast_1d(np.asarray(part, dtype=np.float64))
        for part in (model.target_scale.scale, model.target_scale.mean)
    )
    prediction = graph.apply("Add", graph.apply("Mul", raw, scale), mean, name="prediction")
    graph.output(prediction, DOUBLE, [ROWS, model.network.sizes[-1]])


def _add_class(graph: Graph, model: Model, raw: str) -> None:
    """The outputs ``label``, (rows,), and ``probabilities``, (rows, classes), in the order of the class names."""
    if model.network.loss == "cross-entropy":
        probabilities = graph.apply("Softmax", raw, axis=1, name="probabilities")
    else:
        second = graph.apply("Sigmoid", raw)
        first = graph.apply("Sub", np.array(1.0), second)
        probabilities = graph.apply("Concat", first, second, axis=1, name="probabilities")
    best = graph.apply("ArgMax", probabilities, axis=1, keepdims=0)
    label = graph.apply("Gather", list(model.class_names), best, axis=0, name="label")
    graph.output(label, STRING, [ROWS])
    graph.output(probabilities, DOUBLE, [ROWS, len(model.class_names)])


def _properties(model: Model) -> dict[str, str]:
    """What the file says of the model, as text: the penalty as in the model file, and the class names as JSON."""
    penalty = {key: str(model.penalty[key]) for key in ("lambda", "l1_ratio", "group_by", "convention", "decay")}
    classes = json.dumps(model.class_names, ensure_ascii=False)
    return {
        "wdcli": __version__, "task": model.task, "target": model.target, "class_names": classes,
        "penalty": model.penalty["name"], **penalty,
    }  # fmt: skip
