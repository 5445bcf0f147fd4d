"""A regression's target that isn't standardised: its output bias starts at the target's mean."""

from dataclasses import replace

import numpy as np
import pytest

from tests.cli.run import as_json
from wdcli.data.loading import load
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.fitting import start_params
from wdcli.fits.folds import make_fold
from wdcli.fits.plan import make_block


def block(data, **config):
    fit = FitConfig(hidden=(3,), **config)
    dataset, split = load(Source(data), 0, 10**9)
    return make_block(fit, dataset, make_fold(fit, dataset, 0, split.train, split.test), 0, (1.0,))


@pytest.mark.parametrize(
    "data, scale_target, raw", [("diabetes", False, True), ("diabetes", True, False), ("iris", False, False)]
)
def test_the_output_bias_starts_at_the_mean_of_a_raw_target_alone(data, scale_target, raw):
    found = block(data, scale_target=scale_target)
    start = start_params(found, 1)
    assert start.biases[-1][0, 0] == pytest.approx(
        found.train.Y.mean(axis=0, dtype=float) if raw else np.zeros(found.train.Y.shape[1])
    )
    assert not start.biases[0].any()
    same = found.keys(warm=False) == replace(found, raw_target=False).keys(warm=False)
    assert same is not raw


def test_a_linear_model_reaches_the_optimum_of_a_raw_target_that_is_far_from_zero(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3))
    y = 5000 + 20 * X @ [1, -1, 0.5] + rng.normal(size=80)
    path = tmp_path / "t.csv"
    path.write_text("a,b,c,y\n" + "".join(f"{','.join(map(str, row))}\n" for row in np.column_stack([X, y]).tolist()))
    fits = [
        as_json("train", "--data", path, "--hidden", "none", "--lambd", 1, *more)["result"]
        for more in ([], ["--no-scale-target"])
    ]
    assert fits[1]["train_rmse"] == pytest.approx(fits[0]["train_rmse"], rel=0.01)
