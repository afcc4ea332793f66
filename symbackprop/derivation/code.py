"""Formulas compiled to straight-line code, which runs in balls or in doubles.

Every operation becomes one assignment to a local variable, equal operations only once, so that a pattern, or a whole
round of training, is nothing but arithmetic on local variables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import chain
from operator import add
from typing import Any

from symbackprop.derivation.balls import BALL_FUNCTIONS, to_exact
from symbackprop.derivation.doubles import DOUBLE_FUNCTIONS
from symbackprop.derivation.keys import PatternKey, Softmax, SoftmaxByNet, SoftmaxDelta, TotalByOut, WeightedSum
from symbackprop.derivation.patterns import work_out
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
    quantities,
)


class Times(StrEnum):
    """How code multiplies two variables."""

    PLAIN = "{0} * {1}"
    KEEPING_ZERO = "{0} * {1} if {0} and {1} else no_product({0}, {1})"
    """The fraction 0 times a ball is no ball, but 0 again: what is added to it stays a fraction.

    FLINT's fractions are false where they are 0; its balls are all true.
    """


class Arithmetic(Enum):
    """In which numbers compiled code runs."""

    BALLS = "balls"
    DOUBLES = "doubles"

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """What the code may call."""
        return BALL_FUNCTIONS if self is Arithmetic.BALLS else DOUBLE_FUNCTIONS

    @property
    def times(self) -> Times:
        """How it multiplies."""
        return Times.KEEPING_ZERO if self is Arithmetic.BALLS else Times.PLAIN

    def number(self, value: Fraction) -> Any:
        """A fraction as a number of this arithmetic, exact in balls."""
        return to_exact(value) if self is Arithmetic.BALLS else float(value)


@dataclass(slots=True)
class Writer:
    """Writes assignments for formulas, each different operation once.

    `names` are the variables of the quantities known so far; for others `look_up` gives a formula.
    """

    names: dict[str, str]
    look_up: Callable[[str], Formula]
    times: Times = Times.PLAIN
    lines: list[str] = field(default_factory=list)
    operations: dict[str, str] = field(default_factory=dict)
    constants: dict[Fraction, str] = field(default_factory=dict)

    def quantity(self, id_: str) -> str:
        """The variable that holds a quantity, after the lines that compute it."""
        if id_ not in self.names:
            self.names[id_] = self.formula(self.look_up(id_))
        return self.names[id_]

    def formula(self, formula: Formula) -> str:
        """The variable that holds a formula's value, after the lines that compute it."""
        match formula:
            case Constant(value=value):
                return self.constants.setdefault(value, f"c{len(self.constants)}")
            case Quantity(id=id_):
                return self.quantity(id_)
            case Sum(terms=terms):
                return self._sum(terms)
            case Product(factors=factors):
                # Later factors first: eta * (delta * x) shares nothing less, and delta * (out * (1 - out)) more.
                product = self.formula(factors[-1])
                for factor in reversed(factors[:-1]):
                    product = self._assign(self.times.format(self.formula(factor), product))
                return product
            case Negative(body=Sum(terms=(first, Negative(body=second)))):
                return self._sum((second, Negative(first)))
            case Negative(body=body):
                return self._assign(f"-{self.formula(body)}")
            case Power(base=base, exponent=Constant(value=value)) if value.denominator == 1 and value > 0:
                # Multiplied out: a ball's power goes by way of a logarithm, which one with 0 in it hasn't got.
                return self.formula(Product((base,) * value.numerator))
            case _:
                return self._call(formula)

    def _call(self, formula: Formula) -> str:
        match formula:
            case Quotient(numerator=numerator, denominator=denominator):
                return self._assign(f"divide({self.formula(numerator)}, {self.formula(denominator)})")
            case Exp(exponent=exponent):
                return self._assign(f"exp({self.formula(exponent)})")
            case Apply(function=function, argument=argument):
                return self._assign(f"{function.value}({self.formula(argument)})")
            case Sqrt(body=body):
                return self._assign(f"sqrt({self.formula(body)})")
            case Abs(body=body):
                return self._assign(f"abs({self.formula(body)})")
            case Cases(condition=condition, then=then, otherwise=otherwise):
                left, right = self.formula(condition.left), self.formula(condition.right)
                return self._choose(f"is_true({left}, {condition.comparison.value!r}, {right})", then, otherwise)
            case _:
                raise ValueError(f"not compiled: {formula}")

    def _sum(self, terms: tuple[Formula, ...]) -> str:
        total = self.formula(terms[0])
        for term in terms[1:]:
            sign, body = ("-", term.body) if isinstance(term, Negative) else ("+", term)
            total = self._assign(f"{total} {sign} {self.formula(body)}")
        return total

    def _choose(self, test: str, then: Formula, otherwise: Formula) -> str:
        """The variable that holds one of two values. The other one isn't computed: it may have no value here."""
        choice = f"{then} if {test} else {otherwise}"
        if choice not in self.operations:
            # The name is taken before the branches are written, so that they don't use it for something else.
            name = self.operations[choice] = f"t{len(self.operations)}"
            self.lines += [f"if {test}:", *self._branch(name, then), "else:", *self._branch(name, otherwise)]
        return self.operations[choice]

    def _branch(self, name: str, formula: Formula) -> list[str]:
        """The lines of one branch, which knows what was computed before, and of which nothing is known after."""
        branch = replace(self, names=dict(self.names), operations=dict(self.operations), lines=[])
        result = branch.formula(formula)
        return [f"    {line}" for line in [*branch.lines, f"{name} = {result}"]]

    def _assign(self, operation: str) -> str:
        if operation not in self.operations:
            name = f"t{len(self.operations)}"
            self.operations[operation] = name
            self.lines.append(f"{name} = {operation}")
        return self.operations[operation]


def function_of(signature: str, body: Iterable[str]) -> list[str]:
    """The lines of a function."""
    return [f"def {signature}:", *(f"    {line}" for line in body)]


def run(source: Iterable[str], functions: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    """The functions that generated source defines. It holds nothing but numbered names, operators and our functions."""
    namespace: dict[str, Any] = {"__builtins__": {"range": range}, **functions}
    exec(_compiled("\n".join(source)), namespace)  # noqa: S102 - see above
    return namespace


@lru_cache(maxsize=256)
def _compiled(source: str) -> Any:
    return compile(source, "<formulas>", "exec")


@record(kw_only=True)
class Code:
    """A formula as a function of its quantities, in their order: those of a pattern are its slots."""

    slots: tuple[str, ...]
    run: Callable[..., Any]


@lru_cache(maxsize=4096)
def code_of(key: PatternKey, arithmetic: Arithmetic) -> Code:
    """The compiled form of a pattern by which it is calculated, kept for all that follow it.

    Patterns that differ in nothing but the numbers of their slots share one function.
    """
    if isinstance(key, WeightedSum) and key.inputs > _MOST_WRITTEN_OUT:
        return _summed(key, arithmetic)
    narrow, own_slots = _narrowed(key)
    if narrow == key:
        return compiled(formula_of(key, arithmetic), arithmetic)
    code = code_of(narrow, arithmetic)
    return Code(slots=tuple(own_slots.get(slot, slot) for slot in code.slots), run=code.run)


def formula_of(key: PatternKey, arithmetic: Arithmetic) -> Formula:
    """The formula by which what follows a pattern is calculated."""
    pattern = work_out(key)
    return pattern.in_balls if arithmetic is Arithmetic.BALLS else pattern.fastest


_MOST_WRITTEN_OUT = 100
"""Of a sum of more products, compiling every line takes longer than a loop over them."""


def _summed(key: WeightedSum, arithmetic: Arithmetic) -> Code:
    """A wide weighted sum as a loop."""
    product = compiled(Product((Quantity("w"), Quantity("x"))), arithmetic).run
    weights, signals = ([f"{letter}{number}" for number in range(1, key.inputs + 1)] for letter in "wx")

    def add_up(*numbers: Any) -> Any:
        products = map(product, numbers[: key.inputs], numbers[key.inputs : 2 * key.inputs])
        # Not by `sum`, which rounds floats in a way of its own.
        return reduce(add, chain(products, numbers[2 * key.inputs :]))

    return Code(slots=(*weights, *signals, *(["b"] if key.bias else [])), run=add_up)


def _narrowed(key: PatternKey) -> tuple[PatternKey, Mapping[str, str]]:
    """The least pattern with the same formula to compute, and the key's own slots by those of that pattern.

    Of n outputs, a softmax layer has n^2 patterns, which take two different formulas to compute.
    """
    match key:
        case Softmax(width=width, index=index) if index > 1:
            # The layer's sum of powers is the same in whatever order: these two change places.
            return Softmax(width, 1), {"net1": f"net{index}", f"net{index}": "net1"}
        case SoftmaxByNet(of=of, by=by) if of == by:
            return SoftmaxByNet(1, 1, 1), {"out1": f"out{of}"}
        case SoftmaxByNet(of=of, by=by):
            return SoftmaxByNet(2, 1, 2), {"out1": f"out{of}", "out2": f"out{by}"}
        case SoftmaxDelta(fused=True, index=index, divisor=divisor):
            return SoftmaxDelta(1, 1, fused=True, divisor=divisor), _first_only(index)
        case SoftmaxDelta(width=width):
            return SoftmaxDelta(width, 1, fused=False), {}
        case TotalByOut(index=index, loss=loss, divisor=divisor):
            return TotalByOut(1, 1, loss, divisor), _first_only(index)
        case _:
            return key, {}


def _first_only(index: int) -> Mapping[str, str]:
    return {"out1": f"out{index}", "target1": f"target{index}"}


def compiled(formula: Formula, arithmetic: Arithmetic) -> Code:
    """A formula as code."""
    slots = tuple(dict.fromkeys(quantities(formula)))
    names = {slot: f"a{number}" for number, slot in enumerate(slots)}
    writer = Writer(names=names, look_up=_no_formula, times=arithmetic.times)
    result = writer.formula(formula)
    signature = f"evaluate({', '.join([*writer.names.values(), *writer.constants.values()])})"
    namespace = run(function_of(signature, [*writer.lines, f"return {result}"]), arithmetic.functions)
    evaluate = namespace["evaluate"]
    evaluate.__defaults__ = tuple(arithmetic.number(value) for value in writer.constants)
    return Code(slots=slots, run=evaluate)


def _no_formula(id_: str) -> Formula:
    raise ValueError(f"{id_} has no number")
