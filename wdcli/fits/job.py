"""The work sent to a worker: blocks, and how to train them. It can be split if it is too large or partly stored."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wdcli.fits.block import Block
from wdcli.fits.executors import tell_in_hand
from wdcli.fits.headway import Work
from wdcli.fits.measure import run_block, run_path
from wdcli.fits.records import KeyedRecord, LaneRecord


@dataclass(frozen=True)
class Job:
    """One block, whose lanes are trained together; if ``warm``, blocks of one shape, trained along their lambdas."""

    blocks: tuple[Block, ...]
    warm: bool = False

    def run(self) -> list[LaneRecord]:
        """Train and measure every lane. The records of a path are ordered by lambda, then block."""
        records = run_path(self.blocks, self.tell) if self.warm else run_block(self.blocks[0], self.tell)
        tell_in_hand(0.0)
        return records

    def tell(self, share: float) -> None:
        """Report what share of the training is done."""
        tell_in_hand(share * self._examples)

    @functools.cached_property
    def _examples(self) -> float:
        return self.work(len(self.blocks) * len(self.blocks[0].lambdas)).examples

    def work(self, networks: int) -> Work:
        """So many of its networks as work."""
        block = self.blocks[0]
        return Work(networks, networks * float(block.recipe.epochs * len(block.train.X)))

    @functools.cached_property
    def keys(self) -> list[bytes]:
        """The keys of ``run``'s records, in their order."""
        each = [block.keys(self.warm) for block in self.blocks]
        return [key for step in zip(*each, strict=True) for key in step]

    def named(self, records: Sequence[LaneRecord]) -> list[KeyedRecord]:
        """``run``'s records with their keys and this job's names for them: penalty, decay, l1_ratio and lambda."""
        recipe, named = self.blocks[0].recipe, []
        for i, (key, record) in enumerate(zip(self.keys, records, strict=True)):
            block = self.blocks[i % len(self.blocks)]
            lambd = block.lambdas[i // len(self.blocks)]
            name = json.dumps([recipe.penalty, recipe.decay, block.l1_ratio, lambd])
            named.append(KeyedRecord(key, name, replace(record, lambd=lambd, fold=block.fold, repeat=block.repeat)))
        return named

    def recalled(self, known: Mapping[bytes, LaneRecord]) -> "tuple[list[KeyedRecord], Job | None]":
        """Split off the lanes whose records are known, and return the job that is left; a path is never split."""
        keys = self.keys
        there = [i for i, key in enumerate(keys) if key in known and self._could_be(i, known[key])]
        if self.warm and len(there) < len(keys):
            there = []
        if len(there) == len(keys):
            return self.named([known[key] for key in keys]), None
        if not there:
            return [], self
        old, new = (self.blocks[0].take(part) for part in (there, sorted({*range(len(keys))} - {*there})))
        return Job((old,)).named([known[keys[i]] for i in there]), Job((new,))

    def _could_be(self, i: int, record: LaneRecord) -> bool:
        """Whether a record can be that of the i-th key; a store's file may contain anything."""
        block, found = self.blocks[i % len(self.blocks)], record.diagnostics
        if len(record.columns_used or b"") != (0 if record.status == "diverged" else block.bytes_of_columns):
            return False
        if found is None:
            return block.fold > 0 or record.status == "diverged"
        layers = [(layer.fan_in, layer.fan_out) for layer in found.layers]
        measured = found.excess_risk is not None
        return (
            layers == block.network.shapes
            and len(found.effective) == len(block.network.sizes)
            and all(one.feature < block.network.sizes[0] for one in found.strongest)
            and measured == (block.truth is not None)
            and len(found.column_norms) == block.columns[-1] + 1
            and (found.history is not None) == block.followed
            and (found.function is None or len(found.function) == block.bytes_of_function)
        )

    def halves(self) -> "tuple[Job, ...]":
        """Two jobs of half the size, or none if the job can't be split."""
        size = len(self.blocks) if self.warm else len(self.blocks[0].lambdas)
        parts = (range(size // 2), range(size // 2, size)) if size > 1 else ()
        if self.warm:
            return tuple(Job(tuple(self.blocks[i] for i in part), warm=True) for part in parts)
        return tuple(Job((self.blocks[0].take(part),)) for part in parts)


def given_up(jobs: Sequence[Job], often: str, advice: str) -> str:
    """The message on jobs that were given up: how often their workers ended, and what to do."""
    block = jobs[0].blocks[0]
    networks = sum(len(job.keys) for job in jobs)
    return (
        f"{networks} of the networks could not be trained: their worker process ran out of memory or was ended from outside"
        f"{often} (the first: lambda = {block.lambdas[0]:g}, fold {block.fold}). {advice}"
    )
