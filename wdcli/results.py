"""What ``wdcli.study`` returns: results that notebooks display, and that become JSON objects and data frames.

They hold what the results of ``fits`` and ``sweep`` hold. Each method imports what it needs when it is called, so that
results cost nothing until somebody looks at them.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from wdcli.data.dataset import Dataset, Split
from wdcli.fits.config import FitConfig
from wdcli.fits.single import TrainResult
from wdcli.sweep.comparison import CompareResult
from wdcli.sweep.result import SweepResult

if TYPE_CHECKING:
    from wdcli.figures.model import Figure
    from wdcli.report.data_frame import Library
    from wdcli.report.formats import Format
    from wdcli.sweep.features import Features

WIDTH = 110
"""The width of a terminal whose tables have as many columns as a notebook has room for."""


class Displayed(ABC):
    """A result that shows itself."""

    notes: tuple[str, ...]

    @classmethod
    def of(cls, result: Any, **others: Any) -> Self:
        """What ``result`` holds, but for these other values."""
        return cls(**{field.name: getattr(result, field.name) for field in fields(result)} | others)

    def __repr__(self) -> str:
        """The command's table: a result holds too many numbers to show them all."""
        from wdcli.report.formats import FORMATS

        return self._written(FORMATS["markdown"]).rstrip()

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Return the object that the command prints with ``--json``."""

    @abstractmethod
    def _rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows that the command writes with ``--csv``."""

    @abstractmethod
    def _written(self, form: "Format") -> str:
        """What the command prints, in this format."""

    @abstractmethod
    def _figure(self) -> "Figure":
        """The figure that says most."""

    def to_frame(self, library: "Library" = "polars") -> Any:
        """Return the rows that the command writes with ``--csv`` as a data frame of polars, or of pandas.

        >>> result.to_frame().columns[:4]
        ['lambda', 'train_loss', 'cv_loss', 'cv_se']

        ``to_frame("pandas")`` is the same in pandas. Numbers are not rounded; one that is undefined is null (in pandas nan).
        Raises ``ConfigError`` for another library, and if pandas isn't installed.
        """
        from wdcli.report.data_frame import data_frame

        return data_frame(self._rows(), library)

    def _repr_html_(self) -> str:
        """What a notebook displays: the figure, what the command prints, and the notes."""
        from wdcli.page.notebook import HTML, fragment

        return fragment(self._figure(), self._written(HTML), self.notes)


@dataclass(frozen=True, kw_only=True, repr=False)
class DisplayedFit(Displayed, TrainResult):
    """One fit, with its settings, its table and which of the table's rows it was trained on."""

    config: FitConfig
    dataset: Dataset
    split: Split

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``wdcli train --json`` prints."""
        from wdcli.report.train_serial import train_json

        return train_json([], self.config, self.dataset, self.split, self, self.notes)

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        from wdcli.report.train_serial import train_rows

        return train_rows(self.to_json())

    def _written(self, form: "Format") -> str:
        from wdcli.report.formats import written
        from wdcli.report.train_table import train_table

        return written(train_table(self.config, self.dataset, self.split, self), form)

    def _figure(self) -> "Figure":
        from wdcli.figures.learning import train_figure

        return train_figure(self.to_json())


class DisplayedSweep(Displayed, SweepResult):
    """A complete sweep."""

    def to_json(self, features: "Features | None" = None) -> dict[str, Any]:
        """Return the object that ``wdcli sweep --json`` prints.

        Where the penalty makes zeros, that holds what ``study.features`` finds; without it, columns have no importance.
        """
        from wdcli.report.sweep_serial import sweep_json

        return sweep_json([], self.folds.dataset, self.folds.split, self, notes=self.notes, features=features)

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        from wdcli.report.sweep_serial import sweep_rows

        return sweep_rows(self.folds.dataset, self)

    def _written(self, form: "Format") -> str:
        from wdcli.report.formats import written
        from wdcli.report.sweep_table import sweep_table

        return written(sweep_table(self.folds.dataset, self.folds.split, self, None, None, WIDTH), form)

    def _figure(self) -> "Figure":
        return _gallery("cv", self.to_json())


class DisplayedComparison(Displayed, CompareResult):
    """A comparison of complete sweeps."""

    def to_json(self) -> dict[str, Any]:
        """Return the object that ``wdcli compare --json`` prints."""
        from wdcli.report.compare_serial import compare_json

        folds = self.sweeps[0].folds
        return compare_json([], folds.dataset, folds.split, self, self.notes)

    def _rows(self) -> Sequence[Mapping[str, Any]]:
        from wdcli.report.compare_serial import compare_rows

        return compare_rows(self.sweeps[0].folds.dataset, self)

    def _written(self, form: "Format") -> str:
        from wdcli.report.compare_table import compare_table
        from wdcli.report.formats import written

        folds = self.sweeps[0].folds
        return written(compare_table(folds.dataset, folds.split, self, WIDTH), form)

    def _figure(self) -> "Figure":
        return _gallery("compare", self.to_json())


def _gallery(name: str, told: Mapping[str, Any]) -> "Figure":
    from wdcli.figures import gallery
    from wdcli.figures.shown import Shown

    return gallery.make(name, Shown.read(told))
