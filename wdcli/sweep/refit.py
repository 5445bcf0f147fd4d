"""Relaxed networks: the chosen penalty decides which weights are zero, and the others are trained on without it."""

from dataclasses import dataclass, replace

import numpy as np

from wdcli.data.dataset import Dataset, Split
from wdcli.executors import one_blas_thread
from wdcli.nn.mlp import Params
from wdcli.nn.recipe import LaneStrengths
from wdcli.sweep.chosen import by_seed, train_last, walk
from wdcli.sweep.difference import Difference, cv_difference
from wdcli.sweep.fitting import relax, stacks
from wdcli.sweep.measure import measure
from wdcli.sweep.plan import path_tasks
from wdcli.sweep.records import NAN, LaneRecord, Row, make_row
from wdcli.sweep.runner import SweepResult
from wdcli.sweep.task import LANES, Task


@dataclass(frozen=True)
class Refit:
    """The relaxed networks' row, their parameters on all training rows (a lane a seed), and the change in CV loss.

    ``difference`` is CV loss of the relaxed minus the penalised network. The relaxed row's kkt is undefined: its optimum is
    another one.
    """

    row: Row
    params: Params
    difference: Difference


def run_refit(result: SweepResult, dataset: Dataset, split: Split, memory: int) -> Refit:
    """Relax the networks of the chosen lambda: in every fold, and on all training rows, in blocks of so many bytes."""
    records: list[LaneRecord] = []
    whole: list[tuple[list[Task], Params]] = []
    every = path_tasks(result.config, result.fit, dataset, split, walk(result))
    for tasks in stacks(every, LANES, memory):
        with one_blas_thread():
            relaxed = relax(tasks, train_last(tasks))
            for lane, task in enumerate(tasks):
                one = relaxed.lane(lane)
                records += measure(_unpenalised(task.at(-1)), one)
                whole += [([task], one.params)] if task.block.fold == 0 else []
    row = replace(make_row(records, result.selection.l1_ratio), kkt=NAN)
    return Refit(row, by_seed(whole), cv_difference(result.config, row, result.chosen_row))


def _unpenalised(task: Task) -> Task:
    """The task of a fit without its penalty."""
    nothing = np.zeros_like(task.strengths.l1)
    return replace(task, strengths=LaneStrengths(nothing, nothing))
