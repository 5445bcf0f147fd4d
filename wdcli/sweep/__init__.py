"""Choosing lambda: the grid, the rows, the choice, and what follows from it.

In reading order:

- config: the settings of a sweep
- grid: the lambdas, given or found
- rows: one row per lambda, from the records of its networks
- selection: the best lambda, the largest that does as well, and how certain the choice is
- race: which networks are trained
- curve: the lambdas of one l1_ratio, and how they are trained
- heats: curves trained until nothing is open
- sample: a sample of the rows
- firstpass: a race on a sample, which decides where the race on all rows begins
- oracle: the best possible choice, if the truth is known
- lifetimes: how long columns stay in use as lambda grows
- stability: how much the columns agree that different fits use
- features: which columns matter: how long each is in use, in how many fits, and how useful it is
- recovery: how well the columns in use match those that matter, if these are known
- result: the result of a sweep, or of an interrupted one
- runner: a sweep from its settings to its result
- chosen: the chosen networks, trained again to get their weights
- refit: the chosen networks, trained further without the penalty
- importance: how much the chosen networks' held-out loss rises when a column is permuted
- difference: how much better one network is, and whether it could be chance
- comparison: several penalties, pair by pair
"""
