"""Which tokens are a member, and which members a chain: at relations, at commas, at the ends of rows and columns."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence

from symbackprop.checking.reading.tokens import Kind, Token
from symbackprop.records import record


@record
class Part:
    """The tokens of one member, and the relation before it."""

    tokens: tuple[Token, ...]
    relation: str


def parted(tokens: list[Token]) -> list[list[Part]]:
    """The members of each chain; chains of a single member are left out."""
    chains: list[list[Part]] = [[]]
    current: list[Token] = []
    relation = ""
    depth = 0

    def close_member() -> None:
        nonlocal current
        if current or (chains[-1] and relation):
            chains[-1].append(Part(tuple(current), relation))
        current = []

    def close_chain() -> None:
        nonlocal relation
        close_member()
        relation = ""
        chains.append([])

    in_cases = 0
    tokens = _by_columns(tokens)
    goes_on, may_go_on = _joined_rows(tokens)
    for index, token in enumerate(tokens):
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        in_cases += (token.kind is Kind.BEGIN) - (token.kind is Kind.END)
        if depth > 0 or in_cases:
            current.append(token)
        elif token.kind is Kind.RELATION:
            close_member()
            relation = token.text
        elif token.kind in (Kind.COMMA, Kind.ARROW):
            close_chain()
        elif token.kind is Kind.ROW:
            joins = bool(current) and (current[-1].kind is Kind.OPERATOR or index in may_go_on)
            if not joins and index not in goes_on:
                close_chain()
        elif token.kind is not Kind.COLUMN:
            current.append(token)
    close_chain()
    whole = ([part for part in chain if part.tokens] for chain in chains)
    return sorted((chain for chain in whole if len(chain) > 1), key=lambda it: it[0].tokens[0].start)


def _joined_rows(tokens: Sequence[Token]) -> tuple[set[int], set[int]]:
    """The ends of rows after which a formula goes on, and those after which it does if something stands before them."""
    goes_on: set[int] = set()
    may_go_on: set[int] = set()
    following: Token | None = None
    relation_in_row = relation_after = False
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.kind is Kind.ROW:
            if following is None or following.kind is Kind.RELATION:
                goes_on.add(index)
            elif following.kind is Kind.OPERATOR and not (relation_after and following.text == "-"):
                may_go_on.add(index)
            relation_in_row = False
        elif token.kind is not Kind.COLUMN:
            relation_in_row = relation_in_row or token.kind is Kind.RELATION
            following, relation_after = token, relation_in_row
    return goes_on, may_go_on


# --- Equations side by side


def _by_columns(tokens: list[Token]) -> list[Token]:
    """The tokens with equations that stand side by side one below the other: each goes on in its own columns."""
    if not any(token.kind is Kind.COLUMN for token in tokens):
        return tokens
    rows = _rows(tokens)
    breaks = sorted({place for row, _ in rows for place in _breaks(row)})
    if not breaks:
        return tokens
    groups: list[list[Token]] = [[] for _ in range(len(breaks) + 1)]
    for row, end in rows:
        of_row = {0, *(bisect(breaks, at) for at, cell in enumerate(row) if _relation_in(cell) is not None)}
        group = 0
        touched: dict[int, None] = {}
        for at, cell in enumerate(row):
            # What stands in columns without a relation belongs to the equation before them.
            group = bisect(breaks, at) if bisect(breaks, at) in of_row else group
            groups[group].extend(cell)
            touched[group] = None
        if end is not None:
            for group in touched:
                groups[group].append(end)
    parting = [Token(Kind.COMMA, ",", tokens[-1].end, tokens[-1].end, glued=False)]
    return [token for group in groups for token in (*group, *parting)]


_Cell = list[Token]


def _rows(tokens: Sequence[Token]) -> list[tuple[list[_Cell], Token | None]]:
    """The rows, each with its cells and the token that ends it."""
    rows: list[tuple[list[_Cell], Token | None]] = []
    cells: list[_Cell] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.kind in (Kind.OPEN, Kind.BEGIN)) - (token.kind in (Kind.CLOSE, Kind.END))
        if depth <= 0 and token.kind is Kind.COLUMN:
            cells.append([])
        elif depth <= 0 and token.kind is Kind.ROW and token.text != "\n":
            rows.append((cells, token))
            cells = [[]]
        else:
            cells[-1].append(token)
    rows.append((cells, None))
    return rows


def _relation_in(cell: _Cell) -> int | None:
    """Where in a cell its first relation stands."""
    depth = 0
    for at, token in enumerate(cell):
        depth += (token.kind in (Kind.OPEN, Kind.BEGIN)) - (token.kind in (Kind.CLOSE, Kind.END))
        if depth <= 0 and token.kind is Kind.RELATION:
            return at
    return None


def _breaks(row: Sequence[_Cell]) -> Iterator[int]:
    """The cells of a row in which another equation begins: a complete one before, a relation with a left side after."""
    begun: int | None = None
    related = complete = False
    for at, cell in enumerate(row):
        inside = [token for token in cell if token.kind is not Kind.ROW]
        if inside and inside[0].kind not in (Kind.RELATION, Kind.OPERATOR) and complete and begun is None:
            begun = at
        relation = _relation_in(inside)
        if relation is None:
            goes_on = bool(inside) and (related or inside[0].kind is Kind.OPERATOR)
            complete = complete or goes_on
            continue
        if begun is not None and (relation > 0 or at > begun):
            yield begun
        begun = None
        related, complete = True, relation + 1 < len(inside)
