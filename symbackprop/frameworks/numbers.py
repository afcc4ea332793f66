"""Numbers of a framework as decimals, without importing it or numpy.

A number becomes the shortest decimal that means it in its own precision: a float32 0.1 becomes 0.1, not
0.100000001490116. The framework reads every such decimal back as the same number. Whoever wants a float32's exact
double converts to doubles first (`module.double()`, `array.astype(float)`).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from decimal import Decimal, Inexact, localcontext
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.numerals import TypedFloat, described
from symbackprop.records import record
from symbackprop.wording import one_line

Nested = Any
"""Lists of lists of `TypedFloat` and `int`, as a network file's reader takes them."""

# Struct's letter and the digits that always suffice, by a type's name.
_PRECISIONS = {"float32": ("f", 9), "float16": ("e", 5)}
_DEEPEST = 8
_LONGEST_COMPLAINT = 100
_DIGITS_OF_A_DOUBLE = 17
# More digits than the sum or the product of two doubles can have.
_EXACT_DIGITS = 2_000


@record(kw_only=True)
class Shaped:
    """Numbers in nested lists, and whether all of them are whole by their type, as class indices are."""

    values: Nested
    whole: bool

    @property
    def depth(self) -> int:
        """How deep the first of the lists goes; 0 for a number alone."""
        depth, inner = 0, self.values
        while isinstance(inner, list):
            depth, inner = depth + 1, inner[0] if inner else None
        return depth


def decimals(array: Any, where: str, *, most: int) -> Shaped:
    """Any framework's array, a data frame, or plain lists as decimals; raises SpecError for what holds no numbers.

    More than `most` numbers are refused before one of them is looked at.
    """
    plain = _plain(array, where)
    kind = str(getattr(plain, "dtype", "float")).rpartition(".")[2]
    size = math.prod(getattr(plain, "shape", ()))
    if size > most:
        raise SpecError(where, f"expected at most {most:,} numbers, found {size:,}")
    if "complex" in kind:
        raise SpecError(where, f"expected real numbers, found {kind}")
    values = _converted(_lists(plain, where) if hasattr(plain, "tolist") else plain, kind, where, 0)
    return Shaped(values=values, whole=all(isinstance(it, int) for it in _leaves(values)))


def _plain(array: Any, where: str) -> Any:
    """Something with `tolist`, or lists: detached from what a framework knows of it."""
    for method in ("detach", "to_numpy", "numpy"):
        if hasattr(array, method) and not (method == "numpy" and hasattr(array, "tolist")):
            array = _asked(getattr(array, method), where)
    return array


def _lists(array: Any, where: str) -> Any:
    return _asked(array.tolist, where)


def _asked(method: Callable[[], Any], where: str) -> Any:
    """What a framework gives; raises SpecError where it can't: of sparse arrays, say, or of those without data."""
    try:
        return method()
    except (AttributeError, RuntimeError, TypeError, ValueError) as error:
        found = one_line(str(error).partition("\n")[0])[:_LONGEST_COMPLAINT]
        raise SpecError(where, f"expected an array of numbers; it says: {found}") from None


def _leaves(nested: Any) -> Iterator[Any]:
    if isinstance(nested, list):
        for item in nested:
            yield from _leaves(item)
    else:
        yield nested


def _converted(nested: Any, kind: str, where: str, depth: int) -> Nested:
    if depth > _DEEPEST:
        raise SpecError(where, "lists are nested too deeply")
    if isinstance(nested, list | tuple):
        return [_converted(item, kind, f"{where}[{index}]", depth + 1) for index, item in enumerate(nested)]
    if hasattr(nested, "tolist") or hasattr(nested, "detach"):
        # A list may hold arrays, or numbers of an array's type, each in its own precision.
        plain = _plain(nested, where)
        return _converted(_lists(plain, where), str(plain.dtype).rpartition(".")[2], where, depth + 1)
    return decimal(nested, kind, where)


def decimal(value: Any, kind: str, where: str) -> TypedFloat | int:
    """One number as the shortest decimal of its precision; raises SpecError where it is none, or not finite."""
    match value:
        case bool() | int():
            return int(value)
        case float() if math.isfinite(value):
            return TypedFloat(_tidy(_shortest(value, kind)))
        case float():
            raise SpecError(where, f"expected a number, found {value}")
        case Decimal() if value.is_finite():
            return TypedFloat(_tidy(str(value)))
        case TypedFloat():
            return value
        case str() | list() | dict():
            raise SpecError(where, f"expected a number, found {described(value)}")
        case _:
            raise SpecError(where, f"expected a number, found a {type(value).__name__}")


def _shortest(value: float, kind: str) -> str:
    precision = _PRECISIONS.get(kind)
    if precision is None:
        return repr(value)
    letter, most = precision
    for digits in range(1, most + 1):
        text = f"{value:.{digits}g}"
        try:
            if struct.unpack(letter, struct.pack(letter, float(text)))[0] == value:
                return repr(float(text))
        except OverflowError:
            # Rounded up beyond the largest of its kind.
            continue
    return repr(value)


def _tidy(text: str) -> str:
    """The same digits as people write them: no sign or zeros in an exponent that need not be there, no `.0`."""
    mantissa, _, exponent = text.lower().partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def added(first: Nested, second: Nested) -> Nested:
    """The exact sums of two lists of numbers."""
    return [_exactly(lambda x, y: x + y, a, b) for a, b in zip(first, second, strict=True)]


def scaled(nested: Nested, factor: TypedFloat | int) -> Nested:
    """The exact products of all numbers with one."""
    if isinstance(nested, list):
        return [scaled(item, factor) for item in nested]
    return _exactly(lambda x, y: x * y, nested, factor)


def divided(number: TypedFloat | int, by: int) -> TypedFloat | int:
    """The quotient: exact where it ends after a double's 17 digits or earlier, else the nearest double's decimal."""
    with localcontext(prec=_DIGITS_OF_A_DOUBLE) as context:
        # A context takes over what was inexact before it.
        context.clear_flags()
        quotient = _number(number) / by
        ends = not context.flags[Inexact]
    return decimal(quotient.normalize() if ends else float(_number(number)) / by, "float64", "a quotient")


def rate_of(learning_rate: float | str) -> TypedFloat | int:
    """A learning rate as somebody hands it in: a number, or its digits in quotes."""
    if isinstance(learning_rate, str):
        return TypedFloat(learning_rate)
    return decimal(learning_rate, "float64", "learning_rate")


def _exactly(
    compute: Callable[[Decimal, Decimal], Decimal], first: TypedFloat | int, second: TypedFloat | int
) -> TypedFloat:
    with localcontext(prec=_EXACT_DIGITS):
        found = compute(_number(first), _number(second)).normalize()
        is_plain = abs(found.adjusted()) < _WRITTEN_OUT
        return TypedFloat(_tidy(f"{found:f}" if is_plain else str(found)))


_WRITTEN_OUT = 7


def _number(number: TypedFloat | int) -> Decimal:
    return Decimal(number.digits if isinstance(number, TypedFloat) else number)


def transposed(rows: Nested) -> Nested:
    """Rows as columns."""
    return [list(column) for column in zip(*rows, strict=True)]


def flat(nested: Nested) -> Nested:
    """All numbers of a sample in one list, whatever lists they come in, as a layer that flattens gives them."""
    if not isinstance(nested, list):
        return [nested]
    return [number for item in nested for number in (flat(item) if isinstance(item, list) else [item])]
