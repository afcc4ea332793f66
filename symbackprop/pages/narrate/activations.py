"""What the neurons' activations are, and their derivatives, each worked out once for all neurons."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import Neuron, bend_of
from symbackprop.functions import ACTIVATIONS, Activation
from symbackprop.pages.document import Block
from symbackprop.pages.narrate.equations import equations, line, reason
from symbackprop.pages.narrate.scope import depth_of
from symbackprop.pages.narrate.softmax import tell_jacobian_derivation
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.layout import Number, Operator, Symbol


def tell_activation(teller: Teller, neuron: Neuron, activation: Activation, told: tuple[Activation, ...]) -> Block:
    """What an activation does: in full where it is the first or a new one, in a few words where it was told."""
    names = {
        "neuron": teller.neuron_name(neuron),
        "net": teller.name(neuron.net),
        "out": teller.name(neuron.out),
        "e": Symbol("e"),
        "alpha": teller.name(bend_of(depth_of(teller.graph, neuron))),
        "sigma": Symbol("sigma"),
        "cdf": Symbol("Phi"),
    }
    if activation in told:
        return teller.paragraph(f"activation.{activation.value}.again", **names)
    if told:
        return teller.paragraph(f"activation.{activation.value}.another", **names)
    return teller.paragraph(f"activation.{activation.value}.first", **names)


def tell_activation_derivatives(teller: Teller) -> Iterator[Block]:
    """The derivative of every activation of the network, in the order of the layers."""
    layers = teller.derivation.network.layers
    for number, activation in enumerate(dict.fromkeys(layer.activation for layer in layers)):
        if activation is Activation.SOFTMAX:
            yield teller.heading(2, "activation.softmax.heading")
            yield from tell_jacobian_derivation(teller)
        else:
            yield from tell_activation_derivative(teller, activation, first=number == 0)
        yield from _tell_bends(teller, activation)


def tell_activation_derivative(teller: Teller, activation: Activation, *, first: bool = True) -> Iterator[Block]:
    """The derivative of an activation of one net input, line by line."""
    function = ACTIVATIONS[activation]
    yield teller.heading(2, f"activation.{activation.value}.heading")
    names = {"net": teller.name("net"), "out": teller.name("out")}
    if first:
        yield teller.paragraph(f"activation.{activation.value}.intro", **names)
    else:
        yield teller.paragraph("functions.next", **names)
    lines = [line(teller.name("out"), (Operator.EQUALS, teller.with_names(function.definition)))]
    left = teller.name("dout/dnet")
    for number, form in enumerate(function.derivative):
        note = reason(teller, "net", form.reason)
        start = left if number == 0 else None
        lines.append(line(start, (Operator.EQUALS, teller.with_names(form.formula)), note=note))
    yield equations(*lines)
    yield teller.paragraph(f"activation.{activation.value}.after", **names)


def _tell_bends(teller: Teller, activation: Activation) -> Iterator[Block]:
    layers = teller.derivation.network.layers
    bends = tuple(
        bend_of(depth) for depth, it in enumerate(layers) if it.activation is activation and it.bend is not None
    )
    if bends:
        listed = teller.list_of(tuple(teller.equality(bend) for bend in bends))
        yield teller.paragraph("functions.bend", values=listed, alpha=teller.name("alpha"), zero=Number("0"))
