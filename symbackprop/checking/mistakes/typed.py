"""Mistakes of the hand that typed a figure: what was to be typed, going back from what was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from symbackprop.checking.verdicts import Mistake
from symbackprop.checking.work import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What somebody may have meant to type: a figure with a last digit of its own, and in how many ways this can be."""

    mistake: Mistake
    value: Fraction
    decimals: int
    ways: int


def meant(figure: Figure) -> Iterator[Meant]:
    """All figures from which the one that was typed comes by a slip of the hand."""
    digits = _digits(figure)
    if len(digits) > _MOST_DIGITS:
        return
    yield from transposed(digits, figure.decimals)
    yield from doubled(digits, figure.decimals)
    yield from dropped(digits, figure.decimals)


_MOST_DIGITS = 40


def _digits(figure: Figure) -> str:
    """The figure's digits, with those that stand between the point and the first that isn't 0."""
    whole = figure.value / figure.unit
    return str(whole.numerator).rjust(figure.decimals + 1, "0")


def transposed(digits: str, decimals: int) -> Iterator[Meant]:
    """Two digits that stand side by side are exchanged: 0.0822 for 0.0282."""
    swaps = [place for place in range(len(digits) - 1) if digits[place] != digits[place + 1]]
    for place in swaps:
        other = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        yield _meant(Mistake.DIGITS_TRANSPOSED, other, decimals, len(swaps))


def doubled(digits: str, decimals: int) -> Iterator[Meant]:
    """A digit is typed twice: 0.08822 for 0.0822."""
    places = [place for place in range(len(digits) - 1) if digits[place] == digits[place + 1]]
    point = len(digits) - decimals
    for place in places:
        after = place + 1 >= point
        shown = decimals - 1 if after else decimals
        yield _meant(Mistake.TOO_MUCH, digits[:place] + digits[place + 1 :], shown, len(places))


def dropped(digits: str, decimals: int) -> Iterator[Meant]:
    """A digit is left out: 0.022 for 0.0822, 4.2 for 45.2, 42 for 425; 0.082 would only be cut off."""
    point = len(digits) - decimals
    ways = 10 * (len(digits) + 1)
    for place in range(len(digits) + 1):
        for digit in "0123456789":
            whole = digits[:place] + digit + digits[place:]
            if place <= point:
                yield _meant(Mistake.DIGIT_DROPPED, whole, decimals, ways)
            if point <= place < len(digits):
                yield _meant(Mistake.DIGIT_DROPPED, whole, decimals + 1, ways)


def _meant(mistake: Mistake, digits: str, decimals: int, ways: int) -> Meant:
    return Meant(mistake=mistake, value=Fraction(int(digits)) / Fraction(10) ** decimals, decimals=decimals, ways=ways)
