"""What is given to ``fit``, checked: rows, their weights and groups, and the folds that a splitter makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import check_cv
from sklearn.utils.validation import _check_sample_weight, check_consistent_length

from wdcli.array import Array
from wdcli.data.dataset import Split
from wdcli.text import count


@dataclass(frozen=True)
class Given:
    """X and y of all rows given, and which of them are ``kept`` (rows,): those of a weight above 0.

    ``weights`` and ``groups`` are of all rows, or None.
    """

    X: Any
    y: Array
    kept: Array
    weights: Array | None
    groups: Array | None

    @classmethod
    def of(cls, X: Any, y: Array, sample_weight: Any, groups: Any) -> "Given":
        """Check the weights and groups; raises ``ValueError``."""
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(sample_weight, y, dtype=np.float64, ensure_non_negative=True)
            if not weights.any():
                raise ValueError("Sample weights must contain at least one non-zero number.")
        check_consistent_length(y, groups)
        kept = np.arange(len(y)) if weights is None else np.flatnonzero(weights)
        return cls(X, y, kept, weights, None if groups is None else np.asarray(groups))

    @property
    def kept_weights(self) -> Array | None:
        """The weights of the rows kept."""
        return None if self.weights is None else self.weights[self.kept]

    @property
    def kept_groups(self) -> Array | None:
        """The groups of the rows kept, as integers."""
        if self.groups is None:
            return None
        return np.unique(self.groups[self.kept], return_inverse=True)[1].astype(np.int64)

    def parts(self, cv: Any, classifier: bool) -> Sequence[Split]:
        """The splits that ``cv`` makes of all rows given, as positions in those kept; raises ``ValueError``."""
        place = np.full(len(self.y), -1)
        place[self.kept] = np.arange(len(self.kept))

        def kept(rows: Array) -> Array:
            # Rows may be given by a mask.
            places = place[rows]
            return np.asarray(places[places >= 0])

        splits = check_cv(cv, self.y, classifier=classifier).split(self.X, self.y, self.groups)
        parts = [Split(kept(train), kept(held)) for train, held in splits]
        if len(parts) < 2:
            raise ValueError(f"cv makes {count(len(parts), 'split')}: a choice of lambda needs at least 2.")
        for number, part in enumerate(parts, 1):
            if not len(part.train) or not len(part.test):
                raise ValueError(
                    f"Split {number} of cv trains on {len(part.train)} rows and holds out {len(part.test)}."
                )
        return parts
