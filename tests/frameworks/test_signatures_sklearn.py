"""Every argument of scikit-learn's networks is honoured, of no effect, or refused by its name."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from symbackprop.errors import UnsupportedError
from symbackprop.frameworks.from_sklearn import from_sklearn
from symbackprop.frameworks.settings import defaults_of
from symbackprop.network import Network

POINTS = np.array([[0.0, 0.5], [1.0, -0.5], [0.25, 1.0], [-1.0, 0.75]])
TARGETS: Mapping[type, Any] = {MLPClassifier: [0, 1, 1, 0], MLPRegressor: [0.25, 0.5, 0.75, 1.0]}

HONOURED: Mapping[str, Any] = {"activation": "tanh", "alpha": 0.25, "learning_rate_init": 0.5}
BY_SOLVER: Mapping[str, Mapping[str, Any]] = {
    "sgd": {"momentum": 0.5, "nesterovs_momentum": False},
    "adam": {"beta_1": 0.5, "beta_2": 0.75, "epsilon": 0.125},
}
HARMLESS: Mapping[str, Any] = {
    "hidden_layer_sizes": (9,), "power_t": 0.25, "max_iter": 9, "shuffle": False, "random_state": 3, "tol": 0.5,
    "verbose": True, "warm_start": True, "validation_fraction": 0.5, "n_iter_no_change": 2, "max_fun": 3,
    "batch_size": 4,
}  # fmt: skip
REFUSED: Mapping[str, tuple[Any, str]] = {
    "early_stopping": (True, "early_stopping=True is not supported; expected False; learning_rate=..."),
    "batch_size": (3, "batch_size=3 is not supported; expected auto or at least 4; learning_rate=..."),
    "solver": ("lbfgs", "solver='lbfgs' is not supported; expected 'sgd' or 'adam'; learning_rate=..."),
}


def fitted(kind: type, solver: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind(hidden_layer_sizes=(2,), solver=solver, max_iter=2, random_state=1).fit(POINTS, TARGETS[kind])


def network(model: Any, **options: Any) -> Network:
    return from_sklearn(model, POINTS, TARGETS[type(model)], **options)


def refusal(model: Any, **options: Any) -> str:
    with pytest.raises(UnsupportedError) as refused:
        network(model, **options)
    return str(refused.value)


@pytest.mark.parametrize("solver", BY_SOLVER)
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_every_argument(kind: type, solver: str) -> None:
    other = next(it for it in BY_SOLVER if it != solver)
    for name in defaults_of(kind):
        model = fitted(kind, solver)
        before = network(model)
        if name in {**HONOURED, **BY_SOLVER[solver]}:
            model.set_params(**{name: {**HONOURED, **BY_SOLVER[solver]}[name]})
            assert network(model) != before, name
        elif name in {**HARMLESS, **BY_SOLVER[other]}:
            model.set_params(**{name: {**HARMLESS, **BY_SOLVER[other]}[name]})
            assert network(model) == before, name
        elif name in {"solver", "loss"}:
            model.set_params(**{name: "another"})
            assert f"{kind.__name__}: {name}='another' is not supported; expected '" in refusal(model)
        elif name == "learning_rate":
            model.set_params(**{name: "adaptive"})
            if solver == "adam":
                assert network(model) == before
            else:
                assert "learning_rate='adaptive' is not supported; expected 'constant'" in refusal(model)
        else:
            # What this table doesn't know, the importer doesn't either.
            setattr(model, name, object())
            assert f"{kind.__name__}: {name}=<object> is not supported; expected " in refusal(model)


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_solver_does_otherwise_is_refused_by_name(name: str) -> None:
    value, said = REFUSED[name]
    model = fitted(MLPRegressor, "sgd").set_params(**{name: value})
    assert said in refusal(model)
    assert network(model, learning_rate="0.5").training.learning_rate.typed == "0.5"


class Later(MLPRegressor):  # type: ignore[misc]
    """The class as a later release may have it, with an argument more."""

    def __init__(self, *, dropout: float = 0.0, **known: Any) -> None:
        super().__init__(**known)
        self.dropout = dropout


class Derived(MLPRegressor):  # type: ignore[misc]
    """One that trains in another way."""

    def _backprop(self, *given: Any) -> Any:
        return super()._backprop(*given)


def test_an_argument_of_a_later_release_is_refused() -> None:
    targets = TARGETS[MLPRegressor]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = Later(hidden_layer_sizes=(2,), max_iter=2).fit(POINTS, targets)
    assert len(from_sklearn(model, POINTS, targets).layers) == 2
    model.dropout = 0.5
    for rate in (None, 0.5):
        with pytest.raises(UnsupportedError, match=r"MLPRegressor: dropout=0\.5 is not supported; expected 0\.0"):
            from_sklearn(model, POINTS, targets, learning_rate=rate)


def test_a_class_that_overrides_a_method_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="MLPRegressor: a _backprop of its own is not supported"):
        from_sklearn(Derived(), POINTS, TARGETS[MLPRegressor])
