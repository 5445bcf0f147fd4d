"""The part of a script that reads a table and encodes it as the model does, in plain Python and NumPy."""

import pprint
import re
import textwrap
from collections.abc import Iterator
from string import Template
from typing import Any

from wdcli.data.cells import BOOLEANS, MISSING
from wdcli.data.dataset import WHOLE, Kind
from wdcli.data.format import Format
from wdcli.data.marks import number_pattern, separators_pattern
from wdcli.data.rules import NumberRule, Rule, TextRule
from wdcli.models import Model
from wdcli.text import quoted

WIDTH = 110
READING = '''\
def read(path):
    """The rows of a CSV file with a header ("-": standard input), as dicts of text."""
    with open(0 if path == "-" else path, encoding="utf-8-sig", newline="") as file:
        text = file.read()
    first = next(filter(str.strip, text.splitlines()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=$delimiter, strict=True)
    lines = [(reader.line_num, cells) for cells in reader if cells]
    if len(lines) < 2:
        raise ValueError(f"{path} has no rows below a header")
    header = [name.strip() or f"column {place}" for place, name in enumerate(lines[0][1], 1)]
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise ValueError(f"{path} has more than one column named {twice[0]!r}")
    for line, cells in lines:
        if len(cells) != len(header):
            raise ValueError(f"{path}, line {line}: {len(cells)} cells, but the header names {len(header)} columns")
    return [dict(zip(header, cells)) for _, cells in lines[1:]]


def cells_of(rows, name):
    """The cells of a column, None where one is missing."""
    if name not in rows[0]:
        raise ValueError(f"the table has no column {name!r}, and the network was trained with it")
    cells = [row[name].strip() for row in rows]
    return [None if cell.lower() in MISSING else cell for cell in cells]
'''
ENCODING = '''\
def encode(rows):
    """The features of the network, (rows, features), of rows as dicts of text."""
    made = [features for column in COLUMNS for features in encoded(column, cells_of(rows, column["name"]))]
    return np.column_stack(made)$picked


def encoded(column, cells):
    """The features that are made from one column, (rows,) each."""
    return $how
'''
SCALED = '''\
def scaled(column, cells):
    """(x - mean) / scale, with fill for a missing x; then 1 for missing cells, if training had such."""
    if column["scale"] is not None:
        x = [column["fill"] if cell is None else value(column["name"], column["kind"], cell) for cell in cells]
        yield (np.array(x) - column["mean"]) / column["scale"]
    if column["missing"]:
        yield np.array([float(cell is None) for cell in cells])
'''
VALUE = '''\
def value(name, kind, cell):
    """A cell of a column as a number."""
    try:
        return KINDS[kind](cell)
    except (ValueError, KeyError):
        raise ValueError(f"column {name!r}: {cell!r} is not a {kind}$spelled") from None
'''
ONE_HOT = '''\
def one_hot(column, cells):
    """1 for the cells of each category; then for all other cells, and for missing ones, if training had such."""
$respelled\
    for category in column["categories"]:
        yield np.array([float(cell == category) for cell in cells])
    if column["other"]:
        known = [*column["categories"], *[None] * column["missing"]]
        yield np.array([float(cell not in known) for cell in cells])
    if column["missing"]:
        yield np.array([float(cell is None) for cell in cells])
'''
RESPELLED = "    cells = [respelled(cell, column) for cell in cells]\n"
RESPELLING = '''\
def respelled(cell, column):
    """1.0 as 1 where 1 is a category and 1.0 isn't: tools write whole numbers so once one of them is missing."""
    known = [*column["categories"], *column.get("rare", [])]
    whole = re.fullmatch(r"(-?[0-9]+)\\.0+", cell or "")
    return whole[1] if whole and cell not in known and whole[1] in known else cell
'''
NUMBER = '''\
def number(cell):
    """A finite number."""
    if not re.fullmatch(r"$pattern", cell) or abs(float($plain)) == float("inf"):
        raise ValueError
    return float($plain)
'''
BOOLEAN = f'''\
def boolean(cell):
    """1 for true, 0 for false."""
    return {BOOLEANS!r}[cell.lower()]
'''.replace("'", '"')
DATE = '''\
def date(cell):
    """Days since 1970 of an ISO 8601 date or time$also; without a zone it is in UTC."""
$moment\
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return since // timedelta(microseconds=1) / 86_400e6
'''
MOMENT = "    moment = datetime.fromisoformat(cell)\n"
FORMATTED = """\
    try:
        moment = datetime.strptime(cell, $format)
    except ValueError:
        moment = datetime.fromisoformat(cell)
"""


def imports(model: Model) -> list[str]:
    """What the part needs of the standard library."""
    rules = model.encoding.rules
    needs = {"import csv", "import io"}
    needs |= {"import re"} if "number" in _read(model) or _has_whole(rules) else set()
    return [*needs, *["from datetime import datetime, timedelta, timezone"] * ("date" in _kinds(rules))]


def constants(model: Model) -> str:
    """The cells that mean a missing value, and what is known of each column."""
    missing = sorted({*MISSING, *(cell.lower() for cell in model.spelling.missing or ())})
    return f"MISSING = {_literal(missing)}\nCOLUMNS = [\n{''.join(map(_column, model.encoding.rules))}]\n"


def functions(model: Model) -> list[str]:
    """The functions that read and encode; those for kinds of columns that the model hasn't got are left out."""
    rules, spelling = model.encoding.rules, model.spelling
    parts = [Template(READING).substitute(delimiter=_delimiter(spelling)), _encoding(model)]
    read = {"number": _number(spelling), "boolean": BOOLEAN, "date": _date(spelling)}
    read = {kind: text for kind, text in read.items() if kind in _read(model)}
    kinds, whole = _kinds(rules), _has_whole(rules)
    parts += [SCALED] * bool(kinds - {"text"})
    if read:
        named = ", ".join(f'"{kind}": {kind}' for kind in read)
        spelled = " (in plain digits, such as -1234.5)" if spelling.guesses else ""
        parts += [VALUE.replace("$spelled", spelled), *read.values(), f"KINDS = {{{named}}}\n"]
    if "text" in kinds:
        parts += [ONE_HOT.replace("$respelled", RESPELLED if whole else ""), *[RESPELLING] * whole]
    return parts


def remarks(model: Model) -> Iterator[str]:
    """What the script doesn't read as wdcli does, in sentences."""
    signs = {rule.column: rule.sign for rule in model.encoding.rules if isinstance(rule, NumberRule) and rule.sign}
    for column, sign in signs.items():
        yield f"The cells of {quoted(column)} had the sign {sign} in training: write them without it."
    if str(model.spelling):
        yield f"Tables are read like the training table, with wdcli's {model.spelling}."
    if model.spelling.guesses and "number" in _read(model):
        yield "Numbers are written in plain digits with a decimal point (-1234.5, 1e-3); other spellings are refused."


def _kinds(rules: tuple[Rule, ...]) -> set[Kind]:
    return {rule.kind for rule in rules}


def _read(model: Model) -> set[Kind]:
    """The kinds of cells that are read as numbers, the target's too."""
    return _kinds(model.encoding.rules) - {"text"} | ({"number"} if model.task == "regression" else set())


def _column(rule: Rule) -> str:
    """A column's line, or lines where it has many categories."""
    if isinstance(rule, NumberRule):
        shown = {"kind": rule.kind, "fill": rule.fill, "mean": rule.mean, "scale": rule.scale, "missing": rule.missing}
        return f"    { ({'name': rule.column} | shown)!r},\n"
    text: dict[str, Any] = {"name": rule.column, "categories": list(rule.categories)}
    text |= {"other": rule.other, "missing": rule.missing}
    alike = [name for name in rule.rare or () if (found := WHOLE.fullmatch(name)) and found[1] in rule.categories]
    text |= {"rare": alike} if alike else {}
    return textwrap.indent(f"{_literal(text)},\n", "    ")


def _literal(value: object) -> str:
    return pprint.pformat(value, width=WIDTH, compact=True, sort_dicts=False)


def _has_whole(rules: tuple[Rule, ...]) -> bool:
    """Whether a category is a whole number, which tools may write as a float."""
    return any(
        re.fullmatch("-?[0-9]+", name) for rule in rules if isinstance(rule, TextRule) for name in rule.categories
    )


def _delimiter(spelling: Format) -> str:
    return repr(spelling.delimiter) if spelling.delimiter else 'max(",;\\t|", key=first.count)'


def _encoding(model: Model) -> str:
    kinds = _kinds(model.encoding.rules)
    how = 'one_hot(column, cells) if "categories" in column else scaled(column, cells)'
    if "text" not in kinds:
        how = "scaled(column, cells)"
    elif kinds == {"text"}:
        how = "one_hot(column, cells)"
    everything = model.features == tuple(range(len(model.encoding.feature_names)))
    picked = "" if everything else f"[:, {_literal(list(model.features))}]"
    return Template(ENCODING).substitute(how=how, picked=picked)


def _number(spelling: Format) -> str:
    """The function for numbers with the marks that were named for the training table, else for plain ones."""
    point = spelling.decimal_mark
    separators = separators_pattern(spelling.thousands)
    plain = f're.sub(r"{separators}", "", cell)' if separators else "cell"
    plain += '.replace(",", ".")' if point == "," else ""
    return Template(NUMBER).substitute(pattern=number_pattern(point, separators), plain=plain)


def _date(spelling: Format) -> str:
    if spelling.date_format is None:
        return Template(DATE).substitute(also="", moment=MOMENT)
    formatted = Template(FORMATTED).substitute(format=repr(spelling.date_format))
    return Template(DATE).substitute(also=" or one in the training table's format", moment=formatted)
