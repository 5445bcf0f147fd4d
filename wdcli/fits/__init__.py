"""Training networks, in this process or in others: from settings and rows to a record of each network.

In reading order:

- config: the settings of a fit
- fitted: the settings of its fit that a saved model keeps
- mesh: where a network's function of one or two columns is evaluated
- folds: the rows of each fit, encoded
- block: lanes that share their rows, with everything a worker needs to train them
- room: what training takes of the memory that is allowed
- plan: from settings and folds to blocks; how many workers, and how many lanes per block
- fitting: training a block, or several along a path
- quantities: each quantity that is measured, declared once: name, heading, meaning, style
- records: what is kept of one network
- measure: from trained lanes to records: every quantity is computed here
- headway: how much there is to train, and how far the work is
- job: what a worker is sent, and how it is cut
- scratch: a private folder for temporary files
- large: arrays that are too large to travel with every job
- shared: large arrays, which workers map instead of receiving them with every job
- executors: in this process, in others, or on a cluster
- resources: what the work may use, and where it reports to
- pool: jobs go in, records come out and are stored
- single: one fit, and its neighbourhood
- arithmetic: what else, besides the program, decides the last bits
- store: records and runs in SQLite
- apart: records whose last digits may differ from this machine's
- run: a run as it is stored
- record_text: records as text, exact to the last bit
- database: a store's file
- schema: a store's tables, and how older stores are upgraded
"""
