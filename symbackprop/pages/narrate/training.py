"""After the first round, and after many: the error before and after, its curve, the final answers."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.forward import judged_of
from symbackprop.derivation.graph import TOTAL_ERROR, Graph, sample_error, target_of
from symbackprop.derivation.steps import updated
from symbackprop.derivation.train import milestones_until, spread_until
from symbackprop.derivation.updates import STATES
from symbackprop.derivation.values import Values
from symbackprop.network import Rule
from symbackprop.pages.document import Align, Block, Figure, Table
from symbackprop.pages.narrate.pictures import curve_picture
from symbackprop.pages.narrate.teller import Teller, math, words
from symbackprop.typeset.layout import Number


def tell_first_round(teller: Teller) -> Iterator[Block]:
    """One more forward pass, with the updated weights, and whether the error has become smaller."""
    graph = teller.graph
    before, after = teller.derivation.values, teller.derivation.after(1)
    yield teller.heading(1, "round.heading")
    yield teller.paragraph("round.intro")
    yield _before_and_after(teller, (*_compared(graph), TOTAL_ERROR))
    errors = {"before": teller.value(TOTAL_ERROR), "after": teller.later(TOTAL_ERROR)}
    lower = float(after.rounded(TOTAL_ERROR, 40)) < float(before.rounded(TOTAL_ERROR, 40))
    higher = "round.higher_adaptive" if graph.shape.rule in _ADAPTIVE else "round.higher"
    yield teller.paragraph("round.lower" if lower else higher, **errors)


_ADAPTIVE = (Rule.RMSPROP, Rule.ADAM, Rule.ADAMW)
"""Rules that divide by the size of the gradient."""


def _compared(graph: Graph) -> Iterator[str]:
    """Every net input and output of a single sample; of several, and of sequences, the answers and the errors."""
    if graph.shape.samples == graph.shape.steps == 1:
        for neuron in graph.neurons():
            yield from (neuron.net, neuron.out)
        return
    for sample in range(graph.shape.samples):
        yield from (neuron.out for neuron in judged_of(graph, sample))
        if graph.shape.samples > 1:
            yield sample_error(graph.shape, sample)


def _before_and_after(teller: Teller, ids: tuple[str, ...]) -> Table:
    rows = tuple((math(teller.name(id_)), math(teller.value(id_)), math(teller.later(id_))) for id_ in ids)
    header = tuple(teller.phrases.say(f"round.column.{column}") for column in ("quantity", "before", "after"))
    return Table(header=header, align=(Align.LEFT, Align.RIGHT, Align.RIGHT), rows=rows)


def tell_training(teller: Teller, rounds: int) -> Iterator[Block]:
    """The same step, again and again: the error's curve, a table by powers of ten, the final answers."""
    graph = teller.graph
    milestones = milestones_until(rounds)
    yield teller.heading(1, "training.heading", rounds=teller.counted(rounds))
    yield teller.paragraph("training.intro", rounds=teller.counted(rounds))
    curve = curve_picture(teller, error_curve(teller, rounds), milestones)
    yield Figure(
        name="error", drawing=curve, caption=teller.phrases.say("training.caption", total=teller.name(TOTAL_ERROR))
    )
    outs = tuple(neuron.out for neuron in graph.judged)
    ids = (TOTAL_ERROR, *(outs if len(outs) <= _MOST_ANSWERS else ()))
    rows = []
    for milestone in milestones:
        values = teller.derivation.after(milestone)
        rows.append((words(teller.counted(milestone)), *(math(teller.figure(id_, values)) for id_ in ids)))
    header = (teller.phrases.say("training.rounds"), *(math(teller.name(id_)) for id_ in ids))
    yield Table(header=header, align=(Align.RIGHT,) * len(header), rows=tuple(rows))
    if letters := STATES[graph.shape.rule]:
        parameter = next(graph.parameters())
        states = tuple(teller.equality(updated(f"{letter}_{parameter}")) for letter in letters)
        yield teller.paragraph("training.state", states=teller.list_of(states))
    yield from _tell_answers(teller, rounds)


_MOST_ANSWERS = 4
"""So many outputs have room in the table by rounds, beside the error."""


def _tell_answers(teller: Teller, rounds: int) -> Iterator[Block]:
    """What the trained network answers, and what would have been right."""
    graph = teller.graph
    final = teller.derivation.after(rounds)
    error = teller.equality_after(TOTAL_ERROR, rounds, final)
    if graph.shape.samples > 1:
        yield teller.paragraph("samples.final", rounds=teller.counted(rounds), error=error)
        yield _table_of_answers(teller, final)
        return
    outs = tuple(teller.equality_after(neuron.out, rounds, final) for neuron in graph.judged)
    targets = tuple(teller.value(target_of(neuron)) for neuron in graph.judged)
    fillings = {"outs": teller.list_of(outs), "targets": teller.list_of(targets)}
    key = "training.final.one" if len(targets) == 1 else "training.final.many"
    yield teller.paragraph(key, rounds=teller.counted(rounds), error=error, **fillings)


def _table_of_answers(teller: Teller, final: Values) -> Table:
    graph = teller.graph
    rows = []
    for sample in range(graph.shape.samples):
        judged = judged_of(graph, sample)
        targets = teller.list_of(tuple(teller.value(target_of(neuron)) for neuron in judged))
        outs = teller.list_of(tuple(teller.figure(neuron.out, final) for neuron in judged))
        rows.append((math(Number(f"{sample + 1}")), targets, outs))
    header = tuple(teller.phrases.say(f"samples.column.{column}") for column in ("sample", "targets", "answers"))
    return Table(header=header, align=(Align.LEFT, Align.WRAPPED, Align.WRAPPED), rows=tuple(rows))


def error_curve(teller: Teller, rounds: int) -> tuple[tuple[int, float], ...]:
    """The total error at about sixty rounds, evenly apart on a logarithmic axis, milestones among them."""
    chosen = sorted({*spread_until(rounds), *milestones_until(rounds)})
    return tuple((number, teller.derivation.trace.error(number)) for number in chosen)
