"""What a sweep and a comparison say, in plain words."""

from collections.abc import Sequence

from wdcli.data.dataset import Dataset, Split
from wdcli.names import Verdict
from wdcli.report.numbers import figure, loss, seconds, share, times
from wdcli.report.words import UNSETTLED, constant_answer, network_line, unsettled, zeros
from wdcli.sweep.comparison import CompareResult
from wdcli.sweep.records import Row
from wdcli.sweep.runner import SweepResult
from wdcli.text import count


def sweep_line(result: SweepResult) -> str:
    """The network, and what the sweep cost."""
    config = result.config
    return (
        f"{network_line(config.fit)}; {count(config.folds, 'fold')} x {count(config.seeds, 'seed')}, "
        f"{count(result.networks, 'network')} in {seconds(result.seconds)}"
    )


def sweep_paragraph(dataset: Dataset, split: Split, result: SweepResult) -> str:
    """What was chosen and why, what the rows to either side do, and how far the numbers can be trusted."""
    if len(result.rows) == 1:
        return f"One lambda, {figure(result.rows[0].lambd)}: nothing to choose from."
    said = [_choice(result), *_sides(dataset, result), *_removed(result)]
    chosen = result.chosen_row
    if chosen.kkt > UNSETTLED and chosen.lambd > 0 and chosen.status == "ok":
        said.append(unsettled(result.config.fit, chosen.kkt))
    if any(row.status == "diverged" for row in result.rows):
        said.append("Rows that diverged are left out of the choice: a lower --lr, or --decay proximal, may train them.")
    return " ".join(said)


def _choice(result: SweepResult) -> str:
    found = result.selection
    low, high = figure(found.lambda_min), figure(found.lambda_1se)
    if found.lambda_min == found.lambda_1se:
        text = f"lambda = {low} is chosen: the best, and the largest within one SE of the best."
    elif found.rule == "1se":
        text = f"lambda_1se = {high} is chosen: the largest lambda within one SE of the best ({low})."
    else:
        text = f"lambda_min = {low} is chosen: the best. Within one SE of it are lambdas up to {high}."
    if found.lambda_min == 0:
        text += " The best lambda is 0: the data show no need of decay."
    elif found.at_edge:
        text += " The best lambda lies at the edge of the grid: there may be a better one beyond; widen --lambdas."
    elif found.lambda_1se == result.rows[-1].lambd and result.rows[-1].status == "ok":
        text += " It is the largest of the grid: larger ones may do as well; widen --lambdas."
    if result.chosen_row.status == "collapsed":
        text += " There the network has collapsed: the data don't show that it predicts better than a constant answer."
    return text


def _sides(dataset: Dataset, result: SweepResult) -> list[str]:
    """The rows to the left and to the right of the plateau."""
    said = []
    over, good = _with(result.rows, "overfit"), _with(result.rows, "good")
    best = next(row for row in result.rows if row.lambd == result.selection.lambda_min)
    if over and good:
        where = f"Up to {figure(over[-1].lambd)}" if over[-1].lambd else "Without decay"
        said.append(
            f"{where} the network overfits: at {figure(over[0].lambd)} training loss is "
            f"{loss(over[0].train_loss)} and CV loss {times(over[0].cv_loss, best.cv_loss)} the best."
        )
    elif result.rows[0].verdict == "good" and result.rows[0].lambd == 0 and best.lambd > 0:
        said.append("No decay at all is within one SE of the best: the data don't show that decay helps.")
    under, collapsed = _with(result.rows, "underfit"), _with(result.rows, "collapsed")
    if under:
        said.append(f"From {figure(under[0].lambd)} on it underfits.")
    said += [
        f"At {figure(row.lambd)} the fits on all training rows train, but {share(row.collapsed_folds)} of those in the folds "
        "collapse: it is at the edge."
        for row in under
        if row.collapsed_folds > 0
    ]
    if collapsed:
        said.append(f"From {figure(collapsed[0].lambd)} on it collapses to {constant_answer(dataset)}.")
    return said


def _with(rows: Sequence[Row], verdict: Verdict) -> list[Row]:
    return [row for row in rows if row.verdict == verdict]


def _removed(result: SweepResult) -> list[str]:
    """What the penalty took away at the chosen lambda."""
    row = result.chosen_row
    if not row.sparsity > 0:
        return []
    units = sum(result.config.fit.hidden)
    live = f"{figure(row.live_units, 3)} of {units} hidden units and " if units else ""
    mean = " (means over seeds)" if result.config.seeds > 1 else ""
    in_use = f"{live}{figure(row.live_features, 3)} of {result.n_features} features are in use{mean}."
    return [f"At lambda = {figure(row.lambd)}, {zeros(result.config.fit, row.sparsity, in_use)}"]


def elsewhere(dataset: Dataset, split: Split, result: SweepResult) -> str:
    """The command that gives the chosen lambda in other tools' conventions."""
    fit, n_train = result.config.fit, len(split.train)
    rows = fit.fitted_rows(n_train)
    options = [
        f"--lambd {repr(result.selection.chosen).removesuffix('.0')}",
        f"--rows {rows}",
        f"--batch-size {min(fit.resolved_batch_size(n_train), rows)}",
    ]
    if fit.penalty != "l2":
        options.append(f"--penalty {fit.penalty}")
    if fit.penalty == "elastic-net":
        options.append(f"--l1-ratio {fit.l1_ratio:g}")
    if fit.convention != "textbook":
        options.append(f"--convention {fit.convention}")
    if fit.resolved_decay == "decoupled":
        options.append("--decay decoupled")
    if dataset.task == "regression":
        options.append("--task regression")
    return f"The same lambda elsewhere: wdcli convert {' '.join(options)}"


def compare_paragraph(result: CompareResult) -> str:
    """What the tests say, and which penalty leaves the smaller network."""
    found = [c for c in result.comparisons if c.conclusion != "no detectable difference"]
    said = [f"{c.a} and {c.b}: {c.conclusion} (p = {figure(c.difference.p_value, 2)})." for c in found]
    if not found:
        folds = result.sweeps[0].config.folds
        said.append(
            f"No detectable difference on this data; that is not equality: {folds} folds could not have shown one that "
            "lies within the intervals."
        )
    elif len(found) < len(result.comparisons):
        said.append("The other pairs show no detectable difference.")
    for name, sweep in zip(result.names, result.sweeps, strict=True):
        if sweep.selection.at_edge and sweep.selection.lambda_min > 0:
            said.append(f"The best lambda of {name} lies at the edge of its grid: widen --lambdas.")
    zeros = [f"{name} {share(s.chosen_row.sparsity)}" for name, s in zip(result.names, result.sweeps, strict=True)]
    said.append(f"Weights that are exactly zero: {', '.join(zeros)}.")
    return " ".join(said)
