"""LaTeX as people write it to tokens.

Spaces, fonts, colours, labels and what else says nothing of a formula are dropped here.
"""

from __future__ import annotations

import re

from symbackprop.checking.reading import commands
from symbackprop.checking.reading.scan_plain import Scanner, wide_characters
from symbackprop.checking.reading.tokens import Dialect, Kind, Token
from symbackprop.checking.work import Span

_SPACE = re.compile(r"\s+")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?|\\(.)", re.DOTALL)
_COMMENT = re.compile(r"%[^\n]*")
_BRACED = re.compile(r"\s*\{([^{}\\$]*)\}")
_ENVIRONMENT = re.compile(r"\s*\{\s*([A-Za-z]*)\*?\s*\}(?:\s*\{[lcr| ]*\})?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 ,]*")
# Words, in any script; an underscore or an equals sign tells that it is a formula all the same.
_REMARK = re.compile(r"^(?!.*[_=^])(?=.*(?:[A-Za-z]{2}|[^\W\d_a-zA-Z\u0370-\u03ff]))", re.DOTALL)
_OPTION = re.compile(r"\s*\[[^\[\]]{0,20}\]")
_ROW_OPTION = re.compile(r"\*?\s*(?:\[-?[0-9.]+\s*[a-z]{2}\])?")


def tokenize(text: str, span: Span, dialect: Dialect, *, decimal_comma: bool) -> list[Token]:
    """The tokens of a stretch of text. Raises TooLongError."""
    part = text[span.start : span.end]
    plain = part if part.isascii() else part.translate(wide_characters())
    scanner = LatexScanner if dialect is Dialect.LATEX else Scanner
    return scanner(plain, span.start, decimal_comma=decimal_comma).scan()


class LatexScanner(Scanner):
    """Reads LaTeX from left to right."""

    def _next(self, here: str) -> None:
        match here:
            case "\\":
                self._command()
            case "%":
                self._skip(_COMMENT)
            case "~":
                self._at += 1
                self._glued = False
            case _:
                super()._next(here)

    def _spaces(self) -> None:
        self._skip(_SPACE)
        self._glued = False

    def _command(self) -> None:
        match = _COMMAND.match(self._text, self._at)
        if match is None:
            self._add(Kind.ODD, "\\", 1)
            return
        name, length = match[1], len(match[0])
        if name is None:
            self._one_sign(match[2])
        elif name in commands.GREEK_COMMANDS:
            self._add(Kind.LETTER, commands.GREEK_COMMANDS[name], length)
        elif name in commands.SKIPPED_WITH_ARGUMENT:
            self._at += length
            self._glued = False
            for _ in range(commands.SKIPPED_WITH_ARGUMENT[name]):
                self._skip_argument()
        elif name in commands.WORDS:
            self._word(length)
        elif name in commands.SKIPPED or name in commands.LOOKED_THROUGH:
            self._at += length
            self._glued = False
            if name == "smash":
                self._skip(_OPTION)
            elif name in ("left", "right", "middle"):
                self._skip(re.compile(r"\s*\."))
        else:
            self._other(name, length)

    def _other(self, name: str, length: int) -> None:
        for kind, table in (
            (Kind.ACCENT, commands.ACCENTS),
            (Kind.COMMAND, commands.FUNCTIONS),
            (Kind.RELATION, commands.RELATIONS),
            (Kind.COMPARISON, commands.COMPARISONS),
        ):
            if name in table:
                self._add(kind, table[name], length)
                return
        if name in commands.ANNOTATED:
            self._at += length
            if name in commands.NOTE_FIRST:
                self._skip_argument()
            else:
                self._at -= length
                self._add(Kind.NOTE, name, length)
        elif name in ("begin", "end"):
            self._environment(name, length)
        elif name in ("cr", "newline"):
            self._add(Kind.ROW, "\\\\", length)
        elif name == "prime":
            self._add(Kind.PRIME, "'", length)
        elif name in ("lvert", "rvert", "vert", "mid"):
            self._add(Kind.BAR, "|", length)
        elif name in ("lbrace", "lparen", "lbrack"):
            self._add(Kind.OPEN, "(", length)
        elif name in ("rbrace", "rparen", "rbrack"):
            self._add(Kind.CLOSE, ")", length)
        elif name == "div":
            self._add(Kind.OPERATOR, "/", length)
        else:
            self._add(*_plainer(name), length)

    def _one_sign(self, sign: str) -> None:
        if sign == "\\":
            self._add(Kind.ROW, "\\\\", 2)
            self._skip(_ROW_OPTION)
        elif sign in "{}":
            self._add(Kind.OPEN if sign == "{" else Kind.CLOSE, "(" if sign == "{" else ")", 2)
        elif sign in "_%&#":
            self._add(Kind.SUB if sign == "_" else Kind.ODD, sign, 2)
        elif sign == "|":
            self._add(Kind.MATRIX, "‖", 2)
        else:
            # \, \; \: \! and a space; \( \) \[ \] are the bounds of a formula.
            self._at += 2
            self._glued = False

    def _skip_argument(self) -> None:
        """Goes past one argument, in braces or not."""
        self._skip(_SPACE)
        if self._text[self._at : self._at + 1] != "{":
            self._at += 1
            return
        depth = 0
        while self._at < len(self._text):
            here = self._text[self._at]
            depth += (here == "{") - (here == "}")
            self._at += 2 if here == "\\" else 1
            if depth == 0:
                return

    def _word(self, length: int) -> None:
        """A word in braces; anything else in them is read as if the command weren't there."""
        braced = _BRACED.match(self._text, self._at + length)
        if braced is None:
            self._at += length
            return
        inner = braced[1].strip()
        whole = braced.end() - self._at
        if not inner:
            self._at += whole
        elif _NAME.fullmatch(inner) or _REMARK.search(inner):
            self._add(Kind.WORD, inner, whole)
        else:
            self._at += length

    def _environment(self, name: str, length: int) -> None:
        match = _ENVIRONMENT.match(self._text, self._at + length)
        if match is None:
            self._add(Kind.ODD, name, length)
            return
        whole = match.end() - self._at
        if match[1] == "cases":
            self._add(Kind.BEGIN if name == "begin" else Kind.END, "cases", whole)
        elif match[1].endswith("matrix"):
            self._add(Kind.MATRIX, match[1], whole)
        else:
            self._at += whole
        self._glued = False


def _plainer(name: str) -> tuple[Kind, str]:
    if name in commands.TIMES:
        return Kind.OPERATOR, "*"
    if name in commands.ARROWS:
        return Kind.ARROW, "->"
    if name in commands.DOTS:
        return Kind.ELLIPSIS, "..."
    if name in commands.MATRICES or name in commands.BOLD:
        return Kind.MATRIX, name
    return Kind.COMMAND, "frac" if name in commands.FRACTIONS else name
