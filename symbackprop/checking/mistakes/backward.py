"""Mistakes on the way back: in deltas, and in the sum over the paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symbackprop.checking.mistakes.slip import MOST_NEIGHBOURS, Site, Slip, Spot, added, near, without
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.backward import delta_of, error_at
from symbackprop.derivation.families import by, updated
from symbackprop.derivation.keys import HiddenDelta, OutputDelta, Paths, PathsToErrors
from symbackprop.derivation.pattern import scaled
from symbackprop.functions import fused
from symbackprop.network import HiddenGradients
from symbackprop.typeset.formula import Formula, Negative, Product, Quantity


def negated(site: Site) -> Iterator[Slip]:
    """The delta, the gradient or the sum with the opposite sign."""
    yield Slip(mistake=Mistake.SIGN_FLIPPED, formula=Negative(site.formula), kinds=(str(site.step.kind),))


def derivative_left_out(site: Site) -> Iterator[Slip]:
    """Delta = dE/dout, without dout/dnet."""
    pattern = site.step.pattern
    hidden = isinstance(pattern, HiddenDelta)
    mistake = Mistake.HIDDEN_DERIVATIVE_LEFT_OUT if hidden else Mistake.OUTPUT_DERIVATIVE_LEFT_OUT
    yield Slip(mistake=mistake, formula=site.slot("f1"), unit=_neuron_of(site), kinds=("",))


def error_left_out_of_delta(site: Site) -> Iterator[Slip]:
    """Delta = dout/dnet, without dE/dout."""
    wrong, unit = site.step.slots["f1"], f"{_neuron_of(site)} f1"
    yield Slip(mistake=Mistake.FACTOR_LEFT_OUT, formula=site.slot("f2"), unit=unit, kinds=("delta",), right=wrong)


def derivative_kept(site: Site) -> Iterator[Slip]:
    """Delta = (out - target) out (1 - out), where sigmoid and cross-entropy leave out - target."""
    pattern = site.step.pattern
    if isinstance(pattern, OutputDelta) and fused(pattern.loss, pattern.activation):
        formula = Product((site.formula, site.slot("f2")))
        yield Slip(mistake=Mistake.DERIVATIVE_KEPT, formula=formula, unit=_neuron_of(site), kinds=("",))


def neighbours_factor(site: Site) -> Iterator[Slip]:
    """delta_h1 = dE/dout_h2 * dout_h1/dnet_h1, or the other factor of another neuron, or its delta."""
    spot = site.ground.spot(site.id)
    if spot is None:
        return
    error = error_at(site.ground.plan.graph, spot.neuron.instant)
    for other in spot.neighbours:
        for slot, taken in (("f1", by(error, other.out)), ("f2", by(other.out, other.net))):
            wrong = site.step.slots[slot]
            yield Slip(
                mistake=Mistake.NEIGHBOURS_VALUE,
                formula=site.exchanged(wrong, Quantity(taken)),
                unit=f"{wrong} {taken}",
                right=wrong,
                taken=taken,
            )


def neighbours_delta(site: Site) -> Iterator[Slip]:
    """delta_h1 = delta_h2: another neuron's for its own."""
    spot = site.ground.spot(site.id)
    for other in spot.neighbours if spot else ():
        taken = delta_of(other)
        yield Slip(mistake=Mistake.NEIGHBOURS_VALUE, formula=Quantity(taken), unit=taken, right=site.id, taken=taken)


def of_one_error(site: Site) -> Iterator[Slip]:
    """dE_o/dnet_o = dE_o/dout_o, without dout/dnet: goes with the delta's own mistake."""
    if site.step.slots["f2"].startswith("dout"):
        kinds = ("",)
        yield Slip(
            mistake=Mistake.OUTPUT_DERIVATIVE_LEFT_OUT,
            formula=site.slot("f1"),
            unit=_neuron_of(site),
            kinds=kinds,
        )


def _neuron_of(site: Site) -> str:
    return site.step.slots["f2"].rpartition("/dnet_")[2]


# --- The sum over the paths -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Back:
    """The paths over which the error comes back to a neuron: deltas and weights, and its direct part, if any."""

    spot: Spot
    deltas: tuple[str, ...]
    weights: tuple[str, ...]
    direct: tuple[Formula, ...]

    def formula(self, deltas: tuple[str, ...], weights: tuple[str, ...]) -> Formula:
        pairs = zip(deltas, weights, strict=True)
        return added((*self.direct, *(Product((Quantity(delta), Quantity(weight))) for delta, weight in pairs)))

    @property
    def terms(self) -> tuple[Formula, ...]:
        pairs = zip(self.deltas, self.weights, strict=True)
        return (*self.direct, *(Product((Quantity(delta), Quantity(weight))) for delta, weight in pairs))

    def takers(self, site: Site) -> tuple[Spot, ...]:
        spots = (site.ground.spot(delta) for delta in self.deltas)
        return tuple(spot for spot in spots if spot is not None)


def _back(site: Site) -> _Back:
    pattern, slots = site.step.pattern, site.step.slots
    assert isinstance(pattern, Paths | PathsToErrors)
    spot = site.ground.spot(site.id.rpartition("/d")[2])
    assert spot is not None
    direct = isinstance(pattern, Paths) and pattern.direct
    divisor = pattern.divisor if isinstance(pattern, Paths) else 1
    return _Back(
        spot=spot,
        deltas=tuple(slots[f"d{number}"] for number in range(1, pattern.paths + 1)),
        weights=tuple(slots[f"v{number}"] for number in range(1, pattern.paths + 1)),
        direct=(scaled(site.slot("p"), divisor),) if direct else (),
    )


_MOST_PATHS = 12


def path_left_out(site: Site) -> Iterator[Slip]:
    """dE/dout_h1 = delta_o1 w5, without the path over o2; everywhere the same path, or all but the last or first."""
    back = _back(site)
    terms = back.terms
    if not 1 < len(terms) <= _MOST_PATHS:
        return
    for index in range(len(terms)):
        kind = f"path{index}"
        formula, wrong = added(without(terms, index)), _over(back, index)
        yield Slip(mistake=Mistake.PATH_LEFT_OUT, formula=formula, unit=kind, kinds=(kind,), right=wrong)
    yield Slip(mistake=Mistake.ASSIGNED, formula=terms[-1], unit="last", kinds=("paths",))
    yield Slip(mistake=Mistake.ASSIGNED, formula=terms[0], unit="first", kinds=("first path",))


def _over(back: _Back, index: int) -> str:
    over = index - len(back.direct)
    return back.deltas[over] if over >= 0 else ""


def other_state_of_weights(site: Site) -> Iterator[Slip]:
    """dE/dout_h1 = delta_o1 w5+ + delta_o2 w7+: the updated weights, or the original ones against the file."""
    back = _back(site)
    mistaken = site.ground.plan.graph.shape.hidden_gradients is HiddenGradients.UPDATED
    mistake = Mistake.ORIGINAL_WEIGHTS if mistaken else Mistake.UPDATED_WEIGHTS
    above = tuple(taker.depth > back.spot.depth for taker in back.takers(site))
    if len(above) != len(back.weights) or not any(above):
        return
    others = tuple(
        _other_state(weight) if is_above else weight for weight, is_above in zip(back.weights, above, strict=True)
    )
    yield Slip(mistake=mistake, formula=back.formula(back.deltas, others), kinds=("",))
    for index, weight in enumerate(back.weights[:_MOST_PATHS]):
        if above[index] and len(back.weights) > 1:
            weights = (*back.weights[:index], others[index], *back.weights[index + 1 :])
            yield Slip(
                mistake=mistake,
                formula=back.formula(back.deltas, weights),
                unit=weight,
                right=weight,
                taken=others[index],
            )


def _other_state(weight: str) -> str:
    return weight.removesuffix("+") if weight.endswith("+") else updated(weight)


def weights_transposed(site: Site) -> Iterator[Slip]:
    """dE/dout_h1 = delta_o1 w5 + delta_o2 w6: rows for columns; or the weights on two paths are exchanged."""
    back = _back(site)
    takers = back.takers(site)
    count = len(takers)
    if len({taker.depth for taker in takers}) != 1 or count < _TWO:
        return
    row = takers[back.spot.index].neuron.weight_ids if back.spot.index < count else ()
    if len(row) >= count and not back.weights[0].endswith("+"):
        formula = back.formula(back.deltas, row[:count])
        yield Slip(mistake=Mistake.WEIGHTS_TRANSPOSED, formula=formula, kinds=("", "back"))
    turned = tuple(reversed(back.weights))
    yield Slip(
        mistake=Mistake.WEIGHTS_TRANSPOSED, formula=back.formula(back.deltas, turned), unit="turned", kinds=("turned",)
    )


_TWO = 2


def another_weight_back(site: Site) -> Iterator[Slip]:
    """dE/dout_h1 = delta_o1 w6 + delta_o2 w7: on one path, another weight of the neuron above or of its layer."""
    back = _back(site)
    if len(back.deltas) > _MOST_PATHS:
        return
    for index, (weight, taker) in enumerate(zip(back.weights, back.takers(site), strict=False)):
        for other in _near_weights(taker, weight.removesuffix("+")):
            weights = (*back.weights[:index], other, *back.weights[index + 1 :])
            yield Slip(
                mistake=Mistake.WEIGHT_INDEX,
                formula=back.formula(back.deltas, weights),
                unit=f"{weight} {other}",
                right=weight,
                taken=other,
            )


def _near_weights(taker: Spot, weight: str) -> Iterator[str]:
    neurons = (taker.neuron, *taker.neighbours)
    column = taker.neuron.weight_ids.index(weight)
    for neuron in neurons:
        for other in neuron.weight_ids[max(0, column - MOST_NEIGHBOURS) : column + MOST_NEIGHBOURS + 1]:
            if other != weight:
                yield other


def another_delta_back(site: Site) -> Iterator[Slip]:
    """dE/dout_h1 = delta_o2 w5 + delta_o2 w7: on one path, the delta of another neuron."""
    back = _back(site)
    if len(back.deltas) > _MOST_PATHS:
        return
    for index, (delta, taker) in enumerate(zip(back.deltas, back.takers(site), strict=False)):
        for other in map(delta_of, taker.neighbours):
            deltas = (*back.deltas[:index], other, *back.deltas[index + 1 :])
            yield Slip(
                mistake=Mistake.NEIGHBOURS_VALUE,
                formula=back.formula(deltas, back.weights),
                unit=f"{delta} {other}",
                right=delta,
                taken=other,
            )


def slopes_for_deltas(site: Site) -> Iterator[Slip]:
    """dE/dout_h1 = dE/dout_o1 w5 + dE/dout_o2 w7: the derivative of the layer above is left out on the way back."""
    back = _back(site)
    graph = site.ground.plan.graph
    takers = back.takers(site)
    if len(takers) != len(back.deltas) or any(it.depth == back.spot.depth for it in takers):
        return
    slopes = tuple(by(error_at(graph, it.neuron.instant), it.neuron.out) for it in takers)
    output = takers[0].depth == len(graph.layers) - 1
    mistake = Mistake.OUTPUT_DERIVATIVE_LEFT_OUT if output else Mistake.HIDDEN_DERIVATIVE_LEFT_OUT
    yield Slip(mistake=mistake, formula=back.formula(slopes, back.weights), kinds=("back",))


def weights_left_out(site: Site) -> Iterator[Slip]:
    """dE/dout_h1 = delta_o1 + delta_o2: the weights are forgotten."""
    back = _back(site)
    formula = added((*back.direct, *(Quantity(delta) for delta in back.deltas)))
    yield Slip(mistake=Mistake.FACTOR_LEFT_OUT, formula=formula, unit="weights", kinds=("weights",))


def neighbours_sum(site: Site) -> Iterator[Slip]:
    """dE/dout_h1 = dE/dout_h2: the sum of another neuron of the layer."""
    back = _back(site)
    error = error_at(site.ground.plan.graph, back.spot.neuron.instant)
    for other in near(back.spot.layer, back.spot.index):
        taken = by(error, other.out)
        yield Slip(mistake=Mistake.NEIGHBOURS_VALUE, formula=Quantity(taken), unit=taken, right=site.id, taken=taken)


def along_one_path(site: Site) -> Iterator[Slip]:
    """dE_o1/dout_h1 = dE_o1/dnet_o1 w6: another weight, or the updated one, where one path stands by itself."""
    step = site.ground.plan.same_as(site.step.slots["f2"])
    if step is None:
        return
    yield from _other_weights(site, step, site.step.slots["f2"])


def weight_on_the_way(site: Site) -> Iterator[Slip]:
    """dnet_o1/dout_h1 = w6: another weight than the one between the two, or the updated one."""
    weight = site.ground.plan.same_as(site.id)
    if weight is not None:
        yield from _other_weights(site, weight, weight)


def _other_weights(site: Site, weight: str, wrong: str) -> Iterator[Slip]:
    mistake = Mistake.ORIGINAL_WEIGHTS if weight.endswith("+") else Mistake.UPDATED_WEIGHTS
    taker = site.ground.spot(_taker(site, wrong))
    other = _other_state(weight)
    if taker is not None:
        formula = site.exchanged(wrong, Quantity(other))
        yield Slip(mistake=mistake, formula=formula, unit=weight, kinds=("",), right=weight, taken=other)
        for another in _near_weights(taker, weight.removesuffix("+")):
            formula = site.exchanged(wrong, Quantity(another))
            unit = f"{weight} {another}"
            yield Slip(mistake=Mistake.WEIGHT_INDEX, formula=formula, unit=unit, right=weight, taken=another)


def _taker(site: Site, wrong: str) -> str:
    local = wrong if wrong.startswith("dnet") else site.id
    return local.removeprefix("d").partition("/")[0]
