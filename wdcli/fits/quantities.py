"""The quantities measured on a network that was fitted on all training rows; each is declared here only.

A field's name is the quantity's name in records, JSON and CSV; its annotation says the rest. A sweep's rows hold the
means over seeds.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, TypeAlias, get_type_hints

Style: TypeAlias = Literal["norm", "share", "count", "figure", "residual", "score"]
"""The kind of number; ``report.numbers.STYLES`` says how each is shown."""


class Quantity(NamedTuple):
    """A quantity's heading in tables, and meaning; ``of_collapsed``: whether a collapsed network's is meaningful."""

    heading: str
    style: Style
    meaning: str
    of_collapsed: bool = True


@dataclass(frozen=True)
class Measures:
    """Norms and counts cover all layers' weights, never biases; scores are on the test rows, nan for a regression."""

    l1_norm: Annotated[float, Quantity("|W|1", "norm", "sum of absolute weights")]
    l2_norm: Annotated[float, Quantity("|W|2", "norm", "root of the sum of squared weights")]
    sparsity: Annotated[float, Quantity("zeros", "share", "share of weights that are exactly 0.0")]
    live_units: Annotated[float, Quantity("live units", "count", "units with a non-zero weight in and out", False)]
    live_features: Annotated[float, Quantity("live features", "count", "inputs with a non-zero weight out", False)]
    smoothness: Annotated[float, Quantity("smoothness", "figure", "mean slope: smaller is smoother")]
    kkt: Annotated[float, Quantity("kkt", "residual", "how far from an optimum of the penalised loss", False)]
    test_auc: Annotated[float, Quantity("ROC AUC", "score", "area under the ROC curve", False)]
    test_average_precision: Annotated[
        float, Quantity("average precision", "score", "mean precision over all recalls", False)
    ]
    test_balanced_accuracy: Annotated[float, Quantity("balanced accuracy", "score", "mean recall of the classes")]


QUANTITIES: dict[str, Quantity] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Measures, include_extras=True).items()
}
SCORES = tuple(name for name, quantity in QUANTITIES.items() if quantity.style == "score")
"""Measures of how well the test rows' classes are told apart, besides accuracy."""
OF_WEIGHTS = tuple(name for name in QUANTITIES if name not in SCORES)
