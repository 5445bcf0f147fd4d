"""The groups of a table's rows, which no split cuts."""

import numpy as np

from wdcli.array import Array
from wdcli.data.labels import Labels
from wdcli.errors import DataError
from wdcli.text import count, quoted


def group_codes(labels: Labels, name: str) -> Array:
    """The groups as integers; raises ``DataError`` for a row without one."""
    if labels.missing.any():
        raise DataError(
            f"{quoted(name)}, column {quoted(labels.name)} has no value in {count(int(labels.missing.sum()), 'row')}: "
            "every row needs a group; fill it, or leave those rows out."
        )
    return np.unique(labels.codes, return_inverse=True)[1].astype(np.int64)


def groups_note(name: str, groups: Array) -> str:
    """The line that says how many groups there are."""
    return f"{name}: {count(int(groups.max()) + 1, 'group')}, which no split cuts; the column is not a feature"


def with_new_groups(trained: Labels, tested: Labels, name: str) -> Array:
    """The groups of the training rows, then those of the test rows; raises ``DataError`` if they share one."""
    place = {label: code for code, label in enumerate(trained.names)}
    for label in tested.names:
        place.setdefault(label, len(place))
    codes = np.array([*(place[label] for label in tested.names), -1])[tested.codes]
    shared = np.flatnonzero(np.isin(codes, trained.codes))
    if len(shared):
        raise DataError(
            f"{quoted(name)}: the group {quoted(tested.names[tested.codes[shared[0]]])} of {quoted(trained.name)} has "
            "training rows too, so its test rows would flatter every lambda. Leave them out, or leave out --groups."
        )
    return np.concatenate([trained.codes, codes])
