"""A saved model as a script: what doesn't depend on the tool. Its weights lie beside it, in a file of arrays (npz)."""

import io
import shlex
import zipfile
from collections.abc import Callable, Iterator, Sequence
from string import Template
from typing import NamedTuple

import numpy as np

from wdcli.array import Array
from wdcli.conventions import Setting, Strengths, strengths
from wdcli.errors import ConfigError, ExportError
from wdcli.export import tables
from wdcli.export.code import Code, Fit, commented
from wdcli.export.exported import Exported
from wdcli.fits.config import FitConfig
from wdcli.models import Model
from wdcli.names import LossName
from wdcli.nn.mlp import Params
from wdcli.text import count, quoted, safe

PATHS = 'WEIGHTS = Path(__file__).with_suffix(".npz")\n'
CLASSIFIED = "TARGET, CLASSES = $target, $classes\n"
MEASURED = "TARGET, TARGET_MEAN, TARGET_SCALE = $target, $mean, $scale\n"
CLASSES = '''\
def predict(rows):
    """A table of the class of each row and the probability of every class, its header first."""
    yield ["row", "prediction", *(f"p({name})" for name in CLASSES)]
    for number, shares in enumerate(expected(trained(), encode(rows)).tolist(), 1):
        yield [number, CLASSES[shares.index(max(shares))], *shares]


def targets(cells):
    """The number of each cell's class, (rows,)."""
    spelled = [cell if cell in CLASSES else cell$plain for cell in cells]
    unknown = [cell for cell in spelled if cell not in CLASSES]
    if unknown:
        raise ValueError(f"{TARGET!r} has the class {unknown[0]!r}, which the network doesn't know")
    return np.array([CLASSES.index(cell) for cell in spelled])
'''
NUMBERS = '''\
def predict(rows):
    """A table of the predicted number for each row, its header first."""
    values = expected(trained(), encode(rows)) * TARGET_SCALE + TARGET_MEAN
    yield ["row", "prediction"]
    yield from ([number, value] for number, (value,) in enumerate(values.tolist(), 1))


def targets(cells):
    """The target in the units that the network learns, (rows, 1)."""
    return (np.array([[value(TARGET, "number", cell)] for cell in cells]) - TARGET_MEAN) / TARGET_SCALE
'''
LOSSES: dict[LossName, str] = {
    "binary-cross-entropy": '''\
def expected(model, X):
    """The probability of both classes, (rows, 2)."""
    p = (1 + np.tanh(outputs(model, X) / 2)) / 2
    return np.hstack([1 - p, p])


def mean_loss(model, X, y):
    """Cross-entropy in nats, without the penalty."""
    z = outputs(model, X)[:, 0]
    return float(np.mean(np.logaddexp(0, z) - y * z))
''',
    "cross-entropy": '''\
def expected(model, X):
    """The probability of each class, (rows, classes)."""
    z = outputs(model, X)
    return np.exp(z - np.logaddexp.reduce(z, axis=1, keepdims=True))


def mean_loss(model, X, y):
    """Cross-entropy in nats, without the penalty."""
    z = outputs(model, X)
    return float(np.mean(np.logaddexp.reduce(z, axis=1) - z[np.arange(len(z)), y]))
''',
    "squared-error": '''\
def expected(model, X):
    """The predicted target in the units that the network learns, (rows, 1)."""
    return outputs(model, X)


def mean_loss(model, X, y):
    """The mean squared error in the units that the network learns, without the penalty."""
    return float(np.mean((outputs(model, X) - y) ** 2))
''',
}
"""From raw outputs to predictions and the loss."""
TRAIN = '''\
def train(rows, seed):
    """Train the network anew, and make a table of its training loss and of its weights' norms and share of zeros.

    The rows are encoded with the means, scales and categories above, to which the penalty belongs; rows without a value of
    the target are left out.
    """
    rows = [row for row, cell in zip(rows, cells_of(rows, TARGET)) if cell is not None]
    X, y = encode(rows), targets(cells_of(rows, TARGET))
    model, weights = trained_anew(X, y, seed)
    w = np.concatenate([matrix.ravel() for matrix in weights]).astype(float)
    yield ["train_loss", "l1_norm", "l2_norm", "sparsity"]
    yield [mean_loss(model, X, y), float(abs(w).sum()), float((w @ w) ** 0.5), float((w == 0).mean())]
'''
NO_TRAINING = '''\
def train(rows, seed):
    """This script only predicts."""
    raise ValueError("this script only predicts: " + WHY)
'''
MAIN = '''\
def main():
    """Read a table, and print predictions, or how training went."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["predict", "train"])
    parser.add_argument("table", help="a CSV file with a header; -: standard input")
    parser.add_argument("--seed", type=int, default=0, help="of the initial weights and the order of the rows in training")
    given = parser.parse_args()
    try:
        rows = read(given.table)
        lines = list(predict(rows) if given.command == "predict" else train(rows, given.seed))
        csv.writer(sys.stdout, lineterminator="\\n").writerows(lines)
    except (OSError, ValueError, csv.Error) as error:
        sys.exit(f"{parser.prog}: {error}")


if __name__ == "__main__":
    main()
'''


class Running(NamedTuple):
    """How a tool takes the weights and predicts, and how it trains anew; ``loss`` if not by its raw outputs."""

    trained: str
    trained_anew: str
    loss: str | None = None


class Scripted(NamedTuple):
    """The fit that a script describes, and why the script can't train it anew (empty if it can).

    Without training, the fit is that of a network like the model's without a penalty.
    """

    fit: Fit
    why_not: str

    @classmethod
    def of(cls, model: Model, training: Callable[[Fit], object]) -> "Scripted":
        """The fit that made a model, if its file kept all of it and ``training`` doesn't refuse it with a ``ConfigError``."""
        why_not = _why_not(model)
        if not why_not:
            try:
                training(fit := _fit_of(model))
                return cls(fit, "")
            except ConfigError as error:
                why_not = str(error).removesuffix(".")
        network = model.network
        config = FitConfig(hidden=network.sizes[1:-1], activation=network.activation, penalty="none")
        return cls(Fit(Strengths(0.0, 0.0), Setting(1, 1, network.loss, network.sizes[-1]), config), why_not)


def _why_not(model: Model) -> str:
    """Why the fit can't be repeated, or nothing."""
    fit = model.fit
    if fit is None or "schedule" not in fit:
        return (
            "the model was saved by an older wdcli, which didn't keep all settings of training; train and save it again"
        )
    if fit["mean_weight"] is not None:
        return "rows or classes had weights in training, which a table given to this script hasn't"
    if fit["refitted"]:
        return "after training, the network's weights that aren't zero were refitted without the penalty"
    if fit["early_stopping"]:
        return "the network was trained with early stopping; train it in wdcli with --epochs instead"
    if tuple(fit["hidden"]) != model.network.sizes[1:-1]:
        return "units without a connection were left out of the network (--shrink); save the model without --shrink"
    return ""


def _fit_of(model: Model) -> Fit:
    fit, penalty, network = dict(model.fit or {}), model.penalty, model.network
    settings = {name: fit[name] for name in FitConfig.__dataclass_fields__ if name in fit}
    settings |= {"hidden": tuple(fit["hidden"]), "lr": fit["learning_rate"], "decay": penalty["decay"]}
    config = FitConfig(
        **settings, penalty=penalty["name"], l1_ratio=penalty["l1_ratio"], decay_layers=tuple(penalty["layers"]),
        convention=penalty["convention"], group_by=penalty["group_by"],
    )  # fmt: skip
    setting = config.setting(fit["rows"], fit["batch_size"], network.loss, network.sizes[-1])
    given = strengths(penalty["convention"], penalty["name"], penalty["lambda"], penalty["l1_ratio"], setting)
    return Fit(given, setting, config)


def script_of(model: Model, name: str, scripted: Scripted, code: Code, running: Running) -> Exported:
    """The script (.py) and its weights (.npz), by suffix; raises ``ExportError`` for a model of several targets."""
    if model.target_scale.targets > 1:
        raise ExportError("The model predicts several targets at once, and scripts have one: use --to onnx.")
    parts = [_constants(model, scripted), *tables.functions(model), code.network]
    parts += [code.fit] if code.fit and not scripted.why_not else []
    parts += [running.trained, running.loss or LOSSES[model.network.loss], _target_part(model)]
    parts += [NO_TRAINING] if scripted.why_not else [running.trained_anew, TRAIN]
    head = commented(list(_head(model, name, scripted, code)))
    script = f"{head}\n{_imports(model, scripted, code)}\n" + "\n\n".join([*parts, MAIN])
    return Exported({".py": script.encode(), ".npz": _weights(model)}, scripted.why_not)


def _head(model: Model, name: str, scripted: Scripted, code: Code) -> Iterator[str]:
    """The comments at the top: how to use the script, and what it was made from."""
    script = shlex.quote(safe(f"{name}.py"))
    yield f"A network for {quoted(model.target)}, trained by wdcli. It needs Python 3.11, NumPy and {code.tool}."
    yield f"python {script} predict new.csv: predictions as CSV; the weights are in {safe(name)}.npz, beside this file."
    if scripted.why_not:
        yield f"This script only predicts: {scripted.why_not}."
    else:
        yield f"python {script} train table.csv: trains the network anew; its loss and the norms of its weights as CSV."
        yield from (_penalty(model), *scripted.fit.penalty, *code.remarks)
    yield from tables.remarks(model)


def _penalty(model: Model) -> str:
    """Lambda as it was given, and how its strengths depend on the number of rows."""
    penalty, rows = model.penalty, (model.fit or {})["rows"]
    if penalty["name"] == "none":
        return f"Trained without a penalty, on {count(rows, 'row')}."
    said = (
        f"Trained with {penalty['name']} ({penalty['decay']}), lambda = {penalty['lambda']:.6g} in the {penalty['convention']} "
        f"convention, on {count(rows, 'row')}."
    )
    if penalty["convention"] != "textbook":
        return said
    return f"{said} The strengths are those for {rows:,} rows: lambda stays the same if they are multiplied by {rows:,} / rows."


def _imports(model: Model, scripted: Scripted, code: Code) -> str:
    """The imports of the whole script, in the usual order."""
    standard = {"import argparse", "import sys", "from pathlib import Path", *tables.imports(model)}
    if not scripted.why_not:
        standard |= set(code.standard)
    others = ["import numpy as np", *code.imports]
    return "\n\n".join("\n".join(_sorted(lines)) for lines in (standard, others)) + "\n"


def _sorted(lines: Sequence[str] | set[str]) -> list[str]:
    return sorted(lines, key=lambda line: (line.startswith("from"), line))


def _constants(model: Model, scripted: Scripted) -> str:
    training = f"WHY = {scripted.why_not!r}\n" if scripted.why_not else scripted.fit.training
    if model.task == "classification":
        target = Template(CLASSIFIED).substitute(target=repr(model.target), classes=repr(list(model.class_names)))
    else:
        mean, scale = (repr(value) for value in (model.target_scale.mean, model.target_scale.scale))
        target = Template(MEASURED).substitute(target=repr(model.target), mean=mean, scale=scale)
    return PATHS + training + target + tables.constants(model)


def _target_part(model: Model) -> str:
    """The functions of predictions and targets; classes may be spelled as wdcli reads them too: True, or 1.0 for 1."""
    if model.task == "regression":
        return NUMBERS
    booleans = set(model.class_names) <= {"true", "false"}
    return Template(CLASSES).substitute(plain=".lower()" if booleans else '.removesuffix(".0")')


def _weights(model: Model) -> bytes:
    """The weights W1, W2, ... (fan_in, fan_out) and biases b1, b2, ... (fan_out,), as npz."""
    params = Params.view(model.network, model.parameters[None])
    arrays = {f"W{i}": weights[0] for i, weights in enumerate(params.weights, 1)}
    arrays |= {f"b{i}": biases[0, 0] for i, biases in enumerate(params.biases, 1)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), _npy(array))
    return file.getvalue()


def _npy(array: Array) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()
