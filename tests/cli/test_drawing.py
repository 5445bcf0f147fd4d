"""A table is drawn once, whoever gets it."""

import pytest
from rich.text import Text

from wdcli.cli import console
from wdcli.cli.drawing import Drawing, replay


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("form", ["table", "markdown", "latex"])
def test_stdout_and_the_store_get_one_drawing(monkeypatch, capsys, terminal, form):
    monkeypatch.setattr(console, "on_terminal", lambda: terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    widths = []
    drawing = Drawing(lambda width: widths.append(width) or Text("a result  ", "bold red"))
    drawing.write(form)
    written = capsys.readouterr().out
    replay(drawing.stored(), form)
    assert capsys.readouterr().out == written
    assert ("\x1b[1;31m" in written) == (terminal and form == "table")
    assert len(widths) == len(set(widths)) == 2
