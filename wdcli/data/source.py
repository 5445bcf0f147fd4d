"""What to load, and which of its rows and columns serve for what: every option that is about the table."""

from dataclasses import dataclass

from wdcli.data.features import Choice
from wdcli.data.format import Format
from wdcli.names import FoldsBy, TaskChoice


@dataclass(frozen=True)
class Source:
    """What to load, and which rows to keep for testing; None leaves the choice to the data.

    ``groups`` names a column whose values are groups that no split cuts; ``weights`` one of numbers that say how often each
    row counts; ``folds_by`` "time": the later rows are tested by the earlier ones. ``drop`` names columns that aren't
    features, ``only`` the only ones. The rest is ``Format``: how a file is spelled.
    """

    data: str = "moons"
    target: str | None = None
    test_data: str | None = None
    task: TaskChoice = "auto"
    test_size: float = 0.25
    noise: float | None = None
    rows: int | None = None
    groups: str | None = None
    weights: str | None = None
    folds_by: FoldsBy = "rows"
    drop: tuple[str, ...] | None = None
    only: tuple[str, ...] | None = None
    decimal: str | None = None
    thousands: str | None = None
    delimiter: str | None = None
    missing: tuple[str, ...] | None = None
    date_format: str | None = None

    @property
    def choice(self) -> Choice:
        """Which columns are features."""
        return Choice(self.drop, self.only)

    @property
    def format(self) -> Format:
        """How the file is spelled."""
        return Format.of(vars(self))
