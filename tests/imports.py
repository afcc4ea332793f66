"""Reads the source of a package, without running it: who imports whom, and when."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One imported module. `at_once` tells whether importing the importer already runs it."""

    target: str
    line: int
    at_once: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module of the package by its full name, with what it imports from anywhere."""

    name: str
    is_package: bool
    source: str
    tree: ast.Module
    imports: tuple[Import, ...]

    @property
    def package(self) -> str:
        """The package that the module belongs to; an `__init__` belongs to its own."""
        return self.name if self.is_package else self.name.rpartition(".")[0]


Package = Mapping[str, Module]


def read_package(folder: Path) -> Package:
    """Read every module below `folder`, whose own name is the package's."""
    sources = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        sources[".".join(parts)] = path.read_text(encoding="utf-8")
    return parse_package(sources)


def parse_package(sources: Mapping[str, str]) -> Package:
    """Parse modules given as text; a name that ends with `.__init__` is a package."""
    known = {name.removesuffix(".__init__") for name in sources}
    modules = (_parse(name, source, known) for name, source in sources.items())
    return {module.name: module for module in modules}


def _parse(name: str, source: str, known: set[str]) -> Module:
    is_package = name.endswith(".__init__")
    plain = name.removesuffix(".__init__")
    tree = ast.parse(source, filename=name)
    package = plain if is_package else plain.rpartition(".")[0]
    return Module(
        name=plain,
        is_package=is_package,
        source=source,
        tree=tree,
        imports=tuple(_imports(tree, package, known, at_once=True)),
    )


def _imports(node: ast.AST, package: str, known: set[str], *, at_once: bool) -> Iterator[Import]:
    """Yield the imports below a node; those in functions and under TYPE_CHECKING don't run at once."""
    match node:
        case ast.Import(names=names):
            for name in names:
                yield Import(target=name.name, line=node.lineno, at_once=at_once)
        case ast.ImportFrom():
            for target in _targets(node, package, known):
                yield Import(target=target, line=node.lineno, at_once=at_once)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            yield from _below(node, package, known, at_once=False)
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            for child in node.body:
                yield from _imports(child, package, known, at_once=False)
            for child in node.orelse:
                yield from _imports(child, package, known, at_once=at_once)
        case _:
            yield from _below(node, package, known, at_once=at_once)


def _below(node: ast.AST, package: str, known: set[str], *, at_once: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, package, known, at_once=at_once)


def _targets(node: ast.ImportFrom, package: str, known: set[str]) -> Iterator[str]:
    """Resolve `from X import a, b`: a submodule where there is one of that name, else X itself."""
    base = node.module or ""
    if node.level:
        parents = package.split(".")
        here = ".".join(parents[: len(parents) - node.level + 1])
        base = f"{here}.{base}" if base else here
    submodules = (f"{base}.{name.name}" for name in node.names)
    yield from dict.fromkeys(name if name in known else base for name in submodules)


def runs_at_once(package: Package, start: str) -> Mapping[str, str]:
    """Return every module that runs when `start` is imported, each with the module that asks for it.

    Importing `a.b.c` runs `a/__init__.py` and `a/b/__init__.py` too: an `__init__` that imports sympy is paid
    for by every module below it.
    """
    asked_by: dict[str, str] = {start: ""}
    waiting = [start]
    while waiting:
        name = waiting.pop()
        module = package.get(name)
        wanted = [each.target for each in module.imports if each.at_once] if module else []
        if module:
            wanted += [parent for parent in ancestors(name) if parent in package]
        for target in wanted:
            if target not in asked_by:
                asked_by[target] = name
                waiting.append(target)
    return asked_by


def ancestors(name: str) -> Iterator[str]:
    """Yield the packages around a module, the nearest first."""
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def find_cycle(arrows: Mapping[str, set[str]]) -> list[str]:
    """Return modules that import each other in a circle, the first one again at the end; empty if none do."""
    finished: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in finished:
            return []
        for target in sorted(arrows.get(name, ())):
            circle = visit(target, [*path, name])
            if circle:
                return circle
        finished.add(name)
        return []

    for name in sorted(arrows):
        circle = visit(name, [])
        if circle:
            return circle
    return []
