"""A fit with one lambda as code to paste: what ``wdcli convert`` says in a table, at its place in another tool."""

from collections.abc import Callable

from wdcli.conventions import Setting, Strengths
from wdcli.fits.config import FitConfig
from wdcli.names import Tool
from wdcli.report import keras_code, pytorch_code, sklearn_code

SNIPPETS: dict[Tool, Callable[[Strengths, Setting, FitConfig, int | None], str]] = {
    "pytorch": pytorch_code.code,
    "keras": keras_code.code,
    "sklearn": sklearn_code.code,
}


def snippet(tool: Tool, given: Strengths, setting: Setting, config: FitConfig, features: int | None = None) -> str:
    """Python code for a tool: a network like ``config``'s, of so many ``features`` if they are known, and its penalty.

    Raises ``ConfigError`` where the tool has no such penalty.
    """
    return SNIPPETS[tool](given, setting, config, features)
