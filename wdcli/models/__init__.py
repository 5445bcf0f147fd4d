"""A trained network that predicts from a table, and the file that it is saved in.

In reading order:

- model: the network, the encoding before it, and what is known of its fit
- file: a model written to a file, and read back
"""

from wdcli.models.file import load_model, save_model
from wdcli.models.model import Model, penalty_of

__all__ = ["Model", "load_model", "penalty_of", "save_model"]
