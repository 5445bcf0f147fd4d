"""From results to what a person or a program reads; nothing here prints.

A file's name says which result it shows, and in which form: ``words`` (sentences), ``table`` (for a terminal) or ``serial``
(JSON and CSV). In reading order. What all share:

- numbers: numbers as a person reads them
- words: the lines above every table, and the sentences that several results share below it
- table: what all tables share
- serial: what all JSON and CSV share
- picture_serial: what pictures are drawn from, as JSON
- data_frame: rows as a data frame of polars or pandas
- formats: a table as Markdown or LaTeX, or as pages write it

Each result:

- train_words, train_table, train_serial: one fit
- sweep_words, sweep_table, sweep_serial: a sweep: the choice in words, the table's columns, JSON and CSV
- plateau_words: whether decay helps, and overfitting and underfitting to either side of the plateau
- fold_words: one fold or one row that makes much of the loss
- partial_words: an interrupted sweep
- feature_words: which features a network uses
- column_words, column_table: which columns of the table a sweep's networks use, and how useful they are
- compare_words, compare_table, compare_serial: a comparison
- predict_serial, predict_rows: predictions: what is said of all, and row by row
- model_table: a saved model
- data_table: a table, and what can be loaded
- runs_table: stored runs
- convert_words, convert_table: a lambda in other tools
"""
