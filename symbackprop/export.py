"""A derivation as data for programs: JSON with plain ids, ASCII formulas and certified decimal strings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from symbackprop.check.published import Verdict
from symbackprop.derivation.certify import Certificate
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import TOTAL_ERROR, error_of
from symbackprop.derivation.patterns import Pattern
from symbackprop.network import Given, Layer, Network
from symbackprop.typeset.formula import quantities
from symbackprop.typeset.plain import plain

SCHEMA = 1


def to_json(derivation: Derivation, verdicts: tuple[Verdict, ...], certificate: Certificate) -> str:
    """Everything that a walkthrough tells, as one JSON object; docs/json.md describes it."""
    data = {
        "schema": SCHEMA,
        "network": _network(derivation.network),
        "quantities": [asdict(derivation[id_]) for id_ in _ids(derivation)],
        "steps": list(_steps(derivation)),
        "published": [_verdict(verdict) for verdict in verdicts],
        "certificate": _certificate(certificate),
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _ids(derivation: Derivation) -> Iterator[str]:
    """All quantities of the first round, then errors and outputs after one round and after the last."""
    yield from derivation.steps
    outputs = derivation.graph.outputs
    later = (*(neuron.out for neuron in outputs), *(error_of(neuron) for neuron in outputs), TOTAL_ERROR)
    for rounds in sorted({1, derivation.network.training.rounds}):
        yield from (f"{id_}@{rounds}" for id_ in later)


def _steps(derivation: Derivation) -> Iterator[dict[str, Any]]:
    for step in derivation.steps.values():
        if step.pattern is None:
            continue
        formula = derivation.formula(step.id)
        yield {
            "id": step.id,
            "rule": step.rule,
            "uses": list(dict.fromkeys(quantities(formula))),
            "lines": list(_lines(derivation, step.id, derivation.patterns[step.pattern])),
        }


def _lines(derivation: Derivation, id_: str, pattern: Pattern) -> Iterator[dict[str, str]]:
    for line in pattern.working:
        yield {"formula": plain(derivation.fill(id_, line.formula)), "reason": line.reason.value}
    yield {"formula": plain(derivation.formula(id_)), "reason": "result"}
    for form, formula in pattern.also.items():
        yield {"formula": plain(derivation.fill(id_, formula)), "reason": form.value}


def _network(network: Network) -> dict[str, Any]:
    return {
        "title": network.title,
        "file": PurePath(network.origin).name,
        "inputs": _numbers(network.samples[0].inputs[0]),
        "targets": _numbers(network.samples[0].targets[0]),
        "layers": [_layer(layer) for layer in network.layers],
        "training": {
            "loss": network.training.loss.value,
            "learning_rate": network.training.learning_rate.typed,
            "update_biases": network.training.update_biases,
            "hidden_gradients": network.training.hidden_gradients.value,
            "rounds": network.training.rounds,
        },
    }


def _layer(layer: Layer) -> dict[str, Any]:
    biases = layer.biases
    return {
        "activation": layer.activation.value,
        "weights": [_numbers(row) for row in layer.weights],
        "biases": None if biases is None else biases.typed if isinstance(biases, Given) else _numbers(biases),
    }


def _numbers(numbers: tuple[Given, ...]) -> list[str]:
    return [number.typed for number in numbers]


def _verdict(verdict: Verdict) -> dict[str, str]:
    published = verdict.published
    return {
        "quantity": published.quantity,
        "printed": published.value.typed,
        "certified": verdict.certified,
        "cause": verdict.cause.value,
        "source": published.source,
    }


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "holds": certificate.holds,
        "points": certificate.points,
        "bits": certificate.bits,
        "proofs": [asdict(proof) for proof in certificate.proofs],
        "failures": [asdict(failure) for failure in certificate.failures],
        "mistaken": list(certificate.mistaken),
    }
