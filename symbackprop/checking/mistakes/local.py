"""Mistakes in local derivatives: of the error by an output, of an output by its net input."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.checking.mistakes.slip import Site, Slip, exchanged
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.keys import ErrorByOut, SquashByNet, TotalByOut
from symbackprop.derivation.pattern import scaled
from symbackprop.functions import ACTIVATIONS, Activation, Loss
from symbackprop.typeset.formula import TWO, Negative, Product, Quantity, constant, quantities, rename


def _unit_of_output(site: Site) -> str:
    return next((id_ for id_ in quantities(site.formula) if id_.startswith("out")), site.id)


def slope_negated(site: Site) -> Iterator[Slip]:
    """dE/dout = target - out, with the opposite sign."""
    yield Slip(
        mistake=Mistake.SIGN_FLIPPED,
        formula=Negative(site.formula),
        unit=_unit_of_output(site),
        kinds=("", "slopes"),
    )


def half_of_slope_forgotten(site: Site) -> Iterator[Slip]:
    """dE/dout = -2 (target - out), as without the 1/2; or without the 2 where there is no 1/2."""
    pattern = site.step.pattern
    assert isinstance(pattern, TotalByOut | ErrorByOut)
    unit = _unit_of_output(site)
    if pattern.loss is Loss.HALF_SQUARED:
        twice = Product((TWO, site.formula))
        yield Slip(mistake=Mistake.HALF_FORGOTTEN, formula=twice, unit=unit, kinds=("", "slopes"))
    elif pattern.loss is Loss.SQUARED:
        half = Product((constant(1, 2), site.formula))
        yield Slip(mistake=Mistake.FACTOR_LEFT_OUT, formula=half, unit=unit, kinds=("slopes",), right="2")


def net_in_slope(site: Site) -> Iterator[Slip]:
    """dE/dout = -(target - net)."""
    spot = site.ground.spot(_unit_of_output(site))
    if spot:
        formula = site.exchanged(spot.neuron.out, Quantity(spot.neuron.net))
        yield Slip(mistake=Mistake.NET_FOR_OUT, formula=formula, unit=spot.neuron.out, kinds=("", "slopes"))


def other_mean_of_slopes(site: Site) -> Iterator[Slip]:
    """dE/dout divided by the number of outputs though the error is their sum, or the reverse."""
    pattern = site.step.pattern
    assert isinstance(pattern, TotalByOut)
    kinds, unit = ("", "outputs", "slopes"), _unit_of_output(site)
    if pattern.divisor > 1:
        whole = Product((constant(pattern.divisor), site.formula))
        yield Slip(mistake=Mistake.SUM_FOR_MEAN, formula=whole, unit=unit, kinds=kinds)
    elif pattern.terms > 1 and pattern.loss is not Loss.CROSS_ENTROPY:
        mean = scaled(site.formula, pattern.terms)
        yield Slip(mistake=Mistake.MEAN_FOR_SUM, formula=mean, unit=unit, kinds=kinds)


def net_in_derivative(site: Site) -> Iterator[Slip]:
    """dout/dnet = net (1 - net)."""
    spot = site.ground.spot(site.step.slots["out"])
    if spot and spot.neuron.out in quantities(site.formula):
        formula = site.exchanged(spot.neuron.out, Quantity(spot.neuron.net))
        yield Slip(mistake=Mistake.NET_IN_DERIVATIVE, formula=formula, kinds=("", "squashed", site.layer))


def derivative_of_output(site: Site) -> Iterator[Slip]:
    """dout/dnet = f'(out), which squashes once more: f(out) (1 - f(out))."""
    pattern = site.step.pattern
    assert isinstance(pattern, SquashByNet)
    net, out = site.slot("net"), site.slot("out")
    names = {"net": net.id, "out": out.id} | ({"alpha": site.step.slots["alpha"]} if "alpha" in site.step.slots else {})
    definition = ACTIVATIONS[pattern.activation].definition
    for name, id_ in names.items():
        definition = exchanged(definition, name, Quantity(id_))
    again = exchanged(definition, net.id, out)
    mark = Quantity("\0out")
    formula = exchanged(exchanged(site.exchanged(out.id, mark), net.id, out), mark.id, again)
    if formula != site.formula:
        yield Slip(
            mistake=Mistake.ACTIVATION_TWICE, formula=formula, kinds=("", "derivatives", f"{site.layer} derivatives")
        )


_REMEMBERED = (Activation.SIGMOID, Activation.TANH, Activation.RELU)
"""Activations whose derivative people know by heart."""


def derivative_of_another_activation(site: Site) -> Iterator[Slip]:
    """dout/dnet = out (1 - out) though the activation is tanh, 1 - out^2 though it is the sigmoid, or ReLU's 1."""
    pattern = site.step.pattern
    assert isinstance(pattern, SquashByNet)
    names = {"net": site.slot("net").id, "out": site.slot("out").id}
    for other in _REMEMBERED:
        if other is not pattern.activation:
            formula = rename(ACTIVATIONS[other].derivative[-1].formula, names.__getitem__)
            kinds = (f"as {other}", f"{site.layer} as {other}")
            yield Slip(mistake=Mistake.ANOTHER_DERIVATIVE, formula=formula, unit=str(other), kinds=kinds)


def half_of_derivative(site: Site) -> Iterator[Slip]:
    """dout/dnet = out, or 1 - out: one of the two factors is forgotten."""
    formula = site.formula
    if isinstance(formula, Product):
        for index, factor in enumerate(formula.factors):
            rest = formula.factors[:index] + formula.factors[index + 1 :]
            kept = rest[0] if len(rest) == 1 else Product(rest)
            kind = f"factor{index}"
            yield Slip(mistake=Mistake.FACTOR_LEFT_OUT, formula=kept, unit=kind, kinds=(kind,), right=_told(factor))


def _told(factor: object) -> str:
    return factor.id if isinstance(factor, Quantity) else ""


def neighbours_derivative(site: Site) -> Iterator[Slip]:
    """dout_h1/dnet_h1 = out_h2 (1 - out_h2): the derivative of another neuron of the layer."""
    spot = site.ground.spot(site.step.slots["out"])
    for other in spot.neighbours if spot else ():
        taken = f"d{other.out}/d{other.net}"
        yield Slip(mistake=Mistake.NEIGHBOURS_VALUE, formula=Quantity(taken), unit=taken, right=site.id, taken=taken)


def derivative_negated(site: Site) -> Iterator[Slip]:
    """dout/dnet with the opposite sign."""
    yield Slip(mistake=Mistake.SIGN_FLIPPED, formula=Negative(site.formula), kinds=("derivatives",))
