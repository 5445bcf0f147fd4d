"""Whether a race whose first pass takes a sample of the rows chooses as a race on all rows does, and what it spares.

    python benchmarks/first_pass.py [--rows N ...] [--seeds N] [--penalty l2|l1] [--sample N]

Generated tables, drawn anew with every seed, are swept by both races, with a hidden layer of 16 units; networks that both
need are trained once. ``--rows`` counts all rows, three quarters of which are trained on. The first pass takes the usual
sample, or with ``--sample`` so many rows.

A network's cost is proportional to its rows; "cost" is the median cost of the race with a first pass over that of the other.
"""

import argparse
import statistics
from collections.abc import Iterator

from choices import Memory
from printed import print_head, print_line

from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds
from wdcli.fits.resources import Resources
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.result import SweepResult
from wdcli.sweep.runner import run_sweep

TABLES = ("moons", "circles", "spirals", "xor", "xor-sparse", "blobs", "friedman1", "linear-teacher")


def pairs(table: str, rows: int, options: argparse.Namespace) -> Iterator[tuple[SweepResult, SweepResult]]:
    """For each seed, the race on all rows and the one with a first pass."""
    for seed in range(options.seeds):
        fit = FitConfig(penalty=options.penalty, hidden=(16,), seed=seed)
        dataset, split = load(Source(table, rows=rows), seed)
        folds, resources = Folds(fit, dataset, split, SweepConfig.folds), Resources(jobs=1, store=Memory())
        whole = run_sweep(SweepConfig(fit, first_rows=0), folds, resources)
        yield whole, run_sweep(SweepConfig(fit, first_rows=options.sample), folds, resources)


def cost(result: SweepResult) -> float:
    """The networks, those of a sample as the share of all rows that it has."""
    first = result.first_pass
    if first is None:
        return result.networks
    return result.networks - first.networks * (1 - first.rows / len(result.folds.split.train))


def run(options: argparse.Namespace) -> None:
    """Print a line for each table and size."""
    print_head("table", "rows", "sample", "same choice", "same best", "cost", "choices that differ")
    for rows in options.rows:
        for table in TABLES:
            found = list(pairs(table, rows, options))
            choices = [(one.selection, other.selection) for one, other in found]
            same = sum(one.chosen == other.chosen for one, other in choices)
            best = sum(one.lambda_min == other.lambda_min for one, other in choices)
            first = found[0][1].first_pass
            spent = statistics.median(cost(other) / cost(one) for one, other in found)
            differ = ", ".join(f"{a.chosen:g} {b.chosen:g}" for a, b in choices if a.chosen != b.chosen)
            sample = f"{first.rows:,}" if first else "none"
            print_line(
                table, f"{rows:,}", sample, f"{same}/{len(found)}", f"{best}/{len(found)}", f"{spent:.2f}", differ
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[300_000])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--penalty", choices=("l2", "l1"), default="l2")
    parser.add_argument("--sample", type=int)
    run(parser.parse_args())
