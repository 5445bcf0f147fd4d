"""Choosing lambda: the grid, the rows, the choice, and what follows from it.

In reading order:

- config: the settings of a sweep
- grid: the lambdas, given or found
- rows: one row per lambda, from the records of its networks
- selection: the best lambda, the largest that does as well, and how certain the choice is
- race: which networks are trained
- oracle: the best possible choice, if the truth is known
- recovery: how well the columns in use match those that matter, if these are known
- result: the result of a sweep, or of an interrupted one
- runner: a sweep from its settings to its result
- chosen: the chosen networks, trained again to get their weights
- refit: the chosen networks, trained further without the penalty
- importance: how much the chosen networks' held-out loss rises when a column is permuted
- difference: how much better one network is, and whether it could be chance
- comparison: several penalties, pair by pair
"""
