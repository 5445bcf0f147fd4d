"""Relaxed networks: the chosen penalty decides which weights are zero; the others are trained further without it."""

from dataclasses import dataclass, replace

from wdcli.fits.block import LANES, Block
from wdcli.fits.executors import one_blas_thread
from wdcli.fits.fitting import relax, stacks
from wdcli.fits.measure import measure
from wdcli.fits.plan import path_blocks
from wdcli.fits.records import NAN, LaneRecord
from wdcli.nn.mlp import Params
from wdcli.nn.strengths import LaneStrengths
from wdcli.sweep.chosen import by_seed, train_last, walk
from wdcli.sweep.difference import Difference, corrected_t
from wdcli.sweep.result import SweepResult
from wdcli.sweep.rows import Row, make_row


@dataclass(frozen=True)
class Refit:
    """The relaxed networks' row, their parameters on all training rows (one lane per seed), and the change in CV loss.

    ``difference`` is the CV loss of the relaxed minus the penalised network. The relaxed row's kkt is undefined, since
    it has a different optimum.
    """

    row: Row
    params: Params
    difference: Difference


def run_refit(result: SweepResult, memory: int) -> Refit:
    """Relax the chosen lambda's networks in every fold and on all training rows, in groups that fit into ``memory``."""
    records: list[LaneRecord] = []
    whole: list[tuple[list[Block], Params]] = []
    every = path_blocks(result.fit, result.folds, result.config.seeds, walk(result))
    for blocks in stacks(every, LANES, memory):
        with one_blas_thread():
            relaxed = relax(blocks, train_last(blocks))
            for lane, block in enumerate(blocks):
                one = relaxed.lane(lane)
                records += measure(_unpenalised(block.at(-1)), one)
                whole += [([block], one.params)] if block.fold == 0 else []
    row = replace(make_row(records, result.selection.l1_ratio), kkt=NAN)
    losses = row.cv_losses, result.chosen_row.cv_losses
    return Refit(row, by_seed(whole), corrected_t(*losses, result.folds.test_share))


def _unpenalised(block: Block) -> Block:
    """The block of a fit without its penalty."""
    return replace(block, strengths=LaneStrengths.nothing(*block.strengths.l1.shape))
