"""What must hold whenever a command has ended, and what is measured then."""

import math
from pathlib import Path

import stored
from mischief import Mischief
from orders import Order
from running import Ended, Place
from tally import Tally

LATE, LINGER, IGNORED = 10.0, 10.0, 3.0
"""Seconds that are a failure on a busy machine: from an interrupt to a command's end, from there to its workers' end, and
from an interrupt to an end that looks as if there had been none."""


def orphaned(ended: Ended) -> bool:
    """Whether the only tracebacks are those of workers whose command was killed before they knew what to do.

    They are Python's own, since nothing else is loaded yet.
    """
    return ended.status == 137 and ended.err.count("Traceback") == ended.err.count("EOFError: Ran out of input")


class Watch:
    """A place, the runs that its store must hold, and the tally of what was checked and measured there."""

    def __init__(self, place: Place, tally: Tally) -> None:
        self.place, self.tally = place, tally
        self.runs: set[int] = set()

    def seen(self, ended: Ended, statuses: tuple[int, ...], what: str) -> Ended:
        """Check what holds after every command."""
        self.tally.counts["commands"] += 1
        self.tally.log(f"{ended.status} {ended.seconds:.1f} s {what}: {' '.join(ended.order.words)}")
        self.check(ended.status in statuses, f"{what}: status {ended.status}: {ended.err[-300:]}", ended.order)
        self.check("Traceback" not in ended.err or orphaned(ended), f"{what}: {ended.err}", ended.order)
        self.check("leaked" not in ended.err or ended.status == 137, f"{what}: {ended.err}", ended.order)
        self.tally.measure("seconds from a command's end to its workers'", ended.lingered, math.inf)
        self.check(ended.lingered < LINGER, f"{what}: workers stay", ended.order)
        self.look(ended.order)
        return ended

    def look(self, order: Order) -> None:
        """Check that the store is sound and holds all runs."""
        faults = stored.faults(self.place.store)
        self.check(not faults, f"the store: {faults}", order)
        found = stored.runs(self.place.store)
        self.check(self.runs <= found, f"runs have gone: {self.runs - found}", order)
        self.runs &= found
        if number := stored.run_of(self.place.store, order):
            self.runs.add(number)
        self.tally.measure("temporary files and folders", len([*self.place.temporary.iterdir()]), 1)
        size = stored.size(self.place.store)
        if size.networks:
            self.tally.measure("bytes of a network's record", size.records / size.networks, 2)
            self.tally.measure("MiB of the store", size.files / 2**20, math.inf)
            self.tally.measure("bytes of pages in use for each byte in the store", size.used / size.values, 1.5)

    def obeyed(self, ended: Ended, mischief: Mischief, late: float, kept: set[Path]) -> None:
        """Check that a command ended when it was asked to, left no semaphores, and counted what it has stored."""
        self.tally.measure(f"seconds from {mischief.name} to the end", late, math.inf)
        limit = LATE if ended.status else IGNORED
        self.check(late < limit, f"{mischief.name}: ended with {ended.status} after {late:.1f} s", ended.order)
        left = [str(path) for path in kept if path.exists()]
        self.check(not left, f"{mischief.name}: semaphores stay: {left}", ended.order)
        found = stored.networks(self.place.store, ended.order)
        self.check(found >= ended.counted, f"{ended.counted} networks counted, {found} stored", ended.order)

    def check(self, holds: bool, otherwise: str, order: Order) -> None:
        """Check something that an order shows."""
        self.tally.check(holds, otherwise, self.place.command(order))
