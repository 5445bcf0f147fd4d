"""A fit or a saved model as something that another tool runs; nothing here prints or writes files.

In reading order:

- code: what the code for every tool has in common: the fit that it trains, comments, numbers
- pytorch, keras, sklearn: a fit as code for one tool, and a saved model as a script for it
- snippets: the code that ``wdcli convert --to`` prints
- tables: the part of a script that reads a table and encodes it as the model does
- scripts: a script's parts that don't depend on the tool: what it predicts and prints, its command line
"""
