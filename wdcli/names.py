"""The choices of every option, as types: the command line and the checks read them from here."""

from typing import Literal, TypeAlias

Task: TypeAlias = Literal["classification", "regression"]
TaskChoice: TypeAlias = Literal["auto", "classification", "regression"]
GroupPenalty: TypeAlias = Literal["group-lasso", "sparse-group"]
PenaltyName: TypeAlias = Literal["none", "l1", "l2", "elastic-net", "group-lasso", "sparse-group"]
GroupBy: TypeAlias = Literal["nodes", "features", "units"]
DecayName: TypeAlias = Literal["coupled", "decoupled", "proximal"]
DecayChoice: TypeAlias = Literal["auto", "coupled", "decoupled", "proximal"]
Tool: TypeAlias = Literal["pytorch", "keras", "sklearn"]
ExportTool: TypeAlias = Literal["onnx", "sklearn", "pytorch", "keras"]
Convention: TypeAlias = Literal["textbook", "sklearn", "pytorch", "keras", "glmnet"]
ActivationName: TypeAlias = Literal["relu", "tanh", "logistic", "identity"]
LossName: TypeAlias = Literal["binary-cross-entropy", "cross-entropy", "squared-error"]
DtypeName: TypeAlias = Literal["float32", "float64"]
OptimizerName: TypeAlias = Literal["adam", "sgd"]
ScheduleName: TypeAlias = Literal["constant", "cosine"]
Preset: TypeAlias = Literal["article"]
FoldsBy: TypeAlias = Literal["rows", "time"]
ClassWeighting: TypeAlias = Literal["balanced"]
ClassWeight: TypeAlias = ClassWeighting | tuple[float, ...] | None
PathName: TypeAlias = Literal["cold", "warm"]
PathOrder: TypeAlias = Literal["down", "up"]
SelectionRule: TypeAlias = Literal["paired", "1se", "min"]
Status: TypeAlias = Literal["ok", "collapsed", "diverged"]
Verdict: TypeAlias = Literal["overfit", "good", "underfit", "collapsed", "diverged"]
TableFormat: TypeAlias = Literal["table", "markdown", "latex"]
FigureName: TypeAlias = Literal["cv", "weights", "features", "front", "function", "learning", "compare"]
Generated: TypeAlias = Literal[
    "moons", "circles", "spirals", "xor", "xor-sparse", "blobs", "sine", "friedman1", "linear-teacher",
    "linear-teacher-sparse",
]  # fmt: skip
Bundled: TypeAlias = Literal["iris", "wine", "breast-cancer", "digits", "diabetes"]
