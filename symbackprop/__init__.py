"""symbackprop writes proved, worked-out walkthroughs of backpropagation for a network with concrete numbers.

>>> import symbackprop
>>> derivation = symbackprop.derive(symbackprop.load("mynet.toml"))  # doctest: +SKIP
>>> derivation["dE_total/dw5"].value  # doctest: +SKIP
>>> print(symbackprop.check({"dE_total/dw5": "0.0822"}))  # doctest: +SKIP
>>> text = symbackprop.render(derivation, format="latex", lang="zh")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symbackprop.errors import (
    CertificationError,
    EndedTrainingError,
    NotJudgedError,
    SpecError,
    SymbackpropError,
    UnsupportedError,
)

if TYPE_CHECKING:
    from symbackprop.api import Certificate, Derivation, Network, Quantity, certify, derive, load, render, render_pdf
    from symbackprop.checking.entry import check as check
    from symbackprop.checking.verdicts import Verdicts
    from symbackprop.frameworks.from_keras import from_keras
    from symbackprop.frameworks.from_sklearn import from_sklearn
    from symbackprop.frameworks.from_torch import from_torch
    from symbackprop.reporting import report

__version__ = "0.1.0"

__all__ = [
    "Certificate",
    "CertificationError",
    "Derivation",
    "EndedTrainingError",
    "Network",
    "NotJudgedError",
    "Quantity",
    "SpecError",
    "SymbackpropError",
    "UnsupportedError",
    "Verdicts",
    "certify",
    "check",
    "derive",
    "from_keras",
    "from_sklearn",
    "from_torch",
    "load",
    "render",
    "render_pdf",
    "report",
]


# Checking needs no sympy where there are only figures, nor does reading a framework's model.
_HOMES = {
    "Verdicts": "symbackprop.checking.verdicts",
    "check": "symbackprop.checking.entry",
    "from_keras": "symbackprop.frameworks.from_keras",
    "from_sklearn": "symbackprop.frameworks.from_sklearn",
    "from_torch": "symbackprop.frameworks.from_torch",
    "report": "symbackprop.reporting",
}


def __getattr__(name: str) -> Any:
    # Deriving needs sympy, whose import takes most of a second: only who derives shall wait for it.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "symbackprop.api")), name)
