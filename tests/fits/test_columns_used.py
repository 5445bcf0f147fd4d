"""Which columns of the table a fit uses, as its record says."""

from dataclasses import replace

import numpy as np
import pytest

from wdcli import study
from wdcli.fits.config import FitConfig
from wdcli.fits.fitting import train_block
from wdcli.fits.folds import Folds
from wdcli.fits.job import Job
from wdcli.fits.measure import measure, run_block
from wdcli.fits.plan import make_block

FIT = FitConfig(penalty="l1", hidden=(5, 4), epochs=15)
LAMBDAS = (0.0, 3.0, 10.0, 30.0, 1000.0)


@pytest.fixture(scope="module")
def folds():
    """Ten columns, so that their bits take two bytes: two have missing cells, one is constant in fold 1's training rows."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 10))
    y = X[:, 0] + np.abs(X[:, 3]) + 0.1 * rng.normal(size=60)
    X[::4, 2] = X[1::4, 3] = np.nan
    drawn = Folds(FIT, *study.arrays(X, y), 3)
    X[:, 6], lonely = 0, drawn.split.train[drawn.parts[0].test]
    X[lonely[:4], 6] = 1
    return Folds(FIT, *study.arrays(X, y), 3)


def expected(block, params):
    """For each lane, whether the product of the layers' patterns of non-zero weights joins a column to an output."""
    for lane in range(params.lanes):
        joined = np.eye(block.network.sizes[0])
        for weights in params.weights:
            joined = joined @ (weights[lane] != 0)
        yield [joined[block.columns == column].any() for column in range(block.columns[-1] + 1)]


@pytest.mark.parametrize("number", range(4))
def test_a_column_is_used_if_non_zero_weights_lead_from_it_to_an_output(folds, number):
    fold = next(fold for fold in folds if fold.number == number)
    block = make_block(FIT, folds.dataset, fold, 0, LAMBDAS)
    trained = train_block(block)
    columns = int(block.columns[-1]) + 1
    found = [np.unpackbits(np.frombuffer(record.columns_used, np.uint8), count=columns).tolist()
             for record in measure(block, trained)]  # fmt: skip
    assert found == list(expected(block, trained.params))
    assert found[0] == [1] * columns
    assert 0 < sum(sum(used) for used in found[1:]) < 4 * columns


def test_the_places_of_a_folds_columns_leave_out_those_that_it_lacks(folds):
    whole, first, *others = folds.places
    assert first.tolist() == [0, 1, 2, 3, 4, 5, 7, 8, 9]
    assert all(places.tolist() == list(range(10)) for places in (whole, *others))


@pytest.mark.parametrize("penalty, decay", [("l2", "auto"), ("none", "auto"), ("l1", "coupled")])
def test_penalties_that_make_no_zeros_record_no_columns(folds, penalty, decay):
    fit = replace(FIT, penalty=penalty, decay=decay, epochs=1)
    (record,) = run_block(make_block(fit, folds.dataset, folds.whole, 0, (1.0,)))
    assert record.columns_used is None


def test_a_network_that_diverged_records_no_columns(folds):
    fit = replace(FIT, lr=1e6, optimizer="sgd", epochs=5)
    (record,) = run_block(make_block(fit, folds.dataset, folds.whole, 0, (0.0,)))
    assert (record.status, record.columns_used) == ("diverged", None)


@pytest.mark.parametrize("columns_used", [None, b"\x80", b"\x80\x00\x00"])
def test_a_stored_record_without_the_tables_columns_is_trained_anew(folds, columns_used):
    job = Job((make_block(replace(FIT, epochs=1), folds.dataset, folds.whole, 0, (0.0, 1.0)),))
    good, other = job.run()
    known = dict(zip(job.keys, (good, replace(other, columns_used=columns_used)), strict=True))
    (recalled,), rest = job.recalled(known)
    assert recalled.record == good
    assert rest.keys == job.keys[1:]
