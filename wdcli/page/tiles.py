"""The answer in one glance: what is chosen, how good it is with and without decay, and what is left of the network."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar
from xml.etree.ElementTree import Element

from wdcli.figures.lambdas import CHOSEN
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.page.elements import element
from wdcli.page.raw import Raw, classifies, number, raw_rows, score
from wdcli.report.numbers import count_of, figure, loss, norm

T = TypeVar("T")
PERCENT = "\N{NO-BREAK SPACE}%"


def tiles(sweep: ShownSweep) -> Element | None:
    """The tiles of a sweep; None while nothing is chosen."""
    found = {row.lambd: (row, raw) for row, raw in raw_rows(sweep) if row.l1_ratio == sweep.l1_ratio}
    if sweep.chosen not in found:
        return None
    row, raw = found[sweep.chosen]
    bare = found.get(0.0, (None, None)) if sweep.chosen else (None, None)
    every = [*_losses(sweep, row, bare[0]), *_scores(sweep, raw, bare[1]), *_left(sweep, row)]
    return element("dl", *every, class_="tiles")


def _tile(name: str, value: str, details: Iterable[str]) -> Element:
    said = [element("dd", detail.replace(" %", PERCENT)) for detail in details if detail]
    return element("div", element("dt", name), element("dd", value, class_="value"), *said)


def _without(bare: T | None, text: Callable[[T], str]) -> str:
    """The same quantity of the row without decay, if there is one besides."""
    return "" if bare is None else f"without decay {text(bare)}"


def _losses(sweep: ShownSweep, row: ShownRow, bare: ShownRow | None) -> Iterator[Element]:
    ratio = "" if sweep.l1_ratio is None else f"with l1_ratio {sweep.l1_ratio:g}"
    yield _tile("chosen lambda", figure(row.lambd), [ratio, CHOSEN.get(sweep.rule, sweep.rule)])
    yield _tile("CV loss", loss(row.cv_loss), [f"± {loss(row.cv_se)}", _without(bare, lambda bare: loss(bare.cv_loss))])
    yield _tile("test loss", loss(row.test_loss), [_without(bare, lambda bare: loss(bare.test_loss))])


def _scores(sweep: ShownSweep, raw: Raw, bare: Raw | None) -> Iterator[Element]:
    def test_score(raw: Raw) -> str:
        return score(sweep, number(raw, "test_score"))

    def test_rmse(raw: Raw) -> str:
        return figure(number(raw, "test_rmse"))

    if classifies(sweep):
        said = [_without(bare, test_score), f"in cross-validation {score(sweep, number(raw, 'cv_score'))}"]
        yield _tile("test accuracy", test_score(raw), said)
    else:
        yield _tile("test RMSE", test_rmse(raw), [_without(bare, test_rmse), f"R2 {test_score(raw)}"])


def _left(sweep: ShownSweep, row: ShownRow) -> Iterator[Element]:
    columns = row.effective_columns
    if sweep.by_groups and row.units:
        yield _left_of("hidden units", row.effective_units, sum(sweep.hidden))
    elif sweep.makes_zeros:
        most = max(each.nonzero_weights for each in sweep.rows if not math.isnan(each.nonzero_weights))
        yield _left_of("weights", row.nonzero_weights, most)
    else:
        bare = sweep.row(0.0) if sweep.chosen else None
        yield _tile("weights, |W|2", norm(row.l2_norm), [_without(bare, lambda bare: norm(bare.l2_norm))])
    if columns < len(sweep.columns) or (sweep.by_groups and columns >= 0):
        yield _left_of("columns", columns, len(sweep.columns))


def _left_of(what: str, left: float, whole: float) -> Element:
    """What is left of so many; what a count is that is no whole number."""
    mean = "" if left == round(left) else ", mean over seeds"
    return _tile(f"{what} left", count_of(left), [f"of {count_of(whole)}{mean}"])
