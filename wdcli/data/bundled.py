"""The small real tables that come with scikit-learn, read from its files: importing it takes a second or more."""

import gzip
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wdcli.array import Array
from wdcli.data.dataset import Dataset, Kind, numeric_columns
from wdcli.names import Task


class Bundled(NamedTuple):
    """scikit-learn's loader and files, and what they hold: the files' last column is the target."""

    loader: str
    files: tuple[str, ...]
    task: Task
    target: str
    about: str
    rows: int
    features: tuple[str, ...]
    classes: tuple[str, ...] = ()


_NUCLEI = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip

BUNDLED: dict[str, Bundled] = {
    "iris": Bundled(
        "load_iris", ("iris.csv",), "classification", "species", "150 flowers, 4 measurements, 3 species", 150,
        ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
        ("setosa", "versicolor", "virginica"),
    ),
    "wine": Bundled(
        "load_wine", ("wine_data.csv",), "classification", "cultivar",
        "178 wines, 13 chemical measurements, 3 cultivars", 178,
        (
            "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
            "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline",
        ),
        ("class_0", "class_1", "class_2"),
    ),
    "breast-cancer": Bundled(
        "load_breast_cancer", ("breast_cancer.csv",), "classification", "diagnosis",
        "569 tumours, 30 measurements, benign or malignant", 569,
        tuple(form.format(of) for form in ("mean {}", "{} error", "worst {}") for of in _NUCLEI),
        ("malignant", "benign"),
    ),
    "digits": Bundled(
        "load_digits", ("digits.csv.gz",), "classification", "digit",
        "1,797 handwritten digits, 64 pixels, 10 classes", 1797,
        tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8)),
        tuple("0123456789"),
    ),
    "diabetes": Bundled(
        "load_diabetes", ("diabetes_data_raw.csv.gz", "diabetes_target.csv.gz"), "regression", "progression",
        "442 patients, 10 measurements, progression after a year", 442,
        ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"),
    ),
}  # fmt: skip


def load_bundled(name: str) -> Dataset:
    """One of scikit-learn's own tables, as it ships it (diabetes with the features unscaled)."""
    try:
        return from_files(name)
    except (OSError, ValueError):
        return from_loader(name)


def from_files(name: str) -> Dataset:
    """The table as read from scikit-learn's files.

    Raises ``OSError`` if they can't be found or read, ``ValueError`` if they don't hold the known rows, features and classes.
    """
    bundled = BUNDLED[name]
    table = np.column_stack([_numbers(_folder() / file, bundled) for file in bundled.files])
    if table.shape[1] != len(bundled.features) + 1:
        raise ValueError(f"{name}: {table.shape[1]} columns")
    return _dataset(name, table[:, :-1], table[:, -1], bundled.features, bundled.classes)


def from_loader(name: str) -> Dataset:
    """The table as scikit-learn's own loader gives it."""
    import sklearn.datasets

    options = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(sklearn.datasets, BUNDLED[name].loader)(**options)
    return _dataset(name, bunch.data, bunch.target, bunch.feature_names, bunch.get("target_names", ()))


def _folder() -> Path:
    """Where scikit-learn keeps its tables. Finding a package doesn't import it."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("scikit-learn")
    return Path(spec.origin).parent / "datasets" / "data"


def _numbers(path: Path, bundled: Bundled) -> Array:
    """A file's numbers (rows, columns), without a first line that counts rows and features and names the classes."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        text = file.read()
    header = ",".join(map(str, (bundled.rows, len(bundled.features), *bundled.classes)))
    cells = text.removeprefix(f"{header}\n").replace(",", " ").split()
    return np.array(cells, dtype=np.float64).reshape(bundled.rows, -1)


def _dataset(name: str, X: Array, y: Array, features: Iterable[object], classes: Iterable[object]) -> Dataset:
    """The dataset of a bundled table."""
    bundled = BUNDLED[name]
    columns = numeric_columns(X, [str(feature) for feature in features])
    target = y.astype(np.int64 if bundled.task == "classification" else np.float64)
    names = tuple(str(c) for c in classes)
    kind: Kind = "number" if all(map(str.isdigit, names)) else "text"
    return Dataset(name, name, bundled.task, bundled.target, columns, target, names, class_kind=kind)
