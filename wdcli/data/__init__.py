"""Tables: generated, bundled or read; encoded as numbers; split into rows to train on and rows to report on.

In reading order. What a table is, and where it comes from:

- dataset: columns, a target, and what is known about them
- source: what to load, and which rows and columns serve for what
- loading: from a source to a dataset and its split
- generators: generated tables with a known cause
- bundled: scikit-learn's tables
- matrix: one's own arrays
- dice: every random draw

Files, down to their cells:

- files, pieces: any file, whole or piece by piece
- reading: how far a file is read
- raw, stored: its bytes, decompressed, bounded and decoded; read again and again
- costs, footer, allowance: the memory that reading takes, and may take
- wholelines, rowlines: parts of whole lines, and on which line a row ends
- delimited: CSV and TSV
- header, titles: the names of its columns; a title above them
- records, cutting: its rows, and their cells, a few columns at a time
- jsonlines: JSON lines
- parquet, parts: Parquet, read and written
- typedcolumns: the columns of a table that states their types
- frames: frames of pandas and polars
- table: what was read
- textcolumns, cells: the kind that a column's cells have
- format, marks: how numbers, dates and missing cells are spelled
- witnesses: cells of earlier pieces that decide how a column is spelled
- amounts: $1,234, 79.9 % and (12.50) as numbers
- dates, dateforms: ISO 8601, and other dates
- remarks, advice, unused: notes on a spelling; options that would read a refused table, or that match nothing
- digits, labels: codes such as 007, and the exact spelling of what names things

From columns to matrices:

- tabular: from a table to a dataset
- features, targets, groups, weights: what each column is for
- identifiers, outliers, twins: columns, rows and categories that look like mistakes
- rules: how one column becomes columns of the matrix
- encoding: all columns, by the training rows
- novelties: what new rows hold that is like nothing in training
- made: what the encoding makes of the columns, in words
- splits: which rows are trained on, held out or validated on
- rare_classes: classes with few rows
- plain, arrayfile: parts of a model's file, which anybody may have written
"""
