"""The files that a command writes beside its table."""

from collections.abc import Mapping, Sequence
from typing import Any

from wdcli.errors import ConfigError
from wdcli.output import check_writable, write_file


def writable(params: Mapping[str, Any]) -> None:
    """Raise ``OutputError`` or ``ConfigError`` before the work is done if what it makes can't be written."""
    paths = [params[name] for name in ("csv_path", "save") if params.get(name)]
    if len(set(paths)) < len(paths):
        raise ConfigError("--csv and --save name the same file: choose two names.")
    for path in paths:
        if path in (params.get("data"), params.get("test_data")):
            raise ConfigError("The output is the file that is read: choose another name.")
        check_writable(path, params["force"])


def write_csv(params: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows to ``--csv``, if it was given."""
    if params["csv_path"]:
        from wdcli.report.serial import to_csv

        write_file(params["csv_path"], to_csv(rows).encode(), params["force"])
