"""Whatever ends a sweep or fails beside it, nothing acknowledged is lost, and the same command gives the same numbers."""

import contextlib
import json
import os
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.run import run, succeed
from wdcli.fits import database, job, pool, store
from wdcli.report import sweep_serial

RUN, SWEEP_JSON = job.Job.run, sweep_serial.sweep_json
WDCLI = [sys.executable, "-m", "wdcli"]
SWEEP = ["sweep", "--rows", "800", "--epochs", "60", "--jobs", "2", "--json", "--no-progress"]
QUICK = ["sweep", "--rows", "60", "--hidden", "4", "--epochs", "2", "--folds", "2", "--seeds", "2",
         "--exhaustive", "--lambdas", "0,0.1,1,10", "--jobs", "1", "--json"]  # fmt: skip
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's process table")


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Where commands of this test store, in this process and others."""
    found = tmp_path / "store.sqlite"
    monkeypatch.setenv("WDCLI_STORE", str(found))
    return found


def numbers(out):
    """A JSON object without what differs from run to run."""
    shown = json.loads(out)
    for part in (shown, *shown.get("sweeps", ())):
        for name in ("seconds", "trained_seconds", "command"):
            part.pop(name)
    return json.dumps(shown)


def start(*args, **options):
    return subprocess.Popen([*WDCLI, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def finish(*args, **options):
    with start(*args, **options) as process:
        out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    return out, err


def lanes(path):
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'lanes'").fetchone():
            return 0
        return connection.execute("SELECT count(*) FROM lanes").fetchone()[0]


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def of_process(number, file):
    """What `/proc` says of a process: nothing once it has ended, which it may do between two reads."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{number}/{file}").read_text()
    return ""


def children(parent):
    found = of_process(parent, f"task/{parent}/children").split()
    return [int(child) for child in found if "spawn_main" in of_process(child, "cmdline")]


@pytest.fixture(scope="module")
def undisturbed():
    return numbers(finish(*SWEEP, "--no-store")[0])


@pytest.mark.slow
def test_a_sweep_that_is_killed_at_any_moment_goes_on_and_ends_with_the_same_bytes(path, undisturbed):
    moments, there = random.Random(0), 0
    for _ in range(20):
        with start(*SWEEP) as process:
            time.sleep(moments.uniform(0.1, 0.9))
            process.kill()
        if path.exists():
            before, there = there, lanes(path)
            assert there >= before
    total = json.loads(undisturbed)["networks"]
    assert there < total
    out, err = finish(*SWEEP)
    assert numbers(out) == undisturbed
    assert f"{there} of {total} networks taken from the store" in err or there == 0


@needs_proc
@pytest.mark.slow
def test_a_worker_that_is_killed_costs_nothing(path, undisturbed):
    with start(*SWEEP) as process:
        for _ in range(2):
            wait_for(lambda: children(process.pid) or process.poll() is not None)
            time.sleep(0.3)
            for worker in children(process.pid)[:1]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
        out, err = process.communicate(timeout=100)
    assert (process.returncode, err) == (0, "")
    assert numbers(out) == undisturbed


@needs_proc
@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_within_two_seconds_with_what_there_is_even_if_a_worker_is_frozen(path, number, status):
    with start(*SWEEP) as process:
        wait_for(lambda: path.exists() and children(process.pid) and lanes(path) > 0)
        workers = children(process.pid)
        os.kill(workers[0], signal.SIGSTOP)
        begun = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
        assert time.monotonic() - begun < 2.5
    assert process.returncode == status
    assert "stored: the same command continues from there" in err
    shown = json.loads(out)
    assert 0 < shown["partial"]["networks"] == lanes(path) < shown["partial"]["of"]
    assert shown["selection"]["chosen"] is None
    wait_for(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_two_interrupts_end_it_too(path):
    with start(*SWEEP) as process:
        wait_for(lambda: path.exists() and lanes(path) > 0)
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
    lanes(path)


def interrupted(after, error=KeyboardInterrupt):
    """A ``Job.run`` that is interrupted when so many jobs are done."""
    done = []

    def run_some(self):
        if len(done) == after:
            raise error
        done.append(self)
        return RUN(self)

    return run_some


@pytest.mark.parametrize("after", [0, 1, 3, 5])
@pytest.mark.parametrize("options", [[], ["--path", "warm"], ["--penalty", "elastic-net", "--l1-ratio", "0.2,0.8"]])
def test_a_sweep_goes_on_where_it_was_and_says_so(path, monkeypatch, after, options):
    expected = numbers(succeed(*QUICK, *options, "--no-store").stdout)
    with monkeypatch.context() as patch:
        patch.setattr(job.Job, "run", interrupted(after))
        done = run(*QUICK, *options)
    if done.exit_code == 130:
        assert "partial" in json.loads(done.stdout)
    there = lanes(path)
    again = succeed(*QUICK, *options)
    assert numbers(again.stdout) == expected
    taken = sum(map(int, re.findall(r"(\d+) of \d+ networks taken", again.stderr)))
    # At lambda = 0, all l1_ratios are one network.
    assert taken == there if "--l1-ratio" not in options else taken >= there
    assert re.search(r"\b(\d+) of \1 networks taken", succeed(*QUICK, *options).stderr)


def test_the_partial_table_is_printed_as_partial_and_kept(path, monkeypatch):
    args = [arg for arg in QUICK if arg != "--json"]
    with monkeypatch.context() as patch:
        patch.setattr(job.Job, "run", interrupted(3))
        done = run(*args)
    assert done.exit_code == 130
    assert "Partial: 12 of 24 networks." in done.stdout
    assert succeed("runs", "show", 1).stdout == done.stdout
    assert "interrupted" in succeed("runs", "list").stdout


def test_the_folds_are_trained_first_so_that_a_partial_sweep_tells_of_the_choice(path, monkeypatch):
    complete = json.loads(succeed(*QUICK, "--no-store").stdout)["rows"]
    with monkeypatch.context() as patch:
        patch.setattr(job.Job, "run", interrupted(4))
        partial = json.loads(run(*QUICK).stdout)
    assert all(row["train_loss"] is None for row in partial["rows"])
    for name in ("lambda", "cv_loss", "cv_se", "cv_score"):
        assert [row[name] for row in partial["rows"]] == [row[name] for row in complete]
    assert "over 2 of the 2 folds so far; the least is" in partial["summary"]


def test_the_time_of_training_is_summed_over_resumes_and_survives_the_same_command(path, monkeypatch):
    """The object of each time that the command is given: broken off, resumed, and all from the store."""
    with monkeypatch.context() as patch:
        patch.setattr(job.Job, "run", interrupted(3))
        first = json.loads(run(*QUICK).stdout)
    second, third = (json.loads(succeed(*QUICK).stdout) for _ in range(2))
    assert first["trained_seconds"] == first["seconds"]
    assert second["trained_seconds"] == first["seconds"] + second["seconds"]
    assert third["trained_seconds"] == second["trained_seconds"]
    args = [arg for arg in QUICK if arg != "--json"]
    table = succeed(*args, env={"COLUMNS": "200"}).stdout
    assert re.search(r"\(24 from the store\) in [0-9.]+ s; training took [0-9.]+ s\n", table)
    assert succeed("runs", "show", 1).stdout == table


def test_a_comparison_keeps_the_time_of_each_sweep(path):
    args = ["compare", "l1", "l2", "l1", *QUICK[1:]]
    first, second = (json.loads(succeed(*args).stdout)["sweeps"] for _ in range(2))
    assert [sweep["trained_seconds"] for sweep in second] == [sweep["seconds"] for sweep in first]


def test_a_time_that_was_not_stored_is_unknown(path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(store.Store, "finish", lambda *args: None)
        succeed(*QUICK)
    done = json.loads(succeed(*QUICK).stdout)
    assert (done["networks"], done["trained_seconds"]) == (24, None)
    assert "training took" not in succeed(*[arg for arg in QUICK if arg != "--json"]).stdout


def test_a_run_is_listed_and_shown_as_it_was_given_last(path):
    for more in ([], ["--memory", "4GB"]):
        succeed(*QUICK, *more)
        words = ["wdcli", *QUICK, *more]
        assert json.loads(succeed("runs", "show", 1, "--json").stdout)["command"] == words
        assert [one["command"] for one in json.loads(succeed("runs", "list", "--json").stdout)["runs"]] == [
            " ".join(words)
        ]


def test_a_finer_grid_pays_for_its_new_points_alone_in_any_command(path):
    succeed(*QUICK)
    finer = [*QUICK[:-5], "--lambdas", "0,0.1,0.5,1,5,10", "--jobs", "1", "--json"]
    assert "24 of 36 networks taken from the store" in succeed(*finer).stderr
    grid = ["--lambdas", "0,0.1,0.5,1,5,10", "--jobs", "1", "--json"]
    done = succeed("compare", "l2", "none", *QUICK[1:-5], *grid)
    assert "36 of 36 networks taken from the store" in done.stderr
    # A lambda is the same lane in any convention that means the same strength.
    same = [*QUICK[:-5], "--lambdas", "0,0.1", "--convention", "pytorch", "--jobs", "1", "--json"]
    assert "6 of 12 networks" in succeed(*same).stderr
    assert [row["lambda"] for row in json.loads(succeed(*same).stdout)["rows"]] == [0, 0.1]


def test_other_data_other_options_and_no_store_take_nothing(path):
    succeed(*QUICK)
    for more in (["--seed", "1"], ["--noise", "0.2"], ["--lr", "0.02"], ["--epochs", "3"], ["--hidden", "5"],
                 ["--no-scale-features"], ["--activation", "tanh"], ["--optimizer", "sgd"], ["--decay", "proximal"],
                 ["--folds", "3"], ["--test-size", "0.5"], ["--early-stopping"], ["--batch-size", "7"], ["--dtype", "float64"],
                 ["--no-store"]):  # fmt: skip
        done = run(*QUICK, *more)
        taken = done.stderr.partition(" networks taken")[0].rpartition("\n")[2]
        # With other folds, the fits on all training rows are still the same.
        assert taken == ("8 of 32" if more[0] == "--folds" else ""), more


def test_data_that_changed_since_are_refused(path, tmp_path, monkeypatch):
    table = tmp_path / "t.csv"
    table.write_text("x,y\n" + "".join(f"{i % 7},{i % 2}\n" for i in range(60)))
    args = ["sweep", "--data", str(table), *QUICK[3:]]
    with monkeypatch.context() as patch:
        patch.setattr(job.Job, "run", interrupted(3))
        assert run(*args).exit_code == 130
    before = table.read_text()
    table.write_text(before + "3,1\n")
    done = run(*args)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "'t.csv' has changed since run 1, which is not finished" in done.stderr
    table.write_text(before)
    assert "12 of 24 networks taken" in succeed(*args).stderr
    table.write_text(before + "3,1\n")
    assert "taken" not in succeed(*args).stderr


def test_what_a_full_disk_has_no_room_for_is_trained_and_shown_all_the_same(path, monkeypatch):
    expected = numbers(succeed(*QUICK, "--no-store").stdout)
    ends = set()
    for pages in (*range(12, 40, 3), 60, 100, 200):
        for file in path.parent.glob("store.sqlite*"):
            file.unlink()

        class Small(database.Database):
            def _prepare(self, pages=pages):
                self.connection.execute(f"PRAGMA max_page_count={pages}")
                super()._prepare()

        with monkeypatch.context() as patch:
            patch.setattr(store, "Database", Small)
            done = succeed(*QUICK)
        assert numbers(done.stdout) == expected
        ends.add((lanes(path) < 24, "What this run printed is not stored" in done.stderr))
        assert done.stderr.count("the disk is full") == (lanes(path) < 24) + ("is not stored" in done.stderr)
        assert numbers(succeed(*QUICK).stdout) == expected
        assert lanes(path) == 24
    assert ends >= {(True, True), (False, False)}


@pytest.mark.parametrize("limit", [0, 1000, 20_000, 60_000, 150_000])
def test_a_limit_on_the_size_of_files_loses_nothing(path, tmp_path, limit):
    expected = numbers(succeed(*QUICK, "--no-store").stdout)

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with start(*QUICK, preexec_fn=small_files) as process:
        out, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert (process.returncode == 1) or numbers(out) == expected
    assert numbers(succeed(*QUICK).stdout) == expected


@pytest.mark.slow
@pytest.mark.parametrize("many", [2, 10])
def test_sweeps_at_once_into_one_store_lose_nothing(path, many):
    args = [[*QUICK, "--seed", str(i // 2)] for i in range(many)]
    with ThreadPoolExecutor(many) as executor:
        outs = list(executor.map(lambda one: finish(*one)[0], args))
    assert [numbers(out) for out in outs[::2]] == [numbers(out) for out in outs[1::2]]
    assert lanes(path) == 24 * many // 2
    assert len(json.loads(succeed("runs", "list", "--json").stdout)["runs"]) == many // 2
    for one, out in zip(args, outs, strict=True):
        again = succeed(*one)
        assert "24 of 24" in again.stderr
        assert numbers(again.stdout) == numbers(out)


def test_out_of_memory_in_a_block_is_tried_in_smaller_ones(path, monkeypatch):
    expected, original = numbers(succeed(*QUICK, "--no-store").stdout), job.Job.run

    def greedy(self):
        if len(self.keys) > 1:
            raise MemoryError
        return original(self)

    monkeypatch.setattr(job.Job, "run", greedy)
    assert numbers(succeed(*QUICK).stdout) == expected
    assert lanes(path) == 24
    monkeypatch.setattr(job.Job, "run", lambda self: (_ for _ in ()).throw(MemoryError))
    done = run(*QUICK, "--seed", 1)
    assert done.exit_code == 1
    assert re.search(
        r"24 of the networks could not be trained: their worker process ran out of memory or was ended from outside, 3 times "
        r"\(the first: lambda = [\d.]+, fold \d\)\. Try a smaller --memory, or fewer --jobs\.\n$",
        done.stderr,
    )


POISON = """
import os, sys
from wdcli.fits import job, plan
original = job.Job.run
def run(self):
    if self.blocks[0].fold == 2:
        os._exit(9)
    return original(self)
job.Job.run, plan.WORTH_WORKERS = run, 0.0
if __name__ == "__main__":
    from wdcli.cli import main
    main(sys.argv[1:])
"""


@pytest.mark.slow
def test_a_block_that_always_ends_its_worker_is_set_aside_and_the_others_are_done(path, tmp_path):
    program = tmp_path / "poison.py"
    program.write_text(POISON)
    args = [*QUICK, "--jobs", "2", "--seeds", "1", "--lambdas", "0,1"]
    done = subprocess.run([sys.executable, program, *args], capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 1
    assert "2 of the networks could not be trained" in done.stderr
    assert "fold 2" in done.stderr
    assert "Traceback" not in done.stderr
    assert lanes(path) == 4
    assert json.loads(done.stdout)["partial"] == {"networks": 4, "of": 6}
    assert succeed("runs", "show", 1, "--json").stdout == done.stdout
    assert numbers(succeed(*args).stdout) == numbers(succeed(*args, "--no-store").stdout)


def test_a_clock_that_jumps_changes_nothing(path, monkeypatch):
    expected, original = numbers(succeed(*QUICK, "--no-store").stdout), job.Job.run
    clock = {"now": 1_800_000_000.0}
    monkeypatch.setattr(time, "time", lambda: clock["now"])
    monkeypatch.setattr(store, "_now", lambda: datetime.fromtimestamp(clock["now"], UTC).isoformat())

    def jumping(self):
        clock["now"] -= 3600
        return original(self)

    monkeypatch.setattr(job.Job, "run", jumping)
    assert numbers(succeed(*QUICK).stdout) == expected
    clock["now"] -= 10 * 365 * 86400
    assert "24 of 24" in succeed(*QUICK).stderr


def environment(**changed):
    return {name: value for name, value in {**os.environ, **changed}.items() if value is not None}


@pytest.mark.parametrize("home", ["/proc/none", "/dev/null"])
def test_without_a_home_the_sweep_is_done_and_it_is_said_that_nothing_is_stored(home):
    out, err = finish(*QUICK, env=environment(WDCLI_STORE=None, HOME=home, XDG_CONFIG_HOME=None))
    assert json.loads(out)["networks"] == 24
    assert "Nothing is stored: the store" in err
    assert "--no-store" in err


def test_a_store_that_was_named_and_cannot_be_used_is_an_error_before_the_work(tmp_path):
    (tmp_path / "junk").write_bytes(b"junk" * 1000)
    for name in ("junk", "junk/store"):
        done = run(*QUICK, "--store", tmp_path / name)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "--store" in done.stderr
    done = run(*QUICK, "--store", tmp_path / "junk", "--no-store")
    assert done.exit_code == 0


@pytest.mark.parametrize("mask", [0o077, 0o000, 0o777])
def test_files_have_the_permissions_of_the_umask_and_the_store_its_owners(path, tmp_path, mask):
    def masked():
        os.umask(mask)

    finish(*QUICK, "--csv", str(tmp_path / "rows.csv"), "--save", str(tmp_path / "m"), preexec_fn=masked)
    for name in ("rows.csv", "m"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o666 & ~mask
    assert path.stat().st_mode & 0o077 == 0


def test_a_full_temporary_directory_and_a_narrow_terminal_are_no_obstacle(path):
    plain = [arg for arg in QUICK if arg != "--json"]
    out, err = finish(
        *plain, env=environment(TMPDIR="/nonexistent", COLUMNS="20", TERM="dumb", LC_ALL="C", NO_COLOR="1")
    )
    assert "CV loss" in out.replace("\n", " ")
    assert err == ""


@pytest.mark.parametrize("command", ["wdcli {} | head -1", "wdcli {} > /dev/full", "wdcli {} >&-"])
def test_a_reader_that_leaves_and_a_full_output_lose_nothing_that_is_stored(path, command):
    line = command.format(" ".join(QUICK[:-1])).replace("wdcli", " ".join(WDCLI))
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    if "-" not in command[-2:]:
        assert lanes(path) == 24
        assert "24 of 24" in succeed(*QUICK).stderr


def test_stored_runs_are_listed_shown_exported_and_forgotten(path, tmp_path):
    args = [arg for arg in QUICK if arg != "--json"]
    sweep = succeed(*args)
    compare = succeed("compare", "l1", "l2", *args[1:])
    listed = json.loads(succeed("runs", "list", "--json").stdout)["runs"]
    assert [(run["id"], run["networks"], run["status"]) for run in listed] == [(1, 24, "done"), (2, 48, "done")]
    assert len(listed[1]["chosen"]) == 2
    assert succeed("runs", "show", 1).stdout == sweep.stdout
    assert succeed("runs", "show", 2).stdout == compare.stdout
    assert numbers(succeed("runs", "show", 1, "--json").stdout) == numbers(succeed(*QUICK).stdout)
    rows = succeed("runs", "export", 1).stdout.splitlines()
    assert len(rows) == 25
    assert rows[0].startswith("penalty,decay,l1_ratio,lambda,fold,repeat,status,epochs,train_loss")
    assert len(json.loads(succeed("runs", "export", 2, "--json").stdout)["networks"]) == 48
    succeed("runs", "export", 1, "--csv", tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text().splitlines() == rows
    succeed("runs", "rm", 1)
    # Its lanes are those of the comparison too.
    assert lanes(path) == 48
    succeed("runs", "rm", 2)
    assert lanes(path) == 0
    assert "No runs are stored." in succeed("runs", "list").stdout


def test_a_lane_that_was_altered_in_the_store_is_trained_again(path):
    expected = numbers(succeed(*QUICK).stdout)
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE lanes SET record = replace(record, '0.', '1.') WHERE id IN (3, 7)")
    again = succeed(*QUICK)
    assert numbers(again.stdout) == expected
    assert "22 of 24 networks taken" in again.stderr
    assert "2 stored networks were damaged, and trained again" in again.stderr


def test_the_grace_of_an_interrupt_is_within_what_is_promised():
    assert pool.GRACE <= 1.5


def test_an_export_names_networks_as_its_own_run_does(path):
    elastic = [*QUICK[:-5], "--lambdas", "0,45", "--penalty", "elastic-net", "--l1-ratio", "0.2,0.8", "--jobs", "1"]
    succeed(*elastic)
    succeed(*elastic, "--convention", "pytorch", "--lambdas", "0,1")
    rows = json.loads(succeed("runs", "export", 2, "--json").stdout)["networks"]
    assert {(row["l1_ratio"], row["lambda"]) for row in rows} == {(0.2, 0), (0.2, 1), (0.8, 0), (0.8, 1)}
    assert len(rows) == 24 == json.loads(succeed("runs", "list", "--json").stdout)["runs"][1]["networks"]


def test_a_command_that_failed_does_not_stand_in_the_way_of_repaired_data(path, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("x,y\n" + "1,a\n" * 30 + "2,b\n" * 30)
    args = ["sweep", "--data", table, *QUICK[3:], "--folds-by", "time", "--folds", "5"]
    assert run(*args).exit_code == 1
    table.write_text("x,y\n" + "1,a\n2,b\n" * 30)
    succeed(*args)


def test_another_file_of_the_same_name_and_other_piped_data_are_no_changed_data(path, tmp_path, monkeypatch):
    tables = ["x,y\n" + "".join(f"{i % k},{i % 2}\n" for i in range(60)) for k in (7, 5)]
    with monkeypatch.context() as patch:
        patch.setattr(job.Job, "run", interrupted(3))
        for name, table in zip("ab", tables, strict=True):
            (tmp_path / name).mkdir()
            (tmp_path / name / "t.csv").write_text(table)
            patch.chdir(tmp_path / name)
            patch.setattr(job.Job, "run", interrupted(3))
            assert run("sweep", "--data", "t.csv", *QUICK[3:]).exit_code == 130
            patch.setattr(job.Job, "run", interrupted(0))
            assert run("sweep", "--data", "-", *QUICK[3:], stdin=table).exit_code == 130
    assert "12 of 24" in succeed("sweep", "--data", tmp_path / "b" / "t.csv", *QUICK[3:]).stderr


def test_a_comparison_that_is_interrupted_prints_what_it_has_of_both(path, monkeypatch):
    args = ["compare", "l1", "l2", *QUICK[1:]]
    with monkeypatch.context() as patch:
        patch.setattr(job.Job, "run", interrupted(9))
        done = run(*args)
        patch.setattr(job.Job, "run", interrupted(0))
        plain = run(*[arg for arg in args if arg != "--json"])
    assert done.exit_code == plain.exit_code == 130
    shown = json.loads(done.stdout)
    assert shown["schema"] == "wdcli.compare/2"
    assert [(sweep["penalty"], sweep["networks"]) for sweep in shown["sweeps"]] == [("l1", 24), ("l2", 12)]
    assert "l1 (proximal)" in plain.stdout
    assert "Partial: 12 of 24 networks." in plain.stdout


def test_a_partial_sweep_of_several_l1_ratios_knows_how_many_networks_there_are(path, monkeypatch):
    monkeypatch.setattr(job.Job, "run", interrupted(2))
    done = run(*QUICK, "--penalty", "elastic-net", "--l1-ratio", "0.1,0.5,0.9")
    assert json.loads(done.stdout)["partial"] == {"networks": 8, "of": 72}


def test_an_interrupt_has_its_status_though_nobody_reads(path):
    line = f"{' '.join(WDCLI)} {' '.join(SWEEP)} | true; echo ${{PIPESTATUS[0]}}"
    with subprocess.Popen(["bash", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          start_new_session=True) as shell:  # fmt: skip
        wait_for(lambda: path.exists() and lanes(path) > 0)
        subprocess.run(["pkill", "-INT", "-s", str(shell.pid), "-f", "wdcli sweep"], check=True)
        out, err = shell.communicate(timeout=20)
    assert (out.strip(), "Traceback" in err) == ("130", False)


@pytest.mark.parametrize("after", [0.15, 0.3, 0.45])
def test_an_interrupt_of_the_whole_group_while_workers_start_shows_no_traceback(path, after):
    with start(*SWEEP, start_new_session=True) as process:
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=20)
    # Before wdcli can handle signals Python itself may show one, also that of an ignored error in its import locks.
    assert "Traceback" not in err or any(part in err for part in ("site.py", "wdcli/__main__", "importlib._bootstrap"))


def test_a_sweep_under_nohup_is_not_ended_by_a_lost_terminal(path):
    with start(*QUICK, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
        for _ in range(10):
            time.sleep(0.05)
            process.send_signal(signal.SIGHUP)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert json.loads(out)["networks"] == 24


def test_no_output_overwrites_the_store(path):
    succeed(*QUICK)
    for args in ([*QUICK, "--store", path], ["runs", "export", 1, "--store", path], ["runs", "list", "--store", path]):
        done = run(*args, "--csv", path, "--force")
        assert (done.exit_code, "is also an input file" in done.stderr) == (2, True)
    assert lanes(path) == 24


def replaced(path):
    path.with_name("other").write_bytes(path.read_bytes())
    path.with_name("other").replace(path)


@pytest.mark.parametrize("change", [Path.unlink, replaced])
@pytest.mark.parametrize("after", [0, 3, 6])
def test_a_store_that_is_deleted_or_replaced_meanwhile_is_noticed(path, monkeypatch, change, after):
    expected, done = numbers(succeed(*QUICK, "--no-store").stdout), []

    def run_one(self):
        if len(done) == after:
            change(path)
        done.append(self)
        return RUN(self)

    monkeypatch.setattr(job.Job, "run", run_one if after < 6 else RUN)
    if after == 6:
        # After the last network, before the end.
        monkeypatch.setattr(sweep_serial, "sweep_json", lambda *args: [change(path), SWEEP_JSON(*args)][1])
    found = succeed(*QUICK)
    assert numbers(found.stdout) == expected
    assert "was deleted or replaced during this run, and what the run had stored is lost" in found.stderr
    assert "What this run printed is not stored" in found.stderr


def test_an_interrupt_after_the_store_was_deleted_promises_nothing(path, monkeypatch):
    def end(self):
        path.unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr(job.Job, "run", end)
    done = run(*QUICK)
    assert done.exit_code == 130
    assert "was deleted or replaced" in done.stderr
    assert "continues from there" not in done.stderr


def mounted(folder, script):
    """Run a script with a folder mounted so that nobody can write there, not even root."""
    lines = f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder} && {script}"
    done = subprocess.run(["unshare", "-m", "sh", "-c", lines], capture_output=True, text=True, timeout=60, check=False)
    if "unshare" in done.stderr or "mount" in done.stderr:
        pytest.skip("mounting is not permitted")
    return done


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs Linux's unshare")
def test_a_store_on_a_read_only_mount_is_read_and_not_written(path, monkeypatch):
    succeed(*QUICK)
    wdcli = " ".join(WDCLI)
    for command in ("runs list", "runs show 1", "runs show 1 --json", "runs export 1"):
        before = succeed(*command.split()).stdout
        assert mounted(path.parent, f"{wdcli} {command}").stdout == before
    done = mounted(path.parent, f"{wdcli} runs rm 1")
    assert (done.returncode, done.stdout) == (1, "")
    assert "can't be written: no permission" in done.stderr
    assert mounted(path.parent, f"{wdcli} {' '.join(QUICK)} --store {path}").returncode == 1
    monkeypatch.delenv("WDCLI_STORE")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(path.parent))
    done = mounted(path.parent, f"{wdcli} {' '.join(QUICK)}")
    assert done.returncode == 0
    assert "Nothing is stored: the store" in done.stderr


def test_a_table_says_how_many_networks_were_taken_from_the_store(path, monkeypatch):
    args = [arg for arg in QUICK if arg != "--json"]
    with monkeypatch.context() as patch:
        patch.setattr(job.Job, "run", interrupted(3))
        assert "12 networks in" in run(*args).stdout.replace("\n", " ")
    for taken in (12, 24):
        shown = succeed(*args).stdout
        assert f"24 networks ({taken} from the store) in" in shown.replace("\n", " ")
        assert succeed("runs", "show", 1).stdout == shown


def test_a_file_whose_name_is_no_text_is_stored_and_shown(path, tmp_path):
    table = tmp_path / os.fsdecode(b"t\xff\x1b.csv")
    table.write_text("x,y\n" + "1,a\n2,b\n" * 20)
    args = ["sweep", "--data", table, *QUICK[3:]]
    shown = succeed(*args).stdout
    assert json.loads(shown)["data"]["name"] == os.fsdecode(b"t\xff\x1b.csv")
    assert succeed("runs", "show", 1, "--json").stdout == shown
    assert "24 of 24" in succeed(*args).stderr
    assert json.loads(succeed("runs", "list", "--json").stdout)["runs"][0]["data"] == "t?\x1b.csv"
