"""The names of vectors and matrices in a notation: one for all of a layer's neurons, capitals for several samples."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from symbackprop.typeset.layout import Layout, Number, Symbol
from symbackprop.typeset.notation import Namer
from symbackprop.typeset.roles import Role

_LAYERS_WITH_ONE_HIDDEN = 2


class OfNeurons(Enum):
    """What a layer's neurons have one each of: the role of the vector, and that of the matrix for several samples."""

    INPUT = (Role.INPUT_VECTOR, Role.INPUT_MATRIX)
    NET = (Role.NET_VECTOR, Role.NET_MATRIX)
    OUT = (Role.OUT_VECTOR, Role.OUT_MATRIX)
    OUTPUT = (Role.OUTPUT_VECTOR, Role.OUTPUT_MATRIX)
    TARGET = (Role.TARGET_VECTOR, Role.TARGET_MATRIX)
    ERROR = (Role.ERROR_VECTOR, Role.ERROR_MATRIX)
    DELTA = (Role.DELTA_VECTOR, Role.DELTA_MATRIX)


def name_of_layer(namer: Namer, role: Role, layer: int) -> Layout:
    """The name of a layer's matrix. Layers count from 1; the inputs are layer 0."""
    return namer.fill(role, layer=Number(f"{layer}"), neurons=Symbol(_letter(namer, layer)))


def name_of_neurons(namer: Namer, what: OfNeurons, layer: int, *, several: bool) -> Layout:
    """The name of a vector, or of the matrix in which those of several samples stand side by side."""
    vector, matrix = what.value
    return name_of_layer(namer, matrix if several else vector, layer)


def name_of_state(namer: Namer, role: Role, parameter: Layout) -> Layout:
    """The name of what an optimizer keeps of a matrix."""
    return namer.fill(role, parameter=parameter)


def matrix_names(namer: Namer) -> Iterator[tuple[Role, int, Layout]]:
    """Every name of a matrix in a network of some shape, with its role and its layer."""
    several = namer.shape.samples > 1
    last = len(namer.shape.recurrent)
    for what in OfNeurons:
        role = what.value[several]
        for layer in _layers(what, last):
            yield role, layer, name_of_layer(namer, role, layer)
    for layer, recurrent in enumerate(namer.shape.recurrent, start=1):
        own = (Role.RECURRENT_WEIGHT_MATRIX,) if recurrent else ()
        for role in (Role.WEIGHT_MATRIX, *own, Role.BIAS_VECTOR, Role.JACOBIAN):
            yield role, layer, name_of_layer(namer, role, layer)
        weights = name_of_layer(namer, Role.WEIGHT_MATRIX, layer)
        for role in _STATES:
            yield role, layer, name_of_state(namer, role, weights)
    yield Role.ONES, 0, namer.fill(Role.ONES)


_STATES = (
    Role.FIRST_MOMENT_MATRIX,
    Role.SECOND_MOMENT_MATRIX,
    Role.CORRECTED_FIRST_MOMENT_MATRIX,
    Role.CORRECTED_SECOND_MOMENT_MATRIX,
)


def _layers(what: OfNeurons, last: int) -> range:
    match what:
        case OfNeurons.INPUT:
            return range(1)
        case OfNeurons.NET | OfNeurons.DELTA:
            return range(1, last + 1)
        case OfNeurons.OUT:
            return range(1, last)
        case _:
            return range(last, last + 1)


def _letter(namer: Namer, layer: int) -> str:
    """The letter of a layer's neurons: o, h, or h2 among several hidden layers."""
    last = len(namer.shape.recurrent)
    if layer in (0, last):
        return "o" if layer else "i"
    return "h" if last == _LAYERS_WITH_ONE_HIDDEN else f"h{layer}"
