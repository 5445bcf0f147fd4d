"""A sweep as the commands run it: with its warnings, its progress, and its notes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wdcli.cli import console, settings

if TYPE_CHECKING:
    from wdcli.data.dataset import Dataset, Split
    from wdcli.sweep.config import SweepConfig
    from wdcli.sweep.runner import SweepResult


def run(config: "SweepConfig", dataset: "Dataset", split: "Split", params: Mapping[str, Any]) -> "SweepResult":
    """Run one sweep."""
    from wdcli.executors import available_cores
    from wdcli.sweep.runner import run_sweep

    quiet, n_train = params["quiet"], len(split.train)
    if config.lambdas:
        smallest_fit = max(config.fit.fitted_rows(n_train - -(-n_train // config.folds)), 1)
        lines = settings.stability(config.fit, dataset, n_train, smallest_fit, config.lambdas)
        console.notes(lines, quiet)
    with console.progress(quiet or params["no_progress"]) as progress:
        result = run_sweep(config, dataset, split, params["jobs"] or available_cores(), progress)
    console.notes(settings.dropped(result.encoding), quiet)
    return result
