"""A fit as code for scikit-learn: a linear model without a hidden layer, else its MLP."""

from collections.abc import Mapping

from wdcli.conventions import Setting, Strengths, equivalents, from_strengths, short_batch
from wdcli.errors import ConfigError
from wdcli.fits.config import FitConfig
from wdcli.report.code import filled, number

NETWORK = """\
$imports

$TRAINING

network = $network(
    hidden_layer_sizes=$hidden,
    activation="$activation",
    alpha=$alpha,
    batch_size=BATCH_SIZE,
    learning_rate_init=LR,
    max_iter=EPOCHS,
    n_iter_no_change=EPOCHS,
)
model = $model
"""
LINEAR = """\
$imports

network = $network($arguments)
model = $model
"""
CONSTANT = (
    "scikit-learn's learning rate stays constant (wdcli's falls to 0), its biases start at random, and it warns that max_iter "
    "is reached: all of EPOCHS are trained."
)
OPTIMUM = "A linear model without a hidden layer has one optimum, and scikit-learn's own solver goes there."
VERSION = "Before scikit-learn 1.8 write penalty='elasticnet' in it too."


def code(given: Strengths, setting: Setting, config: FitConfig, features: int | None) -> str:
    """The code, for any number of features; raises ``ConfigError`` for a penalty that scikit-learn doesn't have."""
    if setting.decoupled and any(given):
        raise ConfigError("scikit-learn has no decoupled decay: write --to pytorch, or --to keras.")
    return _network(given, setting, config) if config.hidden else _linear(given, setting, config)


def _network(given: Strengths, setting: Setting, config: FitConfig) -> str:
    found = from_strengths("sklearn", given, setting)
    if found is None:
        raise ConfigError("scikit-learn's networks have no penalty on |w|: write --to pytorch, or --to keras.")
    if not setting.all_layers and any(given):
        raise ConfigError("scikit-learn's networks penalise every layer: write --to pytorch, or --to keras.")
    network = "MLPRegressor" if setting.loss == "squared-error" else "MLPClassifier"
    short = short_batch(setting) if any(given) else ""
    why = [f"scikit-learn divides alpha by the rows of each batch: {short}."] if short else []
    return filled(
        NETWORK, given, setting, config, [*why, CONSTANT], network=network, alpha=number(found[0]),
        hidden=str(config.hidden), activation=config.activation, **_around("neural_network", network, setting),
    )  # fmt: skip


def _linear(given: Strengths, setting: Setting, config: FitConfig) -> str:
    """Ridge, Lasso, ElasticNet or LogisticRegression with the values of the table."""
    (line,) = (line for line in equivalents(given, setting) if line.tool in LINEAR_TOOLS)
    network = line.tool.removeprefix("sklearn ")
    arguments = {name: number(value) for name, value in line.values.items()} | EXACT[network]
    said = [OPTIMUM]
    if network == "LogisticRegression":
        arguments = {"C": 'float("inf")'} | arguments
        if given.l1:
            arguments |= SAGA
            said.append(VERSION)
        else:
            arguments.pop("l1_ratio", None)
    return filled(
        LINEAR, given, setting, config, said, network=network, arguments=_written(arguments),
        **_around("linear_model", network, setting),
    )  # fmt: skip


EXACT: dict[str, dict[str, str]] = {
    "Ridge": {},
    "Lasso": {"tol": "1e-8", "max_iter": "100_000"},
    "ElasticNet": {"tol": "1e-8", "max_iter": "100_000"},
    "LogisticRegression": {"tol": "1e-6", "max_iter": "100_000"},
}
"""The settings that take each solver to the optimum."""
SAGA = {"solver": '"saga"'}
LINEAR_TOOLS = {f"sklearn {name}" for name in EXACT}


def _written(arguments: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in arguments.items())


def _around(module: str, network: str, setting: Setting) -> dict[str, str]:
    """The imports, and the model in which features and target are standardised as the fit has them."""
    imports = [f"from sklearn.{module} import {network}"]
    model = "network"
    if setting.scaled_features:
        imports += ["from sklearn.pipeline import make_pipeline"]
        model = "make_pipeline(StandardScaler(), network)"
    if setting.scaled_y:
        imports.insert(0, "from sklearn.compose import TransformedTargetRegressor")
        model = f"TransformedTargetRegressor({model}, transformer=StandardScaler())"
    if setting.scaled_features or setting.scaled_y:
        imports.append("from sklearn.preprocessing import StandardScaler")
    return {"imports": "\n".join(imports), "model": model}
