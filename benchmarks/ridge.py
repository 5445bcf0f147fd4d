"""The best ridge penalty does not move with the number of rows; too small a one is worst where rows equal features.

    python benchmarks/ridge.py [DRAWS]

Linear teachers as `wdcli sweep --data linear-teacher` draws them: 50 features x ~ N(0, I), weights b of norm 1, noise of
variance v = 0.25. For each number of rows, ridge regression argmin |Xw - y|^2 + L |w|^2 is solved exactly (by the
eigenvectors of X'X) on many draws, for 33 values of L. Its excess risk is E (<x, w> - <x, b>)^2 = |w - b|^2, and the best L
is d v / |b|^2 = 12.5 for every number of rows (Nakkiran et al. 2020, arXiv 2003.01897): lambda = 2 L = 25 in the textbook
convention.
"""

import copy
import sys

import numpy as np
import numpy.typing as npt

from wdcli.conventions import Setting, Strengths, from_strengths
from wdcli.data.generators import GENERATORS, TEACHER_FEATURES, teacher

ROWS = (20, 45, 50, 60, 120, 400)
NOISE = GENERATORS["linear-teacher"].noise
BEST = TEACHER_FEATURES * NOISE**2
GRID = BEST * 2.0 ** np.linspace(-4, 4, 33)


def excess_risks(rng: np.random.Generator, rows: int) -> npt.NDArray[np.float64]:
    """|w - b|^2 of one draw, for each L of the grid."""
    b = teacher(copy.deepcopy(rng), TEACHER_FEATURES)
    X, y = GENERATORS["linear-teacher"].draw(rng, rows, NOISE)
    values, vectors = np.linalg.eigh(X.T @ X)
    w = (vectors.T @ (X.T @ y) / (values + GRID[:, None])) @ vectors.T
    return np.asarray(((w - b) ** 2).sum(axis=1))


def main(draws: int) -> None:
    """Print a row for each number of rows."""
    print(
        f"{'rows':>5} {'best L':>7} {'lambda':>7} {'risk there':>10} {'at L*/16':>9}   (L* = {BEST:g}, {draws} draws)"
    )
    for rows in ROWS:
        risks = np.mean([excess_risks(np.random.default_rng([rows, draw]), rows) for draw in range(draws)], axis=0)
        best = GRID[risks.argmin()]
        found = from_strengths("textbook", Strengths(0.0, 2 * best / rows), Setting(rows, rows, "squared-error"))
        lambd = found[0] if found else float("nan")
        at_best, too_little = (risks[np.abs(np.log(GRID / L)).argmin()] for L in (BEST, BEST / 16))
        print(f"{rows:5} {best:7.2f} {lambd:7.2f} {at_best:10.3f} {too_little:9.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
