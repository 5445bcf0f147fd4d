"""The main entry point without a command line: typed settings in; a result with its notes and warnings out.

    >>> from wdcli import study
    >>> from wdcli.data.source import Source
    >>> from wdcli.fits.config import FitConfig
    >>> from wdcli.sweep.config import SweepConfig
    >>> data = study.load(Source("moons", rows=60))       # or study.arrays(X, y)
    >>> result = study.sweep(data, SweepConfig(FitConfig(penalty="l1", epochs=20), lambdas=(0, 1, 1000)))
    >>> result.selection.chosen < 1000
    True
    >>> result.notes
    ()
    >>> result.to_frame()["verdict"].to_list()[-1]        # a row for each lambda, as a data frame
    'collapsed'

In a notebook, a result as the last line of a cell shows its figure, its tables and what they say.

Notes are plain lines; warnings begin with "Warning:". If ``say`` is given, it receives each note as it arises, mostly
before the work that the note is about. Every function raises the errors of ``wdcli.errors``.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from wdcli import notes as notes_on
from wdcli.data import loading
from wdcli.data.dataset import Dataset, Split
from wdcli.data.dice import Purpose, dice
from wdcli.data.matrix import from_arrays
from wdcli.data.reading import Onlooker, unseen
from wdcli.data.source import Source
from wdcli.data.splits import check_varies, part_rows, units
from wdcli.errors import ConfigError, Terminated, TrainingError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import Folds, make_fold
from wdcli.fits.resources import Resources
from wdcli.fits.room import check_room
from wdcli.fits.single import extent_of_train, run_train
from wdcli.models import Model
from wdcli.nn.trace import MOST
from wdcli.results import DisplayedComparison, DisplayedFit, DisplayedSweep
from wdcli.sweep import comparison
from wdcli.sweep.chosen import fit_chosen
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.features import Features, check_makes_zeros, find_features
from wdcli.sweep.importance import run_importance
from wdcli.sweep.refit import Refit, run_refit
from wdcli.sweep.result import BrokenOffError, SweepResult
from wdcli.sweep.runner import run_sweep

Say = Callable[[Sequence[str]], None]


class Data(NamedTuple):
    """A table, and which of its rows are trained on."""

    dataset: Dataset
    split: Split


def _unheard(lines: Sequence[str]) -> None:
    """Ignore the lines."""


@dataclass
class _Notes:
    """The notes on a result, passed to ``say`` as they arise, and collected."""

    say: Say
    said: list[str] = field(default_factory=list)

    def add(self, lines: Sequence[str]) -> None:
        self.said += lines
        self.say(lines)


def load(
    source: Source, seed: int = 0, memory: int | None = None, say: Say = _unheard, watch: Onlooker = unseen
) -> Data:
    """Load a generated table, a bundled one or a file, split into training rows and test rows.

    ``memory`` is in bytes; ``watch`` sees how far a file is read. Raises ``ConfigError`` where options don't
    fit the source, ``DataError`` for a bad table.

    >>> study.load(Source("iris")).dataset.class_names
    ('setosa', 'versicolor', 'virginica')
    """
    data = Data(*loading.load(source, seed, memory, watch))
    say(data.dataset.notes)
    return data


def arrays(X: npt.ArrayLike, y: npt.ArrayLike, test_size: float = 0.25, seed: int = 0, **options: Any) -> Data:
    """Use your own arrays, X (rows, columns) and y (rows,) or (rows, targets), split in the same way.

    The options are those of ``wdcli.data.matrix.from_arrays``: names, task, groups, weights. Raises ``DataError``.

    >>> data = study.arrays([[float(i), i % 3] for i in range(40)], [2.0 * i for i in range(40)], weights=[1, 2] * 20)
    >>> len(data.split.train), data.dataset.task
    (30, 'regression')
    """
    dataset = from_arrays(X, y, **options)
    split = part_rows(dice(seed, Purpose.TEST_ROWS), dataset, np.arange(dataset.rows), test_size)
    check_varies(dataset, split.train)
    return Data(dataset, split)


def train(
    data: Data,
    config: FitConfig,
    lambd: float,
    seeds: int = 1,
    resources: Resources | None = None,
    say: Say = _unheard,
    points: int = MOST,
) -> DisplayedFit:
    """Fit one network at lambda; with several ``seeds`` also the others, and half a decade up and down.

    The objective is the mean loss plus, unless ``config.convention`` says otherwise, lambda/(2n) sum w^2 for L2 or
    lambda/(2n) sum |w| for L1, where n is the sum of the training rows' weights (1 each if none are given). The network's
    history keeps the losses at ``points`` epochs, besides the first and the last.

    >>> fit = study.train(data, config.fit, lambd=0.1)
    >>> fit.record.status, fit.params.weights[0].shape        # (lanes, fan_in, fan_out)
    ('ok', (1, 2, 8))
    """
    notes, (dataset, split) = _Notes(say), data
    resources = resources or Resources()
    check_room(config, dataset, len(split.train), len(split.test), extent_of_train(config, seeds), resources.memory)
    fold = make_fold(config, dataset, 0, split.train, split.test)
    notes.add(notes_on.columns(*data, fold.encoding))
    notes.add(notes_on.stability(config, dataset, fold, config.fitted_rows(len(split.train)), [lambd]))
    result = run_train(config, dataset, fold, lambd, seeds, resources, points)
    return DisplayedFit.of(result, config=config, dataset=dataset, split=split, notes=tuple(notes.said))


def sweep(
    data: Data,
    config: SweepConfig,
    resources: Resources | None = None,
    say: Say = _unheard,
    parts: Sequence[Split] = (),
) -> DisplayedSweep:
    """Fit lambdas in every fold, and choose. Raises ``BrokenOffError`` when interrupted.

    The folds are drawn, ``config.folds`` of them, unless their ``parts`` are given as positions in the training rows.

    >>> result = study.sweep(data, config)
    >>> [row.lambd for row in result.rows], result.selection.rule
    ([0, 0.1, 1], 'paired')
    """
    if parts:
        config = replace(config, folds=len(parts))
    notes, folds = _Notes(say), Folds(config.fit, *data, config.folds, tuple(parts))
    resources = resources or Resources()
    _check_room(config, data, resources)
    notes.add([*notes_on.columns(*data, folds.whole.encoding), *notes_on.rare(folds)])
    return _swept(folds, config, resources, notes)


def compare(
    data: Data,
    penalties: Sequence[tuple[str, SweepConfig]],
    resources: Resources | None = None,
    say: Say = _unheard,
) -> DisplayedComparison:
    """Run a sweep for each named configuration, on the same splits, and compare them in pairs.

    Equal configurations are swept once. Raises ``BrokenOffError`` when interrupted.

    >>> l2 = replace(config, fit=replace(config.fit, penalty="l2"))
    >>> [(pair.a, pair.b) for pair in study.compare(data, [("l1", config), ("l2", l2)]).comparisons]
    [('l1', 'l2')]
    """
    notes, resources, first = _Notes(say), resources or Resources(), penalties[0][1]
    if len({replace(config.fit, penalty="none", decay="auto", l1_ratio=0.5) for _, config in penalties}) > 1:
        raise ConfigError("A comparison needs configurations that differ in their penalties alone.")
    if not len(data.split.test):
        raise ConfigError("A comparison needs test rows, and the data have none: hold some out.")
    _check_room(first, data, resources)
    folds = Folds(first.fit, *data, first.folds)
    notes.add([*notes_on.columns(*data, folds.whole.encoding), *notes_on.rare(folds)])
    sweeps: dict[SweepConfig, DisplayedSweep] = {}
    for name, config in penalties:
        try:
            sweeps[config] = sweeps.get(config) or _swept(folds, config, resources, notes)
        except TrainingError as error:
            raise TrainingError(f"{name}: {error}") from None
        except BrokenOffError as error:
            error.done = tuple(sweeps.values())
            raise
    with _after(*sweeps.values()):
        losses = {config: fit_chosen(result, resources.left).test_losses() for config, result in sweeps.items()}
    names, configs = zip(*penalties, strict=True)
    rng, together = dice(first.fit.seed, Purpose.COMPARISONS), units(data.dataset, data.split.test)
    held = folds.whole.held.weights
    found = comparison.compare(
        names, [sweeps[c] for c in configs], [losses[c] for c in configs], together, rng,
        None if held is None else held[:, 0],
    )  # fmt: skip
    return DisplayedComparison.of(found, notes=tuple(notes.said))


def refit(result: SweepResult, resources: Resources | None = None) -> Refit:
    """Train the chosen networks further without the penalty, keeping zeros (the relaxed lasso, Meinshausen 2007).

    Raises ``BrokenOffError`` if interrupted.

    >>> study.refit(result).row.sparsity == result.chosen_row.sparsity
    True
    """
    with _after(result):
        return run_refit(result, (resources or Resources()).left)


def features(result: SweepResult, resources: Resources | None = None) -> Features:
    """Say which of the table's columns matter: how long each stays in use, in how many fits, and how useful it is.

    To measure their importance, the chosen networks of every fold are trained again. Raises ``ConfigError`` for a penalty
    that makes no exact zeros, ``BrokenOffError`` if interrupted.

    >>> found = study.features(result)
    >>> sorted(one.column for one in found.columns), found.fits
    (['x1', 'x2'], 2)
    """
    check_makes_zeros(result.fit)
    with _after(result):
        return find_features(result, run_importance(result, (resources or Resources()).left))


def model(result: SweepResult, refitted: Refit | None = None, resources: Resources | None = None) -> Model:
    """The first seed's network at the chosen lambda, relaxed if it was refitted (unless that diverged).

    >>> study.model(result).probabilities(data.dataset.columns).shape        # (rows, classes)
    (60, 2)
    """
    folds, lambd = result.folds, result.selection.chosen
    if refitted is not None and refitted.row.status != "diverged":
        return Model.of(result.fit, folds.dataset, folds.whole, lambd, refitted.params, refitted=True)
    chosen = fit_chosen(result, (resources or Resources()).left)
    return Model.of(result.fit, folds.dataset, folds.whole, lambd, chosen.params, chosen.epochs)


def _check_room(config: SweepConfig, data: Data, resources: Resources) -> None:
    """Raise ``ConfigError`` if a sweep can't be held within the memory."""
    dataset, split = data
    n_train, n_test = len(split.train), len(split.test)
    check_room(config.fit, dataset, n_train, n_test, config.extent(n_train), resources.memory)


def _swept(folds: Folds, config: SweepConfig, resources: Resources, notes: _Notes) -> DisplayedSweep:
    """One sweep with its own notes."""
    notes.add(notes_on.dead_ends(config))
    notes.add(notes_on.first_pass(config, len(folds.split.train)))
    if config.lambdas:
        notes.add(notes_on.stability(config.fit, folds.dataset, folds.whole, folds.smallest_fit, config.lambdas))
    result = run_sweep(config, folds, resources)
    notes.add(notes_on.edge(result))
    return DisplayedSweep.of(result, notes=tuple(notes.said))


@contextlib.contextmanager
def _after(*sweeps: SweepResult) -> Iterator[None]:
    """Do work that follows complete sweeps. If interrupted, raise ``BrokenOffError``, which holds the sweeps."""
    try:
        yield
    except (KeyboardInterrupt, Terminated) as cause:
        raise BrokenOffError(sweeps, None, cause) from None
