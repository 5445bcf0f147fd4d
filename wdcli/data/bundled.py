"""The small real tables that come with scikit-learn; it is imported when one of them is asked for, not before."""

import numpy as np

from wdcli.data.dataset import Dataset, numeric_columns
from wdcli.names import Task

BUNDLED: dict[str, tuple[str, Task, str]] = {
    "iris": ("load_iris", "classification", "150 flowers, 4 measurements, 3 species"),
    "wine": ("load_wine", "classification", "178 wines, 13 chemical measurements, 3 cultivars"),
    "breast-cancer": ("load_breast_cancer", "classification", "569 tumours, 30 measurements, benign or malignant"),
    "digits": ("load_digits", "classification", "1,797 handwritten digits, 64 pixels, 10 classes"),
    "diabetes": ("load_diabetes", "regression", "442 patients, 10 measurements, progression after a year"),
}  # fmt: skip
"""Name -> scikit-learn's loader, the task, and what it is."""


def load_bundled(name: str) -> Dataset:
    """One of scikit-learn's own tables, as it ships it (diabetes with the features unscaled)."""
    import sklearn.datasets

    loader, task, _ = BUNDLED[name]
    options = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(sklearn.datasets, loader)(**options)
    columns = numeric_columns(bunch.data, [str(feature) for feature in bunch.feature_names])
    if task == "regression":
        return Dataset(name, name, task, "target", columns, bunch.target.astype(np.float64))
    classes = tuple(str(c) for c in bunch.target_names)
    return Dataset(name, name, task, "target", columns, bunch.target.astype(np.int64), classes)
