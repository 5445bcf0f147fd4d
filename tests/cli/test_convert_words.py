"""What convert says of a lambda: the tools' values first, then what they mean."""

import pytest

from tests.cli.run import TINY, as_json, succeed

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
        (["--penalty", "group-lasso"],
         f"{ADDS}0.004 times the sum over groups of the root of its number of weights times its Euclidean norm."),
        (["--penalty", "sparse-group", "--l1-ratio", "0.25", "--decay", "decoupled"],
         "The textbook's value, which no other tool has, moves each weight towards 0 in each step, by 0.001 times the "
         "learning rate and by 0.003 times the learning rate, the root of its group's number of weights, and its share of the "
         "group's norm."),
    ],
)  # fmt: skip
def test_the_values_come_first_and_then_what_they_mean_in_words(options, said):
    text = succeed(*CONVERT, *options, env={"COLUMNS": "300"}).stdout
    _, empty, headings, *_ = text.splitlines()
    assert (empty, headings.split("  ")[0]) == ("", "tool")
    assert text.index("\ntextbook ") < text.index(said)


@pytest.mark.parametrize(
    "options, grouped, s2, tools",
    [
        ([], None, None, True),
        (["--group-by", "features"], "1", "0.008", True),
        (["--group-by", "units"], "2, 3", "0.008", False),
        (["--group-by", "features", "--decay-layers", "1"], None, None, True),
        (["--group-by", "units", "--decay-layers", "1,3"], "3", "0.008", False),
        (["--decay-layers", "2,3"], None, None, False),
    ],
)
def test_layers_without_groups_and_what_they_take_are_named(options, grouped, s2, tools):
    """Other tools have linear models alone, and so groups of features."""
    shown = as_json(*CONVERT, "--penalty", "group-lasso", *options)
    said = " ".join(shown["advice"])
    assert (f"these have groups: {grouped}." in said) == (grouped is not None)
    assert (f"s2 = {s2}," in said) == (s2 is not None)
    assert ("give tools the same groups" in said) == tools
    assert {line["remark"] for line in shown["conventions"] if not line["values"]} == {"no such penalty there"}
    assert any(line["values"] for line in shown["conventions"][1:]) == tools
    assert shown["strengths"] == {"s1": 0, "s2": 0, "group": pytest.approx(0.004)}


@pytest.mark.parametrize(
    "penalty", [["group-lasso", "--group-by", "units"], ["sparse-group", "--group-by", "features"]]
)
def test_the_convert_command_of_a_fit_names_its_groups(tmp_path, penalty):
    path = tmp_path / "a.model"
    succeed("train", "--lambd", 1, "--rows", 40, *TINY, "--penalty", *penalty, "--save", path)
    shown = as_json("data", "show", path)
    assert shown["penalty"]["group_by"] == penalty[-1]
    assert f"--group-by {penalty[-1]}" in shown["convert"]
    assert f", by {penalty[-1]})" in succeed("data", "show", path, env={"COLUMNS": "200"}).stdout
    converted = as_json(*shown["convert"].split()[1:])
    assert converted["config"]["group_by"] == penalty[-1]
    nodes = ["train", "--lambd", 1, "--rows", 40, *TINY, "--penalty", penalty[0], "--save", path, "--force"]
    succeed(*nodes)
    assert "--group-by" not in as_json("data", "show", path)["convert"]
