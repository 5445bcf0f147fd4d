"""A saved model in another tool's form."""

from typing import NamedTuple


class Exported(NamedTuple):
    """Each file's bytes by its ending, the one that names the others first; ``why_not`` says why it only predicts, if so."""

    files: dict[str, bytes]
    why_not: str = ""
