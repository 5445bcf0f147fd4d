"""How a cluster is named: ``local:4``, or the address of a Dask scheduler."""

import re

from wdcli.errors import ConfigError
from wdcli.text import quoted

MOST_LOCAL = 1024
_LOCAL = re.compile(r"local:([1-9][0-9]{0,3})", re.ASCII)
_SCHEDULER = re.compile(
    r"(?:(?:tcp|tls|ws|wss)://)?(?:[\w.-]+|\[[0-9a-f:.]+(?:%\w+)?\]):([1-9][0-9]{0,4})", re.ASCII | re.IGNORECASE
)


def checked(address: str) -> str:
    """The address, if it is one. Raises ``ConfigError``."""
    local, scheduler = _LOCAL.fullmatch(address), _SCHEDULER.fullmatch(address)
    fits = int(local[1]) <= MOST_LOCAL if local else scheduler and int(scheduler[1]) < 1 << 16
    if not fits or (address.lower().startswith("local:") and not local):
        raise ConfigError(
            f"{quoted(address)} isn't a cluster's address: give a Dask scheduler's, such as tcp://HOST:8786, or local:4 for 4 "
            "workers on this machine."
        )
    return address


def local_workers(address: str) -> int:
    """How many workers are to be started on this machine; 0 if the address is a scheduler's."""
    local = _LOCAL.fullmatch(address)
    return int(local[1]) if local else 0
