"""Networks on which the tests make mistakes, one of each kind that a mistake needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from symbackprop.checking.mistakes.explain import Explainer
from symbackprop.checking.truth import Truth
from symbackprop.functions import Activation, Loss
from symbackprop.network import HiddenGradients, Network, Reduction, Reductions
from tests.checking.sheets_of_claims import truth_of
from tests.networks import build, default_network, layer, sample, trained_otherwise


def _tanh() -> Network:
    hidden = [["0.1", "-0.2", "0.3"], ["0.4", "0.15", "-0.25"], ["-0.35", "0.22", "0.17"], ["0.05", "0.33", "-0.12"]]
    return build(
        layer(hidden, ["0.1", "0.2", "-0.1", "0.05"], activation=Activation.TANH),
        layer(
            [["0.3", "-0.4", "0.25", "0.6"], ["-0.15", "0.45", "0.2", "-0.3"]],
            ["0.15", "-0.05"],
            activation=Activation.TANH,
        ),
        inputs=["0.5", "-0.3", "0.8"],
        targets=["0.7", "-0.2"],
        learning_rate="0.3",
        update_biases=True,
    )


def _softmax() -> Network:
    return build(
        layer([["0.15", "-0.2"], ["0.4", "0.3"], ["-0.35", "0.25"]], "0.35"),
        layer(
            [["0.4", "0.45", "-0.1"], ["0.5", "-0.55", "0.2"], ["-0.3", "0.12", "0.6"]],
            "0.1",
            activation=Activation.SOFTMAX,
        ),
        inputs=["0.7", "0.2"],
        targets=["0", "1", "0"],
        loss=Loss.CROSS_ENTROPY,
        update_biases=True,
    )


def _sigmoid_cross_entropy() -> Network:
    return build(
        layer([["0.15", "-0.2"], ["0.4", "0.3"], ["-0.35", "0.25"]], ["0.35", "0.1", "0.2"]),
        layer([["0.4", "0.45", "-0.1"], ["0.5", "-0.55", "0.2"]], ["0.1", "0.3"]),
        inputs=["0.7", "0.2"],
        targets=["0", "1"],
        loss=Loss.BINARY_CROSS_ENTROPY,
        update_biases=True,
    )


def _recurrent() -> Network:
    return build(
        layer(
            [["0.3", "-0.2"], ["0.25", "0.4"]],
            ["0.1", "-0.1"],
            activation=Activation.TANH,
            recurrent=[["0.2", "-0.3"], ["0.15", "0.35"]],
            state=["0", "0"],
        ),
        layer([["0.5", "-0.6"]], ["0.2"]),
        samples=[sample([["0.5", "0.1"], ["-0.3", "0.7"], ["0.2", "-0.4"]], [["0.6"]])],
        update_biases=True,
    )


def _batch(reduction: Reduction) -> Network:
    network = default_network()
    training = replace(network.training, update_biases=True, reductions=Reductions(batch=reduction))
    samples = (sample(["0.05", "0.1"], ["0.01", "0.99"]), sample(["0.4", "-0.3"], ["0.8", "0.2"]))
    return replace(network, samples=samples, training=training)


def _mean_of_outputs() -> Network:
    network = default_network()
    return replace(network, training=replace(network.training, reductions=Reductions(outputs=Reduction.MEAN)))


@cache
def networks() -> Mapping[str, Network]:
    """The networks by short names."""
    return {
        "default": default_network(),
        "tanh": _tanh(),
        "softmax": _softmax(),
        "sigmoid": _sigmoid_cross_entropy(),
        "recurrent": _recurrent(),
        "batch": _batch(Reduction.SUM),
        "batch mean": _batch(Reduction.MEAN),
        "mean": _mean_of_outputs(),
        "updated": trained_otherwise(default_network(), hidden_gradients=HiddenGradients.UPDATED),
    }


@cache
def truth(name: str) -> Truth:
    """What is true of one of them."""
    return truth_of(networks()[name])


@cache
def explainer(name: str) -> Explainer:
    """Who explains the figures of one of them."""
    return Explainer(truth(name))
