"""The examples in docstrings of public functions give what they say."""

import doctest
from dataclasses import replace

import pytest

from wdcli import plots, results, study
from wdcli.data.source import Source
from wdcli.fits.config import FitConfig
from wdcli.fits.resources import Resources
from wdcli.models import file
from wdcli.plots import named
from wdcli.sweep.config import SweepConfig

MODULES = [named, results, study, file]
EXAMPLES = [test for module in MODULES for test in doctest.DocTestFinder().find(module) if test.examples]


@pytest.fixture(scope="module")
def names():
    """A sweep and a comparison, by the names that the examples have for them."""
    data, config = (
        study.load(Source("moons", rows=60)),
        SweepConfig(FitConfig(penalty="l1", hidden=(8,), epochs=30, batch_size=16), (0, 0.1, 1), 2, 1),
    )
    one = Resources(jobs=1)
    shared = {"study": study, "Source": Source, "replace": replace, "data": data, "config": config}
    compared = study.compare(data, [("l1", config), ("again", config)], one)
    return {"plots": plots, "result": study.sweep(data, config, one), "compared": compared, **shared}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_gives_what_it_says(example, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example.globs = {**names, **vars(file)} if example.name.startswith(file.__name__) else dict(names)
    told = []
    assert doctest.DocTestRunner().run(example, out=told.append, clear_globs=False).failed == 0, "".join(told)


def test_every_figure_has_an_example():
    figures = {name for name in plots.__all__ if getattr(plots, name).__module__ == named.__name__}
    assert figures <= {example.name.rpartition(".")[2] for example in EXAMPLES}
