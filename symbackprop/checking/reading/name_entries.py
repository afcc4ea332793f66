"""Templates turned round: from how a role is written to the ids that a name written so can mean.

Only templates are kept, with slots for their numbers, so that a network with a million weights costs no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.checking.reading.neurons import Neurons
from symbackprop.checking.reading.spelling import Run, skeletons_of, spelling_of
from symbackprop.records import record
from symbackprop.typeset.layout import Layout, Symbol
from symbackprop.typeset.roles import PLACEHOLDERS, Role
from symbackprop.typeset.template import Template

_INDEX, _LAYER, _TO, _FROM, _NUMBER, _SAMPLE = "\ue000", "\ue001", "\ue002", "\ue003", "\ue004", "\ue005"
_TO_LAYER, _FROM_LAYER = "\ue006", "\ue007"

_FIXED: Mapping[Role, str] = {
    Role.DATA_ERROR: "E_data",
    Role.L1_PENALTY: "E_l1",
    Role.L2_PENALTY: "E_l2",
    Role.TOTAL_ERROR: "E_total",
    Role.LEARNING_RATE: "eta",
    Role.L1: "lambda1",
    Role.L2: "lambda2",
    Role.MOMENTUM: "mu",
    Role.SMOOTHING: "rho",
    Role.BETA1: "beta1",
    Role.BETA2: "beta2",
    Role.BETA1_BEFORE: "beta1_t",
    Role.BETA2_BEFORE: "beta2_t",
    Role.BETA1_POWER: "beta1_t+",
    Role.BETA2_POWER: "beta2_t+",
    Role.EPSILON: "epsilon",
    Role.DECAY: "lambda",
    Role.THRESHOLD: "kappa",
}
_OF_UNITS: Mapping[Role, str] = {
    Role.TARGET: "target",
    Role.BIAS: "b",
    Role.NET: "net",
    Role.OUT: "out",
    Role.OUTPUT: "out",
    Role.ERROR: "E",
    Role.DELTA: "delta",
    Role.HIDDEN_NEURON: "out",
    Role.OUTPUT_NEURON: "out",
}
_OF_OUTPUTS = {Role.TARGET, Role.OUTPUT, Role.ERROR, Role.OUTPUT_NEURON}
_OF_HIDDEN = {Role.OUT, Role.HIDDEN_NEURON}
STATES: Mapping[Role, str] = {
    Role.FIRST_MOMENT: "m",
    Role.SECOND_MOMENT: "v",
    Role.CORRECTED_FIRST_MOMENT: "mhat",
    Role.CORRECTED_SECOND_MOMENT: "vhat",
}
_OTHERS = {Role.INPUT, Role.WEIGHT, Role.RECURRENT_WEIGHT, Role.SHARED_BIAS, Role.SAMPLE_ERROR, Role.BEND}
NAMED = (*_OF_UNITS, *_OTHERS, *_FIXED)
"""The roles of quantities whose names have no other name in them."""


@record(kw_only=True)
class Entry:
    """One way to write a role. `labels` are the letters of neurons in it, which tell layers: o, h, or both ends'."""

    role: Role
    runs: tuple[Run, ...]
    labels: str = ""


def entries_of(role: Role, template: Template, neurons: Neurons) -> Iterator[tuple[str, Entry]]:
    """Every skeleton that a template can come to in this network."""
    for labels, fillings in _fillings(role, template.placeholders, neurons):
        for skeleton, runs in skeletons_of(spelling_of(template.fill(fillings))):
            yield skeleton, Entry(role=role, runs=runs, labels=labels)


def _fillings(role: Role, wanted: frozenset[str], neurons: Neurons) -> Iterator[tuple[str, Mapping[str, Layout]]]:
    plain: dict[str, Layout] = {
        "index": Symbol(_INDEX),
        "place": Symbol(_INDEX),
        "layer": Symbol(_LAYER),
        "to": Symbol(_TO),
        "from": Symbol(_FROM),
        "number": Symbol(_NUMBER),
        "sample": Symbol(_SAMPLE),
    }
    deep = neurons.last > _LAYERS_WITH_ONE_HIDDEN
    hidden = f"{_LAYER}{_INDEX}" if deep else _INDEX
    if wanted & {"to_neuron", "from_neuron"}:
        upper = _label("h", _TO_LAYER if deep else "", _TO)
        lower = _label("h", _FROM_LAYER if deep else "", _FROM)
        for labels, to, source in (
            ("oh", _label("o", "", _TO), lower),
            ("hi", upper, _label("i", "", _FROM)),
            ("hh", upper, lower),
            ("oi", _label("o", "", _TO), _label("i", "", _FROM)),
            ("oo", _label("o", "", _TO), _label("o", "", _FROM)),
        ):
            yield labels, plain | {"to_neuron": to, "from_neuron": source}
    elif "neuron" in wanted:
        for letter, place in (("o", _INDEX), ("h", hidden)):
            if not (letter == "h" and role in _OF_OUTPUTS):
                yield letter, plain | {"neuron": Symbol(f"{letter}{place}")}
    elif "place" in wanted and deep:
        yield "h", plain | {"place": Symbol(hidden)}
    else:
        yield "", plain


def _label(letter: str, layer: str, index: str) -> Layout:
    return Symbol(f"{letter}{layer}{index}")


_LAYERS_WITH_ONE_HIDDEN = 2


def ids_of(entry: Entry, slots: Mapping[str, int], neurons: Neurons) -> Iterator[str]:
    """The ids that an entry comes to with these numbers; they may still lack the mark of a sample or a step."""
    role = entry.role
    if role in _FIXED:
        yield _FIXED[role]
    elif role in _OF_UNITS:
        yield from _of_units(entry, slots, neurons)
    elif role is Role.INPUT:
        yield f"i{slots[_INDEX]}"
    elif role in (Role.WEIGHT, Role.RECURRENT_WEIGHT):
        yield from _weights(entry, slots, neurons)
    elif role is Role.SHARED_BIAS:
        yield f"b{slots[_LAYER]}"
    elif role is Role.BEND:
        yield from (f"alpha{layer}" for layer in neurons.layers_of(slots.get(_LAYER)))
    elif role is Role.SAMPLE_ERROR:
        yield f"E[{slots[_SAMPLE]}]" if _SAMPLE in slots else "E"


def _of_units(entry: Entry, slots: Mapping[str, int], neurons: Neurons) -> Iterator[str]:
    what, index, layer = _OF_UNITS[entry.role], slots.get(_INDEX), slots.get(_LAYER)
    if index is None:
        return
    if entry.labels == "o" or (entry.role in _OF_OUTPUTS and layer is None):
        layer = neurons.last
    elif entry.labels == "h" and layer is None:
        layer = 1
    for depth in neurons.layers_of(layer):
        last = depth == neurons.last
        if (entry.role in _OF_OUTPUTS and not last) or ((entry.role in _OF_HIDDEN or entry.labels == "h") and last):
            continue
        label = neurons.label(depth, index) if depth else None
        if label:
            yield f"{what}_{label}"
    if entry.role is Role.BIAS and layer is None and (label := neurons.numbered(index)):
        yield f"{what}_{label}"


def _weights(entry: Entry, slots: Mapping[str, int], neurons: Neurons) -> Iterator[str]:
    if _NUMBER in slots:
        yield f"w{slots[_NUMBER]}"
        return
    recurrent = entry.role is Role.RECURRENT_WEIGHT
    upper, lower = entry.labels[:1], entry.labels[1:]
    for layer in neurons.layers_of(slots.get(_LAYER)):
        last = layer == neurons.last
        below = layer if recurrent else layer - 1
        fits = not upper or (
            upper == ("o" if last else "h")
            and lower == ("i" if below == 0 else "o" if below == neurons.last else "h")
            and slots.get(_TO_LAYER, layer) == layer
            and slots.get(_FROM_LAYER, below) == below
        )
        if fits:
            id_ = neurons.weight(layer, slots[_TO], slots[_FROM], recurrent=recurrent)
            if id_:
                yield id_


def state_affixes(template: Template) -> tuple[str, str]:
    """What stands before and after the parameter in the name of what an optimizer keeps of it."""
    before, _, after = spelling_of(template.fill({"parameter": Symbol(_NUMBER)})).partition(_NUMBER)
    return before, after


assert set(PLACEHOLDERS) >= set(NAMED) | set(STATES)
