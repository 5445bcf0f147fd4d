"""PyTorch and JAX at the task that `peers.py` describes. Each is imported where it is used, for it may be absent."""

import functools
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from peers import BETA1, BETA2, EPSILON, PROCESSES, RATE, Array, Job, Outcome


def torch_one_thread() -> None:
    """In a worker: PyTorch, imported, with one thread."""
    import torch

    torch.set_num_threads(1)


def torch_fit(job: Job, fold: int, strength: float) -> float:
    """A network in PyTorch, as it is usually written."""
    import torch

    layers = [torch.nn.Linear(*shape) for shape in job.shapes]
    for layer, (w, _) in zip(layers, job.start(fold), strict=True):
        layer.weight.data = torch.from_numpy(np.ascontiguousarray(w.T))
        torch.nn.init.zeros_(layer.bias)
    model = torch.nn.Sequential(*(m for layer in layers for m in (layer, torch.nn.ReLU())))[:-1]
    weights, biases = [layer.weight for layer in layers], [layer.bias for layer in layers]
    groups = [{"params": weights, "weight_decay": strength}, {"params": biases}]
    optimizer = torch.optim.Adam(groups, RATE, fused=True)
    X, y = _torch_data(job)
    loss = torch.nn.CrossEntropyLoss() if job.outputs > 1 else torch.nn.BCEWithLogitsLoss()
    for rows in map(torch.from_numpy, job.batches(fold)):
        optimizer.zero_grad()
        loss(model(X[rows]), y[rows]).backward()
        optimizer.step()
    held = job.folds[fold][1]
    with torch.no_grad():
        return float(job.accuracy(model(X[held]).numpy(), held))


def _torch_data(job: Job) -> tuple[Any, Any]:
    import torch

    return torch.from_numpy(job.X), torch.from_numpy(job.y if job.outputs > 1 else job.onehot())


def torch_lanes(job: Job) -> Outcome:
    """PyTorch with the lambdas of a fold as lanes: batched products, and one optimizer over stacked parameters."""
    import torch

    torch.set_num_threads(PROCESSES)
    started = time.perf_counter()
    found = [_torch_fold(job, fold) for fold in range(len(job.folds))]
    return Outcome(time.perf_counter() - started, float(np.mean(found)))


def _torch_fold(job: Job, fold: int) -> Array:
    import torch

    lanes = len(job.strengths)
    stacked = [(np.repeat(w[None], lanes, 0), np.repeat(b[None], lanes, 0)) for w, b in job.start(fold)]
    layers = [tuple(torch.from_numpy(a).requires_grad_() for a in layer) for layer in stacked]
    optimizer = torch.optim.Adam([a for layer in layers for a in layer], RATE, fused=True)
    s2 = torch.tensor(job.strengths)[:, None, None]
    X, y = _torch_data(job)
    for rows in map(torch.from_numpy, job.batches(fold)):
        optimizer.zero_grad()
        z, target = _torch_forward(layers, X[rows]), y[rows].expand(lanes, *y[rows].shape)
        if job.outputs > 1:
            loss = torch.nn.functional.cross_entropy(z.flatten(0, 1), target.flatten(), reduction="sum")
        else:
            loss = torch.nn.functional.binary_cross_entropy_with_logits(z, target, reduction="sum")
        (loss / len(rows)).backward()
        with torch.no_grad():
            for w, _ in layers:
                w.grad.addcmul_(w, s2)
        optimizer.step()
    held = job.folds[fold][1]
    with torch.no_grad():
        return job.accuracy(_torch_forward(layers, X[held]).numpy(), held)


def _torch_forward(layers: Sequence[tuple[Any, Any]], X: Any) -> Any:
    """Outputs (lanes, rows, outputs)."""
    import torch

    a = X.expand(len(layers[0][0]), *X.shape)
    for w, b in layers[:-1]:
        a = torch.relu(torch.baddbmm(b, a, w))
    return torch.baddbmm(layers[-1][1], a, layers[-1][0])


def jax_cold(job: Job) -> Outcome:
    """JAX, from nothing compiled."""
    import jax

    _jax_program.cache_clear()
    jax.clear_caches()
    return _jax_run(job)


def jax_compiled(job: Job) -> Outcome:
    """JAX, with the program already compiled: it is, by another call."""
    _jax_run(job)
    return _jax_run(job)


def _jax_run(job: Job) -> Outcome:
    """The lambdas of a fold as one program. Short batches are filled up with rows that weigh nothing: one shape for all."""
    started = time.perf_counter()
    longest = max(len(held) for _, held in job.folds)
    program, Y, s2, found = _jax_program(), job.onehot(), np.array(job.strengths, "f4"), []
    for fold, (_, held) in enumerate(job.folds):
        steps = list(job.batches(fold))
        rows = np.stack([np.resize(step, job.batch) for step in steps])
        share = np.stack([(np.arange(job.batch) < len(step)) / len(step) for step in steps]).astype("f4")
        z = program(s2, job.start(fold), job.X, Y, rows, share, np.resize(held, longest))
        found.append(job.accuracy(np.asarray(z)[:, : len(held)], held))
    return Outcome(time.perf_counter() - started, float(np.mean(found)))


@functools.cache
def _jax_program() -> Any:
    """Train from a start, and give the outputs on held-out rows; compiled for every lambda at once."""
    import jax
    import jax.numpy as jnp

    def forward(layers: Any, a: Any) -> Any:
        for w, b in layers[:-1]:
            a = jnp.maximum(a @ w + b, 0)
        return a @ layers[-1][0] + layers[-1][1]

    def loss(layers: Any, X: Any, Y: Any, share: Any, s2: Any) -> Any:
        z = forward(layers, X)
        if Y.shape[1] > 1:
            each = jax.nn.logsumexp(z, axis=1) - (z * Y).sum(1)
        else:
            each = (jax.nn.softplus(z) - z * Y)[:, 0]
        return (each * share).sum() + s2 / 2 * sum((w * w).sum() for w, _ in layers)

    def train(s2: Any, layers: Any, X: Any, Y: Any, rows: Any, share: Any, held: Any) -> Any:
        def step(state: Any, batch: Any) -> Any:
            t, layers, m, v = state
            g = jax.grad(loss)(layers, X[batch[0]], Y[batch[0]], batch[1], s2)
            m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, g)
            v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, g)
            c1, c2 = 1 - BETA1**t, 1 - BETA2**t
            layers = jax.tree.map(lambda w, m, v: w - RATE * m / c1 / (jnp.sqrt(v / c2) + EPSILON), layers, m, v)
            return (t + 1, layers, m, v), None

        zeros = jax.tree.map(jnp.zeros_like, layers)
        state, _ = jax.lax.scan(step, (jnp.float32(1), layers, zeros, zeros), (rows, share))
        return forward(state[1], X[held])

    return jax.jit(jax.vmap(train, in_axes=(0, *[None] * 6)))
