"""Files are written whole or not at all, and nothing that exists is overwritten unless told to."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from wdcli.errors import OutputError
from wdcli.text import quoted


def check_writable(path: str, force: bool) -> None:
    """Raise ``OutputError`` if ``write_file`` could not write ``path``: asked before the work is done, not after."""
    target = Path(path)
    if target.is_dir():
        raise OutputError(f"{quoted(path)} is a directory: give a file's name in it.")
    if not target.parent.is_dir():
        raise OutputError(f"{quoted(path)} can't be written: the directory {quoted(target.parent)} does not exist.")
    if not os.access(target.parent, os.W_OK):
        raise OutputError(f"{quoted(path)} can't be written: no permission to write in {quoted(target.parent)}.")
    if os.path.lexists(path) and not force:
        raise OutputError(f"{quoted(path)} exists: choose another name, or add --force to overwrite it.")


def write_file(path: str, data: bytes, force: bool) -> None:
    """Write to a private temporary file beside ``path``, then give it the name.

    Raises ``OutputError`` if ``path`` exists and ``force`` is not set, or if it can't be written.
    """
    check_writable(path, force)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=".wdcli-", dir=Path(path).parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        if force:
            Path(temporary).replace(path)
        else:
            # A link fails where a rename would overwrite a file that came to be meanwhile.
            os.link(temporary, path)
    except OSError as error:
        raise OutputError(f"{quoted(path)} can't be written: {error.strerror}.") from None
    finally:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()


def _umask() -> int:
    """The permissions that the user takes from new files; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
