"""The engine: trains many small networks ("lanes") at once. Arrays in, arrays out; it needs only NumPy.

In reading order:

- arrays: sums per lane, and the rows of lanes
- activations: each function, in place, and its derivative computed from its value
- losses: squared error and cross-entropies, each with its gradient
- groups: groups of weights, and their proximal step
- strengths: how strongly each layer is penalised
- penalties: L1, L2, groups and their sums: value, gradient, proximal step, and everything else specific to one
- optimizers: SGD and Adam, and the learning-rate schedules
- mlp: parameters of all lanes in one buffer; forward and backward passes
- recipe: how to train lanes
- stepper: one step of many lanes: coupled, decoupled or proximal
- history: how a lane's losses changed while it trained
- trace: noting them
- train: the one loop over epochs and batches; early stopping
- diagnostics: losses, norms, zeros, smoothness, and distance from the optimum
- effective: the network that is left once dead inputs and units are removed
- scores: ROC AUC, average precision, balanced accuracy
"""
