"""Sheets of figures as claims, and which of them only follow from earlier ones: what a judge does before explaining."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from symbackprop.checking.calculation import Way
from symbackprop.checking.claims import Claim
from symbackprop.checking.figures import as_shown, is_rounded_from
from symbackprop.checking.habit import digits_of
from symbackprop.checking.mistakes.explain import Explainer
from symbackprop.checking.own import Course
from symbackprop.checking.truth import BITS, NO_VALUE, Truth
from symbackprop.checking.verdicts import Explanation
from symbackprop.checking.work import Figure
from symbackprop.derivation.balls import precision, to_ball
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import plan_of
from symbackprop.network import Network


def truth_of(network: Network) -> Truth:
    """A truth without sympy."""
    return Truth(Derivation(network=network, steps=plan_of(shape_of(network))))


def typed(value: float, digits: int) -> str:
    """A figure with so many significant digits, as people write them."""
    if value == 0:
        return "0"
    number = Decimal(value)
    place = number.adjusted()
    return f"{number.quantize(Decimal(1).scaleb(place - digits + 1), rounding=ROUND_HALF_UP):f}"


def claim(link: int, quantity: str, text: str, truth: Truth) -> Claim:
    """A figure as it was typed, held against the truth."""
    digits = text.removeprefix("-")
    decimals = len(digits.partition(".")[2])
    figure = Figure(
        value=Fraction(digits),
        typed=digits,
        decimals=decimals,
        significant=len(digits.replace(".", "").lstrip("0")),
    )
    value = Fraction(text)
    with precision(BITS):
        right = is_rounded_from(value, figure, truth.value(quantity))
    return Claim(link=link, quantity=quantity, value=value, figure=figure, right=right)


def claims_of(truth: Truth, figures: Mapping[str, str]) -> list[Claim]:
    """A sheet's figures as claims, without quantities that the network hasn't got."""
    known = [(id_, text) for id_, text in figures.items() if truth.knows(id_)]
    return [claim(link, id_, text, truth) for link, (id_, text) in enumerate(known)]


def roots_of(truth: Truth, claims: Iterable[Claim]) -> list[int]:
    """The wrong claims that don't follow from earlier ones."""
    earlier: list[Claim] = []
    roots = []
    for number, it in enumerate(claims):
        if not it.right and not _follows(truth, earlier, it) and not _is_rounded(truth, it):
            roots.append(number)
        earlier.append(it)
    return roots


def _follows(truth: Truth, earlier: Iterable[Claim], it: Claim) -> bool:
    with precision(BITS):
        wrong = {other.quantity: as_shown(other.value, other.figure) for other in earlier if not other.right}
        right = {other.quantity: as_shown(other.value, other.figure) for other in earlier if other.right}
        for claimed in (wrong, {**right, **wrong}) if wrong else ():
            for way in Way:
                if _reaches(Course(truth, claimed, way=way, digits=digits_of(it.figure)), it):
                    return True
    return False


def _is_rounded(truth: Truth, it: Claim) -> bool:
    return _reaches(Course(truth, {}, digits=digits_of(it.figure)), it)


def _reaches(course: Course, it: Claim) -> bool:
    with precision(BITS):
        try:
            value = to_ball(course.value(it.quantity))
        except NO_VALUE:
            return False
        return bool(value.overlaps(as_shown(it.value, it.figure)))


def explained(explainer: Explainer, truth: Truth, figures: Mapping[str, str]) -> tuple[Explanation, ...]:
    """What explains a sheet's figures."""
    claims = claims_of(truth, figures)
    return explainer.look_for(claims, roots_of(truth, claims)).explanations
