"""How much weight decay does a network need on a table, and what does the decay do?

From the leaves to the command line; each file imports from those above it alone:

- names, text, errors, machine, paths: words, foreign text made harmless, errors, cores and memory, files
- conventions: what each tool means by lambda
- array: the type of arrays
- nn: the engine
- data: tables, encoded and split
- fits: how networks get trained, wherever
- sweep: which lambda
- models: a saved network
- notes: what is worth a line beside a result
- study: the front door from Python
- report: tables, words, JSON, CSV and code
- export: a fit or a saved model for other tools
- figures: what pictures say, drawn in a terminal and as SVG
- page: a result as one HTML page
- plots: its pictures by matplotlib, for papers and notebooks
- cli: the commands
"""

__version__ = "0.1.0"
