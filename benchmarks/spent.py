"""What a piece of work costs: seconds on the clock, and processor seconds, which other work on the machine hardly changes."""

import resource
import time
from collections.abc import Callable
from typing import NamedTuple, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Spent(NamedTuple):
    """``wall`` seconds on the clock; ``cpu`` seconds, user and system, of the process with all its descendants."""

    wall: float
    cpu: float


def timed(
    work: Callable[Arguments, Result], *args: Arguments.args, **options: Arguments.kwargs
) -> tuple[Result, Spent]:
    """Do the work, and measure it; the processes that it starts count if they have ended when it returns."""
    wall, cpu = time.perf_counter(), _cpu()
    result = work(*args, **options)
    return result, Spent(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
