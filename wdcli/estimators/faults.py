"""wdcli's errors as scikit-learn's users expect them."""

import contextlib
import re
from collections.abc import Iterator

from wdcli.errors import SpellingError, WdcliError
from wdcli.sweep.result import BrokenOffError

OPTION = re.compile("--([a-z][a-z-]*)")
ELSEWHERE = re.compile(r"(?<=[.;]) [^.;]*--(test-size|memory)[^.;]*\.")
"""A last sentence that gives a remedy which estimators haven't got."""
RENAMED = {
    "folds": "cv",
    "seeds": "n_seeds",
    "seed": "random_state",
    "jobs": "n_jobs",
    "no-scale-target": "scale_target",
}
"""The command line's options that are parameters by another name; the others differ in their hyphens alone."""


@contextlib.contextmanager
def value_errors() -> Iterator[None]:
    """Raise wdcli's errors as ``ValueError``, in the same words, with parameters' names for those of options."""
    try:
        yield
    except BrokenOffError as broken:
        raise _known(broken.cause) from None
    except WdcliError as error:
        raise _known(error) from None


def _known(error: BaseException) -> BaseException:
    if not isinstance(error, WdcliError):
        return error
    # The remedies for a spelling are options for files.
    text = ELSEWHERE.sub("", error.fault if isinstance(error, SpellingError) else str(error))
    return ValueError(OPTION.sub(lambda found: RENAMED.get(found[1], found[1].replace("-", "_")), text))
