"""Everything that can go wrong and is not a bug, under one root.

A message is one or two lines: what was given, what is wrong with it, what to do.
"""


class WdcliError(Exception):
    """Root of all expected errors; ``exit_status`` is the command's exit status."""

    exit_status = 1


class ConfigError(WdcliError):
    """The options contradict each other or ask for something that does not exist."""

    exit_status = 2


class DataError(WdcliError):
    """The table can't be read, or can't be learned from."""


class SpellingError(DataError):
    """Cells aren't spelled as the options say or as other cells suggest: ``fault`` names the first, the remedy what to do."""

    def __init__(self, fault: str, remedy: str) -> None:
        super().__init__(f"{fault} {remedy}")
        self.fault = fault


class TrainingError(WdcliError):
    """Training failed: the numbers grew beyond all bounds, or a worker was lost."""


class ClusterError(TrainingError):
    """A cluster can't be reached, doesn't fit, or doesn't do its work."""


class StoreError(WdcliError):
    """The store of runs can't be opened, read or written, or doesn't hold what was asked for."""


class ModelFileError(WdcliError):
    """A saved model is damaged, altered, or was made for other columns."""


class ExportError(WdcliError):
    """Another tool can't have a saved model."""


class OutputError(WdcliError):
    """A result can't be written where it was asked for."""


class Terminated(BaseException):
    """The process was asked to end (SIGTERM, SIGHUP); like ``KeyboardInterrupt``, not for handlers to swallow."""
