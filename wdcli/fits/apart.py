"""Records whose last digits may differ from those of this machine, kept apart from its own."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from wdcli.fits.records import KeyedRecord, LaneRecord
from wdcli.fits.store import RecordStore


@dataclass(frozen=True)
class Apart:
    """A store in which records have other keys than those of networks trained on this machine."""

    store: RecordStore

    def known(self, keys: Sequence[bytes]) -> dict[bytes, LaneRecord]:
        """The stored records of these keys. Raises ``StoreError``."""
        others = {_other(key): key for key in keys}
        return {others[key]: record for key, record in self.store.known(list(others)).items()}

    def put(self, keyed: Sequence[KeyedRecord]) -> None:
        """Store records, all or none. Raises ``StoreError``."""
        self.store.put([one._replace(key=_other(one.key)) for one in keyed])

    def trained_seconds(self, penalty: str, decay: str) -> float:
        """Seconds of earlier training for the sweep with this penalty; nan if unknown."""
        return self.store.trained_seconds(penalty, decay)

    def hurry(self) -> None:
        """From now on, don't wait for other processes: the user wants to stop."""
        self.store.hurry()


def _other(key: bytes) -> bytes:
    return hashlib.blake2b(key + b"elsewhere", digest_size=len(key)).digest()
