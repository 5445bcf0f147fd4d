"""A fit or a saved model as something that another tool runs; nothing here prints or writes files.

In reading order:

- exported: what a model becomes, the files
- protobuf: the binary format that ONNX is written in
- graph: an ONNX graph, node by node
- columns: from a table's columns to what the network takes
- onnx: the whole prediction as an ONNX graph
- code: what the code for every tool has in common: the fit that it trains, comments, numbers
- pytorch, keras, sklearn: a fit as code for one tool, and a saved model as a script for it
- snippets: the code that ``wdcli convert --to`` prints
- tables: the part of a script that reads a table and encodes it as the model does
- scripts: a script's parts that don't depend on the tool: what it predicts and prints, its command line
- targets: every tool that a model can be written for
"""
