"""What every picture over lambda shares: its axis, zones, marks, and the words on them."""

import itertools
import math
from collections.abc import Iterable, Sequence

from wdcli.figures.axes import between, lambda_axis
from wdcli.figures.model import Axis, Glyph, Line, Mark, Point, Stroke, Zone
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.report.numbers import figure, loss
from wdcli.text import capitalised

CHOSEN = {
    "paired": "the largest that, fold by fold, does as well as the best",
    "1se": "the largest within one standard error of the best",
    "min": "the one with the least CV loss",
}
"""What the chosen lambda is, by the rule."""


def axis_of(sweep: ShownSweep) -> Axis:
    """The axis of lambda for all rows of the sweep, of every l1_ratio."""
    return lambda_axis(row.lambd for row in sweep.rows)


def lacking(sweep: ShownSweep) -> str:
    """Why no picture over lambda can be drawn, or nothing."""
    lambdas = {row.lambd for row in sweep.rows}
    if len(lambdas) == 1:
        return f"Only one lambda, {figure(lambdas.pop())}, was swept: there is nothing to draw over lambda."
    if not lambdas:
        return "No lambda was trained."
    if all(row.status == "diverged" for row in sweep.rows):
        return "Networks diverged at every lambda."
    return ""


def absent(sweep: ShownSweep, what: str) -> str:
    """Why the rows have none of these."""
    if not sweep.columns:
        return f"This run was stored by an older version, without {what}: give its command again to add them."
    if sweep.partial and not any(row.status == "diverged" for row in sweep.curve):
        return f"The run was interrupted before a network was trained on all training rows: there are no {what} yet."
    return f"Networks diverged at every lambda: there are no {what}."


def zones(rows: Sequence[ShownRow], axis: Axis) -> tuple[Zone, ...]:
    """Stretches of the axis whose rows have the same verdict; none if the rows have no verdicts."""
    stretches = between([axis.place(row.lambd) for row in rows])
    found = []
    for name, run in itertools.groupby(zip(rows, stretches, strict=True), lambda pair: pair[0].verdict):
        each = [stretch for _, stretch in run]
        found += [Zone(each[0][0], each[-1][1], name)] if name else []
    return tuple(found)


def marks(sweep: ShownSweep, l1_ratio: float | None) -> tuple[Mark, ...]:
    """The least CV loss and the chosen lambda, one mark if they are the same; none on another l1_ratio's picture."""
    if l1_ratio != sweep.l1_ratio or not sweep.has_chosen:
        return ()
    return merged((Mark(sweep.lambda_min, "min", strong=False), Mark(sweep.chosen, sweep.rule, strong=True)))


def merged(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The marks, those at the same place as one, which has all their names and is strong if any of them is."""
    places: dict[float, list[Mark]] = {}
    for mark in marks:
        places.setdefault(mark.x, []).append(mark)
    return tuple(
        Mark(x, ", ".join(dict.fromkeys(mark.label for mark in each)), any(mark.strong for mark in each))
        for x, each in places.items()
    )


def line_of(name: str, hue: int, glyph: Glyph, stroke: Stroke, points: Sequence[tuple[float, float]]) -> Line:
    """A line through these points, without error bars."""
    return Line(name, hue, glyph, stroke, tuple(Point(x, y) for x, y in points))


def lost(rows: Sequence[ShownRow]) -> tuple[float, ...]:
    """The lambdas whose networks diverged."""
    return tuple(row.lambd for row in rows if row.status == "diverged")


def by_range(rows: Sequence[ShownRow]) -> str:
    """``Overfit from 0 to 0.0763; good from 0.171 to 0.864; underfit from 1.94 on.``"""
    found = []
    for name, run in itertools.groupby(rows, lambda row: row.verdict):
        each = list(run)
        if name:
            first, last = figure(each[0].lambd), figure(each[-1].lambd)
            found.append(f"{name} at {first}" if first == last else f"{name} from {first} to {last}")
    return f"{capitalised('; '.join(found))}." if found else ""


def losses_at(rows: Sequence[ShownRow]) -> str:
    """``CV loss is 0.7025 at lambda 0, 0.2569 at 0.385 (the least) and 0.6932 at 100.``"""
    known = [row for row in rows if not math.isnan(row.cv_loss)]
    if not known:
        return ""
    least = min(known, key=lambda row: row.cv_loss)
    first, last = known[0], known[-1]
    said = {first.lambd: f"{loss(first.cv_loss)} at lambda {figure(first.lambd)}"}
    said[least.lambd] = f"{loss(least.cv_loss)} at {figure(least.lambd)}, the least"
    said[last.lambd] = said.get(last.lambd, f"{loss(last.cv_loss)} at {figure(last.lambd)}")
    return f"CV loss is {'; '.join(said.values())}."
