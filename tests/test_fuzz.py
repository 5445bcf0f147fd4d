"""Whatever is given, the answer is a result or a message: no traceback, no other exit status, nothing that drives a terminal.

``FUZZ=50 pytest tests/test_fuzz.py`` tries fifty times as much, and something else every time.
"""

import copy
import hashlib
import io
import json
import math
import os
import random
import re
import tracemalloc
import unicodedata
import zipfile

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.run import run, succeed
from wdcli.cli import named, reading, types
from wdcli.models.file import ARRAY, HEADER

MORE = int(os.environ.get("FUZZ", "1"))
ENOUGH = 32 << 20
"""Bytes that predicting a few rows with a small model may take."""
COMMON = {
    "deadline": None,
    "derandomize": MORE == 1,
    "database": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
}


def examples(number):
    return settings(max_examples=number * MORE, **COMMON)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answer(*args, stdin=None):
    """Run a command: it must end as commands do, and print nothing that a terminal would obey."""
    done = run(*args, stdin=stdin)
    assert done.exception is None or isinstance(done.exception, SystemExit), (args, done.exception)
    assert done.exit_code in (0, 1, 2)
    assert "Traceback" not in done.stderr
    assert "Out of memory" not in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    # In JSON and CSV names are what they are, where they can do no harm.
    for character in done.stderr + (
        done.stdout if args[0] in ("train", "sweep", "data") and "--json" not in args else ""
    ):
        assert character == "\n" or unicodedata.category(character)[0] != "C", (args, character)
    if done.exit_code:
        assert "Error: " in done.stderr or "Usage: " in done.stderr
    return done


# --- tables --------------------------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers().map(str),
    st.integers(-(10**40), 10**40).map(str),
    st.floats().map(repr),
    st.floats(allow_nan=False, allow_infinity=False).map("{:.3e}".format),
    st.sampled_from(
        [
            "0",
            "-0",
            "+1",
            "1.",
            ".5",
            "1e308",
            "-1e308",
            "1e-320",
            "1e400",
            "1_0",
            "0x1f",
            "1,5",
            "1.234,5",
            "1,234",
            "１",
            "٣",
        ]
    ),
)
TEXTS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["", " ", '"', '""', "'", ",", ";", "\t", "|", "\n", "\r", "a\nb", "\0", "\x1b[31m", "\x9b", "\u202e", "\ufeff", "[/b]",
         "<b>", "=1+1", "NA", "n/a", "nan", "?", "true", "FALSE", "inf", "-inf", "Infinity", "2020-01-01", "2020-02-30",
         "2020-01-01T00:00:00Z", "9999-12-31", "0000-00-00", "y", "x", "x=missing", "column 1", "\x0b", "\x85", "\u2028"]
    ),
)  # fmt: skip
CELLS = st.one_of(NUMBERS, TEXTS)


def written(cell, quoting, separator):
    """A cell as a CSV file has it: bare, or quoted as it must be."""
    bare = not quoting or not set(cell) & {'"', "\n", "\r", separator}
    return cell if bare else '"' + cell.replace('"', '""') + '"'


@st.composite
def separated(draw):
    """A table of a few columns, most of whose columns have one kind of cell."""
    separator, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
    quoting = draw(st.booleans())
    cells = st.sampled_from([NUMBERS, TEXTS, CELLS, st.sampled_from("ab"), st.just("7")])
    kinds = draw(st.lists(cells, min_size=1, max_size=4))
    header = [draw(st.one_of(st.just(f"c{i}"), TEXTS)) for i in range(len(kinds))]
    rows = draw(st.lists(st.tuples(*kinds), max_size=8)) * draw(st.sampled_from([1, 1, 5]))
    if draw(st.integers(0, 9)) == 0:
        rows.append((draw(CELLS),))
    lines = [separator.join(written(cell, quoting, separator) for cell in row) for row in [header, *rows]]
    return draw(st.sampled_from(["", "\ufeff"])) + end.join(lines) + draw(st.sampled_from(["", end]))


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.lists(st.integers(), max_size=1), st.just({"a": 1})
)
LINES = st.one_of(
    st.dictionaries(st.sampled_from(["x", "c", "y"]), VALUES).map(json.dumps),
    st.dictionaries(TEXTS, VALUES, max_size=3).map(lambda row: json.dumps(row, ensure_ascii=False)),
    st.sampled_from(["", "{}", "[]", "1", "null", '{"x":1,"x":2}', '{"x":"\\ud800"}', "{"]),
    st.sampled_from(["[" * 5000, '{"x":' + "9" * 5000 + "}"]),
    st.text(max_size=8),
)
FILES = st.one_of(
    separated().map(lambda text: text.encode("utf-8", "replace")),
    separated().map(lambda text: text.encode("utf-16")),
    separated().map(lambda text: text.encode("latin-1", "replace")),
    st.lists(LINES, max_size=6).map(lambda lines: "\n".join(lines * 3).encode("utf-8", "replace")),
    st.binary(max_size=120),
)
SUFFIXES = st.sampled_from([".csv", ".csv", ".tsv", ".jsonl", ".parquet", ".csv.gz", ".xlsx", ""])


@examples(120)
@given(FILES, SUFFIXES, st.booleans())
def test_any_table_is_shown_or_refused(folder, content, suffix, as_json):
    path = folder / f"t{suffix}"
    path.write_bytes(content)
    done = answer("data", "show", path, *(["--json"] if as_json else []))
    if as_json and done.exit_code == 0:
        json.loads(done.stdout, parse_constant=lambda name: 1 / 0)


@examples(120)
@given(separated(), st.sampled_from(["auto", "classification", "regression"]), st.booleans(), st.booleans())
def test_any_table_is_learned_from_or_refused(folder, text, task, as_is, as_json):
    path = folder / "t.csv"
    path.write_bytes(text.encode("utf-8", "replace"))
    plain = ["--no-scale-features", "--no-scale-target"] if as_is else []
    done = answer(
        "train",
        "--data",
        path,
        "--hidden",
        "none",
        "--epochs",
        "1",
        "--task",
        task,
        *plain,
        *(["--json"] if as_json else []),
    )
    if as_json and done.exit_code == 0:
        json.loads(done.stdout, parse_constant=lambda name: 1 / 0)


@examples(40)
@given(separated(), separated())
def test_any_test_rows_are_used_or_refused(folder, train, test):
    for name, text in (("t.csv", train), ("new.csv", test)):
        (folder / name).write_bytes(text.encode("utf-8", "replace"))
    answer("train", "--data", "t.csv", "--test-data", "new.csv", "--hidden", "none", "--epochs", "1")


# --- options -------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [*"0123456789.,:-+eE_ x", "nan", "inf", "auto", "all", "full", "none", "K", "M", "GiB", "l1", "l2", ":coupled", "last",
     "moons", "\0", "\udcff", "\x1b[2J", "\n", "٣", "１", "99999999999999999999"]
)  # fmt: skip
WORDS = st.one_of(st.lists(PIECES, max_size=6).map("".join), st.text(max_size=10))
TYPES = [
    types.Number(), types.Number(0, 1, open_low=True, open_high=True), types.Whole(1, 100), types.Size(), types.RunNumber(),
    types.Hidden(), types.Lambdas(), types.Shares(), types.Layers(), types.Rows("full"), types.Penalty(), types.Cluster(),
    named.NamedText(), named.FileName(), named.DataName(), named.GeneratorName(),
    reading.Names(), reading.Mark(".", ","), reading.Delimiter(), reading.DateFormat(),
]  # fmt: skip


def test_every_kind_of_option_is_tried():
    modules = (types, named, reading)
    found = [value for module in modules for value in vars(module).values()]
    kinds = {kind for kind in found if isinstance(kind, type) and issubclass(kind, click.ParamType)}
    ours = {kind for kind in kinds if kind.__module__ in {module.__name__ for module in modules}}
    assert {type(kind) for kind in TYPES} == ours


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
@examples(150)
@given(WORDS)
def test_any_text_is_an_options_value_or_wrong_usage(kind, text):
    try:
        value = kind.convert(text, None, None)
    except click.UsageError as error:
        assert error.format_message()
        return
    assert value is None or kind.convert(value, None, None) == value


def cheap(text):
    """Whether a number in it is too small to take long, and no path leads out of the folder."""
    return not re.search(r"\d{2}|[eE]\+?\d|/|[KMGT]|auto", text)


CHEAP = WORDS.filter(cheap)
GENERAL = {
    "--lambd": WORDS, "--lr": WORDS, "--noise": WORDS, "--test-size": WORDS, "--momentum": WORDS, "--seed": WORDS,
    "--l1-ratio": WORDS, "--decay-layers": WORDS, "--batch-size": WORDS, "--target": WORDS, "--groups": WORDS,
    "--epochs": CHEAP, "--rows": CHEAP, "--hidden": CHEAP, "--seeds": CHEAP, "--memory": CHEAP,
    "--data": CHEAP, "--test-data": CHEAP, "--config": CHEAP, "--csv": CHEAP, "--save": CHEAP,
    "--penalty": st.sampled_from(["none", "l1", "l2", "elastic-net", "L1", "l3"]),
    "--decay": st.sampled_from(["auto", "coupled", "decoupled", "proximal", "no"]),
    "--convention": st.sampled_from(["textbook", "sklearn", "pytorch", "keras", "glmnet", ""]),
    "--optimizer": st.sampled_from(["adam", "sgd", "adamw"]),
    "--task": st.sampled_from(["auto", "classification", "regression"]),
    "--folds-by": st.sampled_from(["rows", "time"]),
}  # fmt: skip
FLAGS = ["--early-stopping", "--nesterov", "--no-scale-features", "--shrink", "--json", "--quiet", "--force", "--", "-"]
COMMANDS = {
    "train": (["--rows", "12", "--hidden", "2", "--epochs", "1"], GENERAL),
    "sweep": (
        ["--rows", "16", "--hidden", "2", "--epochs", "1", "--lambdas", "0,1", "--folds", "2", "--seeds", "1"],
        {**GENERAL, "--lambdas": CHEAP, "--folds": CHEAP, "--rule": CHEAP, "--path": CHEAP, "--store": CHEAP},
    ),
    "convert": (
        ["--lambd", "1", "--rows", "10"],
        {"--lambd": WORDS, "--rows": WORDS, "--batch-size": WORDS, "--outputs": WORDS,
         **{name: GENERAL[name] for name in ("--l1-ratio", "--decay", "--convention", "--lr", "--epochs", "--task")}},
    ),
    "data show": (["moons"], {"--rows": CHEAP, "--noise": WORDS, "--seed": WORDS, "--target": WORDS, "--task": WORDS}),
    "data make": (["xor"], {"--rows": CHEAP, "--noise": WORDS, "--seed": WORDS, "--config": CHEAP}),
    "runs list": ([], {"--store": CHEAP, "--csv": CHEAP}),
    "runs show": ([], {"": WORDS, "--store": CHEAP}),
}  # fmt: skip


@st.composite
def commands(draw):
    """A command on a few rows, with a few options of any value."""
    name = draw(st.sampled_from(list(COMMANDS)))
    usual, options = COMMANDS[name]
    chosen = draw(st.lists(st.sampled_from(list(options)), min_size=1, max_size=3, unique=True))
    given = [part for option in chosen for part in (option, draw(options[option])) if part or option]
    jobs = ["--jobs", "1"] if name in ("train", "sweep") else []
    return [*name.split(), *usual, *jobs, *given, *draw(st.lists(st.sampled_from(FLAGS), max_size=1))]


@examples(150)
@given(commands())
def test_any_command_does_its_work_or_says_why_not(args):
    answer(*args, stdin="x,y\n1,a\n2,b\n")


# --- configuration -------------------------------------------------------------------------------------------------

KEYS = st.one_of(
    st.sampled_from(
        ["epochs", "lambd", "lambda", "hidden", "json", "penalty", "seed", "lambdas", "l1-ratio", "decay_layers"]
    ),
    st.sampled_from(["'\\'", '""', "train", "a.b", "data", "csv", "config", "\x1b"]),
)
SETTINGS = st.one_of(
    st.sampled_from(
        ["1", "-1", "1.5", "nan", "inf", "-inf", "true", "'1'", "'none'", "[1, 2]", "['a']", "[[1]]", "[]", "{a = 1}",
         "2020-01-01", "07:00:00", "2020-01-01T00:00:00Z", "25:00:00", "2020-13-01", "0x" + "f" * 5000, "9" * 5000, "1e999",
         "[0x" + "f" * 5000 + "]", "'''\n'''", '"\\u0000"', '"\\ud800"', '"\\u001b[31m"', "",
         "[" * 3000, "1_0", "'x", "[true]", "0b1"]
    ),
    st.integers().map(str),
    st.floats().map(repr),
    TEXTS.map(json.dumps),
)  # fmt: skip
TOML = st.one_of(
    st.lists(st.tuples(KEYS, SETTINGS).map(" = ".join), max_size=3).map("\n".join),
    st.text(max_size=30),
)


@examples(150)
@given(TOML.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=30))
def test_any_configuration_is_taken_or_refused(folder, content):
    (folder / "c.toml").write_bytes(content)
    # What the command line says wins, so that no configuration makes the work long.
    usual = ["--rows", "12", "--hidden", "2", "--epochs", "1", "--seeds", "1", "--jobs", "1", "--data", "moons"]
    answer("train", "--config", "c.toml", *usual, "--csv", "out.csv", "--force")


# --- models --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    (folder / "t.csv").write_text("x,c,y\n" + "1,r,a\n2,s,b\n,t,a\n" * 10)
    succeed("train", "--data", folder / "t.csv", "--hidden", "3", "--epochs", "1", "--quiet", "--save", folder / "m")
    return (folder / "m").read_bytes()


def predict(folder, content):
    """The answer of ``wdcli predict``, which may not take more memory than a small model and three rows need."""
    (folder / "a.model").write_bytes(content)
    (folder / "new.csv").write_text("x,c\n1,r\n,t\n3,u\n")
    tracemalloc.start()
    try:
        done = answer("predict", "a.model", "--data", "new.csv")
        assert tracemalloc.get_traced_memory()[1] < ENOUGH
    finally:
        tracemalloc.stop()
    return done


def damaged(data, seed):
    """The bytes with some flipped, cut off, put in, or put twice."""
    rng = random.Random(seed)
    changed = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        start, length = rng.randrange(len(changed) + 1), rng.choice([1, 1, 4, 100])
        match rng.randrange(5):
            case 0 if start < len(changed):
                changed[start] ^= 1 << rng.randrange(8)
            case 1:
                del changed[start:]
            case 2:
                changed[start:start] = rng.randbytes(length)
            case 3:
                changed[start : start + length] = rng.choice([b"\xff", b"\0"]) * length
            case _:
                changed[start:start] = changed[start : start + length]
    return bytes(changed)


@examples(60)
@given(seed=st.integers(0, 10**9))
def test_a_damaged_model_is_refused(folder, saved, seed):
    whole = predict(folder, saved).stdout
    done = predict(folder, damaged(saved, seed))
    assert done.exit_code == 1 or done.stdout == whole


def places(value, path=()):
    """The paths to every value within."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


ANY_JSON = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 4), st.sampled_from([10**12, 10**30, 1e308, 5e-324, 0.5, math.nan, math.inf]),
    st.sampled_from(["", "x", "text", "number", "date", "other", "relu", "classification", "regression", "\ud800"]),
    st.sampled_from([[], {}, [1], ["a", "a"], [None], {"a": 1}, [10**11, 10**11, 1], [[]]]),
)  # fmt: skip


@examples(100)
@given(data=st.data())
def test_a_forged_model_is_refused_or_predicts(folder, saved, data):
    with zipfile.ZipFile(io.BytesIO(saved)) as archive:
        header, array = json.loads(archive.read(HEADER)), archive.read(ARRAY)
    del header["sha256"]
    for _ in range(data.draw(st.sampled_from([1, 1, 2]))):
        header = copy.deepcopy(header)
        *way, last = data.draw(st.sampled_from([path for path in places(header) if path]))
        inner = header
        for key in way:
            inner = inner[key]
        if isinstance(inner, dict) and data.draw(st.integers(0, 4)) == 0:
            del inner[last]
        else:
            inner[last] = data.draw(ANY_JSON)
    if data.draw(st.integers(0, 4)) == 0:
        array = damaged(array, data.draw(st.integers(0, 10**6)))
    plain = json.dumps(header, sort_keys=True)
    header["sha256"] = hashlib.sha256(plain.encode() + array).hexdigest()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(HEADER, json.dumps(header))
        archive.writestr(ARRAY, array)
    predict(folder, file.getvalue())
