"""Whatever the header of a model file says, with the digest that belongs to it, there are predictions or one line of error."""

import copy
import hashlib
import io
import json
import zipfile
from dataclasses import asdict

import numpy as np
import pytest

from wdcli.data.dataset import Column, Dataset, Split
from wdcli.data.format import Format
from wdcli.data.loading import NewRows
from wdcli.errors import DataError, ModelFileError
from wdcli.fits.config import FitConfig
from wdcli.fits.folds import make_fold
from wdcli.fits.single import fit_one
from wdcli.models import Model, load_model, save_model
from wdcli.models.file import ARRAY, FORMATS, HEADER
from wdcli.predictions import Predictions
from wdcli.report import predict_serial
from wdcli.report.predict_rows import CsvLines, JsonText

CELLS = np.array([0, 1, 0, 1, 2, -1] * 4 + [3])
COLUMNS = (
    Column("x", "number", np.arange(25.0)),
    Column("d", "date", np.where(np.arange(25) % 5, np.arange(25.0), np.nan)),
    Column("b", "boolean", np.arange(25) % 2 * 1.0),
    Column("t", "text", CELLS, ("p", "q", "r", "s")),
)
TARGETS = {
    "classification": (np.arange(25) % 3, ("a", "b", "c")),
    "regression": (np.sin(np.arange(25.0)), ()),
}
# Numbers that Python writes otherwise, and lists without end, stand in the text under a name of their own.
WRITTEN = {"@huge": "1" + "0" * 400, "@infinite": "1e999", "@deep": "[" * 300 + "]" * 300}
VALUES = [None, True, -1, 0, 1, 1.5, "x", [], {}, [[[]]], [1, -10, -10, 3], "long" * 1000, "\ud800", *WRITTEN]
SPELLING = Format(",", ".", ";", ("unknown", "-"), "%d.%m.%Y")
GONE, TWICE = object(), object()


@pytest.fixture(scope="module", params=TARGETS)
def model(request):
    y, classes = TARGETS[request.param]
    dataset = Dataset("t", "t", request.param, "y", COLUMNS, y, classes, asked=asdict(SPELLING), class_kind="boolean")
    config, split = FitConfig(hidden=(3,), epochs=1), Split(np.arange(25), np.arange(0))
    fold = make_fold(config, dataset, 0, split.train, np.arange(5))
    _, params = fit_one(config, dataset, fold, 0.5)
    return Model.of(config, dataset, fold, 0.5, params)


@pytest.fixture(scope="module")
def parts(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "a.model"
    save_model(model, str(path), force=False)
    with zipfile.ZipFile(path) as archive:
        header, array = json.loads(archive.read(HEADER)), archive.read(ARRAY)
    del header["sha256"]
    return header, array


def places(value, path=()):
    """The paths to every value within."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(inner, (*path, key))


def text_of(header):
    """The header as JSON, with the digest that belongs to it."""
    text = json.dumps(header)
    for name, written in WRITTEN.items():
        text = text.replace(f'"{name}"', written)
    return text


def forged(path, header, array, text=None):
    """Write a model file with this header and the digest that belongs to it."""
    text = text or text_of(header)
    plain = json.dumps(json.loads(text), sort_keys=True)
    digest = hashlib.sha256(plain.encode() + array).hexdigest()
    # A new file is made faster than an old one is overwritten.
    path.unlink(missing_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(HEADER, text[:-1] + f', "sha256": "{digest}"}}')
        archive.writestr(ARRAY, array)
    return str(path)


def predicted(path):
    """All that ``wdcli predict`` does with a model and a table; None where it is refused in one line."""
    try:
        model = load_model(path)
        model.check_columns(COLUMNS, "new.csv")
        predictions = Predictions(model, [NewRows("new.csv", COLUMNS)], proba=model.task == "classification")
        (batch,) = predictions
    except (ModelFileError, DataError) as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 400
        return None
    json = JsonText(predict_serial.head(["wdcli"], model.target, model.task))
    shown = json.of(batch.cells) + json.end(predict_serial.tail(predictions.novelties)), CsvLines().of(batch.cells)
    return [text.encode() for text in shown]


def with_value(header, place, value):
    """The header with another value at a place, without the place, or with it and a second like it."""
    made = copy.deepcopy(header)
    inner = made
    for key in place[:-1]:
        inner = inner[key]
    if value is GONE:
        del inner[place[-1]]
    elif value is TWICE and isinstance(inner, list):
        inner.append(inner[place[-1]])
    elif value is TWICE:
        inner[f"{place[-1]} again"] = inner[place[-1]]
    else:
        inner[place[-1]] = value
    return made


def test_whatever_stands_in_a_header_is_refused_in_a_line_or_predicts(tmp_path, parts):
    header, array = parts
    path = tmp_path / "a.model"
    assert predicted(forged(path, header, array)) is not None
    refused = set()
    for place in places(header):
        for value in (*VALUES, GONE, TWICE):
            if predicted(forged(path, with_value(header, place, value), array)) is None:
                refused.add(place)
    assert refused == set(places(header))


@pytest.mark.parametrize("format", FORMATS)
def test_older_formats_are_read(tmp_path, parts, model, format):
    header, array = copy.deepcopy(parts[0]), parts[1]
    header["format"] = format
    forgotten = format in FORMATS[:2]
    if format in FORMATS[:5]:
        del header["penalty"]["group_by"]
    if format in FORMATS[:4]:
        for part in ("mean_weight", "momentum", "nesterov", "schedule", "dtype"):
            del header["fit"][part]
    if format in FORMATS[:3]:
        for rule in header["encoding"]:
            rule.pop("sign", None)
        del header["spelling"], header["fit"]
    if format in FORMATS[:4]:
        del header["class_kind"]
    if forgotten:
        for rule in header["encoding"]:
            rule.pop("rare", None)
    if format == FORMATS[0]:
        del header["features"]
    back = load_model(forged(tmp_path / "a.model", header, array))
    assert np.array_equal(back.raw_outputs(COLUMNS), model.raw_outputs(COLUMNS))
    # The one of one row is rare; a model that has forgotten its name doesn't say that training never saw it.
    found = back.encoding.unseen(COLUMNS)
    assert [(one.categories, one.certain) for one in found] == ([(("s",), False)] if forgotten else [])
    assert back.penalty == model.penalty
    assert back.class_kind == ("text" if format in FORMATS[:4] else "boolean")
    assert (back.spelling, back.fit is None) == (Format() if format in FORMATS[:3] else SPELLING, format in FORMATS[:3])


@pytest.mark.parametrize(
    "part, value",
    [
        ("decimal", "."),
        ("delimiter", "ab"),
        ("missing", [""]),
        ("date_format", "%d"),
        ("date_format", "%d%d.%m.%Y"),
        ("date_format", "%d.%m.%Y" + "x" * 100),
    ],
)
def test_a_spelling_that_cannot_be_is_refused(tmp_path, parts, part, value):
    header, array = parts
    with pytest.raises(ModelFileError, match=r"'?spelling'? is damaged"):
        load_model(forged(tmp_path / "a.model", with_value(header, ("spelling", part), value), array))


@pytest.mark.parametrize(
    "part, value",
    [
        ("batch_size", 26),
        ("rows", 10**13),
        ("hidden", [3, 3]),
        ("hidden", [2]),
        ("epochs", 0),
        ("optimizer", "adamw"),
        ("momentum", 1),
        ("nesterov", 0),
        ("schedule", "step"),
        ("dtype", "int8"),
    ],
)
def test_a_fit_that_cannot_have_made_the_network_is_refused(tmp_path, parts, part, value):
    header, array = parts
    with pytest.raises(ModelFileError, match=r"'?fit'? is damaged|don't fit together"):
        load_model(forged(tmp_path / "a.model", with_value(header, ("fit", part), value), array))


@pytest.mark.parametrize("layers", [[3], [2, 1], [1, 1]])
def test_decayed_layers_that_the_network_has_not_got_are_refused(tmp_path, parts, layers):
    header, array = parts
    with pytest.raises(ModelFileError, match="don't fit together"):
        load_model(forged(tmp_path / "a.model", with_value(header, ("penalty", "layers"), layers), array))


def test_a_name_that_stands_twice_is_refused(tmp_path, parts):
    header, array = parts
    text = text_of(header)
    assert predicted(forged(tmp_path / "a.model", header, array, text)) is not None
    assert predicted(forged(tmp_path / "a.model", header, array, text[:-1] + ', "target": "z"}')) is None


def test_weights_that_overflow_are_refused_and_predictions_beyond_floats_are_null(tmp_path, parts, model):
    header, array = parts
    file = io.BytesIO()
    np.save(file, np.full(len(np.load(io.BytesIO(array))), 1e308))
    assert predicted(forged(tmp_path / "a.model", header, file.getvalue())) is None
    if model.task == "regression":
        header = with_value(header, ("target_scale", "scale"), 1.7e308)
        header = with_value(header, ("target_scale", "mean"), 1.7e308)
        assert b'"prediction": null' in predicted(forged(tmp_path / "a.model", header, array))[0]
