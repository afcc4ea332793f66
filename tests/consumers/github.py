r"""Tells which formulas GitHub would damage before it hands them to its formula printer.

GitHub first reads a file as Markdown, formulas and all, and only then looks for dollar signs in the text
that is left. So `\,` has already become a comma, two `}_{` have become italics, `<b>` has become a tag. What
stands in $`...`$ or in a ```math fence is code to Markdown and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.consumers.markdown import Delimiter, Failure, Formula, read_formulas

# Stands for everything that interrupts a text: an emphasis, a tag, a link, the end of a block.
_BREAK = "\x00"
_BEFORE = " \n([{\"'*_-|"
_OPEN_TO_DAMAGE = {Delimiter.DOLLAR, Delimiter.DOLLARS}


def github_failures(markdown: str) -> tuple[Failure, ...]:
    """Return the formulas that GitHub would not show as they are written; empty for a sound document."""
    reading = read_formulas(markdown)
    text = _Text(markdown)
    found = list(reading.strays)
    for formula in reading.formulas:
        message = _neighbours(formula) or (
            "" if formula.delimiter not in _OPEN_TO_DAMAGE or text.has(formula) else _DAMAGED
        )
        if message:
            found.append(Failure(line=formula.line, formula=formula.raw, message=message))
    return tuple(found)


_DAMAGED = "Markdown reads a part of this formula as markup (an escape, an emphasis, a tag or a link)"


def _neighbours(formula: Formula) -> str:
    """Judge what stands around an inline formula: `是$w$` and `2$w$` stay dollar signs on GitHub."""
    if formula.display:
        return ""
    if formula.before not in _BEFORE:
        return f"GitHub sees no formula right after {formula.before!r}; a space is missing"
    if formula.after.isalnum():
        return f"GitHub sees no formula right before {formula.after!r}; a space is missing"
    return ""


class _Text:
    """What Markdown leaves of a document, read forward formula by formula."""

    def __init__(self, markdown: str) -> None:
        parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        pieces = (_plain(token) for token in parser.parse(markdown) if token.type == "inline")
        self._text = _squeeze(_BREAK.join(pieces))
        self._at = 0

    def has(self, formula: Formula) -> bool:
        """Tell whether the formula is left whole after the one before it."""
        raw = _squeeze(formula.raw)
        found = self._text.find(raw, self._at)
        if found < 0:
            return False
        self._at = found + len(raw)
        return True


def _plain(inline: Token) -> str:
    return "".join(_pieces(inline.children or []))


def _pieces(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        match token.type:
            case "text" | "text_special":
                yield token.content
            case "softbreak":
                yield "\n"
            case _:
                yield _BREAK


def _squeeze(text: str) -> str:
    """Drop the differences in white space that neither Markdown nor TeX minds."""
    return " ".join(text.split())
