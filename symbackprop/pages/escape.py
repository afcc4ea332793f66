"""Plain words made harmless for the format that they go to."""

from __future__ import annotations

import re
from html import escape

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "/": r"/\allowbreak{}",
        '"': r"\texttt{\symbol{34}}",
        "`": r"\textasciigrave{}",
        "−": r"\ensuremath{-}",
        "≈": r"\ensuremath{\approx}",
        "×": r"\ensuremath{\times}",
        "·": r"\ensuremath{\cdot}",
        "α": r"\ensuremath{\alpha}",
        "δ": r"\ensuremath{\delta}",
        "ε": r"\ensuremath{\varepsilon}",
        "η": r"\ensuremath{\eta}",
    }
)
# What the fonts of both engines have: Latin, its punctuation, and for Chinese the ideographs with theirs.
_LATIN = "\u0020-\u007e\u00a1-\u017f\u2013\u2014\u2018\u2019\u201c\u201d\u2026"
_CHINESE = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_LIGATURE = re.compile(r"([-'])(?=\1)")
# Compiled by the first that needs them: the longer one takes a millisecond.
_BEYOND_LATIN = f"[^{_LATIN}]"
_BEYOND_CHINESE = f"[^{_LATIN}{_CHINESE}]"


def latex_words(text: str, language: str) -> str:
    """Words for LaTeX. A character that the document's fonts haven't got is printed as its code: [U+1F600]."""
    beyond = _BEYOND_CHINESE if language == "zh" else _BEYOND_LATIN
    escaped = re.sub(beyond, _code, text.translate(_LATEX))
    # Two of these in a row would become one character.
    return _LIGATURE.sub(r"\1{}", escaped)


def _code(match: re.Match[str]) -> str:
    # Braces as nobody can type them: `replaced` knows the code from one that somebody typed.
    return f"[U+{{}}{ord(match[0]):04X}]"


def replaced(source: str) -> str | None:
    """The first character in LaTeX of ours that stands there as its code."""
    found = re.search(r"\[U\+\{\}([0-9A-F]{4,6})\]", source)
    return None if found is None else chr(int(found[1], 16))


def html_words(text: str) -> str:
    """Words for HTML, within an element or within an attribute's quotes."""
    return escape(text, quote=True)


_MARKDOWN = re.compile(r"([\\`*_\[\]#|~])")


def markdown_words(text: str) -> str:
    """Words for Markdown with HTML and formulas in it: nothing in them is markup, a tag or a formula's dollar."""
    harmless = _MARKDOWN.sub(r"\\\1", escape(text, quote=False).replace("&gt;", ">"))
    # A lone dollar sign in an element of its own can't pair up with another one to a formula.
    return harmless.replace("$", "<span>$</span>")


_BACKTICKS = re.compile(r"`+")


def code_fence(*texts: str) -> str:
    """A fence of backticks that nothing in the texts can close."""
    longest = max((len(run) for text in texts for run in _BACKTICKS.findall(text)), default=0)
    return "`" * max(3, longest + 1)


def markdown_code(text: str) -> str:
    """A text as code within a line of Markdown, whatever backticks are in it."""
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    if not longest:
        return f"`{text}`"
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}"
