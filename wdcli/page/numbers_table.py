"""Every number of a sweep as a table: a row a lambda, the chosen one highlighted."""

from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from wdcli.figures import lambdas
from wdcli.figures.shown import ShownRow, ShownSweep
from wdcli.figures.sizes import Size, taken_away
from wdcli.fits.quantities import QUANTITIES
from wdcli.page.elements import element
from wdcli.page.raw import Raw, is_number, number, raw_rows, score, score_name
from wdcli.report.numbers import count_of, figure, loss, plus_minus, share, shown

SHOWN_FIRST = ("lambda", "l1_ratio", "train_loss", "cv_loss", "cv_se", "test_loss")
"""Numbers of a row that the first columns show."""
OF = {"rmse": "RMSE"}
STYLES: dict[str, Callable[[float], str]] = {
    "wins": lambda value: share(value) if value else "",
    "networks": count_of,
    "nonzero_weights": count_of,
    "effective_columns": count_of,
}
"""How numbers are shown that aren't measured on a network."""


@dataclass(frozen=True)
class _Column:
    """A heading and what stands below it; ``said`` columns are also shown beside the slider."""

    heading: str
    cell: Callable[[ShownRow, Raw], str | Element]
    said: bool = False
    is_text: bool = False


def numbers_table(sweep: ShownSweep) -> Element:
    """The table, in a box of its own that scrolls where the table is wider than the text."""
    columns = [*_first(sweep), *_others(sweep)]
    heads = [
        element("th", each.heading, scope="col", class_=f"{'text ' * each.is_text}{'said' * each.said}".strip())
        for each in columns
    ]
    followed = _followed(sweep)
    body = [_row(columns, row, raw, followed.get(id(row), {})) for row, raw in raw_rows(sweep)]
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *body))
    return element("div", table, class_="scrolls", tabindex="0", role="region", aria_label="Every number")


def meanings(sweep: ShownSweep) -> Element:
    """What the columns hold that are measured on networks, folded up."""
    names = [name for name in _other_names(sweep) if name in QUANTITIES]
    each = [
        element("div", element("dt", QUANTITIES[name].heading), element("dd", QUANTITIES[name].meaning))
        for name in names
    ]
    return element(
        "details", element("summary", "What the columns mean"), element("dl", *each, class_="facts"), class_="meanings"
    )


def marks(sweep: ShownSweep, row: ShownRow, raw: Raw) -> str:
    """``min``, ``paired`` or ``plateau``: what the row is to the choice."""
    if row.l1_ratio != sweep.l1_ratio or not sweep.has_chosen:
        return ""
    found = [mark.label for mark in lambdas.marks(sweep, row.l1_ratio) if mark.x == row.lambd]
    return ", ".join(found) or ("plateau" if raw.get("plateau") is True else "")


def valuetext(sweep: ShownSweep, row: ShownRow) -> str:
    """A row in a few words: what a screen reader says at this place of the slider."""
    chosen = "chosen" if row.lambd == sweep.chosen else ""
    words = [f"lambda {figure(row.lambd)}", _verdict(row), f"CV loss {loss(row.cv_loss)}", chosen]
    return ", ".join(filter(None, words))


def _verdict(row: ShownRow) -> str:
    """The verdict; while there is none, whether the network collapsed or diverged."""
    return row.verdict or ("" if row.status == "ok" else row.status)


def _followed(sweep: ShownSweep) -> dict[int, dict[str, str]]:
    """The attributes of the rows at which the slider stops, by the rows' ids."""
    found = {id(row): {"data_lambda": repr(row.lambd), "data_said": valuetext(sweep, row)} for row in sweep.curve}
    chosen = sweep.row(sweep.chosen)
    if chosen is not None:
        found[id(chosen)]["class_"] = "chosen"
    return found


def _row(columns: list[_Column], row: ShownRow, raw: Raw, attributes: dict[str, str]) -> Element:
    first, *rest = columns
    name = element("th", first.cell(row, raw), scope="row")
    return element("tr", name, *(_cell(each, each.cell(row, raw)) for each in rest), **attributes)


def _cell(column: _Column, content: str | Element) -> Element:
    return element("td", content, class_="text") if column.is_text else element("td", content)


def _label(name: str) -> Element:
    return element("span", name, class_=f"verdict {name}")


def _first(sweep: ShownSweep) -> list[_Column]:
    ratio = _Column("l1_ratio", lambda row, raw: "" if row.l1_ratio is None else f"{row.l1_ratio:g}")
    norm = _Column("|W|2", lambda row, raw: shown("l2_norm", row.status, row.l2_norm), said=True)
    return [
        _Column("lambda", lambda row, raw: figure(row.lambd), said=True),
        *([] if sweep.ratios == (None,) else [ratio]),
        _Column("mark", lambda row, raw: marks(sweep, row, raw), said=True, is_text=True),
        _Column("verdict", lambda row, raw: _label(_verdict(row)), said=True, is_text=True),
        _Column("training loss", lambda row, raw: loss(row.train_loss), said=True),
        _Column("CV loss ± SE", lambda row, raw: plus_minus(row.cv_loss, row.cv_se), said=True),
        _Column("test loss", lambda row, raw: loss(row.test_loss), said=True),
        *(map(_left, taken_away(sweep)) if taken_away(sweep) else [norm]),
    ]


def _left(size: Size) -> _Column:
    return _Column(f"{size.name} left", lambda row, raw: count_of(size.of(row)), said=True)


def _others(sweep: ShownSweep) -> list[_Column]:
    return [_Column(_heading(sweep, name), _cell_of(sweep, name)) for name in _other_names(sweep)]


def _other_names(sweep: ShownSweep) -> list[str]:
    """The names of the other numbers that any row has, in the order of the JSON object."""
    known = {*SHOWN_FIRST, *([size.key for size in taken_away(sweep)] or ["l2_norm"])}
    found = (
        name for raw in sweep.shown["rows"] for name, value in raw.items() if is_number(value) and name not in known
    )
    return list(dict.fromkeys(found))


def _heading(sweep: ShownSweep, name: str) -> str:
    if name in QUANTITIES:
        return QUANTITIES[name].heading
    part, _, of = name.rpartition("_")
    part = {"train": "training", "cv": "CV"}.get(part, part)
    return f"{part} {score_name(sweep) if of == 'score' else OF.get(of, of)}"


def _cell_of(sweep: ShownSweep, name: str) -> Callable[[ShownRow, Raw], str]:
    if name in QUANTITIES:
        return lambda row, raw: shown(name, row.status, number(raw, name))
    if name.endswith("_score"):
        return lambda row, raw: score(sweep, number(raw, name))
    style = STYLES.get(name, figure)
    return lambda row, raw: style(number(raw, name))
