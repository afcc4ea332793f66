"""From scikit-learn: a fitted MLPClassifier or MLPRegressor and its data, as a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symbackprop.errors import SpecError, UnsupportedError
from symbackprop.frameworks.description import (
    PLAIN,
    Dense,
    Learning,
    Number,
    Part,
    Squash,
    described,
    one_hot,
    over_samples,
    stacked,
)
from symbackprop.frameworks.numbers import Nested, decimal, decimals, divided, rate_of, transposed
from symbackprop.frameworks.settings import (
    Bound,
    Understood,
    attributes_of,
    defaults_of,
    framework_class,
    one_of,
    require_no_code_of_its_own,
    require_understood,
    understands,
)
from symbackprop.functions import Activation, Loss
from symbackprop.layers_file import MOST_PARAMETERS, MOST_VALUES
from symbackprop.network import Network, Reduction, Rule
from symbackprop.wording import one_line, shortened

ORIGIN = "from_sklearn"
_CLASSIFIER, _REGRESSOR = "MLPClassifier", "MLPRegressor"
_ACTIVATIONS: Mapping[str, Activation] = {
    "identity": Activation.IDENTITY,
    "logistic": Activation.SIGMOID,
    "tanh": Activation.TANH,
    "relu": Activation.RELU,
    "softmax": Activation.SOFTMAX,
}
_VECTORS = 2
_REMEDY = "; learning_rate=... takes plain gradient descent instead"
# scikit-learn gives them to each derived class.
_REPLACED = frozenset({"set_fit_request", "set_partial_fit_request", "set_score_request"})
_LOSSES = {_CLASSIFIER: one_of("log_loss"), _REGRESSOR: one_of("squared_error")}


def from_sklearn(
    estimator: Any, inputs: Any, targets: Any, *, learning_rate: float | str | None = None, rounds: int = 1
) -> Network:
    """The network that a fitted MLPClassifier or MLPRegressor is, learning from all of `inputs` and `targets` at once.

    Its gradients are those with which scikit-learn trains: half the squared error, added up over the outputs, or
    cross-entropy; the mean over the samples; alpha divided by their number as the penalty on the weights. The rule is
    the solver's, from a fresh start; a `learning_rate` takes plain gradient descent instead of the solver. Adam is
    PyTorch's: scikit-learn adds epsilon before it corrects for the start at zero, so that its first steps are smaller
    by 3e-7 / |gradient| of themselves.

    Numbers become decimals as in `from_torch`. Raises UnsupportedError, whose text is one line, for what has no
    counterpart here.
    """
    class_ = _class_of(estimator)
    kind = class_.__name__
    require_no_code_of_its_own(f"{ORIGIN}: {kind}", estimator, class_, replaced=_REPLACED)
    if not hasattr(estimator, "coefs_"):
        raise SpecError(f"{ORIGIN}: {kind}", "expected a fitted one; call fit first")
    layers = stacked(_parts(estimator), ORIGIN)
    given = decimals(inputs, f"{ORIGIN}: inputs", most=MOST_VALUES)
    samples = len(given.values) if given.depth else 0
    if given.depth != _VECTORS or not samples:
        raise SpecError(f"{ORIGIN}: inputs", "expected a list with a vector for each sample")
    _require_known(estimator, kind, samples, has_solver=learning_rate is None)
    rule, rate = (PLAIN, rate_of(learning_rate)) if learning_rate is not None else _rule(estimator, kind)
    alpha = decimal(estimator.alpha, "float64", f"{ORIGIN}: alpha")
    return described(
        origin=ORIGIN,
        title="A network from scikit-learn",
        inputs=given.values,
        targets=_labels(estimator, targets) if kind == _CLASSIFIER else _vectors(targets),
        layers=layers,
        learning=Learning(
            loss=_loss(kind, layers[-1]["activation"]),
            reduction=over_samples(Reduction.MEAN),
            optimizer=rule,
            learning_rate=rate,
            logits=False,
            settings={"l2": divided(alpha, samples)},
        ),
        update_biases=True,
        rounds=rounds,
    )


def _class_of(estimator: Any) -> type:
    found = framework_class(estimator, lambda it: it.__module__.startswith("sklearn.neural_network."))
    if found is None or found.__name__ not in {_CLASSIFIER, _REGRESSOR}:
        name = one_line(type(estimator).__name__)
        raise UnsupportedError(f"{ORIGIN}: {name}", f"this is not supported; expected {_CLASSIFIER} or {_REGRESSOR}")
    return found


# How long it trained, from where, and what it said.
_UNTIL_NOW = (
    "hidden_layer_sizes max_iter shuffle random_state tol verbose warm_start validation_fraction n_iter_no_change "
    "max_fun power_t"
)


def _understood(samples: int, solver: str) -> Understood:
    """What a fitted network may have; without a solver, all that is the solver's."""
    match solver:
        case "sgd":
            reads, harmless = "learning_rate_init momentum nesterovs_momentum", "beta_1 beta_2 epsilon"
            bounds = {"learning_rate": one_of("constant")}
        case "adam":
            reads, harmless, bounds = "learning_rate_init beta_1 beta_2 epsilon", _OF_SGD, {}
        case _:
            unused = f"learning_rate_init beta_1 beta_2 epsilon batch_size early_stopping {_OF_SGD}"
            return understands(reads="loss solver activation alpha", harmless=f"{_UNTIL_NOW} {unused}")
    # Ours is one batch of all samples; scikit-learn takes as many as it has where it is asked for more.
    bounds["batch_size"] = Bound(
        expected=f"auto or at least {samples}", allows=lambda it: it == "auto" or it >= samples
    )
    return understands(reads=f"loss solver activation alpha {reads}", harmless=f"{_UNTIL_NOW} {harmless}", **bounds)


_OF_SGD = "learning_rate momentum nesterovs_momentum"


def _require_known(estimator: Any, kind: str, samples: int, *, has_solver: bool) -> None:
    """Raises UnsupportedError for a setting that we would read past."""
    where = f"{ORIGIN}: {kind}"
    defaults = defaults_of(type(estimator))
    found = attributes_of(estimator, defaults)
    require_understood(where, attributes_of(estimator, ["loss"]), {}, understands(loss=_LOSSES[kind]))
    if not has_solver:
        require_understood(where, found, defaults, _understood(samples, ""))
        return
    solver = estimator.solver
    require_understood(where, {"solver": solver}, {}, understands(solver=one_of("sgd", "adam")), remedy=_REMEDY)
    require_understood(where, found, defaults, _understood(samples, solver), remedy=_REMEDY)


def _loss(kind: str, last: str) -> Loss:
    if kind == _REGRESSOR:
        return Loss.HALF_SQUARED
    return Loss.CROSS_ENTROPY if last == Activation.SOFTMAX else Loss.BINARY_CROSS_ENTROPY


def _parts(estimator: Any) -> list[Part]:
    parts: list[Part] = []
    last = len(estimator.coefs_) - 1
    for number, (weights, biases) in enumerate(zip(estimator.coefs_, estimator.intercepts_, strict=True)):
        place = f"coefs_[{number}]"
        columns = decimals(weights, f"{ORIGIN}: {place}", most=MOST_PARAMETERS).values
        rows = transposed(columns)
        own = decimals(biases, f"{ORIGIN}: intercepts_[{number}]", most=MOST_PARAMETERS).values
        name = estimator.out_activation_ if number == last else estimator.activation
        if name not in _ACTIVATIONS:
            raise UnsupportedError(f"{ORIGIN}: {place}", f"the activation {name!r} is not supported")
        parts += [
            Dense(place=place, weights=rows, biases=own),
            Squash(place=place, activation=_ACTIVATIONS[name]),
        ]
    return parts


def _vectors(targets: Any) -> Nested:
    """A regressor's targets; a number for each sample stands for a vector of one."""
    wanted = decimals(targets, f"{ORIGIN}: targets", most=MOST_VALUES)
    return [[it] for it in wanted.values] if wanted.depth == 1 else wanted.values


def _labels(estimator: Any, targets: Any) -> Nested:
    """A classifier's targets: one 0 or 1 for two classes, a 1 for the class of several, or a 0 or 1 for each label."""
    where = f"{ORIGIN}: targets"
    labels = _listed(targets)
    if not isinstance(labels, list) or not labels:
        raise SpecError(where, f"expected a list with a label for each sample, found {_shown(targets)}")
    if len({len(it) if isinstance(it, list) else None for it in labels}) > 1:
        raise SpecError(where, "expected a label for each sample, or for each a list of as many; found unlike ones")
    if isinstance(labels[0], list):
        if estimator.out_activation_ == "softmax" or len(labels[0]) == 1:
            labels = [label[0] if len(label) == 1 else label for label in labels]
        else:
            return decimals(labels, where, most=MOST_VALUES).values
    classes = estimator.classes_.tolist()
    numbers = [_index(label, classes, f"{where}[{number}]") for number, label in enumerate(labels)]
    if estimator.out_activation_ == "softmax":
        return one_hot(numbers, len(classes), where)
    return [[number] for number in numbers]


def _listed(labels: Any) -> Any:
    """An array, a data frame or lists of them as plain lists; what is none of these, as it is."""
    if hasattr(labels, "to_numpy"):
        labels = labels.to_numpy()
    if hasattr(labels, "tolist"):
        return labels.tolist()
    is_list = isinstance(labels, Sequence) and not isinstance(labels, str | bytes)
    return [_listed(it) for it in labels] if is_list else labels


def _shown(value: Any) -> str:
    return shortened(one_line(repr(value)))


def _index(label: Any, classes: list[Any], where: str) -> int:
    if label not in classes:
        raise SpecError(where, f"expected one of the classes that it was fitted with, found {_shown(label)}")
    return classes.index(label)


def _rule(estimator: Any, kind: str) -> tuple[Mapping[str, Any], Number]:
    """The solver with its settings, and its learning rate."""
    where = f"{ORIGIN}: {kind}"

    def setting(name: str) -> Number:
        return decimal(getattr(estimator, name), "float64", f"{where}.{name}")

    rate = setting("learning_rate_init")
    if estimator.solver == "adam":
        settings = {"beta1": setting("beta_1"), "beta2": setting("beta_2"), "epsilon": setting("epsilon")}
        return {"kind": Rule.ADAM.value, **settings}, rate
    if not estimator.momentum:
        return PLAIN, rate
    rule = Rule.NESTEROV if estimator.nesterovs_momentum else Rule.MOMENTUM
    return {"kind": rule.value, "momentum": setting("momentum")}, rate
