"""How far the block in hand is: the code that trains it tells, and whoever runs it there listens."""

import contextlib
import threading
from collections.abc import Callable, Iterator


def _unheard(examples: float) -> None:
    """Ignore the progress."""


class _Hand(threading.local):
    """Who listens to this thread."""

    listener: Callable[[float], None] = staticmethod(_unheard)


_HAND = _Hand()


def tell_in_hand(examples: float) -> None:
    """Report on how many examples the current block is trained so far; the executor shows it as ``in_hand``."""
    _HAND.listener(examples)


def listen(listener: Callable[[float], None]) -> None:
    """From now on, ``listener`` receives what this thread reports."""
    _HAND.listener = listener


@contextlib.contextmanager
def heard_by(listener: Callable[[float], None]) -> Iterator[None]:
    """In this block, ``listener`` receives what this thread reports."""
    before = _HAND.listener
    listen(listener)
    try:
        yield
    finally:
        listen(before)
