"""What may be handed to templates of somebody's own: functions that do one thing, whatever they are called with."""

from __future__ import annotations

from collections.abc import Mapping
from types import CodeType, FunctionType


def is_closed(function: object) -> bool:
    """Whether a function can be handed to templates of somebody's own.

    That is a plain function with none but positional parameters, so that a template can override nothing by its name,
    and with defaults that are plain values, so that they lead nowhere. It may take any keywords as a mapping.
    """
    if type(function) is not FunctionType:
        return False
    code: CodeType = function.__code__
    defaults = function.__defaults__ or ()
    plain = all(it is None or type(it) in (bool, int, float, str) for it in defaults)
    return plain and code.co_argcount == code.co_posonlyargcount and not code.co_kwonlyargcount


def require_closed(handed: Mapping[str, object]) -> None:
    """Raises TypeError, which is ours, for the first function that could be made to do something else."""
    for name, function in handed.items():
        if callable(function) and not is_closed(function):
            raise TypeError(f"{name!r} can't be handed to templates: a closure with positional-only parameters can")
