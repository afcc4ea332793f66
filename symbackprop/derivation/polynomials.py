"""Exact identities: formulas and sympy's expressions as quotients of polynomials over the rationals.

Everything that isn't a sum, a product or a whole power (an exponential, a logarithm, an activation's output)
stands as a generator of its own, an atom. Two expressions are identical if their cross products are the same
polynomial; that is decided by FLINT in canonical form, without a heuristic.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sympy
from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from symbackprop.records import record
from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Constant,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    SumOver,
)


@record
class Rational:
    """A quotient of two polynomials of one ring."""

    above: fmpq_mpoly
    below: fmpq_mpoly

    def __add__(self, other: Rational) -> Rational:
        if self.below == other.below:
            return Rational(self.above + other.above, self.below)
        return Rational(self.above * other.below + other.above * self.below, self.below * other.below)

    def __mul__(self, other: Rational) -> Rational:
        if self.below.is_one() and other.below.is_one():
            return Rational(self.above * other.above, self.below)
        # Reduced crosswise: a sum of many fractions would grow beyond measure.
        first, second = self.above.gcd(other.below), other.above.gcd(self.below)
        return Rational((self.above / first) * (other.above / second), (self.below / second) * (other.below / first))

    def __neg__(self) -> Rational:
        return Rational(-self.above, self.below)

    def is_identical(self, other: Rational) -> bool:
        """Whether both are the same rational function."""
        return bool(self.above * other.below == other.above * self.below)


class Ring:
    """The rational functions in some generators, by name."""

    def __init__(self, names: Sequence[str]) -> None:
        self._context = fmpq_mpoly_ctx.get(tuple(names), Ordering.lex)
        one = self._context.constant(1)
        self._generators = {
            name: Rational(generator, one) for name, generator in zip(names, self._context.gens(), strict=True)
        }

    def generator(self, name: str) -> Rational:
        """The generator of that name."""
        return self._generators[name]

    def constant(self, numerator: int, denominator: int = 1) -> Rational:
        """A rational number."""
        return Rational(self._context.constant(fmpq(numerator, denominator)), self._context.constant(1))

    def from_formula(
        self, formula: Formula, known: Mapping[str, Rational], atoms: Mapping[Formula, Rational]
    ) -> Rational:
        """A formula, its quantities given, and `atoms` for whatever in it is no polynomial."""
        match formula:
            case Constant(value=value):
                return self.constant(value.numerator, value.denominator)
            case Quantity(id=id_):
                return known[id_]
            case Sum(terms=parts) | Product(factors=parts):
                total, *others = (self.from_formula(part, known, atoms) for part in parts)
                for other in others:
                    total = total + other if isinstance(formula, Sum) else total * other
                return total
            case Negative(body=body):
                return -self.from_formula(body, known, atoms)
            case Quotient(numerator=numerator, denominator=denominator):
                below = self.from_formula(denominator, known, atoms)
                return self.from_formula(numerator, known, atoms) * inverse(below)
            case Power(base=base, exponent=exponent):
                return self._raise(self.from_formula(base, known, atoms), self._whole(exponent))
            case Exp() | Apply() | Sqrt() | Abs() | Cases():
                return atoms[formula]
            case SumOver():
                raise ValueError("a sum over an open index has no value of its own")

    def from_sympy(self, expression: sympy.Expr, atoms: Mapping[sympy.Expr, Rational]) -> Rational:
        """One of sympy's expressions, in which `atoms` stand for whatever is no polynomial."""
        if expression in atoms:
            return atoms[expression]
        if expression.is_Rational:
            return self.constant(int(expression.p), int(expression.q))
        if expression.is_Add or expression.is_Mul:
            total, *others = (self.from_sympy(part, atoms) for part in expression.args)
            for other in others:
                total = total + other if expression.is_Add else total * other
            return total
        if expression.is_Pow and expression.exp.is_Integer:
            return self._raise(self.from_sympy(expression.base, atoms), int(expression.exp))
        if isinstance(expression, sympy.exp):
            return self._power_of_atom(expression, atoms)
        raise ValueError(f"no rational function of the atoms: {expression}")

    def _power_of_atom(self, expression: sympy.Expr, atoms: Mapping[sympy.Expr, Rational]) -> Rational:
        """exp(x - 2*y) is the atom exp(x) by the square of exp(-y): sympy gathers exponentials by itself."""
        product = self.constant(1)
        for term in sympy.Add.make_args(expression.args[0]):
            ratios = ((value, term / atom.args[0]) for atom, value in atoms.items() if isinstance(atom, sympy.exp))
            found = next(((value, ratio) for value, ratio in ratios if ratio.is_Integer), None)
            if found is None:
                raise ValueError(f"no rational function of the atoms: {expression}")
            value, ratio = found
            product = product * self._raise(value, int(ratio))
        return product

    def _raise(self, base: Rational, exponent: int) -> Rational:
        result, factor = self.constant(1), base if exponent >= 0 else inverse(base)
        for _ in range(abs(exponent)):
            result = result * factor
        return result

    def _whole(self, exponent: Formula) -> int:
        value = self.from_formula(exponent, {}, {})
        for whole in range(-_LARGEST_EXPONENT, _LARGEST_EXPONENT + 1):
            if value.is_identical(self.constant(whole)):
                return whole
        raise ValueError(f"no small whole exponent: {exponent}")


_LARGEST_EXPONENT = 9


def inverse(value: Rational) -> Rational:
    """1 divided by a rational function other than 0."""
    if value.above.is_zero():
        raise ZeroDivisionError
    return Rational(value.below, value.above)
