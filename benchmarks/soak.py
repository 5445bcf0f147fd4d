"""Random commands for hours, disturbed at random moments, all into one store: nothing may be lost, and nothing may grow.

    python benchmarks/soak.py --hours 2 --store /tmp/soak/store.sqlite

Needs Linux's process table. The store must be new; the log, temporary files and the stores of undisturbed runs go into a
folder beside it. Prints what was done and measured, and ends with status 1 if any check failed.
"""

import argparse
import contextlib
import json
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
from watch import Watch

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
        self.place, self.random, self.tally, self.watch = place, Random(seed), tally, Watch(place, tally)
        place.temporary.mkdir(parents=True)
        copied(place.folder)
        self.orders = 0
        self.done: dict[Order, str] = {}
        """What each order printed whose run is done."""
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

    def start(self, order: Order, place: Place | None = None) -> Running:
        """Give an order, here or for another store."""
        self.running = [*(one for one in self.running if not one.over()), Running(order, place or self.place)]
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
        mischief = mischief or self.random.choice(
            (*TO_COMMAND, *TO_WORKERS) if running.order.has_workers else TO_COMMAND
        )
        running.settle()
        mischief.await_moment(running, self.random, self.usual.get(running.order.kind, 3.0))
        kept, sent = processes.semaphores(running.id), time.monotonic()
        if not mischief.act(running, self.random):
            self.tally.counts["nothing to disturb"] += 1
            return self.watch.seen(running.ended(), (0,), f"nothing to disturb by {mischief.name}")
        self.tally.counts[mischief.name] += 1
        if not mischief.status:
            return self.watch.seen(running.ended(), (0,), mischief.name)
        running.wait(60)
        late = time.monotonic() - sent
        ended = self.watch.seen(running.ended(), (0, mischief.status), f"{late:.2f} s after {mischief.name}")
        self.watch.obeyed(ended, mischief, late, kept)
        return ended

    def finish(self, order: Order | None = None) -> None:
        """Let an order end undisturbed: it recalls what is stored, and prints what it would print without a store."""
        order = order or self.order()
        before = stored.networks(self.place.store, order)
        ended = self.watch.seen(self.start(order).ended(), (0,), f"undisturbed, {before} stored")
        self.watch.check(ended.recalled >= before, f"{before} networks stored, {ended.recalled} recalled", order)
        self.tally.counts["resumes" if before else "whole runs"] += 1
        self.tally.counts["networks recalled"] += ended.recalled
        self.tally.counts["networks stored"] += stored.networks(self.place.store, order)
        self.tally.measure(f"peak MiB of {order.kind}", ended.peak, 1.5)
        if not before:
            self.usual[order.kind] = ended.seconds
        if ended.trained:
            left = [path.name for path in self.place.temporary.iterdir()]
            self.watch.check(not left, f"temporary files stay: {left}", order)
        if ended.status == 0:
            self.done[order] = ended.out
            if self.random.random() < 1 / 3:
                self.again(ended)

    def again(self, ended: Ended) -> None:
        """Give an order for a new store: it prints the same."""
        fresh = Place(self.place.folder / "fresh" / "store.sqlite", self.place.folder / "fresh")
        fresh.temporary.mkdir(parents=True)
        other = self.start(ended.order, fresh).ended()
        self.watch.check(other.result == ended.result, "other numbers than those of an undisturbed run", ended.order)
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
        self.watch.seen(other.ended(), (0,), "beside it")
        self.tally.counts["two at once"] += 1
        self.finish(first)
        self.finish(second)

    def look(self) -> None:
        """List the runs; show and export one."""
        ended = self.plain("runs", "list", "--json")
        listed = {run["id"]: run["status"] for run in ended.json.get("runs", [])}
        self.watch.check(
            self.watch.runs <= listed.keys(), f"runs not listed: {self.watch.runs - listed.keys()}", ended.order
        )
        self.watch.check("damaged" not in listed.values(), "damaged runs are listed", ended.order)
        if not self.done:
            return
        order = self.random.choice([*self.done])
        number = str(stored.run_of(self.place.store, order))
        shown = self.plain("runs", "show", number, "--json")
        self.watch.check(shown.out == self.done[order], "runs show prints something else than the command", order)
        exported = self.plain("runs", "export", number, "--json").json
        found = stored.networks(self.place.store, order)
        self.watch.check(
            len(exported.get("networks", ())) == found, f"runs export leaves some of {found} networks out", order
        )

    def remove(self) -> None:
        """Remove a run at random."""
        self.forget(self.random.choice([*self.done]))

    def forget(self, order: Order) -> None:
        """Remove an order's run: it is gone, and the others stay."""
        number = stored.run_of(self.place.store, order) or 0
        self.done.pop(order, None)
        self.watch.runs.discard(number)
        ended = self.plain("runs", "rm", str(number))
        self.watch.check(number not in stored.runs(self.place.store), f"run {number} is still stored", ended.order)

    def long(self) -> None:
        """Watch a long sweep's open files from early to late."""
        running, files = self.start(LONG), []
        while not running.wait(0.5):
            files.append(max(map(processes.open_files, processes.members(running.id)), default=0))
        ended = self.watch.seen(running.ended(), (0,), "long")
        third = len(files) // 3
        early, late = max(files[:third], default=0), max(files[-third:], default=0)
        self.tally.log(f"open files {early} early, {late} late")
        self.watch.check(late <= early + 2, f"open files have grown from {early} to {late}", LONG)
        self.tally.counts["long sweeps"] += 1
        self.tally.measure("open files of a long sweep", late, 1.1)
        self.tally.measure("peak MiB of a long sweep", ended.peak, 1.15)
        self.forget(LONG)

    def plain(self, *words: str) -> Ended:
        """Give a command that succeeds."""
        ended = self.watch.seen(self.start(Order(words)).ended(), (0,), "")
        self.tally.measure(f"peak MiB of {ended.order.kind}", ended.peak, 1.3)
        return ended


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
