"""The docstrings name every parameter and fitted attribute, and their examples run."""

import doctest
import inspect

import pytest
from sklearn.base import clone

import wdcli
from tests.estimators.estimators import ALL, table, target

X = table()[0]


@pytest.mark.parametrize("name", wdcli.__all__)
def test_examples_run(name):
    (test,) = doctest.DocTestFinder(recurse=False).find(getattr(wdcli, name), name, globs={})
    assert test.examples
    found = doctest.DocTestRunner(verbose=False).run(test)
    assert found.failed == 0


@pytest.mark.parametrize("estimator", ALL, ids=str)
def test_every_parameter_and_attribute_is_explained(estimator):
    _, parameters, attributes = (
        inspect.getdoc(type(estimator)).replace("Attributes\n---", "Parameters\n---").split("Parameters\n---")
    )
    named = [line.split(" : ")[0] for line in parameters.splitlines() if " : " in line and line[0] != " "]
    assert sorted(named) == sorted(estimator.get_params())
    fitted = clone(estimator).fit(X, target(estimator))
    public = {name for name in vars(fitted) if name.endswith("_") and not name.startswith("_")}
    explained = {line for line in attributes.splitlines() if line.endswith("_") and " " not in line}
    assert explained - {"feature_names_in_"} == public
