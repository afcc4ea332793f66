"""Softmax layers, where each net input moves every output: the Jacobian, and deltas as sums over the outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symbackprop.derivation.graph import Neuron
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.pages.document import Align, Block, EquationLine, Figure, Table
from symbackprop.pages.narrate.equations import compact, computed, equations, line, worked
from symbackprop.pages.narrate.factors import (
    gradient_with_delta,
    other_form,
    tell_first_update,
    tell_update,
    tell_weight_factor,
)
from symbackprop.pages.narrate.path_pictures import path_picture
from symbackprop.pages.narrate.rest import tell_rest_of_layer
from symbackprop.pages.narrate.scope import updates_in_place
from symbackprop.pages.narrate.shortcuts import tell_shortcut, tell_shortcut_again
from symbackprop.pages.narrate.signs import tell_sign
from symbackprop.pages.narrate.teller import Teller, math
from symbackprop.pages.narrate.weights import Factors
from symbackprop.typeset.formula import Formula, Product, Quantity
from symbackprop.typeset.layout import Operator


def tell_jacobian_derivation(teller: Teller) -> Iterator[Block]:
    """The derivative of an output by its own net input, and by another one; then what both have in common."""
    graph = teller.graph
    layer = next(
        layer
        for layer, shape in zip(graph.layers, graph.shape.layers, strict=True)
        if shape.activation is Activation.SOFTMAX
    )
    first, *others = layer
    names = {"net": teller.name(first.net), "outs": teller.list_of(tuple(teller.name(it.out) for it in layer))}
    if not others:
        yield teller.paragraph("softmax.single", out=teller.name(first.out), **names)
        yield equations(worked(teller, by(first.out, first.net)))
        return
    yield teller.paragraph("activation.softmax.intro", **names)
    own = {"out": teller.name(first.out), "net": teller.name(first.net)}
    yield teller.paragraph("softmax.own", **own)
    yield equations(worked(teller, by(first.out, first.net)))
    other = {"out": teller.name(others[0].out), "net": teller.name(first.net)}
    yield teller.paragraph("softmax.other", **other)
    yield equations(worked(teller, by(others[0].out, first.net)))
    if has_room(layer):
        yield teller.paragraph("softmax.table")
        yield jacobian(teller, layer)
    yield teller.paragraph("activation.softmax.after", out=teller.name("out"))


_MOST_IN_FULL, _MOST_COLUMNS, _FEW_DECIMALS = 4, 7, 4
"""A table of so many columns shows every decimal; one of more columns fewer, up to as many as a page has room for."""


def has_room(layer: tuple[Neuron, ...]) -> bool:
    """Whether a page is wide enough for the table of a layer's derivatives."""
    return len(layer) <= _MOST_COLUMNS


def jacobian(teller: Teller, layer: tuple[Neuron, ...]) -> Table:
    """The derivatives of all outputs of a layer, a row for each, by all net inputs, a column for each."""
    header = (teller.phrases.say("softmax.corner"), *(math(teller.name(it.net)) for it in layer))
    decimals = teller.decimals if len(layer) <= _MOST_IN_FULL else min(teller.decimals, _FEW_DECIMALS)
    values = teller.derivation.values
    rows = tuple(
        (
            math(teller.name(of.out)),
            *(math(teller.number(values.shown(by(of.out, variable.net), decimals).digits)) for variable in layer),
        )
        for of in layer
    )
    return Table(header=header, align=(Align.LEFT, *(Align.RIGHT for _ in layer)), rows=rows)


def tell_softmax_layer(teller: Teller, layer: tuple[Neuron, ...], out_factor: Factors) -> Iterator[Block]:
    """All weights into a softmax layer; `out_factor` tells how the error follows one of its outputs."""
    first = layer[0].weight_ids[0]
    yield from _heading(teller, first)
    yield from _tell_first_weight(teller, layer, out_factor)
    if teller.detail is Detail.BRIEF:
        yield from tell_rest_of_layer(teller, layer)
        return
    for neuron in layer:
        for weight in neuron.weight_ids:
            if weight == first:
                continue
            yield from _heading(teller, weight)
            if weight == neuron.weight_ids[0]:
                yield from _tell_first_of_neuron(teller, neuron, layer)
            else:
                yield from _tell_sibling(teller, neuron, weight)
            if updates_in_place(teller.graph.shape):
                yield teller.paragraph("update.again")
                yield from tell_update(teller, weight)


def _heading(teller: Teller, weight: str) -> Iterator[Block]:
    yield teller.heading(2, "weight.heading", weight=teller.name(weight), total=teller.name(teller.error))


def _tell_first_weight(teller: Teller, layer: tuple[Neuron, ...], out_factor: Factors) -> Iterator[Block]:
    """The first weight of the layer, in full: all paths, the delta as their sum, the shortcut where there is one."""
    neuron = layer[0]
    weight = neuron.weight_ids[0]
    outs = teller.list_of(tuple(teller.name(it.out) for it in layer))
    yield teller.paragraph("softmax.path", weight=teller.name(weight), net=teller.name(neuron.net), outs=outs)
    chain = Product((teller.derivation.formula(delta_of(neuron)), Quantity(by(neuron.net, weight))))
    yield equations(line(teller.name(by(teller.error, weight)), (Operator.EQUALS, teller.with_names(chain))))
    caption = teller.phrases.say("softmax.caption", weight=teller.name(weight))
    yield Figure(name=f"path-{weight}", drawing=path_picture(teller, weight), caption=caption)
    yield teller.heading(3, "softmax.question_error", number="1", total=teller.name(teller.error))
    for it in layer:
        yield from out_factor(teller, it)
    yield teller.heading(3, "softmax.question_outputs", number="2", net=teller.name(neuron.net))
    yield from _tell_column(teller, neuron, layer)
    yield teller.heading(3, "delta.heading")
    yield teller.paragraph("softmax.delta", neuron=teller.neuron_name(neuron), delta=teller.name(delta_of(neuron)))
    yield equations(_delta(teller, neuron))
    yield from tell_shortcut(teller, neuron)
    yield from tell_weight_factor(teller, neuron, weight)
    yield teller.heading(3, "factor.together")
    yield equations(_gradient(teller, weight))
    yield from tell_sign(teller, teller.error, weight)
    if updates_in_place(teller.graph.shape):
        yield from tell_first_update(teller, weight)


def _tell_column(teller: Teller, neuron: Neuron, layer: tuple[Neuron, ...]) -> Iterator[Block]:
    """How the layer's outputs follow one net input: a column of the table above."""
    yield teller.paragraph("activation.softmax.squash", net=teller.name(neuron.net))
    yield equations(*(compact(teller, by(it.out, neuron.net)) for it in layer))


def _tell_first_of_neuron(teller: Teller, neuron: Neuron, layer: tuple[Neuron, ...]) -> Iterator[Block]:
    weight = neuron.weight_ids[0]
    yield teller.paragraph("softmax.again", weight=teller.name(weight), net=teller.name(neuron.net))
    yield from _tell_column(teller, neuron, layer)
    yield teller.paragraph("softmax.delta_again", neuron=teller.neuron_name(neuron))
    yield equations(_delta(teller, neuron))
    yield from tell_shortcut_again(teller, neuron)
    yield teller.paragraph("softmax.third", weight=teller.name(weight))
    yield equations(worked(teller, by(neuron.net, weight)))
    yield equations(_gradient(teller, weight))


def _tell_sibling(teller: Teller, neuron: Neuron, weight: str) -> Iterator[Block]:
    names = {
        "weight": teller.name(weight),
        "first": teller.name(neuron.weight_ids[0]),
        "net": teller.name(neuron.net),
        "delta": teller.equality(delta_of(neuron)),
    }
    yield teller.paragraph("softmax.sibling", **names)
    yield equations(worked(teller, by(neuron.net, weight)))
    yield equations(_gradient(teller, weight))


def _delta(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    delta = delta_of(neuron)
    yield from line(teller.name(delta), (Operator.EQUALS, teller.name(by(teller.error, neuron.net))))
    for number, it in enumerate(computed(teller, delta)):
        yield replace(it, left=None if number == 0 else it.left)


def _gradient(teller: Teller, weight: str) -> Iterator[EquationLine]:
    gradient = by(teller.error, weight)
    forms: list[Formula] = [teller.derivation.formula(gradient)]
    if Form.FUSED in teller.derivation.forms(gradient):
        forms.append(other_form(teller, gradient, Form.FUSED))
    yield from gradient_with_delta(teller, gradient, *forms)
