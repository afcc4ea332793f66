"""Mutants of the package, made by Cosmic Ray, and which of them are taken.

A mutant is taken by a hash of its own line, so that an edit elsewhere leaves it in the sample.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator, operator_names
from parso.python.tree import Name

ROOT = Path(__file__).parents[2]
PARTS = {
    "derivation": ("derivation",),
    "judging": ("checking/judging", "checking/figures.py", "checking/habit.py"),
    "mistakes": ("checking/mistakes",),
    "programs": ("programs",),
    "live": ("live",),
    "typeset": ("typeset",),
}
# For None and members of enums `is` and `==` are the same, and nobody takes + for <<.
_NO_OPERATORS = ("Is_Eq", "Eq_Is", "IsNot_NotEq", "NotEq_IsNot", "LShift", "RShift", "BitAnd", "BitOr", "BitXor")
# A cache changes nothing but time; the flags of a record, an assert and an abstract method only say what is never done.
_NO_LINES = ("@lru_cache", "@cache", "@dataclass", "@record", "@abstractmethod", "assert ")
_NO_FLAGS = ("strict=", "slots=")

Place = tuple[int, int]


class _Exchange(Operator):
    """Takes one of two built-in functions for the other: `all` for `any`, `min` for `max`."""

    pairs: Mapping[str, str] = {"all": "any", "any": "all", "min": "max", "max": "min"}

    def mutation_positions(self, node: Any) -> Iterator[tuple[Place, Place]]:
        if isinstance(node, Name) and node.value in self.pairs and node.get_next_leaf().value == "(":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        del index
        return Name(self.pairs[node.value], node.start_pos, prefix=node.prefix)

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A source with one change: its first and last line, and what stood and stands there."""

    source: str
    lines: tuple[int, int]
    before: str
    after: str
    code: str


def _operators() -> Iterator[tuple[str, Operator]]:
    """Give all of Cosmic Ray's that need no settings, and our own."""
    for name in operator_names():
        if not name.endswith(_NO_OPERATORS) and not get_operator(name).arguments():
            yield name, get_operator(name)()
    yield "exchange", _Exchange()


def sampled(part: str, each: int, seed: int, equivalent: Container[tuple[str, str, str]]) -> Iterator[Mutant]:
    """Give some mutants of a part, those with the least hashes; of all changes at one place only one."""
    ranked = []
    for path in sorted(chain.from_iterable(_sources(ROOT / "symbackprop" / it) for it in PARTS[part])):
        text, source = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        rows, annotated, seen = text.splitlines(), _annotated(text), Counter[str]()
        keys = []
        for row in rows:
            keys.append(f"{seed} {source} {row.strip()} {seen[row.strip()]}")
            seen[row.strip()] += 1
        for (start, end, family), variants in _places(text).items():
            row = rows[start[0] - 1]
            if row.lstrip().startswith(_NO_LINES) or row[: start[1]].endswith(_NO_FLAGS):
                continue
            if any(low <= start < high for low, high in annotated):
                continue
            key = f"{keys[start[0] - 1]} {start[1] - len(row) + len(row.lstrip())} {family}"
            name = min(variants, key=lambda it: _hash(f"{key} {it}"))
            ranked.append((_hash(key), source, text, start[0], end[0], name, variants[name]))
    given, known = 0, dict(_operators())
    for _, source, text, first, last, name, occurrence in sorted(ranked):
        code = mutate_code(text, known[name], occurrence)
        before, after = _difference(text, code)
        if not _is_python(code) or (source, before, after) in equivalent:
            continue
        yield Mutant(source=source, lines=(first, last), before=before, after=after, code=code)
        given += 1
        if given == each:
            return


def _is_python(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def _sources(path: Path) -> Iterable[Path]:
    return path.rglob("*.py") if path.is_dir() else [path]


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _places(text: str) -> Mapping[tuple[Place, Place, str], dict[str, int]]:
    """Give the places where something can be changed by a kind of operator, with which ones, and their occurrence."""
    places: dict[tuple[Place, Place, str], dict[str, int]] = defaultdict(dict)
    nodes = [it for it in ast_nodes(get_ast(text)) if it.type not in ("name", "newline", "string", "file_input")]
    names = [it for it in ast_nodes(get_ast(text)) if it.type == "name"]
    for name, operator in _operators():
        occurrence = 0
        for node in names if name == "exchange" else nodes:
            for start, end in operator.mutation_positions(node):
                places[start, end, name.partition("_")[0]].setdefault(name, occurrence)
                occurrence += 1
    return places


def _annotated(text: str) -> list[tuple[Place, Place]]:
    """Give the places of annotations, which nobody evaluates."""
    rows = text.splitlines()
    found = []
    for node in ast.walk(ast.parse(text)):
        for it in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(it, ast.expr) and it.end_lineno is not None and it.end_col_offset is not None:
                first = len(rows[it.lineno - 1].encode()[: it.col_offset].decode())
                last = len(rows[it.end_lineno - 1].encode()[: it.end_col_offset].decode())
                found.append(((it.lineno, first), (it.end_lineno, last)))
    return found


def _difference(text: str, code: str) -> tuple[str, str]:
    """Give the lines that differ, before and after."""
    old, new = text.splitlines(), code.splitlines()
    same = next((n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
    old, new = old[same:], new[same:]
    while old and new and old[-1] == new[-1] and len(old) > 1 and len(new) > 1:
        old.pop()
        new.pop()
    return "\n".join(it.strip() for it in old), "\n".join(it.strip() for it in new)
