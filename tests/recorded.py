"""What PyTorch made of some networks, read from tests/fixtures/optimizers.json, which says how it was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symbackprop.functions import Activation, Loss
from symbackprop.network import Network, Reduction, Reductions, Rule
from tests.networks import build, layer, optimizer, sample
from tests.reference import bias_names, weight_names

FILE = Path(__file__).parent / "fixtures" / "optimizers.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A network, its total error before each round, and its parameters by id after each round."""

    name: str
    network: Network
    totals: tuple[float, ...]
    after: tuple[Mapping[str, float], ...]


def recorded() -> Iterator[Recorded]:
    """Every case of the file."""
    for case in json.loads(FILE.read_text(encoding="utf-8"))["cases"]:
        network = _network(case)
        after = tuple(dict(_by_name(network, layers)) for layers in case["after"])
        yield Recorded(name=case["name"], network=network, totals=tuple(case["totals"]), after=after)


def _network(case: Mapping[str, Any]) -> Network:
    settings = dict(case["optimizer"])
    rule = Rule(settings.pop("rule"))
    layers = (
        layer(
            it["weights"],
            it["biases"],
            activation=Activation(it["activation"]),
            bend=it.get("bend"),
            recurrent=it.get("recurrent_weights"),
            state=it.get("initial_state"),
        )
        for it in case["layers"]
    )
    return build(
        *layers,
        samples=[sample(it["inputs"], it["targets"]) for it in case["samples"]],
        loss=Loss(case["loss"]),
        threshold=case["threshold"],
        reductions=Reductions(**{name: Reduction(it) for name, it in case["reductions"].items()}),
        l1=case["l1"],
        l2=case["l2"],
        rule=optimizer(rule, **settings),
        learning_rate=case["learning_rate"],
        update_biases=True,
    )


def _by_name(network: Network, layers: list[Any]) -> Iterator[tuple[str, float]]:
    for numbers, weights, biases in zip(layers, weight_names(network), bias_names(network), strict=True):
        recurrent = numbers.get("recurrent_weights") or [[]] * len(weights)
        for names, below, before in zip(weights, numbers["weights"], recurrent, strict=True):
            yield from zip(names, [*below, *before], strict=True)
        yield from ((str(name), bias) for name, bias in zip(biases, numbers["biases"], strict=True))
