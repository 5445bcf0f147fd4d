"""The words of a result, in paragraphs short enough to be read on a screen."""

import re
from xml.etree.ElementTree import Element

from wdcli.page.elements import element

LONG = 260
"""A paragraph ends with the sentence that reaches this many characters."""
_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_COMMAND = re.compile(r"(?<=: )(wdcli .*)")


def paragraphs(summary: str) -> list[Element]:
    """The summary's paragraphs, long ones broken between sentences; a command at the end of one stands out."""
    return [_paragraph(part) for line in summary.splitlines() for part in _parts(line)]


def _parts(line: str) -> list[str]:
    found = [""]
    for sentence in _END.split(line):
        if len(found[-1]) + len(sentence) > LONG and found[-1]:
            found.append("")
        found[-1] = f"{found[-1]} {sentence}".strip()
    return found


def _paragraph(text: str) -> Element:
    before, *command = _COMMAND.split(text, maxsplit=1)
    return element("p", before, *(element("code", part) for part in command if part))
