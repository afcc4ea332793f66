"""Right work is never called wrong: in any notation and format, at any digits, with results on the way rounded."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from symbackprop.checking.calculation import Way, formula_of
from symbackprop.checking.entry import check, judge_for, reader_for
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.truth import BITS, NO_VALUE
from symbackprop.checking.verdicts import Verdict
from symbackprop.derivation.balls import Real, bounds, evaluate, precision, to_exact
from symbackprop.derivation.derive import derive
from symbackprop.derivation.digits import leading_place
from symbackprop.derivation.shape import shape_of
from symbackprop.derivation.steps import Plan, plan_of
from symbackprop.network import Network
from symbackprop.notation_file import bound_to_network, load_notation, notation_names
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.formula import Formula, Quantity, quantities
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import Layout, Number
from symbackprop.typeset.plain import plain
from symbackprop.typeset.unicode import unicode
from tests.random_networks import any_networks

FINE = {Verdict.CORRECT, Verdict.ROUNDED, Verdict.GENERAL}
SHEETS = (Kind.TOML, Kind.CSV, Kind.JSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """To how many digits somebody rounds: decimals, or significant ones."""

    count: int
    significant: bool

    def decimals(self, value: Real) -> int:
        """Give the decimals to which a value is rounded."""
        place = leading_place(value)
        if not self.significant:
            return self.count
        return max(0, self.count - 1 - (place or 0))

    def rounded(self, value: Real) -> tuple[Fraction, int]:
        """Give the rounded value, and its decimals."""
        between = bounds(value)
        assume(between is not None)
        assert between is not None
        decimals = self.decimals(value)
        return Fraction(round(sum(between) / 2 * 10**decimals), 10**decimals), decimals


class Hand:
    """Somebody who calculates quantities from rounded earlier ones."""

    def __init__(self, network: Network, digits: Digits, way: Way) -> None:
        self.plan: Plan = plan_of(shape_of(network))
        self._digits = digits
        self._way = way
        self._known: dict[str, tuple[Fraction, str]] = {}
        for id_, value in derive(network).given.items():
            self._known[id_] = value, _typed(value)
        self._own = frozenset(value for value, _ in self._known.values())

    def formula(self, id_: str) -> Formula:
        """Give the formula by which a quantity is calculated."""
        return formula_of(self.plan, id_, self._way)

    def shown(self, id_: str) -> str:
        """Give a quantity's figure."""
        return self._value(id_)[1]

    def _value(self, id_: str) -> tuple[Fraction, str]:
        if id_ not in self._known:
            formula = self.formula(id_)
            parts = {part: to_exact(self._value(part)[0]) for part in quantities(formula)}
            with precision(BITS):
                value = evaluate(formula, parts.__getitem__)
            found, decimals = self._digits.rounded(value)
            # Nobody goes on with 0.000 for what isn't 0.
            assume(found or value == 0)
            # A result that looks like one of the network's own numbers would be taken for it.
            assume(to_exact(found) == value or found not in self._own)
            self._known[id_] = found, written(found, decimals)
        return self._known[id_]


def written(value: Fraction, decimals: int) -> str:
    """Give a decimal fraction as it is written."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value) * 10**decimals, 10**decimals)
    return f"{sign}{whole}" + (f".{int(rest):0{decimals}}" if decimals else "")


def _typed(value: Fraction) -> str:
    decimals = 0
    while (value * 10**decimals).denominator != 1:
        decimals += 1
    return written(value, decimals)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How somebody writes: formulas by their names, figures, and what stands between them."""

    write: Callable[[Formula, Callable[[str], str] | None], str]
    kind: Kind
    equals: str
    comma: bool

    def figure(self, digits: str) -> str:
        """Give a figure with the decimal sign of the work."""
        return digits.replace(".", ",") if self.comma else digits


def notes(hand: Hand, chosen: list[tuple[str, str]], writing: Writing) -> str:
    """Give a work on the chosen quantities, each in one of several forms."""
    entries: list[tuple[str, str]] = []
    for id_, form in chosen:
        formula = hand.formula(id_)
        sides = []
        if "f" in form:
            sides.append(writing.write(formula, None))
        if "n" in form and tuple(quantities(formula)):
            sides.append(writing.write(formula, hand.shown))
        if "v" in form or not sides:
            sides.append(writing.figure(hand.shown(id_)))
        entries.append((id_, f" {writing.equals} ".join(sides)))
    match writing.kind:
        case Kind.JSON:
            return json.dumps(dict(entries), indent=1)
        case Kind.TOML:
            return "".join(f"{json.dumps(id_)} = {json.dumps(answer)}\n" for id_, answer in entries)
        case Kind.CSV:
            return "id,answer\n" + "".join(f'{id_},"{answer}"\n' for id_, answer in entries)
        case _:
            return "".join(
                _in_text(f"{writing.write(Quantity(id_), None)} = {answer}", writing.kind) for id_, answer in entries
            )


def _in_text(formula: str, kind: Kind) -> str:
    match kind:
        case Kind.MARKDOWN:
            return f"So we have\n\n$$\n{formula}\n$$\n\n"
        case Kind.LATEX:
            return f"So we have\n\\[ {formula} \\]\n"
        case _:
            return f"{formula}\n\n"


@st.composite
def writings(draw: st.DrawFn, network: Network) -> Writing:
    """Draw a way to write works on a network."""
    kind = draw(st.sampled_from((Kind.MARKDOWN, Kind.LATEX, Kind.TEXT, *SHEETS)))
    comma = network.writing.decimal_comma
    namer = bound_to_network(load_notation(draw(st.sampled_from(notation_names())), "a test"), network)
    printer = latex if kind in (Kind.MARKDOWN, Kind.LATEX) else unicode
    ids = kind in SHEETS or (kind is Kind.TEXT and draw(st.booleans()))
    typed = draw(st.sampled_from(TYPED))

    def show(figure: Callable[[str], str] | None) -> Callable[[str], Layout]:
        def layout(id_: str) -> Layout:
            return namer.name(id_) if figure is None else Number(sign_of(figure(id_)))

        return layout

    def sign_of(digits: str) -> str:
        return digits.replace(".", ",") if comma else digits

    def write(formula: Formula, figure: Callable[[str], str] | None) -> str:
        if ids:
            return plain(formula, str if figure is None else lambda id_: sign_of(figure(id_)))
        text = printer(arrange(formula, show(figure)))
        for old, new in typed:
            text = text.replace(old, new)
        return text

    return Writing(
        write=write, kind=kind, equals=draw(st.sampled_from(["=", "≈"] if kind is Kind.TEXT else ["="])), comma=comma
    )


TYPED: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    ((r"\mathit", r"\mathrm"), (r"\cdot", r"\times"), ("·", "*"), ("−", "-")),
    ((r"\mathit", ""), (r"\thinspace", r"\,"), ("·", "×")),
    ((r"\frac", r"\dfrac"), (r"\tfrac", r"\frac"), (r"\thinspace", " "), (r"\smash[b]", "")),
)


@st.composite
def works(draw: st.DrawFn) -> tuple[Network, Kind, str]:
    """Draw a network and right work on it."""
    network = draw(any_networks(most_layers=2, most_neurons=3, most_samples=2, most_steps=2))
    if draw(st.booleans()):
        network = replace(network, writing=replace(network.writing, decimal_comma=True))
    writing = draw(writings(network))
    digits = Digits(count=draw(st.integers(3, 12)), significant=draw(st.booleans()))
    hand = Hand(network, digits, draw(st.sampled_from(Way)))
    able = [id_ for id_ in hand.plan if _is_calculated(hand, id_)]
    chosen = draw(st.lists(st.sampled_from(range(len(able))), min_size=1, max_size=10, unique=True).map(sorted))
    forms = st.sampled_from(["v", "fv", "fnv", "nv", "f"])
    try:
        text = notes(hand, [(able[number], draw(forms)) for number in chosen], writing)
    except NO_VALUE:
        reject()
    return network, writing.kind, text


def _is_calculated(hand: Hand, id_: str) -> bool:
    try:
        hand.formula(id_)
    except KeyError:
        return False
    return True


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    max_examples=50,
)
@given(works())
def test_never_calls_right_work_wrong(drawn: tuple[Network, Kind, str]) -> None:
    """Networks of all kinds, quantities calculated from rounded ones, written as people write them."""
    network, kind, text = drawn
    links = judge_for(network).judge(reader_for(network).read_text(text, kind, "work")).links
    assert [f"{it.text} {it.verdict} {it.expected} {it.why}" for it in links if it.verdict not in FINE] == [], text


def test_a_bare_nought_is_right_for_nothing_else() -> None:
    """0.298 rounds to 0 without decimals, but nobody means that."""
    assert [it.verdict for it in check({"E_total": "0"}).links] == [Verdict.WRONG]
    assert [it.verdict for it in check({"E_total": "0.3"}).links] == [Verdict.CORRECT]


def test_short_answers_dont_excuse_a_long_one() -> None:
    """Who shows nine digits hasn't rounded to three on the way."""
    short = {"net_h1": "0.378", "out_h1": "0.593", "out_h2": "0.597", "net_o1": "1.106", "out_o1": "0.751"}
    links = check(short | {"E_total@1": "0.291027924"}).links
    assert [it.verdict for it in links] == [*[Verdict.CORRECT] * len(short), Verdict.WRONG]
    assert check(short | {"E_total@1": "0.291027774"}).links[-1].verdict is Verdict.CORRECT
