"""The backward pass through the output layer: its first weight in full, then the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.derivation.graph import Neuron
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of
from symbackprop.formats import Detail
from symbackprop.functions import Activation, Loss
from symbackprop.network import HiddenGradients
from symbackprop.pages.document import Block, EquationLine, Figure, Note, Paragraph
from symbackprop.pages.narrate.activations import tell_activation_derivatives
from symbackprop.pages.narrate.biases import tell_biases
from symbackprop.pages.narrate.cases import applying
from symbackprop.pages.narrate.equations import equations, in_names
from symbackprop.pages.narrate.factors import (
    gradient_with_delta,
    other_form,
    tell_chain,
    tell_delta,
    tell_first_update,
    tell_out_factor,
    tell_product,
    tell_question,
    tell_squash_factor,
    tell_weight_factor,
)
from symbackprop.pages.narrate.path_pictures import path_picture
from symbackprop.pages.narrate.rest import tell_rest_of_layer
from symbackprop.pages.narrate.scope import Scope, activation_of, scope_of, squashes, updates_in_place
from symbackprop.pages.narrate.shortcuts import tell_shortcut
from symbackprop.pages.narrate.signs import tell_sign
from symbackprop.pages.narrate.softmax import tell_softmax_layer
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.weights import Telling, tell_other_weights
from symbackprop.pages.phrases import Filling
from symbackprop.typeset.formula import Formula, Negative, Product, Sum


def tell_output_layer(teller: Teller) -> Iterator[Block]:
    """Every weight into the outputs, worked out or tabled, and the biases if they learn."""
    graph = teller.graph
    scope = scope_of(graph.shape)
    weight = graph.outputs[0].weights[0][0]
    yield teller.heading(1, "output.heading")
    if scope is not Scope.TOTAL:
        key = "scope.plan.sample" if scope is Scope.SAMPLE else "scope.plan.data"
        yield teller.paragraph(key, sample=teller.sample, error=teller.name(teller.error))
    fillings: dict[str, Filling] = {
        "sample": teller.sample,
        "weight": teller.name(weight),
        "total": teller.name(teller.error),
        "gradient": teller.name(by(teller.error, weight)),
    }
    yield teller.paragraph(f"scope.intro.{scope.value}", **fillings)
    yield tell_rules(teller)
    yield from tell_activation_derivatives(teller)
    if graph.shape.layers[-1].activation is Activation.SOFTMAX:
        yield from tell_softmax_layer(teller, graph.outputs, tell_out_factor)
    else:
        yield from _tell_weights(teller, graph.outputs, weight)
    yield from tell_biases(teller, graph.outputs)
    original = teller.derivation.network.training.hidden_gradients is HiddenGradients.ORIGINAL
    if original and len(graph.layers) > 1 and updates_in_place(graph.shape):
        yield teller.note("output.original")


def _tell_weights(teller: Teller, outputs: tuple[Neuron, ...], weight: str) -> Iterator[Block]:
    yield from _tell_first_weight(teller, outputs[0], weight)
    if teller.detail is Detail.BRIEF:
        yield from tell_rest_of_layer(teller, outputs)
        return
    telling = Telling(
        path=_path,
        factors=_tell_factors,
        delta_written_out=_delta_written_out,
        gradient_written_out=_gradient_written_out,
    )
    for neuron in outputs:
        yield from tell_other_weights(teller, neuron, telling, already_told=weight)


_RULES_OF: Mapping[Activation | Loss, tuple[str, ...]] = {
    Activation.SIGMOID: ("exponential",),
    Activation.TANH: ("quotient", "exponential"),
    Activation.ELU: ("exponential",),
    Activation.SOFTPLUS: ("exponential", "logarithm"),
    Activation.GELU: ("product",),
    Activation.SILU: ("product", "exponential"),
    Activation.SOFTMAX: ("quotient", "exponential"),
    Loss.BINARY_CROSS_ENTROPY: ("logarithm",),
    Loss.CROSS_ENTROPY: ("logarithm",),
}
"""The rules that a function's derivative takes beside those that every network needs."""


def tell_rules(teller: Teller) -> Note:
    """The rules that a reader should have at hand."""
    shape = teller.graph.shape
    functions: list[Activation | Loss] = [
        *(layer.activation for layer in shape.layers),
        teller.derivation.network.training.loss,
    ]
    needed = frozenset(rule for function in functions for rule in _RULES_OF.get(function, ()))
    left_out = frozenset(rule for rules in _RULES_OF.values() for rule in rules) - needed
    rules = ("constant", "multiple", "power", "sum", "product", "quotient", "exponential", "logarithm", "chain")
    said = tuple(teller.phrases.say(f"rules.{rule}") for rule in rules if rule not in left_out)
    return Note(title=teller.phrases.say("rules.title"), content=said)


def _tell_first_weight(teller: Teller, neuron: Neuron, weight: str) -> Iterator[Block]:
    delta = delta_of(neuron)
    yield teller.heading(2, "weight.heading", weight=teller.name(weight), total=teller.name(teller.error))
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
    yield from _tell_other_sign(teller, neuron)
    yield from tell_shortcut(teller, neuron)
    if updates_in_place(teller.graph.shape):
        yield from tell_first_update(teller, weight)


def _tell_other_sign(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """How others write the factor, where it is a miss with a minus in front."""
    match applying(teller, teller.derivation.formula(by(teller.error, neuron.out))):
        case Negative(body=Sum(terms=(target, Negative(body=out)))):
            swapped: Formula = Sum((out, Negative(target)))
        case Negative(body=Product(factors=(scale, Sum(terms=(target, Negative(body=out)))))):
            swapped = Product((scale, Sum((out, Negative(target)))))
        case _:
            return
    yield teller.note("delta.sign", swapped=teller.with_names(swapped), delta=teller.name(delta_of(neuron)))


def _path(teller: Teller, neuron: Neuron, weight: str) -> Paragraph:
    squashed = squashes(activation_of(teller.graph, neuron))
    key = "output.path.squashed" if squashed else "output.path.turned"
    return teller.paragraph(key, weight=teller.name(weight), net=teller.name(neuron.net), out=teller.name(neuron.out))


def _tell_factors(teller: Teller, neuron: Neuron, weight: str) -> Iterator[Block]:
    yield from tell_question(teller, 1, teller.error, neuron.out)
    yield from tell_out_factor(teller, neuron)
    yield from tell_squash_factor(teller, neuron)
    yield from tell_weight_factor(teller, neuron, weight)
    yield from tell_product(teller, weight)
    yield from tell_sign(teller, teller.error, weight)


def _delta_written_out(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    delta = delta_of(neuron)
    written_out = other_form(teller, delta, Form.FACTORS_WRITTEN_OUT)
    yield from in_names(teller, written_out, left=teller.name(delta))


def _gradient_written_out(teller: Teller, _: Neuron, weight: str) -> Iterator[EquationLine]:
    gradient = by(teller.error, weight)
    forms = teller.derivation.forms(gradient)
    known = (form for form in (Form.FACTORS_WRITTEN_OUT, Form.FUSED) if form in forms)
    yield from gradient_with_delta(teller, gradient, *(other_form(teller, gradient, form) for form in known))
