"""The backward pass through the hidden layers: the sum over all paths into the layer above."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, error_of
from symbackprop.derivation.keys import UpdatedWeight
from symbackprop.derivation.steps import by, delta_of
from symbackprop.formats import Detail
from symbackprop.functions import Reason
from symbackprop.network import HiddenGradients
from symbackprop.pages.document import Block, Figure, Paragraph
from symbackprop.pages.narrate.biases import tell_biases
from symbackprop.pages.narrate.equations import computed, equations, in_numbers, line, worked
from symbackprop.pages.narrate.factors import (
    delta_form,
    other_form,
    tell_chain,
    tell_delta,
    tell_product,
    tell_question,
    tell_squash_factor,
    tell_update,
    tell_weight_factor,
)
from symbackprop.pages.narrate.pictures import path_picture
from symbackprop.pages.narrate.summary import tell_rest_of_layer
from symbackprop.pages.narrate.teller import Teller, neuron_name
from symbackprop.pages.narrate.weights import tell_other_weights
from symbackprop.typeset.formula import Formula, Product, Quantity, SumOver
from symbackprop.typeset.layout import Operator
from symbackprop.typeset.notation import name


def tell_hidden_layer(teller: Teller, depth: int) -> Iterator[Block]:
    """Every weight into one hidden layer, worked out or tabled, and the biases if they learn."""
    layers = teller.derivation.graph.layers
    layer, above = layers[depth], layers[depth + 1]
    first = layer[0]
    weight = first.weights[0][0]
    key = "hidden.heading" if layers[:-1] == (layer,) else "hidden.heading_numbered"
    yield teller.heading(1, key, layer=str(depth + 1))
    fillings = {"weight": name(weight), "gradient": name(by(TOTAL_ERROR, weight))}
    if teller.derivation.network.training.hidden_gradients is HiddenGradients.UPDATED:
        yield teller.paragraph("hidden.intro_mistake", **fillings)
        yield teller.note("hidden.mistake")
    else:
        yield teller.paragraph("hidden.intro", **fillings)
    yield from _tell_first_weight(teller, first, weight, above)
    if teller.detail is Detail.BRIEF:
        yield from tell_rest_of_layer(teller, layer)
    else:
        for neuron in layer:
            yield from tell_other_weights(teller, neuron, _tell_path_and_factors, already_told=weight)
    yield from tell_biases(teller, layer)


def _tell_first_weight(teller: Teller, neuron: Neuron, weight: str, above: tuple[Neuron, ...]) -> Iterator[Block]:
    gradient = by(TOTAL_ERROR, weight)
    yield teller.heading(2, "weight.heading", weight=name(weight), total=name(TOTAL_ERROR))
    yield _path(teller, neuron, weight, above)
    yield from tell_chain(teller, weight)
    caption = teller.phrases.say("hidden.caption", weight=name(weight))
    yield Figure(name=f"path-{weight}", drawing=path_picture(teller, weight), caption=caption)
    yield from _tell_factors(teller, neuron, weight, above)
    yield teller.heading(3, "hidden.general.heading")
    yield teller.paragraph("hidden.general.sums", weight=name(weight), index=name(_index(above)))
    short = other_form(teller, by(TOTAL_ERROR, neuron.out), Reason.DELTA_FORM)
    squash, input_ = by(neuron.out, neuron.net), by(neuron.net, weight)
    rest = (Quantity(squash), Quantity(input_))
    yield equations(
        line(
            name(gradient),
            (Operator.EQUALS, teller.with_names(Product((_sum_of_chains(neuron, above), *rest)))),
        ),
        line(None, (Operator.EQUALS, teller.with_names(_sum_of_deltas(teller, neuron, weight, above)))),
        line(None, (Operator.EQUALS, teller.with_names(other_form(teller, gradient, Reason.DELTA_FORM)))),
    )
    yield teller.paragraph("hidden.general.delta", neuron=neuron_name(neuron), delta=name(delta_of(neuron)))
    yield equations(
        line(name(by(TOTAL_ERROR, neuron.out)), (Operator.EQUALS, teller.with_names(short))),
    )
    yield from tell_delta(teller, neuron)
    yield equations(delta_form(teller, gradient, name(gradient)))
    yield teller.paragraph("update.again")
    yield from tell_update(teller, weight)


def _index(above: tuple[Neuron, ...]) -> str:
    """The letter over which a general form sums: o for outputs, k for the neurons of a hidden layer."""
    return "o" if above[0].name.startswith("o") else "k"


def _sum_of_chains(neuron: Neuron, above: tuple[Neuron, ...]) -> Formula:
    index = _index(above)
    out, net = f"out_{index}", f"net_{index}"
    chain = (by(TOTAL_ERROR, out), by(out, net), by(net, neuron.out))
    return SumOver(index, Product(tuple(Quantity(factor) for factor in chain)))


def _sum_of_deltas(teller: Teller, neuron: Neuron, weight: str, above: tuple[Neuron, ...]) -> Formula:
    index = _index(above)
    deltas = SumOver(index, Product((Quantity(f"delta_{index}"), Quantity(f"w_h{index}"))))
    squash = teller.derivation.formula(by(neuron.out, neuron.net))
    factors = squash.factors if isinstance(squash, Product) else (squash,)
    return Product((deltas, *factors, teller.derivation.formula(by(neuron.net, weight))))


def _path(teller: Teller, neuron: Neuron, weight: str, above: tuple[Neuron, ...]) -> Paragraph:
    uppers = teller.list_of(tuple(neuron_name(upper) for upper in above))
    fillings = {"weight": name(weight), "net": name(neuron.net), "out": name(neuron.out), "uppers": uppers}
    return teller.paragraph("hidden.path.one" if len(above) == 1 else "hidden.path.many", **fillings)


def _tell_path_and_factors(teller: Teller, neuron: Neuron, weight: str) -> Iterator[Block]:
    above = _layer_above(teller, neuron)
    yield _path(teller, neuron, weight, above)
    yield from tell_chain(teller, weight)
    yield from _tell_factors(teller, neuron, weight, above)


def _layer_above(teller: Teller, neuron: Neuron) -> tuple[Neuron, ...]:
    layers = teller.derivation.graph.layers
    return next(upper for layer, upper in pairwise(layers) if neuron in layer)


def _tell_factors(teller: Teller, neuron: Neuron, weight: str, above: tuple[Neuron, ...]) -> Iterator[Block]:
    yield from _tell_out_factor(teller, neuron, above)
    yield from tell_squash_factor(teller, neuron)
    yield from tell_weight_factor(teller, neuron, weight)
    yield from tell_product(teller, weight)


def _tell_out_factor(teller: Teller, neuron: Neuron, above: tuple[Neuron, ...]) -> Iterator[Block]:
    """dE_total/dout of a hidden neuron: a sum with one term for each neuron that it feeds."""
    factor = by(TOTAL_ERROR, neuron.out)
    yield from tell_question(teller, 1, TOTAL_ERROR, neuron.out)
    key = "hidden.sum.one" if len(above) == 1 else "hidden.sum.many"
    yield teller.paragraph(key, out=name(neuron.out))
    yield equations(line(name(factor), (Operator.EQUALS, teller.with_names(teller.derivation.formula(factor)))))
    below_errors = above is teller.derivation.graph.outputs
    for upper in above:
        if below_errors:
            yield from _tell_path_to_error(teller, neuron, upper)
        else:
            yield from _tell_path_to_neuron(teller, neuron, upper)
    if len(above) > 1:
        yield teller.paragraph("hidden.sum.together")
    yield equations(in_numbers(teller, factor))


def _tell_path_to_error(teller: Teller, neuron: Neuron, upper: Neuron) -> Iterator[Block]:
    error = error_of(upper)
    whole, returned = by(error, neuron.out), by(error, upper.net)
    yield teller.paragraph("hidden.through.error", upper=neuron_name(upper), error=name(error), out=name(neuron.out))
    yield equations(line(name(whole), (Operator.EQUALS, teller.with_names(teller.derivation.formula(whole)))))
    if neuron is teller.derivation.graph.layers[-2][0]:
        same = {"local": name(by(error, upper.out)), "total": name(by(TOTAL_ERROR, upper.out))}
        yield teller.paragraph("hidden.known.first", **same)
        yield equations(computed(teller, returned))
    else:
        yield teller.paragraph("hidden.known.before", returned=teller.equality(returned))
    yield from _tell_way_back(teller, neuron, upper)
    yield equations(in_numbers(teller, whole))


def _tell_path_to_neuron(teller: Teller, neuron: Neuron, upper: Neuron) -> Iterator[Block]:
    yield teller.paragraph("hidden.through.neuron", upper=neuron_name(upper), delta=teller.equality(delta_of(upper)))
    yield from _tell_way_back(teller, neuron, upper)


def _tell_way_back(teller: Teller, neuron: Neuron, upper: Neuron) -> Iterator[Block]:
    """dnet/dout: the weight between the two neurons."""
    factor = by(upper.net, neuron.out)
    if isinstance(teller.derivation.steps[factor].pattern, UpdatedWeight):
        yield teller.paragraph("hidden.updated_weight")
        yield equations(computed(teller, factor))
        return
    yield teller.paragraph("hidden.way_back", net=name(upper.net), out=name(neuron.out))
    yield equations(worked(teller, factor))
