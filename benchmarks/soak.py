"""Random commands for hours, disturbed at random moments, all into one store: nothing may be lost, and nothing may grow.

    python benchmarks/soak.py --hours 2 --store /tmp/soak/store.sqlite

Needs Linux's process table. The store must be new; the log, temporary files and the stores of undisturbed runs go into a
folder beside it. Prints what was done and measured, and ends with status 1 if any check failed.
"""

import argparse
import contextlib
import json
import math
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import processes
import stored
from mischief import TO_COMMAND, TO_WORKERS, Mischief
from orders import Order, copied, drawn, grid
from running import Ended, Place, Running
from tally import Tally

LATE, LINGER, IGNORED = 10.0, 10.0, 3.0
"""Seconds that are a failure on a busy machine: from an interrupt to a command's end, from there to its workers' end, and
from an interrupt to an end that looks as if there had been none."""
MOST = 40
"""The most runs in the store: from then on each new one costs an old one."""
LONGS = 8
LONG = Order(
    ("sweep", "--rows", "4000", "--hidden", "32", "--epochs", "100", "--lambdas", "0.01:10:20", "--folds", "10",
     "--exhaustive", "--json", "--no-progress", "--jobs", "2")
)  # fmt: skip


class Soak:
    """One store, the commands that were given for it, and what they must leave in it."""

    def __init__(self, place: Place, seed: int, tally: Tally) -> None:
        self.place, self.random, self.tally = place, Random(seed), tally
        place.temporary.mkdir(parents=True)
        copied(place.folder)
        self.orders = 0
        self.done: dict[Order, str] = {}
        """What each order printed whose run is done."""
        self.runs: set[int] = set()
        """The runs that the store must hold."""
        self.running: list[Running] = []
        """The commands at work."""
        self.usual: dict[str, float] = {}
        """Seconds that the last command of each kind took."""

    def work(self) -> None:
        """Go on until the time is over, with a long sweep at the start of each part of it."""
        for part in range(LONGS):
            self.long()
            while self.tally.elapsed < (part + 1) / LONGS:
                self.step()

    def step(self) -> None:
        """Do something at random."""
        steps = (self.disturb, self.disturb, self.disturb, self.finish, self.pair, self.look, self.look)
        self.random.choice((self.remove,) if len(self.done) > MOST else steps)()

    def start(self, order: Order) -> Running:
        """Give an order."""
        self.running = [*(one for one in self.running if not one.over()), Running(order, self.place)]
        return self.running[-1]

    def order(self) -> Order:
        """A new order: at times an old one on another grid."""
        self.orders += 1
        if self.done and self.random.random() < 0.2:
            return self.random.choice([*self.done]).on_grid(grid(self.random))
        return drawn(self.random, self.place.folder, self.orders)

    def disturb(self) -> None:
        """Disturb an order up to three times, then let it end."""
        order = self.order()
        for _ in range(self.random.randint(1, 3)):
            if self.spoilt(self.start(order)).status == 0:
                break
        self.finish(order)

    def spoilt(self, running: Running, mischief: Mischief | None = None) -> Ended:
        """Disturb a command at a random moment, in this way or in any."""
        mischief = mischief or self.random.choice(TO_COMMAND + TO_WORKERS * running.order.has_workers)
        running.settle()
        mischief.await_moment(running, self.random, self.usual.get(running.order.kind, 3.0))
        kept, sent = processes.semaphores(running.id), time.monotonic()
        if not mischief.act(running, self.random):
            self.tally.counts["nothing to disturb"] += 1
            return self.after(running.ended(), (0,), f"nothing to disturb by {mischief.name}")
        self.tally.counts[mischief.name] += 1
        if not mischief.status:
            return self.after(running.ended(), (0,), mischief.name)
        running.wait(60)
        late = time.monotonic() - sent
        ended = self.after(running.ended(), (0, mischief.status), f"{late:.2f} s after {mischief.name}")
        self.obeyed(ended, mischief, late, kept)
        return ended

    def obeyed(self, ended: Ended, mischief: Mischief, late: float, kept: set[Path]) -> None:
        """Check that a command ended when it was asked to, left no semaphores, and counted what it has stored."""
        self.tally.measure(f"seconds from {mischief.name} to the end", late, 3)
        limit = LATE if ended.status else IGNORED
        self.check(late < limit, f"{mischief.name}: ended with {ended.status} after {late:.1f} s", ended.order)
        left = [str(path) for path in kept if path.exists()]
        self.check(not left, f"{mischief.name}: semaphores stay: {left}", ended.order)
        found = stored.networks(self.place.store, ended.order)
        self.check(found >= ended.counted, f"{ended.counted} networks counted, {found} stored", ended.order)

    def finish(self, order: Order | None = None) -> None:
        """Let an order end undisturbed: it recalls what is stored, and prints what it would print without a store."""
        order = order or self.order()
        before = stored.networks(self.place.store, order)
        ended = self.after(self.start(order).ended(), (0,), f"undisturbed, {before} stored")
        self.check(ended.recalled >= before, f"{before} networks stored, {ended.recalled} recalled", order)
        self.tally.counts["resumes" if before else "whole runs"] += 1
        self.tally.counts["networks recalled"] += ended.recalled
        self.tally.counts["networks stored"] += stored.networks(self.place.store, order)
        self.tally.measure(f"peak MiB of {order.kind}", ended.peak, 1.15)
        if not before:
            self.usual[order.kind] = ended.seconds
        if ended.trained:
            left = [path.name for path in self.place.temporary.iterdir()]
            self.check(not left, f"temporary files stay: {left}", order)
        if ended.status == 0:
            self.done[order] = ended.out
            if self.random.random() < 1 / 3:
                self.again(ended)

    def again(self, ended: Ended) -> None:
        """Give an order for a new store: it prints the same."""
        fresh = Place(self.place.folder / "fresh" / "store.sqlite", self.place.folder / "fresh")
        fresh.temporary.mkdir(parents=True)
        other = Running(ended.order, fresh).ended()
        self.check(other.result == ended.result, "other numbers than those of an undisturbed run", ended.order)
        self.tally.counts["compared with an undisturbed run"] += 1
        if other.result == ended.result:
            shutil.rmtree(fresh.folder)
        else:
            (fresh.folder / "there.json").write_text(ended.out)
            (fresh.folder / "here.json").write_text(other.out)
            fresh.folder.rename(self.place.folder / f"different-{self.orders}")

    def pair(self) -> None:
        """Give two orders at once, or one twice, and disturb the first: the second goes on."""
        first = self.order()
        second = self.random.choice((first, self.order()))
        one, other = self.start(first), self.start(second)
        self.spoilt(one)
        self.after(other.ended(), (0,), "beside it")
        self.tally.counts["two at once"] += 1
        self.finish(first)
        self.finish(second)

    def look(self) -> None:
        """List the runs; show and export one."""
        ended = self.plain("runs", "list", "--json")
        listed = {run["id"]: run["status"] for run in ended.json.get("runs", [])}
        self.check(self.runs <= listed.keys(), f"runs not listed: {self.runs - listed.keys()}", ended.order)
        self.check("damaged" not in listed.values(), "damaged runs are listed", ended.order)
        if not self.done:
            return
        order = self.random.choice([*self.done])
        number = str(stored.run_of(self.place.store, order))
        shown = self.plain("runs", "show", number, "--json")
        self.check(shown.out == self.done[order], "runs show prints something else than the command", order)
        exported = self.plain("runs", "export", number, "--json").json
        found = stored.networks(self.place.store, order)
        self.check(
            len(exported.get("networks", ())) == found, f"runs export leaves some of {found} networks out", order
        )

    def remove(self) -> None:
        """Remove a run at random."""
        self.forget(self.random.choice([*self.done]))

    def forget(self, order: Order) -> None:
        """Remove an order's run: it is gone, and the others stay."""
        number = stored.run_of(self.place.store, order) or 0
        self.done.pop(order, None)
        self.runs.discard(number)
        ended = self.plain("runs", "rm", str(number))
        self.check(number not in stored.runs(self.place.store), f"run {number} is still stored", ended.order)

    def long(self) -> None:
        """Watch a long sweep's open files from early to late."""
        running, files = self.start(LONG), []
        while not running.wait(0.5):
            files.append(max(map(processes.open_files, processes.members(running.id)), default=0))
        ended = self.after(running.ended(), (0,), "long")
        third = len(files) // 3
        early, late = max(files[:third], default=0), max(files[-third:], default=0)
        self.tally.log(f"open files {early} early, {late} late")
        self.check(late <= early + 2, f"open files have grown from {early} to {late}", LONG)
        self.tally.counts["long sweeps"] += 1
        self.tally.measure("open files of a long sweep", late, 1.1)
        self.tally.measure("peak MiB of a long sweep", ended.peak, 1.15)
        self.forget(LONG)

    def plain(self, *words: str) -> Ended:
        """Give a command that succeeds."""
        ended = self.after(self.start(Order(words)).ended(), (0,), "")
        self.tally.measure(f"peak MiB of {ended.order.kind}", ended.peak, 1.3)
        return ended

    def after(self, ended: Ended, statuses: tuple[int, ...], what: str) -> Ended:
        """Check what holds after every command."""
        self.tally.counts["commands"] += 1
        self.tally.log(f"{ended.status} {ended.seconds:.1f} s {what}: {' '.join(ended.order.words)}")
        self.check(ended.status in statuses, f"{what}: status {ended.status}: {ended.err[-300:]}", ended.order)
        self.check("Traceback" not in ended.err, f"{what}: {ended.err}", ended.order)
        self.check("leaked" not in ended.err or ended.status == 137, f"{what}: {ended.err}", ended.order)
        self.tally.measure("seconds from a command's end to its workers'", ended.lingered, 3)
        self.check(ended.lingered < LINGER, f"{what}: workers stay", ended.order)
        self.keep(ended.order)
        return ended

    def keep(self, order: Order) -> None:
        """Check that the store is sound and holds all runs."""
        faults = stored.faults(self.place.store)
        self.check(not faults, f"the store: {faults}", order)
        found = stored.runs(self.place.store)
        self.check(self.runs <= found, f"runs have gone: {self.runs - found}", order)
        if number := stored.run_of(self.place.store, order):
            self.runs.add(number)
        self.tally.measure("temporary files and folders", len([*self.place.temporary.iterdir()]), 1)
        size = stored.size(self.place.store)
        if size.networks:
            self.tally.measure("bytes of a network's record", size.records / size.networks, 2)
            self.tally.measure("MiB of the store", size.files / 2**20, math.inf)
            self.tally.measure("bytes of the store for each byte in it", size.files / size.values, 1.5)

    def check(self, holds: bool, otherwise: str, order: Order) -> None:
        """Check something that an order shows."""
        self.tally.check(holds, otherwise, self.place.command(order))


@contextlib.contextmanager
def resident(place: Place, tally: Tally) -> Iterator[None]:
    """Beside the commands, a process that sweeps again and again; at the end its open files and memory are noted."""
    here = Place(place.store, place.folder / "resident")
    here.temporary.mkdir(parents=True)
    script, lines = Path(__file__).with_name("resident.py"), here.folder / "lines"
    with (
        lines.open("w") as out,
        subprocess.Popen([sys.executable, str(script), str(place.store)], stdout=out, env=here.environment) as process,
    ):
        try:
            yield
            tally.check(process.poll() is None, f"the long-lived process ended with {process.poll()}", str(script))
        finally:
            process.terminate()
    found = [json.loads(line) for line in lines.read_text().splitlines()]
    for number, line in enumerate(found):
        for name, value in line.items():
            tally.measure(f"{name} of a process that lives long", value, 1.15, number / len(found))


def main(hours: float, store: Path, seed: int) -> int:
    """Soak; the exit status."""
    if store.exists():
        sys.exit(f"{store} exists: name a new store.")
    # In the background a shell makes commands ignore Ctrl-C, and so would theirs.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = store.with_suffix(".soak")
    folder.mkdir(parents=True)
    place, tally = Place(store, folder), Tally(folder / "log", hours * 3600)
    soak = Soak(place, seed, tally)
    try:
        with resident(place, tally):
            soak.work()
    finally:
        for one in soak.running:
            processes.leaving(one.id, 0)
    tally.judge()
    tally.print()
    return int(bool(tally.failures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    sys.exit(main(given.hours, given.store.absolute(), given.seed))
