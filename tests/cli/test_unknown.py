"""An unknown option: what is close is suggested, and the commands that have it are named."""

import pytest

from tests.cli.run import as_json, refuse


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
        ("train --weight-decay 1", "The strength of the penalty is --lambd. Try"),
        ("convert --alpha 1", "The strength of the penalty is --lambd. Try"),
        ("sweep --l2 1", "The strength of the penalty is --lambdas. Try"),
        ("train --C 1", "The strength of the penalty is --lambd (C is its inverse). Try"),
        ("predict m --alpha 1", "'--alpha'. Try"),
        ("train --learning_rate 1", "Did you mean '--lr'? Try"),
        ("sweep --a\x1b[31m=3", "No such option '--a\N{REPLACEMENT CHARACTER}[31m'."),
    ],
)
def test_only_what_is_close_is_suggested_and_who_has_it_is_said(command, said):
    assert said in refuse(2, *command.split(" "))


@pytest.mark.parametrize(
    "command, said",
    [
        ("train --penalty ridge", "Did you mean 'l2'?"),
        ("train --penalty Lasso", "Did you mean 'l1'?"),
        ("train --penalty elasticnet", "Did you mean 'elastic-net'?"),
        ("sweep --penalty elastic_net", "Did you mean 'elastic-net'?"),
        ("compare ridge l1", "Did you mean 'l2'?"),
        ("compare l2:adamw l1", "Did you mean 'decoupled'?"),
        ("train --convention torch", "Did you mean 'pytorch'?"),
        ("convert --lambd 1 --rows 9 --convention R", "Did you mean 'glmnet'?"),
        ("train --activation sigmoid", "Did you mean 'logistic'?"),
        ("train --activation rleu", "Did you mean 'relu'?"),
        ("train --optimizer adamw", "AdamW is --optimizer adam with --decay decoupled."),
        ("train --decay adamw", "Did you mean 'decoupled'?"),
        ("sweep --penalty l2:decoupled", "Write l2 with --decay decoupled."),
        ("train --penalty group", "'sparse-group'. Did you mean 'group-lasso'? Try"),
        (
            "convert --lambd 1 --rows 9 --convention sklearn --penalty l1 --task regression",
            "use --convention glmnet, whose lambda is alpha of Lasso and ElasticNet",
        ),
        ("train --convention sklearn --penalty l1", "whose lambda is 1/(n C) of LogisticRegression"),
    ],
)
def test_a_value_by_another_tools_name_is_told_by_ours(command, said):
    assert said in refuse(2, *command.split(" "))


@pytest.mark.parametrize("penalty, other", [("l1", "Lasso"), ("elastic-net", "ElasticNet")])
def test_glmnets_lambda_is_scikit_learns_alpha(penalty, other):
    given = ["--lambd", 0.3, "--rows", 9, "--convention", "glmnet", "--penalty", penalty, "--task", "regression"]
    (line,) = [line for line in as_json("convert", *given)["conventions"] if line["tool"] == f"sklearn {other}"]
    assert line["values"]["alpha"] == pytest.approx(0.3)
