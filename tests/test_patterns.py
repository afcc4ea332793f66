"""Regular expressions say the same on every Python that is supported, Debian 12's 3.11.2 included.

There, possessive repeats and atomic groups over more than a single character match something else, without a word.
"""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import symbackprop

_parser = import_module("re._parser")
of = import_module("re._constants")

FOLDER = Path(symbackprop.__file__).parent
SINGLE = (of.LITERAL, of.NOT_LITERAL, of.IN, of.ANY)
FUNCTIONS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
UNKNOWN = "x"
"""Stands for what an f-string holds, where that isn't known before it runs."""


def over_groups(pattern: str, flags: int = 0) -> int:
    """How many possessive repeats and atomic groups of a pattern go over more than a single character."""
    return sum(1 for _ in _over_groups(_parser.parse(pattern, flags)))


def _over_groups(tree: Any) -> Iterator[None]:
    for operation, argument in tree:
        inner: list[Any] = []
        match operation:
            case of.POSSESSIVE_REPEAT:
                inner = [argument[2]]
                if len(argument[2]) != 1 or argument[2][0][0] not in SINGLE:
                    yield None
            case of.ATOMIC_GROUP:
                inner = [argument]
                yield None
            case of.MAX_REPEAT | of.MIN_REPEAT:
                inner = [argument[2]]
            case of.SUBPATTERN:
                inner = [argument[3]]
            case of.BRANCH:
                inner = argument[1]
            case of.ASSERT | of.ASSERT_NOT:
                inner = [argument[1]]
            case of.GROUPREF_EXISTS:
                inner = [it for it in argument[1:] if it is not None]
        for it in inner:
            yield from _over_groups(it)


def compiled_patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The patterns that the modules of the package hold, alone, in rows or in tables."""
    for module in pkgutil.walk_packages([str(FOLDER)], "symbackprop."):
        if not module.name.endswith("__main__"):
            for name, value in vars(import_module(module.name)).items():
                yield from ((f"{module.name}.{name}", it) for it in _patterns_in(value))


def _patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    match value:
        case re.Pattern() if isinstance(value.pattern, str):
            yield value
        case list() | tuple():
            for it in value:
                yield from _patterns_in(it)
        case dict():
            yield from _patterns_in(list(value.values()))


def written_patterns(source: str) -> Iterator[str]:
    """The patterns that stand as texts in calls of `re`, wherever they are called."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in FUNCTIONS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
        ):
            parts = node.args[0].values if isinstance(node.args[0], ast.JoinedStr) else [node.args[0]]
            yield "".join(str(it.value) if isinstance(it, ast.Constant) else UNKNOWN for it in parts)


def test_no_compiled_pattern_needs_a_patched_python() -> None:
    found = dict(compiled_patterns())
    assert len(found) > 100
    assert [name for name, it in found.items() if over_groups(it.pattern, it.flags)] == []


def test_no_pattern_in_a_call_needs_a_patched_python() -> None:
    found = [(path, it) for path in FOLDER.rglob("*.py") for it in written_patterns(path.read_text(encoding="utf-8"))]
    assert len(found) > 100
    assert [(path.name, it) for path, it in found if _is_bad(it)] == []


def _is_bad(written: str) -> bool:
    flags = re.VERBOSE if "\n" in written else 0
    try:
        return over_groups(written, flags) > 0
    except re.error:  # what an f-string holds makes it whole: such a pattern is looked at once it is compiled
        return False


@pytest.mark.parametrize(
    "pattern",
    ["(?:ab)*+", "(?:a)?+b(?:cd)?+", "(?>ab)", "x(?=(?:ab)*+)", "(a(?:b(?:cd)++)?)", "(a)(?:\\1)++", "(a)*+"],
)
def test_patterns_over_groups_are_told(pattern: str) -> None:
    assert over_groups(pattern) == 1
    assert _is_bad(pattern)
    assert list(written_patterns(f"import re\ndef f(x):\n    return re.search(rf'''{pattern}{{x}}''', x)")) == [
        f"{pattern}x"
    ]


@pytest.mark.parametrize("pattern", [r"\s*+x", "[^a]++b", ".{2,3}+", "a?+(?:ab)*", "(?:ab){3}"])
def test_patterns_over_single_characters_are_fine(pattern: str) -> None:
    assert over_groups(pattern) == 0
