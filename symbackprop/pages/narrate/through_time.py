"""Backpropagation through time: the chapters of a recurrent network, from its forward pass to the gradients."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from symbackprop.derivation.gradients import share_of
from symbackprop.derivation.graph import TOTAL_ERROR, Graph, Instant, sample_error
from symbackprop.derivation.steps import by
from symbackprop.functions import Activation
from symbackprop.network import HiddenGradients, Rule
from symbackprop.pages.document import Block, Figure
from symbackprop.pages.narrate.activations import tell_activation_derivatives
from symbackprop.pages.narrate.equations import equations, line
from symbackprop.pages.narrate.forward_in_time import tell_errors_in_time, tell_forward_in_time
from symbackprop.pages.narrate.optimizers import tell_step
from symbackprop.pages.narrate.output_layer import tell_rules
from symbackprop.pages.narrate.recurrent import instants_back, takers_above, takers_later, tell_deltas
from symbackprop.pages.narrate.shares import tell_layer_gradients
from symbackprop.pages.narrate.teller import Teller, words
from symbackprop.pages.narrate.unrolled import paths_over_time
from symbackprop.typeset.layout import Operator


def is_recurrent(graph: Graph) -> bool:
    """Whether a network has to be told step by step through time."""
    return any(layer.recurrent for layer in graph.shape.layers)


def tell_through_time(teller: Teller) -> Iterator[Block]:
    """The forward pass, the errors, and the backward pass layer by layer."""
    yield from tell_forward_in_time(teller)
    yield from tell_errors_in_time(teller)
    for depth in reversed(range(len(teller.graph.layers))):
        yield from _tell_layer(teller, depth)
    if teller.graph.shape.rule is not Rule.SGD:
        yield from tell_step(teller)


def _tell_layer(teller: Teller, depth: int) -> Iterator[Block]:
    graph = teller.graph
    first = graph.layers[depth][0]
    weight = first.weight_ids[0]
    fillings = {
        "weight": teller.name(weight),
        "total": teller.name(TOTAL_ERROR),
        "gradient": teller.name(by(TOTAL_ERROR, weight)),
    }
    last = depth == len(graph.layers) - 1
    yield teller.heading(1, _heading(graph, depth), layer=str(depth + 1))
    if last:
        yield teller.paragraph("scope.intro.total", **fillings)
        yield tell_rules(teller)
        yield from tell_activation_derivatives(teller)
        if graph.shape.samples > 1:
            yield teller.paragraph("time.first_sample", error=teller.name(sample_error(graph.shape, 0)))
        if graph.shape.penalized:
            yield teller.paragraph("time.without_penalty", error=teller.name(sample_error(graph.shape, 0)))
    elif teller.derivation.network.training.hidden_gradients is HiddenGradients.UPDATED:
        yield teller.note("hidden.mistake")
    error = teller.name(sample_error(graph.shape, 0))
    yield teller.heading(2, "weight.heading", weight=teller.name(weight), total=error)
    yield from _tell_shares(teller, depth, weight)
    if graph.shape.layers[depth].recurrent and graph.shape.steps > 1:
        yield from _tell_two_ways(teller, depth)
    yield from tell_deltas(teller, depth)
    if graph.shape.layers[depth].recurrent:
        yield from _tell_what_remains(teller, depth)
    yield from tell_layer_gradients(teller, depth)
    original = teller.derivation.network.training.hidden_gradients is HiddenGradients.ORIGINAL
    if last and original and len(graph.layers) > 1 and graph.shape.rule is Rule.SGD:
        yield teller.note("output.original")


def _heading(graph: Graph, depth: int) -> str:
    recurrent = graph.shape.layers[depth].recurrent
    match len(graph.layers) - 1 - depth, len(graph.layers):
        case 0, _:
            return "recurrent.output" if recurrent else "output.heading"
        case _, 2:
            return "recurrent.hidden" if recurrent else "hidden.heading"
        case _:
            return "recurrent.hidden_numbered" if recurrent else "hidden.heading_numbered"


def _tell_shares(teller: Teller, depth: int, weight: str) -> Iterator[Block]:
    """A weight works at several time steps, and has a share in the error at each of them."""
    graph = teller.graph
    instants = tuple(reversed(instants_back(graph, depth, 0)))
    gradient = by(sample_error(graph.shape, 0), weight)
    shares = tuple(share_of(graph, depth, instant, weight) for instant in instants)
    last = depth == len(graph.layers) - 1
    softmax = graph.shape.layers[depth].activation is Activation.SOFTMAX
    if len(instants) > 1:
        steps = teller.phrases.join_words(tuple(words(str(instant.step + 1)) for instant in instants))
        yield teller.paragraph("time.shares" if last else "time.shares_again", weight=teller.name(weight), steps=steps)
        yield equations(
            line(teller.name(gradient), (Operator.EQUALS, teller.with_names(teller.derivation.formula(gradient))))
        )
        yield teller.paragraph(
            "time.delta_of_share" if softmax else "time.factors_of_share", weight=teller.name(weight)
        )
    else:
        step = str(instants[0].step + 1)
        key = "time.only_delta" if softmax else "time.only_share"
        yield teller.paragraph(key, weight=teller.name(weight), step=step)
    formula = teller.derivation.formula(shares[0])
    yield equations(line(teller.name(shares[0]), (Operator.EQUALS, teller.with_names(formula))))
    caption = teller.phrases.say("time.path_caption", weight=teller.name(weight), total=teller.name(TOTAL_ERROR))
    yield Figure(name=f"path-{weight}", drawing=paths_over_time(teller, weight), caption=caption)


def _tell_two_ways(teller: Teller, depth: int) -> Iterator[Block]:
    """Why the error comes back to a state along two kinds of path, and why the last step comes first."""
    graph = teller.graph
    instants = [it for it in graph.at[depth] if it.sample == 0]
    instant = instants[-2]
    state = graph.at[depth][instant][0].out
    later = takers_later(graph, depth, instant)
    names = teller.list_of(tuple(teller.name(f"{it.name}{it.instant.mark}") for it in later))
    yield teller.paragraph(
        _use_of_a_state(graph, depth, instant),
        state=teller.name(state),
        later=names,
        step=str(instant.step + 1),
        next=str(instant.step + 2),
    )
    yield teller.paragraph("recurrent.back_in_time", next=str(instant.step + 2))


def _use_of_a_state(graph: Graph, depth: int, instant: Instant) -> str:
    if takers_above(graph, depth, instant):
        return "recurrent.two_ways"
    is_judged = any(neuron.instant == instant for neuron in graph.judged)
    return "recurrent.judged_too" if is_judged and depth == len(graph.at) - 1 else "recurrent.one_way"


def _tell_what_remains(teller: Teller, depth: int) -> Iterator[Block]:
    """What a step back multiplies by, where that is less than 1 at every step, or more."""
    graph = teller.graph
    instants = [it for it in graph.at[depth] if it.sample == 0]
    neuron = graph.at[depth][instants[0]][0]
    factors: list[tuple[str, str]] = []
    for instant, following in list(pairwise(instants))[-_MOST_NAMED:]:
        here, there = graph.at[depth][instant][0], graph.at[depth][following][0]
        factors.append((by(there.net, here.out), by(here.out, here.net)))
    sizes = [abs(float(teller.shown(one).digits) * float(teller.shown(other).digits)) for one, other in factors]
    key = _remains(sizes)
    if key is None:
        return
    listed = teller.list_of(tuple(teller.equality(id_) for pair in factors for id_ in pair))
    yield teller.note(key, neuron=teller.neuron_name(neuron), factors=listed)


_MOST_NAMED = 3
_CLEARLY = 1e-3
"""How far from 1 a product of rounded factors must be to be called less or more."""


def _remains(sizes: list[float]) -> str | None:
    if not sizes:
        return None
    if max(sizes) < 1 - _CLEARLY:
        return "recurrent.vanishing"
    return "recurrent.exploding" if min(sizes) > 1 + _CLEARLY else None
