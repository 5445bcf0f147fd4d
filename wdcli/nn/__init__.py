"""The engine: many small networks ("lanes") trained at once. Arrays in, arrays out; NumPy is all that it needs.

In reading order:

- arrays: sums per lane, and rows with a column of ones
- activations: the function in place, and its derivative from its own value
- losses: squared error and cross-entropies, each with its gradient
- penalties: L1, L2 and both: value, gradient, proximal step, and all else that is particular to one
- optimizers: SGD and Adam, and how the learning rate falls
- mlp: parameters of all lanes in one buffer; forward and backward
- recipe: how lanes are to be trained, and how strongly each layer is penalised
- stepper: one step of many lanes: coupled, decoupled or proximal
- train: the one loop over epochs and batches; early stopping
- diagnostics: losses, norms, zeros, smoothness, and how far from the optimum
- effective: the network that is left when zeros are cut off
- scores: ROC AUC, average precision, balanced accuracy
"""
