"""Text to tokens: LaTeX as people write it, or plain text with whatever Unicode has.

Spaces, fonts, colours, labels and what else says nothing of a formula are dropped here; every token knows where it
stands in the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from unicodedata import normalize

from symbackprop.check import commands
from symbackprop.check.work import Span

MOST_TOKENS = 200_000


class Dialect(StrEnum):
    """How a formula is written."""

    LATEX = "latex"
    PLAIN = "plain"


class Kind(Enum):
    """What a token is."""

    NUMBER = "number"
    LETTER = "letter"
    WORD = "word"
    OPERATOR = "operator"
    POWER = "power"
    RELATION = "relation"
    COMPARISON = "comparison"
    ARROW = "arrow"
    COMMA = "comma"
    OPEN = "open"
    CLOSE = "close"
    BAR = "bar"
    SUB = "sub"
    SUP = "sup"
    PRIME = "prime"
    AT = "at"
    COMMAND = "command"
    ACCENT = "accent"
    NOTE = "note"
    MATRIX = "matrix"
    ELLIPSIS = "ellipsis"
    COLUMN = "column"
    ROW = "row"
    BEGIN = "begin"
    END = "end"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class Token:
    """A sign, a letter, a number. `text` is what it comes to; `glued` says that nothing parts it from the one before.

    `made` tells tokens that stand for a raised or lowered character of Unicode.
    """

    kind: Kind
    text: str
    start: int
    end: int
    glued: bool
    made: bool = False


class TooLongError(Exception):
    """More tokens than anybody's formula has, from this offset on."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"more than {MOST_TOKENS} tokens")


_SPACE = re.compile(r"\s+")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?|\\(.)", re.DOTALL)
_COMMENT = re.compile(r"%[^\n]*")
_BRACED = re.compile(r"\s*\{([^{}\\$]*)\}")
_ENVIRONMENT = re.compile(r"\s*\{\s*([A-Za-z]*)\*?\s*\}(?:\s*\{[lcr| ]*\})?")
_OPTION = re.compile(r"\s*\[[^\[\]]{0,20}\]")
_SIGN = re.compile(r"\*\*|:=|<-|<=|>=|==+>|=>|-+>|==|~=|\.\.\.+|~|=")
_ROW_OPTION = re.compile(r"\*?\s*(?:\[-?[0-9.]+\s*[a-z]{2}\])?")
_WHOLE = re.compile(r"[0-9]+")
_FINE = "\u2009\u202f\u00a0\u2008\u2006"
_PARTING = rf"(?:\\,|\\thinspace\s?|\\ |~|\{{\\,\}}|[{_FINE}])"
_EXPONENT = r"(?:[eE][+-]?[0-9]+(?![A-Za-z0-9_.]))?"
_POINT = re.compile(
    rf"(?:[1-9][0-9]{{0,2}}(?:(?:{_PARTING}|\{{,\}}|,)[0-9]{{3}})+(?![0-9])|[0-9]+)?"
    rf"(?:\.[0-9]{{3}}(?:(?:{_PARTING}| )[0-9]{{3}})*(?:{_PARTING}[0-9]{{1,3}})?(?![0-9])|\.[0-9]+)?{_EXPONENT}"
)
_COMMA = re.compile(
    rf"(?:[1-9][0-9]{{0,2}}(?:(?:{_PARTING}|\.)[0-9]{{3}})+(?=\{{,\}}|,)|[0-9]+)?"
    rf"(?:(?:\{{,\}}|,)[0-9]{{3}}(?:(?:{_PARTING}| )[0-9]{{3}})*(?:{_PARTING}[0-9]{{1,3}})?(?![0-9])"
    rf"|(?:\{{,\}}|,|\.)[0-9]+)?{_EXPONENT}"
)
_NAMING = (Kind.LETTER, Kind.WORD)


@cache
def _wide() -> dict[int, str]:
    """Characters that are another one in disguise: full width, letters of mathematics, dashes, odd spaces."""
    found = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for code in range(0x1D400, 0x1D800):
        plain = normalize("NFKC", chr(code))
        if len(plain) == 1:
            found[code] = plain
    odd = {"\u3000": " ", "\u2212": "-", "\u2013": "-", "\u2012": "-", "\u2010": "-", "\u2011": "-", "\u210e": "h"}
    return found | {ord(one): other for one, other in odd.items()}


def tokenize(text: str, span: Span, dialect: Dialect, *, decimal_comma: bool) -> list[Token]:
    """The tokens of a stretch of text. Raises TooLongError."""
    part = text[span.start : span.end]
    plain = part if part.isascii() else part.translate(_wide())
    return _Scanner(plain, span.start, dialect, decimal_comma=decimal_comma).scan()


class _Scanner:
    """Reads one text from left to right."""

    def __init__(self, text: str, offset: int, dialect: Dialect, *, decimal_comma: bool) -> None:
        self._text = text
        self._offset = offset
        self._latex = dialect is Dialect.LATEX
        self._figure = _COMMA if decimal_comma else _POINT
        self._at = 0
        self._glued = False
        self._lowered: list[bool] = []
        self._tokens: list[Token] = []

    def scan(self) -> list[Token]:
        """All of it."""
        while self._at < len(self._text):
            before = len(self._tokens)
            self._next()
            if len(self._tokens) > before:
                self._glued = True
            if len(self._tokens) > MOST_TOKENS:
                raise TooLongError(self._offset + self._at)
        return self._tokens

    def _add(self, kind: Kind, text: str, length: int, *, made: bool = False) -> None:
        start = self._offset + self._at
        self._tokens.append(Token(kind, text, start, start + length, self._glued, made))
        self._at += length

    def _last(self) -> Token | None:
        return self._tokens[-1] if self._tokens else None

    def _next(self) -> None:
        text, at = self._text, self._at
        here = text[at]
        if here.isspace():
            self._spaces()
        elif here == "\\" and self._latex:
            self._command()
        elif here == "%" and self._latex:
            self._skip(_COMMENT)
        elif here in "$" or (here == "~" and self._latex):
            self._at += 1
            self._glued = False
        elif here in "0123456789" or (here in ".," and self._begins_fraction()):
            self._number()
        elif sign := _SIGN.match(text, at):
            self._sign(sign[0])
        elif here in commands.LOWERED or here in commands.RAISED:
            self._scripts()
        elif here in commands.PARTS_OF_ONE:
            self._part_of_one(commands.PARTS_OF_ONE[here])
        else:
            self._character(here)

    def _spaces(self) -> None:
        space = self._skip(_SPACE)
        self._glued = False
        if not self._latex and "\n" in space:
            self._tokens.append(Token(Kind.ROW, "\n", self._offset + self._at, self._offset + self._at, False))

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        found = match[0] if match else ""
        self._at += len(found)
        return found

    def _begins_fraction(self) -> bool:
        last = self._last()
        if last is not None and self._glued and last.kind in (Kind.NUMBER, *_NAMING):
            return False
        if self._text[self._at] == "," and self._figure is not _COMMA:
            return False
        return self._text[self._at + 1 : self._at + 2].isdigit() and self._text[self._at + 1].isascii()

    def _number(self) -> None:
        last = self._last()
        naming = (self._glued and last is not None and last.kind in _NAMING) or (self._lowered and self._lowered[-1])
        if naming or (last is not None and last.kind is Kind.SUB):
            match = _WHOLE.match(self._text, self._at)
        else:
            match = self._figure.match(self._text, self._at)
        if match is None or not match[0]:
            self._add(Kind.ODD, self._text[self._at], 1)
            return
        self._add(Kind.NUMBER, match[0], len(match[0]))

    def _sign(self, sign: str) -> None:
        match sign:
            case "**":
                self._add(Kind.POWER, "^", 2)
            case ":=" | "<-":
                self._add(Kind.RELATION, sign, 2)
            case "<=" | ">=":
                self._add(Kind.COMPARISON, sign, 2)
            case "==" | "=":
                self._add(Kind.RELATION, "=", len(sign))
            case "~=" | "~":
                self._add(Kind.RELATION, "~", len(sign))
            case _ if sign.startswith("..."):
                self._add(Kind.ELLIPSIS, "...", len(sign))
            case _:
                self._add(Kind.ARROW, "->", len(sign))

    def _scripts(self) -> None:
        """A row of lowered or raised characters, as if it stood in braces."""
        table = commands.LOWERED if self._text[self._at] in commands.LOWERED else commands.RAISED
        end = self._at
        while end < len(self._text) and self._text[end] in table:
            end += 1
        inner = "".join(table[it] for it in self._text[self._at : end])
        self._made(Kind.SUB if table is commands.LOWERED else Kind.SUP, "_" if table is commands.LOWERED else "^")
        self._made(Kind.OPEN, "{")
        for piece in re.findall(r"[0-9]+|.", inner):
            kind = Kind.NUMBER if piece.isdigit() else Kind.LETTER if piece.isalpha() else _kind(piece)
            self._add(kind, piece, len(piece), made=True)
            self._glued = True
        self._made(Kind.CLOSE, "}")

    def _made(self, kind: Kind, text: str) -> None:
        self._add(kind, text, 0, made=True)
        self._glued = True

    def _part_of_one(self, parts: str) -> None:
        self._made(Kind.OPEN, "{")
        self._made(Kind.NUMBER, parts[0])
        self._made(Kind.OPERATOR, "/")
        self._add(Kind.NUMBER, parts[2], 1, made=True)
        self._made(Kind.CLOSE, "}")

    def _character(self, here: str) -> None:
        known = commands.SIGNS.get(here)
        if known is not None:
            kind, text = Kind(known[0]), known[1]
            self._nest(kind, text)
            self._add(kind, text, 1)
        elif here in commands.GREEK_LETTERS:
            self._add(Kind.LETTER, commands.GREEK_LETTERS[here], 1)
        elif here in "\u0302\u0304":
            self._accent("hat" if here == "\u0302" else "bar")
        elif here.isalpha():
            self._letter(here)
        else:
            self._add(Kind.ODD, here, 1)

    def _nest(self, kind: Kind, text: str) -> None:
        """Keeps account of where names' indices stand: what looks like a decimal number there is none."""
        last = self._last()
        if kind is Kind.OPEN:
            inside = bool(self._lowered and self._lowered[-1])
            self._lowered.append(inside or (last is not None and last.kind is Kind.SUB))
        elif kind is Kind.CLOSE and self._lowered:
            self._lowered.pop()

    def _letter(self, here: str) -> None:
        parts = normalize("NFD", here)
        if len(parts) == 2 and parts[1] in "\u0302\u0304":  # noqa: PLR2004 - a letter and a mark over it
            self._add(Kind.LETTER, parts[0] + ("hat" if parts[1] == "\u0302" else "bar"), 1)
        else:
            self._add(Kind.LETTER, here, 1)

    def _accent(self, name: str) -> None:
        last = self._last()
        if last is None or last.kind is not Kind.LETTER or not self._glued:
            self._add(Kind.ODD, self._text[self._at], 1)
            return
        self._at += 1
        self._tokens[-1] = Token(Kind.LETTER, last.text + name, last.start, last.end + 1, last.glued)

    # --- Commands

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
        elif (re.fullmatch(r"[A-Za-z0-9 ,-]+", inner) and not inner[0].isdigit()) or re.search(
            r"[A-Za-z].* |[^\x00-\x7f]", inner
        ):
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


def _kind(sign: str) -> Kind:
    known = commands.SIGNS.get(sign)
    return Kind.ODD if known is None else Kind(known[0])


def pairs_of(tokens: list[Token]) -> tuple[dict[int, int], int | None]:
    """Where each bracket has its other half, and the first that has none."""
    partner: dict[int, int] = {}
    open_: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            open_.append(index)
        elif token.kind is Kind.CLOSE:
            if not open_:
                return partner, index
            partner[open_[-1]] = index
            partner[index] = open_.pop()
    return partner, open_[-1] if open_ else None


def between(tokens: list[Token], start: int, end: int) -> Iterator[Token]:
    """The tokens from one position up to another."""
    yield from (tokens[index] for index in range(start, end))
