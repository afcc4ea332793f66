"""symbackprop writes proved, worked-out walkthroughs of backpropagation for a network with concrete numbers.

>>> import symbackprop
>>> derivation = symbackprop.derive(symbackprop.load("mynet.toml"))  # doctest: +SKIP
>>> derivation["dE_total/dw5"].value  # doctest: +SKIP
>>> text = symbackprop.render(derivation, format="latex", lang="zh")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symbackprop.errors import CertificationError, SpecError, SymbackpropError, UnsupportedError

if TYPE_CHECKING:
    from symbackprop.api import Certificate, Derivation, Network, Quantity, certify, derive, load, render

__version__ = "0.1.0"

__all__ = [
    "Certificate",
    "CertificationError",
    "Derivation",
    "Network",
    "Quantity",
    "SpecError",
    "SymbackpropError",
    "UnsupportedError",
    "certify",
    "derive",
    "load",
    "render",
]


def __getattr__(name: str) -> Any:
    # Deriving needs sympy, whose import takes most of a second: only who derives shall wait for it.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from symbackprop import api  # noqa: PLC0415

    return getattr(api, name)
