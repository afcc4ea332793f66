"""The backward pass through the hidden layers: the sum over all paths into the layer above."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.graph import Neuron
from symbackprop.derivation.patterns import Form
from symbackprop.derivation.steps import by, delta_of
from symbackprop.formats import Detail
from symbackprop.functions import Activation
from symbackprop.network import HiddenGradients
from symbackprop.pages.document import Block, EquationLine, Figure, Paragraph
from symbackprop.pages.narrate.biases import tell_biases
from symbackprop.pages.narrate.cases import applying
from symbackprop.pages.narrate.equations import equations, in_names, in_numbers, is_short
from symbackprop.pages.narrate.factors import (
    gradient_with_delta,
    other_form,
    tell_chain,
    tell_delta,
    tell_product,
    tell_question,
    tell_squash_factor,
    tell_update,
    tell_weight_factor,
)
from symbackprop.pages.narrate.path_pictures import path_picture
from symbackprop.pages.narrate.paths import layer_above, tell_returning_error
from symbackprop.pages.narrate.rest import tell_rest_of_layer
from symbackprop.pages.narrate.scope import activation_of, squashes, updates_in_place
from symbackprop.pages.narrate.signs import tell_sign
from symbackprop.pages.narrate.softmax import tell_softmax_layer
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.weights import Telling, tell_other_weights
from symbackprop.typeset.formula import Cases, Formula, Product, Quantity, SumOver


def tell_hidden_layer(teller: Teller, depth: int) -> Iterator[Block]:
    """Every weight into one hidden layer, worked out or tabled, and the biases if they learn."""
    layers = teller.graph.layers
    layer, above = layers[depth], layers[depth + 1]
    first = layer[0]
    weight = first.weights[0][0]
    key = "hidden.heading" if layers[:-1] == (layer,) else "hidden.heading_numbered"
    yield teller.heading(1, key, layer=str(depth + 1))
    fillings = {"weight": teller.name(weight), "gradient": teller.name(by(teller.error, weight))}
    if teller.derivation.network.training.hidden_gradients is HiddenGradients.UPDATED:
        yield teller.paragraph("hidden.intro_mistake", **fillings)
        yield teller.note("hidden.mistake")
    else:
        yield teller.paragraph("hidden.intro", **fillings)
    if activation_of(teller.graph, first) is Activation.SOFTMAX:
        yield from tell_softmax_layer(teller, layer, tell_returning_error)
    else:
        yield from _tell_weights(teller, layer, above)
    yield from tell_biases(teller, layer)


def _tell_weights(teller: Teller, layer: tuple[Neuron, ...], above: tuple[Neuron, ...]) -> Iterator[Block]:
    first = layer[0].weight_ids[0]
    yield from _tell_first_weight(teller, layer[0], first, above)
    if teller.detail is Detail.BRIEF:
        yield from tell_rest_of_layer(teller, layer)
        return
    telling = Telling(
        path=_path,
        factors=_tell_factors,
        delta_written_out=_delta_written_out,
        gradient_written_out=_gradient_written_out,
    )
    for neuron in layer:
        yield from tell_other_weights(teller, neuron, telling, already_told=first)


def _tell_first_weight(teller: Teller, neuron: Neuron, weight: str, above: tuple[Neuron, ...]) -> Iterator[Block]:
    yield teller.heading(2, "weight.heading", weight=teller.name(weight), total=teller.name(teller.error))
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
    key = "hidden.general.sums_of_deltas" if _is_below_softmax(teller, neuron) else "hidden.general.sums"
    yield teller.paragraph(key, weight=teller.name(weight))
    yield equations(_gradient_written_out(teller, neuron, weight))
    if updates_in_place(teller.graph.shape):
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
    factor = by(teller.error, neuron.out)
    short = other_form(teller, factor, Form.WITH_DELTA)
    yield from in_names(teller, short, left=teller.name(factor))
    yield from in_numbers(teller, factor, short, left=None)


def _delta_written_out(teller: Teller, neuron: Neuron) -> Iterator[EquationLine]:
    formula = Product((_sum_of_deltas(teller, neuron), *_squash_factors(teller, neuron)))
    yield from in_names(teller, formula, left=teller.name(delta_of(neuron)))


def _gradient_written_out(teller: Teller, neuron: Neuron, weight: str) -> Iterator[EquationLine]:
    """A gradient with the sum over all paths, with the deltas of the layer above, and with the neuron's own delta."""
    local = by(neuron.net, weight)
    forms: list[Formula] = []
    if not _is_below_softmax(teller, neuron):
        # Over a softmax layer there is no single path through each of its neurons.
        forms.append(Product((_sum_of_chains(teller, neuron), Quantity(by(neuron.out, neuron.net)), Quantity(local))))
    input_ = teller.derivation.formula(local)
    forms.append(Product((_sum_of_deltas(teller, neuron), *_squash_factors(teller, neuron), input_)))
    gradient = by(teller.error, weight)
    written_out = other_form(teller, gradient, Form.FACTORS_WRITTEN_OUT)
    if is_short(teller.with_names(applying(teller, written_out))):
        forms.append(written_out)
    yield from gradient_with_delta(teller, gradient, *forms)


def _is_below_softmax(teller: Teller, neuron: Neuron) -> bool:
    return activation_of(teller.graph, layer_above(teller, neuron)[0]) is Activation.SOFTMAX


def _sum_of_chains(teller: Teller, neuron: Neuron) -> Formula:
    index, mark = _any_of(layer_above(teller, neuron)), neuron.instant.mark
    out, net = f"out_{index}{mark}", f"net_{index}{mark}"
    chain = (by(teller.error, out), by(out, net), by(net, neuron.out))
    return SumOver(index, Product(tuple(Quantity(factor) for factor in chain)))


def _sum_of_deltas(teller: Teller, neuron: Neuron) -> Formula:
    index = _any_of(layer_above(teller, neuron))
    return SumOver(index, Product((Quantity(f"delta_{index}{neuron.instant.mark}"), Quantity(_to_any(neuron, index)))))


def _squash_factors(teller: Teller, neuron: Neuron) -> tuple[Formula, ...]:
    squash = teller.derivation.formula(by(neuron.out, neuron.net))
    match squash:
        case Product(factors=factors):
            return factors
        case Cases():
            # In a general form a case would be a bare 1 or 0.
            return (Quantity(by(neuron.out, neuron.net)),)
        case _:
            return (squash,)


def _path(teller: Teller, neuron: Neuron, weight: str) -> Paragraph:
    above = layer_above(teller, neuron)
    fillings = {
        "weight": teller.name(weight),
        "net": teller.name(neuron.net),
        "out": teller.name(neuron.out),
        "uppers": teller.list_of(tuple(teller.neuron_name(upper) for upper in above)),
    }
    if squashes(activation_of(teller.graph, neuron)):
        return teller.paragraph("hidden.path.one" if len(above) == 1 else "hidden.path.many", **fillings)
    return teller.paragraph("hidden.turned.one" if len(above) == 1 else "hidden.turned.many", **fillings)


def _tell_factors(teller: Teller, neuron: Neuron, weight: str) -> Iterator[Block]:
    yield from tell_question(teller, 1, teller.error, neuron.out)
    yield from tell_returning_error(teller, neuron)
    yield from tell_squash_factor(teller, neuron)
    yield from tell_weight_factor(teller, neuron, weight)
    yield from tell_product(teller, weight)
    if teller.derivation.network.training.hidden_gradients is HiddenGradients.ORIGINAL:
        yield from tell_sign(teller, teller.error, weight)
