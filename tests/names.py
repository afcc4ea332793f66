"""Names in the article's notation, for tests that look at formulas of the default network and of smaller ones."""

from __future__ import annotations

from symbackprop.notation_file import load_notation
from symbackprop.typeset.layout import Layout
from symbackprop.typeset.notation import Shape

_MAZUR = load_notation("mazur", "a test").bound_to(Shape(widths=(2, 2, 2), recurrent=(False, False)))


def name(id_: str) -> Layout:
    """How the article writes a quantity."""
    return _MAZUR.name(id_)
