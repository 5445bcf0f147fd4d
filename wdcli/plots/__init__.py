"""Pictures of a result by matplotlib, for papers and notebooks: ``Figure`` and ``Axes`` alone, never pyplot.

::

    from wdcli import plots

    ax = plots.plot("cv", result)             # of study.sweep or study.compare, or the object of --json
    ax.figure.savefig("cv.pdf")

In reading order:

- style: colours, glyphs, strokes
- letters: the letters that fonts have, and labels that don't collide
- frame: the axes of the model as those of matplotlib
- chart, heatmap, surface, intervals: a panel of each type
- pictures: a panel, a figure with all its panels, and a file of it
"""

from wdcli.errors import OutputError

try:
    import matplotlib as _
except ModuleNotFoundError as error:
    if error.name != "matplotlib":
        raise
    raise OutputError("PDF, PNG and pictures in notebooks need matplotlib: pip install 'wdcli[plot]'.") from None

from wdcli.plots.pictures import draw, picture, plot, save

__all__ = ["draw", "picture", "plot", "save"]
