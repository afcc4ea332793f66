"""What the package's code says of its readers: by which functions texts come in, and what tokens they look for."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parse  # type: ignore[attr-defined]
from types import FrameType, ModuleType
from typing import Any

import symbackprop
from tests.imports import Package, read_package

NAME = "symbackprop"

# --- What is in the code ------------------------------------------------------------------------------------------

_FILES = f"{NAME}.files"
_OPENING = frozenset({"read_text", "read_bytes", "read_stream", "open", "FileSystemLoader"})
_PARSING = {"tomllib": {"loads", "load"}, "json": {"loads", "load"}, "csv": {"reader", "DictReader"}}
_ELSEWHERE = frozenset({"FromString", "ParseFromString", "literal_eval", "fromstring"})


def doors(package: Package) -> frozenset[str]:
    """Give the functions, as `module:Class.function`, that open a file or parse a text by a foreign parser."""
    return frozenset(
        f"{module.name.removeprefix(f'{NAME}.')}:{function}"
        for module in package.values()
        if module.name != _FILES
        for aliases in (_aliases(module.tree),)
        for function, calls in _functions(module.tree, "")
        if any(_opens(call, aliases) for call in calls)
    )


def _functions(node: ast.AST, within: str) -> Iterator[tuple[str, list[ast.Call]]]:
    """Yield each function that is no function's part, and what it calls."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield f"{within}{name}", [it for it in ast.walk(child) if isinstance(it, ast.Call)]
            case ast.ClassDef(name=name):
                yield from _functions(child, f"{within}{name}.")
            case _:
                yield from _functions(child, within)


def _aliases(tree: ast.Module) -> frozenset[str]:
    """Give what the functions of `files` are called in a module."""
    return frozenset(
        name.asname or name.name
        for it in ast.walk(tree)
        if isinstance(it, ast.ImportFrom) and it.module == _FILES
        for name in it.names
        if name.name in _OPENING
    )


def _opens(call: ast.Call, aliases: frozenset[str]) -> bool:
    match call.func:
        case ast.Name(id=name):
            return name in aliases or name in ("open", "FileSystemLoader")
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in _PARSING:
            return name in _PARSING[module]
        case ast.Attribute(attr=name):
            return name in _OPENING or name in _ELSEWHERE
        case _:
            return False


@cache
def modules() -> tuple[ModuleType, ...]:
    """Give all modules of the package but the one that runs it."""
    known = read_package(Path(symbackprop.__file__).parent)
    return tuple(import_module(it) for it in known if not it.endswith(".__main__"))


def modules_entered(run: Callable[[], object]) -> frozenset[str]:
    """Give the modules of the package whose functions run."""
    # What runs when a module is imported isn't asked for.
    modules()
    entered: set[str] = set()

    def look(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            entered.add(str(frame.f_globals.get("__name__")))

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        run()
    finally:
        sys.setprofile(before)
    return frozenset(it.removeprefix(f"{NAME}.") for it in entered if it.startswith(f"{NAME}."))


# --- Tokens -------------------------------------------------------------------------------------------------------

_READING = (f"{NAME}.checking.reading.", f"{NAME}.checking.sources.")
_CATEGORIES = {sre.CATEGORY_SPACE: " ", sre.CATEGORY_DIGIT: "0", sre.CATEGORY_WORD: "a"}


def patterns_of(module: ModuleType) -> list[re.Pattern[str]]:
    """Give the regular expressions of a module."""
    return [it for it in vars(module).values() if isinstance(it, re.Pattern) and isinstance(it.pattern, str)]


def tokens_of(module: ModuleType) -> frozenset[str]:
    """Give what the patterns of a module look for, and the single signs that its code compares texts with."""
    found: set[str] = set()
    for pattern in patterns_of(module):
        _collect(sre_parse.parse(pattern.pattern, pattern.flags & ~re.UNICODE), found)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    constants = (it.value for it in ast.walk(tree) if isinstance(it, ast.Constant))
    found |= {it for it in constants if isinstance(it, str) and len(it) == 1 and not it.isalnum()}
    if module.__name__.startswith(_READING):
        found |= set(_commands(module))
    return frozenset(filter(_is_token, found))


def _commands(module: ModuleType) -> Iterator[str]:
    """Yield one command of each table of words, since those of one table are read in the same way."""
    for table in vars(module).values():
        words = list(table) if isinstance(table, frozenset | Mapping) else []
        if words and all(isinstance(it, str) and it.isalpha() and it.isascii() for it in words):
            yield f"\\{min(words)}"
            yield f"\\{min(words)}{{"


def _is_token(text: str) -> bool:
    """Letters and digits are words to every reader: one of each is enough."""
    is_word = text.isalnum() and text.isascii() and text not in ("a", "0")
    return bool(text.strip("\r")) and not is_word and not any("\ud800" <= it <= "\udfff" for it in text)


def _collect(pattern: Any, found: set[str]) -> None:
    run = ""
    for kind, value in pattern:
        if kind is sre.LITERAL:
            run += chr(value)
            continue
        found.add(run)
        run = ""
        match kind:
            case sre.IN:
                found.update(filter(None, map(_one_of, value)))
            case sre.MAX_REPEAT | sre.MIN_REPEAT | sre.POSSESSIVE_REPEAT:
                _collect(value[2], found)
            case sre.SUBPATTERN:
                _collect(value[3], found)
            case sre.BRANCH:
                for each in value[1]:
                    _collect(each, found)
            case sre.ASSERT | sre.ASSERT_NOT:
                _collect(value[1], found)
            case sre.ATOMIC_GROUP:
                _collect(value, found)
            case _:
                pass
    found.add(run)


def _one_of(item: tuple[Any, Any]) -> str:
    """Give one character of a class of them."""
    kind, value = item
    match kind:
        case sre.LITERAL:
            return chr(value)
        case sre.RANGE:
            return chr(value[0])
        case sre.CATEGORY:
            return _CATEGORIES.get(value, "")
        case _:
            return ""


def tokens_known(run: Callable[[], object]) -> frozenset[str]:
    """Give the tokens of all readers' modules that a run goes through."""
    entered = sorted(modules_entered(run))
    modules = [import_module(f"{NAME}.{name}") for name in entered]
    known = [it for it in modules if patterns_of(it) or it.__name__.startswith(_READING)]
    return frozenset(token for module in known for token in tokens_of(module))
