"""Whole processes: `wdcli sweep --features` beside LassoNet (Lemhadri et al. 2021, JMLR 22), which also chooses columns.

    python benchmarks/lasso_net.py [TABLE ...] [--penalty group-lasso ...] [--rule paired] [--draws 3]
        [--group-by nodes] [--path cold] [--path-order down]

`LassoNetClassifierCV`, or `LassoNetRegressorCV`, chooses its lambda by five shuffled folds, as its documentation recommends,
and keeps its other defaults. The sweep keeps its own, but for the options above. Both have one hidden layer of 64 units, the
same training and test rows, and the same standardised columns and target. Seconds are those of a fresh process, with imports
and loading: on the clock, and of the processor, user and system, with all the processes that it starts. BLAS and PyTorch run
on one thread; the sweep has a process for each core. Losses are on the test rows: cross-entropy in nats, or squared error in
units of the training rows' variance; the sweep's are means over its three seeds, LassoNet's are of its one network. LassoNet
doesn't measure how useful a column is. All numbers are means over the draws: other splits of a fixed table, other rows of a
generated one. `pip install '.[bench]'` installs LassoNet.
"""

import argparse
import importlib.util
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
from kept import HEAD, Kept, cells, swept
from printed import print_head, print_line
from selection import add_sweep_options, network
from spent import timed

from wdcli import study
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import make_fold
from wdcli.names import Bundled, Generated
from wdcli.sweep.config import SweepConfig

HERE = Path(__file__).resolve().parent
TABLES = ("friedman1", "xor-sparse", "breast-cancer", "digits")
HIDDEN = (64,)
FOLDS = 5
CHILD = "import lasso_net; lasso_net.answer()"


def sweep(table: str, draw: int, config: SweepConfig) -> Kept:
    """What a sweep keeps."""
    fit = replace(config.fit, hidden=HIDDEN, seed=draw)
    return swept(study.load(Source(table), draw), replace(config, fit=fit))[1]


def lassonet(table: str, draw: int) -> Kept:
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
    return Kept(len(fold.encoding.columns), dataset.relevant, names, None, loss, score)


MODELS: dict[str, Callable[..., Kept]] = {"sweep": sweep, "LassoNet": lassonet}


def ask(model: str, *arguments: Any) -> Kept:
    """What a model keeps, found in a fresh process."""
    given, environment = pickle.dumps((model, arguments)), {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", CHILD], cwd=HERE, env=environment, check=True, input=given, stdout=subprocess.PIPE
    )
    found: Kept = pickle.loads(done.stdout)
    return found


def answer() -> None:
    """Write what a model keeps, for the process that asked."""
    model, arguments = pickle.load(sys.stdin.buffer)
    pickle.dump(MODELS[model](*arguments), sys.stdout.buffer)


def compare(name: str, table: str, draws: int, model: str, *settings: Any) -> None:
    """Print the line of a model on a table; ``name`` stands for the model and its settings."""
    kept, spent = zip(*(timed(ask, model, table, draw, *settings) for draw in range(draws)), strict=True)
    print_line(table, str(kept[0].columns), name, *cells(kept, spent))


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description="Columns kept by wdcli sweep and by LassoNet.")
    parser.add_argument("table", nargs="*", metavar="TABLE", help="generated or bundled tables; four by default")
    add_sweep_options(parser, ("group-lasso",))
    parser.add_argument("--draws", type=int, default=3, metavar="N")
    given = parser.parse_args()
    if unknown := set(given.table) - {*get_args(Generated), *get_args(Bundled)}:
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    if importlib.util.find_spec("lassonet") is None:
        parser.error("lassonet is not installed: pip install '.[bench]'")
    print_head("table", "columns", "model", *HEAD)
    for table in given.table or TABLES:
        for penalty in given.penalty:
            compare(penalty, table, given.draws, "sweep", network(given, penalty).config)
        compare("LassoNet", table, given.draws, "LassoNet")


if __name__ == "__main__":
    main()
