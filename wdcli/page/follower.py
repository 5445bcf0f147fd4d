"""The slider over lambda, which the pictures and the table of a sweep follow; the script shows it and makes it work."""

from xml.etree.ElementTree import Element

from wdcli.figures.shown import ShownSweep
from wdcli.page.elements import element
from wdcli.page.numbers_table import valuetext


def follower(sweep: ShownSweep, name: str) -> Element | None:
    """A range over the rows of the curve, at the chosen one; None where there is nothing to choose from."""
    curve = sweep.curve
    if len(curve) < 2:
        return None
    at = next((i for i, row in enumerate(curve) if row.lambd == sweep.chosen), 0)
    place = {"min": "0", "max": str(len(curve) - 1), "value": str(at), "step": "1"}
    slider = element("input", type="range", id=f"{name}-lambda", aria_valuetext=valuetext(sweep, curve[at]), **place)
    told = element("output", for_=f"{name}-lambda", aria_live="off")
    return element("div", element("label", "lambda", for_=f"{name}-lambda"), slider, told, class_="follower", hidden="")
