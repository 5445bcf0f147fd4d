"""Numbers: y as it is, one or several for each row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin

from wdcli.array import Array
from wdcli.data.dataset import Column, Dataset
from wdcli.estimators.given import Given
from wdcli.fits.config import FitConfig
from wdcli.models import Model


@dataclass(kw_only=True, eq=False, repr=False)
class Regressing(RegressorMixin, MultiOutputMixin):
    """Predicts numbers."""

    scale_target: bool = FitConfig.scale_target

    def _dataset(self, given: Given, columns: tuple[Column, ...], name: str) -> Dataset:
        self._y_shape = given.y.shape[1:]
        y = given.y[given.kept].astype(np.float64)
        y = y[:, 0] if self._y_shape == (1,) else y
        return Dataset("X", "X", "regression", name, columns, y, groups=given.kept_groups, weights=given.kept_weights)

    def predict(self, X: Any) -> Array:
        """The predicted numbers in the target's own units: (rows,), or (rows, targets) as y was."""
        found = self._predicted(X, Model.numbers)
        return found.reshape(len(found), *self._y_shape)
