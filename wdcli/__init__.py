"""How much weight decay does a network need on a table, and what does the decay do?

From the leaves to the command line; each file imports from those above it alone:

- names, text, errors, machine, paths: words, foreign text made harmless, errors, cores and memory, files
- conventions: what each tool means by lambda
- equivalents: the same penalty in other tools
- array: the type of arrays
- nn: the engine
- data: tables, encoded and split
- fits: how networks get trained, wherever
- sweep: which lambda
- models, predictions: a saved network, and its answers for new rows
- notes: what is worth a line beside a result
- report: tables, words, JSON, CSV and code
- export: a fit or a saved model for other tools
- figures: what pictures say, drawn in a terminal and as SVG
- page: a result as one HTML page
- plots: its pictures by matplotlib, for papers and notebooks
- results: what the front door returns, which notebooks display
- study: the front door from Python
- estimators: scikit-learn's way in
- cli: the commands
"""

TYPE_CHECKING = False  # typing's own would take half of this package's time to import
if TYPE_CHECKING:
    from wdcli.estimators import (
        WeightDecayClassifier,
        WeightDecayClassifierCV,
        WeightDecayRegressor,
        WeightDecayRegressorCV,
    )

__version__ = "0.1.0"
__all__ = ["WeightDecayClassifier", "WeightDecayClassifierCV", "WeightDecayRegressor", "WeightDecayRegressorCV"]


def __getattr__(name: str) -> object:
    """The estimators, imported when they are asked for: scikit-learn takes a second."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from wdcli import estimators

    return getattr(estimators, name)


def __dir__() -> list[str]:
    """All names, those not yet imported too."""
    return sorted({*globals(), *__all__})
