"""How names among tokens are spelled, and how far a name may reach; what it means is another matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from symbackprop.checking.reading.scan_latex import tokenize
from symbackprop.checking.reading.spelling import tidy
from symbackprop.checking.reading.tokens import Dialect, Kind, Token, pairs_of
from symbackprop.checking.work import Span
from symbackprop.records import record

_MOST_UNITS = 24
_LONGEST_INDEX = 3
INDEX_LETTERS = frozenset("ijklmnpqrsthoIJKLNTcdxyz")
"""Letters that stand for any neuron, layer, sample or step."""

_LABELS = frozenset("hoi")
"""Letters that a number after them makes a neuron's name: h1, o1, i1."""
_IN_NAMES = frozenset({Kind.LETTER, Kind.WORD, Kind.NUMBER, Kind.SUB, Kind.SUP, Kind.PRIME, Kind.ACCENT, Kind.COMMA})
_LONGEST_RUN = 120
_TOO_LONG = "?"
_MOST_MARKS = 3
_MOST_LEVELS = 12


@record
class Unit:
    """A letter, a word or a number within a name, and where the tokens after it begin."""

    spelling: str
    end: int
    splits: bool


@record
class Scripts:
    """What is lowered and raised after a name. `power` is where what is raised begins, if it may be a power."""

    sub: str
    sup: str
    end: int
    ascii_parentheses: bool = False


@dataclass(slots=True)
class Stand:
    """What letters stand for: neurons for the letters of indices, one neuron for names without an index.

    `summed` are the letters of the sums that are open, the outermost first.
    """

    bound: dict[str, str] = field(default_factory=dict)
    suffix: str = ""
    used: bool = False
    summed: tuple[str, ...] = ()


class Spelling:
    """How names among tokens are spelled, and where they may end."""

    def __init__(self, tokens: Sequence[Token], partner: Mapping[int, int], dialect: Dialect, stand: Stand) -> None:
        self.tokens = tokens
        self.partner = partner
        self.latex = dialect is Dialect.LATEX
        self.stand = stand
        self._level = 0
        self._last_run = range(0)
        self._last_units: tuple[int, list[Unit]] = -1, []

    def kind(self, at: int) -> Kind | None:
        """What stands at a position; None behind the end."""
        return self.tokens[at].kind if at < len(self.tokens) else None

    def text(self, at: int) -> str:
        """The text of a token; nothing behind the end."""
        return self.tokens[at].text if at < len(self.tokens) else ""

    def is_open(self, at: int, sign: str) -> bool:
        """Whether that bracket opens at a position, and closes somewhere."""
        return self.kind(at) is Kind.OPEN and self.text(at) == sign and at in self.partner

    # --- Spelling

    def spelled(self, start: int, end: int, *, index: bool = False) -> str | None:
        """The spelling of tokens if they can be (a part of) a name; as an `index`, letters may stand for others."""
        found: list[str] = []
        at = start
        self._level += 1
        while at < end and self._level <= _MOST_LEVELS:
            piece, after = self._piece(at, end, index=index)
            if piece is None or after > end:
                break
            found.append(piece)
            at = after
        self._level -= 1
        return "".join(found) if at >= end else None

    def _piece(self, at: int, end: int, *, index: bool) -> tuple[str | None, int]:
        token = self.tokens[at]
        match token.kind:
            case Kind.LETTER:
                return self._letters(at, end) if index else (token.text, at + 1)
            case Kind.WORD:
                word = token.text.replace(" ", "")
                return (self.stand_for(word) if index else word), at + 1
            case Kind.NUMBER | Kind.COMMA | Kind.PRIME | Kind.AT:
                return token.text if token.text.isascii() else None, at + 1
            case Kind.OPERATOR if token.text in "+-":
                return token.text, at + 1
            case Kind.OPEN if at in self.partner:
                close = self.partner[at]
                inner = self.spelled(at + 1, close, index=index)
                braces = token.text == "{"
                bare = inner if braces or inner is None else f"{token.text}{inner}{self.tokens[close].text}"
                return bare, close + 1
            case Kind.SUB | Kind.SUP if at + 1 < end and self.tokens[at + 1].kind not in (Kind.SUB, Kind.SUP):
                piece, after = self._script(at + 1, end)
                return None if piece is None else f"{'_' if token.kind is Kind.SUB else '^'}{piece}", after
            case Kind.ACCENT if at + 1 < end and self.tokens[at + 1].kind is not Kind.ACCENT:
                piece, after = self._piece(at + 1, end, index=index)
                return None if piece is None else f"{piece}{token.text}", after
            case _:
                return None, at + 1

    def _script(self, at: int, end: int) -> tuple[str | None, int]:
        """What a script is: a group, or one token."""
        letter = self.tokens[at].kind is Kind.LETTER
        if self.is_open(at, "(") and self.tokens[at - 1].kind is Kind.SUB:
            # Where there are no lowered characters, ours are put in parentheses.
            return self.spelled(at + 1, self.partner[at], index=True), self.partner[at] + 1
        return self._piece(at, at + 1 if letter else end, index=True)

    def _letters(self, at: int, end: int) -> tuple[str, int]:
        """A row of letters in an index. Where all of them stand for something, they are put in their stead."""
        stop = at
        while stop < end and self.tokens[stop].kind is Kind.LETTER:
            stop += 1
        letters = [self.tokens[it].text for it in range(at, stop)]
        if self.kind(stop) is Kind.NUMBER and stop < end and letters[-1] in _LABELS:
            return "".join(letters), stop
        return self.stand_for_each(letters), stop

    def stand_for(self, word: str) -> str:
        """What a word in an index stands for."""
        return self.stand_for_each(list(word))

    def stand_for_each(self, letters: list[str]) -> str:
        """What the letters of an index stand for, if they are letters of indices."""
        bound = self.stand.bound
        few = len(letters) <= _LONGEST_INDEX
        if few and bound and any(it in bound for it in letters) and all(it in INDEX_LETTERS for it in letters):
            self.stand.used = True
            joined = ""
            for letter in letters:
                piece = bound.get(letter, letter)
                joined += f",{piece}" if joined[-1:].isdigit() and piece[:1].isdigit() and len(joined) > 1 else piece
            return joined
        return "".join(letters)

    # --- Where a name ends

    def units(self, at: int) -> list[Unit]:
        """The letters, words and numbers from a position on that may be one name, or several side by side."""
        if self.stand.bound:
            return self._units(at)
        if at != self._last_units[0]:
            # A name is asked for in many ways, one after the other.
            self._last_units = at, self._units(at)
        return self._last_units[1]

    def _units(self, at: int) -> list[Unit]:
        found: list[Unit] = []
        while len(found) < _MOST_UNITS:
            token = self.tokens[at] if at < len(self.tokens) else None
            if token is None or (found and not self.latex and not token.glued):
                break
            if token.kind is Kind.LETTER:
                greek = len(token.text) > 1 or not token.text.isascii()
                found.append(Unit(token.text, at + 1, self.latex or greek or (bool(found) and found[-1].splits)))
                at += 1
            elif token.kind is Kind.WORD:
                found.append(Unit(token.text.replace(" ", ""), at + 1, splits=True))
                at += 1
            elif token.kind is Kind.NUMBER and found and token.glued and token.text.isdigit():
                found.append(Unit(token.text, at + 1, splits=True))
                at += 1
            elif token.kind is Kind.ACCENT or (self.is_open(at, "{") and self._may_be_name(at)):
                piece, after = self._piece(at, len(self.tokens), index=False)
                if piece is None or not piece[:1].isalpha():
                    break
                found.append(Unit(piece, after, splits=True))
                at = after
            else:
                break
        return found

    def _may_be_name(self, at: int) -> bool:
        """Whether a group in braces is only there to hold a name together."""
        inside = range(at + 1, self.partner[at])
        return len(inside) <= _MOST_UNITS and all(
            self.tokens[it].kind in _IN_NAMES
            or (self.tokens[it].kind is Kind.OPEN and self.tokens[it].text == "{")
            or (self.tokens[it].kind is Kind.CLOSE and self.tokens[it].text == "}")
            for it in inside
        )

    def scripts(self, at: int) -> Iterator[Scripts]:
        """Every way to read the scripts from a position on, those that take in more first."""
        for sub, after in self.lowered(at):
            yield from self._with_sups(sub, after)

    def lowered(self, at: int) -> Iterator[tuple[str, int]]:
        """Every way to read what is lowered at a position, with its end; nothing lowered is one."""
        if self.kind(at) is Kind.SUB and at + 1 < len(self.tokens):
            if self.kind(at + 1) is not Kind.OPEN:
                # net_h1: TeX would lower the h alone, and in plain text words go on.
                stop = self._run(at + 1)
                # What nobody's name is as long as isn't spelled, but it may be passed over.
                short = stop - at <= _LONGEST_RUN
                long = self.spelled(at + 1, stop, index=True) if short else _TOO_LONG
                if long is not None and stop > at + 2:
                    yield tidy(long), stop
            piece, after = self._script(at + 1, len(self.tokens))
            if piece is not None:
                yield piece, after
            return
        yield "", at

    def _run(self, at: int) -> int:
        """Where a row of letters, numbers and underscores ends."""
        stop = at
        if at in self._last_run:
            # A row within another ends where that one does.
            stop = self._last_run.stop
        while stop < len(self.tokens) and self.kind(stop) in (Kind.LETTER, Kind.NUMBER, Kind.SUB, Kind.WORD):
            token = self.tokens[stop]
            if stop > at and (not token.glued or not (token.kind is not Kind.NUMBER or token.text.isdigit())):
                break
            stop += 1
        self._last_run = range(at, stop)
        return stop - 1 if stop > at and self.kind(stop - 1) is Kind.SUB else stop

    def _with_sups(self, sub: str, at: int) -> Iterator[Scripts]:
        sup, end, parentheses = "", at, False
        steps = [Scripts(sub, "", at)]
        for _ in range(_MOST_MARKS):
            piece, after = self._mark(end)
            if piece is None:
                break
            parentheses = parentheses or (self.kind(end) is Kind.SUP and self.is_open(end + 1, "("))
            sup, end = sup + piece, after
            if not sub and self.kind(end) is Kind.SUB:
                # z^{(1)}_1: what is lowered may come last.
                for late, after_sub in self.lowered(end):
                    steps.append(Scripts(late, sup, after_sub, parentheses))
                    steps.extend(self._more(late, sup, after_sub))
            steps.append(Scripts(sub, sup, end, parentheses))
        yield from sorted(steps, key=lambda it: -it.end)

    def _more(self, sub: str, sup: str, at: int) -> Iterator[Scripts]:
        piece, after = self._mark(at)
        if piece is not None:
            yield Scripts(sub, sup + piece, after)

    def _mark(self, at: int) -> tuple[str | None, int]:
        """What is raised at a position, or stands in brackets after a name, or after an @."""
        match self.kind(at):
            case Kind.SUP if at + 1 < len(self.tokens):
                if self.kind(at + 1) is Kind.OPERATOR and self.text(at + 1) == "+":
                    return "+", at + 2
                return self._script(at + 1, len(self.tokens))
            case Kind.PRIME:
                return "'", at + 1
            case Kind.AT if self.kind(at + 1) is Kind.NUMBER and self.text(at + 1).isdigit():
                return f"@{self.text(at + 1)}", at + 2
            case Kind.OPEN if self.is_open(at, "[") and self.tokens[at].glued:
                inner = self.spelled(at + 1, self.partner[at], index=True)
                plain = inner is not None and inner.replace(",", "").isdigit()
                return (f"[{inner}]" if plain else None), self.partner[at] + 1
            case Kind.OPERATOR if self.text(at) == "+" and self.tokens[at].glued and self._ends(at + 1):
                return "+", at + 1
            case _:
                return None, at

    def _ends(self, at: int) -> bool:
        """Whether nothing that could be added stands at a position."""
        kind = self.kind(at)
        closing = (Kind.RELATION, Kind.CLOSE, Kind.COMMA, Kind.ROW, Kind.AT, Kind.COLUMN, Kind.ARROW, Kind.POWER)
        slash = kind is Kind.OPERATOR and (self.text(at) in "*/" or not self.tokens[at].glued)
        return kind is None or kind in closing or slash


def spelling_of_text(text: str) -> str | None:
    """The spelling of a name by itself, LaTeX or plain; None if it is none."""
    dialect = Dialect.LATEX if "\\" in text or "{" in text else Dialect.PLAIN
    tokens = tokenize(text, Span(start=0, end=len(text)), dialect, decimal_comma=False)
    partner, lonely = pairs_of(tokens)
    if lonely is not None or not tokens:
        return None
    scan = Spelling(tokens, partner, dialect, Stand())
    found = scan.spelled(0, len(tokens))
    return None if found is None else tidy(found)
