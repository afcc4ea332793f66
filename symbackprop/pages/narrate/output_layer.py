"""The backward pass through the output layer: its first weight in full, then the others."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, target_of
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of
from symbackprop.formats import Detail
from symbackprop.functions import ACTIVATIONS, Activation
from symbackprop.network import HiddenGradients
from symbackprop.pages.document import Block, EquationLine, Figure, Note, Paragraph
from symbackprop.pages.narrate.biases import tell_biases
from symbackprop.pages.narrate.equations import equations, line, reason
from symbackprop.pages.narrate.factors import (
    gradient_with_delta,
    other_form,
    tell_chain,
    tell_delta,
    tell_first_update,
    tell_out_factor,
    tell_product,
    tell_sign,
    tell_squash_factor,
    tell_weight_factor,
)
from symbackprop.pages.narrate.pictures import path_picture
from symbackprop.pages.narrate.summary import tell_rest_of_layer
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.weights import Telling, tell_other_weights
from symbackprop.typeset.formula import Negative, Quantity, Sum
from symbackprop.typeset.layout import Operator


def tell_output_layer(teller: Teller) -> Iterator[Block]:
    """Every weight into the outputs, worked out or tabled, and the biases if they learn."""
    graph = teller.derivation.graph
    first = graph.outputs[0]
    weight = first.weights[0][0]
    yield teller.heading(1, "output.heading")
    fillings = {
        "weight": teller.name(weight),
        "total": teller.name(TOTAL_ERROR),
        "gradient": teller.name(by(TOTAL_ERROR, weight)),
    }
    yield teller.paragraph("output.intro", **fillings)
    yield tell_rules(teller)
    for activation in dict.fromkeys(layer.activation for layer in teller.derivation.network.layers):
        yield from tell_activation_derivative(teller, activation)
    yield from _tell_first_weight(teller, first, weight)
    if teller.detail is Detail.BRIEF:
        yield from tell_rest_of_layer(teller, graph.outputs)
    else:
        telling = Telling(
            path=_path,
            factors=_tell_factors,
            delta_written_out=_delta_written_out,
            gradient_written_out=_gradient_written_out,
        )
        for neuron in graph.outputs:
            yield from tell_other_weights(teller, neuron, telling, already_told=weight)
    yield from tell_biases(teller, graph.outputs)
    original = teller.derivation.network.training.hidden_gradients is HiddenGradients.ORIGINAL
    if original and len(graph.layers) > 1:
        yield teller.note("output.original")


def tell_rules(teller: Teller) -> Note:
    """The rules that a reader should have at hand."""
    rules = ("constant", "multiple", "power", "sum", "chain")
    said = tuple(teller.phrases.say(f"rules.{rule}") for rule in rules)
    return Note(title=teller.phrases.say("rules.title"), content=said)


def tell_activation_derivative(teller: Teller, activation: Activation) -> Iterator[Block]:
    """The derivative of an activation, line by line, once for all neurons."""
    function = ACTIVATIONS[activation]
    yield teller.heading(2, f"activation.{activation.value}.heading")
    yield teller.paragraph(f"activation.{activation.value}.intro", net=teller.name("net"), out=teller.name("out"))
    lines = [line(teller.name("out"), (Operator.EQUALS, teller.with_names(function.definition)))]
    left = teller.name("dout/dnet")
    for number, form in enumerate(function.derivative):
        note = reason(teller, "net", form.reason)
        start = left if number == 0 else None
        lines.append(line(start, (Operator.EQUALS, teller.with_names(form.formula)), note=note))
    yield equations(*lines)
    yield teller.paragraph(f"activation.{activation.value}.after", out=teller.name("out"))


def _tell_first_weight(teller: Teller, neuron: Neuron, weight: str) -> Iterator[Block]:
    delta = delta_of(neuron)
    yield teller.heading(2, "weight.heading", weight=teller.name(weight), total=teller.name(TOTAL_ERROR))
    yield _path(teller, neuron, weight)
    yield from tell_chain(teller, weight)
    caption = teller.phrases.say("output.caption", weight=teller.name(weight))
    yield Figure(name=f"path-{weight}", drawing=path_picture(teller, weight), caption=caption)
    yield from _tell_factors(teller, neuron, weight)
    yield teller.heading(3, "delta.heading")
    yield teller.paragraph("delta.intro", neuron=teller.neuron_name(neuron), delta=teller.name(delta))
    yield from tell_delta(teller, neuron)
    yield teller.paragraph("delta.rule", weight=teller.name(weight))
    yield equations(_delta_written_out(teller, neuron), _gradient_written_out(teller, neuron, weight))
    swapped = teller.with_names(Sum((Quantity(neuron.out), Negative(Quantity(target_of(neuron))))))
    yield teller.note("delta.sign", swapped=swapped, delta=teller.name(delta))
    yield from tell_first_update(teller, weight)


def _path(teller: Teller, neuron: Neuron, weight: str) -> Paragraph:
    return teller.paragraph(
        "output.path", weight=teller.name(weight), net=teller.name(neuron.net), out=teller.name(neuron.out)
    )


def _tell_factors(teller: Teller, neuron: Neuron, weight: str) -> Iterator[Block]:
    yield from tell_out_factor(teller, neuron)
    yield from tell_squash_factor(teller, neuron)
    yield from tell_weight_factor(teller, neuron, weight)
    yield from tell_product(teller, weight)
    yield from tell_sign(teller, weight)


def _delta_written_out(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    delta = delta_of(neuron)
    written_out = other_form(teller, delta, Form.FACTORS_WRITTEN_OUT)
    yield from line(teller.name(delta), (Operator.EQUALS, teller.with_names(written_out)))


def _gradient_written_out(teller: Teller, _: Neuron, weight: str) -> Iterator[EquationLine]:
    gradient = by(TOTAL_ERROR, weight)
    yield from gradient_with_delta(teller, gradient, other_form(teller, gradient, Form.FACTORS_WRITTEN_OUT))
