"""What the output says about an interrupted sweep."""

import math

from wdcli.report.numbers import figure, loss
from wdcli.sweep.result import SweepResult, Swept
from wdcli.text import count


def partial_paragraph(result: Swept, of: int) -> str:
    """How much of an interrupted sweep is done."""
    if isinstance(result, SweepResult):
        return f"Partial: all {of:,} networks are trained; what follows the choice is missing."
    first = result.first_pass
    sampled = [f"All are of the first pass, on a sample of {first.rows:,} rows."] if first and not result.rows else []
    done = f"Partial: {result.networks:,} of {of:,} networks."
    return " ".join([done, *sampled, *_so_far(result), "Nothing is chosen."])


def _so_far(result: Swept) -> list[str]:
    """How many folds the CV losses cover, and the least CV loss of the rows with the most folds."""
    counts = [len(row.cv_losses) for row in result.rows]
    fewest, most = min(counts, default=0), max(counts, default=0)
    rows = [row for row in result.rows if len(row.cv_losses) == most and math.isfinite(row.cv_loss)]
    if not most or not rows:
        return []
    best = min(rows, key=lambda row: row.cv_loss)
    folds, which = (f"{most}", "") if fewest == most else (f"{fewest} to {most}", f" of those over {most}")
    ratio = f" with l1_ratio {best.l1_ratio:g}" if len(result.config.fits) > 1 else ""
    return [
        f"CV losses are means over {folds} of the {count(result.config.folds, 'fold')} so far; the least{which} is "
        f"{loss(best.cv_loss)}, at lambda = {figure(best.lambd)}{ratio}."
    ]
