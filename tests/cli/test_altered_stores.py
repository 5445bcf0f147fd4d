"""What was altered in a store is never believed: it is left out, called damaged, or made again, without a traceback."""

import contextlib
import io
import json
import re
import sqlite3
import sys

import pytest

from tests.cli.run import run, succeed
from wdcli.cli.drawing import replay
from wdcli.fits import store
from wdcli.fits.database import Database
from wdcli.fits.run import COLUMNS
from wdcli.fits.schema import MIGRATIONS, apply, digest

SWEEP = ["sweep", "--rows", "40", "--hidden", "3", "--epochs", "1", "--folds", "2", "--seeds", "1", "--lambdas", "0,1",
         "--jobs", "1"]  # fmt: skip
LIST, SHOW, EXPORT = ["runs", "list"], ["runs", "show", 1], ["runs", "export", 1]
LIST_JSON, SHOW_JSON, EXPORT_JSON, AGAIN = ([*command, "--json"] for command in (LIST, SHOW, EXPORT, SWEEP))
CHART, PLOT, REPORT = [*SHOW, "--chart"], ["plot", 1, "--figure", "function"], ["report", 1, "-o", "-"]
COMMANDS = [LIST, LIST_JSON, SHOW, SHOW_JSON, EXPORT, CHART, PLOT, REPORT, AGAIN]


def schema():
    """(table, column) of all that a store has."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        apply(connection, MIGRATIONS)
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [(table, row[1]) for table in tables for row in connection.execute(f"PRAGMA table_info({table})")]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The bytes of a store of two runs that share networks, and what commands print of it."""
    path = tmp_path_factory.mktemp("sound") / "store.sqlite"
    succeed(*SWEEP, "--store", path)
    succeed(*SWEEP[:-3], "0,1,2", *SWEEP[-2:], "--store", path)
    content = path.read_bytes()
    printed = {}
    for command in COMMANDS:
        path.write_bytes(content)
        printed[str(command)] = succeed(*command, "--store", path).stdout
    return content, printed


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch):
    class Quick(Database):
        def _prepare(self):
            super()._prepare()
            self.connection.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(store, "Database", Quick)


@pytest.fixture
def path(tmp_path, sound):
    found = tmp_path / "store.sqlite"
    found.write_bytes(sound[0])
    return found


def altered(path, content, statements, then=lambda connection: None):
    """Make the store anew and alter it; whether SQLite lets it be altered like this."""
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    path.write_bytes(content)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        try:
            for statement, *values in statements:
                connection.execute(statement, values)
        except sqlite3.IntegrityError:
            return False
        then(connection)
    return True


def sign(connection):
    """Make every checksum right again, as one who knows the program can."""
    connection.text_factory = lambda data: data.decode(errors="replace")
    for row in connection.execute(f"SELECT {', '.join(COLUMNS)} FROM runs").fetchall():
        connection.execute("UPDATE runs SET checksum = ? WHERE id = ?", (digest(*row), row[0]))
    for number, key, record in connection.execute("SELECT id, key, record FROM lanes").fetchall():
        connection.execute("UPDATE lanes SET checksum = ? WHERE id = ?", (digest(key, record), number))
    links = connection.execute(
        "SELECT identity, key, name, run, lane FROM run_lanes JOIN runs ON run = runs.id JOIN lanes ON lane = lanes.id"
    )
    for identity, key, name, number, lane in links.fetchall():
        connection.execute(
            "UPDATE run_lanes SET checksum = ? WHERE run = ? AND lane = ?", (digest(identity, key, name), number, lane)
        )


def without_time(text):
    shown = json.loads(text)
    for name in ("seconds", "trained_seconds", "command"):
        shown.pop(name)
    return shown


def clean(done):
    """Nothing but a status that is documented, a message of a line or two, and no sequence that a terminal acts on."""
    assert done.exit_code in (0, 1), done
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    assert not set(done.stdout + done.stderr) & set("\x1b\x9b\x07\u202e")
    if done.exit_code == 1:
        assert "Error: " in done.stderr
        assert done.stderr.count("\n") <= 2
        assert done.stdout == ""
    return done


def believed(command, done, before):
    """Whether what a command printed of an altered store is only what it printed of the sound one, or says what it left out."""
    if done.exit_code == 1 or done.stdout == before:
        return True
    if command == AGAIN:
        return without_time(done.stdout) == without_time(before)
    if command == EXPORT:
        return set(done.stdout.splitlines()) < set(before.splitlines()) and "damaged and left out" in done.stderr
    if command == LIST_JSON:
        runs = [row for row in json.loads(done.stdout)["runs"] if row["status"] != "damaged"]
        return all(row in json.loads(before)["runs"] for row in runs) and "damaged" in done.stdout
    return command == LIST and "damaged" in done.stdout


CHANGES = ["NULL", "''", "'x'", "2", "77", "-1.5", "x'00ff'", "{} || '0'", "replace({}, '1', '2')", "'interrupted'",
           "CAST(x'80' AS TEXT)"]  # fmt: skip


@pytest.mark.parametrize("table, column", schema())
def test_an_altered_value_is_never_believed(path, sound, table, column):
    content, before = sound
    tried = 0
    for change in CHANGES:
        update = f"UPDATE OR FAIL {table} SET {column} = {change.format(column)}"
        where = {"lanes": "id = 2", "runs": "id = 1", "run_lanes": "run = 1 AND lane = 2"}.get(table, "TRUE")
        for command in COMMANDS:
            if altered(path, content, [(f"{update} WHERE {where}",)]):
                done = clean(run(*command, "--store", path))
                assert believed(command, done, before[str(command)]), (change, command, done.stdout, done.stderr)
                tried += 1
    assert tried >= len(COMMANDS)


def test_a_run_that_was_altered_is_made_again_by_its_command(path, sound):
    for column in ("status", "started", "asked", "fingerprint", "shown", "networks"):
        altered(path, sound[0], [(f"UPDATE runs SET {column} = 'x' WHERE id = 1",)])
        succeed(*AGAIN, "--store", path)
        listed = json.loads(succeed(*LIST_JSON, "--store", path).stdout)["runs"]
        assert [(row["id"], row["status"], row["networks"]) for row in listed] == [(2, "done", 9), (3, "done", 6)]


@pytest.mark.parametrize("change", ["run_lanes SET name = 'x'", "run_lanes SET lane = 99", "lanes SET key = x'00'",
                                    "lanes SET record = 'x'"])  # fmt: skip
def test_a_network_that_was_altered_is_left_out_until_its_command_is_given_again(path, sound, change):
    table, what = change.split(maxsplit=1)
    where = "id = 2" if table == "lanes" else "run = 1 AND lane = 2"
    altered(path, sound[0], [(f"UPDATE {table} {what} WHERE {where}",)])
    done = succeed(*EXPORT, "--store", path)
    assert done.stderr == "Warning: 1 of the run's networks are damaged and left out\n"
    assert len(done.stdout.splitlines()) == 6
    succeed(*AGAIN, "--store", path)
    done = succeed(*EXPORT, "--store", path)
    assert (done.stderr, done.stdout) == ("", sound[1][str(EXPORT)])


def test_a_network_of_another_run_is_not_shown_as_this_ones(path, sound):
    # The first run has six networks, the second the same and three more.
    altered(path, sound[0], [("UPDATE run_lanes SET run = 1 WHERE run = 2 AND lane = 9",)])
    done = succeed(*EXPORT, "--store", path)
    assert (done.stderr, done.stdout) == ("", sound[1][str(EXPORT)])
    assert "1 of the run's networks are damaged" in succeed("runs", "export", 2, "--store", path).stderr


DEEP = "[" * 100_000
CRAFTED = {
    "command": [DEEP, "x", "7", '{"a": 1}', "[1]", '["\\u001b[2J\\u202e"]', '["\x9b31m"]', "[" + "9" * 5000 + "]"],
    "shown": [DEEP, "x", "[]", "7", "null", '"selection"', "{}", '{"selection": 1}', '{"selection": {"chosen": "x"}}',
              '{"selection": {"chosen": 1e999}}', '{"selection": {"chosen": %s}}' % ("9" * 400), '{"sweeps": 7}',
              '{"sweeps": {"a": 1}}', '{"selection": {"chosen": 1}, "a": "\x9b31m\u202e"}', "{\x1b[2J}",
              *(f'{{"selection": {{"chosen": 1}}, "config": {{}}, "trained_seconds": {value}}}'
                for value in ("1e999", "-1", '"x"', "true", "9" * 400, "NaN", "7")),
              '{"selection": {"chosen": 1}, "config": 7}', '{"selection": {"chosen": 1}, "config": {"penalty": []}}'],
    "drawn": ["", "\x1b[2J\x1b]0;t\x07", "\x9b31m\u202e", "a\x1b[31mb\x1b[0m", "\x1b[31", "\r\x08", "x" * 1_000_000],
    "asked": ["", "x\x1b"],
    "data": ["\x1b[2J", "\u202e", "x" * 1_000_000],
    "fingerprint": ["\x1b[2J", ""],
    "started": ["x", "", "2026-01-01\x1b00:00:00+00:00", "9" * 5000],
    "status": ["x", "", "\x1b[2J", "interrupted", "unfinished", "damaged"],
    "networks": [-1, 2**62, "x", 1.5, b"x"],
    "identity": [b"", "x", 7],
    "record": [DEEP, "x", "7", "[]", "{}", '{"diagnostics": 7}'],
    "name": [DEEP, "x", "7", "[1]", '["l2", "coupled", null, "x"]', '["\\u001b", "coupled", null, 1.0]',
             '["l2", "coupled", [], 1.0]', '["l2", "coupled", null, NaN]', '["l2", "coupled", null, 1e999]'],
}  # fmt: skip


@pytest.mark.parametrize("column", CRAFTED)
@pytest.mark.timeout(60)
def test_a_crafted_value_ends_in_a_message_or_a_plain_line(path, sound, column):
    table = {"record": "lanes", "name": "run_lanes"}.get(column, "runs")
    where = {"record": "id IN (1, 2)", "name": "run = 1 AND lane IN (1, 2)"}.get(column, "id = 1")
    for value in CRAFTED[column]:
        for command in (*COMMANDS, EXPORT_JSON):
            assert altered(path, sound[0], [(f"UPDATE {table} SET {column} = ? WHERE {where}", value)], sign)
            done = clean(run(*command, "--store", path))
            if command == AGAIN:
                assert without_time(done.stdout) == without_time(sound[1][str(AGAIN)])


def crafted_fields():
    """Values that no field of a record has, and some that others have."""
    values = [None, "x", "diverged", "AAA=", "AADAfw==", -1.0, 0.5, 7, 2**70, [], {}, float("nan")]
    fields = ["lambd", "fold", "repeat", "status", "epochs", "train_loss", "train_score", "train_penalty", "held_loss",
              "held_score", "max_grad_norm", "diagnostics"]  # fmt: skip
    details = ["l1_norm", "l2_norm", "sparsity", "live_units", "live_features", "smoothness", "kkt", "layers", "effective",
               "strongest", "strongest[0]", "strongest[0][0]", "strongest[0][1]", "excess_risk", "column_norms",
               "column_norms[0]", "history", "history.epochs", "history.epochs[1]", "history.train_loss",
               "history.held_loss[0]", "function"]  # fmt: skip
    layers = ["layer", "fan_in", "fan_out", "l1_norm", "l2_norm", "sparsity", "live_units"]
    paths = [f"$.{name}" for name in fields]
    paths += [f"$.diagnostics.{name}" for name in details]
    paths += [f"$.diagnostics.layers[1].{name}" for name in layers]
    return [(path, values) for path in paths]


@pytest.mark.parametrize("where, values", crafted_fields(), ids=[path for path, _ in crafted_fields()])
def test_a_crafted_record_is_a_record_or_trained_again(path, sound, where, values):
    steps = re.findall(r"[a-z_]\w*|[0-9]+", where)
    names = [int(step) if step.isdigit() else step for step in steps]
    with contextlib.closing(sqlite3.connect(path)) as connection:
        records = dict(connection.execute("SELECT id, record FROM lanes"))
    for value in values:
        changes = []
        for number, text in records.items():
            record = json.loads(text)
            holder = record
            for name in names[:-1]:
                holder = holder and holder[name]
            if holder:
                holder[names[-1]] = value
            changes.append(("UPDATE lanes SET record = ? WHERE id = ?", json.dumps(record), number))
        for command in (EXPORT, AGAIN):
            altered(path, sound[0], changes, sign)
            clean(run(*command, "--store", path))


PICTURED = ["rows", "rows[1].lambda", "rows[1].l1_ratio", "rows[1].status", "rows[1].verdict", "rows[1].cv_loss",
            "rows[1].nonzero_weights", "rows[1].effective", "rows[1].effective_columns", "config.hidden", "config.hidden[0]",
            "rows[1].layers", "rows[1].layers[0].l2_norm", "rows[1].column_norms",
            "rows[1].column_norms[0]", "rows[1].history", "rows[1].history.epochs", "rows[1].history.epochs[0]",
            "rows[1].history.test_loss[0]", "rows[1].function", "rows[1].function[0]", "rows[1].function[0][0]",
            "selection.lambda_min", "selection.rule", "selection.l1_ratio", "heading", "heading[0]", "summary", "columns",
            "columns[0]", "classes", "target", "constant_loss", "data.name", "data.n_train", "config.penalty", "function",
            "function.axes", "function.axes[0].points", "function.axes[0].low", "function.train.x", "function.train.y",
            "function.train.y[0]", "function.n_test", "function.truth", "notes", "command", "version"]  # fmt: skip


@pytest.mark.parametrize("where", PICTURED)
@pytest.mark.timeout(60)
def test_a_crafted_result_is_a_picture_or_refused(path, sound, where):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        ((text,),) = connection.execute("SELECT shown FROM runs WHERE id = 1")
    *before, last = [int(step) if step.isdigit() else step for step in re.findall(r"[a-z_]\w*|[0-9]+", where)]
    for value in (
        None,
        "x\x1b[31m",
        "paired",
        -1.0,
        1e300,
        float("nan"),
        float("inf"),
        7,
        2**70,
        [],
        [[]],
        [1],
        {},
        True,
    ):
        shown = json.loads(text)
        holder = shown
        for step in before:
            holder = holder[step]
        holder[last] = value
        for command in (CHART, PLOT, REPORT):
            altered(path, sound[0], [("UPDATE runs SET shown = ? WHERE id = 1", json.dumps(shown))], sign)
            clean(run(*command, "--store", path))


VIEW = "CREATE VIEW runs AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id FROM n"
STRUCTURES = {
    "an endless view": ["DROP TABLE runs", VIEW],
    "another view": ["CREATE VIEW v AS SELECT 1"],
    "a trigger": ["CREATE TRIGGER t AFTER INSERT ON lanes BEGIN DELETE FROM lanes; END"],
    "another table": ["CREATE TABLE t (x)"],
    "an index": ["CREATE INDEX i ON lanes (record)"],
    "a column more": ["ALTER TABLE lanes ADD COLUMN x"],
    "a column less": ["ALTER TABLE runs DROP COLUMN networks"],
    "a table less": ["DROP TABLE run_lanes"],
    "a virtual table": ["DROP TABLE lanes", "CREATE VIRTUAL TABLE lanes USING fts5(id, key, record, checksum)"],
    "an older version": ["PRAGMA user_version=1"],
    "no version": ["PRAGMA user_version=0"],
    "a version below 0": ["PRAGMA user_version=-1"],
}


@pytest.mark.parametrize("statements", STRUCTURES.values(), ids=STRUCTURES)
@pytest.mark.timeout(20)
def test_a_store_of_other_tables_is_refused(path, sound, statements):
    for command in (*COMMANDS, ["runs", "rm", 1]):
        assert altered(path, sound[0], [(statement,) for statement in statements])
        done = clean(run(*command, "--store", path))
        assert done.exit_code == 1
        assert "is damaged: its tables are not those that wdcli makes" in done.stderr


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    "drawn, shown",
    [
        ("a \x1b[1;31mb\x1b[0m\nc", "a \x1b[1;31mb\x1b[0m\nc\n"),
        ("\x1b[2Ja\x1b[31mb\x1b]0;t\x07", "�[2Ja\x1b[31mb�]0;t�\n"),
        ("\x9b31m\u202ea\r\x1b[31", "�31m�a��[31\n"),
    ],
)
def test_a_terminal_gets_colours_and_nothing_else_that_it_acts_on(monkeypatch, drawn, shown):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.delenv("NO_COLOR", raising=False)
    replay(drawn, "table")
    assert sys.stdout.getvalue() == shown
