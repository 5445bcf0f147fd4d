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
    return any(_send(worker, signal.SIGKILL) for worker in _worker(running, random))


def freeze_worker(running: Running, random: Random) -> bool:
    """Stop one of its workers for a while."""
    workers = _worker(running, random)
    stopped = any(_send(worker, signal.SIGSTOP) for worker in workers)
    if stopped:
        running.wait(random.uniform(0.2, 3))
    return stopped and any(_send(worker, signal.SIGCONT) for worker in workers)


def interrupt_frozen(running: Running, random: Random) -> bool:
    """Stop one of its workers for good, then do as Ctrl-C does."""
    stopped = any(_send(worker, signal.SIGSTOP) for worker in _worker(running, random))
    return stopped and running.send(signal.SIGINT)


def kill_frozen(running: Running, random: Random) -> bool:
    """Stop one of its workers for good, then end the command."""
    stopped = any(_send(worker, signal.SIGSTOP) for worker in _worker(running, random))
    return stopped and running.send(signal.SIGKILL)


def interrupt_twice(running: Running, random: Random) -> bool:
    """As an impatient Ctrl-C does."""
    sent = running.send(signal.SIGINT)
    if sent and not running.wait(random.uniform(0, 0.5)):
        running.send(signal.SIGINT)
    return sent


MISCHIEF = (
    Mischief("SIGINT", any_moment, interrupt, 130),
    Mischief("SIGTERM", any_moment, terminate, 143),
    Mischief("SIGKILL", any_moment, kill, 137),
    Mischief("SIGKILL of a worker", with_workers, kill_worker, 0),
    Mischief("SIGSTOP and SIGCONT of a worker", with_workers, freeze_worker, 0),
    Mischief("SIGINT with a worker stopped", with_workers, interrupt_frozen, 130),
    Mischief("SIGKILL with a worker stopped", with_workers, kill_frozen, 137),
    Mischief("SIGINT twice", any_moment, interrupt_twice, 130),
)


def _worker(running: Running, random: Random) -> list[int]:
    """One of the workers, if there are any."""
    found = processes.workers(running.id)
    return random.sample(found, min(1, len(found)))


def _send(process: int, number: signal.Signals) -> bool:
    """Send a signal; whether the process was there to receive it."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)
        return True
    return False
