"""What else has to be alike for the same penalty, in sentences."""

from collections.abc import Sequence

from wdcli.conventions import Setting, Strengths
from wdcli.equivalents.equivalent import Equivalent


def which_layers(decayed: Sequence[bool]) -> list[str]:
    """A sentence where some of the layers, the output layer the last, are not penalised."""
    if all(decayed):
        return []
    return [f"Of {len(decayed)} layers, the output layer the last, these are penalised: {_numbers(decayed)}."]


def same_groups(lines: Sequence[Equivalent]) -> list[str]:
    """A sentence on groups where another tool than the textbook has a penalty on them."""
    if not any(line.values for line in lines[1:]):
        return []
    return [
        "All features made from one column of the table, such as its categories, are a group: give tools the same groups."
    ]


def which_groups(decayed: Sequence[bool], grouped: Sequence[bool], l2: float) -> list[str]:
    """Two sentences where some of the penalised layers have no groups, and take squares of the strength ``l2`` instead."""
    if list(decayed) == list(grouped):
        return []
    return [
        f"Of {len(decayed)} layers, the output layer the last, these have groups: {_numbers(grouped)}. In the other "
        f"penalised layers L2 with the same lambda takes their place: s2 = {l2:.6g}, which is {l2 / 2:.6g} times the sum of "
        "the squared weights."
    ]


def _numbers(chosen: Sequence[bool]) -> str:
    return ", ".join(str(place) for place, yes in enumerate(chosen, 1) if yes)


def advice(given: Strengths, setting: Setting) -> list[str]:
    """What else has to be alike for the same penalty, in sentences."""
    said = _units(setting)
    if setting.mean_weight != 1:
        said.append(
            f"The rows have weights, {setting.mean_weight:.6g} on average: give them to the tool too (sample_weight), with the "
            "loss divided by their sum."
        )
    if setting.decoupled:
        said.append(
            "Decoupled decay shrinks the weights in proportion to lr in each step: its effect depends on lr times the number "
            "of steps, so take over lr, schedule, batch size and epochs too."
        )
    if given.l2 and not given.l1:
        said.append(
            "AdamW, and weight_decay in every optimizer of Keras, are decoupled; weight_decay in PyTorch's SGD and Adam is "
            "coupled. For SGD without momentum, and there alone, the two are the same, with the same value."
        )
    return said


def _units(setting: Setting) -> list[str]:
    """In which units of the features and the target lambda is meant."""
    scaled = [name for name, yes in (("features", setting.scaled_features), ("y", setting.scaled_y)) if yes]
    raw = ["the features"] * (not setting.scaled_features)
    raw += ["y"] * (setting.loss == "squared-error" and not setting.scaled_target)
    but = ", but not columns of 0 and 1" if setting.scaled_features else ""
    said = [f"Standardise the {' and '.join(scaled)} as wdcli does{but}: lambda is in their units."] if scaled else []
    if setting.scaled_y:
        said[0] += (
            " For y that is (y - mean) / sd, with the mean and sd of the training rows; multiply predictions by sd and add "
            "the mean."
        )
    return [*said, f"Don't standardise {' or '.join(raw)}: this lambda is for raw values."] if raw else said
