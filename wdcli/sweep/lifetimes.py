"""How long columns stay in use as lambda grows, from the norms of their weights at each lambda.

It needs no NumPy, since pictures of stored sweeps are drawn without it.
"""

from collections.abc import Sequence

Norms = Sequence[Sequence[float]]
"""For each lambda, ascending, the norm of each column's weights: 0 where no network uses the column."""


def last_use(norms: Norms, column: int) -> int:
    """The place of the largest lambda that uses the column; -1 if none does."""
    return max((i for i, each in enumerate(norms) if each[column] > 0), default=-1)


def dies_at(lambdas: Sequence[float], norms: Norms, column: int) -> float | None:
    """The smallest lambda from which on no network uses the column; None if the largest still does."""
    return next(iter(lambdas[last_use(norms, column) + 1 :]), None)


def by_lifetime(norms: Norms) -> list[int]:
    """The columns, longest-lived first; equally long-lived ones by their norm at the largest lambda that uses them."""

    def key(column: int) -> tuple[int, float, int]:
        last = last_use(norms, column)
        return -last, -norms[last][column], column

    return sorted(range(len(norms[0])), key=key)
