"""Other ways to train the networks of a sweep, which `speed.py` times: the task, and scikit-learn and plain NumPy at it.

All take the same rows, folds, batch sizes, epochs and penalties, in float32: cross-entropy (binary for two classes) plus
`(s2 / 2) sum w^2` over the weights and not the biases, Adam, Glorot-uniform initial weights, rows shuffled every epoch and the
short last batch kept. All but scikit-learn draw what the sweep draws, so they train its very networks, but for rounding and for
features that are standardised by all training rows. Each peer returns its seconds and the accuracies on the held-out rows.
Each library is imported where it is used: workers import this module too.
"""

import functools
import itertools
import math
import multiprocessing
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wdcli.data.dice import Purpose, dice

Array = npt.NDArray[Any]

RATE, BETA1, BETA2, EPSILON = 0.001, 0.9, 0.999, 1e-8
PROCESSES = 2


@dataclass(frozen=True)
class Job:
    """What all are to train: a network for every penalty and fold.

    ``folds`` are (training rows, held-out rows) of X (rows, d) and y (rows,), which holds class numbers. ``sample`` is how
    many networks a slow peer trains for its time to be multiplied, or None for all.
    """

    X: Array
    y: Array
    folds: tuple[tuple[Array, Array], ...]
    strengths: tuple[float, ...]
    hidden: tuple[int, ...]
    batch: int
    epochs: int
    sample: int | None = None

    @property
    def outputs(self) -> int:
        """One for two classes, else one a class."""
        classes = int(self.y.max()) + 1
        return classes if classes > 2 else 1

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """(fan_in, fan_out) of every layer."""
        return list(itertools.pairwise((self.X.shape[1], *self.hidden, self.outputs)))

    @property
    def networks(self) -> int:
        """How many there are to train."""
        return len(self.strengths) * len(self.folds)

    def onehot(self) -> Array:
        """The target (rows, outputs): one-hot, or 0 and 1."""
        return np.eye(self.outputs, dtype="f4")[self.y] if self.outputs > 1 else self.y[:, None].astype("f4")

    def start(self, fold: int) -> list[tuple[Array, Array]]:
        """Initial weights and biases of every layer: those that the sweep draws."""
        rng = dice(0, Purpose.WEIGHTS, fold + 1)
        limits = [np.sqrt(6 / sum(shape)) for shape in self.shapes]
        weights = [rng.uniform(-a, a, s).astype("f4") for a, s in zip(limits, self.shapes, strict=True)]
        return [(w, np.zeros((1, w.shape[1]), "f4")) for w in weights]

    def batches(self, fold: int) -> Iterator[Array]:
        """Which rows each step takes: those that the sweep draws."""
        rng, train = dice(0, Purpose.BATCHES, fold + 1), self.folds[fold][0]
        for _ in range(self.epochs):
            order = train[rng.permutation(len(train))]
            yield from (order[i : i + self.batch] for i in range(0, len(order), self.batch))

    def accuracy(self, z: Array, rows: Array) -> Array:
        """The share of rows whose class the outputs z (..., rows, outputs) get right."""
        found = z.argmax(axis=-1) if self.outputs > 1 else z[..., 0] > 0
        return np.asarray((found == self.y[rows]).mean(axis=-1))


@dataclass(frozen=True)
class Outcome:
    """Seconds, accuracies of what was trained, and what is to be known of it."""

    seconds: float
    accuracy: float
    remark: str = ""


Peer = Callable[[Job], Outcome]


def grid_search(job: Job) -> Outcome:
    """scikit-learn's search over alpha, which is s2 times the batch size, on two processes that are already there."""
    _search(job, job.strengths[:2], 1)
    started = time.perf_counter()
    found = _search(job, job.strengths, job.epochs)
    return Outcome(time.perf_counter() - started, float(found.cv_results_["mean_test_score"].mean()))


def _search(job: Job, strengths: Sequence[float], epochs: int) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import GridSearchCV

    grid = {"alpha": [job.batch * s for s in strengths]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        search = GridSearchCV(_mlp(job, epochs), grid, cv=job.folds, n_jobs=PROCESSES, refit=False)
        return search.fit(job.X, job.y)


def _mlp(job: Job, epochs: int) -> Any:
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(
        job.hidden, solver="adam", learning_rate_init=RATE, batch_size=job.batch, max_iter=epochs, tol=0,
        n_iter_no_change=epochs + 1, random_state=0,
    )  # fmt: skip


def single_fit(job: Job) -> Outcome:
    """One of scikit-learn's networks, on the first fold, with as many threads as BLAS takes."""
    from sklearn.exceptions import ConvergenceWarning

    train, held = job.folds[0]
    model = _mlp(job, job.epochs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        started = time.perf_counter()
        model.fit(job.X[train], job.y[train])
        seconds = time.perf_counter() - started
    return Outcome(seconds, float(model.score(job.X[held], job.y[held])), "1 network")


def products_alone(job: Job) -> Outcome:
    """The matrix products of all steps and nothing else, in their own shapes: what no engine made of them can go below.

    Those of one step are timed, on one thread and for as many networks as lie in the caches, and counted for two processes.
    """
    from wdcli.fits.executors import one_blas_thread

    train = job.folds[0][0]
    steps = job.epochs * -(-len(train) // job.batch) * job.networks
    lanes = max(1, min(32, (4 << 20) // (8 * sum(a * b for a, b in job.shapes))))
    values = [np.ones((lanes, min(job.batch, len(train)), n), "f4") for n in (job.X.shape[1], *job.hidden, job.outputs)]
    weights = [np.full((lanes, *shape), 1e-3, "f4") for shape in job.shapes]
    outs = [np.zeros_like(array) for array in values], [np.zeros_like(array) for array in weights]
    with one_blas_thread():
        best = min(_seconds_of_products(values, weights, *outs) for _ in range(50))
    flops = 2 * steps * values[0].shape[1] * (3 * sum(a * b for a, b in job.shapes) - math.prod(job.shapes[0]))
    seconds = best / lanes * steps / PROCESSES
    return Outcome(seconds, math.nan, f"{flops / PROCESSES / seconds / 1e9:.0f} GFLOP/s a core")


def _seconds_of_products(
    values: list[Array], weights: list[Array], deltas: list[Array], gradients: list[Array]
) -> float:
    """Of one step: forward, the weights' gradients, and the gradients that go back."""
    started = time.perf_counter()
    for i, w in enumerate(weights):
        np.matmul(values[i], w, out=values[i + 1])
    for i in reversed(range(len(weights))):
        np.matmul(values[i].swapaxes(-1, -2), deltas[i + 1], out=gradients[i])
        if i:
            np.matmul(deltas[i + 1], weights[i].swapaxes(-1, -2), out=deltas[i])
    return time.perf_counter() - started


def one_by_one(fit: Callable[[Job, int, float], float], prepare: Callable[[], object], job: Job) -> Outcome:
    """Networks one at a time on two processes that are already there, each with one thread."""
    pairs = list(itertools.product(range(len(job.folds)), job.strengths))
    some = pairs[:: len(pairs) // job.sample][: job.sample] if job.sample else pairs
    with multiprocessing.get_context("spawn").Pool(PROCESSES, prepare) as pool:
        pool.map(time.sleep, [1.0] * PROCESSES, chunksize=1)
        started = time.perf_counter()
        found = pool.starmap(functools.partial(fit, job), some, chunksize=max(1, len(some) // (8 * PROCESSES)))
        seconds = time.perf_counter() - started
    remark = "" if len(some) == len(pairs) else f"{len(some)} networks measured, times {len(pairs) / len(some):g}"
    return Outcome(seconds * len(pairs) / len(some), float(np.mean(found)), remark)


def one_thread() -> None:
    """In a worker: BLAS with one thread."""
    from wdcli.fits.executors.blas import limit_blas

    limit_blas()


def numpy_fit(job: Job, fold: int, strength: float) -> float:
    """A network in plain NumPy."""
    layers, Y = job.start(fold), job.onehot()
    values = [array for layer in layers for array in layer]
    m, v = ([np.zeros_like(array) for array in values] for _ in range(2))
    for step, rows in enumerate(job.batches(fold), 1):
        gradient = _numpy_gradient(layers, job.X[rows], Y[rows], strength)
        for i, (array, g) in enumerate(zip(values, gradient, strict=True)):
            m[i] = BETA1 * m[i] + (1 - BETA1) * g
            v[i] = BETA2 * v[i] + (1 - BETA2) * g * g
            step_size = (m[i] / (1 - BETA1**step)) / (np.sqrt(v[i] / (1 - BETA2**step)) + EPSILON)
            np.subtract(array, RATE * step_size, out=array)
    held = job.folds[fold][1]
    return float(job.accuracy(_numpy_forward(layers, job.X[held])[-1], held))


def _numpy_forward(layers: list[tuple[Array, Array]], X: Array) -> list[Array]:
    """The input and what every layer makes of it."""
    found = [X]
    for i, (w, b) in enumerate(layers, 1):
        z = found[-1] @ w + b
        found.append(np.maximum(z, 0) if i < len(layers) else z)
    return found


def _numpy_gradient(layers: list[tuple[Array, Array]], X: Array, Y: Array, strength: float) -> list[Array]:
    """Of each layer's weights and biases."""
    *inputs, z = _numpy_forward(layers, X)
    if z.shape[1] > 1:
        e = np.exp(z - z.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
    else:
        p = (1 + np.tanh(z / 2)) / 2
    delta, found = (p - Y) / len(X), list[Array]()
    for (w, _), a in zip(reversed(layers), reversed(inputs), strict=True):
        found = [a.T @ delta + strength * w, delta.sum(axis=0, keepdims=True), *found]
        delta = (delta @ w.T) * (a > 0)
    return found
