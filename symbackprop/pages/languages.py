"""Which languages there are, without reading a word of them."""

from __future__ import annotations

from pathlib import Path

from symbackprop.errors import SpecError
from symbackprop.wording import did_you_mean, listed, quoted

_CATALOGUES = Path(__file__).parent / "catalogues"


def catalogue(language: str) -> Path:
    """The file with a language's words."""
    return _CATALOGUES / f"{language}.toml"


def languages() -> tuple[str, ...]:
    """The codes of the languages that there is a catalogue for."""
    return tuple(sorted(path.stem for path in _CATALOGUES.glob("*.toml")))


def require_languages(asked: str, most: int, where: str = "lang") -> tuple[str, ...]:
    """The codes in a list such as `en,zh`. Raises SpecError for one unknown or given twice, and beyond `most`."""
    codes = tuple(code.strip() for code in asked.split(","))
    for code in codes:
        require_language(code, where)
    if len(set(codes)) < len(codes):
        raise SpecError(where, f"expected each language once, found {quoted(asked)}")
    if len(codes) > most:
        raise SpecError(where, f"expected one language (only a page of html has several), found {quoted(asked)}")
    return codes


def require_language(language: str, where: str = "lang") -> None:
    """Raises SpecError, at `where` it was asked for, for a language that there is no catalogue for."""
    known = languages()
    if language not in known:
        nearest = did_you_mean(language, known)
        raise SpecError(where, f"expected one of {listed(known)}, found {quoted(language)}{nearest}")
