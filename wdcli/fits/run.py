"""A run as it is stored: a command with its data, how it ended, and what it printed."""

import functools
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

from wdcli.fits.records import PICTURED
from wdcli.fits.schema import digest

DAMAGED = "damaged"
ENDS = {
    "unfinished": (False, False), "failed": (False, False), "interrupted": (True, True), "done": (True, False),
}  # fmt: skip
"""Whether a run of each status has printed anything, and whether that is partial."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", re.ASCII)


@dataclass(frozen=True)
class Run:
    """A row of the table of runs.

    ``identity`` is the hash of what was ``asked`` for and of the data's ``fingerprint``; ``command`` holds its words,
    as JSON; ``shown`` is the JSON object that it printed and ``drawn`` the table, with its colours and in the other
    formats (both are empty if the run was killed); ``networks`` is the number of its networks stored so far.
    """

    id: int
    identity: bytes
    command: str
    asked: str
    data: str
    fingerprint: str
    started: str
    status: str
    shown: str
    drawn: str
    networks: int

    @classmethod
    def read(cls, row: Sequence[Any]) -> "Run":
        """The run in a row of the table: its columns, then its checksum.

        If the row was altered, or holds values that this program doesn't write, the run keeps only its number and has
        the status "damaged".
        """
        *values, checksum = row
        run = cls(*values)
        if checksum == run.checksum and run._sound():
            return run
        return cls(run.id, b"", "[]", "", "", "", "", DAMAGED, "", "", 0)

    @property
    def checksum(self) -> bytes:
        """The hash of all columns."""
        return digest(*astuple(self))

    @functools.cached_property
    def words(self) -> list[str]:
        """The words of the command as typed."""
        words = json.loads(self.command)
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise TypeError
        return words

    @functools.cached_property
    def chosen(self) -> list[float]:
        """The chosen lambda of a sweep, or of each sweep of a comparison, once it is done."""
        if self.status != "done":
            return []
        return [_number(sweep["selection"]["chosen"]) for sweep in self.result.get("sweeps", [self.result])]

    @functools.cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of a sweep as a table; those of a comparison's sweeps each with its penalty."""
        if "sweeps" not in self.result:
            return [_flat(row) for row in self.result.get("rows", [])]
        return [{"penalty": sweep["penalty"], **_flat(row)} for sweep in self.result["sweeps"] for row in sweep["rows"]]

    def trained_seconds(self, penalty: str, decay: str) -> float:
        """Seconds of training so far for the sweep with this penalty; nan if unknown."""
        if not self.shown:
            return math.nan if self.networks else 0.0
        return self._trained.get((penalty, decay), 0.0)

    @functools.cached_property
    def _trained(self) -> dict[tuple[str, str], float]:
        """Training seconds by penalty and decay; nan for runs of older versions, which did not count them."""
        found = {}
        for sweep in self.result.get("sweeps", [self.result]):
            config, counted = sweep.get("config", {}), sweep.get("trained_seconds")
            found[config.get("penalty"), config.get("decay")] = math.nan if counted is None else _duration(counted)
        return found

    @functools.cached_property
    def result(self) -> dict[str, Any]:
        """The JSON object that it printed; empty if it printed none."""
        return dict(_parsed(self.shown)) if self.shown else {}

    def _sound(self) -> bool:
        """Whether this program could have written these values: a store can be forged, including its checksums."""
        texts = (
            self.command,
            self.asked,
            self.data,
            self.fingerprint,
            self.started,
            self.status,
            self.shown,
            self.drawn,
        )
        if not all(isinstance(text, str) for text in texts) or not isinstance(self.networks, int):
            return False
        try:
            _ = self.words, self.chosen, self.rows, self._trained
            return (bool(self.shown), "partial" in self.result) == ENDS[self.status] and bool(
                _TIME.fullmatch(self.started)
            )
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError):
            return False


COLUMNS = tuple(field.name for field in fields(Run))


@functools.lru_cache(maxsize=2)
def _parsed(shown: str) -> Any:
    """The value of a JSON text: a run is read again each time that records of it are stored."""
    return json.loads(shown)


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in PICTURED}


def _duration(value: Any) -> float:
    if not 0 <= _number(value) < math.inf:
        raise ValueError
    return float(value)


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise TypeError
    return float(value)
