"""Mistakes on the way forward: in net inputs, outputs and errors."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.checking.mistakes.slip import MOST_NEIGHBOURS, Site, Slip, Spot, added, exchanged, without
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.graph import target_of
from symbackprop.derivation.keys import AddUp, Compare, WeightedSum
from symbackprop.derivation.pattern import scaled
from symbackprop.functions import Loss
from symbackprop.typeset.formula import TWO, Formula, Negative, Product, Quantity, constant

_MOST_TERMS = 12
"""Of a longer sum, no single term is suspected."""


def bias_left_out(site: Site) -> Iterator[Slip]:
    """Net = w1 x1 + w2 x2, without the bias."""
    if isinstance(site.step.pattern, WeightedSum) and site.step.pattern.bias:
        yield Slip(mistake=Mistake.BIAS_LEFT_OUT, formula=added(_products(site)), kinds=("", site.layer))


def other_bias(site: Site) -> Iterator[Slip]:
    """Net = w1 x1 + w2 x2 + the bias of another layer or neuron."""
    spot = site.ground.spot(site.id)
    if "b" not in site.step.slots or spot is None or len(spot.neuron.sources) > _MOST_TERMS:
        return
    own = site.step.slots["b"]
    others = [layer[0].bias for layer in site.ground.plan.graph.layers] + [it.bias for it in spot.neighbours]
    for other in dict.fromkeys(others):
        if other is not None and other != own:
            formula = site.exchanged(own, Quantity(other))
            yield Slip(mistake=Mistake.NEIGHBOURS_VALUE, formula=formula, unit=other, right=own, taken=other)


def net_for_input(site: Site) -> Iterator[Slip]:
    """Net = w1 net1 + w2 net2 + b: the net inputs of the layer below in place of its outputs."""
    nets = {source: spot.neuron.net for source in _sources(site) if (spot := site.ground.spot(source))}
    if nets:
        formula = site.formula
        for source, net in nets.items():
            formula = exchanged(formula, source, Quantity(net))
        yield Slip(mistake=Mistake.NET_FOR_OUT, formula=formula, kinds=("", "inputs", site.layer))


def another_weight(site: Site) -> Iterator[Slip]:
    """Net = w1 x1 + w3 x2 + b: in one term, another weight of the layer."""
    spot = site.ground.spot(site.id)
    if spot is None or len(spot.neuron.weight_ids) > _MOST_TERMS:
        return
    rows, own = site.ground.rows(spot.depth), spot.neuron.weight_ids
    first = max(0, spot.index - MOST_NEIGHBOURS)
    for row in rows[first : spot.index + MOST_NEIGHBOURS + 1]:
        for column, weight in enumerate(own):
            for other in row[max(0, column - MOST_NEIGHBOURS) : column + MOST_NEIGHBOURS + 1]:
                if other != weight:
                    formula = site.exchanged(weight, Quantity(other))
                    unit = f"{weight} {other}"
                    yield Slip(mistake=Mistake.WEIGHT_INDEX, formula=formula, unit=unit, right=weight, taken=other)


def columns_for_rows(site: Site) -> Iterator[Slip]:
    """net_h1 = w1 x1 + w3 x2 + b: the matrix of weights read by columns."""
    spot = site.ground.spot(site.id)
    if spot is None:
        return
    rows = site.ground.rows(spot.depth)
    if len(rows) != len(rows[0]) or len(rows) == 1:
        # A matrix that isn't square can be filled column by column from the same numbers.
        column = tuple(weight for row in rows for weight in row)[spot.index :: len(rows)]
    else:
        column = tuple(row[spot.index] for row in rows)
    if column != spot.neuron.weight_ids:
        formula = _with_weights(site, column)
        yield Slip(mistake=Mistake.WEIGHTS_TRANSPOSED, formula=formula, kinds=("forward",))


def another_input(site: Site) -> Iterator[Slip]:
    """Net = w1 x2 + w2 x2 + b: another source in the place of one, or two of them exchanged."""
    sources = _sources(site)
    if len(sources) > _MOST_TERMS:
        return
    for first, source in enumerate(sources):
        for second in range(max(0, first - MOST_NEIGHBOURS), min(len(sources), first + MOST_NEIGHBOURS + 1)):
            other = sources[second]
            if second == first:
                continue
            swapped = list(sources)
            swapped[first] = other
            slip = Slip(
                mistake=Mistake.ANOTHER_INPUT,
                formula=_with_sources(site, tuple(swapped)),
                unit=f"{source} {other}",
                right=source,
                taken=other,
            )
            yield slip
            if second > first:
                swapped[second] = source
                unit, formula = f"{source} for {other}", _with_sources(site, tuple(swapped))
                yield Slip(mistake=Mistake.ANOTHER_INPUT, formula=formula, unit=unit, right=source, taken=other)


def input_left_out(site: Site) -> Iterator[Slip]:
    """Net = w1 x1 + b: one of the inputs is forgotten."""
    products = _products(site)
    if not 1 < len(products) <= _MOST_TERMS:
        return
    bias = (site.slot("b"),) if "b" in site.step.slots else ()
    for index, source in enumerate(_sources(site)):
        formula = added((*without(products, index), *bias))
        yield Slip(mistake=Mistake.TERM_LEFT_OUT, formula=formula, unit=source, right=source)


def activation_twice(site: Site) -> Iterator[Slip]:
    """Out = f(f(net))."""
    formula = site.formula
    yield Slip(
        mistake=Mistake.ACTIVATION_TWICE,
        formula=exchanged(formula, site.step.slots["net"], formula),
        kinds=("", "forward", site.layer),
    )


def activation_left_out(site: Site) -> Iterator[Slip]:
    """Out = net: the activation is forgotten."""
    if site.formula != site.slot("net"):
        yield Slip(
            mistake=Mistake.NET_FOR_OUT,
            formula=site.slot("net"),
            unit="identity",
            kinds=("identity", f"{site.layer} identity"),
        )


def neighbours_output(site: Site) -> Iterator[Slip]:
    """out_h1 = f(net_h2), or the net input of another neuron of the layer for its own."""
    spot = site.ground.spot(site.id)
    if spot is None:
        return
    for other in spot.neighbours:
        taken = other.net if site.id == spot.neuron.net else other.out
        yield Slip(
            mistake=Mistake.NEIGHBOURS_VALUE,
            formula=Quantity(taken),
            unit=taken,
            right=site.id,
            taken=taken,
        )


def half_of_error_forgotten(site: Site) -> Iterator[Slip]:
    """E_o = (target - out)^2, without the 1/2."""
    if site.step.pattern == Compare(Loss.HALF_SQUARED):
        formula = Product((TWO, site.formula))
        yield Slip(mistake=Mistake.HALF_FORGOTTEN, formula=formula, kinds=("", "errors"))


def error_negated(site: Site) -> Iterator[Slip]:
    """The error with the opposite sign."""
    yield Slip(mistake=Mistake.SIGN_FLIPPED, formula=Negative(site.formula), kinds=("errors",))


def net_in_error(site: Site) -> Iterator[Slip]:
    """E_o = 1/2 (target - net)^2."""
    spot = site.ground.spot(site.step.slots["out"])
    if spot:
        formula = site.exchanged(spot.neuron.out, Quantity(spot.neuron.net))
        yield Slip(mistake=Mistake.NET_FOR_OUT, formula=formula, kinds=("", "errors"))


def another_target(site: Site) -> Iterator[Slip]:
    """E_o1 = 1/2 (target_o2 - out_o1)^2: the target of another output."""
    for wrong, spot in _targets(site):
        for other in spot.neighbours:
            target = target_of(other)
            place = next(place for place, neuron in enumerate(spot.layer) if neuron is other)
            kinds = (f"shift{(place - spot.index) % len(spot.layer)}",)
            yield Slip(
                mistake=Mistake.ANOTHER_TARGET,
                formula=site.exchanged(wrong, Quantity(target)),
                unit=f"{wrong} {target}",
                kinds=kinds,
                right=wrong,
                taken=target,
            )


def another_output(site: Site) -> Iterator[Slip]:
    """E_o1 = 1/2 (target_o1 - out_o2)^2: the output of another neuron."""
    for _, spot in _targets(site):
        for other in spot.neighbours:
            yield Slip(
                mistake=Mistake.NEIGHBOURS_VALUE,
                formula=site.exchanged(spot.neuron.out, Quantity(other.out)),
                unit=f"{spot.neuron.out} {other.out}",
                right=spot.neuron.out,
                taken=other.out,
            )


def _targets(site: Site) -> Iterator[tuple[str, Spot]]:
    """The target and the output that a formula compares, where it compares one."""
    within = [target_of(spot.neuron) for spot in _spots_of_outputs(site)]
    for target, spot in zip(within, _spots_of_outputs(site), strict=True):
        if exchanged(site.formula, target, TWO) != site.formula:
            yield target, spot


def _spots_of_outputs(site: Site) -> list[Spot]:
    outs = [id_ for name, id_ in site.step.slots.items() if name.startswith("out")]
    return [spot for out in outs if (spot := site.ground.spot(out)) is not None]


def other_mean_of_errors(site: Site) -> Iterator[Slip]:
    """E_total is the mean of the errors in place of their sum, or the sum in place of the mean."""
    pattern = site.step.pattern
    shape = site.ground.plan.graph.shape
    if not isinstance(pattern, AddUp):
        return
    over_batch = site.step.slots["e1"].startswith("E[")
    kinds = ("", "batch", "errors") if over_batch else ("", "outputs", "errors")
    if "E_data" in site.step.slots.values():
        return
    if pattern.divisor > 1:
        formula = Product((constant(pattern.divisor), site.formula))
        yield Slip(mistake=Mistake.SUM_FOR_MEAN, formula=formula, kinds=kinds)
    elif pattern.terms > 1 and (over_batch or shape.loss is not Loss.CROSS_ENTROPY or shape.targets > 1):
        yield Slip(mistake=Mistake.MEAN_FOR_SUM, formula=scaled(site.formula, pattern.terms), kinds=kinds)


def error_left_out(site: Site) -> Iterator[Slip]:
    """E_total = E_o1: one of the errors is forgotten; or only the last one is kept."""
    pattern = site.step.pattern
    if not isinstance(pattern, AddUp) or not 1 < pattern.terms <= _MOST_TERMS:
        return
    errors = site.numbered("e", pattern.terms)
    for index, error in enumerate(errors):
        formula = scaled(added(without(errors, index)), pattern.divisor)
        yield Slip(mistake=Mistake.TERM_LEFT_OUT, formula=formula, unit=error.id, right=error.id)
    yield Slip(mistake=Mistake.ASSIGNED, formula=scaled(errors[-1], pattern.divisor), kinds=("errors",))


def _products(site: Site) -> tuple[Formula, ...]:
    pattern = site.step.pattern
    assert isinstance(pattern, WeightedSum)
    pairs = zip(site.numbered("w", pattern.inputs), site.numbered("x", pattern.inputs), strict=True)
    return tuple(Product(pair) for pair in pairs)


def _sources(site: Site) -> tuple[str, ...]:
    pattern = site.step.pattern
    assert isinstance(pattern, WeightedSum)
    return tuple(it.id for it in site.numbered("x", pattern.inputs))


def _weights(site: Site) -> tuple[str, ...]:
    pattern = site.step.pattern
    assert isinstance(pattern, WeightedSum)
    return tuple(it.id for it in site.numbered("w", pattern.inputs))


def _with_sources(site: Site, sources: tuple[str, ...]) -> Formula:
    return _weighted(site, _weights(site), sources)


def _with_weights(site: Site, weights: tuple[str, ...]) -> Formula:
    return _weighted(site, weights, _sources(site))


def _weighted(site: Site, weights: tuple[str, ...], sources: tuple[str, ...]) -> Formula:
    products = tuple(
        Product((Quantity(weight), Quantity(source))) for weight, source in zip(weights, sources, strict=True)
    )
    return added((*products, site.slot("b")) if "b" in site.step.slots else products)


OF_SUMS = (
    bias_left_out,
    other_bias,
    net_for_input,
    another_weight,
    columns_for_rows,
    another_input,
    input_left_out,
    neighbours_output,
)
OF_OUTPUTS = (activation_twice, activation_left_out, neighbours_output)
OF_ERRORS = (half_of_error_forgotten, error_negated, net_in_error, another_target, another_output)
OF_TOTALS = (other_mean_of_errors, error_left_out)
