"""Mistakes in gradients, in what is added up over samples and steps, and in updates."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symbackprop.checking.mistakes.slip import MOST_NEIGHBOURS, Ground, Site, Slip, added, exchanged
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.backward import delta_of
from symbackprop.derivation.families import by
from symbackprop.derivation.graph import LEARNING_RATE, TOTAL_ERROR
from symbackprop.derivation.keys import BiasGradient, DeltaBiasGradient, Gradient, SumOfShares, WithPenalty
from symbackprop.derivation.pattern import scaled
from symbackprop.typeset.formula import ONE, Constant, Formula, Negative, Product, Quantity, Sum, constant


def net_in_gradient(site: Site) -> Iterator[Slip]:
    """dE/dw = delta * net, the net input of the source in place of its output."""
    source = site.ground.spot(site.step.slots["x"])
    if source:
        formula = site.exchanged(source.neuron.out, Quantity(source.neuron.net))
        yield Slip(mistake=Mistake.NET_FOR_OUT, formula=formula, kinds=("", "gradients"))


def input_of_another_weight(site: Site) -> Iterator[Slip]:
    """dE/dw1 = delta_h1 * i2: the value that another weight of the neuron weighs."""
    own, spot = site.step.slots["x"], site.ground.spot(site.step.slots["delta"])
    if spot is None:
        return
    sources = spot.neuron.sources
    place = sources.index(own)
    for other in sources[max(0, place - MOST_NEIGHBOURS) : place + MOST_NEIGHBOURS + 1]:
        if other != own:
            formula = Product((site.slot("delta"), Quantity(other)))
            kinds = ("exchanged",) if len(sources) == _PAIR else ()
            yield Slip(mistake=Mistake.ANOTHER_INPUT, formula=formula, unit=other, kinds=kinds, right=own, taken=other)


_PAIR = 2


def delta_of_another(site: Site) -> Iterator[Slip]:
    """dE/dw5 = delta_o2 * out_h1: the delta of another neuron of the layer."""
    own = site.step.slots["delta"]
    spot = site.ground.spot(own)
    for other in spot.neighbours if spot else ():
        taken = delta_of(other)
        formula = Product((Quantity(taken), site.slot("x")))
        yield Slip(mistake=Mistake.NEIGHBOURS_VALUE, formula=formula, unit=taken, right=own, taken=taken)


def factor_of_gradient_left_out(site: Site) -> Iterator[Slip]:
    """dE/dw = dE/dout * x without dout/dnet, or delta without x, or without dE/dout."""
    delta, source = site.slot("delta"), site.slot("x")
    if isinstance(site.step.pattern, Gradient):
        spot = site.ground.spot(delta.id)
        output = spot is not None and spot.depth == len(site.ground.plan.graph.layers) - 1
        mistake = Mistake.OUTPUT_DERIVATIVE_LEFT_OUT if output else Mistake.HIDDEN_DERIVATIVE_LEFT_OUT
        formula = Product((site.slot("f1"), source))
        yield Slip(mistake=mistake, formula=formula, kinds=("gradients",))
        formula, wrong = Product((site.slot("f2"), source)), site.step.slots["f1"]
        yield Slip(mistake=Mistake.FACTOR_LEFT_OUT, formula=formula, unit="f1", kinds=("slopes",), right=wrong)
    yield Slip(mistake=Mistake.FACTOR_LEFT_OUT, formula=delta, unit="x", kinds=("inputs",), right=source.id)


def weight_for_input(site: Site) -> Iterator[Slip]:
    """dE/dw5 = delta_o1 * w5: the weight in place of what it weighs."""
    spot, own = site.ground.spot(site.step.slots["delta"]), site.step.slots["x"]
    if spot is None:
        return
    weight = spot.neuron.weight_ids[spot.neuron.sources.index(own)]
    formula = Product((site.slot("delta"), Quantity(weight)))
    yield Slip(mistake=Mistake.ANOTHER_INPUT, formula=formula, unit=weight, kinds=("weights",), right=own, taken=weight)


def bias_times_input(site: Site) -> Iterator[Slip]:
    """dE/db = delta * x: as if the bias weighed an input, or the delta of each neuron times one."""
    deltas = _deltas(site)
    spots = [spot for delta in deltas if (spot := site.ground.spot(delta.id)) is not None]
    sources = spots[0].neuron.sources
    for index, source in enumerate(sources[: 2 * MOST_NEIGHBOURS]):
        formula = added(tuple(Product((delta, Quantity(source))) for delta in deltas))
        kind = f"source{index}"
        yield Slip(mistake=Mistake.BIAS_TIMES_INPUT, formula=formula, unit=kind, kinds=(kind,), taken=source)


def bias_times_itself(site: Site) -> Iterator[Slip]:
    """dE/db = delta * b."""
    deltas = _deltas(site)
    spot = site.ground.spot(deltas[0].id)
    if spot is not None and spot.neuron.bias is not None:
        formula = added(tuple(Product((delta, Quantity(spot.neuron.bias))) for delta in deltas))
        yield Slip(mistake=Mistake.BIAS_TIMES_INPUT, formula=formula, unit="b", kinds=("b",), taken=spot.neuron.bias)


def one_neuron_of_bias(site: Site) -> Iterator[Slip]:
    """dE/db = delta of the last neuron that shares it: each is put in the place of the one before, not added."""
    deltas = _deltas(site)
    if len(deltas) > 1:
        yield Slip(mistake=Mistake.ASSIGNED, formula=deltas[-1], unit="last", kinds=("", "biases"))
        yield Slip(mistake=Mistake.ASSIGNED, formula=deltas[0], unit="first", kinds=("first neuron",))
        mean = scaled(site.formula, len(deltas))
        yield Slip(mistake=Mistake.MEAN_FOR_SUM, formula=mean, unit="neurons", kinds=("neurons",))


def _deltas(site: Site) -> tuple[Quantity, ...]:
    pattern = site.step.pattern
    assert isinstance(pattern, BiasGradient | DeltaBiasGradient)
    return site.numbered("delta", pattern.neurons)


def shares_not_summed(site: Site) -> Iterator[Slip]:
    """dE/dw is only the last time step's share, or only the first's; or only the last sample's."""
    pattern = site.step.pattern
    assert isinstance(pattern, SumOfShares)
    shares = site.numbered("s", pattern.shares)
    over_samples = shares[0].id.startswith("dE[1]") and shares[-1].id.startswith(f"dE[{pattern.shares}]")
    mistake = Mistake.ASSIGNED if over_samples else Mistake.STEPS_NOT_SUMMED
    what = "samples" if over_samples else "steps"
    if pattern.shares == 1:
        return
    yield Slip(mistake=mistake, formula=scaled(shares[-1], pattern.divisor), unit="last", kinds=(f"last of {what}",))
    yield Slip(mistake=mistake, formula=scaled(shares[0], pattern.divisor), unit="first", kinds=(f"first of {what}",))
    if pattern.divisor > 1:
        yield Slip(mistake=mistake, formula=shares[-1], unit="last whole", kinds=(f"last of {what}, whole",))
        yield Slip(mistake=mistake, formula=shares[0], unit="first whole", kinds=(f"first of {what}, whole",))


def other_mean_of_shares(site: Site) -> Iterator[Slip]:
    """The mean of the samples' gradients in place of their sum, or the sum in place of the mean."""
    pattern = site.step.pattern
    assert isinstance(pattern, SumOfShares)
    shares = site.numbered("s", pattern.shares)
    whole = added(tuple(shares))
    over_samples = shares[0].id.startswith("dE[1]/") and pattern.shares == site.ground.plan.graph.shape.samples
    kinds = ("", "batch", "shares") if over_samples else ("steps",)
    if pattern.divisor > 1:
        yield Slip(mistake=Mistake.SUM_FOR_MEAN, formula=whole, kinds=kinds)
    elif pattern.shares > 1:
        yield Slip(mistake=Mistake.MEAN_FOR_SUM, formula=scaled(whole, pattern.shares), kinds=kinds)


def penalty_left_out(site: Site) -> Iterator[Slip]:
    """dE/dw without what the penalty adds."""
    pattern = site.step.pattern
    if isinstance(pattern, WithPenalty) and (pattern.l1 or pattern.l2):
        yield Slip(mistake=Mistake.TERM_LEFT_OUT, formula=site.slot("gradient"), unit="penalty", kinds=("penalty",))


# --- Updates ----------------------------------------------------------------------------------------------


def _with_rate(site: Site, rate: Formula) -> Formula:
    return exchanged(site.formula, LEARNING_RATE, rate)


def gradient_added(site: Site) -> Iterator[Slip]:
    """w+ = w + eta * gradient."""
    formula = _with_rate(site, Negative(Quantity(LEARNING_RATE)))
    yield Slip(mistake=Mistake.GRADIENT_ADDED, formula=formula, kinds=("",))


def rate_forgotten(site: Site) -> Iterator[Slip]:
    """w+ = w - gradient."""
    yield Slip(mistake=Mistake.RATE_FORGOTTEN, formula=_with_rate(site, ONE), kinds=("",))


def rate_twice(site: Site) -> Iterator[Slip]:
    """w+ = w - eta * eta * gradient."""
    squared = Product((Quantity(LEARNING_RATE), Quantity(LEARNING_RATE)))
    yield Slip(mistake=Mistake.RATE_TWICE, formula=_with_rate(site, squared), kinds=("",))


RATES = ("0.1", "0.01", "0.05", "0.2", "0.25", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "0.001", "0.02", "0.03",
         "0.005", "0.002", "0.15", "0.75", "1.5", "2", "5", "10")  # fmt: skip
"""The short round numbers that somebody may take for the learning rate."""


def another_rate(site: Site) -> Iterator[Slip]:
    """w+ = w - 0.1 * gradient: another learning rate, one that people use."""
    for typed in RATES:
        formula = _with_rate(site, Constant(Fraction(typed)))
        yield Slip(mistake=Mistake.ANOTHER_RATE, formula=formula, unit=typed, kinds=(typed,), right="eta", taken=typed)


def not_updated(site: Site) -> Iterator[Slip]:
    """w+ = w: the value before the update for the one after it."""
    yield Slip(mistake=Mistake.ROUND_LESS, formula=site.slot("old"), kinds=("old",))


def only_the_step(site: Site) -> Iterator[Slip]:
    """w+ = -eta * gradient: the old weight is forgotten."""
    formula = exchanged(site.formula, site.step.slots["old"], constant(0))
    old = site.step.slots["old"]
    yield Slip(mistake=Mistake.TERM_LEFT_OUT, formula=formula, unit="old", kinds=("old",), right=old)


def gradient_of_another(site: Site) -> Iterator[Slip]:
    """w5+ = w5 - eta * dE/dw6: the gradient of another weight of the neuron, or of one beside it above or below."""
    own = site.step.slots["old"]
    wrong = by(TOTAL_ERROR, own)
    if wrong not in site.step.slots.values():
        return
    for other in _parameters_beside(site.ground, own):
        taken = by(TOTAL_ERROR, other)
        formula = site.exchanged(wrong, Quantity(taken))
        yield Slip(mistake=Mistake.NEIGHBOURS_VALUE, formula=formula, unit=taken, right=wrong, taken=taken)


def old_of_another(site: Site) -> Iterator[Slip]:
    """w5+ = w6 - eta * dE/dw5: another weight is updated."""
    own = site.step.slots["old"]
    for other in _parameters_beside(site.ground, own):
        formula = site.exchanged(own, Quantity(other))
        yield Slip(mistake=Mistake.WEIGHT_INDEX, formula=formula, unit=other, right=own, taken=other)


def _parameters_beside(ground: Ground, parameter: str) -> Iterator[str]:
    row = ground.plan.family(f"{parameter}+").ids
    own = tuple(id_.removesuffix("+") for id_ in row)
    if parameter not in own:
        return
    place = own.index(parameter)
    yield from (it for it in own[max(0, place - MOST_NEIGHBOURS) : place + MOST_NEIGHBOURS + 1] if it != parameter)
    number = parameter.removeprefix("w")
    if number.isdigit():
        beside = (f"w{int(number) + step * len(own)}" for step in (-1, 1))
        yield from (it for it in beside if f"{it}+" in ground.plan)


def other_gradient(site: Site) -> Iterator[Slip]:
    """dE/dw5 = dE/dw6: the gradient of another weight."""
    parameter = site.id.rpartition("/d")[2]
    if f"{parameter}+" not in site.ground.plan or not site.id.startswith(f"d{TOTAL_ERROR}/"):
        return
    for other in _parameters_beside(site.ground, parameter):
        taken = by(TOTAL_ERROR, other)
        yield Slip(mistake=Mistake.NEIGHBOURS_VALUE, formula=Quantity(taken), unit=taken, right=site.id, taken=taken)


def correction_left_out(site: Site) -> Iterator[Slip]:
    """Mhat = m, not divided by 1 - beta^t."""
    formula = site.slot("average")
    yield Slip(mistake=Mistake.FACTOR_LEFT_OUT, formula=formula, unit="correction", kinds=("correction",))


def term_left_out(site: Site) -> Iterator[Slip]:
    """One term of the sum is forgotten, as the state in m+ = mu m + gradient."""
    formula = site.formula
    if isinstance(formula, Sum):
        for index in range(len(formula.terms)):
            rest = added(formula.terms[:index] + formula.terms[index + 1 :])
            kind = f"term{index}"
            yield Slip(mistake=Mistake.TERM_LEFT_OUT, formula=rest, unit=kind, kinds=(kind,))
