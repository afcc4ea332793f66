"""Chains: how local derivatives are put together to deltas, and deltas to gradients."""

from __future__ import annotations

from symbackprop.derivation.keys import HiddenDelta, OutputDelta, Paths, SoftmaxDelta
from symbackprop.derivation.pattern import Form, Pattern, flat_product, scaled, slots, sum_of, sum_of_products
from symbackprop.functions import ACTIVATIONS, LOSSES, Line, fused, softmax_cross_entropy
from symbackprop.typeset.formula import ZERO, Formula, Negative, Product, Quantity, Sum


def paths_to_errors(paths: int) -> Pattern:
    """The sum over one path through each error; the same with deltas."""
    return Pattern(result=sum_of(slots("p", paths)), also={Form.WITH_DELTA: _returning(Paths(paths))})


def paths_to_neurons(key: Paths) -> Pattern:
    """The sum over one path through each neuron that takes the output in, and the direct one to its own error."""
    result = _with_direct(key, _terms("d", "g", key.paths))
    return Pattern(result=result, also={Form.WITH_DELTA: _returning(key)}, cancelling=_beside_softmax(key))


def _beside_softmax(key: Paths) -> Formula | None:
    """The same below a softmax layer. Its deltas add up to 0, so a weight counts only as it differs from the first."""
    if key.softmax < _FEWEST:
        return None
    deltas, weights = slots("d", key.paths), slots("v", key.paths)
    shifted: list[Formula] = [Sum((weight, Negative(weights[0]))) for weight in weights[1 : key.softmax]]
    terms = [Product(pair) for pair in zip(deltas[1:], [*shifted, *weights[key.softmax :]], strict=True)]
    return _with_direct(key, tuple(terms))


_FEWEST = 2
"""Of a single neuron softmax is always 1: there is nothing to shift against."""


def _returning(key: Paths) -> Formula:
    """The error that comes back over the weights: sum of delta times weight."""
    return _with_direct(key, _terms("d", "v", key.paths))


def _terms(left: str, right: str, count: int) -> tuple[Formula, ...]:
    return tuple(Product(pair) for pair in zip(slots(left, count), slots(right, count), strict=True))


def _with_direct(key: Paths, terms: tuple[Formula, ...]) -> Formula:
    return sum_of((scaled(Quantity("p"), key.divisor), *terms) if key.direct else terms)


def output_delta(key: OutputDelta) -> Pattern:
    """dE/dout * dout/dnet of an output; with some losses, what the activation adds cancels."""
    loss = scaled(LOSSES[key.loss].derivative[-1].formula, key.divisor)
    forms = {Form.FACTORS_WRITTEN_OUT: flat_product(loss, ACTIVATIONS[key.activation].derivative[-1].formula)}
    shortcut = fused(key.loss, key.activation) or ()
    lines = tuple(Line(formula=scaled(line.formula, key.divisor), reason=line.reason) for line in shortcut)
    if lines:
        forms[Form.FUSED] = lines[-1].formula
    return Pattern(result=Product(slots("f", 2)), also=forms, shortcut=lines)


def hidden_delta(key: HiddenDelta) -> Pattern:
    """dE/dout * dout/dnet of a hidden neuron, and the same with the deltas of the neurons above."""
    derivative = ACTIVATIONS[key.activation].derivative[-1].formula
    returned = _returning(key.paths)
    written_out = Product((returned, *_factors(derivative))) if isinstance(returned, Sum) else None
    forms = {Form.FACTORS_WRITTEN_OUT: written_out or flat_product(returned, derivative)}
    return Pattern(result=Product(slots("f", 2)), also=forms)


def _factors(formula: Formula) -> tuple[Formula, ...]:
    return formula.factors if isinstance(formula, Product) else (formula,)


def softmax_delta(key: SoftmaxDelta) -> Pattern:
    """The sum over all outputs of the layer, each moved by this net input; fused, it is out - target."""
    by_outs, slopes = slots("f", key.width), slots("g", key.width)
    result = sum_of_products(by_outs, slopes)
    if not key.fused:
        # Outputs that add up to 1 have slopes that add up to 0.
        shifted = (Product((Sum((it, Negative(by_outs[0]))), slope)) for it, slope in zip(by_outs, slopes, strict=True))
        return Pattern(result=result, cancelling=sum_of(tuple(shifted)[1:]) if key.width >= _FEWEST else ZERO)
    lines = tuple(
        Line(formula=scaled(line.formula, key.divisor), reason=line.reason)
        for line in softmax_cross_entropy(key.width, key.index)
    )
    return Pattern(result=result, also={Form.FUSED: lines[-1].formula}, shortcut=lines)


def bias_gradient(neurons: int) -> Pattern:
    """A chain of three factors for each neuron that shares the bias; the same as a sum of deltas."""
    chains = (slots(f"f{{}}_{number}", 3) for number in range(1, neurons + 1))
    result = sum_of(tuple(Product(chain) for chain in chains))
    return Pattern(result=result, also={Form.WITH_DELTA: sum_of(slots("delta", neurons))})


def delta_bias_gradient(neurons: int) -> Pattern:
    """Each delta of a softmax layer times dnet/db, which is 1. A bias that the whole layer shares moves nothing."""
    result = sum_of_products(slots("delta", neurons), slots("f3_", neurons))
    shared = ZERO if neurons > 1 else None
    return Pattern(result=result, also={Form.WITH_DELTA: sum_of(slots("delta", neurons))}, cancelling=shared)
