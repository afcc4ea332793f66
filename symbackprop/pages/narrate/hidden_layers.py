"""The backward pass through the hidden layers: the sum over all paths into the layer above."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from symbackprop.derivation.graph import TOTAL_ERROR, Neuron, error_of
from symbackprop.derivation.keys import UpdatedWeight
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of
from symbackprop.formats import Detail
from symbackprop.network import HiddenGradients
from symbackprop.pages.document import Block, EquationLine, Figure, Paragraph
from symbackprop.pages.narrate.biases import tell_biases
from symbackprop.pages.narrate.equations import computed, equations, in_numbers, is_short, line, worked
from symbackprop.pages.narrate.factors import (
    gradient_with_delta,
    other_form,
    tell_chain,
    tell_delta,
    tell_product,
    tell_question,
    tell_sign,
    tell_squash_factor,
    tell_update,
    tell_weight_factor,
)
from symbackprop.pages.narrate.pictures import path_picture
from symbackprop.pages.narrate.summary import tell_rest_of_layer
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.weights import Telling, tell_other_weights
from symbackprop.typeset.formula import Formula, Product, Quantity, SumOver
from symbackprop.typeset.layout import Operator


def tell_hidden_layer(teller: Teller, depth: int) -> Iterator[Block]:
    """Every weight into one hidden layer, worked out or tabled, and the biases if they learn."""
    layers = teller.derivation.graph.layers
    layer, above = layers[depth], layers[depth + 1]
    first = layer[0]
    weight = first.weights[0][0]
    key = "hidden.heading" if layers[:-1] == (layer,) else "hidden.heading_numbered"
    yield teller.heading(1, key, layer=str(depth + 1))
    fillings = {"weight": teller.name(weight), "gradient": teller.name(by(TOTAL_ERROR, weight))}
    if teller.derivation.network.training.hidden_gradients is HiddenGradients.UPDATED:
        yield teller.paragraph("hidden.intro_mistake", **fillings)
        yield teller.note("hidden.mistake")
    else:
        yield teller.paragraph("hidden.intro", **fillings)
    yield from _tell_first_weight(teller, first, weight, above)
    if teller.detail is Detail.BRIEF:
        yield from tell_rest_of_layer(teller, layer)
    else:
        telling = Telling(
            path=_path,
            factors=_tell_factors,
            delta_written_out=_delta_written_out,
            gradient_written_out=_gradient_written_out,
        )
        for neuron in layer:
            yield from tell_other_weights(teller, neuron, telling, already_told=weight)
    yield from tell_biases(teller, layer)


def _tell_first_weight(teller: Teller, neuron: Neuron, weight: str, above: tuple[Neuron, ...]) -> Iterator[Block]:
    yield teller.heading(2, "weight.heading", weight=teller.name(weight), total=teller.name(TOTAL_ERROR))
    yield _path(teller, neuron, weight)
    yield from tell_chain(teller, weight)
    key = "hidden.caption.one" if len(above) == 1 else "hidden.caption.many"
    caption = teller.phrases.say(key, weight=teller.name(weight))
    yield Figure(name=f"path-{weight}", drawing=path_picture(teller, weight), caption=caption)
    yield from _tell_factors(teller, neuron, weight)
    yield teller.heading(3, "hidden.general.heading")
    yield teller.paragraph(
        "hidden.general.delta", neuron=teller.neuron_name(neuron), delta=teller.name(delta_of(neuron))
    )
    yield from tell_delta(teller, neuron)
    index = _any_of(above)
    between = {
        "weight_between": teller.name(_to_any(neuron, index)),
        "neuron": teller.neuron_name(neuron),
        "index": teller.name(index),
    }
    yield teller.paragraph("hidden.general.same", **between)
    yield equations(_returning_written_out(teller, neuron), _delta_written_out(teller, neuron))
    yield teller.paragraph("hidden.general.sums", weight=teller.name(weight))
    yield equations(_gradient_written_out(teller, neuron, weight))
    yield teller.paragraph("update.again")
    yield from tell_update(teller, weight)


def _any_of(layer: tuple[Neuron, ...]) -> str:
    """The name of any neuron of a layer, over which a general form sums: `o*`, `h2_*`."""
    return f"{layer[0].name.removesuffix('1')}*"


def _to_any(neuron: Neuron, index: str) -> str:
    """The name of the weight from a neuron to any of the layer above it."""
    return f"w_{neuron.name}>{index}"


def _returning_written_out(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    """The error that comes back to a neuron: each delta of the layer above over its weight."""
    factor = by(TOTAL_ERROR, neuron.out)
    short = other_form(teller, factor, Form.WITH_DELTA)
    yield from line(teller.name(factor), (Operator.EQUALS, teller.with_names(short)))
    yield from in_numbers(teller, factor, short, left=None)


def _delta_written_out(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    formula = Product((_sum_of_deltas(teller, neuron), *_squash_factors(teller, neuron)))
    yield from line(teller.name(delta_of(neuron)), (Operator.EQUALS, teller.with_names(formula)))


def _gradient_written_out(teller: Teller, neuron: Neuron, weight: str) -> Iterator[EquationLine]:
    """A gradient with the sum over all paths, with the deltas of the layer above, and with the neuron's own delta."""
    local = by(neuron.net, weight)
    chains = Product((_sum_of_chains(teller, neuron), Quantity(by(neuron.out, neuron.net)), Quantity(local)))
    input_ = teller.derivation.formula(local)
    deltas = Product((_sum_of_deltas(teller, neuron), *_squash_factors(teller, neuron), input_))
    gradient = by(TOTAL_ERROR, weight)
    written_out = other_form(teller, gradient, Form.FACTORS_WRITTEN_OUT)
    forms = (chains, deltas, written_out) if is_short(teller.with_names(written_out)) else (chains, deltas)
    yield from gradient_with_delta(teller, gradient, *forms)


def _sum_of_chains(teller: Teller, neuron: Neuron) -> Formula:
    index = _any_of(_layer_above(teller, neuron))
    out, net = f"out_{index}", f"net_{index}"
    chain = (by(TOTAL_ERROR, out), by(out, net), by(net, neuron.out))
    return SumOver(index, Product(tuple(Quantity(factor) for factor in chain)))


def _sum_of_deltas(teller: Teller, neuron: Neuron) -> Formula:
    index = _any_of(_layer_above(teller, neuron))
    return SumOver(index, Product((Quantity(f"delta_{index}"), Quantity(_to_any(neuron, index)))))


def _squash_factors(teller: Teller, neuron: Neuron) -> tuple[Formula, ...]:
    squash = teller.derivation.formula(by(neuron.out, neuron.net))
    return squash.factors if isinstance(squash, Product) else (squash,)


def _path(teller: Teller, neuron: Neuron, weight: str) -> Paragraph:
    above = _layer_above(teller, neuron)
    uppers = teller.list_of(tuple(teller.neuron_name(upper) for upper in above))
    fillings = {
        "weight": teller.name(weight),
        "net": teller.name(neuron.net),
        "out": teller.name(neuron.out),
        "uppers": uppers,
    }
    return teller.paragraph("hidden.path.one" if len(above) == 1 else "hidden.path.many", **fillings)


def _layer_above(teller: Teller, neuron: Neuron) -> tuple[Neuron, ...]:
    layers = teller.derivation.graph.layers
    return next(upper for layer, upper in pairwise(layers) if neuron in layer)


def _tell_factors(teller: Teller, neuron: Neuron, weight: str) -> Iterator[Block]:
    yield from _tell_out_factor(teller, neuron, _layer_above(teller, neuron))
    yield from tell_squash_factor(teller, neuron)
    yield from tell_weight_factor(teller, neuron, weight)
    yield from tell_product(teller, weight)
    if teller.derivation.network.training.hidden_gradients is HiddenGradients.ORIGINAL:
        yield from tell_sign(teller, weight)


def _tell_out_factor(teller: Teller, neuron: Neuron, above: tuple[Neuron, ...]) -> Iterator[Block]:
    """dE_total/dout of a hidden neuron: a sum with one term for each neuron that it feeds."""
    factor = by(TOTAL_ERROR, neuron.out)
    yield from tell_question(teller, 1, TOTAL_ERROR, neuron.out)
    key = "hidden.sum.one" if len(above) == 1 else "hidden.sum.many"
    yield teller.paragraph(key, out=teller.name(neuron.out))
    yield equations(line(teller.name(factor), (Operator.EQUALS, teller.with_names(teller.derivation.formula(factor)))))
    below_errors = above is teller.derivation.graph.outputs
    for upper in above:
        if below_errors:
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
    if neuron is teller.derivation.graph.layers[-2][0]:
        same = {"local": teller.name(by(error, upper.out)), "total": teller.name(by(TOTAL_ERROR, upper.out))}
        several = len(teller.derivation.graph.outputs) > 1
        yield teller.paragraph("hidden.known.first" if several else "hidden.known.only", **same)
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
