"""How much there is to train, and how far the work is."""

from collections.abc import Sequence
from typing import NamedTuple


class Work(NamedTuple):
    """Networks, and the ``examples`` that they are trained on: each row once an epoch.

    For networks of one shape the time is about proportional to the examples, however many rows each of them has.
    """

    networks: int
    examples: float


def all_of(work: Sequence[Work]) -> Work:
    """All of it together."""
    return Work(sum(each.networks for each in work), sum(each.examples for each in work))


class Headway(NamedTuple):
    """A pool's progress.

    Of the networks ``expected`` so far, ``done`` are done, ``recalled`` of them from the store. ``trained`` counts the
    examples of those trained here and of the finished share of those in training; ``left`` those still to train, of networks
    that will likely be expected too. ``extensions`` are the reasons why more are expected than at first.
    """

    done: int
    recalled: int
    expected: int
    trained: float
    left: float
    extensions: Sequence[str] = ()
