"""A whole sweep in one call."""

from wdcli.data.loading import load
from wdcli.fits.folds import Folds
from wdcli.fits.resources import Resources
from wdcli.sweep.runner import run_sweep

ONE = Resources(jobs=1)


def swept(config, source, resources=ONE):
    """The sweep of a source, which is split by the fit's own seed."""
    return run_sweep(config, Folds(config.fit, *load(source, config.fit.seed), config.folds), resources)
