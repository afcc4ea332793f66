"""Networks with more weights than anybody reads one by one: one neuron of each layer worked out, the rest in tables."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import LEARNING_RATE, TOTAL_ERROR, target_of
from symbackprop.formats import Detail, View
from symbackprop.pages.document import Block
from symbackprop.pages.narrate.activations import tell_activation_derivatives
from symbackprop.pages.narrate.equations import equations, line
from symbackprop.pages.narrate.large_backward import tell_layer_back
from symbackprop.pages.narrate.large_forward import Column, table_of, tell_errors, tell_layer_forward
from symbackprop.pages.narrate.opening import structure_of
from symbackprop.pages.narrate.teller import Teller, relation
from symbackprop.sizes import MOST_TOLD


def is_large(teller: Teller) -> bool:
    """Whether the network's weights are too many to be told one by one."""
    return teller.graph.shape.weights > MOST_TOLD


def tell_large(teller: Teller) -> Iterator[Block]:
    """The forward pass, the errors, and the backward pass with every update."""
    yield teller.heading(1, "forward.heading")
    yield teller.paragraph("large.forward")
    for depth in range(len(teller.graph.layers)):
        yield from tell_layer_forward(teller, depth)
    yield from tell_errors(teller)
    yield teller.heading(1, "large.backward.heading")
    yield teller.paragraph("large.backward.intro" if teller.detail is Detail.FULL else "large.backward.intro_brief")
    yield from tell_activation_derivatives(teller)
    for depth in reversed(range(len(teller.graph.layers))):
        yield from tell_layer_back(teller, depth)


def tell_large_network(teller: Teller) -> Iterator[Block]:
    """How large the network is, and what it is to learn."""
    graph = teller.graph
    yield teller.heading(1, "network.heading")
    yield teller.paragraph("network.structure", structure=structure_of(teller))
    parameters = teller.counted(sum(1 for _ in graph.parameters()))
    key = "large.network_in_matrices" if teller.view is View.MATRIX else "large.network"
    yield teller.paragraph(key, parameters=parameters, rate=teller.equality(LEARNING_RATE))
    targets = [neuron for neuron in graph.judged if neuron.instant == graph.judged[0].instant]
    yield teller.paragraph("large.targets")
    yield table_of(teller, (Column.NEURON, Column.TARGET), tuple((neuron, (target_of(neuron),)) for neuron in targets))


def tell_large_round(teller: Teller) -> Iterator[Block]:
    """The error before and after."""
    after = teller.derivation.after(1)
    yield teller.heading(1, "round.heading")
    yield teller.paragraph("large.round")
    before, later = teller.shown(TOTAL_ERROR), teller.shown(TOTAL_ERROR, after)
    yield equations(
        line(teller.name(TOTAL_ERROR), (relation(before), teller.figured(TOTAL_ERROR, before))),
        line(teller.name(f"{TOTAL_ERROR}@1"), (relation(later), teller.number(later.digits))),
    )
