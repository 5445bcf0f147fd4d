"""Run a command as a user would, in this process."""

import json

from click.testing import CliRunner

from wdcli.cli import main

TINY = ["--hidden", "4", "--epochs", "2"]
SMALL = ["--rows", "40", *TINY]
SWEEP = ["--lambdas", "0,0.1,10", "--folds", "2", "--seeds", "1", "--jobs", "1"]


def run(*args, stdin=None, env=None):
    return CliRunner().invoke(main, [str(arg) for arg in args], input=stdin, env=env)


def succeed(*args, **options):
    done = run(*args, **options)
    assert done.exit_code == 0, (done.stderr, done.exception)
    return done


def as_json(*args, **options):
    return json.loads(succeed(*args, "--json", **options).stdout, parse_constant=lambda name: 1 / 0)


def refuse(status, *args, **options):
    """The message of a command that must fail: one or two lines on stderr, nothing on stdout, no traceback."""
    done = run(*args, **options)
    assert done.exit_code == status, (done.exit_code, done.stderr, done.exception)
    assert done.stdout == ""
    assert isinstance(done.exception, SystemExit)
    message = done.stderr.split("Error: ", 1)[1]
    assert message.strip().count("\n") <= 1
    assert "Traceback" not in done.stderr
    return message
