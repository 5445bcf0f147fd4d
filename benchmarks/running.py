"""A command as a process of its own, from its start to its end."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import processes
from orders import Order

TIMES = re.compile(r'("(?:trained_)?seconds": )(?:null|[0-9.e+-]+)')
RECALLED = re.compile(r"([\d,]+) of ([\d,]+) networks? taken from the store")
COUNTED = re.compile(r"([\d,]+) networks? stored: the same command continues")
HANGS = 600.0
"""Seconds after which a command is given up."""


@dataclass(frozen=True)
class Place:
    """Where commands work: a store, and a folder for all their other files."""

    store: Path
    folder: Path

    @property
    def temporary(self) -> Path:
        """The commands' own folder for temporary files."""
        return self.folder / "temporary"

    @property
    def environment(self) -> dict[str, str]:
        """What the commands find there. The store is not among their words, so that they are the same for any store."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("WDCLI_")}
        return {**own, "TMPDIR": str(self.temporary), "WDCLI_STORE": str(self.store)}

    def command(self, order: Order) -> str:
        """What to type to give the order again."""
        return f"WDCLI_STORE={self.store} TMPDIR={self.temporary} python -m wdcli {' '.join(order.words)}"


@dataclass(frozen=True)
class Ended:
    """How a command ended: ``peak`` in MiB; ``lingered`` are the seconds that its workers outlived it."""

    order: Order
    status: int
    out: str
    err: str
    seconds: float
    peak: float
    lingered: float

    @property
    def json(self) -> Any:
        """What it printed; nothing if that isn't JSON."""
        try:
            return json.loads(self.out)
        except ValueError:
            return {}

    @property
    def result(self) -> str:
        """What it printed, but for the times."""
        return TIMES.sub(r"\1", self.out)

    @property
    def recalled(self) -> int:
        """The networks that it took from the store, by its own account."""
        return sum(_number(found[1]) for found in RECALLED.finditer(self.err))

    @property
    def trained(self) -> bool:
        """Whether it trained networks."""
        found = list(RECALLED.finditer(self.err))
        return not found or any(found[1] != found[2] for found in found)

    @property
    def counted(self) -> int:
        """The networks that it counted as stored when it was interrupted."""
        return sum(_number(found[1]) for found in COUNTED.finditer(self.err))


class Running:
    """A command at work, in a session of its own: so are the processes that it starts."""

    def __init__(self, order: Order, place: Place) -> None:
        self.order, self.begun = order, time.monotonic()
        self._out, self._err = (place.folder / f"{time.monotonic_ns()}.{name}" for name in ("out", "err"))
        with self._out.open("w") as out, self._err.open("w") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "wdcli", *order.words], stdout=out, stderr=err, stdin=subprocess.DEVNULL,
                env=place.environment, start_new_session=True,
            )  # fmt: skip
        self.id = self._process.pid
        self._status: int | None = None
        self._peak = 0.0

    def over(self) -> bool:
        """Whether it has ended."""
        if self._status is None:
            process, status, usage = os.wait4(self.id, os.WNOHANG)
            if process:
                self._status = self._process.returncode = os.waitstatus_to_exitcode(status)
                if self._status < 0:
                    self._status = 128 - self._status
                self._peak = usage.ru_maxrss / 1024
        return self._status is not None

    def settle(self) -> None:
        """Wait until it handles signals, which Python itself does with a traceback."""
        while not self.over() and not processes.minds(self.id, signal.SIGTERM):
            time.sleep(0.005)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it ends; whether it has ended."""
        until = time.monotonic() + seconds
        while not self.over() and time.monotonic() < until:
            time.sleep(0.01)
        return self.over()

    def send(self, number: signal.Signals) -> bool:
        """Send a signal, unless the command has ended; whether it was sent."""
        if self.over():
            return False
        os.kill(self.id, number)
        return True

    def ended(self) -> Ended:
        """Wait for the end, and for its workers' end."""
        if not self.wait(HANGS):
            self.send(signal.SIGKILL)
            self.wait(HANGS)
        seconds, lingered = time.monotonic() - self.begun, processes.leaving(self.id, 15)
        return Ended(self.order, self._status or 0, _read(self._out), _read(self._err), seconds, self._peak, lingered)


def _read(file: Path) -> str:
    """What is in a file, which is then removed."""
    found = file.read_text()
    file.unlink()
    return found


def _number(text: str) -> int:
    return int(text.replace(",", ""))
