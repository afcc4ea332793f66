"""Fractions, roots, sums, cases and whatever else has a command of its own."""

from __future__ import annotations

from symbackprop.checking.reading import reader_functions, reader_names, reader_sums
from symbackprop.checking.reading.figure_text import read_figure
from symbackprop.checking.reading.gaps import GapError
from symbackprop.checking.reading.name_derivatives import Lost, in_fraction, is_d, operator
from symbackprop.checking.reading.name_tokens import Hit
from symbackprop.checking.reading.reader import Reader
from symbackprop.checking.reading.spelling import tidy
from symbackprop.checking.reading.tokens import Kind, Token
from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.work import Gap, Leaf, Span
from symbackprop.typeset.formula import Cases, Comparison, Condition, Formula, Power, Quotient, Sqrt


def read(reader: Reader) -> Formula:
    """What the command that stands here makes of what follows it."""
    match reader.tokens[reader.at].text:
        case "frac":
            return _fraction(reader)
        case "sqrt":
            return _root(reader)
        case "sum":
            return reader_sums.read(reader)
        case "partial":
            return _partial(reader)
        case "nabla":
            return _slope(reader, reader.at)
        case word:
            return _function(reader, word)


def _argument(reader: Reader) -> tuple[int, int]:
    """The range of tokens of an argument: a group's inside, or one token. Goes past it."""
    if reader.kind() is None:
        raise reader.expected(Snag.ARGUMENT)
    if reader.kind() is Kind.OPEN:
        if reader.at not in reader.partner:
            raise reader.expected(Snag.OTHER_HALF)
        inside = reader.at + 1, reader.partner[reader.at]
        reader.at = inside[1] + 1
        return inside
    reader.take()
    return reader.at - 1, reader.at


def _within(reader: Reader, inside: tuple[int, int]) -> Formula:
    """The formula that a range of tokens is; goes back to where the reader was."""
    after, reader.at = reader.at, inside[0]
    found = reader.expression()
    if reader.at != inside[1]:
        raise reader.expected(Snag.OPERATOR_OR_BRACKET)
    reader.at = after
    return found


def _fraction(reader: Reader) -> Formula:
    start = reader.at
    reader.take()
    if reader.kind() is Kind.NUMBER and reader.tokens[reader.at].text.isdigit():
        return _digits(reader)
    above, below = _argument(reader), _argument(reader)
    if is_d(reader.scan, above[0]) and is_d(reader.scan, below[0]) and above[1] > above[0]:
        if above[1] == above[0] + 1:
            return _operator(reader, below, start)
        found = in_fraction(reader.scan, above, below)
        if isinstance(found, Hit):
            return reader_names.leaf_of(reader, Hit(found.ids, found.spelling, reader.at), start)
        if isinstance(found, Lost):
            return reader_names.lost(reader, Lost(found.above, found.below, reader.at), start)
        raise _general(reader, start, Snag.DERIVATIVE_OF_FORMULA)
    return Quotient(_within(reader, above), _within(reader, below))


def _digits(reader: Reader) -> Formula:
    r"""\frac12 is a half: without braces, each digit is an argument of its own."""
    token = reader.take()
    if len(token.text) == 1:
        return Quotient(_digit(reader, token, 0), _within(reader, _argument(reader)))
    if len(token.text) > 2:  # noqa: PLR2004 - one digit above, one below
        reader.at -= 1
        raise reader.expected(Snag.ARGUMENTS_IN_BRACES)
    return Quotient(_digit(reader, token, 0), _digit(reader, token, 1))


def _digit(reader: Reader, token: Token, place: int) -> Formula:
    digit = token.text[place]
    span = Span(start=token.start + place, end=token.start + place + 1)
    figure = read_figure(digit, digit, decimal_comma=False)
    return reader.leaf(Leaf(text=digit, span=span, figure=figure))


def _operator(reader: Reader, below: tuple[int, int], start: int) -> Formula:
    """The sign of a derivative, before what is differentiated."""
    spelling = reader.scan.spelled(below[0] + 1, below[1])
    at = reader.at
    wrapped = reader.kind() is Kind.OPEN and at in reader.partner
    found = operator(reader.scan, tidy(spelling or ""), at + 1 if wrapped else at)
    end = found.end if found else at
    if found is None or (wrapped and end != reader.partner[at]):
        raise _general(reader, start, Snag.DERIVATIVE_OF_FORMULA)
    end += wrapped
    if isinstance(found, Hit):
        return reader_names.leaf_of(reader, Hit(found.ids, found.spelling, end), start)
    return reader_names.lost(reader, Lost(found.above, found.below, end), start)


def _general(reader: Reader, start: int, what: Snag) -> GapError:
    return GapError(Gap.GENERAL, reader.span_from(start), Why(what))


def _partial(reader: Reader) -> Formula:
    start = reader.at
    if reader.scan.kind(start + 1) is Kind.SUB:
        return _slope(reader, start)
    found = reader_names.try_read(reader)
    if found is None:
        raise reader.expected(Snag.DERIVATIVE)
    return found


def _slope(reader: Reader, start: int) -> Formula:
    """A derivative whose variable stands lowered, as after a nabla."""
    reader.take()
    if reader.kind() is not Kind.SUB:
        raise _general(reader, start, Snag.GRADIENT_BY_NOTHING)
    lost: Lost | None = None
    for below, after in reader.scan.lowered(reader.at):
        found = operator(reader.scan, tidy(below), after)
        if isinstance(found, Hit):
            return reader_names.leaf_of(reader, found, start)
        lost = lost or found
    if lost is not None:
        return reader_names.lost(reader, lost, start)
    raise reader.expected(Snag.DIFFERENTIATED)


def _root(reader: Reader) -> Formula:
    reader.take()
    if reader.scan.is_open(reader.at, "["):
        raise reader.expected(Snag.SQUARE_ROOT)
    if reader.kind() is Kind.OPEN:
        return Sqrt(_within(reader, _argument(reader)))
    with reader.level():
        return Sqrt(reader._atom())  # noqa: SLF001 - one parser in several files


def _function(reader: Reader, word: str) -> Formula:
    start = reader.at
    with reader.level():
        found = reader_functions.applied(reader, word, start + 1)
        if found is not None:
            return found
        reader.take()
        power = None
        if reader.kind() is Kind.SUP:
            reader.take()
            power = reader.exponent()
        if reader.kind() is Kind.SUB:
            raise reader.expected(Snag.ARGUMENT_OF_FUNCTION)
        argument = reader._factor()  # noqa: SLF001
        found = reader_functions.elementary(reader, word, [argument])
    return found if power is None else Power(found, power)


def cases(reader: Reader) -> Formula:
    """Two values, each with the condition under which it is taken."""
    if reader.kind() is Kind.OPEN:
        return _in_braces(reader)
    reader.take()
    rows: list[tuple[Formula, Condition | None]] = []
    while reader.kind() is not Kind.END:
        value = reader.expression()
        while reader.kind() in (Kind.COLUMN, Kind.COMMA):
            reader.take()
        rows.append((value, condition(reader)))
        if reader.kind() is Kind.ROW:
            reader.take()
        elif reader.kind() is not Kind.END:
            raise reader.expected(Snag.NEXT_CASE)
    if len(rows) != 2 or rows[0][1] is None:  # noqa: PLR2004 - one or the other
        raise reader.expected(Snag.TWO_CASES)
    reader.take()
    return Cases(rows[0][1], rows[0][0], rows[1][0])


def _in_braces(reader: Reader) -> Formula:
    """The same in one line: `{net > 0: net; net <= 0: 0}`."""
    close = reader.partner[reader.at]
    rows: list[tuple[Condition | None, Formula]] = []
    with reader.level():
        while reader.at < close:
            reader.take()
            found = condition(reader)
            if not reader.here(Kind.ARROW, ":"):
                raise reader.expected(Snag.COLON)
            reader.take()
            rows.append((found, reader.expression()))
            if reader.at != close and reader.kind() is not Kind.COMMA:
                raise reader.expected(Snag.SEMICOLON_OR_BRACE)
    if len(rows) != 2 or rows[0][0] is None:  # noqa: PLR2004 - one or the other
        raise reader.expected(Snag.TWO_CASES)
    reader.take()
    return Cases(rows[0][0], rows[0][1], rows[1][1])


_SIGNS = {it.value: it for it in Comparison}


def _begins_a_name(reader: Reader) -> bool:
    after = reader.scan.kind(reader.at + 1)
    return after in (Kind.SUB, Kind.SUP, Kind.PRIME) or reader.scan.name(reader.at) is not None


def condition(reader: Reader) -> Condition | None:
    """The condition of a case, without the words before it; None where there is none."""
    # "if" and "otherwise" are words as much as the net of a name is: a name has an index, or means something.
    while reader.kind() is Kind.WORD and not _begins_a_name(reader):
        reader.take()
    if reader.kind() in (Kind.ROW, Kind.END):
        return None
    left = reader.expression()
    if reader.kind() is not Kind.COMPARISON:
        raise reader.expected(Snag.CONDITION)
    sign = _SIGNS[reader.take().text]
    return Condition(left, sign, reader.expression())
