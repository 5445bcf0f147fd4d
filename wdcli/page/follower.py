"""The slider over lambda, which the pictures and the table of a sweep follow; the script shows it and makes it work."""

import math
from xml.etree.ElementTree import Element

from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.page.elements import element
from wdcli.page.numbers_table import valuetext


def start(sweep: ShownSweep) -> ShownRow:
    """Where the slider begins: the chosen row, or the one with the least CV loss of a sweep that was interrupted."""
    return sweep.row(sweep.chosen) or min(sweep.curve, key=lambda row: (math.isnan(row.cv_loss), row.cv_loss))


def follower(sweep: ShownSweep, name: str) -> Element | None:
    """A range over the rows of the curve; None where there is nothing to choose from."""
    if len(sweep.curve) < 2:
        return None
    row = start(sweep)
    at = next(i for i, each in enumerate(sweep.curve) if each is row)
    place = {"min": "0", "max": str(len(sweep.curve) - 1), "value": str(at), "step": "1"}
    label = element("label", "lambda", for_=f"{name}-lambda")
    slider = element("input", type="range", id=f"{name}-lambda", aria_valuetext=valuetext(sweep, row), **place)
    told = element("output", for_=f"{name}-lambda", aria_live="off")
    return element("div", label, slider, told, class_="follower scripted", hidden="")
