"""Measurements of a trained network: losses and scores, norms, exact zeros, live units, smoothness, optimality.

Everything is computed per lane, in float64 whatever the parameters' dtype.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wdcli.array import Array
from wdcli.names import PenaltyName, Status
from wdcli.nn.activations import ACTIVATIONS
from wdcli.nn.arrays import Examples, lane_norm, lane_sum, mean_row, weighted
from wdcli.nn.losses import LOSSES
from wdcli.nn.mlp import Network, Params, full_gradient, passes
from wdcli.nn.penalties import PENALTIES
from wdcli.nn.strengths import LaneStrengths

COLLAPSE_SHARE = 0.99
"""A fit has collapsed if its training loss is at least this share of the bias-only model's."""
DIVERGENCE_FACTOR = 10.0
"""A fit has diverged if its training loss is over this many times the bias-only model's and the initial weights'."""


@dataclass(frozen=True)
class Evaluation:
    """How well the lanes do on some rows: mean data loss and score (accuracy or R2; nan where undefined), (lanes,).

    ``worst_loss`` is the largest data loss of a row, times its weight; ``worst_row`` that row's place.
    """

    loss: Array
    score: Array
    worst_loss: Array
    worst_row: Array


def evaluate(
    network: Network, params: Params, X: Array, Y: Array, weights: Array | None = None, counts: Array | None = None
) -> Evaluation:
    """Loss and score of each lane on the rows X (rows, d), Y (rows, outputs), with weights (rows, 1) of mean 1.

    Rows count by ``counts`` (rows, 1) in the score, by their weights if that is None.
    The score is the share of rows classified correctly, or R2 = 1 - SSE/SST around the mean of these rows; they match
    scikit-learn's ``accuracy_score`` and ``r2_score`` with ``sample_weight``. All are nan if there are no rows.
    """
    if not len(X):
        nothing = np.full(params.lanes, np.nan)
        return Evaluation(nothing, nothing, nothing, np.zeros(params.lanes, dtype=np.int64))
    loss, counts = LOSSES[network.loss], weights if counts is None else counts
    total, errors = np.zeros(params.lanes), np.zeros(params.lanes)[:, None]
    worst, where = np.full(params.lanes, -np.inf), np.zeros(params.lanes, dtype=np.int64)
    for part, _, work in passes(network, params.exact(network), X):
        own = None if weights is None else weights[part]
        each = loss.each(Y[part], work.output)
        each = each if own is None else each * own[:, 0]
        total += lane_sum(each)
        errors = errors + loss.errors(Y[part], work.output, None if counts is None else counts[part])
        largest, place = each.max(axis=1), each.argmax(axis=1) + part.start
        where, worst = np.where(largest > worst, place, where), np.maximum(largest, worst)
    return Evaluation(total / len(Y), _score(network, errors, Y, counts), worst, where)


def _score(network: Network, errors: Array, Y: Array, weights: Array | None) -> Array:
    """Accuracy, or R2 averaged over the outputs, from the sums of each lane's errors (lanes, .): (lanes,)."""
    if network.loss != "squared-error":
        return np.asarray((len(Y) - errors[:, 0]) / len(Y))
    spread = np.array([column.sum() for column in weighted((Y - mean_row(Y, weights)) ** 2, weights).T])
    varies = bool((np.ptp(Y, axis=0) > 0).all() and (spread > 0).all())
    return np.asarray((1 - errors / spread).mean(axis=1)) if varies else np.full(len(errors), np.nan)


def status(finite: bool, train_loss: float, null_loss: float, start_loss: float) -> Status:
    """How a fit ended, from its training loss and the losses of the bias-only model and the initial weights.

    ``diverged``: something is not finite, or the loss exceeds ``DIVERGENCE_FACTOR`` times both the bias-only model's
    and the initial weights'. ``collapsed``: the loss is at least ``COLLAPSE_SHARE`` of the bias-only model's (unless
    that is 0 because the target is constant).
    """
    grew = train_loss > DIVERGENCE_FACTOR * max(null_loss, start_loss)
    if not finite or not np.isfinite(train_loss) or grew:
        return "diverged"
    return "collapsed" if train_loss >= COLLAPSE_SHARE * null_loss > 0 else "ok"


def penalty_value(params: Params, strengths: LaneStrengths, penalty: PenaltyName) -> Array:
    """The penalty term of the objective of each lane, (lanes,)."""
    total = np.zeros(params.lanes)
    for layer, weights in enumerate(params.weights):
        total += PENALTIES[penalty].value(weights, strengths.of_layer(layer))
    return total


@dataclass(frozen=True)
class LayerSizes:
    """A layer's weights (not biases), (lanes,) each: 1-norm, 2-norm, exact zeros, live units among its outputs.

    ``live_units`` is None for the output layer, whose units have no weights out.
    """

    fan_in: int
    fan_out: int
    l1_norm: Array
    l2_norm: Array
    zeros: Array
    live_units: Array | None


def layer_sizes(network: Network, params: Params) -> list[LayerSizes]:
    """Norms, zeros and live units of each layer. A live unit has a non-zero weight in and out."""
    weights = params.weights
    found = []
    for layer, (w, (fan_in, fan_out)) in enumerate(zip(weights, network.shapes, strict=True)):
        live = None
        if layer + 1 < len(weights):
            live = ((w != 0).any(axis=1) & (weights[layer + 1] != 0).any(axis=2)).sum(axis=1)
        found.append(LayerSizes(fan_in, fan_out, lane_sum(np.abs(w)), lane_norm(w), lane_sum(w == 0).astype(int), live))
    return found


def live_features(params: Params) -> Array:
    """The number of inputs with a non-zero weight out, (lanes,)."""
    return np.asarray((params.weights[0] != 0).any(axis=2).sum(axis=1))


def feature_norms(params: Params) -> Array:
    """The 2-norm of each input's weights into the first layer, (lanes, inputs)."""
    first = np.ascontiguousarray(params.weights[0], dtype=np.float64)
    return np.asarray(np.sqrt(np.vecdot(first, first)))


def smoothness(network: Network, params: Params, X: Array, weights: Array | None = None) -> Array:
    """Mean over the weighted rows of the Frobenius norm of d output / d input, outputs before softmax: (lanes,).

    The Jacobian is computed one output (one row) at a time, backwards through the network.
    """
    total = np.zeros(params.lanes)
    for part, X1, work in passes(network, params, X):
        slopes = [_slopes(network, hidden[..., :-1]) for hidden in work.hidden]
        squares = sum(_input_gradient_squares(params, slopes, k) for k in range(network.sizes[-1]))
        norms = np.broadcast_to(np.sqrt(squares), (params.lanes, len(X1)))
        total += lane_sum(norms if weights is None else norms * weights[part, 0])
    return total / len(X)


def _slopes(network: Network, a: Array) -> Array:
    """f'(z) of units whose values are a = f(z)."""
    slopes = np.ones(a.shape, a.dtype)
    ACTIVATIONS[network.activation].backward(a, slopes)
    return slopes


def _input_gradient_squares(params: Params, slopes: Sequence[Array], output: int) -> Array:
    """Squared norm of the gradient of one output with respect to the inputs: (lanes, rows), or (lanes, 1) if all are equal."""
    weights = params.weights
    gradient = weights[-1][:, None, :, output]
    for w, slope in zip(reversed(weights[:-1]), reversed(slopes), strict=True):
        gradient = (gradient * slope) @ w.swapaxes(-1, -2)
    return np.asarray(np.vecdot(gradient, gradient), dtype=np.float64)


def kkt(network: Network, params: Params, examples: Examples, strengths: LaneStrengths, penalty: PenaltyName) -> Array:
    """Relative residual of the objective's optimality conditions at these parameters, (lanes,); nan for 0 / 0.

    With g the gradient of the mean data loss over all rows, and p the penalty's: ||r|| / (||g|| + ||p||), where r is the
    penalty's ``residual`` for weights, and g for biases. Near 0, the network is an optimum of the penalised loss; if it
    is large, the network still depends on when training stopped.
    """
    gradient = full_gradient(network, params, *examples.in_loss)
    pull = Params.view(network, np.zeros(params.buffer.shape))
    residual = Params.view(network, gradient.buffer.copy())
    for layer, w in enumerate(params.weights):
        here = strengths.of_layer(layer)
        PENALTIES[penalty].gradient(w, here, out=pull.weights[layer])
        total = gradient.weights[layer] + pull.weights[layer]
        residual.weights[layer][...] = PENALTIES[penalty].residual(total, w, here)
    scale = lane_norm(gradient.buffer) + lane_norm(pull.buffer)
    undefined = np.full(len(scale), np.nan)
    return np.asarray(np.divide(lane_norm(residual.buffer), scale, out=undefined, where=scale > 0))
