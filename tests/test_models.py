import io
import json
import pickle
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from wdcli.data.dataset import Column
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.errors import ModelFileError, OutputError
from wdcli.fits.config import FitConfig
from wdcli.fits.fitting import train_block
from wdcli.fits.folds import make_fold
from wdcli.fits.measure import measure
from wdcli.fits.plan import make_block
from wdcli.fits.single import fit_one
from wdcli.models import Model, load_model, save_model
from wdcli.models.file import ARRAY, HEADER
from wdcli.predictions import answers

CASES = {
    "two classes": (Source("moons", rows=40), FitConfig(hidden=(4,), epochs=2)),
    "three classes": (Source("blobs", rows=40), FitConfig(hidden=(4, 3), epochs=2, dtype="float64", activation="tanh")),
    "numbers": (Source("friedman1", rows=40), FitConfig(hidden=(), epochs=2, penalty="l1")),
}


def trained(case):
    source, config = CASES[case]
    dataset, split = load(source, 0)
    fold = make_fold(config, dataset, 0, split.train, split.test)
    record, params = fit_one(config, dataset, fold, 0.5)
    return (
        Model.of(config, dataset, fold, 0.5, params),
        dataset,
        split,
        record,
    )


@pytest.fixture
def saved(tmp_path):
    model, dataset, *_ = trained("three classes")
    path = tmp_path / "a.model"
    save_model(model, str(path), force=False)
    return path, model, dataset


@pytest.mark.parametrize("case", CASES)
def test_a_model_comes_back_with_the_same_predictions(tmp_path, case):
    model, dataset, split, record = trained(case)
    path = str(tmp_path / "a.model")
    save_model(model, path, force=False)
    back = load_model(path)
    assert np.array_equal(back.raw_outputs(dataset.columns), model.raw_outputs(dataset.columns))
    assert (back.network, back.encoding.rules, back.penalty) == (model.network, model.encoding.rules, model.penalty)
    assert back.penalty["lambda"] == 0.5
    test_rows = tuple(column.take(split.test) for column in dataset.columns)
    if dataset.task == "regression":
        errors = back.numbers(test_rows) - dataset.y[split.test]
        assert (errors**2).mean() / model.target_scale.scale**2 == pytest.approx(record.held_loss, rel=1e-5)
    else:
        p = back.probabilities(test_rows)
        right = p[np.arange(len(p)), dataset.y[split.test]]
        assert -np.log(right).mean() == pytest.approx(record.held_loss, rel=1e-5)
        predicted = answers(back, test_rows)["prediction"]
        score = np.mean([back.classes[y] == name for name, y in zip(predicted, dataset.y[split.test], strict=True)])
        assert score == pytest.approx(record.held_score)


def near_three_million(dataset):
    """The dataset with numbers of which float32 keeps a digit behind the point at most, a regression's target too."""
    columns = tuple(replace(column, values=3e6 + 10 * column.values) for column in dataset.columns)
    y = 3e6 + 10 * dataset.y if dataset.task == "regression" else dataset.y
    return replace(dataset, columns=columns, y=y)


@pytest.mark.parametrize("shrunk", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("change", [lambda dataset: dataset, near_three_million], ids=["ordinary", "near 3e6"])
@pytest.mark.parametrize("case", CASES)
def test_the_test_loss_is_that_of_the_saved_models_predictions(case, change, dtype, shrunk):
    unscaled = change is near_three_million
    source, config = CASES[case]
    config = replace(config, dtype=dtype, scale_features=not unscaled, scale_target=not unscaled)
    dataset, split = load(source, 0)
    dataset = change(dataset)
    fold = make_fold(config, dataset, 0, split.train, split.test)
    block = make_block(config, dataset, fold, 0, (0.5,))
    trained = train_block(block)
    trained.params.weights[0][...] *= 1e-6 if unscaled else 1
    (record,) = measure(block, trained)
    model = Model.of(config, dataset, fold, 0.5, trained.params)
    model = model.shrunk() if shrunk else model
    # Row by row: a prediction doesn't depend on the rows beside it either.
    rows = [tuple(column.take(split.test[i : i + 1]) for column in dataset.columns) for i in range(len(split.test))]
    y = dataset.y[split.test]
    if dataset.task == "regression":
        errors = np.concatenate([model.numbers(row) for row in rows]) - y
        loss = (errors**2).mean() / model.target_scale.scale**2
    else:
        loss = -np.log([model.probabilities(row)[0, label] for row, label in zip(rows, y, strict=True)]).mean()
    assert loss == pytest.approx(record.held_loss, rel=1e-9)


def test_numpy_reads_the_parameters_without_pickle(saved):
    path, model, _ = saved
    with np.load(path, allow_pickle=False) as arrays:
        assert np.array_equal(arrays["parameters"], model.parameters)


def test_saving_twice_gives_the_same_bytes_and_needs_force(saved):
    path, model, _ = saved
    before = path.read_bytes()
    with pytest.raises(OutputError, match="exists"):
        save_model(model, str(path), force=False)
    save_model(model, str(path), force=True)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["a.model"]


def test_a_truncated_file_is_refused_wherever_it_ends(saved):
    path, *_ = saved
    whole = path.read_bytes()
    for size in range(0, len(whole), 37):
        path.write_bytes(whole[:size])
        with pytest.raises(ModelFileError):
            load_model(str(path))


def test_a_flipped_bit_is_refused_or_without_effect(saved):
    path, model, dataset = saved
    whole = bytearray(path.read_bytes())
    expected = model.raw_outputs(dataset.columns)
    refused = 0
    for place in range(0, len(whole), 11):
        whole[place] ^= 0x10
        path.write_bytes(whole)
        whole[place] ^= 0x10
        try:
            back = load_model(str(path))
        except ModelFileError:
            refused += 1
            continue
        assert np.array_equal(back.raw_outputs(dataset.columns), expected)
    assert refused > len(whole) / 11 * 0.9


def rezipped(path, header=None, array=None, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if header is not None:
        parts[HEADER] = json.dumps({**json.loads(parts[HEADER]), **header}).encode()
    if array is not None:
        parts[ARRAY] = array
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def npy(array, allow_pickle=False):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=allow_pickle)
    return file.getvalue()


@pytest.mark.parametrize(
    "change, message",
    [
        ({"header": {"target": "else"}}, "was altered"),
        ({"header": {"penalty": {}}}, "was altered"),
        ({"array": npy(np.zeros(7))}, "was altered"),
        ({"header": {"format": "wdcli.model/99"}}, "use the wdcli that saved it"),
        ({"compression": zipfile.ZIP_DEFLATED}, "no model that wdcli saved"),
        ({"array": npy(np.array([{"a": 1}], dtype=object), allow_pickle=True)}, "was altered"),
    ],
)
def test_an_altered_file_is_refused(saved, change, message):
    path, *_ = saved
    rezipped(path, **change)
    with pytest.raises(ModelFileError, match=message):
        load_model(str(path))


@pytest.mark.parametrize(
    "array, message",
    [
        (npy(np.zeros(3)), "don't fit together"),
        (npy(np.full(60, np.nan)), "don't fit together|not finite"),
        (npy(np.array([{"a": 1}], dtype=object), allow_pickle=True), "damaged"),
        (
            b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (100000000000,), }".ljust(128)
            + b"\n",
            "damaged",
        ),
        (pickle.dumps([1]), "not a complete model"),
    ],
)
def test_a_forged_array_with_a_right_digest_is_refused_before_it_is_made(saved, monkeypatch, array, message):
    path, *_ = saved
    rezipped(path, array=array)
    monkeypatch.setattr("wdcli.models.file._digest", lambda header, data: header["sha256"])
    with pytest.raises(ModelFileError, match=message):
        load_model(str(path))


@pytest.mark.parametrize(
    "content", [b"", b"some text", b"PK\x03\x04", pickle.dumps({"a": 1}), b'{"format": "wdcli.model/1"}']
)
def test_what_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "x.model"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="no model that wdcli saved"):
        load_model(str(path))


def test_columns_that_are_missing_are_named(saved):
    path, _, dataset = saved
    with pytest.raises(ModelFileError, match="lacks 'x2'"):
        load_model(str(path)).check_columns(dataset.columns[:1], "new.csv")
    text = Column("x2", "text", np.zeros(40, dtype=np.int64), ("a",))
    with pytest.raises(ModelFileError, match="column 'x2' holds text, and the model was trained on number"):
        load_model(str(path)).check_columns((dataset.columns[0], text), "new.csv")
