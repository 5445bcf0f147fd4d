"""The command that gives a fit's penalty in other tools' conventions."""

from collections.abc import Mapping
from typing import Any

from wdcli.names import Task


def convert_command(penalty: Mapping[str, Any], fit: Mapping[str, Any], task: Task) -> str:
    """``wdcli convert`` with the options of a fit; its ``penalty`` and ``fit`` are those of a saved ``Model``."""
    options = [
        f"--lambd {repr(float(penalty['lambda'])).removesuffix('.0')}",
        f"--rows {fit['rows']}",
        f"--batch-size {fit['batch_size']}",
    ]
    if penalty["name"] != "l2":
        options.append(f"--penalty {penalty['name']}")
    if penalty["name"] == "elastic-net":
        options.append(f"--l1-ratio {penalty['l1_ratio']:g}")
    if penalty["convention"] != "textbook":
        options.append(f"--convention {penalty['convention']}")
    if penalty["decay"] == "decoupled":
        options.append("--decay decoupled")
    if task == "regression":
        options.append("--task regression")
    return f"wdcli convert {' '.join(options)}"
