"""The walkthrough as slides: a step on each, beside the network in which what was walked of its path is lit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, data_error, error_of
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of, updated
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.pages.document import Block, Document, EquationLine, Frame
from symbackprop.pages.figures import Look
from symbackprop.pages.narrate.deck import (
    Slide,
    error_slides,
    figure,
    has_room,
    shown,
    slide,
    tell_curve,
    tell_numbers,
    update_slides,
)
from symbackprop.pages.narrate.equations import computed, definition, in_numbers, is_short, line, worked
from symbackprop.pages.narrate.opening import table_of_numbers
from symbackprop.pages.narrate.path_pictures import (
    Lit,
    drawn_looks,
    entrance,
    exit_of,
    incoming,
    paths_of,
    walked,
    within,
)
from symbackprop.pages.narrate.pictures import network_picture
from symbackprop.pages.narrate.samples import table_of_samples
from symbackprop.pages.narrate.scope import activation_of, depth_of
from symbackprop.pages.narrate.slides_in_time import tell_slides_in_time
from symbackprop.pages.narrate.story import Story, require_short
from symbackprop.pages.narrate.teller import Teller, words
from symbackprop.pages.narrate.through_time import is_recurrent
from symbackprop.pages.phrases import Filling
from symbackprop.typeset.layout import Operator


def tell_slides(teller: Teller) -> Document:
    """The slides of one derivation. Raises UnsupportedError for a network that is too large."""
    require_short(teller, "slides")
    return Document(
        title=words(teller.derivation.network.title_in(teller.phrases.language)),
        subtitle=teller.phrases.say("slides.subtitle"),
        language=teller.phrases.language,
        blocks=Story(partial(tell_slides_in_time if is_recurrent(teller.graph) else _tell, teller)),
        frame=Frame.SLIDES,
    )


_MOST_SAMPLES = 6


def _tell(teller: Teller) -> Iterator[Block]:
    yield teller.heading(2, "slides.network")
    yield figure("network", network_picture(teller))
    if 1 < teller.graph.shape.samples <= _MOST_SAMPLES:
        yield table_of_samples(teller)
    yield from tell_numbers(teller, table_of_numbers(teller))
    yield from shown(_slides(teller), partial(drawn_looks, teller))
    yield from tell_curve(teller)


def _slides(teller: Teller) -> Iterator[Slide]:
    yield from _forward(teller)
    biases: set[str] = set()
    graph = teller.graph
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


def _forward(teller: Teller) -> Iterator[Slide]:
    """The steps on the way to the error, all that came before each of them lit, too."""
    graph = teller.graph
    lit: Lit = frozenset()
    for neuron in graph.neurons():
        name = teller.name(f"{neuron.name}{neuron.instant.mark}")
        sources = [source for source, _ in incoming(teller, neuron)]
        lit |= {*sources, *((source, neuron.name) for source in sources), neuron.name}
        yield from _calculated(teller, lit, neuron.net, "slides.net", neuron=name)
        layer = graph.layers[depth_of(graph, neuron)]
        lit |= {*within(teller, neuron, layer), exit_of(teller, neuron)}
        yield from _calculated(teller, lit, neuron.out, "slides.out", neuron=name)
    for neuron in graph.outputs:
        name = teller.name(f"{neuron.name}{neuron.instant.mark}")
        lit |= {(exit_of(teller, neuron), error_of(neuron)), error_of(neuron)}
        yield from _calculated(teller, lit, error_of(neuron), "slides.error", neuron=name)
    lit |= {*((error_of(neuron), teller.error) for neuron in graph.outputs), teller.error}
    yield from error_slides(teller, partial(_seen, teller, lit))


def _calculated(teller: Teller, lit: Lit, id_: str, title: str, **names: Filling) -> Iterator[Slide]:
    yield from slide(teller, _seen(teller, lit, id_), computed(teller, id_), title, **names)


def _seen(teller: Teller, lit: Lit, id_: str) -> Look:
    return Look(description=teller.phrases.plain("picture.walked", quantity=id_), lit=lit)


def _path(teller: Teller, start: Neuron, weight: str) -> Iterator[Slide]:
    """A weight's chain rule, factor by factor back from the error."""
    whole = paths_of(teller, weight)
    door = entrance(teller, weight)
    graph, steps = teller.graph, teller.derivation.steps
    inside = {start.name, *within(teller, start, graph.layers[depth_of(graph, start)])}
    beyond = whole - {door} - inside
    if activation_of(graph, start) is Activation.SOFTMAX:
        yield from _factor(teller, weight, whole - {door}, _delta(teller, start), (teller.error, start.net))
    else:
        hidden = start not in graph.outputs
        ways = [error_of(it) for it in graph.outputs if hidden and by(error_of(it), start.out) in steps]
        for error in ways if len(ways) > 1 else ():
            others = {it for it in beyond if _belongs_to_another(teller, error, it)}
            lines = _lines(teller, by(error, start.out))
            yield from _factor(teller, weight, beyond - others, lines, (error, start.out))
        only = computed(teller, by(ways[0], start.out)) if len(ways) == 1 else ()
        lines = (*only, *_lines(teller, by(teller.error, start.out)))
        yield from _factor(teller, weight, beyond, lines, (teller.error, start.out))
        inner = _lines(teller, by(start.out, start.net))
        yield from _factor(teller, weight, whole - {door}, inner, (start.out, start.net))
    yield from _factor(teller, weight, whole, _lines(teller, by(start.net, weight)), (start.net, weight))
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


def _lines(teller: Teller, id_: str) -> tuple[EquationLine, ...]:
    """A factor's working; where it is long, or tells how an activation is differentiated, it belongs to the handout."""
    lines = tuple(worked(teller, id_))
    if not has_room(lines) or id_.startswith("dout_"):
        return (*definition(teller, id_), *computed(teller, id_))
    return lines


def _delta(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    """A softmax neuron's delta: the sum over all outputs, unless it is long, and what loss and softmax leave of it."""
    delta = delta_of(neuron)
    fused = teller.derivation.forms(delta).get(Form.FUSED)
    if fused is None:
        yield from computed(teller, delta)
        return
    whole = teller.with_names(teller.derivation.formula(delta))
    signs = [(Operator.EQUALS, whole)] if is_short(whole) else []
    yield from line(teller.name(delta), (Operator.EQUALS, teller.name(by(teller.error, neuron.net))), *signs)
    yield from line(None, (Operator.EQUALS, teller.with_names(fused)))
    yield from in_numbers(teller, delta, fused, left=None)


def _factor(
    teller: Teller, weight: str, lit: Lit, lines: Iterable[EquationLine], pair: tuple[str, str]
) -> Iterator[Slide]:
    of, variable = (teller.name(part) for part in pair)
    yield from slide(teller, walked(teller, weight, lit), lines, "slides.factor", of=of, variable=variable)


def _product(teller: Teller, parameter: str, lit: Lit, weight: str) -> Iterator[Slide]:
    """All factors of a weight or a bias together, and the update, beside what a weight's path has of its own."""
    look = walked(teller, weight, lit)
    for error in dict.fromkeys((teller.error, data_error(teller.graph.shape), TOTAL_ERROR)):
        gradient = by(error, parameter)
        if gradient in teller.derivation.steps:
            names = {"weight": teller.name(parameter), "total": teller.name(error)}
            yield from slide(teller, look, computed(teller, gradient), "slides.gradient", **names)
    yield from update_slides(teller, parameter, look)
