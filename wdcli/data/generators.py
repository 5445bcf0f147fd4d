"""Generated data with a known cause and noise of a known size, each a few lines of NumPy, reproducible from the generator.

What ``noise`` means depends on the generator: the standard deviation of what is added to the points (moons, circles,
spirals), of a blob (blobs), or of what is added to the target (sine, friedman1, linear-teacher), or the share of labels
that are flipped (xor, xor-sparse). The shapes are those of scikit-learn's ``make_moons``, ``make_circles``, ``make_blobs`` and
``make_friedman1``.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Truth, numeric_columns
from wdcli.errors import ConfigError
from wdcli.names import Task


@dataclass(frozen=True)
class Generator:
    """``draw(rng, rows, noise)`` returns X (rows, d) and y (rows,): integers from 0 for classes, else numbers.

    ``relevant`` are the features that the target depends on, noise aside; empty if all of them are.

    ``mean(X)`` is the target's true mean, for a regression with a fixed one; a linear teacher's weights are drawn first: see
    ``truth``.
    """

    draw: Callable[[np.random.Generator, int, float], tuple[Array, Array]]
    task: Task
    features: tuple[str, ...]
    noise: float
    largest_noise: float
    about: str
    rows: int = 400
    mean: Callable[[Array], Array] | None = None
    relevant: tuple[str, ...] = ()


def _half_and_half(rows: int) -> Array:
    """Two classes, as even as possible: the first half 0, the second 1."""
    return (np.arange(rows) >= rows - rows // 2).astype(np.int64)


def _moons(rng: np.random.Generator, rows: int, noise: float) -> tuple[Array, Array]:
    y = _half_and_half(rows)
    angle = rng.uniform(0, np.pi, rows)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    return np.where(y[:, None] == 0, upper, lower) + rng.normal(0, noise, (rows, 2)), y


def _circles(rng: np.random.Generator, rows: int, noise: float) -> tuple[Array, Array]:
    y = _half_and_half(rows)
    angle, radius = rng.uniform(0, 2 * np.pi, rows), np.where(y == 0, 1.0, 0.5)
    points = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points + rng.normal(0, noise, (rows, 2)), y


def _spirals(rng: np.random.Generator, rows: int, noise: float) -> tuple[Array, Array]:
    y = _half_and_half(rows)
    turn = np.sqrt(rng.uniform(0.02, 1, rows)) * 1.5
    angle = 2 * np.pi * turn + np.pi * y
    points = turn[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points + rng.normal(0, noise, (rows, 2)), y


def _xor(features: int) -> Callable[[np.random.Generator, int, float], tuple[Array, Array]]:
    def draw(rng: np.random.Generator, rows: int, noise: float) -> tuple[Array, Array]:
        X = rng.uniform(-1, 1, (rows, features))
        y = (X[:, 0] > 0) ^ (X[:, 1] > 0)
        return X, (y ^ (rng.random(rows) < noise)).astype(np.int64)

    return draw


def _blobs(rng: np.random.Generator, rows: int, noise: float) -> tuple[Array, Array]:
    y = np.arange(rows, dtype=np.int64) % 3
    angle = 2 * np.pi * y / 3
    return np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0, noise, (rows, 2)), y


def _sine_mean(X: Array) -> Array:
    return np.asarray(np.sin(np.pi * X[:, 0]))


def _sine(rng: np.random.Generator, rows: int, noise: float) -> tuple[Array, Array]:
    x = rng.uniform(-1, 1, (rows, 1))
    return x, _sine_mean(x) + rng.normal(0, noise, rows)


def _friedman1_mean(X: Array) -> Array:
    clean = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2 + 10 * X[:, 3] + 5 * X[:, 4]
    return np.asarray(clean)


def _friedman1(rng: np.random.Generator, rows: int, noise: float) -> tuple[Array, Array]:
    X = rng.random((rows, 10))
    return X, _friedman1_mean(X) + rng.normal(0, noise, rows)


TEACHER_FEATURES = 50
SPARSE_TEACHER_WEIGHTS = 5


def teacher(rng: np.random.Generator, nonzero: int) -> Array:
    """The known weights of a linear teacher: ``nonzero`` of them differ from 0, and their norm is 1."""
    weights = np.zeros(TEACHER_FEATURES)
    weights[:nonzero] = rng.normal(size=nonzero)
    return weights / np.linalg.norm(weights)


def _linear(nonzero: int) -> Callable[[np.random.Generator, int, float], tuple[Array, Array]]:
    def draw(rng: np.random.Generator, rows: int, noise: float) -> tuple[Array, Array]:
        weights = teacher(rng, nonzero)
        X = rng.normal(size=(rows, TEACHER_FEATURES))
        return X, X @ weights + rng.normal(0, noise, rows)

    return draw


TEACHERS = {"linear-teacher": TEACHER_FEATURES, "linear-teacher-sparse": SPARSE_TEACHER_WEIGHTS}
"""Weights that differ from 0."""


def _x(features: int) -> tuple[str, ...]:
    return tuple(f"x{i}" for i in range(1, features + 1))


GENERATORS: dict[str, Generator] = {
    # So few rows and so much noise that a sweep shows too little decay, enough, and too much.
    "moons": Generator(_moons, "classification", _x(2), 0.3, np.inf, "two interleaved half circles; noise on the points",
                       rows=120),
    "circles": Generator(_circles, "classification", _x(2), 0.2, np.inf, "a circle within a circle; noise on the points"),
    "spirals": Generator(_spirals, "classification", _x(2), 0.1, np.inf, "two spirals of 1.5 turns; noise on the points"),
    "xor": Generator(_xor(2), "classification", _x(2), 0.1, 1.0, "four quadrants; noise is the share of flipped labels"),
    "xor-sparse": Generator(_xor(10), "classification", _x(10), 0.05, 1.0,
                            "xor of 2 of 10 features; noise is the share of flipped labels", rows=1000, relevant=_x(2)),
    "blobs": Generator(_blobs, "classification", _x(2), 0.6, np.inf, "three Gaussian blobs; noise is their spread"),
    "sine": Generator(_sine, "regression", _x(1), 0.3, np.inf, "one period of a sine; noise on the target",
                      mean=_sine_mean),
    "friedman1": Generator(_friedman1, "regression", _x(10), 1.0, np.inf,
                           "5 of 10 features matter (Friedman 1991); noise on the target", mean=_friedman1_mean,
                           relevant=_x(5)),
    "linear-teacher": Generator(_linear(TEACHERS["linear-teacher"]), "regression", _x(TEACHER_FEATURES), 0.5, np.inf,
                                "50 known weights of norm 1; noise on the target"),
    "linear-teacher-sparse": Generator(_linear(TEACHERS["linear-teacher-sparse"]), "regression", _x(TEACHER_FEATURES), 0.5,
                                       np.inf, "5 of 50 weights differ from 0, norm 1; noise on the target",
                                       relevant=_x(TEACHERS["linear-teacher-sparse"])),
}  # fmt: skip

FEWEST_ROWS, MOST_CELLS = 8, 10**8


def generate(name: str, rng: np.random.Generator, rows: int | None = None, noise: float | None = None) -> Dataset:
    """Draw a dataset. Raises ``ConfigError`` for too few rows or a noise that the generator can't have."""
    generator = GENERATORS[name]
    rows = generator.rows if rows is None else rows
    noise = generator.noise if noise is None else noise
    if rows < FEWEST_ROWS:
        raise ConfigError(f"--rows {rows}: {name} needs at least {FEWEST_ROWS} rows.")
    if rows * len(generator.features) > MOST_CELLS:
        raise ConfigError(f"--rows {rows}: {name} has at most {MOST_CELLS // len(generator.features):,} rows.")
    if noise > generator.largest_noise:
        raise ConfigError(
            f"--noise {noise:g}: for {name} it is a share of labels, at most {generator.largest_noise:g}."
        )
    X, y = generator.draw(rng, rows, noise)
    if not (np.isfinite(X).all() and np.isfinite(y).all()):
        raise ConfigError(f"--noise {noise:g} is too large: it makes infinite numbers.")
    classes = tuple(str(c) for c in range(int(y.max()) + 1)) if generator.task == "classification" else ()
    title = f"{name}, noise {noise:g}"
    return Dataset(
        name,
        title,
        generator.task,
        "y",
        numeric_columns(X, generator.features),
        y,
        classes,
        class_kind="number",
        relevant=generator.relevant or generator.features,
    )


FRESH_ROWS = 10_000


def truth(
    name: str, rng: np.random.Generator, new_rng: np.random.Generator, noise: float | None = None
) -> Truth | None:
    """The truth behind ``generate(name, rng, ...)`` with ``rng`` in the same state; None for classes.

    The new rows are drawn from ``new_rng``.
    """
    generator = GENERATORS[name]
    if generator.task == "classification":
        return None
    variance = (generator.noise if noise is None else noise) ** 2
    X, _ = generator.draw(new_rng, FRESH_ROWS, 0.0)
    mean, best_ridge = generator.mean, None
    if mean is None:
        weights = teacher(rng, TEACHERS[name])
        mean, best_ridge = lambda X: X @ weights, TEACHER_FEATURES * variance
    return Truth(numeric_columns(X, generator.features), mean(X), mean, variance, best_ridge)
