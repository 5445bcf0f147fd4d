"""What is measured of trained lanes: losses and scores, and of the fits on all training rows everything else."""

from collections.abc import Sequence
from functools import reduce

import numpy as np

from wdcli.array import Array
from wdcli.fits.block import Block
from wdcli.fits.fitting import follow, start_params, train_block
from wdcli.fits.records import MOST_STRONG, Diagnostics, LaneRecord, LayerRecord, Strong, without_numbers
from wdcli.nn import diagnostics
from wdcli.nn.effective import counts, effective
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Params, mean_loss
from wdcli.nn.scores import scores
from wdcli.nn.train import Trained, Watch, unwatched


def measure(block: Block, trained: Trained) -> list[LaneRecord]:
    """The records of a block's lanes: losses and scores, and on fold 0 all the rest."""
    # A lane that diverged is measured with the others, and its numbers are set aside.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        network, params = block.network, trained.params
        fitted = diagnostics.evaluate(network, params, block.X, block.Y)
        held = diagnostics.evaluate(network, params, block.X_held, block.Y_held)
        penalty = diagnostics.penalty_value(params, block.strengths, block.recipe.penalty)
        details = _diagnostics(block, params) if block.fold == 0 else [None] * params.lanes
        start_loss = float(mean_loss(network, start_params(block, 1), block.X, block.Y)[0])
    null_loss = LOSSES[network.loss].constant(block.Y, block.Y)
    records = []
    for i, lambd in enumerate(block.lambdas):
        record = LaneRecord(
            lambd=lambd,
            fold=block.fold,
            repeat=block.repeat,
            status=diagnostics.status(bool(trained.finite[i]), float(fitted.loss[i]), null_loss, start_loss),
            epochs=int(trained.epochs[i]),
            train_loss=float(fitted.loss[i]) * block.loss_unit,
            train_score=float(fitted.score[i]),
            train_penalty=float(penalty[i]),
            held_loss=float(held.loss[i]) * block.loss_unit,
            held_score=float(held.score[i]),
            max_grad_norm=float(trained.max_gradient_norm[i]),
            diagnostics=details[i],
        )
        records.append(without_numbers(record) if record.status == "diverged" else record)
    return records


def _diagnostics(block: Block, params: Params) -> list[Diagnostics | None]:
    """Norms, zeros, live and effective units and features, smoothness, kkt, scores and excess risk of each lane."""
    network = block.network
    of_layers = diagnostics.layer_sizes(network, params)
    # One layer after the other: ``np.sum`` adds a single lane's otherwise than those of several.
    l1_norms = reduce(np.add, [size.l1_norm for size in of_layers])
    l2_norms = np.sqrt(reduce(np.add, [size.l2_norm**2 for size in of_layers]))
    features = diagnostics.live_features(params)
    in_use = effective(params)
    left, norms = counts(in_use), diagnostics.feature_norms(params)
    smoothness = diagnostics.smoothness(network, params, block.X)
    kkt = diagnostics.kkt(network, params, block.X, block.Y, block.strengths, block.recipe.penalty)
    excess = _excess_risk(block, params)
    told = scores(network, params, block.X_held, block.Y_held)
    found: list[Diagnostics | None] = []
    for i in range(params.lanes):
        layers = tuple(_layer(number, size, i) for number, size in enumerate(of_layers, 1))
        weights = sum(layer.fan_in * layer.fan_out for layer in layers)
        found.append(
            Diagnostics(
                l1_norm=float(l1_norms[i]),
                l2_norm=float(l2_norms[i]),
                sparsity=sum(int(size.zeros[i]) for size in of_layers) / weights,
                live_units=sum(layer.live_units or 0 for layer in layers),
                live_features=int(features[i]),
                smoothness=float(smoothness[i]),
                kkt=float(kkt[i]),
                test_auc=told[i].auc,
                test_average_precision=told[i].average_precision,
                test_balanced_accuracy=told[i].balanced_accuracy,
                layers=layers,
                effective=tuple(left[i].tolist()),
                strongest=_strongest(norms[i], in_use[0][i]),
                excess_risk=None if excess is None else float(excess[i]),
            )
        )
    return found


def _strongest(norms: Array, in_use: Array) -> tuple[Strong, ...]:
    """The features in use (features,) with the largest norms."""
    order = np.argsort(-norms, kind="stable")
    kept = order[in_use[order]][:MOST_STRONG]
    return tuple(Strong(int(i), float(norms[i])) for i in kept)


def _excess_risk(block: Block, params: Params) -> Array | None:
    """Mean squared distance to the target's true mean on new rows, (lanes,); None where no truth is known."""
    return None if block.truth is None else mean_loss(block.network, params.exact(block.network), *block.truth)


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
