"""What is known of generated regressions, against formulas."""

import numpy as np
import pytest

from tests.sweep.sweeps import swept
from wdcli.conventions import Setting, strengths
from wdcli.data.dice import Purpose, dice
from wdcli.data.generators import GENERATORS, generate, truth
from wdcli.data.loading import load_dataset
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.sweep.chosen import fit_chosen
from wdcli.sweep.config import SweepConfig
from wdcli.sweep.oracle import ridge_lambda

REGRESSIONS = [name for name, generator in GENERATORS.items() if generator.task == "regression"]


def made(name, rows, noise=0.7):
    dataset = generate(name, dice(3, Purpose.DATA), rows, noise)
    known = truth(name, dice(3, Purpose.DATA), dice(3, Purpose.TRUTH), noise)
    X, new = (np.column_stack([column.values for column in columns]) for columns in (dataset.columns, known.columns))
    return X, dataset.y, new, known


@pytest.mark.parametrize("name", REGRESSIONS)
def test_the_truth_is_the_mean_that_the_data_were_drawn_around(name):
    """The residuals of the data around it have the noise's variance; new rows are not those of the data."""
    X, y, new, known = made(name, 3000)
    if name.startswith("linear"):
        w, *_ = np.linalg.lstsq(new, known.y, rcond=None)
        mean = X @ w
        np.testing.assert_allclose(new @ w, known.y, atol=1e-10)
        assert np.linalg.norm(w) == pytest.approx(1)
        assert known.best_ridge == pytest.approx(50 * 0.7**2)
    elif name == "sine":
        mean = np.sin(np.pi * X[:, 0])
        np.testing.assert_allclose(np.sin(np.pi * new[:, 0]), known.y)
        assert known.best_ridge is None
    else:

        def friedman(Z):
            return 10 * np.sin(np.pi * Z[:, 0] * Z[:, 1]) + 20 * (Z[:, 2] - 0.5) ** 2 + 10 * Z[:, 3] + 5 * Z[:, 4]

        mean = friedman(X)
        np.testing.assert_allclose(friedman(new), known.y)
    assert ((y - mean) ** 2).mean() == pytest.approx(known.noise_variance, rel=0.1)
    assert known.noise_variance == pytest.approx(0.49)
    assert not np.isin(new[:, 0], X[:, 0]).any()


def test_classes_and_tables_have_no_known_truth():
    assert load_dataset(Source("moons"), 0).truth is None
    assert load_dataset(Source("diabetes"), 0).truth is None


@pytest.mark.parametrize("convention", ["textbook", "pytorch", "keras", "glmnet", "sklearn"])
def test_the_best_ridge_has_the_same_strength_in_every_convention(convention):
    setting = Setting(300, 300, "squared-error")
    fit = FitConfig(hidden=(), convention=convention)
    lambd = ridge_lambda(fit, load_dataset(Source("linear-teacher"), 0).truth, setting)
    assert strengths(convention, "l2", lambd, 0.5, setting).l2 == pytest.approx(2 * 12.5 / 300)


def test_other_fits_have_no_formula():
    known = load_dataset(Source("linear-teacher"), 0).truth
    for other in ({"penalty": "l1"}, {"hidden": (4,)}, {"decay": "decoupled"}, {"early_stopping": True}):
        fit = FitConfig(**{"hidden": (), **other})
        assert ridge_lambda(fit, known, Setting(300, 300, "squared-error")) is None


def test_excess_risk_is_the_distance_of_the_weights_from_the_teachers():
    """For x ~ N(0, I), E (f(x) - <x, b>)^2 = |w - b|^2 + c^2 with w and c in the data's own units."""
    source = Source("linear-teacher", rows=200)
    fit = FitConfig(hidden=(), epochs=1500)
    result = swept(SweepConfig(fit, (1.0, 25.0, 200.0), folds=2, seeds=1), source)
    known = load_dataset(source, 0).truth
    new = np.column_stack([column.values for column in known.columns])
    b, *_ = np.linalg.lstsq(new, known.y, rcond=None)
    chosen = fit_chosen(result, 1 << 30)
    scale = result.target_scale
    rules = chosen.fold.encoding.rules
    w = chosen.params.weights[0][0, :, 0] * scale.scale / np.array([rule.scale for rule in rules])
    c = scale.mean + chosen.params.biases[0][0, 0, 0] * scale.scale - w @ np.array([rule.mean for rule in rules])
    exact = (((w - b) ** 2).sum() + c**2) / scale.scale**2
    assert result.chosen_row.excess_risk == pytest.approx(exact, rel=0.05)
    assert result.oracle.chosen_excess_risk == result.chosen_row.excess_risk
    assert result.oracle.noise_floor == pytest.approx(0.25 / scale.scale**2)
    assert (result.oracle.lambda_best, result.oracle.formula) == (pytest.approx(25), True)
    assert result.oracle.excess_risk == pytest.approx(result.rows[1].excess_risk)


def test_without_a_formula_the_row_closest_to_the_truth_is_named():
    fit = FitConfig(hidden=(8,), epochs=60)
    result = swept(SweepConfig(fit, (0.1, 1.0, 100.0), folds=2, seeds=1), Source("sine", rows=80))
    best = min(result.rows, key=lambda row: row.excess_risk)
    assert (result.oracle.lambda_best, result.oracle.excess_risk) == (best.lambd, best.excess_risk)
    assert not result.oracle.formula
