"""A page's source to PDF by Typst, with its own fonts and ours, and nothing of the machine that it runs on."""

from __future__ import annotations

import re
from typing import Final

from symbackprop.errors import SpecError
from symbackprop.resources import folder
from symbackprop.wording import one_line, quoted

_STANDARD: Final = "ua-1"
"""PDF/UA: everything is tagged, and read aloud; Typst refuses what it has no glyph for."""

_NO_GLYPH = re.compile(r'the text ["`]+(?P<text>.+?)["`]+ could not be displayed', re.DOTALL)
_OVERFLOW = re.compile(r"overflow: (?P<points>[0-9]+) points: (?P<what>.*)", re.DOTALL)
_TOO_LONG = re.compile(r"too long: (?P<what>.*)", re.DOTALL)
_CONTEXT = 20


def compile_typst(source: str) -> bytes:
    """The PDF, the same bytes for the same source.

    Raises SpecError, whose text is one line, where Typst isn't installed, where a character is in none of the fonts,
    where something is wider than its page, and where a template of the user's own is broken.
    """
    try:
        import typst  # noqa: PLC0415 - an extra, and it takes time
    except ImportError:
        why = (
            "Typst isn't installed; pip install 'symbackprop[pdf]' brings it, and --engine latex takes an installed TeX"
        )
        raise SpecError("PDF", why) from None
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder("fonts")])
    # Packages would be looked for, and what was downloaded kept, within a folder; within a file there is none.
    nowhere = folder("fonts") / "OFL.txt"
    compiler = typst.Compiler(root=folder("fonts"), font_paths=fonts, package_path=nowhere, package_cache_path=nowhere)
    try:
        made = compiler.compile(input=source.encode(), format="pdf", pdf_standards=_STANDARD, timestamp=0)
    except typst.TypstError as error:
        raise _explained(error.message, source) from None
    assert isinstance(made, bytes)
    return made


def _explained(message: str, source: str) -> SpecError:
    if found := _NO_GLYPH.search(message):
        return _missing_glyph(found["text"], source)
    if found := _OVERFLOW.search(message):
        return SpecError("PDF", f"{found['points']} points too large for the page: {quoted(_shortened(found['what']))}")
    if found := _TOO_LONG.search(message):
        return SpecError("PDF", one_line(found["what"]))
    return SpecError("the templates for PDF", one_line(message))


def _missing_glyph(text: str, source: str) -> SpecError:
    at = source.find(text)
    around = source[max(0, at - _CONTEXT) : at + len(text) + _CONTEXT] if at >= 0 else text
    # What stands around it in the same string is what somebody typed.
    before, _, after = around.partition(text)
    place = f"{before.rpartition(chr(34))[2]}{text}{after.partition(chr(34))[0]}"
    codes = " ".join(f"U+{ord(character):04X}" for character in text)
    return SpecError("PDF", f"the fonts have no {quoted(text)} ({codes}), which stands in {quoted(one_line(place))}")


def _shortened(text: str, most: int = 60) -> str:
    told = one_line(text)
    return told if len(told) <= most else f"{told[:most]}…"
