"""Classes: y as codes, and predictions as classes and probabilities."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets

from wdcli.array import Array
from wdcli.data.dataset import Column, Dataset
from wdcli.data.matrix import KINDS
from wdcli.estimators.given import Given
from wdcli.fits.config import FitConfig
from wdcli.models import Model


@dataclass(kw_only=True, eq=False, repr=False)
class Classifying(ClassifierMixin):
    """Predicts classes."""

    _attributes: ClassVar[Mapping[str, str]] = {"classes_": "The classes, sorted."}

    class_weight: dict[Any, float] | Literal["balanced"] | None = None

    def _dataset(self, given: Given, columns: tuple[Column, ...], name: str) -> Dataset:
        check_classification_targets(given.y)
        self.classes_, codes = np.unique(given.y[given.kept], return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"{type(self).__name__} needs samples of at least 2 classes in the data, but the data contains only one "
                f"class: {self.classes_.tolist()[0]!r}"
            )
        names = tuple(str(value) for value in self.classes_.tolist())
        return Dataset(
            "X", "X", "classification", name, columns, codes.astype(np.int64), names, groups=given.kept_groups,
            weights=given.kept_weights, class_kind=KINDS.get(self.classes_.dtype.kind, "text"),
        )  # fmt: skip

    def _config(self, given: Given, values: Mapping[str, Any]) -> FitConfig:
        weight = values["class_weight"]
        if isinstance(weight, dict):
            found = compute_class_weight(weight, classes=self.classes_, y=given.y[given.kept])
            weight = tuple(found.astype(np.float64).tolist())
        return super()._config(given, {**values, "class_weight": weight})

    def decision_function(self, X: Any) -> Array:
        """The network's outputs: log odds (rows,) of the second of two classes, or (rows, classes) before softmax."""
        z = self._predicted(X, Model.raw_outputs)
        return z[:, 0] if z.shape[1] == 1 else z

    def predict(self, X: Any) -> Array:
        """The most probable class of each row, (rows,)."""
        z = self.decision_function(X)
        return np.asarray(self.classes_[(z > 0).astype(int) if z.ndim == 1 else z.argmax(axis=1)])

    def predict_proba(self, X: Any) -> Array:
        """The classes' probabilities, (rows, classes), in the order of ``classes_``."""
        return self._predicted(X, Model.probabilities)

    def predict_log_proba(self, X: Any) -> Array:
        """Logarithms of the classes' probabilities, (rows, classes), finite even where a probability rounds to 0."""
        z = self.decision_function(X)
        if z.ndim == 1:
            return -np.logaddexp(0, np.stack([z, -z], axis=1))
        return z - np.logaddexp.reduce(z, axis=1, keepdims=True)
