"""The tools' values for a penalty on single weights: L1, L2 and elastic net."""

from dataclasses import replace

from wdcli.conventions import Setting, Strengths, from_strengths
from wdcli.equivalents.equivalent import Equivalent


def lines(given: Strengths, setting: Setting) -> list[Equivalent]:
    """The lines of all tools that have penalties on single weights."""
    textbook, *others = _coupled_equivalents(given, setting)
    adamw = _adamw(given, setting.decoupled or not any(given))
    found = [textbook, *others, adamw]
    if setting.decoupled and any(given):
        others = [Equivalent(line.tool, {}, "another penalty: sweep with --decay coupled") for line in others]
        found = [textbook._replace(remark="with --decay decoupled"), adamw, *others]
    return found


def _coupled_equivalents(given: Strengths, setting: Setting) -> list[Equivalent]:
    batch = replace(setting, decoupled=False)
    full = replace(batch, batch_size=setting.rows)
    return [
        _line("textbook", "lambda", "l1_ratio", from_strengths("textbook", given, batch), given, "lambda/(2n)"),
        _torch(given),
        _keras_line(given),
        _mlp("sklearn MLP, lbfgs", given, full, "alpha/n"),
        _mlp("sklearn MLP, sgd, adam", given, batch, _short_batch_remark(given, setting)),
        *_sklearn_linear(given, setting),
        _line("glmnet", "lambda", "alpha", from_strengths("glmnet", given, batch), given, _glmnet_remark(given, setting)),
    ]  # fmt: skip


def _line(
    tool: str, name: str, ratio_name: str, found: tuple[float, float] | None, given: Strengths, remark: str
) -> Equivalent:
    if found is None:
        return Equivalent(tool, {}, "has L2 only")
    mixed = given.l1 > 0 and given.l2 > 0
    shown = {ratio_name: found[1]} if ratio_name and (mixed or tool == "glmnet") else {}
    return Equivalent(tool, {name: found[0], **shown}, remark)


def _mlp(tool: str, given: Strengths, setting: Setting, remark: str) -> Equivalent:
    """scikit-learn's networks, which penalise every layer."""
    if not setting.all_layers:
        return Equivalent(tool, {}, "penalises every layer")
    return _line(tool, "alpha", "", from_strengths("sklearn", given, setting), given, remark)


def short_batch(setting: Setting) -> str:
    """What an epoch's short last batch does to scikit-learn's penalty, which is divided by each batch's own rows.

    Averaged over the steps it is m / h times what is meant, for batches of m rows and the harmonic mean h of all batches.
    Nothing where that is less than a percent.
    """
    rows, size = setting.rows, setting.batch_size
    last = rows % size
    factor = (rows // size + size / last) / (rows // size + 1) if last else 1.0
    if factor < 1.01:
        return ""
    near = [other for other in range((size + 1) // 2, 2 * size + 1) if rows % other == 0]
    instead = (
        f"batches of {min(near, key=lambda other: abs(other - size))} divide the rows"
        if near
        else (f"no batch size near it divides the rows: divide alpha by {factor:.3g}")
    )
    return (
        f"the last batch has {last} of {rows} rows, so the mean penalty is {factor:.3g} times what is meant; {instead}"
    )


def _short_batch_remark(given: Strengths, setting: Setting) -> str:
    short = short_batch(setting) if given.l2 else ""
    return "; ".join(filter(None, ["divided by the batch, not by n as documented", short]))


def _torch(given: Strengths) -> Equivalent:
    if given.l1:
        values = {"s1": given.l1, **({"weight_decay": given.l2} if given.l2 else {})}
        return Equivalent("pytorch SGD, Adam", values, "no L1 there: add s1 * sum of |w| to the loss")
    return Equivalent("pytorch SGD, Adam", {"weight_decay": given.l2}, "decays biases too, unless grouped")


def _keras_line(given: Strengths) -> Equivalent:
    values = {"l1": given.l1} if given.l1 else {}
    if given.l2 or not given.l1:
        values["l2"] = given.l2 / 2
    return Equivalent("keras kernel_regularizer", values, "no half in its l2" if given.l2 else "")


def _adamw(given: Strengths, same: bool) -> Equivalent:
    tool = "AdamW (pytorch, keras)"
    if given.l1:
        return Equivalent(tool, {}, "has L2 only")
    if not same:
        return Equivalent(tool, {}, "another penalty: sweep with --decay decoupled")
    return Equivalent(tool, {"weight_decay": given.l2}, "decays biases too, unless grouped")


def _sklearn_linear(given: Strengths, setting: Setting) -> list[Equivalent]:
    """scikit-learn's linear models: Ridge, Lasso, ElasticNet (alpha) for squared error, LogisticRegression (C) else."""
    if setting.loss != "squared-error":
        total = (given.l1 + given.l2) * setting.n
        ratio = {"l1_ratio": given.l1 / (given.l1 + given.l2)} if total else {}
        values = {"C": 1 / total, **ratio} if total else {}
        return [Equivalent("sklearn LogisticRegression", values, f"no hidden layer; {_by_version(given)}")]
    if not given.l1:
        alpha = given.l2 * setting.n / setting.half_loss
        return [Equivalent("sklearn Ridge", {"alpha": alpha}, "no hidden layer")]
    a, b = given.l1 / setting.half_loss, given.l2 / setting.half_loss
    if not given.l2:
        return [Equivalent("sklearn Lasso", {"alpha": a}, "no hidden layer")]
    return [Equivalent("sklearn ElasticNet", {"alpha": a + b, "l1_ratio": a / (a + b)}, "no hidden layer")]


def _by_version(given: Strengths) -> str:
    """What a LogisticRegression takes beside; its ``penalty`` is deprecated since 1.8, and decided alone before."""
    return "solver='saga'; before 1.8 also penalty='elasticnet'" if given.l1 else "before 1.8 without l1_ratio"


def _glmnet_remark(given: Strengths, setting: Setting) -> str:
    """glmnet divides y by its sd and lambda with it, which leaves the lasso's lambda as it is, and no other."""
    if setting.scaled_y:
        return "for a standardised y; times sd(y) for a raw one"
    if setting.loss != "squared-error" or not given.l2:
        return "no hidden layer"
    return "for a y of sd 1; for another its part on squares times sd(y)" if given.l1 else "times sd(y)"
