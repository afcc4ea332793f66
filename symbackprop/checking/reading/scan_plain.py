"""Plain text to tokens, with what Unicode has for formulas: full width, raised and lowered characters, odd spaces."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import normalize

from symbackprop.checking.reading import commands
from symbackprop.checking.reading.tokens import MOST_TOKENS, Kind, Token, TooLongError

_SPACE = re.compile(r"\s+")
_SIGN = re.compile(r"\*\*|:=|<-|<=|>=|={1,4}>|-{1,4}>|==|~=|\.\.\.+|~|=")
_SIGN_STARTS = frozenset("*:<>=-~.")
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
# A whole number right behind an x, as in x1: neither a decimal nor a power of ten.
_INDEX = re.compile(
    r"(?!10\s*(?:\^|\*\*|[\u2070\u00b9\u00b2\u00b3\u2074-\u207b]))[1-9][0-9]{0,3}(?![0-9]|[.,][0-9]|[eE][0-9+-])"
)
# A number with a comma that parts no thousands; what has a decimal point as well are two numbers.
_STRAY_COMMA = re.compile(r"[0-9]+(?:\{,\}|,)[0-9]+(?![0-9]|\.[0-9])")
# A slip, which is one number all the same: its first half alone would be another.
_TWO_POINTS = re.compile(r"[0-9]*(?:\.[0-9]+){2,}")
_NAMING = (Kind.LETTER, Kind.WORD)
_LONGEST_LETTER = 24
"""With the names of the marks over it."""


@cache
def wide_characters() -> dict[int, str]:
    """Characters that are another one in disguise: full width, letters of mathematics, dashes, odd spaces."""
    found = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    for code in range(0x1D400, 0x1D800):
        plain = normalize("NFKC", chr(code))
        if len(plain) == 1:
            found[code] = plain
    odd = {"\u3000": " ", "\u2212": "-", "\u2013": "-", "\u2012": "-", "\u2010": "-", "\u2011": "-", "\u210e": "h"}
    return found | {ord(one): other for one, other in odd.items()}


class Scanner:
    """Reads one text from left to right."""

    def __init__(self, text: str, offset: int, *, decimal_comma: bool) -> None:
        self._text = text
        self._offset = offset
        self._figure = _COMMA if decimal_comma else _POINT
        self._at = 0
        self._glued = False
        self._lowered: list[bool] = []
        self._listed: list[bool] = []
        self._lists = 0
        self._tokens: list[Token] = []

    def scan(self) -> list[Token]:
        """All of it."""
        text, tokens = self._text, self._tokens
        while self._at < len(text):
            here = text[self._at]
            if here == " ":
                self._at += 1
                self._glued = False
                continue
            before = len(tokens)
            self._next(here)
            if len(tokens) > before and not here.isspace():
                self._glued = True
            if len(tokens) > MOST_TOKENS:
                raise TooLongError(self._offset + self._at)
        return tokens

    def _add(self, kind: Kind, text: str, length: int, *, made: bool = False) -> None:
        start = self._offset + self._at
        self._tokens.append(Token(kind, text, start, start + length, self._glued, made))
        self._at += length

    def _last(self) -> Token | None:
        return self._tokens[-1] if self._tokens else None

    def _next(self, here: str) -> None:
        text, at = self._text, self._at
        if here.isascii() and here.isalpha():
            if here in "xX":
                self._letter(here)
            else:
                self._add(Kind.LETTER, here, 1)
        elif here.isspace():
            self._spaces()
        elif here == "$":
            self._at += 1
            self._glued = False
        elif here in "0123456789" or (here in ".," and self._begins_fraction()):
            self._number()
        elif here in _SIGN_STARTS and (sign := _SIGN.match(text, at)):
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
        if "\n" in space:
            self._add(Kind.ROW, "\n", 0)
            self._glued = False

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
            stray = None if self._figure is _COMMA or self._lists else _STRAY_COMMA.match(self._text, self._at)
            if stray is None and self._figure is not _COMMA:
                stray = _TWO_POINTS.match(self._text, self._at)
            if stray is not None and (match is None or len(stray[0]) > len(match[0])):
                match = stray
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
            self._nest(kind)
            self._add(kind, text, 1)
        elif here in commands.GREEK_LETTERS:
            self._add(Kind.LETTER, commands.GREEK_LETTERS[here], 1)
        elif here in "\u0302\u0304":
            self._accent("hat" if here == "\u0302" else "bar")
        elif here.isalpha():
            self._letter(here)
        else:
            self._add(Kind.ODD, here, 1)

    def _nest(self, kind: Kind) -> None:
        """Keeps account of where names' indices stand: what looks like a decimal number there is none."""
        last = self._last()
        if kind is Kind.OPEN:
            inside = bool(self._lowered and self._lowered[-1])
            self._lowered.append(inside or (last is not None and last.kind is Kind.SUB))
            self._listed.append(self._begins_list())
            self._lists += self._listed[-1]
        elif kind is Kind.CLOSE and self._lowered:
            self._lowered.pop()
            self._lists -= self._listed.pop()

    def _begins_list(self) -> bool:
        """Whether commas part what stands in a bracket: indices, marks, and what the larger one is sought of."""
        last = self._last()
        if self._text[self._at] == "[" or (last is not None and last.kind in (Kind.SUB, Kind.SUP)):
            return True
        named = "".join(token.text for token in self._tokens[-3:])
        return self._text[self._at] == "(" and named.endswith(("max", "min"))

    def _letter(self, here: str) -> None:
        last = self._last()
        parts = here if here.isascii() else normalize("NFD", here)
        if here in "xX" and last is not None and last.kind is Kind.NUMBER and self._is_times():
            self._add(Kind.OPERATOR, "*", 1)
        elif len(parts) == 2 and parts[1] in "\u0302\u0304":  # noqa: PLR2004 - a letter and a mark over it
            self._add(Kind.LETTER, parts[0] + ("hat" if parts[1] == "\u0302" else "bar"), 1)
        else:
            self._add(Kind.LETTER, here, 1)

    def _is_times(self) -> bool:
        """Whether an x behind a number is a sign: a number follows, and the x with it can't be a name, as x1 is."""
        after = self._text[self._at + 1 : self._at + 12]
        if not after.lstrip()[:1].isdigit() or self._named():
            return False
        return after[0].isspace() or _INDEX.match(self._text, self._at + 1) is None

    def _named(self) -> bool:
        """Whether the number before is part of a name: h1x2."""
        return len(self._tokens) > 1 and self._tokens[-1].glued and self._tokens[-2].kind in _NAMING and self._glued

    def _accent(self, name: str) -> None:
        last = self._last()
        if last is None or last.kind is not Kind.LETTER or not self._glued or len(last.text) > _LONGEST_LETTER:
            self._add(Kind.ODD, self._text[self._at], 1)
            return
        self._at += 1
        self._tokens[-1] = Token(Kind.LETTER, last.text + name, last.start, last.end + 1, last.glued)


def _kind(sign: str) -> Kind:
    known = commands.SIGNS.get(sign)
    return Kind.ODD if known is None else Kind(known[0])
