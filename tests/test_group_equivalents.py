"""Other tools' group lasso: the values that convert gives make the very penalty, and the tools end at its optimum.

It needs NumPy and scikit-learn alone beside the tool, so that tools which go with no newer NumPy can be tried too.
"""

import importlib.util
import itertools

import numpy as np
import pytest
from sklearn.linear_model import Lasso, MultiTaskLasso

from wdcli.conventions import Setting, Strengths
from wdcli.equivalents import equivalents

SIZES = (1, 3, 5, 1, 3)
GROUPS = [list(range(end - size, end)) for size, end in zip(SIZES, itertools.accumulate(SIZES), strict=True)]
ONES = [[feature] for feature in range(sum(SIZES))]
ROOTS = np.sqrt(SIZES)
NUMBER, NUMBERS = Setting(80, 20, "squared-error"), Setting(80, 20, "squared-error", 3)
TWO, THREE = Setting(80, 20, "binary-cross-entropy"), Setting(80, 20, "cross-entropy", 3)
GROUP, SPARSE = Strengths(0, 0, 0.1), Strengths(0.03, 0, 0.1)


def norms(W, groups=GROUPS):
    """The norm of each group."""
    return np.array([np.linalg.norm(W[group]) for group in groups])


def penalty(W, given, groups=GROUPS):
    sizes = np.array([W[group].size for group in groups])
    return given.l1 * np.abs(W).sum() + given.group * np.sqrt(sizes) @ norms(W, groups)


def values(tool, given, setting):
    (found,) = (line.values for line in equivalents(given, setting) if line.tool == tool)
    return found


def two_columns(setting, W):
    """Softmax weights of the two classes, which differ by w."""
    return np.hstack([-W, W]) / 2 if setting is TWO else W


# What a tool adds to its loss, and how many times its loss contains ours: 1/(2n) RSS of k outputs is k / 2 times the mean.
DOCUMENTED = [
    ("sklearn Lasso", NUMBER, SPARSE, ONES, 1 / 2, lambda v, W: v["alpha"] * np.abs(W).sum()),
    ("sklearn MultiTaskLasso", NUMBERS, GROUP, ONES, 3 / 2, lambda v, W: v["alpha"] * norms(W, ONES).sum()),
    ("sklearn LogisticRegression", TWO, SPARSE, ONES, 1, lambda v, W: np.abs(W).sum() / (80 * v["C"])),
    ("glmnet", NUMBER, SPARSE, ONES, 1 / 2, lambda v, W: v["lambda"] * v["alpha"] * np.abs(W).sum()),
    ("glmnet", TWO, SPARSE, ONES, 1, lambda v, W: v["lambda"] * v["alpha"] * np.abs(W).sum()),
    ("glmnet", NUMBERS, GROUP, ONES, 3 / 2, lambda v, W: v["lambda"] * v["alpha"] * norms(W, ONES).sum()),
    ("glmnet", THREE, GROUP, ONES, 1, lambda v, W: v["lambda"] * v["alpha"] * norms(W, ONES).sum()),
    ("celer", NUMBER, GROUP, GROUPS, 1 / 2, lambda v, W: v["alpha"] * ROOTS @ norms(W)),
    ("skglm", NUMBER, GROUP, GROUPS, 1 / 2, lambda v, W: v["alpha"] * ROOTS @ norms(W)),
    ("skglm", TWO, GROUP, GROUPS, 1, lambda v, W: v["alpha"] * ROOTS @ norms(W)),
    ("skglm", NUMBERS, GROUP, ONES, 3 / 2, lambda v, W: v["alpha"] * norms(W, ONES).sum()),
    *(
        ("skglm", setting, SPARSE, GROUPS, times, lambda v, W: v["alpha"] * (
            ROOTS @ norms(W) + v["weights_features"] * np.abs(W).sum()))
        for setting, times in ((NUMBER, 1 / 2), (TWO, 1))
    ),
    *(
        ("group-lasso", setting, given, GROUPS, times, lambda v, W, setting=setting: (
            v["group_reg"] * ROOTS @ norms(two_columns(setting, W)) + v["l1_reg"] * np.abs(two_columns(setting, W)).sum()))
        for setting, times in ((NUMBER, 1 / 4), (NUMBERS, 3 / 4), (TWO, 1 / 2), (THREE, 1 / 2))
        for given in (GROUP, SPARSE)
    ),
    *(
        ("adelie", setting, GROUP, GROUPS, times, lambda v, W: v["lmda"] * ROOTS @ norms(W) * np.sqrt(W.shape[1]))
        for setting, times in ((NUMBER, 1 / 2), (NUMBERS, 1 / 2), (TWO, 1), (THREE, 1 / 3))
    ),
]  # fmt: skip
"""A tool, a fit, its penalty and groups, and the tool's side of it."""


@pytest.mark.parametrize("tool, setting, given, groups, times, theirs", DOCUMENTED)
def test_a_tools_values_make_the_same_penalty_at_any_weights(tool, setting, given, groups, times, theirs):
    found, rng = values(tool, given, setting), np.random.default_rng(0)
    for _ in range(3):
        W = rng.normal(size=(sum(SIZES), setting.outputs))
        assert theirs(found, W) == pytest.approx(times * penalty(W, given, groups), rel=1e-12)


RNG = np.random.default_rng(1)
X = RNG.normal(size=(80, sum(SIZES))) @ (np.eye(sum(SIZES)) + 0.2 * RNG.normal(size=(sum(SIZES), sum(SIZES))))
X = (X - X.mean(axis=0)) / X.std(axis=0)
SIGNAL = X[:, :4] @ RNG.normal(size=(4, 3)) + RNG.normal(size=(80, 3))
Y = (SIGNAL - SIGNAL.mean(axis=0)) / SIGNAL.std(axis=0)
TARGETS = {NUMBER: Y[:, :1], NUMBERS: Y, TWO: (Y[:, :1] > 0) * 1.0, THREE: np.eye(3)[Y.argmax(axis=1)]}


def gradient(W, b, setting):
    """The gradient of the mean loss."""
    z = X @ W + b
    if setting in (NUMBER, NUMBERS):
        return 2 * X.T @ (z - TARGETS[setting]) / z.size
    shares = 1 / (1 + np.exp(-z)) if setting is TWO else np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return X.T @ (shares - TARGETS[setting]) / len(z)


def violation(W, b, setting, given, groups):
    """The largest distance of 0 from the subdifferential of a group (Simon et al. 2013), against the gradient at 0."""
    G, worst = gradient(W, b, setting), 0.0
    for group in groups:
        w, pull = W[group], G[group]
        most = given.group * np.sqrt(w.size)
        live = np.abs(w) > 1e-12
        if live.any():
            pull = pull + most * w / np.linalg.norm(w)
        left = np.where(live, pull + given.l1 * np.sign(w), np.maximum(np.abs(pull) - given.l1, 0))
        worst = max(worst, np.linalg.norm(left) - (0 if live.any() else most))
    return worst / np.abs(gradient(0 * W, b, setting)).max()


def sklearn_lasso(v, setting):
    model = Lasso(v["alpha"], tol=1e-12, max_iter=10**6).fit(X, TARGETS[setting][:, 0])
    return model.coef_[:, None], model.intercept_


def sklearn_rows(v, setting):
    model = MultiTaskLasso(v["alpha"], tol=1e-12, max_iter=10**6).fit(X, TARGETS[setting])
    return model.coef_.T, model.intercept_


def sklearn_logistic(v, setting):
    from tests.oracles import logistic_regression

    model = logistic_regression(**v, tol=1e-10, max_iter=10**6).fit(X, TARGETS[setting][:, 0])
    return model.coef_.T, model.intercept_


def celer_group(v, setting):
    celer = importlib.import_module("celer")
    model = celer.GroupLasso(GROUPS, v["alpha"], weights=ROOTS, tol=1e-12, fit_intercept=True)
    model.fit(X, TARGETS[setting][:, 0])
    return model.coef_[:, None], model.intercept_


def skglm_group(v, setting):
    skglm = importlib.import_module("skglm")
    model = skglm.GroupLasso(GROUPS, v["alpha"], weights=ROOTS, tol=1e-12).fit(X, TARGETS[setting][:, 0])
    return model.coef_[:, None], model.intercept_


def skglm_rows(v, setting):
    model = importlib.import_module("skglm").estimators.MultiTaskLasso(v["alpha"], tol=1e-12).fit(X, TARGETS[setting])
    return model.coef_.T, model.intercept_


def skglm_parts(v, setting):
    """From a loss and a penalty, without an intercept."""
    skglm, n = importlib.import_module("skglm"), sum(SIZES)
    compiled = importlib.import_module("skglm.utils.jit_compilation").compiled_clone
    indices, starts = importlib.import_module("skglm.utils.data").grp_converter(GROUPS, n)
    if "weights_features" in v:
        weights = np.full(n, v["weights_features"])
        term = skglm.penalties.WeightedL1GroupL2(v["alpha"], ROOTS, weights, starts, indices)
    else:
        term = skglm.penalties.WeightedGroupL2(v["alpha"], ROOTS, starts, indices)
    kind = "LogisticGroup" if setting is TWO else "QuadraticGroup"
    loss = getattr(importlib.import_module("skglm.datafits"), kind)(starts, indices)
    solver = skglm.solvers.GroupBCD(ws_strategy="fixpoint", fit_intercept=False, tol=1e-12, max_iter=5000)
    y = TARGETS[setting][:, 0]
    w = solver.solve(X, 2 * y - 1 if setting is TWO else y, compiled(loss), compiled(term))[0]
    return w[:, None], 0.0


def group_lasso(v, setting):
    module = importlib.import_module("group_lasso")
    kind = module.GroupLasso if setting in (NUMBER, NUMBERS) else module.LogisticGroupLasso
    y = TARGETS[setting]
    y = y.argmax(axis=1) if setting is THREE else y[:, 0] if setting is TWO else y
    places = np.repeat(np.arange(len(SIZES)), SIZES)
    model = kind(groups=places, **v, n_iter=10**5, tol=1e-12, supress_warning=True).fit(X, y)
    W, b = model.coef_, np.ravel(model.intercept_)
    return (W[:, 1:] - W[:, :1], b[1:] - b[:1]) if setting is TWO else (W, b)


def adelie(v, setting):
    module = importlib.import_module("adelie")
    kind = {NUMBER: "gaussian", NUMBERS: "multigaussian", TWO: "binomial", THREE: "multinomial"}[setting]
    y = np.asfortranarray(TARGETS[setting]) if setting.outputs > 1 else TARGETS[setting][:, 0]
    exact = {"early_exit": False, "tol": 1e-16, "irls_tol": 1e-16, "adev_tol": 1, "newton_tol": 1e-15}
    state = module.grpnet(
        np.asfortranarray(X), getattr(module.glm, kind)(y), groups=np.cumsum([0, *SIZES[:-1]]), alpha=1,
        lmda_path=v["lmda"] * np.array([4, 2, 1]), progress_bar=False, **exact,
    )  # fmt: skip
    return state.betas.toarray()[-1].reshape(len(ONES), -1), state.intercepts[-1]


def peer(package, *case):
    """A case of a tool that may be absent."""
    skipped = pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"not installed: {package}")
    return pytest.param(*case, marks=[pytest.mark.peers, skipped])


SOLVED = [
    ("sklearn Lasso", NUMBER, GROUP, ONES, sklearn_lasso),
    ("sklearn Lasso", NUMBER, SPARSE, ONES, sklearn_lasso),
    ("sklearn MultiTaskLasso", NUMBERS, GROUP, ONES, sklearn_rows),
    ("sklearn LogisticRegression", TWO, SPARSE, ONES, sklearn_logistic),
    peer("celer", "celer", NUMBER, GROUP, GROUPS, celer_group),
    peer("skglm", "skglm", NUMBER, GROUP, GROUPS, skglm_group),
    peer("skglm", "skglm", NUMBERS, GROUP, ONES, skglm_rows),
    *(peer("skglm", "skglm", setting, given, GROUPS, skglm_parts) for setting, given in (
        (NUMBER, SPARSE), (TWO, GROUP), (TWO, SPARSE))),
    *(peer("group_lasso", "group-lasso", setting, given, GROUPS, group_lasso)
      for setting in (NUMBER, NUMBERS, TWO, THREE) for given in (GROUP, SPARSE)),
    *(peer("adelie", "adelie", setting, GROUP, GROUPS, adelie) for setting in (NUMBER, NUMBERS, TWO, THREE)),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("tool, setting, given, groups, solve", SOLVED)
def test_a_tool_ends_at_the_optimum_of_our_objective(tool, setting, given, groups, solve):
    W, b = solve(values(tool, given, setting), setting)
    assert 0 < (norms(W, groups) == 0).sum() < len(groups)
    assert violation(W, b, setting, given, groups) < 1e-4
