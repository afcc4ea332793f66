"""A derivation as data for programs: JSON with plain ids, ASCII formulas and certified decimal strings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import PurePath
from typing import Any

from symbackprop.checking.published import JudgedFigure
from symbackprop.derivation.certify import Certificate
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import TOTAL_ERROR, error_of
from symbackprop.derivation.pattern import Pattern
from symbackprop.network import Given, Layer, Network, Optimizer, Rows, Training
from symbackprop.typeset.formula import quantities
from symbackprop.typeset.plain import plain
from symbackprop.wording import one_line

SCHEMA = 1


def to_json(derivation: Derivation, figures: tuple[JudgedFigure, ...], certificate: Certificate) -> Iterator[str]:
    """Everything that a walkthrough tells, as one JSON object, piece by piece; docs/json.md describes it."""
    yield f'{{\n "schema": {SCHEMA},\n "network": {_indented(_network(derivation.network), 1)}'
    yield from _list("quantities", (asdict(derivation[id_]) for id_ in _ids(derivation)))
    yield from _list("steps", _steps(derivation))
    yield from _list("published", map(_published, figures))
    yield ',\n "certificate": {'
    yield ",".join(f'\n  "{key}": {_indented(value, 2)}' for key, value in _outcome(certificate).items())
    yield from _list("proofs", map(asdict, certificate.proofs), depth=2)
    yield "\n }\n}\n"


def _list(key: str, items: Iterable[Any], *, depth: int = 1) -> Iterator[str]:
    """A member that is a list, item by item: a large network has a hundred thousand."""
    room = " " * depth
    yield f',\n{room}"{key}": ['
    before = "\n"
    for item in items:
        yield f"{before}{room} {_indented(item, depth + 1)}"
        before = ",\n"
    yield f"\n{room}]" if before == ",\n" else "]"


def _indented(value: Any, depth: int) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", "\n" + " " * depth)


def _ids(derivation: Derivation) -> Iterator[str]:
    """All quantities of the first round, then errors and outputs after one round and after the last."""
    yield from derivation.steps
    judged = derivation.graph.judged
    later = (*(neuron.out for neuron in judged), *(error_of(neuron) for neuron in judged), TOTAL_ERROR)
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
            "lines": list(_lines(derivation, step.id, derivation.pattern(step.id))),
        }


def _lines(derivation: Derivation, id_: str, pattern: Pattern) -> Iterator[dict[str, str]]:
    for line in pattern.working:
        yield {"formula": plain(derivation.fill(id_, line.formula)), "reason": line.reason.value}
    yield {"formula": plain(derivation.formula(id_)), "reason": "result"}
    for line in pattern.shortcut[:-1]:
        yield {"formula": plain(derivation.fill(id_, line.formula)), "reason": line.reason.value}
    for form, formula in derivation.forms(id_).items():
        yield {"formula": plain(formula), "reason": form.value}


def _network(network: Network) -> dict[str, Any]:
    return {
        "title": network.title,
        "file": one_line(PurePath(network.origin).name),
        "inputs": _samples(network, [sample.inputs for sample in network.samples]),
        "targets": _samples(network, [sample.targets for sample in network.samples]),
        "layers": [_layer(layer) for layer in network.layers],
        "training": _training(network.training),
    }


def _samples(network: Network, samples: list[Rows]) -> Any:
    """Nested as in a network file: a vector, a list of them for a batch or a sequence, or a batch of sequences."""
    vectors = [[_numbers(vector) for vector in sample] for sample in samples]
    recurrent = any(layer.recurrent_weights is not None for layer in network.layers)
    nested = vectors if recurrent else [sample[0] for sample in vectors]
    return nested if len(samples) > 1 else nested[0]


def _layer(layer: Layer) -> dict[str, Any]:
    biases = layer.biases
    described: dict[str, Any] = {
        "activation": layer.activation.value,
        "weights": [_numbers(row) for row in layer.weights],
        "biases": None if biases is None else biases.typed if isinstance(biases, Given) else _numbers(biases),
    }
    if layer.bend is not None:
        described["alpha"] = layer.bend.typed
    if layer.recurrent_weights is not None:
        described["recurrent_weights"] = [_numbers(row) for row in layer.recurrent_weights]
        described["initial_state"] = _numbers(layer.initial_state or ())
    return described


def _training(training: Training) -> dict[str, Any]:
    settings = {"threshold": training.threshold, "l1": training.l1, "l2": training.l2}
    return {
        "loss": training.loss.value,
        **{key: number.typed for key, number in settings.items() if number is not None},
        "reduction": {key: value.value for key, value in asdict(training.reductions).items()},
        "optimizer": _optimizer(training.optimizer),
        "learning_rate": training.learning_rate.typed,
        "update_biases": training.update_biases,
        "hidden_gradients": training.hidden_gradients.value,
        "rounds": training.rounds,
    }


def _optimizer(optimizer: Optimizer) -> dict[str, str]:
    settings = {key.name: getattr(optimizer, key.name) for key in fields(optimizer)}
    return {"kind": settings.pop("rule").value} | {
        key: number.typed for key, number in settings.items() if number is not None
    }


def _numbers(numbers: tuple[Given, ...]) -> list[str]:
    return [number.typed for number in numbers]


def _published(figure: JudgedFigure) -> dict[str, str | None]:
    published = figure.published
    cause = figure.rounding if figure.cause is None else figure.cause.mistake
    return {
        "quantity": published.quantity,
        "printed": published.value.typed,
        "certified": figure.certified,
        "verdict": figure.verdict.value,
        "cause": None if cause is None else cause.value,
        "source": published.source,
    }


def _outcome(certificate: Certificate) -> dict[str, Any]:
    return {
        "holds": certificate.holds,
        "points": certificate.points,
        "bits": certificate.bits,
        "failures": [asdict(failure) for failure in certificate.failures],
        "mistaken": list(certificate.mistaken),
    }
