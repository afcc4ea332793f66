"""What kind of network a walkthrough is about, as far as its words depend on it."""

from __future__ import annotations

from enum import StrEnum

from symbackprop.derivation.graph import Graph, Neuron
from symbackprop.derivation.shape import Shape
from symbackprop.functions import Activation, Loss
from symbackprop.network import Rule


class Scope(StrEnum):
    """Of which error the deltas are derivatives: of the whole, of the whole but a penalty, or of one sample's."""

    TOTAL = "total"
    DATA = "data"
    SAMPLE = "sample"


def scope_of(shape: Shape) -> Scope:
    """What the backward pass differentiates."""
    if shape.samples > 1:
        return Scope.SAMPLE
    return Scope.DATA if shape.penalized else Scope.TOTAL


def updates_in_place(shape: Shape) -> bool:
    """Whether a weight's update can be told as soon as its gradient is known: no other sample, no state, no penalty."""
    return scope_of(shape) is Scope.TOTAL and shape.steps == 1 and shape.rule is Rule.SGD


def depth_of(graph: Graph, neuron: Neuron) -> int:
    """The layer that a neuron is in, counted from 0."""
    return next(depth for depth, layer in enumerate(graph.layers) if any(it.name == neuron.name for it in layer))


def activation_of(graph: Graph, neuron: Neuron) -> Activation:
    """The activation of a neuron's layer."""
    return graph.shape.layers[depth_of(graph, neuron)].activation


def squashes(activation: Activation) -> bool:
    """Whether an activation presses every net input into a bounded range."""
    return activation in (Activation.SIGMOID, Activation.TANH, Activation.SOFTMAX)


def can_vanish(shape: Shape) -> bool:
    """Whether the total error can reach 0: a penalty keeps it above, and so does the entropy of soft targets."""
    return not shape.penalized and shape.loss not in (Loss.BINARY_CROSS_ENTROPY, Loss.CROSS_ENTROPY)
