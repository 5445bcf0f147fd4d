"""What convert says of a lambda: the tools' values first, then what they mean."""

import pytest

from tests.cli.run import succeed

CONVERT = ["convert", "--lambd", "2.4", "--rows", "300", "--batch-size", "32"]
ADDS = "Every value above adds the same to the mean loss over the training rows: "
MOVES = "Every value above moves each weight towards 0 in each step, "


@pytest.mark.parametrize(
    "options, said",
    [
        (["--penalty", "l2"], f"{ADDS}0.004 times the sum of the squared weights."),
        (["--penalty", "l1"], f"{ADDS}0.004 times the sum of the absolute weights."),
        (["--penalty", "elastic-net", "--l1-ratio", "0.25"],
         f"{ADDS}0.001 times the sum of the absolute weights and 0.003 times the sum of the squared weights."),
        (["--penalty", "none"], "There is no penalty: nothing is added to the loss."),
        (["--decay", "decoupled"], f"{MOVES}by 0.008 times the learning rate times the weight itself."),
        (["--decay", "decoupled", "--penalty", "l1"],
         "The textbook's value, which no other tool has, moves each weight towards 0 in each step, by 0.004 times the"),
    ],
)  # fmt: skip
def test_the_values_come_first_and_then_what_they_mean_in_words(options, said):
    text = succeed(*CONVERT, *options, env={"COLUMNS": "300"}).stdout
    _, empty, headings, *_ = text.splitlines()
    assert (empty, headings.split("  ")[0]) == ("", "tool")
    assert text.index("\ntextbook ") < text.index(said)
