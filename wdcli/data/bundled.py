"""The small real tables that come with scikit-learn; it is imported when one of them is asked for, not before."""

from typing import NamedTuple

import numpy as np

from wdcli.data.dataset import Dataset, numeric_columns
from wdcli.names import Task


class Bundled(NamedTuple):
    """scikit-learn's loader, the task, what is predicted, and a description."""

    loader: str
    task: Task
    target: str
    about: str


BUNDLED: dict[str, Bundled] = {
    "iris": Bundled("load_iris", "classification", "species", "150 flowers, 4 measurements, 3 species"),
    "wine": Bundled("load_wine", "classification", "cultivar", "178 wines, 13 chemical measurements, 3 cultivars"),
    "breast-cancer": Bundled(
        "load_breast_cancer", "classification", "diagnosis", "569 tumours, 30 measurements, benign or malignant"
    ),
    "digits": Bundled("load_digits", "classification", "digit", "1,797 handwritten digits, 64 pixels, 10 classes"),
    "diabetes": Bundled(
        "load_diabetes", "regression", "progression", "442 patients, 10 measurements, progression after a year"
    ),
}


def load_bundled(name: str) -> Dataset:
    """One of scikit-learn's own tables, as it ships it (diabetes with the features unscaled)."""
    import sklearn.datasets

    bundled = BUNDLED[name]
    options = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(sklearn.datasets, bundled.loader)(**options)
    columns = numeric_columns(bunch.data, [str(feature) for feature in bunch.feature_names])
    if bundled.task == "regression":
        return Dataset(name, name, bundled.task, bundled.target, columns, bunch.target.astype(np.float64))
    classes = tuple(str(c) for c in bunch.target_names)
    return Dataset(name, name, bundled.task, bundled.target, columns, bunch.target.astype(np.int64), classes)
