"""scikit-learn's fitted networks: our gradients are those with which it trains, its loss is our error."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from inspect import signature
from itertools import product
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor

import symbackprop
from symbackprop.derivation.derive import derive
from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.from_sklearn import from_sklearn
from symbackprop.network import Network, Rule
from tests.reference import bias_names, weight_names

POINTS, GROUPS = make_blobs(n_samples=7, centers=3, n_features=2, random_state=1)
NUMBERS = np.column_stack([POINTS[:, 0] - 1, POINTS[:, 1] / 3])


@pytest.fixture(autouse=True)
def _few_rounds() -> Iterator[None]:
    # A few rounds are enough for numbers that aren't round.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def fitted(kind: type, targets: Any, **settings: Any) -> Any:
    return kind(hidden_layer_sizes=(3, 2), max_iter=4, random_state=3, **settings).fit(POINTS, targets)


def backpropagated(model: Any, targets: Any) -> tuple[float, list[float], list[float]]:
    """The loss, the slopes by weights in the order of our numbers, those by biases: by the model's own `_backprop`."""
    activations = [POINTS] + [None] * (model.n_layers_ - 1)
    empty: list[Any] = [None] * (model.n_layers_ - 1)
    for depth, width in enumerate(model.intercepts_, start=1):
        activations[depth] = np.empty((len(POINTS), len(width)))
    by_weights = [np.empty_like(it) for it in model.coefs_]
    by_biases = [np.empty_like(it) for it in model.intercepts_]
    # Weights of the samples are known to it since 1.7.
    sample_weight = [None] if "sample_weight" in signature(model._backprop).parameters else []
    loss, by_weights, by_biases = model._backprop(
        POINTS, targets, *sample_weight, activations, list(empty), by_weights, by_biases
    )
    return (
        loss,
        [float(it) for each in by_weights for it in each.T.ravel()],
        [float(it) for it in np.concatenate(by_biases)],
    )


def assert_same(model: Any, network: Network, targets: Any, *, outputs: int = 1) -> None:
    loss, by_weights, by_biases = backpropagated(model, targets)
    derivation = derive(network)
    names = [name for rows in weight_names(network) for row in rows for name in row]
    names += [str(name) for layer in bias_names(network) for name in layer]
    found = [float(derivation[f"dE_total/d{name}"].value) for name in names]
    assert found == pytest.approx(by_weights + by_biases, rel=1e-11, abs=1e-14)
    if outputs == 1:
        assert float(derivation["E_total"].value) == pytest.approx(float(loss), rel=1e-13)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_a_regressor_of_any_activation(activation: str) -> None:
    model = fitted(MLPRegressor, NUMBERS[:, 0], activation=activation)
    assert_same(model, from_sklearn(model, POINTS, NUMBERS[:, 0]), NUMBERS[:, :1])


def test_a_regressor_of_two_outputs_trains_with_their_sum() -> None:
    model = fitted(MLPRegressor, NUMBERS)
    assert_same(model, from_sklearn(model, POINTS, NUMBERS), NUMBERS, outputs=2)


def test_two_classes_have_one_output() -> None:
    names = np.where(GROUPS > 0, "yes", "no")
    model = fitted(MLPClassifier, names, alpha=0.5)
    network = from_sklearn(model, POINTS, names)
    assert len(network.layers[-1].weights) == 1
    assert_same(model, network, (GROUPS > 0).reshape(-1, 1).astype(float))


def test_several_classes_have_one_output_each() -> None:
    model = fitted(MLPClassifier, GROUPS)
    assert_same(model, from_sklearn(model, POINTS, GROUPS), np.eye(3)[GROUPS])


def test_labels_have_one_output_each() -> None:
    labels = np.column_stack([GROUPS > 0, GROUPS < 2]).astype(int)
    model = fitted(MLPClassifier, labels)
    assert_same(model, from_sklearn(model, POINTS, labels), labels)


@pytest.mark.parametrize(("momentum", "nesterov"), list(product((0.0, 0.9), (True, False))))
def test_a_step_of_sgd_is_the_solvers(momentum: float, nesterov: bool) -> None:  # noqa: FBT001 - given by pytest
    settings = {"solver": "sgd", "momentum": momentum, "nesterovs_momentum": nesterov, "learning_rate_init": 0.25}
    model = fitted(MLPRegressor, NUMBERS[:, 0], **settings)
    network = from_sklearn(model, POINTS, NUMBERS[:, 0])
    rule = (Rule.NESTEROV if nesterov else Rule.MOMENTUM) if momentum else Rule.SGD
    assert network.training.optimizer.rule is rule
    assert _after_one_step(network) == pytest.approx(_stepped(model, NUMBERS[:, :1]), rel=1e-10)


def test_a_step_of_adam_is_the_solvers_but_for_epsilon() -> None:
    model = fitted(MLPRegressor, NUMBERS[:, 0], learning_rate_init=0.25)
    found = _after_one_step(from_sklearn(model, POINTS, NUMBERS[:, 0]))
    expected = _stepped(model, NUMBERS[:, :1])
    assert found == pytest.approx(expected, rel=1e-2)
    assert found != pytest.approx(expected, rel=1e-10), "then the documentation may say so"


def _after_one_step(network: Network) -> list[float]:
    derivation = derive(network)
    count = sum(len(row) for layer in network.layers for row in layer.weights)
    return [float(derivation[f"w{number}+"].value) for number in range(1, count + 1)]


def _stepped(model: Any, targets: Any) -> list[float]:
    """The weights after one step of the solver, started afresh."""
    from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer  # noqa: PLC0415

    _, by_weights, _ = backpropagated(model, targets)
    weights = [np.array([float(it) for each in model.coefs_ for it in each.T.ravel()])]
    if model.solver == "adam":
        solver: Any = AdamOptimizer(weights, 0.25)
    else:
        solver = SGDOptimizer(weights, 0.25, "constant", model.momentum, model.nesterovs_momentum)
    solver.update_params(weights, [np.array(by_weights)])
    return [float(it) for it in weights[0]]


def test_a_learning_rate_takes_the_place_of_the_solver() -> None:
    model = fitted(MLPRegressor, NUMBERS[:, 0], solver="lbfgs")
    network = from_sklearn(model, POINTS, NUMBERS[:, 0], learning_rate="0.50", rounds=3)
    assert (network.training.learning_rate.typed, network.training.rounds) == ("0.50", 3)
    assert network.training.optimizer.rule is Rule.SGD


def test_the_penalty_is_alpha_by_the_number_of_samples() -> None:
    penalty = from_sklearn(fitted(MLPClassifier, GROUPS, alpha=0.7), POINTS, GROUPS).training.l2
    assert penalty is not None
    assert penalty.typed == "0.1"
    assert from_sklearn(fitted(MLPClassifier, GROUPS, alpha=0), POINTS, GROUPS).training.l2 is None


def test_single_precision_stays_short() -> None:
    model = MLPRegressor(hidden_layer_sizes=(2,), max_iter=2, random_state=1).fit(
        POINTS.astype(np.float32), NUMBERS[:, 0]
    )
    network = from_sklearn(model, POINTS.astype(np.float32), NUMBERS[:, 0])
    assert all(len(it.typed) <= 14 for row in network.layers[0].weights for it in row)
    assert all(
        np.float32(it.typed) == weight
        for it, weight in zip(network.layers[0].weights[0], model.coefs_[0].T[0], strict=True)
    )


def test_it_can_be_told() -> None:
    names = np.where(GROUPS > 0, "yes", "no")
    network = symbackprop.from_sklearn(fitted(MLPClassifier, names), POINTS[:2], names[:2])
    assert "from scikit-learn" in symbackprop.render(symbackprop.derive(network), format="markdown")


class Frame:
    """What of a data frame matters here: whoever iterates over it gets the names of its columns."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __iter__(self) -> Iterator[str]:
        return iter(["a"])

    def to_numpy(self) -> Any:
        """The numbers alone."""
        return self.array


@pytest.mark.parametrize("column", [GROUPS, GROUPS[:, None]])
def test_a_data_frame_is_its_numbers(column: Any) -> None:
    model = fitted(MLPClassifier, GROUPS)
    assert from_sklearn(model, Frame(POINTS), Frame(column)) == from_sklearn(model, POINTS, GROUPS)


@pytest.mark.parametrize("targets", [None, 5, [[0], [1], 1, 0], "abc", {"a": 1}])
def test_numbers_that_are_no_targets_are_refused(targets: Any) -> None:
    model = fitted(MLPRegressor, NUMBERS[:, 0])
    with pytest.raises(SpecError) as refused:
        from_sklearn(model, POINTS, targets)
    assert "\n" not in str(refused.value)


REFUSED: list[tuple[Any, Any, str]] = [
    (LogisticRegression, GROUPS, "LogisticRegression: this is not supported; expected MLPClassifier or MLPRegressor"),
    (object, GROUPS, "from_sklearn: object: this is not supported"),
    (MLPClassifier, GROUPS, "from_sklearn: MLPClassifier: expected a fitted one; call fit first"),
]


@pytest.mark.parametrize(("kind", "targets", "said"), REFUSED)
def test_what_is_no_fitted_network_is_named(kind: Any, targets: Any, said: str) -> None:
    with pytest.raises(SpecError) as refused:
        from_sklearn(kind(), POINTS, targets)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"solver": "lbfgs"},
            "solver='lbfgs' is not supported; expected 'sgd' or 'adam'; learning_rate=... takes plain gradient descent instead",
        ),
        ({"solver": "sgd", "learning_rate": "invscaling"}, "learning_rate='invscaling' is not supported"),
    ],
)
def test_a_solver_that_we_lack_is_named(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(UnsupportedError) as refused:
        from_sklearn(fitted(MLPClassifier, GROUPS, **settings), POINTS, GROUPS)
    assert said in str(refused.value)


def test_another_loss_is_named() -> None:
    model = fitted(MLPRegressor, NUMBERS[:, 0])
    model.loss = "poisson"
    with pytest.raises(UnsupportedError, match="loss='poisson' is not supported"):
        from_sklearn(model, POINTS, NUMBERS[:, 0])


@pytest.mark.parametrize(
    ("inputs", "targets", "said"),
    [
        (POINTS, [*GROUPS[:-1], 7], "targets[6]: expected one of the classes that it was fitted with, found 7"),
        (POINTS, None, "from_sklearn: targets: expected a list with a label for each sample, found None"),
        (POINTS, 5, "from_sklearn: targets: expected a list with a label for each sample, found 5"),
        (POINTS, [], "from_sklearn: targets: expected a list with a label for each sample, found []"),
        (POINTS, "abc", "targets: expected a list with a label for each sample, found 'abc'"),
        (POINTS, [[0], [1], 1, 0], "from_sklearn: targets: expected a label for each sample, or for each a list"),
        (POINTS, [[0], [1, 2]], "from_sklearn: targets: expected a label for each sample, or for each a list"),
        (POINTS[0], GROUPS, "inputs: expected a list with a vector for each sample"),
        (POINTS * math.nan, GROUPS, "inputs[0][0]: expected a number, found nan"),
        (POINTS, GROUPS[:3], "data.targets: expected 7 targets"),
        (POINTS[:, :1], GROUPS, "layers[0].weights[0]: expected 1 number"),
    ],
)
def test_samples_that_do_not_fit_are_refused(inputs: Any, targets: Any, said: str) -> None:
    with pytest.raises(SpecError) as refused:
        from_sklearn(fitted(MLPClassifier, GROUPS), inputs, targets)
    assert said in str(refused.value)
