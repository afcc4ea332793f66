"""What makes more of a text than there was, or more work than it is long: each is held to its bound beforehand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from string import Formatter, digits
from typing import Any

from jinja2 import Environment, TemplateRuntimeError, pass_environment, pass_eval_context
from jinja2.filters import (
    do_batch,
    do_center,
    do_indent,
    do_round,
    do_striptags,
    do_trim,
    do_wordwrap,
    ignore_case,
    make_attrgetter,
    sync_do_slice,
)
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape, soft_str

from symbackprop.pages.allowance import MOST_BITS, WIDEST, Allowance

_NUMBERS = (int, float)
_DIGITS = 4
"""A number of more digits in a text that is formatted could be a width, wherever it stands."""
_WORDS = re.compile(r"[\t\n\v\f\r ]+|[^\t\n\v\f\r ]+")
"""What is cut where it is wider than a line."""


def growing_filters(allowance: Allowance) -> dict[str, Callable[..., object]]:
    """Jinja's own filters of these names, within bounds."""
    return _of_texts(allowance) | _that_cut_texts(allowance) | _of_lists()


def _of_texts(allowance: Allowance) -> dict[str, Callable[..., object]]:

    def center(value: object, width: int = 80) -> str:
        return do_center(allowance.told(value), _narrow(width))

    def indent(s: object, width: int | str = 4, *args: Any, **kwargs: Any) -> str:
        text = allowance.told(s)
        each = len(width) if isinstance(width, str) else _narrow(width)
        allowance.take((text.count("\n") + 1) * each)
        return do_indent(text, width, *args, **kwargs)

    @pass_eval_context
    def replace(eval_ctx: EvalContext, s: object, old: object, new: object, count: int | None = None) -> str:
        text = allowance.told(s)
        if eval_ctx.autoescape and not isinstance(text, Markup):
            text = escape(text)
        return _replaced(allowance, text, old, new, -1 if count is None else count)

    @pass_eval_context
    def join(eval_ctx: EvalContext, value: Iterable[object], d: object = "", attribute: str | int | None = None) -> str:
        if attribute is not None:
            value = map(make_attrgetter(eval_ctx.environment, attribute), value)
        parts = [allowance.told(it) for it in value]
        if eval_ctx.autoescape:
            return _joined(allowance, escape(d), [escape(it) for it in parts])
        return _joined(allowance, allowance.told(d), parts)

    def format_(value: object, *args: object, **kwargs: object) -> str:
        if args and kwargs:
            raise TemplateRuntimeError("can't handle positional and keyword arguments at the same time")
        return percent(allowance, soft_str(allowance.told(value)), kwargs or args)

    return {
        "center": center,
        "indent": indent,
        "replace": replace,
        "join": join,
        "format": format_,
    }


def _that_cut_texts(allowance: Allowance) -> dict[str, Callable[..., object]]:

    @pass_environment
    def wordwrap(environment: Environment, s: object, width: int = 79, *args: Any, **kwargs: Any) -> str:
        text = allowance.told(s)
        # One of them may be what stands between the lines.
        between = (it for it in (*args, *kwargs.values()) if isinstance(it, str))
        allowance.take(len(text) * max(map(len, between), default=1))
        # What is left of a long word is copied for each line that is cut off.
        allowance.take(sum(len(it[0]) ** 2 for it in _WORDS.finditer(text)) // max(_narrow(width), 1))
        return do_wordwrap(environment, text, width, *args, **kwargs)

    def striptags(value: object) -> str:
        text = allowance.told(value)
        # There are releases that copy the rest of the text for each tag.
        allowance.take(len(text) * text.count("<"))
        return do_striptags(text)

    def trim(value: object, chars: str | None = None) -> str:
        text = allowance.told(value)
        allowance.take(len(text) * len(chars or ""))
        return do_trim(text, chars)

    return {"wordwrap": wordwrap, "striptags": striptags, "trim": trim}


def _of_lists() -> dict[str, Callable[..., object]]:
    def batch(value: Iterable[object], linecount: int, fill_with: object = None) -> Iterable[object]:
        return do_batch(value, _narrow(linecount), fill_with)

    def slice_(value: Iterable[object], slices: int, fill_with: object = None) -> Iterable[object]:
        return sync_do_slice(list(value), _narrow(slices), fill_with)

    def round_(value: float, precision: int = 0, method: str = "common") -> float:
        return do_round(value, _narrow(precision), method)  # type: ignore[arg-type]

    @pass_environment
    def sum_(
        environment: Environment, iterable: Iterable[object], attribute: str | int | None = None, start: float = 0
    ) -> object:
        # Lists would be copied anew for each one that is added.
        numbers = iterable if attribute is None else map(make_attrgetter(environment, attribute), iterable)
        return sum((_number(it) for it in numbers), _number(start))

    @pass_environment
    def unique(
        environment: Environment,
        value: Iterable[object],
        case_sensitive: bool = False,  # noqa: FBT001, FBT002 - as in Jinja
        attribute: str | int | None = None,
    ) -> Iterator[object]:
        key = make_attrgetter(environment, attribute, postprocess=None if case_sensitive else ignore_case)
        seen: set[tuple[bool, str]] = set()
        for item in value:
            if (found := _spelled(key(item))) not in seen:
                seen.add(found)
                yield item

    return {
        "unique": unique,
        "batch": batch,
        "slice": slice_,
        "round": round_,
        "sum": sum_,
    }


def growing_tests() -> dict[str, Callable[..., bool]]:
    """Jinja's own tests of these names, for numbers alone: what they do to a text is to format it."""
    return {
        "even": lambda value: _number(value) % 2 == 0,
        "odd": lambda value: _number(value) % 2 == 1,
        "divisibleby": lambda value, num: _number(value) % _number(num) == 0,
    }


class TextMethod:
    """A method of a text that makes a longer one of it, or looks through it again and again, within bounds."""

    def __init__(self, allowance: Allowance, text: str, name: str) -> None:
        self._allowance = allowance
        self._text = text
        self._name = name

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """What the method gives."""
        match self._name:
            case "replace":
                return _replaced(self._allowance, self._text, *args, **kwargs)
            case "join":
                (parts,) = args
                return _joined(self._allowance, self._text, [self._allowance.told(it) for it in parts])
            case "format":
                return type(self._text)(_PlainFormatter(self._allowance, self._text).vformat(self._text, args, kwargs))
            case name if name in _SEARCHING:
                # Each place may be held against all of what is looked for.
                given = (*args, *kwargs.values())
                self._allowance.take(len(self._text) * max((len(it) for it in given if isinstance(it, str)), default=0))
                return getattr(self._text, name)(*args, **kwargs)
            case _:
                width, *fill = args
                made: str = getattr(self._text, self._name)(_narrow(width), *fill)
                return made


_SEARCHING = frozenset({"lstrip", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "strip"})
GROWING_METHODS = _SEARCHING | {"center", "format", "join", "ljust", "replace", "rjust", "zfill"}


def _replaced(allowance: Allowance, text: str, old: object, new: object, count: int = -1) -> str:
    before, after = allowance.told(old), allowance.told(new)
    allowance.take(text.count(before) * max(len(after), 1))
    return text.replace(before, after, count)


def _joined(allowance: Allowance, between: str, parts: Sequence[str]) -> str:
    allowance.take(len(between) * len(parts))
    return between.join(parts)


def percent(allowance: Allowance, text: str, values: object) -> str:
    """The text with the values in the places of `%s`, `%.3f` and others."""
    _require_narrow(allowance, text, text.count("%"))
    allowance.weighed(values)
    of = values.values() if isinstance(values, Mapping) else values if isinstance(values, tuple) else (values,)
    for value in of:
        # One that has a name may be put into each place.
        allowance.take(len(allowance.told(value)) * (text.count("%") if isinstance(values, Mapping) else 1))
        if "*" in text and isinstance(value, int):
            _narrow(value)
    made: str = text % values
    return made


class _PlainFormatter(Formatter):
    """Fills places by their numbers and names, and reaches for nothing within what fills them."""

    def __init__(self, allowance: Allowance, text: str) -> None:
        super().__init__()
        self._allowance = allowance
        _require_narrow(allowance, text, text.count("{"))

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if "." in field_name or "[" in field_name:
            raise TemplateRuntimeError(f"expected a number or a name between braces, found {field_name!r}")
        value = self.get_value(int(field_name) if field_name.isdecimal() else field_name, args, kwargs)
        self._allowance.told(value)
        return value, field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        _require_narrow(self._allowance, format_spec, 1)
        made = format(value, format_spec)
        self._allowance.take(len(made))
        return made


def _require_narrow(allowance: Allowance, text: str, places: int) -> None:
    numbers = "".join(it if it in digits else " " for it in text).split()
    if found := next((it for it in numbers if len(it) > _DIGITS), None):
        raise TemplateRuntimeError(f"expected widths of at most {_DIGITS} digits, found {found[:20]}")
    allowance.require(places * 10**_DIGITS)


def _narrow(width: object) -> int:
    if isinstance(width, bool) or not isinstance(width, int):
        raise TemplateRuntimeError(f"expected a whole number, found a value of type {type(width).__name__}")
    if abs(width) > WIDEST:
        raise TemplateRuntimeError(f"expected a whole number of at most {WIDEST}, found a larger one")
    return width


def _spelled(value: object) -> tuple[bool, str]:
    """Whether it is a number, and its text: many numbers have one hash, and would be compared each to each."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, _NUMBERS):
        return True, repr(value if isinstance(value, float) else int(value))
    if isinstance(value, str):
        return False, value
    raise TemplateRuntimeError(f"expected a text or a number, found a value of type {type(value).__name__}")


def _number(value: object) -> Any:
    if not isinstance(value, _NUMBERS):
        raise TemplateRuntimeError(f"expected a number, found a value of type {type(value).__name__}")
    return value


def require_tables(values: Iterable[object]) -> None:
    """Raises TemplateRuntimeError for a table that is to be made of pairs: many numbers as its keys have one hash."""
    for value in values:
        if not isinstance(value, dict):
            raise TemplateRuntimeError(f"expected names or a table, found a value of type {type(value).__name__}")


# --- Operators


def plus(allowance: Allowance, left: Any, right: Any) -> Any:
    """The sum of two numbers, or two texts or lists after each other, weighed before they are made."""
    allowance.weighed(left)
    allowance.weighed(right)
    return left + right


def times(allowance: Allowance, left: Any, right: Any) -> Any:
    """The product of two numbers, or a text or a list again and again."""
    if isinstance(right, str | tuple | list):
        left, right = right, left
    if isinstance(left, str | tuple | list) and isinstance(right, int):
        allowance.weighed(right)
        once = 1 + (len(left) if isinstance(left, str) else 10 * len(left))
        allowance.take(once * max(right, 0))
        return allowance.weighed(left * right)
    return allowance.weighed(_number(left) * _number(right))


def power(allowance: Allowance, left: Any, right: Any) -> Any:
    """A number to the power of another one."""
    base, exponent = _number(left), _number(right)
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * abs(exponent) > MOST_BITS:
        raise TemplateRuntimeError(f"expected a number of at most {MOST_BITS:,} bits, found a larger one")
    return allowance.weighed(base**exponent)


def rest(allowance: Allowance, left: Any, right: Any) -> Any:
    """What is left of a division, or a text with values in its places."""
    return percent(allowance, left, right) if isinstance(left, str) else _number(left) % _number(right)
