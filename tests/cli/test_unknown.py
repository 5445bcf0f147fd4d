"""An unknown option: what is close is suggested, and the commands that have it are named."""

import pytest

from tests.cli.run import refuse


@pytest.mark.parametrize(
    "command, said",
    [
        ("convert --model x", "No such option '--model'. Try"),
        ("predict m --no-store", "'--no-store'. --no-store is an option of sweep and compare. Try"),
        ("train --no-store", "'--no-store'. --no-store is an option of sweep and compare. Try"),
        (
            "runs rm 1 --format table",
            "'--format'. --format is an option of train, sweep, compare, data list and 4 more.",
        ),
        ("train --lambdas 0,1", "Did you mean '--lambda' or '--lambd'? --lambdas is an option of sweep and compare."),
        ("train --epohcs 3", "'--epohcs'. Did you mean '--epochs'? Try"),
        ("sweep --fold 3", "'--fold'. Did you mean '--folds'? Try"),
        ("runs list --jsn", "'--jsn'. Did you mean '--json'? Try"),
        ("train --halp", "'--halp'. Try"),
        ("--jsn", "'--jsn'. Try '"),
        ("sweep -x", "'-x'. Try"),
        ("sweep --a\x1b[31m=3", "No such option '--a\N{REPLACEMENT CHARACTER}[31m'."),
    ],
)
def test_only_what_is_close_is_suggested_and_who_has_it_is_said(command, said):
    assert said in refuse(2, *command.split(" "))
