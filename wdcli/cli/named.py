"""Text that names a column, a file, or data; the shell completes names of data and of files."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import click
from click.shell_completion import CompletionItem

from wdcli import names
from wdcli.text import near, quoted


class NamedText(click.ParamType[Any]):
    """Non-empty text without NUL: a name or a path."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Text to text."""
        if not str(value).strip() or "\0" in str(value):
            self.fail("it is empty or holds a NUL: give a name or a path.", param, ctx)
        return str(value)


class FileName(NamedText):
    """The path of a file."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The shell's own completion of paths."""
        return [CompletionItem(incomplete, type="file")]


class DataName(FileName):
    """The name of generated or bundled data, or the path of a file."""

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Matching names and files in this directory; if no name matches, the shell's own completion of paths."""
        known = _beginning(incomplete, get_args(names.Generated) + get_args(names.Bundled))
        if not known:
            return super().shell_complete(ctx, param, incomplete)
        return known + _beginning(incomplete, sorted(_files_here()))


class GeneratorName(click.ParamType[Any]):
    """The name of a generator."""

    name = "generator"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Text to a generator's name."""
        generated = get_args(names.Generated)
        if value not in generated:
            self.fail(
                f"{quoted(value)} is not a generator.{near(value, generated)} The generators are {', '.join(generated)}.",
                param,
                ctx,
            )
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The generators' names."""
        return _beginning(incomplete, get_args(names.Generated))


def _beginning(incomplete: str, candidates: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(name) for name in candidates if name.startswith(incomplete)]


def _files_here() -> Iterator[str]:
    """Visible files and directories, except those whose names would break the lines that a shell reads."""
    for path in Path().iterdir():
        if path.name.isprintable() and not path.name.startswith("."):
            yield f"{path.name}/" if path.is_dir() else path.name
