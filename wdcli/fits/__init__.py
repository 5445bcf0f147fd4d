"""How networks get trained, wherever: from settings and rows to a record of each network.

In reading order:

- config: the settings of a fit
- fitted: what a fit was, as a saved model remembers it
- folds: the rows of each fit, encoded
- block: lanes that share their rows, and all that a worker needs to train them
- plan: from settings and folds to blocks; how many workers, and how many lanes a block
- fitting: training a block, or several along a path
- quantities: each quantity that is measured, declared once: name, heading, meaning, style
- records: what is kept of one network
- measure: from trained lanes to records: every quantity is computed here
- job: what a worker is sent, and how it is cut
- executors: in this process, or in others
- pool: jobs go in, records come out and are stored
- single: one fit, and its neighbourhood
- arithmetic: what decides the last bits beside the program
- store: records and runs in SQLite
- run: a run as it is stored
- record_text: records as text, to the last bit
- database: the file of a store
- schema: its tables, and how an older store becomes a newer one
"""
