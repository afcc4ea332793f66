"""Formulas in running text: which words around an equals sign belong to it.

A line is cut at words, at punctuation and at wide gaps; what is left and holds a sign is a formula. It may go on in the
next line, where that begins with a sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum, auto

from symbackprop.checking.sources.snippet import Snippet, joined

SIGN = re.compile(r"(?<![<>!:=/])(?:[=＝](?![=>])|==(?=\s*+(?:[(+−-]\s*+)?[.\d]))|[≈≃≅≐≒]|:=|\\approx(?![A-Za-z])")
"""What parts the members of a chain."""

HELD = "\1"
"""Stands for a character of a formula in dollars: whatever it is, it belongs to what stands beside it."""

CUT = "\2"
"""Stands for a character at which a formula in running text ends."""

# Of the words of two Latin letters or more, these are names and functions rather than prose.
_NAMES = frozenset(
    [
        "net",
        "out",
        "in",
        "target",
        "eta",
        "alpha",
        "beta",
        "gamma",
        "delta",
        "lambda",
        "mu",
        "rho",
        "kappa",
        "epsilon",
        "sigma",
        "phi",
        "theta",
        "loss",
        "error",
        "total",
        "cost",
        "exp",
        "ln",
        "log",
        "sqrt",
        "tanh",
        "sinh",
        "cosh",
        "sigmoid",
        "logistic",
        "relu",
        "softmax",
        "softplus",
        "max",
        "min",
        "sum",
        "abs",
        "sign",
        "erf",
        "cdf",
        "pdf",
        "sin",
        "cos",
        "mse",
        "ideal",
        "output",
    ]
)
_ARTICLES = frozenset({"a", "A", "I"})
_LATIN = re.compile(r"[A-Za-zÀ-ɏ'’-]+")
_TOKENS = re.compile(
    rf"""
      (?P<sign>{SIGN.pattern})
    | (?P<held>{HELD}++)
    | (?P<grade>[(（\[]\s?\d{{1,3}}+(?:[.,/]\d{{1,3}}+)?\s?
        (?i:points?|pts?|p|pkte?|punkte?|marks?|分)\.?[)）\]](?!\w) | [✓✔✗✘☑☒✅❌])
    | (?P<named>(?:[Nn]ew|[Uu]pdated)(?=[ ]+[wb][_\w{{}},₀-₉]{{0,12}}+\s*+[=≈]|[ ]*+[=≈])
        | (?:net|out|target|delta)(?=[ ][ho]_?\d{{1,3}}+\s*+[=≈])
        | \((?:new|updated)\)(?=\s*+[=≈]))
    | (?P<cases>\{{[^{{}};:<>≤≥]{{1,200}}+[<>≤≥][^{{}};:]{{1,200}}+:[^{{}}]{{1,400}}+\}})
    | (?P<choice>if[ ][^;:!?$<>≤≥=]{{1,80}}+(?:[<>]=?|[≤≥]|==)[^;:!?$]{{1,80}}?[ ]else(?=[ ][-−\d\w(.]))
    | (?P<prose>[⺀-〇〡-鿿豈-﫿가-힣]++ | (?:https?|file|ftp)://[^\s)>\]]++)
    | (?P<word>(?:[A-Za-zÀ-ɏ]{{2,}}+(?:[-'’][A-Za-zÀ-ɏ]{{2,}}+){{1,9}}(?![\w(\[{{^])(?![-'’][A-Za-zÀ-ɏ]{{2}}))
        | [^\W\d][\w'’⁺⁻@]*+(?:\.(?=[A-Za-z]{{2}})[A-Za-z_]++)*)
    | (?P<number>\d++(?:[.,]\d++)*(?:\.(?=\s|\Z))?(?:[eE][+-]?\d++)?|\.\d++(?:[eE][+-]?\d++)?)
    | (?P<gap>[ \xa0\u2002-\u200a\u202f\u3000]{{2,}}+|[ ]*+[\t\v\f]\s*+)
    | (?P<space>\s++)
    | (?P<operator>[*/+·×⋅∙÷^−–⊙∘-]++|\\cdot|\\times)
    | (?P<cut>[.,](?!\w)|[;:!?$"“”„«»。；：，、！？…•│┌└‖⠀-⣿═─┄<>→⇒{CUT}]++|==++|[<>!]=|=>)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FIRST = re.compile(rf"[\s│]*+(?:{SIGN.pattern}|[·×⋅+−-]\s|/[\s(])")
_UNFINISHED = re.compile(r"(?:[=＝≈+*/·×⋅−]|\s-)\s*\Z")
REMARK = re.compile(r"\s*[（(]\s*(?:[^\W\d_]{2,}+[\s,;.)）-]|a\s[^\W\d_]{2}|[⺀-鿿])")
"""How a line begins that only holds a remark on the formula above it."""

_LONGEST_LINE = 20_000
_FRONT = frozenset("*/+·×⋅^,.;:~ \t\n\r\v\f\xa0\u3000")
_BACK = _FRONT | {"-", "–", "−"}
_DASH = re.compile(r"[-–—−]\s+")
_OPENING = {")": "(", "]": "[", "}": "{", "）": "（"}


class _Token(Enum):
    SIGN = auto()
    OPERAND = auto()
    NAME = auto()
    PROSE = auto()
    SPACE = auto()
    GAP = auto()
    OPERATOR = auto()
    CUT = auto()
    OTHER = auto()


_KINDS = {
    "sign": _Token.SIGN,
    "held": _Token.OPERAND,
    "grade": _Token.CUT,
    "named": _Token.OPERAND,
    "cases": _Token.OPERAND,
    "prose": _Token.PROSE,
    "number": _Token.OPERAND,
    "gap": _Token.GAP,
    "space": _Token.SPACE,
    "operator": _Token.OPERATOR,
    "choice": _Token.OPERATOR,
    "cut": _Token.CUT,
    "other": _Token.OTHER,
}
_ROOM = (_Token.SPACE, _Token.GAP)
_JOINING = (_Token.SIGN, _Token.OPERATOR)
_PERHAPS_CUTS = (_Token.CUT, _Token.GAP, _Token.PROSE)
_Tokens = list[tuple[_Token, int, int]]


def lines_of(text: Snippet) -> Iterator[Snippet]:
    """The lines of a text."""
    start = 0
    for match in re.finditer(r"\r\n|[\n\r\u2028\u2029\x85]|\Z", text.text):
        yield text.part(start, match.start())
        start = match.end()


class _Open:
    """A formula that may go on in the next line. Of what it is made is looked at once, whatever comes after it."""

    def __init__(self, piece: Snippet) -> None:
        self.parts: list[Snippet] = []
        self.goes_on_with(piece)
        self._begins_with_sign = self._ends_with_sign

    def goes_on_with(self, piece: Snippet) -> None:
        """Takes in a piece."""
        self.parts.append(piece)
        self._ends_with_sign = SIGN.search(piece.text) is not None
        self._unfinished = _UNFINISHED.search(piece.text) is not None

    def goes_on_in(self, line: Snippet) -> bool:
        """Whether a line begins as one does with which a formula goes on, or the line before ends so."""
        signed = self._begins_with_sign or self._ends_with_sign
        return signed and (self._unfinished or _FIRST.match(line.text) is not None)


def formulas_of(lines: Iterable[Snippet]) -> Iterator[Snippet]:
    """The formulas in lines of running text, each with all the lines over which it goes on."""
    open_: _Open | None = None
    remark = 0
    for line in lines:
        if len(line.text) > _LONGEST_LINE or _is_paired(line.text):
            # Nobody writes a paragraph of that length.
            continue
        blank = not line.text.strip()
        goes_on = open_ is not None and not blank and open_.goes_on_in(line)
        if open_ is not None and not blank and not goes_on and (remark > 0 or REMARK.match(line.text)):
            remark = max(0, remark + _depth(line.text))
            continue
        remark = 0
        pieces = list(_stretches(line)) if goes_on or SIGN.search(line.text) else []
        if open_ is not None and goes_on and pieces:
            open_.goes_on_with(pieces.pop(0))
            if not pieces:
                continue
        if open_ is not None:
            yield from _whole(open_.parts)
        for piece in pieces[:-1]:
            yield from _whole([piece])
        open_ = _Open(pieces[-1]) if pieces else None
    if open_ is not None:
        yield from _whole(open_.parts)


_NAME = r"[A-Za-z_{}\\]{1,30}[0-9][\w{}]{0,30}"
_PAIRED = re.compile(rf"\s*({_NAME}(?:\s*,\s*{_NAME})+)\s*=([^,=#]+(?:,[^,=#]+)+)(?:\#.*)?")


def _is_paired(text: str) -> bool:
    """Whether a line gives several names as many values at once, `i1, i2 = 0.05, 0.10`: none of them is a chain."""
    found = _PAIRED.fullmatch(text) if "," in text else None
    return found is not None and found[1].count(",") == found[2].count(",")


def _depth(text: str) -> int:
    return sum(text.count(it) for it in "(（") - sum(text.count(it) for it in ")）")


def _whole(parts: list[Snippet]) -> Iterator[Snippet]:
    """The parts as one formula, if it is one: with something on both sides of a sign."""
    whole = _trimmed(joined(parts))
    sign = SIGN.search(whole.text)
    if sign is not None and whole.text[: sign.start()].strip() and whole.text[sign.end() :].strip():
        yield whole


def _trimmed(piece: Snippet) -> Snippet:
    """The piece without operators at its ends, and without brackets there that have no partner in it."""
    text = piece.text
    start, end = 0, len(text)
    alone = _unmatched(text)
    while start < end and (text[start] in _FRONT or start in alone or _DASH.match(text, start)):
        start += 1
    while end > start and ((text[end - 1] in _BACK and not _is_raised(text, end)) or end - 1 in alone):
        end -= 1
    return piece.part(start, end)


def _is_raised(text: str, end: int) -> bool:
    """Whether a plus sign at the end belongs to the name before it, as in `= w5+`."""
    return text[end - 1] == "+" and end > 1 and (text[end - 2].isalnum() or text[end - 2] in "^}")


def _unmatched(text: str) -> frozenset[int]:
    alone, opened = set[int](), list[int]()
    for match in re.finditer(r"[()\[\]{}（）]", text):
        bracket = match[0]
        if bracket not in _OPENING:
            opened.append(match.start())
        elif opened and text[opened[-1]] == _OPENING[bracket]:
            opened.pop()
        else:
            alone.add(match.start())
    return frozenset(alone.union(opened))


def _stretches(line: Snippet) -> Iterator[Snippet]:
    """The stretches of a line between its words that hold a sign; and the first, if nothing is cut before it."""
    tokens = _tokens(line.text)
    after = _following(tokens)
    start: int | None = None
    end, first = 0, True
    before: _Token | None = None
    for number, (kind, begin, stop) in enumerate(tokens):
        if kind in _ROOM and start is None:
            continue
        if kind in _PERHAPS_CUTS and _cuts(kind, before, after[number]):
            if start is not None and (first or SIGN.search(line.text, start, end)):
                yield line.part(start, end)
            start, first = None, False
        elif kind not in _ROOM:
            start = begin if start is None else start
            end = stop
        before = before if kind in _ROOM else kind
    if start is not None and (first or SIGN.search(line.text, start, end)):
        yield line.part(start, end)


_SIGN_OF_ENTRY = re.compile(r"(?<=[ \xa0\u3000]{2})[-−–](?=[\d.(])")
"""A minus behind a wide gap that stands close to its number begins the next entry of a table."""


def _kind(match: re.Match[str]) -> _Token:
    group = match.lastgroup or "other"
    if group == "operator" and _SIGN_OF_ENTRY.match(match.string, match.start()):
        return _Token.OPERAND
    if group != "word":
        return _KINDS[group]
    word = match[0]
    if word in _ARTICLES and match.string[match.end() : match.end() + 1] in ("", " "):
        return _Token.PROSE
    if len(word) == 1 or not _LATIN.fullmatch(word):
        return _Token.OPERAND
    if all(it in _NAMES or not it for it in re.split("[-'’]", word.lower())):
        return _Token.NAME
    called = match.string[match.end() : match.end() + 1] in ("(", "[", "{", "^")
    # A word that is lowered or raised: E_(data).
    called = called or match.string[match.start() - 2 : match.start()] in ("_(", "_{", "^(", "^{")
    return _Token.OPERAND if called else _Token.PROSE


def _tokens(text: str) -> _Tokens:
    """The tokens; words such as `out` and `error` among prose are prose, too."""
    tokens = [(_kind(match), match.start(), match.end()) for match in _TOKENS.finditer(text)]
    if not any(kind is _Token.NAME for kind, _, _ in tokens):
        return tokens
    after = _following(tokens)
    found: _Tokens = []
    before: _Token | None = None
    prose = False
    for number, (kind, start, end) in enumerate(tokens):
        now = kind
        if kind is _Token.NAME:
            joined_ = before in _JOINING or after[number] in (*_JOINING, _Token.OTHER)
            in_prose = not joined_ and (prose or after[number] is _Token.PROSE)
            now = _Token.PROSE if in_prose else _Token.OPERAND
        found.append((now, start, end))
        if kind not in _ROOM:
            before, prose = kind, now is _Token.PROSE
    return found


def _following(tokens: _Tokens) -> list[_Token | None]:
    """For each token the nearest one after it that isn't white space."""
    found: list[_Token | None] = []
    last: _Token | None = None
    for kind, _, _ in reversed(tokens):
        found.append(last)
        last = last if kind in _ROOM else kind
    found.reverse()
    return found


def _cuts(kind: _Token, before: _Token | None, after: _Token | None) -> bool:
    """Whether a formula ends at a token: at punctuation, at a wide gap, and at prose that nothing joins to it."""
    match kind:
        case _Token.CUT:
            return True
        case _Token.GAP:
            return before not in _JOINING and after not in _JOINING
        case _Token.PROSE:
            if after is _Token.SIGN:
                return False
            return _Token.PROSE in (before, after) or (before not in _JOINING and after is not _Token.OPERATOR)
        case _:
            return False
