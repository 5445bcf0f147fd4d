"""Sweeps as the commands run them: with their warnings, their progress, their notes, and what comes after the choice."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wdcli.cli import console, settings
from wdcli.cli.progress import shown_progress
from wdcli.errors import Terminated, TrainingError

if TYPE_CHECKING:
    from wdcli.cli.progress import Watch
    from wdcli.cli.recording import Recording
    from wdcli.data.dataset import Dataset, Split
    from wdcli.fits.config import FitConfig
    from wdcli.fits.pool import Resources
    from wdcli.fits.store import Lanes
    from wdcli.sweep.comparison import CompareResult
    from wdcli.sweep.config import SweepConfig
    from wdcli.sweep.refit import Refit
    from wdcli.sweep.runner import SweepResult


def resources(params: Mapping[str, Any], watch: "Watch | None" = None, lanes: "Lanes | None" = None) -> "Resources":
    """What the options say that the work may use, and what they leave open by its defaults."""
    from wdcli.fits.pool import Resources

    given = {
        "jobs": params["jobs"], "memory": params["memory"], "lanes": lanes, "watch": watch,
        "tell": lambda line: console.notes([line], params["quiet"]),
    }  # fmt: skip
    return Resources(**{name: value for name, value in given.items() if value is not None})


def fold_notes(config: "SweepConfig", dataset: "Dataset", split: "Split") -> list[str]:
    """What cross-validation can't say of classes with few rows."""
    from wdcli.data import rare_classes
    from wdcli.fits.folds import cv_parts

    return rare_classes.fold_notes(dataset, split.train, cv_parts(config.fit, dataset, split, config.folds))


def column_notes(config: "FitConfig", dataset: "Dataset", split: "Split") -> list[str]:
    """What becomes of the columns, by the training rows; of generated ones only those that are left out."""
    from wdcli.data import made
    from wdcli.data.encoding import Encoding
    from wdcli.data.generators import GENERATORS

    encoding = Encoding.fit(dataset.columns, split.train, config.scale_features, config.max_categories)
    if config.source.data in GENERATORS:
        return made.left_out(encoding)
    return made.notes(encoding, dataset.columns, split.train)


def run(
    config: "SweepConfig", dataset: "Dataset", split: "Split", params: Mapping[str, Any], record: "Recording"
) -> "SweepResult":
    """Run one sweep; its lanes are looked up and kept in ``record``, and so is what is said."""
    from wdcli.fits.folds import cv_parts
    from wdcli.sweep.runner import UnfinishedError, run_sweep

    say, n_train = record.notes.say, len(split.train)
    say(settings.dead_ends(config))
    if config.lambdas:
        folds = cv_parts(config.fit, dataset, split, config.folds)
        smallest_fit = max(config.fit.fitted_rows(min(len(part.train) for part in folds)), 1)
        say(settings.stability(config.fit, dataset, n_train, smallest_fit, config.lambdas))
    earlier = record.earlier(config.fit)
    try:
        with shown_progress(params["quiet"] or params["no_progress"]) as watch:
            result = run_sweep(config, dataset, split, resources(params, watch, record.lanes))
    except UnfinishedError as error:
        error.result = replace(error.result, earlier=earlier)
        raise
    say(settings.edge(result))
    return replace(result, earlier=earlier)


def compare(
    names: Sequence[str],
    configs: "Sequence[SweepConfig]",
    dataset: "Dataset",
    split: "Split",
    params: Mapping[str, Any],
    record: "Recording",
) -> "CompareResult":
    """Run a sweep for each configuration (once for those that are the same), and compare them."""
    from wdcli.data.dice import Purpose, dice
    from wdcli.data.splits import units
    from wdcli.sweep import comparison
    from wdcli.sweep.chosen import fit_chosen
    from wdcli.sweep.runner import UnfinishedError

    sweeps: dict[SweepConfig, SweepResult] = {}
    for name, config in zip(names, configs, strict=True):
        try:
            sweeps[config] = sweeps.get(config) or run(config, dataset, split, params, record)
        except TrainingError as error:
            raise TrainingError(f"{name}: {error}") from None
        except UnfinishedError as error:
            error.before = list(sweeps.values())
            raise
    memory = resources(params).memory
    with _after(list(sweeps.values())):
        losses = {config: fit_chosen(sweep, dataset, split, memory).test_losses() for config, sweep in sweeps.items()}
    rng, together = dice(configs[0].fit.seed, Purpose.COMPARISONS), units(dataset, split.test)
    return comparison.compare(names, [sweeps[c] for c in configs], [losses[c] for c in configs], together, rng)


def refit(result: "SweepResult", dataset: "Dataset", split: "Split", params: Mapping[str, Any]) -> "Refit":
    """Relax the chosen networks."""
    from wdcli.sweep.refit import run_refit

    with _after([result]):
        return run_refit(result, dataset, split, resources(params).memory)


@contextlib.contextmanager
def _after(sweeps: "Sequence[SweepResult]") -> Iterator[None]:
    """Work that follows complete sweeps. Raises ``UnfinishedError``, which holds them, when interrupted."""
    from wdcli.sweep.runner import UnfinishedError

    try:
        yield
    except (KeyboardInterrupt, Terminated) as cause:
        *before, last = sweeps
        unfinished = UnfinishedError(last, last.networks, cause)
        unfinished.before = before
        raise unfinished from None


def save(
    result: "SweepResult", refitted: "Refit | None", dataset: "Dataset", split: "Split", params: Mapping[str, Any]
) -> None:
    """Write the first seed's network at the chosen lambda, relaxed if it was refitted, shrunken if that was asked for.

    Where the relaxed networks diverged, it is the penalised one.
    """
    from wdcli.models import Model, save_model
    from wdcli.sweep.chosen import fit_chosen

    n_train, lambd = len(split.train), result.selection.chosen
    if refitted is not None and refitted.row.status != "diverged":
        fitted, epochs = refitted.params, None
    else:
        chosen = fit_chosen(result, dataset, split, resources(params).memory)
        fitted, epochs = chosen.params, chosen.epochs
    model = Model.of(
        result.fit,
        dataset,
        n_train,
        lambd,
        fitted,
        result.encoding,
        result.target_scale,
        epochs,
        refitted=epochs is None,
    )
    save_model(model.shrunk() if params["shrink"] else model, params["save"], params["force"])
