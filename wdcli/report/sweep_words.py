"""What a sweep says, in plain words."""

from itertools import accumulate

from wdcli.data.dataset import Dataset, Split
from wdcli.data.generators import GENERATORS
from wdcli.fits.config import FitConfig
from wdcli.models import penalty_of
from wdcli.report.column_words import columns_paragraph, recovery_paragraph
from wdcli.report.convert_words import convert_command
from wdcli.report.feature_words import Outcome, in_use, leak
from wdcli.report.fold_words import hard_folds
from wdcli.report.numbers import count_of, figure, loss, norm, seconds, share
from wdcli.report.plateau_words import changes, helps, plateau
from wdcli.report.words import (
    UNSETTLED,
    constant_answer,
    data_line,
    effective_network,
    majority,
    network_line,
    room,
    training,
    undecayed,
    unsettled,
    zeroes_groups,
    zeroless,
    zeros,
)
from wdcli.sweep.comparison import NEGLIGIBLE, NO_DIFFERENCE
from wdcli.sweep.difference import Finding, row_difference
from wdcli.sweep.features import Features
from wdcli.sweep.refit import Refit
from wdcli.sweep.result import SweepResult, Swept
from wdcli.sweep.rows import Row
from wdcli.text import count

REFITTED: dict[Finding, str] = {
    "less": "refitting helps",
    "more": "the penalty still helps",
    "negligible": NEGLIGIBLE,
    "none": NO_DIFFERENCE,
}
SO_GOOD = {
    "paired": ("that, fold by fold, does as well", "that, fold by fold, does as well as"),
    "1se": ("within one SE of the best", "within one SE of"),
}
"""What the chosen lambda is the largest of, by the rule; and with the best one's name after it."""
TAIL = 0.05
"""Share of the resamples whose winners are left out at either end."""


def heading(dataset: Dataset, split: Split, result: Swept) -> list[str]:
    """The data, the network and its training, and the number of networks: the same whenever the command is given."""
    return [data_line(dataset, split, result.n_features), _training(result, len(split.train)), _networks(result)]


def head_lines(result: Swept, n_train: int) -> list[str]:
    """The network and how it is trained on so many rows, and what the sweep cost."""
    trained = f"; training took {seconds(result.trained_seconds)}" if result.earlier > 0 else ""
    return [_training(result, n_train), f"{_networks(result, result.recalled)} in {seconds(result.seconds)}{trained}"]


def _training(result: Swept, n_train: int) -> str:
    config = result.config
    network = network_line(config.fit, ratios=[fit.l1_ratio for fit in config.fits])
    path = f", warm path {config.path_order}" if config.path == "warm" else ""
    return f"{network}; {training(config.fit, n_train)}{path}"


def _networks(result: Swept, recalled: int = 0) -> str:
    config, first = result.config, result.first_pass
    folds, seeds = count(config.folds, "fold"), count(config.seeds, "seed")
    parts = [f"{first.networks:,} of them on {first.rows:,} rows"] if first else []
    parts += [f"{recalled:,} from the store"] if recalled else []
    within = f" ({', '.join(parts)})" if parts else ""
    return f"{folds} x {seeds}, {count(result.networks, 'network')}{within}"


def summary(
    dataset: Dataset, split: Split, result: SweepResult, refit: Refit | None, features: Features | None = None
) -> list[str]:
    """Every paragraph about a sweep."""
    said = [
        sweep_paragraph(dataset, split, result),
        oracle_paragraph(result),
        recovery_paragraph(dataset, result, features),
    ]
    said += [refit_paragraph(refit, result.chosen_row, result.constant)] if refit else []
    said += [columns_paragraph(result, features)] if features else []
    return [*filter(None, said), elsewhere(dataset, split, result)]


def sweep_paragraph(dataset: Dataset, split: Split, result: SweepResult) -> str:
    """What was chosen and why, what the rows on either side do, and how far the numbers can be trusted."""
    if len(result.rows) == 1:
        return f"One lambda, {figure(result.rows[0].lambd)}: nothing to choose from."
    said = [_choice(dataset, result), *_gain(result), *_price(result), *helps(result)]
    said += [_confidence(result), *hard_folds(result), *plateau(dataset, result), *_spared(result)]
    if dataset.task == "classification" and result.chosen_row.status == "ok":
        row = result.chosen_row
        scores = row.test_score, row.test_auc, row.test_balanced_accuracy
        said += majority(result.folds.whole.train, result.folds.whole.held, *scores)
    said += [
        *_removed(dataset, result),
        *_in_use(result),
        *_leak(dataset, result),
        *undecayed(result.config.fit),
        *zeroless(result.config.fit),
        *_convergence(result),
    ]
    if any(row.status == "diverged" for row in result.rows):
        how = "" if result.config.fit.resolved_decay == "proximal" else ", or --decay proximal,"
        said.append(f"Rows that diverged are left out of the choice: a lower --lr{how} may train them.")
    return " ".join(said)


def _choice(dataset: Dataset, result: SweepResult) -> str:
    text, found, null = _named(result), result.selection, constant_answer(dataset)
    if all(row.status == "collapsed" for row in result.rows):
        if result.curve[0].lambd == 0:
            return (
                f"{text} At no lambda is the network better than {null}: more --epochs, or a larger --lr, may train it."
            )
        return f"{text} Every lambda of the grid collapses the network to {null}: give smaller ones."
    if result.best_row.status == "collapsed":
        return f"{text} The best is the null model, {null}: the data don't show that the features predict the target."
    if found.lambda_min == 0:
        text += " The best lambda is 0: the data show no need of decay."
    elif found.at_edge:
        text += " The best lambda lies at the edge of the grid: there may be a better one beyond; widen --lambdas."
    elif found.chosen == result.curve[-1].lambd and result.curve[-1].status == "ok":
        text += " It is the largest of the grid: larger ones may do as well; widen --lambdas."
    if result.chosen_row.status == "collapsed":
        text += f" There the network has collapsed: the data don't show that it predicts better than {null}."
    return text


def _named(result: SweepResult) -> str:
    """The chosen lambda, and the rule that chose it."""
    found = result.selection
    best, chosen, most = map(figure, (found.lambda_min, found.chosen, found.lambda_paired))
    ratio = f" with l1_ratio {found.l1_ratio:g}" if len(result.config.fits) > 1 and found.chosen else ""
    if found.rule == "min":
        others = f"; lambdas up to {most} do as well, fold by fold" if found.lambda_paired > found.lambda_min else ""
        return f"lambda_min = {best}{ratio} is chosen: the best{others}."
    if found.chosen == found.lambda_min:
        return f"lambda = {best}{ratio} is chosen: the best, and the largest {SO_GOOD[found.rule][0]}."
    return f"lambda_{found.rule} = {chosen}{ratio} is chosen: the largest {SO_GOOD[found.rule][1]} the best, {best}."


def _gain(result: SweepResult) -> list[str]:
    """The chosen network's CV loss compared with the loss of a constant answer."""
    row = result.chosen_row
    if row.status != "ok":
        return []
    gain = 1 - row.cv_loss / result.constant
    return [
        f"A constant answer has the loss {loss(result.constant)}: the chosen network's CV loss is {share(abs(gain))} "
        f"{'less' if gain >= 0 else 'more'}."
    ]


def _price(result: SweepResult) -> list[str]:
    """What the chosen lambda gives up compared with lambda_min, and what the weights become."""
    best, larger = result.best_row, result.chosen_row
    if larger is best or "collapsed" in (best.status, larger.status):
        return []
    lost = row_difference(larger, best, result.folds.test_share)
    return [f"Compared with the best, CV loss {changes(lost)}, and {_lost_size(result.config.fit, best, larger)}."]


def _lost_size(fit: FitConfig, best: Row, larger: Row) -> str:
    """How much smaller a network is at a larger lambda than at the best one."""
    if zeroes_groups(fit):
        columns = (
            f"the columns in use go from {count_of(best.effective_columns)} to {count_of(larger.effective_columns)}"
        )
        units = [count_of(sum(row.effective[1:-1])) for row in (best, larger)]
        return f"{columns}, the hidden units from {' to '.join(units)}" if fit.hidden else columns
    if fit.makes_zeros:
        return f"{count_of(best.nonzero_weights)} non-zero weights become {count_of(larger.nonzero_weights)}"
    return f"|W|2 goes from {norm(best.l2_norm)} to {norm(larger.l2_norm)}"


def _confidence(result: SweepResult) -> str:
    """How often the best lambda wins in resamples, and between which lambdas nine in ten winners lie."""
    curve = result.curve
    below = list(accumulate(row.wins for row in curve))
    total = below[-1]
    if not total:
        return "Resampled over folds, another l1_ratio is always the best: the choice is a close one."
    low = next(row.lambd for row, wins in zip(curve, below, strict=True) if wins / total > TAIL)
    high = next(row.lambd for row, wins in zip(curve, below, strict=True) if wins / total >= 1 - TAIL - 1e-9)
    best = result.best_row
    here = f" (those of l1_ratio {best.l1_ratio:g} in {share(total)})" if len(result.config.fits) > 1 else ""
    between = f"from {figure(low)} to {figure(high)}" if low < high else f"at {figure(low)}"
    return (
        f"Resampled over folds, {figure(best.lambd)} is the best in {share(best.wins)}{here}{_rival(result)}, and nine in "
        f"ten best ones lie {between}."
    )


def _rival(result: SweepResult) -> str:
    """The row that wins more resamples than the row with the least CV loss, if any."""
    most = max(result.curve, key=lambda row: row.wins)
    if most.wins <= result.best_row.wins:
        return ""
    beyond = most.status == "ok" and most.lambd in (result.curve[0].lambd or None, result.curve[-1].lambd)
    return f", {figure(most.lambd)} in {share(most.wins)}{' (the edge of the grid: widen --lambdas)' if beyond else ''}"


def _spared(result: SweepResult) -> list[str]:
    """How many lambdas the race ruled out on a sample of the rows, and how many of the shown ones by their first seed."""
    first, fewer = result.first_pass, sum(row.networks < result.chosen_row.networks for row in result.rows)
    said = []
    if first and first.ruled_out:
        rows = f"{first.rows:,} of the {len(result.folds.split.train):,} training rows"
        said.append(f"{first.ruled_out} of {first.lambdas} lambdas on {rows}")
    if fewer:
        said.append(f"{fewer} of the {len(result.rows)} lambdas {'shown ' if first else ''}by their first seed")
    return [f"A race ruled out {', then '.join(said)}; --exhaustive trains all."] if said else []


def _removed(dataset: Dataset, result: SweepResult) -> list[str]:
    """What the penalty took away at the chosen lambda."""
    row = result.chosen_row
    if not (row.sparsity > 0 and row.effective):
        return []
    full = (result.n_features, *result.config.fit.hidden, dataset.n_outputs)
    left = effective_network(row, full, len(result.encoding.columns), several=result.config.seeds > 1)
    return [f"At lambda = {figure(row.lambd)}, {zeros(result.config.fit, row.sparsity, left)}"]


def _in_use(result: SweepResult) -> list[str]:
    """The features of the chosen row."""
    row = result.chosen_row
    return in_use(row.effective, row.strongest, result.encoding.feature_names) if row.status == "ok" else []


def _leak(dataset: Dataset, result: SweepResult) -> list[str]:
    """A column that decides alone in any row of the sweep; generated tables have no leak."""
    if dataset.name in GENERATORS:
        return []
    outcomes = [Outcome(r.lambd, r.train_loss, r.test_loss, r.strongest) for r in result.rows if r.status == "ok"]
    return leak(outcomes, result.encoding, result.constant)


def _convergence(result: SweepResult) -> list[str]:
    """Whether more training could change the choice: where the best or the chosen row may fall by more than one SE."""
    fit = result.config.fit
    rows = [row for row in (result.chosen_row, result.best_row) if row.lambd > 0 and row.status == "ok"]
    rooms = [(room(fit, row.kkt, row.train_penalty), row) for row in rows]
    return [unsettled(row.kkt, most, "one SE", "the choice") for most, row in rooms if most > row.cv_se][:1]


def oracle_paragraph(result: SweepResult) -> str:
    """What the known truth says, if there is one."""
    known = result.oracle
    if known is None:
        return ""
    how = "the best by formula, on average over draws" if known.formula else "the row closest to the truth"
    return (
        f"The truth is known here. Noise floor: no function has an expected loss below {loss(known.noise_floor)}. Excess risk "
        f"above it: {loss(known.chosen_excess_risk)} at the chosen lambda, {loss(known.excess_risk)} at lambda = "
        f"{figure(known.lambda_best)}, {how}."
    )


def refit_paragraph(refit: Refit, chosen: Row, constant: float) -> str:
    """Whether the relaxed networks are better than the penalised ones; ``constant`` is a constant answer's loss."""
    d = refit.difference
    if refit.row.status == "diverged":
        return "Refitted without the penalty, a network diverged: the penalised one stands."
    if not chosen.nonzero_weights:
        return "At the chosen lambda no weight is left: there is nothing to refit."
    if refit.row.status == chosen.status == "collapsed":
        return "The penalised networks have collapsed, and so have the refitted ones: they are equal."
    change = f"{d.mean:+.4f} (95 % interval {d.low:+.4f} to {d.high:+.4f})"
    verdict = REFITTED[d.finding(constant)]
    said = [f"Refitted without the penalty, the weights that are left change CV loss by {change}: {verdict}."]
    if not chosen.sparsity > 0:
        said.append("No weight is zero at the chosen lambda: the whole network was refitted.")
    if chosen.kkt > UNSETTLED:
        said.append("The penalised network was not at its optimum: some of the change is longer training.")
    return " ".join(said)


def elsewhere(dataset: Dataset, split: Split, result: SweepResult) -> str:
    """The command that gives the chosen lambda in other tools' conventions."""
    fit = result.fit
    penalty = penalty_of(fit, result.selection.chosen)
    fitted = fit.fitted(len(split.train), result.folds.whole.weighting)
    command = convert_command(penalty, fitted, dataset.task, dataset.n_outputs)
    return f"The same lambda elsewhere: {command}"
