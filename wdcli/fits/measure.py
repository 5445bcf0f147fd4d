"""Measuring trained lanes: losses, scores, the columns in use, and for the fits on all training rows everything else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from wdcli.array import Array
from wdcli.fits.block import Block
from wdcli.fits.fitting import follow, start_params, train_block
from wdcli.fits.quantities import QUANTITIES
from wdcli.fits.records import MOST_STRONG, Diagnostics, LaneRecord, LayerRecord, Strong, without_numbers
from wdcli.nn import diagnostics
from wdcli.nn.arrays import Examples
from wdcli.nn.effective import counts, effective
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Network, Params, mean_loss, outputs
from wdcli.nn.scores import scores
from wdcli.nn.train import Trained, Watch, unwatched


def measure(block: Block, trained: Trained) -> list[LaneRecord]:
    """The records of a block's lanes: losses, scores and the columns in use, and on fold 0 everything else."""
    # A lane that diverged is measured with the others, but its numbers are dropped.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        network, unit = block.network, LossUnit.of(block)
        params, train, held_out = unit.params(network, trained.params), unit.rows(block.train), unit.rows(block.held)
        fitted = diagnostics.evaluate(network, params, *train)
        held = diagnostics.evaluate(network, params, *held_out)
        penalty = diagnostics.penalty_value(trained.params, block.strengths, block.recipe.penalty)
        details = _diagnostics(block, trained) if block.fold == 0 else [None] * params.lanes
        used = _columns_used(block, trained.params) if block.recipe.makes_zeros else [None] * params.lanes
        start_loss = float(mean_loss(network, unit.params(network, start_params(block, 1)), *train.in_loss)[0])
    null_loss = LOSSES[network.loss].constant(train, train)
    records = []
    for i, lambd in enumerate(block.lambdas):
        record = LaneRecord(
            lambd=lambd,
            fold=block.fold,
            repeat=block.repeat,
            status=diagnostics.status(bool(trained.finite[i]), float(fitted.loss[i]), null_loss, start_loss),
            epochs=int(trained.epochs[i]),
            train_loss=float(fitted.loss[i]) * unit.common,
            train_score=float(fitted.score[i]),
            train_penalty=float(penalty[i]),
            held_loss=float(held.loss[i]) * unit.common,
            held_score=float(held.score[i]),
            max_grad_norm=float(trained.max_gradient_norm[i]),
            diagnostics=details[i],
            worst_loss=float(held.worst_loss[i]) * unit.common,
            worst_row=int(held.worst_row[i]),
            columns_used=used[i],
        )
        records.append(without_numbers(record) if record.status == "diverged" else record)
    return records


@dataclass(frozen=True)
class LossUnit:
    """What turns errors in a fold's units into those of all training rows.

    ``common`` converts squared errors. With several targets it is the first one's; the others are ``relative`` to it
    (outputs,), as factors of the network's outputs and of Y: None if there is nothing to convert.
    """

    common: float
    relative: Array | None

    @classmethod
    def of(cls, block: Block) -> "LossUnit":
        """The conversion that a block needs."""
        if not isinstance(block.loss_unit, tuple):
            return cls(block.loss_unit, None)
        common = block.loss_unit[0]
        return cls(common, np.sqrt(np.array(block.loss_unit) / common))

    def params(self, network: Network, params: Params) -> Params:
        """The same networks, with outputs in comparable units."""
        if self.relative is None:
            return params
        converted = params.exact(network)
        converted.matrices[-1][...] *= self.relative
        return converted

    def rows(self, examples: Examples) -> Examples:
        """The same rows, with targets in comparable units."""
        return examples if self.relative is None else examples._replace(Y=examples.Y * self.relative)


def _diagnostics(block: Block, trained: Trained) -> list[Diagnostics | None]:
    """All measures of each lane, per layer and over all layers."""
    params = trained.params
    of_layers, in_use = diagnostics.layer_sizes(block.network, params), effective(params)
    left, norms, excess = counts(in_use), diagnostics.feature_norms(params), _excess_risk(block, params)
    measures = _measures(block, params, of_layers)
    return [
        Diagnostics(
            **{name: each[i] for name, each in measures.items()},
            layers=tuple(_layer(number, size, i) for number, size in enumerate(of_layers, 1)),
            effective=tuple(left[i].tolist()),
            strongest=_strongest(norms[i], in_use[0][i]),
            excess_risk=None if excess is None else float(excess[i]),
            column_norms=_column_norms(block.columns, norms[i] * in_use[0][i]),
            history=trained.histories[i],
            function=_function(block, params.take(slice(i, i + 1))),
        )
        for i in range(params.lanes)
    ]


def _measures(block: Block, params: Params, of_layers: Sequence[diagnostics.LayerSizes]) -> dict[str, list[Any]]:
    """Each quantity of ``Measures``, for every lane."""
    network = block.network

    def over_layers(each: Iterable[Array]) -> Array:
        # Added one layer at a time: ``np.sum`` would add in a different order for one lane than for several.
        return reduce(np.add, each, np.zeros(params.lanes, dtype=int))

    told = np.array(scores(network, params, *block.held.in_scores), dtype=np.float64)
    zeros = over_layers(size.zeros for size in of_layers)
    values = (
        over_layers(size.l1_norm for size in of_layers),
        np.sqrt(over_layers(size.l2_norm**2 for size in of_layers)),
        zeros / sum(size.fan_in * size.fan_out for size in of_layers),
        over_layers(size.live_units for size in of_layers if size.live_units is not None),
        diagnostics.live_features(params),
        diagnostics.smoothness(network, params, block.train.X, block.train.weights),
        diagnostics.kkt(network, params, block.train, block.strengths, block.recipe.penalty),
        *told.T,
    )
    return {name: each.tolist() for name, each in zip(QUANTITIES, values, strict=True)}


def _strongest(norms: Array, in_use: Array) -> tuple[Strong, ...]:
    """The features in use (features,) with the largest norms."""
    order = np.argsort(-norms, kind="stable")
    kept = order[in_use[order]][:MOST_STRONG]
    return tuple(Strong(int(i), float(norms[i])) for i in kept)


def _column_norms(columns: Array, norms: Array) -> tuple[float, ...]:
    """The 2-norms of each column's features, from those of all features: (features,) each."""
    return tuple(np.sqrt(np.bincount(columns, weights=norms**2)).tolist())


def _columns_used(block: Block, params: Params) -> Sequence[bytes | None]:
    """Which of the table's columns each lane uses, a bit for each."""
    starts = np.unique(block.columns, return_index=True)[1]
    used = np.logical_or.reduceat(effective(params)[0], starts, axis=1)
    return [bits.tobytes() for bits in np.packbits(used, axis=1)]


def _function(block: Block, lane: Params) -> bytes | None:
    """What a lane predicts on the mesh; None without a mesh, for other seeds than the first, or if it isn't finite."""
    if block.X_mesh is None:
        return None
    z = outputs(block.network, lane.exact(block.network), block.X_mesh)[0]
    found = LOSSES[block.network.loss].expected(z).T.astype("<f4")
    return found.tobytes() if np.isfinite(found).all() else None


def _excess_risk(block: Block, params: Params) -> Array | None:
    """Mean squared distance to the target's true mean on new rows, (lanes,); None if the truth is unknown."""
    return None if block.truth is None else mean_loss(block.network, params.exact(block.network), *block.truth.in_loss)


def _layer(number: int, size: diagnostics.LayerSizes, lane: int) -> LayerRecord:
    live = None if size.live_units is None else int(size.live_units[lane])
    zeros = float(size.zeros[lane] / (size.fan_in * size.fan_out))
    return LayerRecord(
        number, size.fan_in, size.fan_out, float(size.l1_norm[lane]), float(size.l2_norm[lane]), zeros, live
    )


def run_block(block: Block, watch: Watch = unwatched) -> list[LaneRecord]:
    """Train a block and measure its lanes."""
    return measure(block, train_block(block, watch))


def run_path(blocks: Sequence[Block], watch: Watch = unwatched) -> list[LaneRecord]:
    """Train blocks of the same shape along their lambdas, each lambda from the last, and measure every lane."""
    records = []
    for i, trained in enumerate(follow(blocks, watch)):
        for lane, block in enumerate(blocks):
            records += measure(block.at(i), trained.lane(lane))
    return records
