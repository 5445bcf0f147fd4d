"""A saved network for other tools: bytes of files, made without these tools.

In reading order:

- protobuf: the binary format that ONNX is written in
- graph: an ONNX graph, node by node
- columns: from a table's columns to what the network takes
- onnx: the whole prediction as an ONNX graph
- targets: every tool that a network can be written for
"""
