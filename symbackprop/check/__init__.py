"""Holding somebody's work against the derivation.

The package stands where the library's function `symbackprop.check` is looked for, so it can be called: it is
`symbackprop.check.entry.check`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """A package that is called as the function that it is there for."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        from symbackprop.check.entry import check  # noqa: PLC0415 - importing a neighbour shouldn't cost it

        return check(*arguments, **named)


sys.modules[__name__].__class__ = _Callable
