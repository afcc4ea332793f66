"""Certified values of all steps of a round, and the digits that may be printed of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from flint import arb, fmpq

from symbackprop.derivation.balls import Real, Undecided, bounds, precision, to_exact, to_fraction
from symbackprop.derivation.code import Arithmetic
from symbackprop.derivation.digits import (
    ceiling,
    cut_to,
    is_accurate,
    is_around_zero,
    leading_place,
    round_ball,
    round_to,
)
from symbackprop.derivation.evaluation import evaluate_families
from symbackprop.derivation.steps import Plan
from symbackprop.errors import CertificationError, NetInputError, SymbackpropError
from symbackprop.network import Given
from symbackprop.records import record

FIRST_BITS = 128
MOST_BITS = 1 << 17

LEAST_SIGNIFICANT = 4
"""A figure shows at least so many significant digits, unless fewer decimals are asked for."""

_LARGEST_PLAIN_PLACE = 15
_LONGEST_PLAIN_BITS = 2048
_SMALLEST_PLAIN_PLACE = -5


@record(kw_only=True)
class Shown:
    """Digits as they are printed (`-0.25`, `1.250e-9`), and whether they are the exact value or its rounding."""

    digits: str
    exact: bool


@record(kw_only=True)
class Nearest:
    """A value rounded, and whether its last digit is decided: a tie that is only known as a ball never is."""

    digits: str
    decided: bool


class Values:
    """The values of all steps. Precision is doubled until what is asked for is certain.

    `given` gives the numbers of the given steps at a precision in bits: after training they are balls too. `typed`
    are the given steps that show the digits that somebody typed. `where` begins the place in an error, `most_bits` ends
    the doubling. `explain` may give a better error for what is too large or undecided at a precision in bits.
    """

    def __init__(
        self,
        plan: Plan,
        given: Callable[[int], Mapping[str, Real]],
        typed: Mapping[str, Given],
        *,
        where: str = "",
        most_bits: int = MOST_BITS,
        explain: Callable[[int, NetInputError | Undecided], SymbackpropError | None] = lambda _, __: None,
    ) -> None:
        self._plan = plan
        self._given = given
        self._typed = typed
        self._where = where
        self._most_bits = most_bits
        self._explain = explain
        self._forward: dict[int, dict[str, Real]] = {}
        self._at: dict[int, Mapping[str, Real]] = {}
        self._shown: dict[tuple[str, int], Shown] = {}

    def at(self, bits: int) -> Mapping[str, Real]:
        """All values, computed with that many bits. Raises Undecided where they don't tell a case of a formula."""
        if bits not in self._at:
            values = self._forward_at(bits)
            with precision(bits):
                evaluate_families(self._plan.backward, values, Arithmetic.BALLS, where=self._where)
            self._at[bits] = values
        return self._at[bits]

    def _forward_at(self, bits: int) -> dict[str, Real]:
        if bits not in self._forward:
            with precision(bits):
                values = dict(self._given(bits))
                self._evaluate_forward(values, bits)
            self._forward[bits] = values
        return self._forward[bits]

    def _evaluate_forward(self, values: dict[str, Real], bits: int) -> None:
        try:
            evaluate_families(self._plan.forward, values, Arithmetic.BALLS, where=self._where)
        except NetInputError as error:
            raise self._explain(bits, error) or error from None

    @property
    def is_known(self) -> bool:
        """Whether a forward pass was made and nothing in it was too large."""
        return bool(self._forward)

    def value(self, id_: str, bits: int) -> Real:
        """One value, computed with that many bits; the backward pass only where it is asked for."""
        forward = self._forward_at(bits)
        return forward[id_] if id_ in forward else self.at(bits)[id_]

    def exact(self, id_: str) -> Fraction | None:
        """The value as a fraction where it is rational and known to be."""
        value = self._decided(id_)
        if isinstance(value, fmpq):
            return to_fraction(value)
        return Fraction(0) if value is not None and value == 0 else None

    def _decided(self, id_: str) -> Real | None:
        """The value at the first precision at which it can be told at all; None where there is none."""
        bits = FIRST_BITS
        while bits <= self._most_bits:
            try:
                return self.value(id_, bits)
            except Undecided:
                bits *= 2
        return None

    def shown(self, id_: str, decimals: int) -> Shown:
        """The figure as a page shows it: exact values short, all others rounded correctly to the decimals.

        Where that would leave too few significant digits, the figure gets more decimals or an exponent.
        """
        key = (id_, decimals)
        if key not in self._shown:
            self._shown[key] = self._show(self._source(id_), decimals)
        return self._shown[key]

    def shown_all(self, ids: Iterable[str], decimals: int) -> list[Shown]:
        """The figures of many quantities, as `shown` gives them one by one."""
        least, most = 10.0 ** (LEAST_SIGNIFICANT - decimals), 10.0**_LARGEST_PLAIN_PLACE
        with precision(FIRST_BITS):
            return [self._shown_fast(id_, decimals, least, most) for id_ in ids]

    def _shown_fast(self, id_: str, decimals: int, least: float, most: float) -> Shown:
        if id_ not in self._typed:
            value = self.value(id_, FIRST_BITS)
            if isinstance(value, arb) and least < abs(float(value)) < most:
                whole = round_ball(value, decimals)
                if whole is not None:
                    return Shown(digits=_fixed(whole, decimals), exact=False)
        return self.shown(id_, decimals)

    def _show(self, id_: str, decimals: int) -> Shown:
        if id_ in self._typed:
            return Shown(digits=self._typed[id_].typed, exact=True)
        exact = self.exact(id_)
        if exact is not None and (short := _short(exact, decimals)) is not None:
            return Shown(digits=short, exact=True)
        digits = self._certain(id_, show, decimals)
        if exact is not None and Fraction(digits) == exact:
            return Shown(digits=_without_zeros(digits), exact=True)
        return Shown(digits=digits, exact=False)

    def _source(self, id_: str) -> str:
        """The quantity whose other name an id is: dnet_o1/dw5 is out_h1, and shows the same digits."""
        return self._source(same) if (same := self._plan.same_as(id_)) else id_

    def significant(self, id_: str, digits: int) -> str:
        """The value rounded correctly to that many significant digits, as a plain or scientific decimal."""
        return self.nearest(id_, digits).digits

    def nearest(self, id_: str, digits: int) -> Nearest:
        """The same, and whether it is decided; a tie is rounded away from zero, decided or not."""
        if self.exact(id_) == 0:
            return Nearest(digits="0", decided=True)
        return self._decide(id_, show_significant, digits, show_at_tie)

    def lost_below(self, id_: str, decimals: int) -> int | None:
        """For a value other than 0 that is shown as 0, its digits lost: a power of ten that it is certainly below."""
        shown = self.shown(id_, decimals)
        if shown.exact or any(digit in "123456789" for digit in shown.digits):
            return None
        bits = FIRST_BITS
        while 2 * bits <= self._most_bits:
            bits *= 2
        return ceiling(self.value(id_, bits))

    def rounded(self, id_: str, decimals: int) -> str:
        """The value rounded correctly to that many decimals, whatever is left of a small one."""
        return self._certain(id_, _rounded, decimals)

    def cut_off(self, id_: str, decimals: int) -> str:
        """The value cut off after that many decimals, as a short display shows it."""
        return self._certain(id_, _cut, decimals)

    def _certain(self, id_: str, attempt: Attempt, decimals: int) -> str:
        # A tie, known only as a ball, can't be rounded at any precision: one more digit shows it as it is.
        return self._decide(id_, attempt, decimals, lambda value, short: attempt(value, short + 1)).digits

    def _decide(self, id_: str, attempt: Attempt, decimals: int, at_tie: Attempt) -> Nearest:
        """What the first precision that is enough makes of a value, `at_tie` where none would be."""
        bits, undecided = FIRST_BITS, None
        value: Real = to_exact(Fraction(0))
        while True:
            try:
                value, undecided = self.value(id_, bits), None
            except Undecided as error:
                undecided = error
            if undecided is None:
                with precision(bits):
                    if (digits := attempt(value, decimals)) is not None:
                        return Nearest(digits=digits, decided=True)
                    if is_accurate(value, decimals) and (digits := at_tie(value, decimals)) is not None:
                        return Nearest(digits=digits, decided=False)
            if 2 * bits > self._most_bits:
                break
            bits *= 2
        if undecided is not None:
            refused = CertificationError(f"{undecided}, with {self._most_bits:,} bits, too")
            raise self._explain(bits, undecided) or refused from undecided
        # A value that stays around 0 at every precision is 0, or so near that no digit is lost.
        if is_around_zero(value, decimals):
            return Nearest(digits=_fixed(0, decimals), decided=False)
        raise CertificationError(f"{self._where}{id_}: its digits can't be certified with {self._most_bits:,} bits")


Attempt = Callable[[Real, int], str | None]
"""A value's digits, so many decimals or significant ones; None where the value's ball doesn't decide them."""


def show(value: Real | Fraction, decimals: int) -> str | None:
    """The value's digits for a page, or None where the ball doesn't decide them."""
    if value == 0:
        return "0"
    place = leading_place(value)
    if place is None:
        return None
    if place > _LARGEST_PLAIN_PLACE:
        return _scientific(value, place, max(LEAST_SIGNIFICANT, decimals))
    if place >= 0 or decimals + place + 1 >= min(LEAST_SIGNIFICANT, decimals):
        return _rounded(value, decimals)
    if place >= _SMALLEST_PLAIN_PLACE:
        return _rounded(value, LEAST_SIGNIFICANT - 1 - place)
    return _scientific(value, place, max(LEAST_SIGNIFICANT, decimals))


def show_significant(value: Real | Fraction, digits: int) -> str | None:
    """The value to that many significant digits, or None where the ball doesn't decide them."""
    place = leading_place(value)
    if place is None:
        return None
    whole = round_to(value, digits - 1 - place)
    if whole is None:
        return None
    if len(str(abs(whole))) > digits:
        place += 1
    if _SMALLEST_PLAIN_PLACE <= place <= _LARGEST_PLAIN_PLACE and digits - 1 - place >= 0:
        return _rounded(value, digits - 1 - place)
    return _scientific(value, place, digits)


def show_at_tie(value: Real, digits: int) -> str | None:
    """The significant digits of a ball that only a tie keeps from being rounded: away from zero, as exact ties are."""
    ends = bounds(value)
    return show_significant(max(ends, key=abs), digits) if ends and is_accurate(value, digits) else None


def show_decided(value: Real, digits: int) -> str | None:
    """The significant digits of a value, at a tie, too; None where a higher precision may decide them."""
    return show_significant(value, digits) or show_at_tie(value, digits)


def show_certain(value: Real, digits: int) -> str | None:
    """The same at the last precision that is tried: what stays around 0 is 0 as far as its digits go."""
    shown = show_decided(value, digits)
    return "0" if shown is None and is_around_zero(value, digits) else shown


def _rounded(value: Real | Fraction, decimals: int) -> str | None:
    whole = round_to(value, decimals)
    if whole is None:
        return None
    # What is longer than any number that can be typed is shown with an exponent, or it could have no end.
    return _fixed(whole, decimals) if whole.bit_length() <= _LONGEST_PLAIN_BITS else show(value, decimals)


def _cut(value: Real | Fraction, decimals: int) -> str | None:
    whole = cut_to(value, decimals)
    return None if whole is None else _fixed(whole, decimals)


def _fixed(whole: int, decimals: int) -> str:
    text = str(abs(whole)).rjust(decimals + 1, "0")
    sign = "-" if whole < 0 else ""
    return f"{sign}{text[:-decimals]}.{text[-decimals:]}" if decimals else sign + text


def _scientific(value: Real | Fraction, place: int, digits: int) -> str | None:
    whole = round_to(value, digits - 1 - place)
    if whole is None:
        return None
    if len(str(abs(whole))) > digits:
        # Rounding up reached the next power of ten: 9.9996 shown with four digits is 1.000e1.
        return _scientific(value, place + 1, digits)
    return f"{_fixed(whole, digits - 1)}e{place}"


def _without_zeros(digits: str) -> str:
    """Digits without zeros at the end of the decimals: 0.002500 as 0.0025, 1.250e-7 as 1.25e-7."""
    mantissa, mark, exponent = digits.partition("e")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + mark + exponent


def _short(value: Fraction, decimals: int) -> str | None:
    """A terminating decimal without trailing zeros, or None where it has more decimals than asked for."""
    scaled = value * 10**decimals
    if scaled.denominator != 1 or abs(value) >= Fraction(10) ** (_LARGEST_PLAIN_PLACE + 1):
        return None
    return _without_zeros(_fixed(scaled.numerator, decimals))
