"""Names among tokens: how far a name reaches, how it is spelled, and what it means.

Letters that stand together may be one name (`net`) or several (`wx`); what is raised may belong to the name
(`w^{+}`) or be a power (`w^2`). The symbol table decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from symbackprop.checking.reading.name_spelling import Scripts, Spelling, Stand, Unit
from symbackprop.checking.reading.names import Names
from symbackprop.checking.reading.spelling import scripted, tidy
from symbackprop.checking.reading.tokens import Dialect, Kind, Token
from symbackprop.records import record


@record
class Hit:
    """A name that was found: what it means, how it is spelled, and where the tokens after it begin."""

    ids: tuple[str, ...]
    spelling: str
    end: int
    general: bool = False


class NameTokens(Spelling):
    """Reads names in one list of tokens."""

    def __init__(
        self, tokens: Sequence[Token], partner: Mapping[int, int], names: Names, dialect: Dialect, stand: Stand
    ) -> None:
        super().__init__(tokens, partner, dialect, stand)
        self.names = names

    # --- What it means

    def name(self, at: int) -> Hit | None:
        """The name at a position, as long as it means something; None where the first letters mean nothing."""
        units = self.units(at)
        return self._split(units, 0) if units else None

    def _split(self, units: list[Unit], level: int) -> Hit | None:
        for count in range(len(units), 0, -1):
            rest = units[count:]
            if rest and not (units[count - 1].splits or rest[0].splits):
                continue
            base = "".join(it.spelling for it in units[:count])
            if not rest:
                hit = self._with_scripts(base, units[-1].end)
                if hit is not None:
                    return hit
            else:
                ids = self._ids(base, "", "")
                if ids and self._goes_on(rest, level):
                    return Hit(ids, base, units[count - 1].end)
        return None

    def _goes_on(self, rest: list[Unit], level: int) -> bool:
        """Whether what follows a name without a sign between them is something, too."""
        if level >= _MOST_SPLITS:
            return False
        spelling = "".join(it.spelling for it in rest)
        after = rest[-1].end
        if self.latex and MATRIX.fullmatch(tidy(spelling)):
            return True
        if spelling == "e" and self.kind(after) in (Kind.SUP, Kind.POWER):
            return True
        if spelling == "d" or (rest[0].spelling == "d" and self.kind(after) in (Kind.SUB, Kind.OPERATOR)):
            return True
        if self.kind(after) is Kind.OPEN and self.text(after) == "(" and len(spelling) > 1:
            return True
        return self._split(rest, level + 1) is not None

    def _with_scripts(self, base: str, at: int) -> Hit | None:
        for scripts in self.scripts(at):
            ids = self._ids(base, scripts.sub, scripts.sup)
            if scripts.ascii_parentheses and not self.latex:
                # x^(2) in plain text is a power, or a layer; rounds are written with an @.
                ids = tuple(id_ for id_ in ids if "@" not in id_)
                ids = ids or self._ids(base, scripts.sub, scripts.sup.replace("(", "").replace(")", ""))
            if ids:
                return Hit(ids, tidy(scripted(base, scripts.sub, scripts.sup)), scripts.end)
        return None

    def _ids(self, base: str, sub: str, sup: str) -> tuple[str, ...]:
        if not sub and self.stand.suffix:
            ids = self.names.ids(tidy(scripted(base, self.stand.suffix, sup)))
            if ids:
                self.stand.used = True
                return ids
        return self.names.ids(tidy(scripted(base, sub, sup)))

    def whole(self, at: int) -> tuple[str, str, int]:
        """A name that means nothing here: its letters, its index, and where it ends, marks and all."""
        units = self.units(at)
        base = "".join(it.spelling for it in units)
        end = units[-1].end if units else at + 1
        scripts = next(self.scripts(end), Scripts("", "", end))
        return base, scripts.sub, scripts.end


_MOST_SPLITS = 6
MATRIX = re.compile(
    r"[MV](?:hat)?(?:[WU]|delta|[wb])[hoi]?[0-9]{0,3}|(?:[WUJZAX]|Delta)[hoi]?[0-9]{0,3}"
    r"|(?:Net|Out|net|out|delta|b)[hoi]|Target|w0|l"
)
"""A whole layer's, of which there are only entries here: W_h, M_{W_o}, w_0."""
