"""One lambda that is given, or one that cross-validation chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal

from sklearn.base import is_classifier

from wdcli import study
from wdcli.data.dataset import Dataset
from wdcli.estimators.given import Given
from wdcli.estimators.network import Network
from wdcli.estimators.parameters import CHOSEN, PARAMETERS, Parameter
from wdcli.estimators.results import cv_results
from wdcli.fits.config import FitConfig
from wdcli.fits.resources import Resources
from wdcli.fits.single import TrainResult
from wdcli.names import SelectionRule
from wdcli.study import Data
from wdcli.sweep.config import SweepConfig


@dataclass(eq=False, repr=False)
class OneLambda(Network):
    """A network at the given lambda."""

    _attributes: ClassVar[Mapping[str, str]] = {
        "result_": "The fit as ``wdcli.study.train`` returns it, with the rows trained on; so a pickle holds them too.",
    }

    lambd: float = 1.0

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train on all rows of X (rows, columns) and y (rows,), each counted ``sample_weight`` (rows,) times."""
        return self._fit(X, y, sample_weight)

    def _choose(
        self, given: Given, data: Data, config: FitConfig, values: Mapping[str, Any]
    ) -> tuple[FitConfig, float]:
        return config, values["lambd"]

    def _keep(self, result: TrainResult, config: FitConfig, dataset: Dataset) -> None:
        super()._keep(result, config, dataset)
        self.result_ = result


@dataclass(eq=False, repr=False)
class ChosenLambda(Network):
    """A network at the lambda that cross-validation chooses."""

    _parameters: ClassVar[Mapping[str, Parameter]] = PARAMETERS | CHOSEN
    _attributes: ClassVar[Mapping[str, str]] = {
        "lambda_": "The lambda chosen by ``rule``.",
        "lambda_min_": "The lambda with the least loss in cross-validation.",
        "lambda_1se_": "The largest lambda whose loss is within one standard error of the least.",
        "l1_ratio_": "The l1_ratio of the penalty 'elastic-net', else None.",
        "cv_results_": "Arrays with an item for each lambda, named as in ``GridSearchCV.cv_results_``; a test score is minus "
        "the loss on the held-out rows.",
        "rows_": "The sweep's rows, one for each lambda, with all that wdcli measures.",
        "result_": "The sweep, which ``wdcli.plots`` draws. It holds the rows trained on, and so does a pickle of it.",
    }

    lambdas: Sequence[float] | None = None
    _: KW_ONLY
    cv: Any = SweepConfig.folds
    n_seeds: int = SweepConfig.seeds
    rule: SelectionRule = SweepConfig.rule
    exhaustive: bool = SweepConfig.exhaustive
    first_rows: int | Literal["all"] | None = SweepConfig.first_rows
    n_jobs: int | None = None

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Any:
        """Choose lambda, and train on all rows of X (rows, columns) and y (rows,), each counted ``sample_weight`` times.

        Rows of the same of the ``groups`` (rows,) are held out together.
        """
        return self._fit(X, y, sample_weight, groups)

    def _choose(
        self, given: Given, data: Data, config: FitConfig, values: Mapping[str, Any]
    ) -> tuple[FitConfig, float]:
        cv = values["cv"]
        parts = () if isinstance(cv, int) else given.parts(cv, is_classifier(self))
        settings = SweepConfig(
            config, values["lambdas"], len(parts) or cv, values["n_seeds"], values["rule"], values["exhaustive"],
            values["l1_ratio"], first_rows=values["first_rows"],
        )  # fmt: skip
        result = study.sweep(data, settings, Resources(jobs=values["n_jobs"]), parts=parts)
        self.result_, self.rows_, self.cv_results_ = result, result.rows, cv_results(result)
        selection = result.selection
        self.lambda_, self.lambda_min_, self.lambda_1se_ = selection.chosen, selection.lambda_min, selection.lambda_1se
        self.l1_ratio_ = selection.l1_ratio
        return result.fit, selection.chosen

    def _config(self, given: Given, values: Mapping[str, Any]) -> FitConfig:
        return super()._config(given, {**values, "l1_ratio": values["l1_ratio"][0]})

    def _keep(self, result: TrainResult, config: FitConfig, dataset: Dataset) -> None:
        super()._keep(result, config, dataset)
        self.notes_ = self.result_.notes
