"""The numbers that a network gives: each under its id, as it was typed."""

from __future__ import annotations

from hypothesis import given

from symbackprop.derivation.derive import derive
from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Rule
from tests.networks import build, default_network, layer, optimizer, sample
from tests.random_networks import any_networks
from tests.reference import given_numbers


@given(any_networks())
def test_given_numbers_are_the_networks_own(network: Network) -> None:
    derivation = derive(network)
    without_pattern = {step.id for step in derivation.steps.values() if step.pattern is None}
    assert set(derivation.given) == without_pattern
    assert derivation.given == given_numbers(network)


def test_numbers_keep_their_typed_digits() -> None:
    typed = derive(default_network()).typed
    assert {id_: typed[id_].typed for id_ in ("i2", "w2", "b1", "eta", "target_o1")} == {
        "i2": "0.10",
        "w2": "0.20",
        "b1": "0.35",
        "eta": "0.5",
        "target_o1": "0.01",
    }


def test_settings_have_ids_only_where_they_matter() -> None:
    network = build(
        layer([["1"]], activation=Activation.ELU, bend="0.75"),
        layer([["2"]], activation=Activation.TANH, recurrent=[["3"]], state=["-0.5"]),
        samples=[sample([["1"], ["2"]], [["0"]]), sample([["3"], ["4"]], [["5"]])],
        loss=Loss.HUBER,
        threshold="1.5",
        l1="0.01",
        rule=optimizer(Rule.RMSPROP),
    )
    given_ = derive(network).typed
    settings = {id_: it.typed for id_, it in given_.items() if id_[0] not in "itwv"}
    assert settings == {
        "eta": "0.5",
        "kappa": "1.5",
        "lambda1": "0.01",
        "alpha1": "0.75",
        "rho": "0.99",
        "epsilon": "1e-8",
        "out_o1[1,0]": "-0.5",
        "out_o1[2,0]": "-0.5",
    }
    assert {id_: it.typed for id_, it in given_.items() if id_.startswith("v_")} == {
        "v_w1": "0",
        "v_w2": "0",
        "v_w3": "0",
    }
