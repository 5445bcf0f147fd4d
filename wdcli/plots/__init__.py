"""Pictures of a result by matplotlib, for papers and notebooks: ``Figure`` and ``Axes`` alone, never pyplot.

::

    from wdcli import plots

    ax = plots.cv_curve(result)               # of study.sweep, a fitted estimator, or the object of --json
    ax.figure.savefig("cv.pdf")

In reading order:

- style: colours, glyphs, strokes
- letters: the letters that fonts have, and labels that don't collide
- legend: what signs are called
- axes: the axes of the model as those of matplotlib
- chart, heatmap, surface, intervals: a panel of each type
- pictures: a panel, a figure with all its panels, and a file of it
- named: each figure by a function of its own
"""

from wdcli.errors import OutputError

try:
    import matplotlib  # noqa: F401
except ModuleNotFoundError:
    raise OutputError(
        "PDF and PNG are drawn by matplotlib, which isn't installed: pip install 'wdcli[plot]'. SVG needs nothing."
    ) from None
except (ImportError, ValueError) as error:
    # A broken installation, or a setting in its file or its variables.
    raise OutputError(f"matplotlib can't be loaded: {error}") from None

from wdcli.plots.named import comparison, cv_curve, features, front, function, learning_curves, weight_curves
from wdcli.plots.pictures import draw, picture, save

__all__ = [
    "comparison", "cv_curve", "draw", "features", "front", "function", "learning_curves", "picture", "save", "weight_curves",
]  # fmt: skip
