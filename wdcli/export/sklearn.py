"""A fit as code for scikit-learn, and a saved model as a script for it: a linear model without a hidden layer, else an MLP."""

from functools import partial
from string import Template
from typing import NamedTuple

from wdcli.conventions import Setting, from_strengths
from wdcli.equivalents import advice, equivalents, short_batch
from wdcli.errors import ConfigError
from wdcli.export.code import Code, Fit, commented, number
from wdcli.export.exported import Exported
from wdcli.export.scripts import Running, Scripted, script_of
from wdcli.models import Model

MLP = """\
network = $network(
    hidden_layer_sizes=$hidden,
    activation="$activation",
    alpha=$alpha,
    batch_size=BATCH_SIZE,
    learning_rate_init=LR,
    max_iter=EPOCHS,
    n_iter_no_change=EPOCHS,$optimizer
)
"""
UNTRAINED_MLP = 'network = $network(hidden_layer_sizes=$hidden, activation="$activation")\n'
SGD = '\n    solver="sgd",\n    momentum=$momentum,\n    nesterovs_momentum=$nesterov,'
CONSTANT = "scikit-learn's learning rate stays constant (wdcli's falls to 0)."
TRAINING = "Its biases start at random, and it warns that max_iter is reached: all of EPOCHS are trained."
OPTIMUM = "A linear model without a hidden layer has one optimum, and scikit-learn's own solver goes there."
ONES = "It is the same penalty if each group is one feature: if no column has categories, or missing cells."
VERSION = "Before scikit-learn 1.8 write penalty='elasticnet' in it too."
EXACT: dict[str, dict[str, str]] = {
    "Ridge": {},
    "Lasso": {"tol": "1e-8", "max_iter": "100_000"},
    "MultiTaskLasso": {"tol": "1e-8", "max_iter": "100_000"},
    "ElasticNet": {"tol": "1e-8", "max_iter": "100_000"},
    "LogisticRegression": {"tol": "1e-6", "max_iter": "100_000"},
}
"""The settings that take each solver to the optimum."""
SAGA = {"solver": '"saga"'}
LINEAR_TOOLS = {f"sklearn {name}" for name in EXACT}


NETWORK = '''\
def trained():
    """The network with wdcli's weights: a step of training makes its parts, then the weights replace what it learned."""
    weights, model = np.load(WEIGHTS, allow_pickle=False), clone(network).set_params(batch_size="auto")
    model.partial_fit($rows)
    model.coefs_ = [weights[f"W{number}"].astype(float) for number in range(1, $count + 1)]
    model.intercepts_ = [weights[f"b{number}"].astype(float) for number in range(1, $count + 1)]
    return model
'''
LINEAR = '''\
def trained():
    """The linear model with wdcli's weights."""
    weights, model = np.load(WEIGHTS, allow_pickle=False), clone(network)
    model.coef_, model.intercept_ = weights["W1"].T.astype(float), weights["b1"].astype(float)
$classes    return model
'''
TRAINED_ANEW = '''\
def trained_anew(X, y, seed):
    """A network that is trained on X and y, and its weights, a matrix for each layer."""
    model = clone(network)$seeded.fit(X, y$ravel)
    return model, $weights
'''
PROBABILITIES = '''\
def expected(model, X):
    """The probability of each class, (rows, classes)."""
    return model.predict_proba(X)


def mean_loss(model, X, y):
    """Cross-entropy in nats, without the penalty."""
    return log_loss(y, expected(model, X), labels=range(len(CLASSES)))
'''
NUMBERS = '''\
def expected(model, X):
    """The predicted target in the units that the network learns, (rows, 1)."""
    return model.predict(X).reshape(len(X), -1)


def mean_loss(model, X, y):
    """The mean squared error in the units that the network learns, without the penalty."""
    return mean_squared_error(y, expected(model, X))
'''


class Estimator(NamedTuple):
    """An estimator that isn't fitted yet: its module and name, the code that makes it, and remarks."""

    module: str
    name: str
    code: str
    remarks: tuple[str, ...] = ()


def snippet(fit: Fit, features: int | None) -> str:
    """The code to paste, for any number of features; raises ``ConfigError`` for a penalty that scikit-learn doesn't have."""
    made = estimator(fit)
    imports, model = _around(made, fit.setting)
    comments = commented([*fit.penalty, *advice(fit.given, fit.setting), *made.remarks])
    training = f"{fit.training}\n" if fit.config.hidden else ""
    return f"{comments}{imports}\n\n{training}{made.code}model = {model}\n"


def estimator(fit: Fit) -> Estimator:
    """The estimator of a fit; raises ``ConfigError`` for a penalty that scikit-learn doesn't have."""
    if fit.given.group and fit.config.hidden:
        raise ConfigError("scikit-learn's networks have no penalty on groups of weights: use --penalty l2.")
    if fit.setting.decoupled and any(fit.given):
        instead = "use --decay proximal" if fit.given.group else "write --to pytorch, or --to keras"
        raise ConfigError(f"scikit-learn has no decoupled decay: {instead}.")
    return _mlp(fit) if fit.config.hidden else _linear(fit)


def _mlp(fit: Fit) -> Estimator:
    found = from_strengths("sklearn", fit.given, fit.setting)
    if found is None:
        raise ConfigError("scikit-learn's networks have no penalty on |w|: write --to pytorch, or --to keras.")
    if not fit.setting.all_layers and any(fit.given):
        raise ConfigError("scikit-learn's networks penalise every layer: write --to pytorch, or --to keras.")
    short = short_batch(fit.setting) if any(fit.given) else ""
    why = [f"scikit-learn divides alpha by the rows of each batch: {short}."] if short else []
    name, config = _mlp_name(fit.setting), fit.config
    sgd = Template(SGD).substitute(momentum=number(config.momentum), nesterov=config.nesterov)
    code = Template(MLP).substitute(
        network=name, alpha=number(found[0]), hidden=str(config.hidden), activation=config.activation,
        optimizer=sgd if config.optimizer == "sgd" else "",
    )  # fmt: skip
    rate = [CONSTANT] if config.schedule == "cosine" else []
    return Estimator("neural_network", name, code, (*why, *rate, TRAINING))


def _untrained(fit: Fit) -> Estimator:
    """An estimator that only takes weights."""
    if not fit.config.hidden:
        return _linear(fit)
    name = _mlp_name(fit.setting)
    code = Template(UNTRAINED_MLP).substitute(network=name, hidden=fit.config.hidden, activation=fit.config.activation)
    return Estimator("neural_network", name, code)


def _mlp_name(setting: Setting) -> str:
    return "MLPRegressor" if setting.loss == "squared-error" else "MLPClassifier"


def _linear(fit: Fit) -> Estimator:
    """A linear model with the values of the table; raises ``ConfigError`` for groups that scikit-learn doesn't have."""
    (line,) = (line for line in equivalents(fit.given, fit.setting) if line.tool in LINEAR_TOOLS)
    if fit.given.group and not line.values:
        raise ConfigError(
            f"scikit-learn has no {fit.config.penalty} penalty for such outputs: use --penalty l1, or l2."
        )
    name = line.tool.removeprefix("sklearn ")
    arguments = {name: number(value) for name, value in line.values.items()} | EXACT[name]
    remarks = [OPTIMUM, *([ONES] if fit.given.group else [])]
    if name == "LogisticRegression":
        arguments = {"C": 'float("inf")'} | arguments
        if fit.given.l1 or fit.given.group:
            arguments |= SAGA
            remarks.append(VERSION)
        else:
            arguments.pop("l1_ratio", None)
    written = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return Estimator("linear_model", name, f"network = {name}({written})\n", tuple(remarks))


def _around(made: Estimator, setting: Setting) -> tuple[str, str]:
    """The imports, and the model in which features and target are standardised as the fit has them."""
    imports = [f"from sklearn.{made.module} import {made.name}"]
    model = "network"
    if setting.scaled_features:
        imports += ["from sklearn.pipeline import make_pipeline"]
        model = "make_pipeline(StandardScaler(), network)"
    if setting.scaled_y:
        imports.insert(0, "from sklearn.compose import TransformedTargetRegressor")
        model = f"TransformedTargetRegressor({model}, transformer=StandardScaler())"
    if setting.scaled_features or setting.scaled_y:
        imports.append("from sklearn.preprocessing import StandardScaler")
    return "\n".join(imports), model


def exported(model: Model, name: str) -> Exported:
    """The script and its weights; ``name`` is what they will be called, without suffix.

    Where scikit-learn doesn't have the penalty, the script only predicts.
    """
    scripted = Scripted.of(model, partial(_trainable, model))
    made = _untrained(scripted.fit) if scripted.why_not else estimator(scripted.fit)
    metric = "log_loss" if model.task == "classification" else "mean_squared_error"
    imports = (
        f"from sklearn.{made.module} import {made.name}", "from sklearn.base import clone",
        f"from sklearn.metrics import {metric}",
    )  # fmt: skip
    code = Code("scikit-learn", (), imports, made.code, "", made.remarks)
    return script_of(model, name, scripted, code, _running(model, made))


def _trainable(model: Model, fit: Fit) -> Estimator:
    """The estimator of a fit; raises ``ConfigError`` for groups of several features too, which scikit-learn doesn't have."""
    columns = [model.encoding.feature_columns[place] for place in model.features]
    if fit.given.group and len(set(columns)) < len(columns):
        raise ConfigError("scikit-learn has no penalty on groups of several features: use --penalty l1, or l2.")
    return estimator(fit)


def _running(model: Model, made: Estimator) -> Running:
    """How the estimator takes the weights; classes are their numbers."""
    *_, n = sizes = model.network.sizes
    classes, layers = len(model.class_names), len(sizes) - 1
    if layers == 1:
        known = f"    model.classes_ = np.arange({classes})\n" if classes else ""
        trained, weights = Template(LINEAR).substitute(classes=known), "[np.atleast_2d(model.coef_).T]"
    else:
        rows = f"np.zeros(({classes or 1}, {sizes[0]})), "
        rows += (
            f"list(range({classes})), classes=list(range({classes}))"
            if classes
            else f"np.zeros({(1, n) if n > 1 else 1})"
        )
        trained, weights = Template(NETWORK).substitute(rows=rows, count=layers), "model.coefs_"
    seeded = ".set_params(random_state=seed)" if layers > 1 or made.name == "LogisticRegression" else ""
    anew = Template(TRAINED_ANEW).substitute(seeded=seeded, ravel="" if classes or n > 1 else "[:, 0]", weights=weights)
    return Running(trained, anew, PROBABILITIES if classes else NUMBERS)
