"""Which lambda: the best by cross-validation, and the largest that is as good within one standard error."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wdcli.errors import TrainingError
from wdcli.names import Rule, Verdict
from wdcli.sweep.records import Row


@dataclass(frozen=True)
class Selection:
    """``chosen`` is lambda_1se or lambda_min, by ``rule``; ``at_edge``: lambda_min is the first or last of the grid."""

    lambda_min: float
    lambda_1se: float
    chosen: float
    rule: Rule
    at_edge: bool


def select(rows: Sequence[Row], rule: Rule) -> Selection:
    """Choose from rows in ascending order of lambda.

    lambda_min is the largest lambda whose mean CV loss attains the minimum; lambda_1se the largest with
    ``cv_loss <= cv_loss[min] + cv_se[min]`` (R glmnet, ``getOptcv.glmnet``): a larger lambda is the simpler model.
    Raises ``TrainingError`` if every lambda diverged.
    """
    # A lambda at which any network diverged, or predicted beyond all bounds, is not for choosing.
    losses = np.array(
        [row.cv_loss if row.status != "diverged" and np.isfinite(row.cv_loss) else np.nan for row in rows]
    )
    if np.isnan(losses).all():
        raise TrainingError("Networks diverged at every lambda: lower --lr, or choose smaller --lambdas.")
    best = np.nanmin(losses)
    at_best = int(np.flatnonzero(losses == best)[-1])
    within = int(np.flatnonzero(losses <= best + rows[at_best].cv_se)[-1])
    lambda_min, lambda_1se = rows[at_best].lambd, rows[within].lambd
    chosen = lambda_1se if rule == "1se" else lambda_min
    at_edge = len(rows) > 1 and at_best in (0, len(rows) - 1)
    return Selection(lambda_min, lambda_1se, chosen, rule, at_edge)


def with_verdicts(rows: Sequence[Row], selection: Selection) -> list[Row]:
    """The rows, each with its verdict.

    ``good``: within one standard error of the best; else ``overfit`` below lambda_min and ``underfit`` above it.
    """
    best = next(row for row in rows if row.lambd == selection.lambda_min)
    limit = best.cv_loss + best.cv_se

    def verdict(row: Row) -> Verdict:
        if row.status != "ok":
            return row.status
        if row.cv_loss <= limit:
            return "good"
        return "overfit" if row.lambd < selection.lambda_min else "underfit"

    return [replace(row, verdict=verdict(row)) for row in rows]
