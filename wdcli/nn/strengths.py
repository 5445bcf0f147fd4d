"""How strongly each layer of each lane is penalised, and which of its weights form groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wdcli.array import Array
from wdcli.nn.groups import BY_ROW, Groups


class LayerStrengths(NamedTuple):
    """What a penalty weighs where it is called: ``l1 sum|w| + (l2 / 2) sum w^2 + group sum over groups sqrt(size) |w_g|_2``.

    Each broadcasts against the weights: it is (lanes, 1, 1) for a layer. No layer has both ``l2`` and ``group``.
    """

    l1: Array
    l2: Array
    group: Array
    groups: Groups = BY_ROW


@dataclass(frozen=True, eq=False)
class LaneStrengths:
    """The strengths in each layer of each lane, (lanes, layers) each; 0 where there is no such penalty.

    ``features`` are the groups of the first layer; in the others each node's weights are one.
    """

    l1: Array
    l2: Array
    group: Array
    features: Groups = BY_ROW

    @classmethod
    def nothing(cls, lanes: int, layers: int) -> "LaneStrengths":
        """No penalty at all."""
        zero = np.zeros((lanes, layers))
        return cls(zero, zero, zero)

    @classmethod
    def stacked(cls, each: Sequence["LaneStrengths"]) -> "LaneStrengths":
        """The lanes of several, one after the other; the groups are those of the first."""
        l1, l2, group = (np.concatenate([getattr(one, name) for one in each]) for name in ("l1", "l2", "group"))
        return cls(l1, l2, group, each[0].features)

    @property
    def arrays(self) -> tuple[Array, Array, Array]:
        """The strengths alone."""
        return self.l1, self.l2, self.group

    def take(self, lanes: Array) -> "LaneStrengths":
        """The strengths of some of the lanes."""
        l1, l2, group = (each[lanes] for each in self.arrays)
        return LaneStrengths(l1, l2, group, self.features)

    def times(self, factor: float) -> "LaneStrengths":
        """So many times as strong."""
        l1, l2, group = (factor * each for each in self.arrays)
        return LaneStrengths(l1, l2, group, self.features)

    def of_layer(self, layer: int, dtype: npt.DTypeLike = np.float64) -> LayerStrengths:
        """What a penalty is called with for one layer's weights."""
        l1, l2, group = (each[:, layer, None, None].astype(dtype) for each in self.arrays)
        return LayerStrengths(l1, l2, group, self.features if layer == 0 else BY_ROW)
