"""Tokens of formulas without what stands among them and is none: remarks, and braces around whole equations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symbackprop.checking.reading.name_spelling import Stand
from symbackprop.checking.reading.name_tokens import NameTokens
from symbackprop.checking.reading.names import Names
from symbackprop.checking.reading.reader_functions import is_function
from symbackprop.checking.reading.tokens import Dialect, Kind, Token, pairs_of
from symbackprop.checking.reading.updates import with_updates


def cleaned(tokens: list[Token], dialect: Dialect, names: Names) -> list[Token]:
    """The tokens without remarks, and without braces around whole equations."""
    dropped = _around_equations(tokens)
    kept = [token for index, token in enumerate(tokens) if index not in dropped]
    return _without_remarks(with_updates(_with_times(kept, names)), dialect, names)


def _with_times(tokens: list[Token], names: Names) -> list[Token]:
    """The tokens with an x between two numbers as a sign: 2x3, unless x3 is one of the network's names."""
    found = list(tokens)
    for index in range(1, len(tokens) - 1):
        token = tokens[index]
        if token.text not in ("x", "X") or token.kind is not Kind.LETTER:
            continue
        before, after = tokens[index - 1], tokens[index + 1]
        if not (after.glued and before.text):
            continue
        if before.kind is not Kind.NUMBER or after.kind is not Kind.NUMBER or _is_index(tokens, index - 1):
            continue
        guesses = names.guesses(f"x{after.text}")
        if not any(names.has(f"{id_}{mark}") for id_ in guesses for mark in ("", "[1]", "[1,1]")):
            found[index] = Token(Kind.OPERATOR, "*", token.start, token.end, token.glued)
    return found


def _is_index(tokens: Sequence[Token], index: int) -> bool:
    """Whether a number belongs to a name before it."""
    before = tokens[index - 1] if index else None
    if before is None:
        return False
    return before.kind is Kind.SUB or (tokens[index].glued and before.kind in (Kind.LETTER, Kind.WORD))


def _is_argument(tokens: Sequence[Token], index: int) -> bool:
    before = tokens[index - 1].kind if index else None
    return before in (Kind.SUB, Kind.SUP, Kind.COMMAND, Kind.CLOSE, Kind.ACCENT)


def _around_equations(tokens: Sequence[Token]) -> set[int]:
    """Where braces stand that are no argument, and hold a relation or the end of a row, perhaps in others of the kind.

    What stands in any other bracket doesn't count.
    """
    found: set[int] = set()
    if not any(it.text == "{" for it in tokens):
        return found
    partner, _ = pairs_of(tokens)
    opened: list[int] = []
    holding: list[bool] = []
    for index, token in enumerate(tokens):
        if index in partner and token.kind is Kind.OPEN:
            opened.append(index)
            holding.append(False)
        elif index in partner:
            start = opened.pop()
            if holding.pop() and tokens[start].text == "{" and not _is_argument(tokens, start):
                found |= {start, index}
                if holding:
                    holding[-1] = True
        elif holding and token.kind in (Kind.RELATION, Kind.ROW):
            holding[-1] = True
    return found


_BREAKS = (Kind.ROW, Kind.RELATION, Kind.COMMA, Kind.ARROW, Kind.COLUMN)


def _without_remarks(tokens: list[Token], dialect: Dialect, names: Names) -> list[Token]:
    """Without words that stand by themselves before or after a formula, as LaTeX's text does."""
    if not any(it.kind is Kind.WORD for it in tokens):
        return tokens
    partner, _ = pairs_of(tokens)
    scan = NameTokens(tokens, partner, names, dialect, Stand())
    kept: list[Token] = []
    depth = 0
    besides = _remark_columns(tokens, scan)
    for index, token in enumerate(tokens):
        if index in besides:
            continue
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if token.kind is Kind.WORD and depth == 0 and _is_remark(tokens, index, scan):
            if index + 1 < len(tokens) and index and tokens[index + 1].kind not in _BREAKS:
                kept.append(Token(Kind.COMMA, ",", token.start, token.end, glued=False))
            continue
        kept.append(token)
    return kept


def _remark_columns(tokens: Sequence[Token], scan: NameTokens) -> set[int]:
    """What stands in columns, or in rows, that only hold a remark: its words, and the mathematics among them."""
    found: set[int] = set()
    row: list[int] = []
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.kind in (Kind.OPEN, Kind.BEGIN)) - (token.kind in (Kind.CLOSE, Kind.END))
        if depth > 0:
            continue
        if token.kind is not Kind.ROW:
            row.append(index)
        if row and (token.kind is Kind.ROW or index + 1 == len(tokens)):
            start = _remark_in_row([tokens[it] for it in row], row, lambda at: _is_remark(tokens, at, scan))
            if start is not None:
                found.update(range(start, row[-1] + 1))
            row = []
    return found


def _remark_in_row(tokens: Sequence[Token], places: Sequence[int], is_remark: Callable[[int], bool]) -> int | None:
    """Where the remark of a row begins, if there is one: after two signs of a column, or after one at its beginning."""
    kinds = [it.kind for it in tokens]
    columns = [at for at, kind in enumerate(kinds) if kind is Kind.COLUMN]
    if not columns:
        return None
    if columns[0] == 0 and kinds[1:2] == [Kind.WORD] and Kind.RELATION not in kinds and is_remark(places[1]):
        return places[0]
    # Beside a formula there may also be another one, with columns of its own: it is the last two signs that count.
    if len(columns) == 1 or columns[-2] == 0 or columns[-2] + 1 != columns[-1]:
        return None
    word = next((at for at in range(columns[-1] + 1, len(kinds)) if kinds[at] is Kind.WORD), None)
    return places[columns[-2]] if word is not None and is_remark(places[word]) else None


def _is_remark(tokens: Sequence[Token], index: int, scan: NameTokens) -> bool:
    """Whether a word is none of the formula's: it has no index, is no function, and means nothing here."""
    word = tokens[index].text
    after = tokens[index + 1].kind if index + 1 < len(tokens) else None
    before = tokens[index - 1].kind if index else None
    if not word.replace(" ", "").replace(",", "").isalnum() or not word.isascii():
        return True
    called = after is Kind.OPEN and tokens[index + 1].text != "{"
    if called or after in (Kind.SUB, Kind.SUP, Kind.PRIME):
        return " " in word and before in (None, *_BREAKS)
    if before in (Kind.SUB, Kind.SUP, Kind.ACCENT) or word == "d" or is_function(word) or scan.name(index) is not None:
        return False
    alone = before in (None, *_BREAKS) and after in (None, *_BREAKS)
    return " " in word or word not in scan.names.bases or (alone and before is Kind.COLUMN)
