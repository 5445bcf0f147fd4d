"""Each parameter of the estimators, declared once: its meaning, and what it may be, in the words of scikit-learn's errors."""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from numbers import Integral, Real
from typing import Any, NamedTuple, get_args

import numpy as np
from sklearn.utils import check_random_state

from wdcli import names
from wdcli.machine import available_cores


class Allowed(NamedTuple):
    """The values that a parameter may have; ``read`` returns wdcli's form of one, and raises ``ValueError`` for others."""

    words: str
    read: Callable[[Any], Any]


class Parameter(NamedTuple):
    """What a parameter may be, and what it means."""

    allowed: Allowed
    meaning: str


def _of_kind(kind: type, value: Any) -> Any:
    """The value, which must be of this kind and not a truth value."""
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - all wrong values end in the same error
    return value


def _number(low: float, high: float, ends: str) -> Allowed:
    """A number between two bounds; ``ends`` are brackets, as in ``[)``, that say which of these it may be."""

    def read(value: Any) -> float:
        number = _of_kind(Real, value)
        inside = low < number < high or (number == low and ends[0] == "[") or (number == high and ends[1] == "]")
        if not inside:
            raise ValueError
        return float(number)

    return Allowed(f"a float in the range {ends[0]}{low:g}, {high:g}{ends[1]}", read)


def _whole(low: int) -> Allowed:
    """A whole number of at least ``low``."""

    def read(value: Any) -> int:
        number = int(_of_kind(Integral, value))
        if number < low:
            raise ValueError
        return number

    return Allowed(f"an int in the range [{low}, inf)", read)


def _one_of(*values: Any) -> Allowed:
    """One of some strings, or None or a truth value."""

    def read(value: Any) -> Any:
        for allowed in values:
            if type(value) in (type(allowed), np.bool_, np.str_) and value == allowed:
                return allowed
        raise ValueError

    return Allowed(f"one of {', '.join(map(repr, values))}" if len(values) > 1 else repr(values[0]), read)


def _sequence(allowed: Allowed, least: int = 1) -> Allowed:
    """A sequence of ``least`` values or more."""

    def read(values: Any) -> tuple[Any, ...]:
        found = tuple(map(allowed.read, _of_kind(Iterable, values)))
        if len(found) < least:
            raise ValueError
        return found

    return Allowed(f"a {'non-empty ' * (least > 0)}sequence whose items are each {allowed.words}", read)


def _one(allowed: Allowed) -> Allowed:
    """A sequence of one value, given by itself."""
    return Allowed(allowed.words, lambda value: (allowed.read(value),))


def _either(*choices: Allowed) -> Allowed:
    def read(value: Any) -> Any:
        for allowed in choices:
            try:
                return allowed.read(value)
            except ValueError:
                pass
        raise ValueError

    return Allowed(" or ".join(allowed.words for allowed in choices), read)


def _all_rows(word: str) -> Allowed:
    """The word for all rows, which are 0 in wdcli's form."""
    allowed = _one_of(word)

    def read(value: Any) -> int:
        allowed.read(value)
        return 0

    return Allowed(allowed.words, read)


def _seed(value: Any) -> int:
    """An int is the command line's --seed; anything else draws one."""
    if isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 0:
        return int(value)
    return int(check_random_state(value).randint(np.iinfo(np.int32).max))


def _splits(value: Any) -> Any:
    if isinstance(value, str) or not (hasattr(value, "split") or isinstance(value, Iterable)):
        raise ValueError
    return value


def _jobs(value: Any) -> int:
    """Processes: None is 1, -1 one for each core, -2 one fewer."""
    if value is None:
        return 1
    number = int(_of_kind(Integral, value))
    if number == 0:
        raise ValueError
    return number if number > 0 else max(1, available_cores() + 1 + number)


NONE, FLAG = _one_of(None), _one_of(True, False)
POSITIVE, SHARE, STRENGTH = _number(0, math.inf, "()"), _number(0, 1, "[]"), _number(0, math.inf, "[)")

PARAMETERS: dict[str, Parameter] = {
    "lambd": Parameter(STRENGTH, "Strength of the penalty, in the units of ``convention``."),
    "lambdas": Parameter(
        _either(NONE, _sequence(STRENGTH)),
        "Strengths to choose from; None for a grid that grows until it is wide enough.",
    ),
    "penalty": Parameter(_one_of(*get_args(names.PenaltyName)), "What is penalised: R in the objective."),
    "l1_ratio": Parameter(SHARE, "Share of lambda on the absolute values, for the penalties 'elastic-net' and 'sparse-group'."),
    "group_by": Parameter(
        _one_of(*get_args(names.GroupBy)),
        "Whose outgoing weights form groups, for 'group-lasso' and 'sparse-group': 'features' (all of a column together), "
        "hidden 'units', or both ('nodes'). Layers without groups take L2 in their place.",
    ),
    "decay": Parameter(
        _one_of(*get_args(names.DecayChoice)),
        "Where in a step the penalty acts: 'coupled' in the gradient, 'decoupled' beside the optimizer (AdamW), 'proximal' "
        "after it, which makes exact zeros. 'auto' is coupled for 'l2' and proximal for penalties with absolute values.",
    ),
    "decay_layers": Parameter(
        _either(NONE, _sequence(_whole(1))), "Numbers of the layers that are penalised, from 1; None for all."
    ),
    "convention": Parameter(_one_of(*get_args(names.Convention)), "The tool whose meaning lambda has."),
    "hidden": Parameter(
        _either(_one(_whole(1)), _sequence(_whole(1), least=0)),
        "Units of each hidden layer, or of the only one; () is a linear model.",
    ),
    "activation": Parameter(_one_of(*get_args(names.ActivationName)), "Activation of the hidden layers."),
    "optimizer": Parameter(_one_of(*get_args(names.OptimizerName)), "How steps are taken."),
    "lr": Parameter(_either(NONE, POSITIVE), "Learning rate; None for the optimizer's default."),
    "momentum": Parameter(_number(0, 1, "[)"), "Momentum of 'sgd'."),
    "nesterov": Parameter(FLAG, "Whether the momentum of 'sgd' is Nesterov's."),
    "schedule": Parameter(_one_of(*get_args(names.ScheduleName)), "How the learning rate goes down."),
    "batch_size": Parameter(
        _either(NONE, _all_rows("full"), _whole(1)),
        "Rows per step. None takes all of up to 64 rows, and of more a sixteenth (from 32 to 1,024), as wdcli's command line "
        "does."
    ),
    "epochs": Parameter(_either(NONE, _whole(1)), "Passes over the rows; None lets the number of rows decide."),
    "early_stopping": Parameter(
        FLAG, "Whether a tenth of the rows is held out, and training ends when their loss no longer falls."
    ),
    "scale_features": Parameter(FLAG, "Whether features are standardised."),
    "scale_target": Parameter(FLAG, "Whether the target is standardised; predictions are in its own units either way."),
    "encode": Parameter(
        FLAG,
        "Whether X may be a frame, or an array of objects, with text, dates, booleans and missing cells: each is encoded "
        "by what the training rows show (of the fold, in cross-validation). Else X holds finite numbers.",
    ),
    "max_categories": Parameter(_whole(1), "Most categories of a text column with a feature each, if ``encode``."),
    "dtype": Parameter(
        _one_of("auto", *get_args(names.DtypeName)),
        "Numbers to train in; 'auto' is float32 for an array X of float32, else float64.",
    ),
    "class_weight": Parameter(
        _either(NONE, _one_of("balanced"), Allowed("a dict of weights by class", partial(_of_kind, dict))),
        "What a row of each class counts, times its sample weight; 'balanced' lets all classes count the same.",
    ),
    "cv": Parameter(
        _either(_whole(2), Allowed("a splitter or an iterable of splits", _splits)),
        "Folds of cross-validation: their number (the same folds as wdcli's command line), a splitter of scikit-learn, or "
        "pairs of training and held-out rows.",
    ),
    "n_seeds": Parameter(_whole(1), "Networks trained from different initial weights, for each lambda and fold."),
    "rule": Parameter(
        _one_of(*get_args(names.SelectionRule)),
        "Which lambda is chosen: 'min' has the least loss in cross-validation, '1se' is the largest within one standard "
        "error of it, 'paired' the largest that is not worse fold by fold.",
    ),
    "exhaustive": Parameter(FLAG, "Whether every lambda is trained in every fold with every seed, without a race."),
    "first_rows": Parameter(
        _either(NONE, _all_rows("all"), _whole(10)),
        "Rows in the race's first pass: what a sample rules out isn't trained on all rows. None takes 'all' if there are fewer "
        "than 160,000, or if a sample would spare too little, as without a hidden layer; else 40,000 or an eighth, whichever "
        "is more.",
    ),
    "random_state": Parameter(
        Allowed("a non-negative int, a RandomState or None", _seed),
        "Decides initial weights, the order of rows, and folds; an int is the command line's ``--seed``.",
    ),
    "n_jobs": Parameter(
        Allowed("a non-zero int or None", _jobs),
        "Processes; None is 1, and -1 one for each core. With several, a script must keep its work under "
        "``if __name__ == '__main__':``, since each process imports the script.",
    ),
}  # fmt: skip
CHOSEN = {
    "l1_ratio": Parameter(
        _either(_one(SHARE), _sequence(SHARE)),
        "Share of lambda on the absolute values, for 'elastic-net' and 'sparse-group'; of several, one is chosen.",
    ),
}
"""Parameters that mean more where cross-validation chooses."""


def read_parameters(owner: str, params: Mapping[str, Any], declared: Mapping[str, Parameter]) -> dict[str, Any]:
    """The parameters' values in wdcli's form; raises ``ValueError`` for the first that can't be."""
    return {name: _read(owner, name, value, declared[name].allowed) for name, value in params.items()}


def _read(owner: str, name: str, value: Any, allowed: Allowed) -> Any:
    try:
        return allowed.read(value)
    except ValueError:
        raise ValueError(f"The {name!r} parameter of {owner} must be {allowed.words}. Got {value!r} instead.") from None
