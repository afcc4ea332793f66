"""The pieces of a chain rule, told: a factor with its question, the product, the delta form, the update."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import LEARNING_RATE, Neuron
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of, updated
from symbackprop.pages.document import Block, EquationLine
from symbackprop.pages.narrate.equations import computed, equations, in_names, in_numbers, line, valued, worked
from symbackprop.pages.narrate.kinks import tell_corner, tell_exact_hit
from symbackprop.pages.narrate.scope import activation_of
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.formula import Formula
from symbackprop.typeset.layout import Layout, Operator, Symbol


def tell_chain(teller: Teller, parameter: str) -> Iterator[Block]:
    """The chain rule for one parameter, in symbols."""
    gradient = by(teller.error, parameter)
    yield equations(
        line(teller.name(gradient), (Operator.EQUALS, teller.with_names(teller.derivation.formula(gradient))))
    )


def tell_question(teller: Teller, number: int, of: str, variable: str) -> Iterator[Block]:
    """The heading over a factor, which asks how one quantity follows another."""
    yield teller.heading(3, "factor.question", number=str(number), of=teller.name(of), variable=teller.name(variable))


def tell_out_factor(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """dE_total/dout of an output neuron, from the definition of the error."""
    yield equations(worked(teller, by(teller.error, neuron.out)))
    yield from tell_exact_hit(teller, neuron)


def tell_squash_factor(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """dout/dnet: the activation's derivative was worked out before, once for all neurons."""
    yield from tell_question(teller, 2, neuron.out, neuron.net)
    activation = activation_of(teller.graph, neuron)
    letters = {"sigma": Symbol("sigma"), "cdf": Symbol("Phi"), "pdf": Symbol("phi")}
    names = {"net": teller.name(neuron.net), "out": teller.name(neuron.out), **letters}
    yield teller.paragraph(f"activation.{activation.value}.squash", **names)
    definition = teller.with_names(teller.derivation.formula(neuron.out))
    yield equations(
        line(teller.name(neuron.out), (Operator.EQUALS, definition)), computed(teller, by(neuron.out, neuron.net))
    )
    yield from tell_corner(teller, neuron)


def tell_weight_factor(teller: Teller, neuron: Neuron, weight: str) -> Iterator[Block]:
    """dnet/dw, from the definition of the net input."""
    yield from tell_question(teller, 3, neuron.net, weight)
    yield equations(worked(teller, by(neuron.net, weight)))


def tell_product(teller: Teller, parameter: str) -> Iterator[Block]:
    """All factors together."""
    gradient = by(teller.error, parameter)
    yield teller.heading(3, "factor.together")
    yield equations(computed(teller, gradient))


def tell_delta(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """The neuron's delta: its name, its two factors, its value."""
    delta = delta_of(neuron)
    yield equations(
        line(teller.name(delta), (Operator.EQUALS, teller.name(by(teller.error, neuron.net)))),
        valued(teller, delta, left=None),
    )


def gradient_with_delta(teller: Teller, gradient: str, *before: Formula) -> Iterator[EquationLine]:
    """A gradient in the forms given, then as delta times input: in symbols, with numbers, its value."""
    left: Layout | None = teller.name(gradient)
    short = other_form(teller, gradient, Form.WITH_DELTA)
    for form in (*before, short):
        yield from in_names(teller, form, left=left)
        left = None
    yield from in_numbers(teller, gradient, short, left=None)


def other_form(teller: Teller, id_: str, form: Form) -> Formula:
    """Another form of a step's result: written out, or with delta."""
    return teller.derivation.forms(id_)[form]


def tell_first_update(teller: Teller, parameter: str) -> Iterator[Block]:
    """The update, with what the learning rate is and how other books write it."""
    yield teller.heading(3, "update.heading", parameter=teller.name(parameter))
    rate = teller.equality(LEARNING_RATE)
    yield teller.paragraph("update.intro", parameter=teller.name(parameter), eta=teller.name(LEARNING_RATE), rate=rate)
    yield from tell_update(teller, parameter)
    yield teller.paragraph("update.names", eta=teller.name(LEARNING_RATE))


def tell_update(teller: Teller, parameter: str) -> Iterator[Block]:
    """The step downhill for one parameter."""
    yield equations(computed(teller, updated(parameter)))
