"""Backpropagation through time as slides, beside the unrolled network: forward, back, and the shares of the steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.derivation.forward import judged_of
from symbackprop.derivation.gradients import share_of
from symbackprop.derivation.graph import TOTAL_ERROR, Instant, Neuron, biases_of, data_error, error_of, sample_error
from symbackprop.derivation.pattern import Form
from symbackprop.derivation.steps import by, delta_of, updated
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.pages.document import Block, EquationLine
from symbackprop.pages.figures import Factor, Look, Spot
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
from symbackprop.pages.narrate.equations import compact, computed, definition, in_numbers, line, worked
from symbackprop.pages.narrate.recurrent import instants_back, is_judged, takers_above, takers_later
from symbackprop.pages.narrate.sequence import table_of_numbers_over_time
from symbackprop.pages.narrate.sheet import named_once, told_instants
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.unrolled import Film, Lit, network_over_time
from symbackprop.typeset.formula import Formula
from symbackprop.typeset.layout import Layout, Operator
from symbackprop.typeset.unicode import unicode


def tell_slides_in_time(teller: Teller) -> Iterator[Block]:
    """The slides of a recurrent network, of the first sequence."""
    yield teller.heading(2, "slides.network")
    yield figure("network", network_over_time(teller))
    yield from tell_numbers(teller, table_of_numbers_over_time(teller))
    film = Film(teller, teller.error)
    yield from shown(_slides(teller, film), film.drawn)
    yield from tell_curve(teller)


def _slides(teller: Teller, film: Film) -> Iterator[Slide]:
    yield from _forward(teller, film)
    graph = teller.graph
    for depth in reversed(range(len(graph.at))):
        for instant in instants_back(graph, depth, 0):
            neurons = graph.at[depth][instant]
            for neuron in neurons if teller.detail is Detail.FULL else neurons[:1]:
                yield from _delta(teller, film, depth, neuron)
        yield from _gradients(teller, film, depth)


def _forward(teller: Teller, film: Film) -> Iterator[Slide]:
    """Step by step to the error; all that came before is lit, too."""
    graph = teller.graph
    named = named_once(film.sheet)
    lit: Lit = frozenset()

    def seen(id_: str) -> Look:
        return Look(description=teller.phrases.plain("picture.walked", quantity=id_), lit=lit & film.spots, named=named)

    for instant in told_instants(graph):
        for depth, layer in enumerate(graph.at):
            neurons = layer.get(instant, ())
            for neuron in neurons:
                lit |= film.into(neuron)
                lines = [*computed(teller, neuron.net)]
                if graph.shape.layers[depth].activation is not Activation.SOFTMAX:
                    lines += computed(teller, neuron.out)
                yield from slide(teller, seen(neuron.out), lines, "slides.step", **_place(teller, neuron))
            for neuron in neurons if graph.shape.layers[depth].activation is Activation.SOFTMAX else ():
                lines = [*computed(teller, neuron.out)]
                yield from slide(teller, seen(neuron.out), lines, "slides.step", **_place(teller, neuron))
    for neuron in judged_of(graph, 0):
        error = error_of(neuron)
        lit |= film.onwards(frozenset({film.key(neuron)}), within=neuron.instant) - _last(teller, film)
        names = {"neuron": _place(teller, neuron)["neuron"]}
        yield from slide(teller, seen(error), computed(teller, error), "slides.error", **names)
    lit |= _last(teller, film)
    yield from error_slides(teller, seen)


def _last(teller: Teller, film: Film) -> Lit:
    """The error over all steps, and the arrows to it."""
    return frozenset(it for it in film.spots if it == teller.error or it[1] == teller.error)


def _place(teller: Teller, neuron: Neuron) -> dict[str, Layout | str]:
    return {"neuron": teller.name(f"{neuron.name}{neuron.instant.mark}"), "step": str(neuron.instant.step + 1)}


# --- Back through time ------------------------------------------------------------------------------------


def _delta(teller: Teller, film: Film, depth: int, neuron: Neuron) -> Iterator[Slide]:
    """How the error comes back to a neuron at one step: along all ways to its output, then to its net input."""
    graph = teller.graph
    error = sample_error(graph.shape, 0)
    above, later = takers_above(graph, depth, neuron.instant), takers_later(graph, depth, neuron.instant)
    look = _ways_back(teller, film, depth, neuron)
    name = teller.name(error)
    softmax = graph.shape.layers[depth].activation is Activation.SOFTMAX
    if not softmax:
        factor = by(error, neuron.out)
        lines = [*(computed if above or later else worked)(teller, factor)]
        if not has_room(lines):
            lines = [*definition(teller, factor), *computed(teller, factor)]
        yield from slide(teller, look, lines, "slides.factor", of=name, variable=teller.name(neuron.out))
    squash = [] if softmax else [*computed(teller, by(neuron.out, neuron.net))]
    variable = teller.name(neuron.net)
    if len(squash) > 1:
        yield from slide(teller, look, squash, "slides.factor", of=teller.name(neuron.out), variable=variable)
        squash = []
    lines = [*squash, *_delta_lines(teller, neuron, softmax=softmax)]
    yield from slide(
        teller, look, lines, "slides.delta", delta=teller.name(delta_of(neuron)), of=name, variable=variable
    )


def _ways_back(teller: Teller, film: Film, depth: int, neuron: Neuron) -> Look:
    """A neuron at one step, with the way to this step's error and the ways into the next step lit."""
    graph = teller.graph
    later = takers_later(graph, depth, neuron.instant)
    takers = (*takers_above(graph, depth, neuron.instant), *later)
    start = film.key(neuron)
    lit: set[Spot] = {start, *((start, film.key(it)) for it in later), *map(film.key, later)}
    if len(takers) > len(later) or is_judged(graph, depth, neuron.instant):
        lit |= film.onwards(frozenset({start}), within=neuron.instant)
    factors = () if film.sheet.grouped else _deltas_at(teller, film, takers)
    named = frozenset((start, film.key(it)) for it in takers)
    description = teller.phrases.plain("picture.ways_back", neuron=f"{neuron.name}{neuron.instant.mark}")
    return Look(description=description, lit=film.spots & lit, named=named, factors=factors)


def _deltas_at(teller: Teller, film: Film, neurons: tuple[Neuron, ...]) -> tuple[Factor, ...]:
    """The deltas of some neurons, written beside them."""
    return tuple(
        Factor(at=film.key(it), label=teller.name(delta_of(it))) for it in neurons if film.key(it) in film.spots
    )


def _delta_lines(teller: Teller, neuron: Neuron, *, softmax: bool) -> Iterator[EquationLine]:
    delta = delta_of(neuron)
    formula = teller.derivation.formula(delta)
    if softmax and Form.FUSED in teller.derivation.forms(delta):
        formula = teller.derivation.forms(delta)[Form.FUSED]
    whole = teller.name(by(sample_error(teller.graph.shape, 0), neuron.net))
    yield from line(teller.name(delta), (Operator.EQUALS, whole), (Operator.EQUALS, teller.with_names(formula)))
    yield from in_numbers(teller, delta, formula, left=None)


# --- The shares of the steps ------------------------------------------------------------------------------


def _gradients(teller: Teller, film: Film, depth: int) -> Iterator[Slide]:
    """The gradient and the update of every weight into a layer, and of its biases."""
    graph = teller.graph
    layer = graph.layers[depth]
    # The first weight from below, and the first one through time, share by share; the others are of the same kind.
    slowly = [layer[0].weight_ids[0]]
    if graph.shape.layers[depth].recurrent:
        slowly.append(layer[0].weight_ids[-len(layer)])
    for index, neuron in enumerate(layer):
        for weight in neuron.weight_ids:
            if weight in slowly or teller.detail is Detail.FULL:
                own = {at: (neurons[index],) for at, neurons in graph.at[depth].items() if at.sample == 0}
                yield from _gradient(teller, film, depth, weight, own, step_by_step=weight in slowly)
    for bias in biases_of(layer) if teller.detail is Detail.FULL else ():
        if updated(bias) in teller.derivation.steps:
            at = graph.at[depth]
            fed = {it: tuple(one for one in at[it] if one.bias == bias) for it in at if it.sample == 0}
            yield from _gradient(teller, film, depth, bias, fed, step_by_step=False)


def _gradient(
    teller: Teller,
    film: Film,
    depth: int,
    parameter: str,
    fed: Mapping[Instant, tuple[Neuron, ...]],
    *,
    step_by_step: bool,
) -> Iterator[Slide]:
    """The share of each step, their sum, and the update."""
    graph = teller.graph
    name = teller.name(parameter)
    doors = {at: film.arrows_of(parameter, at) | {film.key(it) for it in fed[at]} & film.spots for at in fed}
    shares = {at: share_of(graph, depth, at, parameter) for at in fed}
    errors = dict.fromkeys((sample_error(graph.shape, 0), data_error(graph.shape), TOTAL_ERROR))
    sums = {it: by(it, parameter) for it in errors if by(it, parameter) not in shares.values()}
    lit: Lit = frozenset()
    if step_by_step or len(fed) == 1:
        for instant, share in shares.items():
            lit |= doors[instant]
            look = _at_doors(teller, film, parameter, lit, fed[instant])
            title = "slides.share" if len(fed) > 1 else "slides.gradient"
            names = (
                {"step": str(instant.step + 1)}
                if len(fed) > 1
                else {"total": teller.name(sample_error(graph.shape, 0))}
            )
            yield from slide(teller, look, _in_factors(teller, share), title, weight=name, **names)
    else:
        lit = frozenset().union(*doors.values())
        look = _at_doors(teller, film, parameter, lit, tuple(it for neurons in fed.values() for it in neurons))
        lines = (it for share in shares.values() for it in compact(teller, share, _with_delta(teller, share)))
        yield from slide(teller, look, lines, "slides.shares", weight=name)
    onwards = film.onwards(lit)
    look = Look(description=_in_words(teller, parameter), lit=onwards, named=_arrows(lit))
    for error, gradient in sums.items():
        yield from slide(
            teller, look, computed(teller, gradient), "slides.gradient", weight=name, total=teller.name(error)
        )
    yield from update_slides(teller, parameter, look)


def _arrows(lit: Lit) -> Lit:
    """The arrows among what is lit."""
    return frozenset(it for it in lit if not isinstance(it, str))


def _at_doors(teller: Teller, film: Film, parameter: str, lit: Lit, neurons: tuple[Neuron, ...]) -> Look:
    """Where a parameter comes in, and the deltas that are there."""
    factors = () if film.sheet.grouped else _deltas_at(teller, film, neurons)
    return Look(description=_in_words(teller, parameter), lit=lit, named=_arrows(lit), factors=factors)


def _in_words(teller: Teller, parameter: str) -> str:
    words = parameter if teller.namer.numbers_weights else unicode(teller.name(parameter))
    return teller.phrases.plain("picture.path", weight=words)


def _with_delta(teller: Teller, share: str) -> Formula:
    return teller.derivation.forms(share)[Form.WITH_DELTA]


def _in_factors(teller: Teller, share: str) -> Iterator[EquationLine]:
    """A share as the product of the chain rule, then with delta and numbers."""
    short = _with_delta(teller, share)
    yield from line(teller.name(share), (Operator.EQUALS, teller.with_names(teller.derivation.formula(share))))
    yield from line(None, (Operator.EQUALS, teller.with_names(short)))
    yield from in_numbers(teller, share, short, left=None)
