"""A long sweep says how long it will still take."""

import gzip
import re
import time

import pytest

from tests.cli.run import as_json, run, succeed
from wdcli.cli import loading, progress
from wdcli.data import raw, stored
from wdcli.data.cutting import PASSES, steps
from wdcli.data.reading import Reading
from wdcli.fits import job
from wdcli.fits.executors import Processes, tell_in_hand
from wdcli.fits.headway import Headway

SLOW = ["sweep", "--rows", "800", "--epochs", "200", "--lambdas", "0,1", "--folds", "2", "--seeds", "1"]
QUICK = ["train", "--target", "y", "--epochs", "1", "--hidden", "2"]
LINE = re.compile(r"^\d+ of 6 networks after \d+ s; (about .* left|no estimate yet)$")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(progress, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(progress, "BEGIN_AFTER", 0.1)
    monkeypatch.setattr(progress, "LINE_EVERY", 0.1)


@pytest.fixture
def patient(monkeypatch):
    monkeypatch.setattr(progress, "BEGIN_AFTER", 1000.0)


@pytest.mark.parametrize("options", [["--jobs", "1"], ["--jobs", "2"], ["--jobs", "1", "--path", "warm"]])
def test_off_a_terminal_a_line_now_and_then_says_what_is_left(impatient, options):
    lines = [line for line in succeed(*SLOW, *options).stderr.splitlines() if " after " in line]
    assert lines
    assert all(map(LINE.match, lines))
    assert "left" in lines[-1]


WIDENED = ["sweep", "--hidden", "16", "--folds", "2", "--seeds", "1", "--jobs", "1", "--exhaustive"]
EXTENDED = re.compile(r"(extended (down|up) to|leave \d+ lambdas?) .*: (\d+) more networks, (\d+) in all$")


@pytest.mark.parametrize("jobs_before", [0, 2])
def test_an_extension_of_the_grid_is_told_once_in_a_fresh_and_a_resumed_sweep(impatient, monkeypatch, jobs_before):
    original, done = job.Job.run, []

    def run_some(self):
        done.append(self)
        if len(done) > jobs_before:
            raise KeyboardInterrupt
        return original(self)

    with monkeypatch.context() as patch:
        patch.setattr(job.Job, "run", run_some)
        assert run(*WIDENED).exit_code == 130
    lines = succeed(*WIDENED).stderr.splitlines()
    added = [(int(found[3]), int(found[4])) for line in lines if (found := EXTENDED.search(line))]
    total = as_json(*WIDENED, "--no-progress")["networks"]
    assert added
    assert len(added) == len(set(added))
    assert [whole for _, whole in added][-1] == total == 30 + sum(more for more, _ in added)
    last = max(i for i, line in enumerate(lines) if EXTENDED.search(line))
    assert all(f" of {total} networks" in line for line in lines[last:] if " after " in line)


def test_a_quick_sweep_says_nothing_of_extensions(patient):
    assert succeed(*WIDENED, "--quiet").stderr == ""
    assert "extended" not in succeed(*WIDENED).stderr


def test_above_the_bar_an_extension_stands_once(capsys):
    bar = progress._Bar()
    for seconds in (0.5, 2.0, 3.0):
        bar.show(Headway(3, 0, 9, 3.0, 6.0, ["The grid is extended"]), seconds, "about 3 s left")
    bar.close()
    assert capsys.readouterr().err.count("The grid is extended") == 1


def test_the_first_estimate_comes_before_the_first_network_is_done(impatient):
    lines = succeed("train", "--rows", "2000", "--epochs", "300").stderr.splitlines()
    assert re.match("0 of 1 network after 0 s; about [0-9.]+ s left", lines[1])


@pytest.mark.parametrize("option", ["--quiet", "--no-progress"])
def test_who_wants_no_progress_gets_none(impatient, option):
    assert succeed(*SLOW, "--jobs", "1", option).stderr.count(" after ") == 0


def test_a_quick_sweep_says_nothing_of_its_progress(patient):
    assert succeed("sweep", "--rows", "60", "--epochs", "2", "--lambdas", "0,1", "--jobs", "1").stderr == ""


@pytest.mark.parametrize(
    "seconds, text",
    [(0, "0 s"), (8.4, "8 s"), (119, "119 s"), (120, "2 min"), (500, "8.3 min"), (5000, "83 min"), (12600, "3.5 h"),
     (100_000, "28 h"), (200_000, "2.3 days"), (2e6, "23 days"), (1e12, "999 days")],
)  # fmt: skip
def test_durations_have_no_false_precision(seconds, text):
    assert progress.about(seconds) == text


def test_what_is_left_follows_from_the_pace_so_far():
    assert progress.time_left(examples=90, trained=10, seconds=20) == "about 3 min left"
    assert progress.time_left(examples=90, trained=0, seconds=20) == "no estimate yet"


def test_workers_say_how_far_they_are_each_in_a_place_of_its_own():
    with Processes(2) as executor:
        told = [
            executor.submit(tell_in_hand, 0.5),
            executor.submit(time.sleep, 0.2),
            executor.submit(tell_in_hand, 0.5),
        ]
        for future in told:
            future.result()
        assert 0.5 <= sum(executor.in_hand) <= 1
    assert len(executor.in_hand) == 2


def large(tmp_path, rows=30_000):
    """A table that takes a while to read."""
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "".join(f"{i % 97}.5,{i % 89}.25,{i % 2}\n" for i in range(rows)))
    return path


@pytest.fixture
def slow_reading(monkeypatch):
    """Every part of a file takes a tenth of a second, and there are several."""
    counted = Reading.counted

    def slow(self, pieces):
        for piece in counted(self, pieces):
            time.sleep(0.1)
            yield piece

    monkeypatch.setattr(Reading, "counted", slow)
    monkeypatch.setattr(raw, "PIECE", 100_000)
    monkeypatch.setattr(stored, "PIECE", 100_000)


FAR = re.compile(r"t\.csv(\.gz)?: (\d+) (% |MiB )read after \d+ s$")


@pytest.mark.parametrize("packed", [False, True])
def test_off_a_terminal_a_line_now_and_then_says_how_far_a_file_is_read(impatient, slow_reading, tmp_path, packed):
    path = large(tmp_path)
    if packed:
        path = path.with_name("t.csv.gz")
        path.write_bytes(gzip.compress((tmp_path / "t.csv").read_bytes(), 1))
    told = [found for line in succeed(*QUICK, "--data", str(path)).stderr.splitlines() if (found := FAR.search(line))]
    shares = [int(found[2]) for found in told if found[3] == "% "]
    assert shares
    assert shares == sorted(shares)
    assert packed == any(found[3] == "MiB " for found in told)


def test_data_show_and_a_table_from_a_pipe_say_too_how_far_they_are_read(impatient, slow_reading, tmp_path):
    path = large(tmp_path)
    assert re.search(r"^t\.csv: \d+ % read after ", succeed("data", "show", str(path)).stderr, re.MULTILINE)
    assert " read after " not in succeed("data", "show", str(path), "--quiet").stderr
    piped = succeed(*QUICK, "--data", "-", stdin=path.read_text()).stderr
    assert re.search(r"^standard input: [\d.]+ (% |MiB )read after", piped, re.MULTILINE)


@pytest.mark.parametrize("option", ["--quiet", "--no-progress"])
def test_who_wants_no_progress_gets_none_of_a_file(impatient, slow_reading, tmp_path, option):
    assert " read after " not in succeed(*QUICK, "--data", str(large(tmp_path)), option).stderr


def test_a_small_file_shows_nothing_of_its_reading(patient, tmp_path):
    assert " read" not in succeed(*QUICK, "--data", str(large(tmp_path, 100))).stderr


@pytest.mark.parametrize("done, total, far", [(1, 4, "25 % read"), (5 << 20, 0, "5 MiB read"), (9, 4, "100 % read")])
def test_the_bar_names_the_file_and_how_far_it_is_read(done, total, far):
    bar = loading._Bar()
    bar.show(Reading("folder/a[b].csv", done, total), 0.9)
    assert not bar._bar.live.is_started
    bar.show(Reading("folder/a[b].csv", done, total), 1.1)
    bar.close()
    (task,) = bar._bar.tasks
    assert (task.description, task.fields["far"]) == ("a[b].csv", far)


@pytest.mark.parametrize("rows, columns", [(10, 3), (10**6, 20), (10**6, 1000), (10**9, 7)])
def test_a_file_is_read_no_more_often_than_its_progress_counts_on(rows, columns):
    found = list(steps(rows, columns))
    assert columns <= sum(found)
    assert len(found) <= PASSES
