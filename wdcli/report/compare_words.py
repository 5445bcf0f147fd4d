"""What a comparison says, in plain words."""

from collections.abc import Iterator

from wdcli.report.numbers import count_of, figure, probability, share
from wdcli.sweep.comparison import EQUAL, NEGLIGIBLE, NO_DIFFERENCE, CompareResult, Comparison, Front
from wdcli.sweep.difference import FLOOR, Difference


def compare_paragraph(result: CompareResult) -> str:
    """What the tests say, and which penalty leaves the smaller network."""
    found = [c for c in result.comparisons if c.conclusion != NO_DIFFERENCE]
    on_test = [c for c in result.comparisons if c.test_conclusion not in (NO_DIFFERENCE, EQUAL)]
    said = [_concluded(c, c.difference, c.conclusion) for c in found]
    if on_test and not found:
        said.append("In cross-validation no pair shows a detectable difference.")
    elif not found:
        folds = result.sweeps[0].config.folds
        said.append(
            f"No detectable difference on this data. That is not equality: with {folds} folds, any difference within the "
            "intervals would have gone unnoticed."
        )
    elif len(found) < len(result.comparisons):
        said.append("The other pairs show no detectable difference.")
    said += [f"On the test rows, for these networks alone: {_concluded(c, c.test, c.test_conclusion)}" for c in on_test]
    tested = [c for c in result.comparisons if c.conclusion != EQUAL]
    if len(tested) > 1 and (on_test or any(c.conclusion != EQUAL for c in found)):
        said.append(f"Each of {len(tested)} pairs is tested twice at 5 %: with more pairs, more false alarms.")
    for name, sweep in zip(result.names, result.sweeps, strict=True):
        if sweep.selection.at_edge and sweep.selection.lambda_min > 0:
            said.append(f"The best lambda of {name} lies at the edge of its grid: widen --lambdas.")
    return " ".join([*said, *_small(result)])


def _concluded(pair: Comparison, d: Difference, conclusion: str) -> str:
    """``l1 and l2: l1 is better (p = 0.04).``"""
    if conclusion == EQUAL:
        return f"{pair.a} and {pair.b} are equal: both have collapsed, and do no better than a constant answer."
    small = f", under {share(FLOOR, 1)} of a constant answer's loss" if conclusion == NEGLIGIBLE else ""
    return f"{pair.a} and {pair.b}: {conclusion} (p = {probability(d.p_value)}{small})."


def _small(result: CompareResult) -> Iterator[str]:
    """Each penalty's smallest network as good as the best of all, and the one with the fewest columns."""
    yield f"The smallest networks within one SE of the best CV loss of all: {_smallest(result, result.weights, 'weights')}."
    if result.drops_columns:
        whole = f"of {len(result.sweeps[0].encoding.columns)} columns"
        yield f"Those that use the fewest columns of the table: {_smallest(result, result.columns, whole)}."
    none = [name for name, point in zip(result.names, result.weights.smallest, strict=True) if point is None]
    if none:
        yield f"Not as good at any lambda: {', '.join(none)}."


def _smallest(result: CompareResult, front: Front, unit: str) -> str:
    """``l1 81.3 weights (lambda = 2.14), l2 4,288 weights (lambda = 0.399)``."""
    return ", ".join(
        f"{result.label(point.penalty, point.row)} {count_of(point.place(front.size)[0])} {unit} "
        f"(lambda = {figure(point.row.lambd)})"
        for point in front.smallest
        if point
    )
