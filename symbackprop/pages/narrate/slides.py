"""The walkthrough as slides: a step on each, beside the network in which what was walked of its path is lit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, error_of
from symbackprop.derivation.steps import by, delta_of, updated
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.pages.document import Block, Document, EquationLine, Figure, Frame
from symbackprop.pages.figures import Drawing
from symbackprop.pages.narrate.equations import computed, definition, equations, worked
from symbackprop.pages.narrate.path_pictures import (
    Lit,
    entrance,
    exit_of,
    incoming,
    lit_picture,
    paths_of,
    walked_picture,
    within,
)
from symbackprop.pages.narrate.pictures import network_picture
from symbackprop.pages.narrate.scope import activation_of, depth_of
from symbackprop.pages.narrate.story import Story, require_short
from symbackprop.pages.narrate.teller import Teller, words
from symbackprop.pages.narrate.training import tell_training
from symbackprop.pages.phrases import Filling


def tell_slides(teller: Teller) -> Document:
    """The slides of one derivation. Raises UnsupportedError for a network that is too large, or goes through time."""
    require_short(teller, "slides")
    return Document(
        title=words(teller.derivation.network.title_in(teller.phrases.language)),
        subtitle=teller.phrases.say("slides.subtitle"),
        language=teller.phrases.language,
        blocks=Story(partial(_tell, teller)),
        frame=Frame.SLIDES,
    )


def _tell(teller: Teller) -> Iterator[Block]:
    graph = teller.graph
    yield teller.heading(1, "network.heading")
    yield _figure(network_picture(teller))
    walked: Lit = frozenset()
    for neuron in graph.neurons():
        walked |= {*((source, neuron.name) for source, _ in incoming(teller, neuron)), neuron.name}
        yield from _forward(teller, walked, neuron.net, "slides.net", neuron=teller.neuron_name(neuron))
        layer = graph.layers[depth_of(graph, neuron)]
        walked |= {*within(teller, neuron, layer), exit_of(teller, neuron)}
        yield from _forward(teller, walked, neuron.out, "slides.out", neuron=teller.neuron_name(neuron))
    for neuron in graph.outputs:
        walked |= {(exit_of(teller, neuron), error_of(neuron)), error_of(neuron)}
        yield from _forward(teller, walked, error_of(neuron), "slides.error", neuron=teller.neuron_name(neuron))
    walked |= {*((error_of(neuron), teller.error) for neuron in graph.outputs), teller.error}
    yield from _forward(teller, walked, teller.error, "slides.total", total=teller.name(teller.error))
    biases: set[str] = set()
    for layer in reversed(graph.layers):
        for neuron in layer if teller.detail is Detail.FULL else layer[:1]:
            first, *others = neuron.weight_ids
            yield from _path(teller, neuron, first)
            for weight in others if teller.detail is Detail.FULL else ():
                yield from _product(teller, weight, paths_of(teller, weight), weight)
            if (
                neuron.bias is not None
                and neuron.bias not in biases
                and updated(neuron.bias) in teller.derivation.steps
            ):
                biases.add(neuron.bias)
                yield from _product(teller, neuron.bias, paths_of(teller, first) - {entrance(teller, first)}, first)
    rounds = teller.derivation.network.training.rounds
    if rounds > 1:
        yield teller.heading(1, "training.heading", rounds=teller.counted(rounds))
        yield from (block for block in tell_training(teller, rounds) if isinstance(block, Figure))


def _forward(teller: Teller, walked: Lit, id_: str, title: str, **names: Filling) -> Iterator[Block]:
    """A step on the way to the error, all that came before it lit, too."""
    drawing = lit_picture(teller, walked, teller.phrases.plain("picture.walked", quantity=id_))
    yield from _slide(teller, drawing, computed(teller, id_), title, **names)


def _path(teller: Teller, start: Neuron, weight: str) -> Iterator[Block]:
    """A weight's chain rule, factor by factor back from the error."""
    whole = paths_of(teller, weight)
    door = entrance(teller, weight)
    steps = teller.derivation.steps
    inside = {start.name, *within(teller, start, teller.graph.layers[depth_of(teller.graph, start)])}
    beyond = whole - {door} - inside
    if activation_of(teller.graph, start) is Activation.SOFTMAX:
        yield from _factor(teller, weight, whole - {door}, delta_of(start), (teller.error, start.net))
    else:
        for error in (error_of(neuron) for neuron in teller.graph.outputs):
            if by(error, start.out) in steps and start not in teller.graph.outputs:
                others = {it for it in beyond if _belongs_to_another(teller, error, it)}
                yield from _factor(teller, weight, beyond - others, by(error, start.out), (error, start.out))
        yield from _factor(teller, weight, beyond, by(teller.error, start.out), (teller.error, start.out))
        yield from _factor(teller, weight, whole - {door}, by(start.out, start.net), (start.out, start.net))
    yield from _factor(teller, weight, whole, by(start.net, weight), (start.net, weight))
    yield from _product(teller, weight, whole, weight)


def _belongs_to_another(teller: Teller, error: str, spot: str | tuple[str, str]) -> bool:
    """Whether a part of the paths leads to another output's error."""
    others = {
        name
        for neuron in teller.graph.outputs
        if error_of(neuron) != error
        for name in (neuron.name, neuron.out, error_of(neuron))
    }
    return bool(others & ({spot} if isinstance(spot, str) else {*spot}))


def _factor(teller: Teller, weight: str, walked: Lit, id_: str, pair: tuple[str, str]) -> Iterator[Block]:
    of, variable = (teller.name(part) for part in pair)
    lines = tuple(worked(teller, id_))
    if len(lines) > _MOST_LINES or id_.startswith("dout_"):
        # A long working, and how an activation is differentiated, belong to the handout.
        lines = (*definition(teller, id_), *computed(teller, id_))
    yield from _slide(teller, walked_picture(teller, weight, walked), lines, "slides.factor", of=of, variable=variable)


_MOST_LINES = 5
"""A slide has room for so many lines below a drawing."""


def _product(teller: Teller, parameter: str, walked: Lit, weight: str) -> Iterator[Block]:
    """All factors of a weight or a bias together, and the update, beside what a weight's path has of its own."""
    gradients = dict.fromkeys((by(teller.error, parameter), by(TOTAL_ERROR, parameter)))
    whole = walked_picture(teller, weight, walked)
    names = {"weight": teller.name(parameter), "total": teller.name(TOTAL_ERROR)}
    lines = (
        line for gradient in gradients if gradient in teller.derivation.steps for line in computed(teller, gradient)
    )
    yield from _slide(teller, whole, lines, "slides.gradient", **names)
    if updated(parameter) in teller.derivation.steps:
        yield from _slide(teller, whole, computed(teller, updated(parameter)), "slides.update", **names)


def _slide(
    teller: Teller, drawing: Drawing, lines: Iterable[EquationLine], title: str, **names: Filling
) -> Iterator[Block]:
    yield teller.heading(2, title, **names)
    yield _figure(drawing)
    yield equations(lines)


def _figure(drawing: Drawing) -> Figure:
    return Figure(name="slide", drawing=drawing, caption=())
