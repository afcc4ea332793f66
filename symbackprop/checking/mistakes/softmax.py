"""Mistakes in a softmax layer, whose every net input moves every output."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.checking.mistakes.slip import Site, Slip, added
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.backward import delta_of
from symbackprop.derivation.keys import Softmax, SoftmaxByNet, SoftmaxDelta
from symbackprop.typeset.formula import ONE, Exp, Negative, Product, Quantity, Quotient, Sum


def diagonal_only(site: Site) -> Iterator[Slip]:
    """delta_o1 = dE/dout_o1 * dout_o1/dnet_o1: only its own output, as if softmax were no function of the others."""
    pattern = site.step.pattern
    assert isinstance(pattern, SoftmaxDelta)
    if pattern.width > 1:
        formula = Product((site.slot(f"f{pattern.index}"), site.slot(f"g{pattern.index}")))
        yield Slip(mistake=Mistake.DIAGONAL_SOFTMAX, formula=formula, kinds=("",))


def derivative_kept(site: Site) -> Iterator[Slip]:
    """Delta = (out - target) out (1 - out), where softmax and cross-entropy leave out - target."""
    pattern = site.step.pattern
    assert isinstance(pattern, SoftmaxDelta)
    if pattern.fused:
        own = site.slot(f"g{pattern.index}")
        yield Slip(mistake=Mistake.DERIVATIVE_KEPT, formula=Product((site.formula, own)), kinds=("",))


def derivative_left_out(site: Site) -> Iterator[Slip]:
    """Delta = dE/dout, without dout/dnet."""
    pattern = site.step.pattern
    assert isinstance(pattern, SoftmaxDelta)
    formula = site.slot(f"f{pattern.index}")
    yield Slip(mistake=Mistake.OUTPUT_DERIVATIVE_LEFT_OUT, formula=formula, kinds=("",))


def output_left_out(site: Site) -> Iterator[Slip]:
    """delta_o1 without the path over one of the outputs."""
    pattern = site.step.pattern
    assert isinstance(pattern, SoftmaxDelta)
    if not 1 < pattern.width <= _MOST_OUTPUTS:
        return
    pairs = tuple(zip(site.numbered("f", pattern.width), site.numbered("g", pattern.width), strict=True))
    for left_out in pairs:
        formula = added(tuple(Product(pair) for pair in pairs if pair != left_out))
        wrong = left_out[0].id
        yield Slip(mistake=Mistake.PATH_LEFT_OUT, formula=formula, unit=wrong, right=wrong)


_MOST_OUTPUTS = 12


def neighbours_delta(site: Site) -> Iterator[Slip]:
    """delta_o1 = delta_o2."""
    spot = site.ground.spot(site.id)
    for other in spot.neighbours if spot else ():
        taken = delta_of(other)
        yield Slip(mistake=Mistake.NEIGHBOURS_VALUE, formula=Quantity(taken), unit=taken, right=site.id, taken=taken)


def target_of_another(site: Site) -> Iterator[Slip]:
    """delta_o1 = out_o1 - target_o2."""
    pattern = site.step.pattern
    assert isinstance(pattern, SoftmaxDelta)
    if not pattern.fused or pattern.divisor != 1:
        return
    wrong = site.step.slots[f"target{pattern.index}"]
    for number in range(1, min(pattern.width, _MOST_OUTPUTS) + 1):
        other = site.step.slots[f"target{number}"]
        if other != wrong:
            formula = Sum((site.slot(f"out{pattern.index}"), Negative(Quantity(other))))
            unit = f"{wrong} {other}"
            yield Slip(mistake=Mistake.ANOTHER_TARGET, formula=formula, unit=unit, right=wrong, taken=other)


def wrong_sign_off_diagonal(site: Site) -> Iterator[Slip]:
    """dout_o1/dnet_o2 = out_o1 out_o2, without the minus; or the derivative of the wrong net input."""
    pattern = site.step.pattern
    assert isinstance(pattern, SoftmaxByNet)
    kind = "diagonal" if pattern.of == pattern.by else "off diagonal"
    yield Slip(mistake=Mistake.SIGN_FLIPPED, formula=Negative(site.formula), kinds=(kind,))


def net_in_derivative(site: Site) -> Iterator[Slip]:
    """dout/dnet with the net inputs in place of the outputs."""
    pattern = site.step.pattern
    assert isinstance(pattern, SoftmaxByNet)
    own, other = site.slot(f"net{pattern.of}"), site.slot(f"net{pattern.by}")
    formula = Product((own, Sum((ONE, Negative(own)))) if pattern.of == pattern.by else (Negative(own), other))
    yield Slip(mistake=Mistake.NET_IN_DERIVATIVE, formula=formula, kinds=("",))


def not_divided(site: Site) -> Iterator[Slip]:
    """Out = e^net, not divided by the sum; or net divided by the sum of nets."""
    pattern = site.step.pattern
    assert isinstance(pattern, Softmax)
    own = site.slot(f"net{pattern.index}")
    yield Slip(mistake=Mistake.FACTOR_LEFT_OUT, formula=Exp(own), unit="sum", kinds=("sum",))
    shares = Quotient(own, added(site.numbered("net", pattern.width)))
    yield Slip(mistake=Mistake.NET_FOR_OUT, formula=shares, unit="shares", kinds=("shares",))


def softmax_twice(site: Site) -> Iterator[Slip]:
    """Out = softmax(softmax(net))."""
    pattern = site.step.pattern
    assert isinstance(pattern, Softmax)
    nets = site.numbered("net", pattern.width)
    total = added(tuple(map(Exp, nets)))
    powers = tuple(Exp(Quotient(Exp(net), total)) for net in nets)
    formula = Quotient(powers[pattern.index - 1], added(powers))
    yield Slip(mistake=Mistake.ACTIVATION_TWICE, formula=formula, kinds=("", site.layer))
