"""Remarks where a function has a corner at exactly the value that it meets: which derivative was taken there."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import Neuron, error_of, target_of
from symbackprop.derivation.steps import by
from symbackprop.functions import ACTIVATIONS, LOSSES, Activation, Loss
from symbackprop.pages.document import Block
from symbackprop.pages.narrate.scope import activation_of, depth_of
from symbackprop.pages.narrate.teller import Teller


def tell_corner(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """A remark where a net input is exactly 0 and the activation has a corner there."""
    graph = teller.graph
    activation = activation_of(graph, neuron)
    bend = teller.derivation.network.layers[depth_of(graph, neuron)].bend
    smooth = activation is Activation.ELU and bend is not None and bend.exact == 1
    if _corner(activation) and not smooth and teller.derivation.values.exact(neuron.net) == 0:
        slope = teller.value(by(neuron.out, neuron.net))
        yield teller.note("kink.net", net=teller.name(neuron.net), slope=slope)


def tell_exact_hit(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """A remark where an output is exactly its target and the loss has a corner there."""
    loss = teller.graph.shape.loss
    if loss is Loss.ABSOLUTE and LOSSES[loss].kink is not None:
        values = teller.derivation.values
        out = values.exact(neuron.out)
        if out is not None and out == values.exact(target_of(neuron)):
            names = {"out": teller.name(neuron.out), "error": teller.name(error_of(neuron))}
            yield teller.note("kink.out", **names)


def _corner(activation: Activation) -> bool:
    return activation is not Activation.SOFTMAX and ACTIVATIONS[activation].kink is not None
