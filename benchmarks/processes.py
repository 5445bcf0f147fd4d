"""Linux's table of processes: what a command has started, keeps open and leaves behind."""

import contextlib
import os
import signal
import time
from pathlib import Path

PROC = Path("/proc")


def members(session: int) -> list[int]:
    """The living processes of a session."""
    return [process for process in _all() if _alive_in(process, session)]


def workers(session: int) -> list[int]:
    """Those of a command's processes that train: neither the first nor the one that only tidies up."""
    return [process for process in members(session) if process != session and "spawn_main" in _text(process, "cmdline")]


def open_files(process: int) -> int:
    """How many files a process has open."""
    with contextlib.suppress(OSError):
        return len([*(PROC / str(process) / "fd").iterdir()])
    return 0


def resident(process: int) -> float:
    """MiB of memory that a process has now."""
    return int(_text(process, "statm").split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def semaphores(session: int) -> set[Path]:
    """The named semaphores that a command's processes have mapped."""
    lines = (line for process in members(session) for line in _text(process, "maps").splitlines())
    return {Path(line.split()[-1]) for line in lines if "/sem.mp-" in line and not line.endswith("(deleted)")}


def minds(process: int, number: signal.Signals) -> bool:
    """Whether a process handles a signal itself."""
    caught = next((line for line in _text(process, "status").splitlines() if line.startswith("SigCgt")), "SigCgt: 0")
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def leaving(session: int, limit: float) -> float:
    """Seconds until none of a session's processes is left, ``limit`` at most; those that are left then are killed."""
    begun = time.monotonic()
    while members(session) and time.monotonic() - begun < limit:
        time.sleep(0.05)
    found = time.monotonic() - begun
    for process in members(session):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    return found


def _all() -> list[int]:
    return [int(path.name) for path in PROC.iterdir() if path.name.isdigit()]


def _alive_in(process: int, session: int) -> bool:
    """Whether a process belongs to a session, and hasn't ended."""
    fields = _text(process, "stat").rpartition(")")[2].split()
    return fields[3:4] == [str(session)] and fields[0] != "Z"


def _text(process: int, name: str) -> str:
    """One of a process's files; nothing if it has ended."""
    try:
        return (PROC / str(process) / name).read_text(errors="replace")
    except OSError:
        return ""
