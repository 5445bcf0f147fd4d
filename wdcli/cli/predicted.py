"""Where predictions go, batch after batch: standard output, a CSV file, a Parquet file, or several of them."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from wdcli.cli import console
from wdcli.cli.writing import text_output
from wdcli.paths import new_file

if TYPE_CHECKING:
    from wdcli.predictions import Batch

Writer: TypeAlias = "Callable[[Batch], object]"


class Outputs(ExitStack):
    """The outputs that the options name, or CSV on standard output; ``head`` is what a JSON object begins with.

    Files get their names at the end, if nothing was raised.
    """

    def __init__(self, params: Mapping[str, Any], head: Mapping[str, Any]) -> None:
        super().__init__()
        from wdcli.report.predict_rows import CsvLines, JsonText

        csv, parquet = params["csv"], params["parquet"]
        self._json, self._writers = JsonText(head), list[Writer]()
        if csv or not (params["json"] or parquet):
            lines, write = CsvLines(), self.enter_context(text_output(csv or "-", params["force"]))
            self._writers.append(lambda batch: write(lines.of(batch.cells)))
        if parquet:
            # Entered last, so ended first: if its file can't be made, there is no other either.
            self._writers.append(self._parquet(parquet, params["force"]))
        if params["json"]:
            self._writers.append(self._show)

    def write(self, batch: "Batch") -> None:
        """Write a batch. Raises ``BrokenPipeError`` if the last reader has gone."""
        for writer in list(self._writers):
            self._to(writer, partial(writer, batch))

    def end(self, tail: Mapping[str, Any]) -> None:
        """Write what JSON ends with. Raises ``BrokenPipeError`` as ``write``."""
        if self._show in self._writers:
            self._to(self._show, partial(console.emit, self._json.end(tail)))

    def _to(self, writer: "Writer", write: Callable[[], object]) -> None:
        try:
            write()
        except BrokenPipeError:
            self._writers.remove(writer)
            if not self._writers:
                raise
            # Other outputs still want the rest.
            console.discard()

    def _show(self, batch: "Batch") -> None:
        console.emit_part(self._json.of(batch.cells))

    def _parquet(self, path: str, force: bool) -> "Writer":
        from wdcli.data.parts import parquet_parts

        file = self.enter_context(new_file(path, force))
        add = self.enter_context(parquet_parts(file, path))
        return lambda batch: add(batch.columns)
