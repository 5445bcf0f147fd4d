"""Files are read only if they are files, and written whole or not at all, over nothing that exists unless told to."""

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO

from wdcli.errors import OutputError
from wdcli.text import quoted

STDOUT, STDERR = 1, 2
STREAMS = {"-": STDOUT, "/dev/stdout": STDOUT, "/dev/fd/1": STDOUT, "/proc/self/fd/1": STDOUT,
           "/dev/stderr": STDERR, "/dev/fd/2": STDERR, "/proc/self/fd/2": STDERR}  # fmt: skip
"""Names of this process's own streams. Where the shell sends one to a file, such a name leads to that file too."""


def why_unreadable(path: str) -> str | None:
    """Why ``path`` can't be read as a file ("no such file", "is a device, not a file"), or None if it can."""
    try:
        mode = Path(path).stat().st_mode
    except FileNotFoundError:
        return "no such file"
    except (OSError, ValueError) as error:
        return f"can't be read: {getattr(error, 'strerror', None) or error}"
    if stat.S_ISDIR(mode):
        return "is a directory: give one of its files"
    if not stat.S_ISREG(mode):
        return "is a device, not a file"
    return None if os.access(path, os.R_OK) else "can't be read: no permission"


def same_file(a: str, b: str) -> bool:
    """Whether two paths name the same file, however they are spelled."""
    return os.path.realpath(a) == os.path.realpath(b)


def is_pipe(path: str) -> bool:
    """Whether ``path`` is a pipe or a character device (``/dev/null``, a terminal): it passes on what is written to it."""
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def check_pipe(path: str) -> None:
    """Raise ``OutputError`` if the pipe or device ``path`` can't be written to."""
    if not os.access(path, os.W_OK):
        raise OutputError(f"{quoted(path)} can't be written: no permission.")


def write_pipe(path: str, data: bytes) -> None:
    """Write all data as ``opened_pipe`` does."""
    with opened_pipe(path) as write:
        write(data)


@contextmanager
def opened_pipe(path: str) -> Iterator[Callable[[bytes], None]]:
    """What writes to a pipe or a device; a named pipe waits for its reader, and data for one that has gone are dropped.

    Raises ``OutputError`` if it can't be written.
    """
    try:
        pipe = os.open(path, os.O_WRONLY)
    except OSError as error:
        raise OutputError(f"{quoted(path)} can't be written: {error.strerror}.") from None
    try:
        yield partial(_write_on, path, pipe)
    finally:
        os.close(pipe)


def _write_on(path: str, pipe: int, data: bytes) -> None:
    """Write all of the data to an open pipe."""
    left = memoryview(data)
    try:
        while left:
            left = left[os.write(pipe, left) :]
    except BrokenPipeError:
        # The reader has all that it wanted.
        return
    except OSError as error:
        raise OutputError(f"{quoted(path)} can't be written: {error.strerror}.") from None


def check_writable(path: str, force: bool) -> None:
    """Raise ``OutputError`` if ``write_file`` could not write ``path``: asked before the work is done, not after."""
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise OutputError(f"{quoted(path)} is a directory: give a file's name in it.")
    if not target.parent.is_dir():
        raise OutputError(f"{quoted(path)} can't be written: the directory {quoted(target.parent)} does not exist.")
    if is_pipe(path) or (target.exists() and not target.is_file()):
        raise OutputError(f"{quoted(path)} is a device, not a file: give a file's name.")
    if not os.access(target.parent, os.W_OK):
        raise OutputError(f"{quoted(path)} can't be written: no permission to write in {quoted(target.parent)}.")
    if target.exists() and not force:
        raise OutputError(f"{quoted(path)} exists: choose another name, or add --force to overwrite it.")


def write_file(path: str, data: bytes, force: bool) -> None:
    """Write a whole file as ``new_file`` does."""
    with new_file(path, force) as file:
        file.write(data)


@contextmanager
def new_file(path: str, force: bool) -> Iterator[IO[bytes]]:
    """A private temporary file beside ``path`` (or what it links to), which gets the name once it is written.

    Raises ``OutputError`` if ``path`` exists and ``force`` is not set, or if it can't be written; if anything else is
    raised, no file is left.
    """
    check_writable(path, force)
    target = os.path.realpath(path)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=".wdcli-", dir=Path(target).parent)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        if force:
            Path(temporary).replace(target)
        else:
            _name_anew(temporary, target)
    except BrokenPipeError:
        # Another output's: files have no readers.
        raise
    except OSError as error:
        raise OutputError(f"{quoted(path)} can't be written: {error.strerror}.") from None
    finally:
        if temporary is not None:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()


def _name_anew(temporary: str, target: str) -> None:
    """Give a file its name unless there is one of that name: a link fails where a rename would overwrite it.

    Raises ``FileExistsError``. Where the file system has no links, the name is taken first by an empty file.
    """
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise
    except OSError:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        Path(temporary).replace(target)


def _umask() -> int:
    """The permissions that the user takes from new files; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
