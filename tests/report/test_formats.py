"""Tables for documents: the cells of the terminal's tables, and text that no document reads as markup."""

import pytest
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from wdcli.report.formats import FORMATS, Mark, written
from wdcli.report.table import plain_table

MARKDOWN = r"""sum\|w\| of a\_b

\- 1 & 2

| name | \|W\|2 |
| :--- | ---: |
| l1 \| l2 | 5.00 ± 0.10 |
| in a\_word |  |
| \<b\>\[x\] \*y\* \`z\` | –1 % |

1\. Use --lambd 5
""".replace("1 & 2", r"1 \& 2")
LATEX = r"""% sum|w| of a_b

% - 1 & 2

\begin{tabular}{lr}
\hline
name & $\|W\|_2$ \\
\hline
l1 \textbar{} l2 & 5.00 $\pm$ 0.10 \\
in a\_word &  \\
\textless{}b\textgreater{}{[}x] {*}y{*} `z` & –1 \% \\
\hline
\end{tabular}

% 1. Use --lambd 5
"""


def result():
    table = plain_table("name", "|W|2", left=["name"])
    table.add_row("l1 | l2", "5.00 ± 0.10", style="bold")
    table.add_row(Mark("|", "in a_word"), "")
    table.add_row(Text("<b>[x]\n*y* `z`", style="red"), "–1 %")
    return Group(
        Text("sum|w| of\na_b"), Text("- 1 & 2"), Text(), Padding(table, (0, 2)), Text(), Text("1. Use --lambd 5")
    )


@pytest.mark.parametrize("name, text", [("markdown", MARKDOWN), ("latex", LATEX)])
def test_a_result_is_written_for_a_document(name, text):
    assert written(result(), FORMATS[name]) == text


@pytest.mark.parametrize(
    "foreign, markdown, latex",
    [
        ("a\x1b[31mb", "a\N{REPLACEMENT CHARACTER}\\[31mb", "a?{[}31mb"),
        ("a\u202eb", "a\N{REPLACEMENT CHARACTER}b", "a?b"),
        ("\\input{x}", r"\\input\{x\}", r"\textbackslash{}input\{x\}"),
        ("$x^2$ #1 ~ &", r"\$x^2\$ \#1 \~ \&", r"\$x\textasciicircum{}2\$ \#1 \textasciitilde{} \&"),
        ("---", "---", "-{}-{}-"),
    ],
)
def test_foreign_text_in_a_cell_is_only_text(foreign, markdown, latex):
    table = plain_table("x", left=["x"])
    table.add_row(Text(foreign))
    assert written(table, FORMATS["markdown"]).splitlines()[-1] == f"| {markdown} |"
    assert written(table, FORMATS["latex"]).splitlines()[3:-2] == ["\\hline", f"{latex} \\\\"]
