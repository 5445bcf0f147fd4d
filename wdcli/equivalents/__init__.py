"""The same penalty in other tools: what to write in each, and what else has to be alike.

In reading order:

- equivalent: a line of ``wdcli convert``
- single: the tools' values for a penalty on single weights
- grouped: those for a penalty on groups of weights
- lines: the lines of every tool
- alike: what else has to be alike, in sentences
"""

from wdcli.equivalents.alike import advice, same_groups, which_groups, which_layers
from wdcli.equivalents.equivalent import Equivalent
from wdcli.equivalents.lines import equivalents
from wdcli.equivalents.single import short_batch

__all__ = ["Equivalent", "advice", "equivalents", "same_groups", "short_batch", "which_groups", "which_layers"]
