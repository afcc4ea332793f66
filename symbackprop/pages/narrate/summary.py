"""Tables: the rest of a layer in a brief walkthrough, and all updates of the round."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import TOTAL_ERROR, Kind, Neuron
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of, updated
from symbackprop.network import HiddenGradients
from symbackprop.pages.document import Align, Block, Inlines, Table
from symbackprop.pages.narrate.factors import other_form
from symbackprop.pages.narrate.teller import Teller, math


def tell_rest_of_layer(teller: Teller, layer: tuple[Neuron, ...]) -> Iterator[Block]:
    """The other weights of a layer of which one was worked out: deltas first, then gradients and updates."""
    yield teller.paragraph("brief.rest")
    yield _table_of_deltas(teller, layer)
    weights = [weight for neuron in layer for weight, _ in neuron.weights]
    if teller.derivation.network.training.update_biases:
        weights.extend(dict.fromkeys(neuron.bias for neuron in layer if neuron.bias is not None))
    rows = []
    for weight in weights:
        gradient = by(TOTAL_ERROR, weight)
        form = teller.with_names(other_form(teller, gradient, Form.WITH_DELTA))
        figures = (teller.value(gradient), teller.value(updated(weight)))
        rows.append((math(teller.name(weight)), math(form), *map(math, figures)))
    columns = ("weight", "formula", "gradient", "after")
    yield _table(teller, columns, tuple(rows))


def _table_of_deltas(teller: Teller, layer: tuple[Neuron, ...]) -> Table:
    rows = []
    for neuron in layer:
        ids = (by(TOTAL_ERROR, neuron.out), by(neuron.out, neuron.net), delta_of(neuron))
        rows.append((math(teller.neuron_name(neuron)), *(math(teller.value(id_)) for id_ in ids)))
    factors = (by(TOTAL_ERROR, "out"), by("out", "net"), "delta")
    header = (teller.phrases.say("brief.neuron"), *(math(teller.name(factor)) for factor in factors))
    return Table(header=header, align=(Align.LEFT, *(Align.RIGHT for _ in factors)), rows=tuple(rows))


def tell_updates(teller: Teller) -> Iterator[Block]:
    """Every weight before and after, in one table: only now does the network change."""
    trained = {step.slots["old"] for step in teller.derivation.steps.values() if step.kind is Kind.UPDATE}
    order = [parameter for parameter in teller.derivation.graph.parameters() if parameter in trained]
    yield teller.heading(1, "updates.heading")
    original = teller.derivation.network.training.hidden_gradients is HiddenGradients.ORIGINAL
    yield teller.paragraph("updates.intro" if original else "updates.intro_mistake")
    rows = tuple(
        (
            math(teller.name(parameter)),
            math(teller.value(parameter)),
            math(teller.value(by(TOTAL_ERROR, parameter))),
            math(teller.value(updated(parameter))),
        )
        for parameter in order
    )
    yield _table(teller, ("weight", "before", "gradient", "after"), rows)


def _table(teller: Teller, columns: tuple[str, ...], rows: tuple[tuple[Inlines, ...], ...]) -> Table:
    gradient = teller.name(by(TOTAL_ERROR, "w"))
    header = tuple(teller.phrases.say(f"column.{column}", gradient=gradient) for column in columns)
    align = tuple(Align.LEFT if column in ("weight", "formula") else Align.RIGHT for column in columns)
    return Table(header=header, align=align, rows=rows)
