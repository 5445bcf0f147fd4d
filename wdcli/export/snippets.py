"""A fit with one lambda as code to paste: what ``wdcli convert`` says in a table, at its place in another tool."""

from collections.abc import Callable

from wdcli.conventions import Setting, Strengths
from wdcli.export import keras, pytorch, sklearn
from wdcli.export.code import Fit
from wdcli.fits.config import FitConfig
from wdcli.names import Tool

SNIPPETS: dict[Tool, Callable[[Fit, int | None], str]] = {
    "pytorch": pytorch.snippet,
    "keras": keras.snippet,
    "sklearn": sklearn.snippet,
}


def snippet(tool: Tool, given: Strengths, setting: Setting, config: FitConfig, features: int | None = None) -> str:
    """Python code for a tool: a network like ``config``'s, of so many ``features`` if they are known, and its penalty.

    Raises ``ConfigError`` where the tool has no such penalty.
    """
    return SNIPPETS[tool](Fit(given, setting, config), features)
