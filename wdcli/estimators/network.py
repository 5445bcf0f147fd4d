"""What all estimators share: the parameters of a fit, and a network that is fitted on all rows given."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.random import RandomState
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_y, check_consistent_length, check_is_fitted, validate_data

from wdcli import study
from wdcli.array import Array
from wdcli.data.dataset import Column, Dataset, Kind, Split, numeric_columns
from wdcli.data.frames import frame_columns, is_frame
from wdcli.errors import TrainingError
from wdcli.estimators.faults import value_errors
from wdcli.estimators.given import Given
from wdcli.estimators.parameters import PARAMETERS, Parameter, read_parameters
from wdcli.fits.config import FitConfig
from wdcli.fits.resources import Resources
from wdcli.fits.single import TrainResult
from wdcli.models import Model
from wdcli.names import (
    ActivationName,
    Convention,
    DecayChoice,
    DtypeName,
    GroupBy,
    OptimizerName,
    PenaltyName,
    ScheduleName,
)
from wdcli.nn.mlp import Params
from wdcli.study import Data


@dataclass(kw_only=True, eq=False, repr=False)
class Network(BaseEstimator):
    """An estimator whose ``_choose`` says at which lambda, and with which settings, its network is trained.

    It is a dataclass, so that its ``__init__`` names every parameter, and does nothing else.
    """

    _parameters: ClassVar[Mapping[str, Parameter]] = PARAMETERS
    _attributes: ClassVar[Mapping[str, str]] = {
        "coefs_": "Weights of each layer, (fan_in, fan_out). The first layer's rows are the columns of X, zeros for one that "
        "is constant and left out; with ``encode``, the features ``model_.encoding.feature_names``. They are "
        "those of standardised features and of a standardised target.",
        "intercepts_": "Biases of each layer, (fan_out,).",
        "loss_curve_": "Training loss after each epoch, without the penalty.",
        "loss_": "Training loss of the network.",
        "n_iter_": "Epochs run.",
        "n_features_in_": "Number of columns of X.",
        "feature_names_in_": "Names of the columns of X, if it is a frame whose columns are all named by strings.",
        "model_": "The network as a wdcli model: ``wdcli.models.save_model(estimator.model_, path)`` saves it.",
        "notes_": "Notes and warnings on the result, each a line.",
    }

    penalty: PenaltyName = FitConfig.penalty
    l1_ratio: Any = FitConfig.l1_ratio
    group_by: GroupBy = FitConfig.group_by
    decay: DecayChoice = FitConfig.decay
    decay_layers: tuple[int, ...] | None = FitConfig.decay_layers
    convention: Convention = FitConfig.convention
    hidden: tuple[int, ...] = FitConfig.hidden
    activation: ActivationName = FitConfig.activation
    optimizer: OptimizerName = FitConfig.optimizer
    lr: float | None = FitConfig.lr
    momentum: float = FitConfig.momentum
    nesterov: bool = FitConfig.nesterov
    schedule: ScheduleName = FitConfig.schedule
    batch_size: int | Literal["full"] | None = FitConfig.batch_size
    epochs: int | None = FitConfig.epochs
    early_stopping: bool = FitConfig.early_stopping
    scale_features: bool = FitConfig.scale_features
    encode: bool = False
    max_categories: int = FitConfig.max_categories
    dtype: DtypeName | Literal["auto"] = "auto"
    random_state: int | RandomState | None = FitConfig.seed

    @abstractmethod
    def _choose(
        self, given: Given, data: Data, config: FitConfig, values: Mapping[str, Any]
    ) -> tuple[FitConfig, float]:
        """The settings and the lambda to train the network with, by the parameters' ``values``."""

    @abstractmethod
    def _dataset(self, given: Given, columns: tuple[Column, ...], name: str) -> Dataset:
        """What is learned from the columns of the rows kept; the target's ``name`` is given."""

    def __sklearn_tags__(self) -> Any:
        """What the estimator can do."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = self.encode
        return tags

    def _fit(self, X: Any, y: Any, sample_weight: Any, groups: Any = None) -> "Network":
        """Choose, and train the network on all rows of a weight above 0; raises ``ValueError``."""
        values = read_parameters(type(self).__name__, self.get_params(deep=False), self._parameters)
        name = str(getattr(y, "name", None) or "y")
        with value_errors():
            given = Given.of(*self._checked(X, y), sample_weight, groups)
            columns = tuple(column.take(given.kept) for column in self._columns(given.X))
            dataset = self._dataset(given, columns, name)
            data = Data(dataset, Split(np.arange(dataset.rows), np.arange(0)))
            config, lambd = self._choose(given, data, self._config(given, values), values)
            points = config.resolved_epochs(dataset.rows)
            self._keep(study.train(data, config, lambd, resources=Resources(jobs=1), points=points), config, dataset)
        return self

    def _checked(self, X: Any, y: Any) -> tuple[Any, Array]:
        """X, an array unless it is a frame to encode, and y."""
        target = {"multi_output": self._several, "y_numeric": self._several}
        if not (self.encode and is_frame(X)):
            try:
                return validate_data(self, X, y, ensure_min_samples=2, **target, **self._accepted)
            except ValueError as error:
                raise ValueError(f"{error}{_hint(X, str(error))}") from None
        validate_data(self, X, y, skip_check_array=True)
        checked = _check_y(y, **target, estimator=self)
        check_consistent_length(X, checked)
        return X, checked

    @property
    def _several(self) -> bool:
        """Whether y is one of numbers, of which there may be several for each row."""
        return bool(self.__sklearn_tags__().target_tags.multi_output)

    @property
    def _accepted(self) -> dict[str, Any]:
        """What an array X may hold, for ``validate_data``."""
        if self.encode:
            return {"dtype": None, "ensure_all_finite": False}
        return {"dtype": [np.float64, np.float32]}

    def _columns(self, X: Any, kinds: Mapping[str, Kind] | None = None) -> tuple[Column, ...]:
        """The columns of checked rows; ``kinds`` are those of a fitted model."""
        if self.encode:
            return frame_columns(X, "X", kinds)
        names = [str(name) for name in getattr(self, "feature_names_in_", ())]
        if len(set(names)) < len(names):
            raise ValueError("X has several columns of the same name: rename all but one.")
        return numeric_columns(X, names or [f"x{place}" for place in range(X.shape[1])])

    def _config(self, given: Given, values: Mapping[str, Any]) -> FitConfig:
        """The settings that the parameters give."""
        known = {field.name: values[field.name] for field in fields(FitConfig) if field.name in values}
        if values["dtype"] == "auto":
            known["dtype"] = "float32" if getattr(given.X, "dtype", None) == np.float32 else "float64"
        return FitConfig(**known, seed=values["random_state"])

    def _keep(self, result: TrainResult, config: FitConfig, dataset: Dataset) -> None:
        """Set the fitted attributes; raises ``TrainingError`` if training diverged."""
        record = result.record
        if record.status == "diverged" or record.diagnostics is None or record.diagnostics.history is None:
            raise TrainingError(
                f"Training diverged at lambda = {record.lambd:g}: give a smaller --lr, or another lambda."
            )
        self.model_ = Model.of(config, dataset, result.fold, record.lambd, result.params, record.epochs)
        self.notes_ = result.notes
        self.n_iter_, self.loss_ = record.epochs, record.train_loss
        self.loss_curve_ = list(record.diagnostics.history.train_loss[1:])
        params = Params.view(self.model_.network, self.model_.parameters[None])
        self.coefs_ = [weights[0].copy() for weights in params.weights]
        self.intercepts_ = [biases[0, 0].copy() for biases in params.biases]
        if not self.encode:
            self.coefs_[0] = self._of_all_columns(self.coefs_[0], dataset)

    def _of_all_columns(self, weights: Array, dataset: Dataset) -> Array:
        """The first layer's weights, (columns, units), with zeros for the columns that are constant and left out."""
        place = {column.name: i for i, column in enumerate(dataset.columns)}
        whole = np.zeros((len(place), weights.shape[1]), dtype=weights.dtype)
        whole[[place[name] for name in self.model_.encoding.columns]] = weights
        return whole

    def _predicted(self, X: Any, predict: Callable[[Model, Sequence[Column]], Array]) -> Array:
        """What the model predicts for new rows: float32 for X of float32, else float64."""
        check_is_fitted(self)
        how = {"skip_check_array": True} if self.encode and is_frame(X) else self._accepted
        X = validate_data(self, X, reset=False, **how)
        with value_errors():
            columns = self._columns(X, self.model_.encoding.kinds)
            self.model_.check_columns(columns, "X")
            found = predict(self.model_, columns)
        return found.astype(np.float32) if getattr(X, "dtype", None) == np.float32 else found


def _hint(X: Any, fault: str) -> str:
    """What helps where a frame isn't of finite numbers."""
    cells = ("could not convert string", "contains NaN")
    return " With encode=True, a frame may hold text, dates and missing cells." * (
        is_frame(X) and any(words in fault for words in cells)
    )
