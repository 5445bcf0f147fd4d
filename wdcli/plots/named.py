"""Each figure of a result by a function of its own.

A result is one of ``wdcli.study``, a fitted estimator (it has one as ``result_``), or the object that ``--json`` prints. A
figure is drawn on ``ax``, which is returned, or on a picture of its own, whose first panel is returned: ``ax.figure`` is all
of it. On an ``ax``, a figure with several panels divides its place among them: a large picture with layout="constrained"
leaves them the room that they need.

All raise ``ConfigError`` for what is no such result, and ``StoreError`` for a result that has no such figure, with the
reason. In the examples, ``result`` is a sweep and ``compared`` a comparison.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from matplotlib.axes import Axes

from wdcli.errors import ConfigError, StoreError
from wdcli.figures import gallery
from wdcli.figures.learning import train_figure
from wdcli.figures.model import Figure
from wdcli.figures.shown import Shown
from wdcli.plots.pictures import divide, picture


class Told(Protocol):
    """A result."""

    def to_json(self) -> Mapping[str, Any]:
        """Return the object that the command prints with ``--json``."""


class Fitted(Protocol):
    """An estimator with its result."""

    @property
    def result_(self) -> Told:
        """The result of its sweep."""


Result: TypeAlias = Mapping[str, Any] | Told | Fitted


def cv_curve(result: Result, ax: Axes | None = None) -> Axes:
    """Draw CV loss with its standard error, training loss and test loss over lambda, and mark the chosen lambda.

    >>> ax = plots.cv_curve(result)
    >>> ax.get_xlabel()
    'lambda (log axis)'
    """
    return _drawn("cv", result, ax)


def weight_curves(result: Result, ax: Axes | None = None) -> Axes:
    """Draw the size and the zeros of each layer's weights over lambda, and how smooth the network's function is.

    >>> picture = plots.weight_curves(result).figure
    >>> len(picture.axes) > 1
    True
    """
    return _drawn("weights", result, ax)


def features(result: Result, ax: Axes | None = None) -> Axes:
    """Draw how large the weights of each feature are at each lambda, and where they die.

    >>> sorted(label.get_text() for label in plots.features(result).get_yticklabels())
    ['x1', 'x2']
    """
    return _drawn("features", result, ax)


def front(result: Result, ax: Axes | None = None) -> Axes:
    """Draw CV loss against the number of weights left.

    >>> plots.front(result).get_xlabel()
    'weights that are not zero (log axis)'
    """
    return _drawn("front", result, ax)


def function(result: Result, ax: Axes | None = None) -> Axes:
    """Draw the network's function of one or two features where it overfits, is good and underfits.

    >>> ax = plots.function(result)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('x1', 'x2')
    """
    return _drawn("function", result, ax)


def learning_curves(result: Result, ax: Axes | None = None) -> Axes:
    """Draw training and test loss after each epoch, of one fit or of a sweep's networks.

    >>> plots.learning_curves(result).get_xlabel()
    'epoch'
    """
    told = _told(result)
    return _on(train_figure(told), ax) if _is_fit(told) else _drawn("learning", told, ax)


def comparison(result: Result, ax: Axes | None = None) -> Axes:
    """Draw the CV curves of all penalties, the differences of each pair, and loss against size.

    >>> picture = plots.comparison(compared).figure
    >>> picture.get_suptitle()
    'Penalties compared'
    """
    return _drawn("compare", result, ax)


def _drawn(name: str, result: Result, ax: Axes | None) -> Axes:
    told = _told(result)
    if _is_fit(told):
        raise ConfigError(
            "This result is one fit: only learning_curves draws it; other figures need a sweep or a comparison."
        )
    return _on(gallery.make(name, Shown.read(told)), ax)


def _on(figure: Figure, ax: Axes | None) -> Axes:
    """The figure on ``ax``, or on a picture of its own."""
    if not figure.panels:
        raise StoreError(" ".join(figure.left_out))
    return picture(figure).axes[0] if ax is None else divide(figure.panels, ax)


def _told(result: Result) -> Mapping[str, Any]:
    """The object of a result, an estimator's or one's own."""
    found: Any = getattr(result, "result_", result)
    if isinstance(found, Mapping):
        return found
    if not hasattr(found, "to_json"):
        what = "a result of wdcli.study, a fitted estimator, or an object of --json"
        raise ConfigError(f"{type(result).__name__} can't be drawn: give {what}.")
    told: Mapping[str, Any] = found.to_json()
    return told


def _is_fit(told: Mapping[str, Any]) -> bool:
    """Whether it is of ``wdcli train``."""
    return str(told.get("schema")).startswith("wdcli.train/")
