"""Whole processes: `wdcli sweep` beside LassoNet (Lemhadri et al. 2021, JMLR 22), which also chooses columns for a network.

    python benchmarks/lasso_net.py [TABLE ...] [--penalty l1 ...] [--draws 3]
        [--group-by nodes] [--path cold] [--path-order down]

`LassoNetClassifierCV`, or `LassoNetRegressorCV`, chooses its lambda by five shuffled folds, as its documentation recommends,
and keeps its other defaults. The sweep keeps its own, but for the last three options. Both have one hidden layer of 64 units,
the same training and test rows, and the same standardised columns and target. Seconds are those of a fresh process, with
imports and loading, on the threads and processes that each takes by default. Losses are on the test rows: cross-entropy in
nats, or squared error in units of the training rows' variance; the sweep's are means over its three seeds, LassoNet's are of
its one network. All numbers are means over the draws: other splits of a fixed table, other rows of a generated one.
`pip install '.[bench]'` installs LassoNet.
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import numpy as np
from printed import print_head, print_line
from selection import KEPT_HEAD, RULES, Kept, add_sweep_options, at, match, means

from wdcli import study
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import make_fold
from wdcli.names import Bundled, Generated, GroupBy, PathName, PathOrder, PenaltyName
from wdcli.sweep.config import SweepConfig

HERE = Path(__file__).resolve().parent
TABLES = ("friedman1", "xor-sparse", "breast-cancer", "digits")
HIDDEN = (64,)
FOLDS = 5
HEAD = ("table", "columns", "model", *KEPT_HEAD, "test loss", "seconds")


def sweep(
    table: str, draw: int, penalty: PenaltyName, group_by: GroupBy, path: PathName, path_order: PathOrder
) -> dict[str, Kept]:
    """What a sweep keeps, by each rule."""
    fit = FitConfig(penalty=penalty, group_by=group_by, hidden=HIDDEN, seed=draw)
    result = study.sweep(study.load(Source(table), draw), SweepConfig(fit, path=path, path_order=path_order))
    return {f"{penalty}, {rule}": at(rule)(result) for rule in RULES}


def lassonet(table: str, draw: int) -> dict[str, Kept]:
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
    names = {fold.encoding.feature_columns[place] for place in np.flatnonzero(model.best_selected_.numpy())}
    loss = float(losses_of(model, fold, classes).mean())
    score = float(model.score(fold.held.X, labels(fold.held.Y, classes)))
    return {"LassoNet": Kept(len(fold.encoding.columns), len(names), *match(names, dataset.relevant), loss, score)}


def run(call: str) -> tuple[dict[str, Kept], float]:
    """What each model of a call keeps, and the seconds of a fresh process."""
    started = time.perf_counter()
    code = f"import lasso_net; lasso_net.tell(lasso_net.{call})"
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - started
    return {model: Kept(**found) for model, found in json.loads(done.stdout).items()}, seconds


def tell(models: Mapping[str, Kept]) -> None:
    """Print what models keep, for the process that asked."""
    print(json.dumps({model: asdict(found) for model, found in models.items()}))


def compare(table: str, call: str, draws: int) -> None:
    """Print a line for each model of a call."""
    runs = [run(call.format(table=table, draw=draw)) for draw in range(draws)]
    seconds = statistics.mean(took for _, took in runs)
    for model in runs[0][0]:
        found = [models[model] for models, _ in runs]
        loss = statistics.mean(one.test_loss for one in found)
        print_line(table, str(found[0].columns), model, *means(found), f"{loss:.4f}", f"{seconds:.1f}")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description="Columns kept by wdcli sweep and by LassoNet.")
    parser.add_argument("table", nargs="*", metavar="TABLE", help="generated or bundled tables; four by default")
    add_sweep_options(parser)
    parser.add_argument("--draws", type=int, default=3, metavar="N")
    given = parser.parse_args()
    if unknown := set(given.table) - {*get_args(Generated), *get_args(Bundled)}:
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    if importlib.util.find_spec("lassonet") is None:
        parser.error("lassonet is not installed: pip install '.[bench]'")
    how = f"{given.group_by!r}, {given.path!r}, {given.path_order!r}"
    sweeps = [f"sweep({{table!r}}, {{draw}}, {penalty!r}, {how})" for penalty in given.penalty]
    print_head(*HEAD)
    for table in given.table or TABLES:
        for call in (*sweeps, "lassonet({table!r}, {draw})"):
            compare(table, call, given.draws)


if __name__ == "__main__":
    main()
