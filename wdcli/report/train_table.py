"""One fit as tables for a terminal."""

import math

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wdcli.data.dataset import Dataset, Split
from wdcli.fits.config import FitConfig
from wdcli.fits.quantities import QUANTITIES, SCORES
from wdcli.fits.records import Diagnostics
from wdcli.fits.single import TrainResult
from wdcli.report import numbers, train_words, words
from wdcli.report.serial import rmse, score_name
from wdcli.report.table import indented, plain_table
from wdcli.text import count, safe


def train_table(config: FitConfig, dataset: Dataset, split: Split, result: TrainResult) -> RenderableType:
    """What ``wdcli train`` prints."""
    record = result.record
    head = words.data_line(dataset, split, result.fold.n_features)
    recipe = f"{words.network_line(config, record.lambd)}; {count(record.epochs, 'epoch')} in {numbers.seconds(result.seconds)}"
    if record.diagnostics is None:
        return Group(Text(head), Text(recipe), *_neighbours(dataset, result))
    return Group(
        Text(head), Text(recipe), Text(),
        indented(_fit_table(dataset, result)), Text(),
        indented(_layer_table(record.diagnostics, record.status == "collapsed")), Text(),
        Text(train_words.train_paragraph(config, dataset, result)),
        *_neighbours(dataset, result),
    )  # fmt: skip


def _fit_table(dataset: Dataset, result: TrainResult) -> Table:
    record, scale = result.record, result.fold.target_scale
    table = plain_table("", "train", "test", left=[""])
    table.add_row("loss", numbers.loss(record.train_loss), numbers.loss(record.held_loss))
    if score_name(dataset) == "accuracy":
        table.add_row("accuracy", numbers.share(record.train_score, 1), numbers.share(record.held_score, 1))
    else:
        table.add_row("R2", numbers.loss(record.train_score), numbers.loss(record.held_score))
        roots = [rmse(dataset, math.sqrt(value), scale) for value in (record.train_loss, record.held_loss)]
        table.add_row("RMSE", *(numbers.measured(value, 4) for value in roots))
    for name in SCORES:
        value = getattr(record.diagnostics, name, math.nan)
        if not math.isnan(value):
            table.add_row(_heading(name, dataset), "", numbers.shown(name, record.status, value))
    table.add_row("penalty", numbers.loss(record.train_penalty), "")
    table.add_row("loss of a constant answer", *(numbers.loss(value) for value in result.constant), style="dim")
    return table


def _heading(name: str, dataset: Dataset) -> str:
    """A score's heading; average precision is of one of two classes, and differs for the other."""
    of = f" ({safe(dataset.class_names[1])})" if name == "test_average_precision" and dataset.n_outputs == 1 else ""
    return f"{QUANTITIES[name].heading}{of}"


def _layer_table(found: Diagnostics, collapsed: bool) -> Table:
    table = plain_table("layer", "weights", "|W|1", "|W|2", "zeros", "live units", left=["layer"])
    for layer in found.layers:
        live = "" if layer.live_units is None else _live(layer.live_units, layer.fan_out, collapsed)
        name = "output" if layer.live_units is None else str(layer.layer)
        shape = f"{layer.fan_in} x {layer.fan_out}"
        table.add_row(name, shape, *_sizes(layer.l1_norm, layer.l2_norm, layer.sparsity), live)
    weights = sum(layer.fan_in * layer.fan_out for layer in found.layers)
    units = sum(layer.fan_out for layer in found.layers[:-1])
    live = _live(found.live_units, units, collapsed) if units else ""
    table.add_row("all", f"{weights:,}", *_sizes(found.l1_norm, found.l2_norm, found.sparsity), live, style="bold")
    return table


def _live(units: float, of: int, collapsed: bool) -> str:
    return numbers.NOTHING if collapsed else f"{units} of {of}"


def _sizes(l1_norm: float, l2_norm: float, zeros: float) -> tuple[str, str, str]:
    return numbers.norm(l1_norm), numbers.norm(l2_norm), numbers.share(zeros)


def _neighbours(dataset: Dataset, result: TrainResult) -> list[RenderableType]:
    """How often the network collapses at this lambda and half a decade to either side."""
    if not result.records:
        return []
    accuracy = score_name(dataset) == "accuracy"
    score, shown = ("accuracy", numbers.share) if accuracy else ("R2", numbers.measured)
    table = plain_table("lambda", "seeds", "collapsed", "diverged", f"test {score}")
    for around in train_words.neighbourhood(result.records):
        worst, best = around.scores
        table.add_row(
            numbers.figure(around.lambd), str(around.seeds), str(around.collapsed), str(around.diverged),
            f"{shown(worst)} to {shown(best)}",
            style="bold" if around.lambd == result.record.lambd else "",
        )  # fmt: skip
    return [Text(), indented(table), Text(), Text(train_words.edge_paragraph(dataset, result))]
