"""What disturbs a command: signals to it and to its workers."""

import contextlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import processes
from running import Running


@dataclass(frozen=True)
class Mischief:
    """A way to disturb a command, and the status with which the command then ends: 0 if it goes on.

    ``await_moment`` waits for the moment, given the seconds that such a command takes; ``act`` says whether there was
    anything to disturb.
    """

    name: str
    await_moment: Callable[[Running, Random, float], object]
    act: Callable[[Running, Random], bool]
    status: int


def any_moment(running: Running, random: Random, usual: float) -> None:
    """A moment between its start and its usual end."""
    running.wait(random.uniform(0, usual))


def with_workers(running: Running, random: Random, usual: float) -> None:
    """A moment once it has workers."""
    while not processes.workers(running.id) and not running.wait(0.05):
        pass
    running.wait(random.uniform(0, usual / 4))


def interrupt(running: Running, random: Random) -> bool:
    """As Ctrl-C does."""
    return running.send(signal.SIGINT)


def terminate(running: Running, random: Random) -> bool:
    """Ask it to end."""
    return running.send(signal.SIGTERM)


def kill(running: Running, random: Random) -> bool:
    """End it."""
    return running.send(signal.SIGKILL)


def kill_worker(running: Running, random: Random) -> bool:
    """End one of its workers."""
    return _to_worker(running, random, signal.SIGKILL) > 0


def freeze_worker(running: Running, random: Random) -> bool:
    """Stop one of its workers for a while."""
    worker = _to_worker(running, random, signal.SIGSTOP)
    running.wait(random.uniform(0.2, 3) if worker else 0)
    return _send(worker, signal.SIGCONT)


def interrupt_frozen(running: Running, random: Random) -> bool:
    """Stop one of its workers for good, then do as Ctrl-C does."""
    return _to_worker(running, random, signal.SIGSTOP) > 0 and running.send(signal.SIGINT)


def kill_frozen(running: Running, random: Random) -> bool:
    """Stop one of its workers until the command is ended."""
    worker = _to_worker(running, random, signal.SIGSTOP)
    killed = worker > 0 and running.send(signal.SIGKILL)
    running.wait(5 if killed else 0)
    _send(worker, signal.SIGCONT)
    return killed


def interrupt_twice(running: Running, random: Random) -> bool:
    """As an impatient Ctrl-C does."""
    sent = running.send(signal.SIGINT)
    if sent and not running.wait(random.uniform(0, 0.5)):
        running.send(signal.SIGINT)
    return sent


TO_COMMAND = (
    Mischief("SIGINT", any_moment, interrupt, 130),
    Mischief("SIGINT twice", any_moment, interrupt_twice, 130),
    Mischief("SIGTERM", any_moment, terminate, 143),
    Mischief("SIGKILL", any_moment, kill, 137),
)
TO_WORKERS = (
    Mischief("SIGKILL of a worker", with_workers, kill_worker, 0),
    Mischief("SIGSTOP and SIGCONT of a worker", with_workers, freeze_worker, 0),
    Mischief("SIGINT with a worker stopped", with_workers, interrupt_frozen, 130),
    Mischief("SIGKILL with a worker stopped", with_workers, kill_frozen, 137),
)


def _to_worker(running: Running, random: Random, number: signal.Signals) -> int:
    """Send a signal to one of the workers; which one it was, or 0 if there was none."""
    found = processes.workers(running.id)
    worker = random.choice(found) if found else 0
    return worker if _send(worker, number) else 0


def _send(worker: int, number: signal.Signals) -> bool:
    """Send a signal, unless the worker is 0; whether it was there to receive it."""
    with contextlib.suppress(ProcessLookupError):
        if worker:
            os.kill(worker, number)
            return True
    return False
