"""A private folder for temporary files, which doesn't outlast this process for long, whatever ends it."""

import contextlib
import errno
import os
import re
import shutil
import tempfile
from pathlib import Path

import numpy as np

from wdcli.array import Array

SUFFIX = ".rows"
NAME = re.compile(rf"wdcli-([1-9][0-9]{{0,8}})-\w+{re.escape(SUFFIX)}", re.ASCII)
"""A folder's name, with the id of the process that made it."""


class Scratch:
    """A folder that only its user can read. It is locked while its process lives.

    Raises ``OSError`` if the folder can't be made, ``ImportError`` on systems without such locks.
    """

    def __init__(self) -> None:
        import fcntl  # Not on Windows, which can't remove a file that is mapped either.

        self._folder = tempfile.TemporaryDirectory(SUFFIX, f"wdcli-{os.getpid()}-", ignore_cleanup_errors=True)
        self._lock = os.open(self._folder.name, os.O_RDONLY)
        with contextlib.suppress(OSError):
            fcntl.flock(self._lock, fcntl.LOCK_SH)

    def write(self, name: str, array: Array) -> str:
        """Write an array as an npy file, and return its path. Raises ``OSError``, and then leaves no file.

        As much space as the array takes stays free, for others.
        """
        path = Path(self._folder.name, name)
        if shutil.disk_usage(path.parent).free < 2 * array.nbytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        try:
            np.save(path, array, allow_pickle=False)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return str(path)

    def remove(self) -> None:
        """Remove the folder and what it holds. Who has mapped a file keeps its values."""
        self._folder.cleanup()
        os.close(self._lock)


def remove_abandoned() -> None:
    """Remove the folders of this user's processes that were killed before they could do so themselves."""
    with contextlib.suppress(OSError, ImportError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if _abandoned(entry):
                shutil.rmtree(entry.path, ignore_errors=True)


def _abandoned(entry: "os.DirEntry[str]") -> bool:
    """Whether it is a folder, not a link, of a process of this user that no longer lives."""
    name = NAME.fullmatch(entry.name)
    if not name or not entry.is_dir(follow_symlinks=False):
        return False
    return entry.stat(follow_symlinks=False).st_uid == os.getuid() and not _alive(int(name[1])) and not _locked(entry)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError as error:
        return not isinstance(error, ProcessLookupError)
    return True


def _locked(entry: "os.DirEntry[str]") -> bool:
    """Whether a process holds the folder: one in another container, or on another machine, isn't found by its id."""
    import fcntl

    try:
        folder = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return True
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(folder)
    return False
