"""Whole processes: `wdcli sweep` beside LassoNet (Lemhadri et al. 2021, JMLR 22), which also chooses columns for a network.

    python benchmarks/lasso_net.py [TABLE ...] [--penalty l1 ...] [--draws 3]

`LassoNetClassifierCV`, or `LassoNetRegressorCV`, chooses its lambda by five shuffled folds, as its documentation recommends,
and keeps its other defaults. The sweep keeps its own. Both have one hidden layer of 64 units, the same training and test rows,
and the same standardised columns and target. Seconds are those of a fresh process, with imports and loading, on the threads
and processes that each takes by default. Losses are on the test rows: cross-entropy in nats, or squared error in units of the
training rows' variance; the sweep's are means over its three seeds, LassoNet's are of its one network. All numbers are means
over the draws: other splits of a fixed table, other rows of a generated one. `pip install '.[bench]'` installs LassoNet.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

import numpy as np
from printed import print_head, print_line
from selection import RULES, used

from wdcli import study
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import make_fold
from wdcli.names import PenaltyName
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.recovery import recovery

HERE = Path(__file__).resolve().parent
TABLES = ("friedman1", "xor-sparse", "breast-cancer", "digits")
HIDDEN = (64,)
FOLDS = 5
HEAD = ("table", "columns", "model", "in use", "precision", "recall", "test loss", "test score", "seconds")


@dataclass(frozen=True)
class Outcome:
    """The columns that a model keeps, precision and recall (nan if unknown), and its loss and score on the test rows.

    ``columns`` are all that the model could have kept.
    """

    model: str
    columns: int
    in_use: int
    precision: float
    recall: float
    test_loss: float
    test_score: float


def sweep(table: str, draw: int, penalty: PenaltyName) -> list[Outcome]:
    """What a sweep keeps, by each rule."""
    config = SweepConfig(FitConfig(penalty=penalty, hidden=HIDDEN, seed=draw))
    result = study.sweep(study.load(Source(table), draw), config)
    rows = {row.lambd: row for row in result.curve}
    chosen = [(rule, rows[getattr(result.selection, f"lambda_{rule}")]) for rule in RULES]
    relevant, columns = result.folds.dataset.relevant, len(result.encoding.columns)
    return [
        outcome(f"{penalty}, {rule}", columns, used(result, row), relevant, row.test_loss, row.test_score)
        for rule, row in chosen
    ]


def lassonet(table: str, draw: int) -> list[Outcome]:
    """What LassoNet keeps, at the lambda of its best cross-validated score."""
    from lassonet import LassoNetClassifierCV, LassoNetRegressorCV
    from sklearn.model_selection import KFold, StratifiedKFold
    from untuned import labels, losses_of

    dataset, split = study.load(Source(table), draw)
    fold, classes = make_fold(FitConfig(), dataset, 0, split.train, split.test), dataset.task == "classification"
    make, folds = (LassoNetClassifierCV, StratifiedKFold) if classes else (LassoNetRegressorCV, KFold)
    model = make(
        hidden_dims=HIDDEN, cv=folds(FOLDS, shuffle=True, random_state=draw), random_state=draw, torch_seed=draw, verbose=0
    )  # fmt: skip
    model.fit(fold.train.X, labels(fold.train.Y, classes))
    kept = np.flatnonzero(model.best_selected_.numpy())
    names = [fold.encoding.feature_columns[place] for place in kept]
    loss = float(losses_of(model, fold, classes).mean())
    score = float(model.score(fold.held.X, labels(fold.held.Y, classes)))
    return [outcome("LassoNet", len(fold.encoding.columns), names, dataset.relevant, loss, score)]


def outcome(
    model: str, columns: int, names: Sequence[str], relevant: Sequence[str] | None, loss: float, score: float
) -> Outcome:
    """What a model keeps, compared with the columns that matter, if these are known."""
    found = (math.nan, math.nan) if relevant is None else recovery(names, relevant)
    return Outcome(model, columns, len({*names}), *found, loss, score)


def run(call: str) -> tuple[list[Outcome], float]:
    """The outcomes of a call in a fresh process, and the seconds of the whole process."""
    started = time.perf_counter()
    code = f"import lasso_net; lasso_net.tell(lasso_net.{call})"
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - started
    return [Outcome(**each) for each in json.loads(done.stdout)], seconds


def tell(outcomes: Sequence[Outcome]) -> None:
    """Print outcomes for the process that asked for them."""
    print(json.dumps([asdict(one) for one in outcomes]))


def compare(table: str, call: str, draws: int) -> None:
    """Print a line for each model of a call, means over the draws."""
    runs = [run(call.format(table=table, draw=draw)) for draw in range(draws)]
    seconds = statistics.mean(took for _, took in runs)
    for each in zip(*(outcomes for outcomes, _ in runs), strict=True):
        print_line(table, str(each[0].columns), each[0].model, *means(each), f"{seconds:.1f}")


def means(outcomes: Sequence[Outcome]) -> list[str]:
    """The cells of one line; a share is missing where it isn't known."""
    shares = ([one.precision for one in outcomes], [one.recall for one in outcomes])
    known = ([share for share in each if not math.isnan(share)] for each in shares)
    return [
        f"{statistics.mean(one.in_use for one in outcomes):.1f}",
        *(f"{statistics.mean(each):.2f}" if each else "" for each in known),
        f"{statistics.mean(one.test_loss for one in outcomes):.4f}",
        f"{statistics.mean(one.test_score for one in outcomes):.3f}",
    ]


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description="Columns kept by wdcli sweep and by LassoNet.")
    parser.add_argument("table", nargs="*", metavar="TABLE", help="generated or bundled tables; four by default")
    parser.add_argument("--penalty", nargs="+", default=["l1"], choices=get_args(PenaltyName))
    parser.add_argument("--draws", type=int, default=3, metavar="N")
    given = parser.parse_args()
    sweeps = [f"sweep({{table!r}}, {{draw}}, {penalty!r})" for penalty in given.penalty]
    print_head(*HEAD)
    for table in given.table or TABLES:
        for call in (*sweeps, "lassonet({table!r}, {draw})"):
            compare(table, call, given.draws)


if __name__ == "__main__":
    main()
