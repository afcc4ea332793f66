"""The summary: one page with each formula and its value, in the order in which they are calculated."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from symbackprop.derivation.graph import LEARNING_RATE, Neuron, error_of
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of, updated
from symbackprop.formats import Detail
from symbackprop.pages.document import Block, Document, EquationLine, Figure, Frame
from symbackprop.pages.narrate.cases import applying
from symbackprop.pages.narrate.equations import equations, line, value_of
from symbackprop.pages.narrate.pictures import network_picture
from symbackprop.pages.narrate.story import Story, require_short
from symbackprop.pages.narrate.summary import table_of_updates
from symbackprop.pages.narrate.teller import Teller, words
from symbackprop.typeset.layout import Operator


def tell_one_page(teller: Teller) -> Document:
    """The summary of one derivation. Raises UnsupportedError where a network is too large, or goes through time."""
    require_short(teller, "summary")
    return Document(
        title=words(teller.derivation.network.title_in(teller.phrases.language)),
        subtitle=teller.phrases.say("summary.subtitle"),
        language=teller.phrases.language,
        blocks=Story(partial(_tell, teller)),
        frame=Frame.ONE_PAGE,
    )


def _tell(teller: Teller) -> Iterator[Block]:
    graph = teller.graph
    yield Figure(
        name="network", number=1, drawing=network_picture(teller), caption=teller.phrases.say("network.caption")
    )
    yield teller.heading(1, "forward.heading")
    yield equations(*(_valued(teller, id_) for neuron in graph.neurons() for id_ in (neuron.net, neuron.out)))
    yield teller.heading(1, "error.heading")
    errors = dict.fromkeys((*map(error_of, graph.outputs), teller.error))
    yield equations(*(_valued(teller, id_) for id_ in errors))
    yield teller.heading(1, "summary.backward")
    yield equations(*(_backward(teller, neuron) for layer in reversed(graph.layers) for neuron in layer))
    yield teller.heading(1, "updates.heading")
    yield equations(_rule(teller, next(graph.parameters())))
    yield table_of_updates(teller)


def _backward(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    """A neuron's delta, and the gradients that follow from it."""
    if delta_of(neuron) in teller.derivation.steps:
        yield from _valued(teller, delta_of(neuron), Form.FUSED, Form.FACTORS_WRITTEN_OUT)
    # What the others look like, the first one shows; the table below has the values of all.
    every = teller.detail is Detail.FULL and teller.graph.shape.weights <= _MOST_GRADIENTS
    for weight in neuron.weight_ids if every else neuron.weight_ids[:1]:
        yield from _valued(teller, by(teller.error, weight), Form.WITH_DELTA)


_MOST_GRADIENTS = 8
"""A page has room for so many."""


def _valued(teller: Teller, id_: str, *wanted: Form) -> Iterator[EquationLine]:
    """A step's formula, in the first of these forms that it has, and its value."""
    forms = teller.derivation.forms(id_)
    formula = next((forms[form] for form in wanted if form in forms), teller.derivation.formula(id_))
    symbols = teller.with_names(applying(teller, formula))
    yield from line(teller.name(id_), (Operator.EQUALS, symbols), value_of(teller, id_))


def _rule(teller: Teller, parameter: str) -> Iterator[EquationLine]:
    """How the first parameter is updated, and with which learning rate."""
    formula = teller.derivation.formula(updated(parameter))
    yield from line(teller.name(updated(parameter)), (Operator.EQUALS, teller.with_names(formula)))
    yield from line(teller.name(LEARNING_RATE), value_of(teller, LEARNING_RATE))
