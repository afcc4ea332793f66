"""Sources of pages to PDF."""

from __future__ import annotations

from symbackprop.formats import Engine
from symbackprop.pdf.by_latex import compile_latex
from symbackprop.pdf.by_typst import compile_typst


def compiled(source: str, engine: Engine, language: str) -> bytes:
    """The PDF of a page that was written for an engine. Raises SpecError where it can't be made without fault."""
    match engine:
        case Engine.TYPST:
            return compile_typst(source)
        case Engine.LATEX:
            return compile_latex(source, language)
