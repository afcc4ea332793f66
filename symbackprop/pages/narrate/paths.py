"""How the error comes back to a hidden neuron: one path through each neuron that it feeds."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.backward import paths_lead_to_errors
from symbackprop.derivation.graph import Neuron, error_of
from symbackprop.derivation.keys import UpdatedWeight
from symbackprop.derivation.steps import by, delta_of
from symbackprop.pages.document import Block
from symbackprop.pages.narrate.equations import computed, equations, in_numbers, line, worked
from symbackprop.pages.narrate.scope import depth_of, scope_of
from symbackprop.pages.narrate.teller import Teller
from symbackprop.typeset.layout import Operator


def layer_above(teller: Teller, neuron: Neuron) -> tuple[Neuron, ...]:
    """The neurons that a hidden neuron feeds."""
    graph = teller.graph
    return graph.at[depth_of(graph, neuron) + 1][neuron.instant]


def tell_returning_error(teller: Teller, neuron: Neuron) -> Iterator[Block]:
    """dE/dout of a hidden neuron: a sum with one term for each neuron that it feeds."""
    above = layer_above(teller, neuron)
    factor = by(teller.error, neuron.out)
    key = "hidden.sum.one" if len(above) == 1 else "hidden.sum.many"
    yield teller.paragraph(key, out=teller.name(neuron.out))
    yield equations(line(teller.name(factor), (Operator.EQUALS, teller.with_names(teller.derivation.formula(factor)))))
    graph = teller.graph
    to_errors = above[0] in graph.outputs and paths_lead_to_errors(graph)
    for upper in above:
        if to_errors:
            yield from _tell_path_to_error(teller, neuron, upper)
        else:
            yield from _tell_path_to_neuron(teller, neuron, upper)
    if len(above) > 1:
        yield teller.paragraph("hidden.sum.together")
    yield equations(in_numbers(teller, factor, teller.derivation.formula(factor), left=teller.name(factor)))


def _tell_path_to_error(teller: Teller, neuron: Neuron, upper: Neuron) -> Iterator[Block]:
    error = error_of(upper)
    whole, returned = by(error, neuron.out), by(error, upper.net)
    yield teller.paragraph(
        "hidden.through.error", upper=teller.neuron_name(upper), error=teller.name(error), out=teller.name(neuron.out)
    )
    yield equations(line(teller.name(whole), (Operator.EQUALS, teller.with_names(teller.derivation.formula(whole)))))
    if neuron.name == teller.graph.layers[-2][0].name:
        same = {"local": teller.name(by(error, upper.out)), "total": teller.name(by(teller.error, upper.out))}
        several = len(teller.graph.outputs) > 1
        scope = scope_of(teller.graph.shape)
        if several:
            yield teller.paragraph(f"scope.known.{scope.value}", **same)
        else:
            yield teller.paragraph(f"scope.known_only.{scope.value}", **same)
        yield equations(computed(teller, returned))
    else:
        yield teller.paragraph("hidden.known.before", returned=teller.equality(returned))
    yield from _tell_way_back(teller, neuron, upper)
    yield equations(in_numbers(teller, whole, teller.derivation.formula(whole), left=teller.name(whole)))


def _tell_path_to_neuron(teller: Teller, neuron: Neuron, upper: Neuron) -> Iterator[Block]:
    yield teller.paragraph(
        "hidden.through.neuron", upper=teller.neuron_name(upper), delta=teller.equality(delta_of(upper))
    )
    yield from _tell_way_back(teller, neuron, upper)


def _tell_way_back(teller: Teller, neuron: Neuron, upper: Neuron) -> Iterator[Block]:
    """dnet/dout: the weight between the two neurons."""
    factor = by(upper.net, neuron.out)
    if isinstance(teller.derivation.steps[factor].pattern, UpdatedWeight):
        yield teller.paragraph("hidden.updated_weight")
        yield equations(computed(teller, factor))
        return
    yield teller.paragraph("hidden.way_back", net=teller.name(upper.net), out=teller.name(neuron.out))
    yield equations(worked(teller, factor))
