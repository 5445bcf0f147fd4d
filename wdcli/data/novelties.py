"""What new rows hold that is like nothing in training, summed over the pieces of their table."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from wdcli.data.dataset import Column
from wdcli.data.encoding import Encoding
from wdcli.data.rules import Far, Unseen


@dataclass
class Novelties:
    """Unseen categories and missing cells, numbers far from training's, and other signs, each in the order of the columns."""

    encoding: Encoding
    _unseen: dict[tuple[str, bool], Unseen] = field(default_factory=dict)
    _far: dict[str, Far] = field(default_factory=dict)
    _resigned: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def add(self, columns: Sequence[Column]) -> None:
        """Look through a piece."""
        for found in self.encoding.unseen(columns):
            key = found.column, not found.categories
            self._unseen[key] = _both(self._unseen[key], found) if key in self._unseen else found
        for far in self.encoding.far(columns):
            name = far.column.name
            self._far[name] = _farthest(self._far[name], far) if name in self._far else far
        for name, old, new in self.encoding.resigned(columns):
            self._resigned.setdefault(name, (name, old, new))

    @property
    def unseen(self) -> list[Unseen]:
        """As ``Encoding.unseen`` of the whole table."""
        keys = [(name, missing) for name in self.encoding.columns for missing in (False, True)]
        return [self._unseen[key] for key in keys if key in self._unseen]

    @property
    def far(self) -> list[Far]:
        """As ``Encoding.far`` of the whole table."""
        return [self._far[name] for name in self.encoding.columns if name in self._far]

    @property
    def resigned(self) -> list[tuple[str, str, str]]:
        """As ``Encoding.resigned`` of the whole table."""
        return [self._resigned[name] for name in self.encoding.columns if name in self._resigned]


def _both(a: Unseen, b: Unseen) -> Unseen:
    return replace(a, cells=a.cells + b.cells, categories=tuple(sorted({*a.categories, *b.categories})))


def _farthest(a: Far, b: Far) -> Far:
    # Halves, which can't overflow.
    farther = max(a, b, key=lambda far: abs(far.farthest / 2 - far.mean / 2))
    # Without the piece's values.
    return farther._replace(column=Column(a.column.name, a.column.kind, a.column.values[:0]), cells=a.cells + b.cells)
