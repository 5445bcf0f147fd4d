"""Which lambda: the grid, the rows, the choice, and what follows from it.

In reading order:

- config: the settings of a sweep
- grid: the lambdas, given or found
- rows: a row a lambda, from the records of its networks
- selection: the best lambda, the largest within one standard error, and how sure that is
- oracle: what the truth says, where it is known
- result: all of a sweep, or what there is of it when it is broken off
- runner: a sweep from its settings to its result
- chosen: the chosen networks trained again, for their weights
- refit: the chosen networks trained on without the penalty
- difference: how much better one network is, and whether that could be chance
- comparison: several penalties, pair by pair
"""
