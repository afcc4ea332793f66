"""What an importer understands of a framework's class. Whatever else somebody set is refused by its name.

A class's own signature says which settings it has and what they are by default, so that a setting which only a later
release knows is refused, too, as soon as it is used.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from symbackprop.errors import UnsupportedError
from symbackprop.records import record
from symbackprop.wording import one_line, shortened


@record(kw_only=True)
class Bound:
    """The values of a setting that we have a counterpart for, and how a message tells them."""

    expected: str
    allows: Callable[[Any], bool]


@record(kw_only=True)
class Understood:
    """The settings of a class that may differ from their defaults.

    Those that the importer `reads` are honoured, those that are `harmless` change no number, and those with a bound
    may be anything within it.
    """

    reads: frozenset[str]
    harmless: frozenset[str]
    bounds: Mapping[str, Bound]


def understands(*, reads: str = "", harmless: str = "", **bounds: Bound) -> Understood:
    """The settings that a class may have, by their names with spaces between them."""
    return Understood(reads=_names(reads), harmless=_names(harmless), bounds=bounds)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def one_of(*values: Any) -> Bound:
    """Nothing but these values."""
    return Bound(
        expected=" or ".join(map(shown, values)), allows=lambda it: any(is_same(it, value) for value in values)
    )


def at_least(least: float) -> Bound:
    """Any number from this one on."""
    return Bound(expected=f"at least {least}", allows=lambda it: bool(it >= least))


def below(limit: float) -> Bound:
    """Any number below this one."""
    return Bound(expected=f"a number below {limit}", allows=lambda it: bool(it < limit))


def require_understood(
    where: str,
    found: Mapping[str, Any],
    defaults: Mapping[str, Any],
    understood: Understood,
    *,
    own: Iterable[str] = (),
    remedy: str = "",
) -> None:
    """Raises UnsupportedError for the first setting that is neither understood nor at its default.

    `found` has the settings as they are; `own` are the names of further ones that the importer reads of this one thing.
    """
    passed = {*understood.reads, *understood.harmless, *own}
    for name in {**defaults, **found}:
        if name in passed:
            continue
        if name not in found:
            raise UnsupportedError(where, f"{name}, whose value cannot be told, is not supported")
        value, bound = found[name], understood.bounds.get(name)
        if bound is None and name not in defaults:
            raise UnsupportedError(where, f"{name}, which is not known, is not supported")
        if not (_allows(bound, value) if bound else is_same(value, defaults[name])):
            expected = bound.expected if bound else shown(defaults[name])
            why = f"{one_line(name)}={shown(value)} is not supported; expected {expected}{remedy}"
            raise UnsupportedError(where, why)


def _allows(bound: Bound, value: Any) -> bool:
    try:
        return bound.allows(value)
    except (ArithmeticError, RuntimeError, TypeError, ValueError):
        # Of another type than anything within the bound.
        return False


def is_same(value: Any, default: Any) -> bool:
    """Whether a setting is what it is by default; an array is no default."""
    if value is None or default is None:
        return value is default
    try:
        return bool(value == default)
    except (ArithmeticError, RuntimeError, TypeError, ValueError):
        return False


def shown(value: Any) -> str:
    """A setting's value on one line: plain ones as Python writes them, others by the names of their types."""
    if value is None or isinstance(value, bool | int | float | str):
        return shortened(repr(value))
    if isinstance(value, list | tuple) and all(isinstance(it, bool | int | float | str) for it in value[:9]):
        return shortened(repr(value))
    return f"<{one_line(type(value).__name__)}>"


_OF_THE_WHOLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def defaults_of(class_: type) -> dict[str, Any]:
    """The settings that a class takes, with their defaults; `inspect.Parameter.empty` where it has none.

    A class that hands on what it doesn't know takes the settings of the class below it, too.
    """
    found: dict[str, Any] = {}
    for each in class_.__mro__:
        if "__init__" not in vars(each):
            continue
        parameters = _parameters_of(vars(each)["__init__"])
        for it in parameters:
            if it.kind not in _OF_THE_WHOLE:
                found.setdefault(it.name, it.default)
        if not any(it.kind in _OF_THE_WHOLE for it in parameters):
            break
    return found


def _parameters_of(function: Any) -> list[inspect.Parameter]:
    """The parameters after the first, which is the thing itself."""
    try:
        return list(inspect.signature(function).parameters.values())[1:]
    except (TypeError, ValueError):
        return []


def defaults_of_method(class_: type, name: str) -> dict[str, Any]:
    """The same for what a method of the class takes."""
    parameters = _parameters_of(getattr(class_, name))
    return {it.name: it.default for it in parameters if it.kind not in _OF_THE_WHOLE}


def attributes_of(thing: Any, names: Iterable[str]) -> dict[str, Any]:
    """The settings that a thing keeps under their own names."""
    missing = object()
    found = ((name, getattr(thing, name, missing)) for name in names)
    return {name: value for name, value in found if value is not missing}


# What a derived class may have without running anything else than the class above it.
_PASSIVE = _names("""
    __init__ __module__ __doc__ __qualname__ __dict__ __weakref__ __annotations__ __annotate__ __annotate_func__
    __annotations_cache__ __firstlineno__ __static_attributes__ __parameters__ __orig_bases__ __abstractmethods__
    _abc_impl __repr__ __str__ extra_repr
""")


def code_of_its_own(thing: Any, framework: type, *, replaced: frozenset[str] = frozenset()) -> str:
    """The name of the first method by which a thing goes another way than the framework's class; empty if none does.

    Its class may be derived, or somebody may have put a function into this one thing. What is `replaced` the framework
    itself puts into every derived class or thing.
    """
    names = [*_overridden(type(thing), framework)]
    names += [it for it in getattr(thing, "__dict__", {}) if inspect.isroutine(getattr(framework, it, None))]
    # An operator is told only where nothing with a plainer name is.
    return min((it for it in names if it not in replaced), key=lambda it: it.startswith("__"), default="")


def _overridden(class_: type, framework: type) -> Iterator[str]:
    for each in class_.__mro__:
        if each is framework:
            return
        for name, value in vars(each).items():
            stands_in = hasattr(type(value), "__set__") or hasattr(framework, name)
            if stands_in and name not in _PASSIVE:
                yield name


def require_no_code_of_its_own(
    where: str, thing: Any, framework: type, *, replaced: frozenset[str] = frozenset()
) -> None:
    """Raises UnsupportedError for a thing that runs other code than the framework's class."""
    name = code_of_its_own(thing, framework, replaced=replaced)
    if name:
        raise UnsupportedError(where, f"a {one_line(name)} of its own is not supported")


def framework_class(thing: Any, is_own: Callable[[type], bool]) -> type | None:
    """The framework's own class that a thing is of; None for what isn't."""
    return next((it for it in type(thing).__mro__ if is_own(it)), None)


def require_no_hooks(where: str, what: str, attributes: Mapping[str, Any]) -> None:
    """Raises UnsupportedError where somebody hung functions onto a thing, but for those that only save and load."""
    for name, value in attributes.items():
        if "_hooks" in name and "state_dict" not in name and "registration" not in name and value:
            words = one_line(name.strip("_").replace("_", " "))
            raise UnsupportedError(where, f"{what} with {words} is not supported")
