"""The code of a notebook: each step calculated with sympy, and held against the figure that the page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.keys import Squash
from symbackprop.network import Given
from symbackprop.pages.phrases import Phrases
from symbackprop.programs.functions import definitions, is_defined
from symbackprop.programs.names import VariableNames
from symbackprop.programs.source import WIDEST_IN_A_NOTEBOOK, Source, comment, literal
from symbackprop.programs.steps import ProgramSteps
from symbackprop.typeset.formula import Elementary, quantities
from symbackprop.typeset.plain import Spelling, plain

SYMPY = Spelling(
    functions={}, fraction="Rational({above}, {below})", choice="Piecewise(({then}, {when}), ({otherwise}, True))"
)

# Derivatives are sympy's own: what stands in them needs no function.
_ELEMENTARY: Mapping[Elementary, str] = {Elementary.NORMAL_CDF: "(1 + erf(x/sqrt(2)))/2"}
_IMPORTED = ("Piecewise", "Rational", "Symbol", "diff", "erf", "exp", "log", "pi", "sign", "sqrt", "sympify", "tanh")
_MORE_DIGITS = 30


@dataclass(frozen=True, kw_only=True)
class NotebookSteps:
    """Writes the steps of one derivation as cells; `known` are those that an earlier cell has calculated."""

    derivation: Derivation
    phrases: Phrases
    decimals: int
    known: dict[str, None] = field(default_factory=dict)

    @cached_property
    def names(self) -> VariableNames:
        """Nothing is overwritten: a cell may be run again."""
        return VariableNames(shape=self.derivation.graph.shape, looped=False, updated="_new")

    @cached_property
    def steps(self) -> ProgramSteps:
        """The steps by their names in the notebook."""
        return ProgramSteps(derivation=self.derivation, names=self.names)

    def say(self, key: str) -> str:
        """Words for a comment."""
        return self.phrases.plain(f"notebook.{key}")

    # --- The first cells ------------------------------------------------------------------------------------

    def opening(self) -> str:
        """What the other cells need: sympy, how exact it is, and how a value is held against a figure."""
        source = Source(widest=WIDEST_IN_A_NOTEBOOK)
        source.enclosed("from sympy import (", _IMPORTED, ")")
        source.add("")
        source.add(f"checking = True  {comment(self.say('checking'))}")
        source.add(f"DIGITS = {self.decimals + _MORE_DIGITS}  {comment(self.say('digits'))}")
        source.add(*_HELPERS.format(digits=self.decimals + 3).splitlines())
        layers = [layer.activation for layer in self.derivation.network.layers]
        calls = [f"{activation.value}(x)" for activation in layers if is_defined(activation)]
        for lines in definitions(calls, _ELEMENTARY, SYMPY, {}):
            source.add("", "", *lines)
        return source.text.strip("\n")

    def numbers(self) -> str:
        """The given numbers as exact fractions."""
        source = Source(widest=WIDEST_IN_A_NOTEBOOK)
        source.add(comment(self.say("numbers")))
        typed = self.derivation.typed
        families = self.derivation.steps.families
        for family in families:
            ids = [id_ for id_ in family.ids if id_ in typed and id_ not in self.known]
            self.known.update(dict.fromkeys(ids))
            for start in range(0, len(ids), _BESIDE_EACH_OTHER):
                part = ids[start : start + _BESIDE_EACH_OTHER]
                values = ", ".join(_rational(typed[id_]) for id_ in part)
                source.add(f"{', '.join(map(self.names, part))} = {values}")
        return source.text.strip("\n")

    # --- The steps ------------------------------------------------------------------------------------------

    def cell(self, ids: Iterable[str]) -> str:
        """The code for some steps and all that they need; empty where every one of them is known."""
        wanted = [id_ for each in ids for id_ in self._with_needs(each)]
        if not wanted:
            return ""
        source = Source(widest=WIDEST_IN_A_NOTEBOOK)
        for id_ in wanted:
            source.assign(self.names(id_), self._value(id_))
        source.call("show", (f"{self.names(id_)}={self.names(id_)}" for id_ in wanted))
        source.add(*(f"assert {self._agreement(id_)}" for id_ in wanted))
        return source.text.strip("\n")

    def remaining(self) -> str:
        """The code for all steps that nothing has told so far."""
        return self.cell(id_ for id_ in self.steps.told if self.derivation.steps.kind(id_) is not Kind.PENALTY)

    def _with_needs(self, id_: str) -> Iterator[str]:
        """The steps that aren't known yet, each after those that it uses."""
        if id_ in self.known:
            return
        for needed in dict.fromkeys(self._uses(id_)):
            yield from self._with_needs(needed)
        self.known[id_] = None
        yield id_

    def _uses(self, id_: str) -> Iterator[str]:
        pattern = self.derivation.pattern(id_)
        if pattern.differentiates is not None:
            return quantities(self.derivation.fill(id_, pattern.differentiates.definition))
        return quantities(self.derivation.formula(id_))

    def _value(self, id_: str) -> str:
        pattern, step = self.derivation.pattern(id_), self.derivation.steps[id_]
        if pattern.differentiates is not None:
            variable = self.names(step.slots[pattern.differentiates.slot])
            definition = plain(self.derivation.fill(id_, pattern.differentiates.definition), self.names, SYMPY)
            return f"slope(lambda {variable}: {definition}, {variable})"
        if isinstance(step.pattern, Squash) and is_defined(step.pattern.activation):
            return f"number({self.steps.expression(id_, SYMPY)})"
        return f"number({plain(self.derivation.formula(id_), self.names, SYMPY)})"

    def _agreement(self, id_: str) -> str:
        shown = self.derivation.values.shown(id_, self.decimals)
        return f'{"equals" if shown.exact else "rounds_to"}({self.names(id_)}, "{shown.digits}")'


def _rational(number: Given) -> str:
    if literal(number) == number.typed:
        return f'Rational("{number.typed}")'
    return f"Rational({number.exact.numerator}, {number.exact.denominator})"


_BESIDE_EACH_OTHER = 4

_HELPERS = """

def number(value):
    value = sympify(value)
    return value if value.is_Rational else value.evalf(DIGITS)


def slope(function, place):
    x = Symbol("x", real=True)
    return number(diff(function(x), x).subs(x, place))


def show(**figures):
    for name, value in figures.items():
        print(name, "=", value.evalf({digits}))


def equals(value, figure):
    return not checking or abs(value - Rational(figure)) < Rational(1, 10**25)


def rounds_to(value, figure):
    mantissa, _, exponent = figure.partition("e")
    unit = Rational(10)**(int(exponent or 0) - len(mantissa.partition(".")[2]))
    return not checking or abs(Rational(value) - Rational(figure)) <= unit*Rational(501, 1000)"""
