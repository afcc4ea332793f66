"""The biases of a layer: their gradients where they learn, a word on them where they don't."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import Neuron
from symbackprop.derivation.steps import by
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.pages.document import Block, Paragraph
from symbackprop.pages.narrate.equations import equations, valued, worked
from symbackprop.pages.narrate.factors import gradient_with_delta, tell_chain, tell_update
from symbackprop.pages.narrate.scope import activation_of, updates_in_place
from symbackprop.pages.narrate.teller import Teller


def tell_biases(teller: Teller, layer: tuple[Neuron, ...]) -> Iterator[Block]:
    """Every bias of the layer: its paths, its gradient, its update. Frozen ones are only mentioned."""
    biases = tuple(dict.fromkeys(neuron.bias for neuron in layer if neuron.bias is not None))
    if not biases:
        return
    if not teller.derivation.network.training.update_biases:
        listed = teller.list_of(tuple(teller.name(bias) for bias in biases))
        yield teller.paragraph("bias.frozen.one" if len(biases) == 1 else "bias.frozen.many", biases=listed)
        return
    if teller.detail is Detail.FULL:
        for bias in biases:
            yield from _tell_bias(teller, bias)


def _tell_bias(teller: Teller, bias: str) -> Iterator[Block]:
    gradient = by(teller.error, bias)
    fed = teller.graph.shared_biases[bias]
    yield teller.heading(2, "weight.heading", weight=teller.name(bias), total=teller.name(teller.error))
    yield _path(teller, bias, fed)
    yield from tell_chain(teller, bias)
    for neuron in fed:
        yield equations(worked(teller, by(neuron.net, bias)))
    yield teller.paragraph("bias.product", bias=teller.name(bias))
    yield equations(valued(teller, gradient, left=teller.name(gradient)))
    yield equations(gradient_with_delta(teller, gradient))
    if updates_in_place(teller.graph.shape):
        yield teller.paragraph("update.again")
        yield from tell_update(teller, bias)


def _path(teller: Teller, bias: str, fed: tuple[Neuron, ...]) -> Paragraph:
    neurons = teller.list_of(tuple(teller.neuron_name(neuron) for neuron in fed))
    names = {"bias": teller.name(bias), "neurons": neurons}
    one = len(fed) == 1
    if activation_of(teller.graph, fed[0]) is Activation.SOFTMAX:
        return teller.paragraph("bias.softmax.one" if one else "bias.softmax.many", **names)
    return teller.paragraph("bias.path.one" if one else "bias.path.many", **names)
