"""The deltas of a layer at every time step, from the last one back: along which ways the error comes, and how much."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.backward import error_at
from symbackprop.derivation.forward import THRESHOLD, judged_of
from symbackprop.derivation.graph import Graph, Instant, Neuron, error_of, target_of
from symbackprop.derivation.keys import ErrorByOut
from symbackprop.derivation.pattern import Form
from symbackprop.derivation.patterns import fill
from symbackprop.derivation.steps import by, delta_of
from symbackprop.formats import Detail
from symbackprop.functions import Activation, Loss
from symbackprop.pages.document import Align, Block, EquationLine, Figure, Table
from symbackprop.pages.narrate.equations import (
    computed,
    equations,
    in_blocks,
    in_names,
    in_numbers,
    line,
    reason,
    valued,
    worked,
)
from symbackprop.pages.narrate.kinks import tell_corner, tell_exact_hit
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.pages.narrate.unrolled import ways_back
from symbackprop.pages.phrases import Filling
from symbackprop.typeset.formula import Formula, Negative, Quantity, Sum
from symbackprop.typeset.layout import Layout, Operator


def instants_back(graph: Graph, depth: int, sample: int) -> tuple[Instant, ...]:
    """The time steps at which a layer is computed in one sample, the last one first."""
    return graph.instants_in[depth][sample][::-1]


def takers_above(graph: Graph, depth: int, instant: Instant) -> tuple[Neuron, ...]:
    """The neurons that take in what a layer puts out, at the same step."""
    return graph.at[depth + 1].get(instant, ()) if depth + 1 < len(graph.at) else ()


def takers_later(graph: Graph, depth: int, instant: Instant) -> tuple[Neuron, ...]:
    """The neurons of the same layer that take in what it puts out, one step later."""
    if not graph.shape.layers[depth].recurrent:
        return ()
    return graph.one_step_later(depth, instant)


def tell_deltas(teller: Teller, depth: int) -> Iterator[Block]:
    """How the error follows each net input of a layer, at each time step of the first sample; a table of the others."""
    graph = teller.graph
    rest: list[Neuron] = []
    for number, instant in enumerate(instants_back(graph, depth, 0)):
        neurons = graph.at[depth][instant]
        brief = teller.detail is Detail.BRIEF
        told = neurons if not brief else neurons[:1] if _is_new(graph, depth, instant) else ()
        rest.extend(neurons[len(told) :])
        if not told:
            continue
        if graph.shape.steps > 1:
            yield teller.heading(2, "time.step", step=str(instant.step + 1))
        for index, neuron in enumerate(told):
            if index == 0 and _is_new(graph, depth, instant):
                yield from _tell_in_full(teller, depth, neuron, first=number == 0)
            else:
                yield from _tell_again(teller, depth, neuron)
        if brief:
            yield from _tell_table(teller, tuple(rest))
            rest = []
    others = [it for instant in graph.at[depth] if instant.sample for it in graph.at[depth][instant]]
    if rest:
        yield from _tell_table(teller, tuple(rest))
    if others:
        yield teller.paragraph("time.deltas_of_others")
        yield _table_of_deltas(teller, tuple(others))


def _is_new(graph: Graph, depth: int, instant: Instant) -> bool:
    """Whether the error comes back at this step along other ways than one step later."""
    mine = _ways(graph, depth, instant)
    later = [it for it in graph.at[depth] if (it.sample, it.step) == (instant.sample, instant.step + 1)]
    return not later or mine != _ways(graph, depth, later[0])


def _ways(graph: Graph, depth: int, instant: Instant) -> tuple[bool, bool, bool]:
    above, later = takers_above(graph, depth, instant), takers_later(graph, depth, instant)
    return is_judged(graph, depth, instant), bool(above), bool(later)


def is_judged(graph: Graph, depth: int, instant: Instant) -> bool:
    """Whether what a layer puts out at a time step is compared with targets."""
    return depth == len(graph.at) - 1 and instant.step >= graph.shape.steps - graph.shape.targets


# --- One neuron at one step ---------------------------------------------------------------------------------


def _tell_in_full(teller: Teller, depth: int, neuron: Neuron, *, first: bool) -> Iterator[Block]:
    graph = teller.graph
    error = error_at(graph, neuron.instant)
    factor = by(error, neuron.out)
    yield teller.heading(3, "factor.question", number="1", of=teller.name(error), variable=teller.name(neuron.out))
    above, later = takers_above(graph, depth, neuron.instant), takers_later(graph, depth, neuron.instant)
    if not above and not later and len(judged_of(graph, 0)) <= _MOST_TERMS:
        yield equations(worked(teller, factor))
        yield from tell_exact_hit(teller, neuron)
    elif not above and not later:
        yield teller.paragraph("time.own_term", own=teller.name(error_of(neuron)), out=teller.name(neuron.out))
        yield equations(_own_term(teller, neuron))
        key = "time.in_sum" if graph.shape.divisor == 1 else "time.in_mean"
        yield teller.paragraph(key, error=teller.name(error))
        yield equations(computed(teller, factor))
        yield from tell_exact_hit(teller, neuron)
    else:
        yield from _tell_ways(teller, depth, neuron, above, later)
    yield from _tell_second_factor(teller, depth, neuron, first=first)


_MOST_TERMS = 4
"""So many outputs and steps may be written out as one error."""


def _own_term(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    """The derivative of an output's own error, line by line, in symbols."""
    pattern = teller.derivation.patterns(ErrorByOut(teller.graph.shape.loss))
    assert pattern.differentiates is not None
    slots = {"target": target_of(neuron), "out": neuron.out, "kappa": THRESHOLD}

    def said(formula: Formula) -> Layout:
        return teller.with_names(fill(formula, slots))

    yield from line(teller.name(error_of(neuron)), (Operator.EQUALS, said(pattern.differentiates.definition)))
    left: Layout | None = teller.name(by(error_of(neuron), neuron.out))
    for step in pattern.working:
        note = reason(teller, neuron.out, step.reason)
        yield from line(left, (Operator.EQUALS, said(step.formula)), note=note)
        left = None
    yield from line(left, (Operator.EQUALS, said(pattern.result)))


def _tell_ways(
    teller: Teller, depth: int, neuron: Neuron, above: tuple[Neuron, ...], later: tuple[Neuron, ...]
) -> Iterator[Block]:
    """dE/dout where the output goes on: a term for each neuron that takes it in, each found on its own."""
    graph = teller.graph
    factor = by(error_at(graph, neuron.instant), neuron.out)
    formula = teller.derivation.formula(factor)
    judged = is_judged(graph, depth, neuron.instant)
    yield teller.paragraph(_way_key(judged, bool(above), bool(later)), **_ends(teller, neuron, above, later))
    yield equations(line(teller.name(factor), (Operator.EQUALS, teller.with_names(formula))))
    if later and (above or judged):
        name = f"back-{neuron.name}{neuron.instant.step + 1}".replace("_", "-")
        caption = teller.phrases.say("time.caption", out=teller.name(neuron.out))
        yield Figure(name=name, drawing=ways_back(teller, depth, neuron, (*above, *later)), caption=caption)
    if judged:
        own = by(error_of(neuron), neuron.out)
        yield teller.paragraph("time.through_error", error=teller.name(error_of(neuron)))
        yield equations(worked(teller, own))
    for key, takers in (("time.through_above", above), ("time.through_later", later)):
        for taker in takers:
            yield teller.paragraph(
                key, taker=teller.name(f"{taker.name}{taker.instant.mark}"), delta=teller.equality(delta_of(taker))
            )
            yield equations(worked(teller, by(taker.net, neuron.out)))
    if len(above) + len(later) + judged > 1:
        yield teller.paragraph("time.together")
    yield equations(in_numbers(teller, factor, formula, left=teller.name(factor)))


def _way_key(judged: bool, above: bool, later: bool) -> str:  # noqa: FBT001 - three facts that make one key
    match judged, above, later:
        case True, _, True:
            return "time.way.judged_and_later"
        case _, True, True:
            return "time.way.above_and_later"
        case _, True, False:
            return "time.way.above"
        case _:
            return "time.way.later"


def _ends(teller: Teller, neuron: Neuron, above: tuple[Neuron, ...], later: tuple[Neuron, ...]) -> dict[str, Filling]:
    def listed(neurons: tuple[Neuron, ...]) -> Filling:
        names = tuple(teller.name(f"{it.name}{it.instant.mark}") for it in neurons)
        return teller.list_of(names) if names else ""

    return {"out": teller.name(neuron.out), "above": listed(above), "later": listed(later)}


def _tell_second_factor(teller: Teller, depth: int, neuron: Neuron, *, first: bool) -> Iterator[Block]:
    """dout/dnet, and with it the delta."""
    graph = teller.graph
    if graph.shape.layers[depth].activation is Activation.SOFTMAX:
        yield from _tell_softmax(teller, depth, neuron)
        return
    squash = by(neuron.out, neuron.net)
    yield teller.heading(3, "factor.question", number="2", of=teller.name(neuron.out), variable=teller.name(neuron.net))
    definition = teller.with_names(teller.derivation.formula(neuron.out))
    yield teller.paragraph("time.squash")
    yield equations(line(teller.name(neuron.out), (Operator.EQUALS, definition)), computed(teller, squash))
    yield from tell_corner(teller, neuron)
    is_first = first and depth == len(graph.at) - 1
    fillings = {"neuron": teller.neuron_name(neuron), "delta": teller.name(delta_of(neuron))}
    yield teller.paragraph("delta.intro" if is_first else "time.delta", **fillings)
    yield equations(_delta(teller, neuron), _other_forms(teller, neuron))
    if is_first and graph.shape.loss is Loss.HALF_SQUARED and graph.shape.divisor == 1:
        swapped = teller.with_names(Sum((Quantity(neuron.out), Negative(Quantity(target_of(neuron))))))
        yield teller.note("delta.sign", swapped=swapped, delta=teller.name(delta_of(neuron)))


def _tell_softmax(teller: Teller, depth: int, neuron: Neuron) -> Iterator[Block]:
    """In a softmax layer one net input moves every output."""
    layer = teller.graph.at[depth][neuron.instant]
    yield teller.heading(3, "factor.question", number="2", of=teller.name(neuron.out), variable=teller.name(neuron.net))
    yield teller.paragraph("time.softmax", net=teller.name(neuron.net))
    for other in layer:
        yield equations(worked(teller, by(other.out, neuron.net)))
    if others := [it for it in layer if it is not neuron]:
        error = error_at(teller.graph, neuron.instant)
        yield teller.paragraph("time.softmax_errors")
        yield equations(*(computed(teller, by(error, it.out)) for it in others))
    yield teller.paragraph("time.softmax_delta", neuron=teller.neuron_name(neuron), delta=teller.name(delta_of(neuron)))
    yield equations(_delta(teller, neuron), _other_forms(teller, neuron))


def _delta(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    delta = delta_of(neuron)
    error = error_at(teller.graph, neuron.instant)
    yield from line(teller.name(delta), (Operator.EQUALS, teller.name(by(error, neuron.net))))
    yield from valued(teller, delta, left=None)


def _other_forms(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    """The delta with its factors written out, and where loss and activation cancel, what is left of them."""
    delta = delta_of(neuron)
    pattern = teller.derivation.pattern(delta)
    left = teller.name(delta)
    if pattern.shortcut:
        for number, step in enumerate(pattern.shortcut):
            formula = teller.with_names(teller.derivation.fill(delta, step.formula))
            note = reason(teller, neuron.net, step.reason)
            yield from line(left if number == 0 else None, (Operator.EQUALS, formula), note=note)
        shortest = teller.derivation.fill(delta, pattern.shortcut[-1].formula)
        yield from in_numbers(teller, delta, shortest, left=None)
    elif Form.FACTORS_WRITTEN_OUT in pattern.also:
        yield from in_names(teller, teller.derivation.forms(delta)[Form.FACTORS_WRITTEN_OUT], left=left)


def _tell_again(teller: Teller, depth: int, neuron: Neuron) -> Iterator[Block]:
    """A neuron whose ways are those of one before it: its own numbers only."""
    graph = teller.graph
    error = error_at(graph, neuron.instant)
    takers = (*takers_above(graph, depth, neuron.instant), *takers_later(graph, depth, neuron.instant))
    yield teller.paragraph("time.again", neuron=teller.name(f"{neuron.name}{neuron.instant.mark}"))
    ways = [computed(teller, by(taker.net, neuron.out)) for taker in takers]
    if takers and is_judged(graph, depth, neuron.instant):
        ways.insert(0, computed(teller, by(error_of(neuron), neuron.out)))
    yield from in_blocks(ways)
    lines = [computed(teller, by(error, neuron.out))]
    if graph.shape.layers[depth].activation is Activation.SOFTMAX:
        layer = graph.at[depth][neuron.instant]
        lines += [computed(teller, by(other.out, neuron.net)) for other in layer]
    else:
        lines.append(computed(teller, by(neuron.out, neuron.net)))
    yield from in_blocks((*lines, computed(teller, delta_of(neuron))))
    yield from tell_corner(teller, neuron)


# --- Tables -------------------------------------------------------------------------------------------------


def _tell_table(teller: Teller, neurons: tuple[Neuron, ...]) -> Iterator[Block]:
    if neurons:
        yield teller.paragraph("time.rest")
        yield _table_of_deltas(teller, neurons)


def _table_of_deltas(teller: Teller, neurons: tuple[Neuron, ...]) -> Table:
    graph = teller.graph
    rows = []
    for neuron in neurons:
        error = by(error_at(graph, neuron.instant), neuron.out)
        rows.append(
            (
                math(teller.name(f"{neuron.name}{neuron.instant.mark}")),
                math(teller.value(error)),
                math(teller.equality(delta_of(neuron))),
            )
        )
    columns = ("neuron", "factor", "delta")
    header = tuple(teller.phrases.say(f"time.table.{column}") for column in columns)
    return Table(header=header, align=(Align.LEFT, Align.RIGHT, Align.LEFT), rows=tuple(rows))
