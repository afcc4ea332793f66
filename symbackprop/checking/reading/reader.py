"""The parser of formulas: operator precedence over tokens, leaves numbered, nothing evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from symbackprop.checking.reading.account import Account
from symbackprop.checking.reading.gaps import GapError
from symbackprop.checking.reading.lookahead import holds_condition, is_row_of_numbers, is_word
from symbackprop.checking.reading.name_tokens import NameTokens
from symbackprop.checking.reading.tokens import Kind, Token
from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.work import Gap, Leaf, Span, Trouble
from symbackprop.typeset.formula import (
    Abs,
    Cases,
    Condition,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
)

MOST_LEVELS = 100
MOST_LEAVES = 20_000
MOST_STEPS = 400_000
MOST_TERMS = 4_000

_FUNCTIONS = frozenset({"frac", "sqrt", "sum", "partial", "nabla", "exp", "log", "tanh", "max", "min", "sign", "abs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What is read otherwise than by precedence: numbers, names, known or not, marks on them, commands, and cases."""

    number: Callable[[Reader], Formula]
    name: Callable[[Reader], Formula]
    known_name: Callable[[Reader], Formula | None]
    marked: Callable[[Reader, Formula, int], Formula | None]
    command: Callable[[Reader], Formula]
    cases: Callable[[Reader], Formula]
    condition: Callable[[Reader], Condition | None]


class Reader:
    """Reads the formula that some tokens are. Names that mean nothing are noted in `troubles` and read on."""

    def __init__(self, text: str, scan: NameTokens, grammar: Grammar, account: Account) -> None:
        self.text = text
        self._account = account
        self._grammar = grammar
        self.scan = scan
        self.tokens = scan.tokens
        self.partner = scan.partner
        self.names = scan.names
        self.stand = scan.stand
        self.at = 0
        self.leaves: list[Leaf] = []
        self.troubles: list[Trouble] = []
        self._level = 0
        self.steps = 0
        self._terms = 0
        self._bars = 0

    # --- Tokens

    def kind(self, ahead: int = 0) -> Kind | None:
        """What stands here, or so many tokens ahead; None behind the end."""
        at = self.at + ahead
        return self.tokens[at].kind if at < len(self.tokens) else None

    def here(self, kind: Kind, text: str) -> bool:
        """Whether a certain token stands here."""
        return self.kind() is kind and self.tokens[self.at].text == text

    def take(self) -> Token:
        """The token that stands here."""
        self.step()
        token = self.tokens[self.at]
        self.at += 1
        return token

    def step(self) -> None:
        """Counts a step: a token that is taken, or a name that is looked up."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise self.too_much(Snag.SHORTER_FORMULA)

    def write_out(self, leaves: int) -> None:
        """Takes into account that what stands here once comes to so many leaves more."""
        if not self._account.has_room_for(leaves):
            raise self.too_much(Snag.SHORTER_FORMULA)

    def span_here(self) -> Span:
        """Where the next token stands, or the place behind the last one."""
        if self.at < len(self.tokens):
            return Span(start=self.tokens[self.at].start, end=self.tokens[self.at].end)
        end = self.tokens[-1].end if self.tokens else 0
        return Span(start=end, end=end)

    def span_from(self, start: int) -> Span:
        """Where the tokens from a position up to here stand."""
        end = self.tokens[self.at - 1].end if self.at > start else self.tokens[start].start
        return Span(start=self.tokens[start].start, end=end)

    def expected(self, what: Snag) -> GapError:
        """The complaint that something else was expected here."""
        span = self.span_here()
        return GapError(Gap.UNREAD, span, Why(what, found=self.text[span.start : span.end]))

    def too_much(self, what: Snag, limit: int | None = None) -> GapError:
        """The complaint that there is more of something than is read."""
        return GapError(Gap.UNREAD, self.span_here(), Why(what, limit=limit))

    def general(self, what: Snag, limit: int | None = None) -> GapError:
        """The complaint that what stands here is about no particular quantity."""
        return GapError(Gap.GENERAL, self.span_here(), Why(what, limit=limit))

    def note(self, gap: Gap, span: Span, why: Why) -> None:
        """Keeps in mind that a part can't be judged, and goes on."""
        self.troubles.append(Trouble(gap=gap, span=span, why=why))

    def leaf(self, leaf: Leaf) -> Formula:
        """A leaf's place in the formula."""
        if len(self.leaves) >= MOST_LEAVES:
            raise GapError(Gap.UNREAD, leaf.span, Why(Snag.LEAVES, limit=MOST_LEAVES))
        self.leaves.append(leaf)
        return Quantity(str(len(self.leaves) - 1))

    def count_term(self) -> None:
        """Keeps account of the terms of sums that are written out, tries included."""
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise self.general(Snag.TERMS, MOST_TERMS)

    @contextmanager
    def level(self) -> Iterator[None]:
        """One level of nesting more."""
        self._level += 1
        if self._level > MOST_LEVELS:
            raise self.too_much(Snag.PARENTHESES, MOST_LEVELS)
        yield
        self._level -= 1

    # --- Sums, products, powers

    def formula(self) -> Formula:
        """The whole, up to the last token."""
        found = self.expression()
        if self.at < len(self.tokens):
            raise self.expected(Snag.OPERATOR_OR_END)
        return found

    def expression(self, *, product: bool = False) -> Formula:
        """A sum; only one term of it where a `product` is asked for."""
        self._level += 1
        if self._level > MOST_LEVELS:
            raise self.too_much(Snag.PARENTHESES, MOST_LEVELS)
        terms: list[Formula] = []
        negative = self._signs()
        while True:
            term = self._product()
            terms.append(Negative(term) if negative else term)
            if product or self.kind() is not Kind.OPERATOR:
                break
            negative = self._signs()
        self._level -= 1
        found = terms[0] if len(terms) == 1 else Sum(tuple(terms))
        return found if product or not is_word(self.scan, self.at, "if") else self._chosen(found)

    def _chosen(self, then: Formula) -> Formula:
        """`a if b > c else d`, where a was read."""
        with self.level():
            self.at += 2
            condition = self._grammar.condition(self)
            if condition is None or not is_word(self.scan, self.at, "else"):
                raise self.expected(Snag.CONDITION_AND_ELSE)
            self.at += 4
            return Cases(condition, then, self.expression())

    def _signs(self) -> bool:
        """Whether the signs that stand here turn what follows into its negative."""
        negative = False
        while self.kind() is Kind.OPERATOR and self.tokens[self.at].text in "+-":
            negative ^= self.take().text == "-"
        return negative

    def _product(self) -> Formula:
        factors = [self._factor()]
        while True:
            before = self.tokens[self.at - 1]
            if self.kind() is Kind.OPERATOR and self.tokens[self.at].text in "*/":
                sign = self.take().text
                factor = self._signed()
                if sign == "*":
                    factors.append(factor)
                else:
                    factors = [Quotient(_product_of(factors), factor)]
            elif self._begins_factor():
                if self.kind() is Kind.NUMBER and before.kind in (Kind.NUMBER, Kind.LETTER, Kind.WORD):
                    break
                factors.append(self._factor())
            else:
                break
        return _product_of(factors)

    def _signed(self) -> Formula:
        negative = self._signs()
        factor = self._factor()
        return Negative(factor) if negative else factor

    def _begins_factor(self) -> bool:
        """Whether something stands here that may be multiplied without a sign."""
        if is_word(self.scan, self.at, "if") or is_word(self.scan, self.at, "else"):
            return False
        match self.kind():
            case Kind.NUMBER | Kind.LETTER | Kind.WORD | Kind.OPEN | Kind.ACCENT | Kind.BEGIN | Kind.NOTE | Kind.MATRIX:
                return True
            case Kind.COMMAND:
                return True
            case Kind.BAR:
                return not self._bars
            case _:
                return False

    def _factor(self) -> Formula:
        start = self.at
        found = self._atom()
        if self.kind() is Kind.BAR and self.scan.kind(self.at + 1) is Kind.SUB:
            self._skip_place()
        while self.kind() in (Kind.SUP, Kind.POWER):
            marked = self._grammar.marked(self, found, start)
            if marked is not None:
                found = marked
                continue
            self.take()
            found = Power(found, self.exponent())
        return found

    def _skip_place(self) -> None:
        """Goes past the bar after a derivative that says where it is meant."""
        self.at += 2
        if self.scan.is_open(self.at, "{"):
            self.at = self.partner[self.at] + 1
        elif self.at < len(self.tokens):
            self.take()

    def exponent(self) -> Formula:
        """What stands after the sign of a power: a group, or one atom with its signs."""
        with self.level():
            negative = self._signs()
            if self.scan.is_open(self.at, "{") or self.scan.is_open(self.at, "("):
                found = self._group()
            else:
                found = self._atom()
            if self.kind() in (Kind.POWER, Kind.SUP):
                self.take()
                found = Power(found, self.exponent())
        return Negative(found) if negative else found

    # --- Atoms

    def _atom(self) -> Formula:
        match self.kind():
            case Kind.NUMBER:
                return self._grammar.number(self)
            case Kind.LETTER | Kind.WORD | Kind.ACCENT:
                return self._grammar.name(self)
            case Kind.OPEN:
                return self._opened()
            case Kind.BAR:
                return self._absolute()
            case Kind.NOTE:
                return self._annotated()
            case Kind.BEGIN:
                return self._grammar.cases(self)
            case Kind.MATRIX:
                raise self.general(Snag.MATRICES)
            case Kind.ELLIPSIS:
                raise self.general(Snag.DOTS)
            case Kind.COMMAND if self.tokens[self.at].text in _FUNCTIONS:
                return self._grammar.command(self)
            case _:
                raise self.expected(Snag.OPERAND)

    def _opened(self) -> Formula:
        if self.tokens[self.at].text == "{" and self.at in self.partner:
            after = self.scan.kind(self.partner[self.at] + 1)
            if after in (Kind.SUB, Kind.SUP, Kind.PRIME, Kind.LETTER, Kind.AT):
                named = self._grammar.known_name(self)
                if named is not None:
                    return named
        if holds_condition(self.scan, self.at):
            return self._grammar.cases(self)
        return self._group()

    def _group(self) -> Formula:
        """What stands in brackets of any kind."""
        if self.at not in self.partner:
            raise self.expected(Snag.OTHER_HALF)
        close = self.partner[self.at]
        self.take()
        inside = range(self.at, close)
        found = self.expression()
        if self.at != close:
            if is_row_of_numbers(self.tokens, inside):
                raise self.general(Snag.MATRICES)
            raise self.expected(Snag.OPERATOR_OR_BRACKET)
        self.take()
        return found

    def _absolute(self) -> Formula:
        self.take()
        self._bars += 1
        body = self.expression()
        self._bars -= 1
        if self.kind() is not Kind.BAR:
            raise self.expected(Snag.CLOSING_BAR)
        self.take()
        return Abs(body)

    def _annotated(self) -> Formula:
        """What a brace stands over or under, without the note on it."""
        self.take()
        found = self._group() if self.kind() is Kind.OPEN else self._atom()
        if self.kind() in (Kind.SUB, Kind.SUP):
            self.take()
            if self.at in self.partner and self.kind() is Kind.OPEN:
                self.at = self.partner[self.at] + 1
            elif self.at < len(self.tokens):
                self.take()
        return found


def _product_of(factors: list[Formula]) -> Formula:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
