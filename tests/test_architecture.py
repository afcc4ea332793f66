"""Holds the package to its plan: who may import whom, what stays light, how long a thing may get.

The plan is the table below; docs/architecture.md tells the reasons. Where building shows a better cut, change
both. Each rule is a function from a package to its violations, and has a broken package that it must reject.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.imports import Package, find_cycle, parse_package, read_package, runs_at_once

NAME = "symbackprop"
FOLDER = Path(__file__).parents[1] / NAME

# A module imports from lower floors, or from its own package on its own floor. `x.*` is x and all below it;
# a name without a star is that module alone, and wins over a star.
FLOORS = {
    "records": -1,
    "errors": 0,
    "formats": 0,
    "wording": 0,
    "streams": 0,
    "leftovers": 1,
    "pages.escape": 0,
    "typeset.*": 0,
    "pages": 0,  # the empty __init__.py
    "card": 1,
    "functions.*": 1,
    "pages.figures.*": 1,
    "pages.languages": 1,
    "network": 2,
    "network_file": 2,
    "network_writer": 2,
    "agreement": 2,
    "data_file": 2,
    "file_keys": 2,
    "layers_file": 2,
    "seeded": 2,
    "training_file": 2,
    "notation_file": 2,
    "numerals": 2,
    "places": 2,
    "toml_slips": 2,
    "files": 2,
    "sizes": 3,
    "resources": 2,
    "pages.canvas": 2,
    "pages.document": 2,
    "pages.ledger": 3,
    "pages.questions": 3,
    "pages.shared_formulas": 3,
    "pages.broken_templates": 4,
    "pages.template_packages": 4,
    "pages.typst_filters": 4,
    "pdf.*": 4,
    "derivation.*": 3,
    "pages.phrases": 3,
    "pages.terminal": 3,
    "pages.framing": 3,
    "pages.allowance": 4,
    "pages.closures": 4,
    "pages.growing": 4,
    "pages.render": 4,
    "pages.sandbox": 4,
    "pages.templates": 4,
    "frameworks.*": 4,
    "checking": 5,  # the empty __init__.py
    "checking.budget": 5,
    "checking.estimates": 5,
    "checking.snags": 5,
    "checking.work": 5,
    "checking.verdicts": 5,
    "checking.claims": 5,
    "checking.calculation": 5,
    "checking.truth": 5,
    "checking.figures": 5,
    "checking.habit": 5,
    "checking.own": 5,
    "checking.reading.*": 6,
    "checking.mistakes.*": 6,
    "checking.sources.*": 7,
    "checking.judging.*": 7,
    "checking.*": 8,
    "pages.narrate.*": 9,
    "live.*": 10,
    "export": 10,
    "programs.*": 10,
    "report_json": 10,
    "training_report": 10,
    "api": 11,
    "reporting": 11,
    "__init__": 11,
    "commands": 12,
    "check_command": 12,
    "import_command": 12,
    "cli": 13,
    "__main__": 14,
}

_READERS = (
    "network_file",
    "network_writer",
    "agreement",
    "data_file",
    "file_keys",
    "layers_file",
    "notation_file",
    "numerals",
    "places",
    "seeded",
    "training_file",
)
# The second opinion's rooms. They know each other, and nothing else of the wing that they hold to account.
ORACLE = (
    "derivation.oracle",
    "derivation.oracle_functions",
    "derivation.oracle_questions",
    "derivation.oracle_shape",
    "derivation.oracle_updates",
)
# Of `functions` they may know the names, but neither definitions nor derivatives.
ORACLE_KNOWS = {"Activation", "Loss"}

_NETWORKS = ("derivation.*", "network", *_READERS)

# What is on the left never imports what is on the right, wherever their floors are. The two wings meet in
# `narrate`, which tells (pages) what is true (derivation).
WALLS = {
    "derivation.*": ("pages.*",),
    "pages.document": _NETWORKS,
    "pages.figures.*": _NETWORKS,
    "pages.phrases": _NETWORKS,
    "pages.framing": _NETWORKS,
    "pages.render": _NETWORKS,
    # The second opinion shares no rule with the derivation that it checks.
    **dict.fromkeys(ORACLE, ("derivation.*", "typeset.*")),
}

# Importing these takes most of a second; --help, `list` and a bad network file shall not wait for it.
HEAVY = ("sympy", "flint", "jinja2")
LIGHT_UP_TO = 2
ALSO_LIGHT = ("__init__", "commands", "cli", "__main__")

LONGEST_FILE = 800
LONGEST_FUNCTION = 60

# These run text as code. Input is read by readers of our own.
RUNS_TEXT = {"eval", "exec", "sympify", "parse_expr", "parse_latex", "S", "__import__"}
MAY_RUN_TEXT = {
    "derivation.code": {"exec"},  # code that it has just written itself, from its own patterns
    "records": {"exec"},  # initializers, from the names of fields
}

Rule = Callable[[Package], list[str]]


def short(name: str) -> str:
    """Return a module's name as the tables write it."""
    return "__init__" if name == NAME else name.removeprefix(f"{NAME}.")


def matches(pattern: str, name: str) -> bool:
    """Tell whether a table's pattern means a module."""
    if pattern.endswith(".*"):
        stem = pattern.removesuffix(".*")
        return name == stem or name.startswith(f"{stem}.")
    return name == pattern


def floor_of(name: str) -> int | None:
    """Look a module up: its own row first, then the longest row with a star."""
    if name in FLOORS:
        return FLOORS[name]
    stars = [pattern for pattern in FLOORS if pattern.endswith(".*") and matches(pattern, name)]
    return FLOORS[max(stars, key=len)] if stars else None


def arrows(package: Package) -> Iterator[tuple[str, str, int]]:
    """Yield importer, imported and line for each import within the package."""
    for module in package.values():
        for each in module.imports:
            if each.target == NAME or each.target.startswith(f"{NAME}."):
                yield module.name, each.target, each.line


# --- The rules --------------------------------------------------------------------------------------------


def every_module_has_a_floor(package: Package) -> list[str]:
    """A new module is put into the table first."""
    return [f"{name} is not in the table of floors" for name in map(short, package) if floor_of(name) is None]


def every_row_has_a_module(package: Package) -> list[str]:
    """A row without a module is a plan that nobody carried out, or a name that changed."""
    return [f"no module for the row {row}" for row in FLOORS if not any(matches(row, short(name)) for name in package)]


def every_import_exists(package: Package) -> list[str]:
    """A name that no file has would slip through every other rule."""
    return [
        f"{short(source)}:{line} imports {short(target)}, which doesn't exist"
        for source, target, line in arrows(package)
        if target not in package
    ]


def imports_go_down(package: Package) -> list[str]:
    """To a lower floor, or to a neighbour: same floor, same package."""
    found = []
    for source, target, line in arrows(package):
        here, there = floor_of(short(source)), floor_of(short(target))
        if target not in package or here is None or there is None or there < here:
            continue
        if there > here or package[source].package != package[target].package:
            found.append(f"{short(source)}:{line} (floor {here}) imports {short(target)} (floor {there})")
    return found


def nothing_passes_a_wall(package: Package) -> list[str]:
    """The wings don't know each other, nor does the oracle know what it checks."""
    return [
        f"{short(source)}:{line} imports {short(target)} through the wall of {wall}"
        for source, target, line in arrows(package)
        for wall, beyond in WALLS.items()
        if matches(wall, short(source)) and any(matches(pattern, short(target)) for pattern in beyond)
        if not {short(source), short(target)} <= {*ORACLE}
    ]


def the_oracle_reads_no_formula(package: Package) -> list[str]:
    """What a function is and how it is differentiated, it says itself."""
    found = []
    for source, target, line in arrows(package):
        if short(source) in ORACLE and matches("functions.*", short(target)):
            froms = (
                it for it in ast.walk(package[source].tree) if isinstance(it, ast.ImportFrom) and it.lineno == line
            )
            names = {each.name for it in froms for each in it.names} or {"all of it"}
            found += [f"{short(source)}:{line} takes {name} from functions" for name in sorted(names - ORACLE_KNOWS)]
    return found


def nothing_goes_in_a_circle(package: Package) -> list[str]:
    """Not even by an import within a function."""
    graph: dict[str, set[str]] = {}
    for source, target, _ in arrows(package):
        graph.setdefault(source, set()).add(target)
    circle = find_cycle(graph)
    return [" -> ".join(map(short, circle))] if circle else []


def the_lower_floors_stay_light(package: Package) -> list[str]:
    """Neither they nor the command line import what is heavy at once, directly or through others."""
    found = []
    for name in package:
        floor = floor_of(short(name))
        if short(name) not in ALSO_LIGHT and (floor is None or floor > LIGHT_UP_TO):
            continue
        asked_by = runs_at_once(package, name)
        for target in sorted(asked_by):
            if target.partition(".")[0] in HEAVY:
                asker = short(asked_by[target])
                found.append(f"importing {short(name)} imports {target} (by {asker})")
    return found


def nothing_is_too_long(package: Package) -> list[str]:
    """A file is read in one sitting, a function on one screen."""
    found = []
    for module in package.values():
        lines = len(module.source.splitlines())
        if lines > LONGEST_FILE:
            found.append(f"{short(module.name)} has {lines} lines, of {LONGEST_FILE} at most")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    found.append(f"{short(module.name)}:{node.lineno} {node.name} has {length} lines")
    return found


def nothing_runs_text(package: Package) -> list[str]:
    """Whatever it is called by: its name, an attribute, an alias."""
    found = []
    for module in package.values():
        allowed = MAY_RUN_TEXT.get(short(module.name), set())
        for node in ast.walk(module.tree):
            place = f"{short(module.name)}:{getattr(node, 'lineno', 0)}"
            found += [f"{place} uses {name}" for name in _names(node) if name in RUNS_TEXT - allowed]
    return found


def _names(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return (name,)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return tuple(part for each in names for part in each.name.split("."))
        case _:
            return ()


# --- The package keeps them -------------------------------------------------------------------------------

RULES: tuple[Rule, ...] = (
    every_module_has_a_floor,
    every_row_has_a_module,
    every_import_exists,
    imports_go_down,
    nothing_passes_a_wall,
    the_oracle_reads_no_formula,
    nothing_goes_in_a_circle,
    the_lower_floors_stay_light,
    nothing_is_too_long,
    nothing_runs_text,
)


@cache
def the_package() -> Package:
    return read_package(FOLDER)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps(rule: Rule) -> None:
    violations = rule(the_package())
    assert not violations, "\n".join(violations)


# --- Each rule rejects what it is there for ---------------------------------------------------------------

_LONG = "\n".join(["def long():", *["    pass"] * LONGEST_FUNCTION])

REJECTED: list[tuple[Rule, dict[str, str], str]] = [
    (every_module_has_a_floor, {"surprise": ""}, "surprise is not in the table"),
    (every_module_has_a_floor, {"pages.surprise": ""}, "pages.surprise is not in the table"),
    (every_row_has_a_module, {"errors": ""}, "no module for the row cli"),
    (every_import_exists, {"network": "from symbackprop.gone import x"}, "imports gone"),
    (every_import_exists, {"network": "import symbackprop.gone"}, "imports gone"),
    (
        imports_go_down,
        {"network": "from symbackprop.api import load", "api": ""},
        "network:1 (floor 2) imports api (floor 11)",
    ),
    (imports_go_down, {"network": "from symbackprop import api", "api": ""}, "imports api"),
    (imports_go_down, {"network": "def f():\n    from .api import load", "api": ""}, "network:2"),
    (imports_go_down, {"network": "if TYPE_CHECKING:\n    from . import api", "api": ""}, "network:2"),
    (
        imports_go_down,
        {"pages.document": "from symbackprop.files import x", "files": ""},
        "pages.document:1 (floor 2) imports files (floor 2)",
    ),
    (
        imports_go_down,
        {"typeset.latex": "from ..functions import x", "functions": ""},
        "(floor 0) imports functions (floor 1)",
    ),
    (
        nothing_passes_a_wall,
        {"derivation.derive": "from symbackprop.pages.document import x", "pages.document": ""},
        "derivation.derive:1 imports pages.document",
    ),
    (
        nothing_passes_a_wall,
        {"pages.render": "from symbackprop.network import x", "network": ""},
        "pages.render:1 imports network",
    ),
    (
        nothing_passes_a_wall,
        {"derivation.oracle": "from symbackprop.derivation.derive import x", "derivation.derive": ""},
        "derivation.oracle:1 imports derivation.derive",
    ),
    (
        nothing_passes_a_wall,
        {"derivation.oracle_updates": "from symbackprop.derivation.train import x", "derivation.train": ""},
        "derivation.oracle_updates:1 imports derivation.train",
    ),
    (
        nothing_passes_a_wall,
        {"derivation.oracle_functions": "from symbackprop.typeset.formula import x", "typeset.formula": ""},
        "derivation.oracle_functions:1 imports typeset.formula",
    ),
    (
        the_oracle_reads_no_formula,
        {"derivation.oracle": "from symbackprop.functions import LOSSES, Loss", "functions": ""},
        "derivation.oracle:1 takes LOSSES from functions",
    ),
    (
        the_oracle_reads_no_formula,
        {"derivation.oracle_functions": "import symbackprop.functions", "functions": ""},
        "derivation.oracle_functions:1 takes all of it from functions",
    ),
    (
        the_oracle_reads_no_formula,
        {"derivation.oracle": "from symbackprop import functions", "functions": ""},
        "derivation.oracle:1 takes functions from functions",
    ),
    (
        nothing_goes_in_a_circle,
        {
            "network": "from symbackprop.files import x",
            "files": "from symbackprop.places import x",
            "places": "def f():\n    from symbackprop.network import x",
        },
        "files -> places -> network -> files",
    ),
    (nothing_goes_in_a_circle, {"__init__": "from symbackprop import x"}, "__init__ -> __init__"),
    (the_lower_floors_stay_light, {"network": "import sympy.core"}, "imports sympy.core (by network)"),
    (the_lower_floors_stay_light, {"functions": "class A:\n    from flint import arb"}, "imports flint"),
    (the_lower_floors_stay_light, {"files": "try:\n    import jinja2\nexcept E:\n    pass"}, "jinja2"),
    (
        the_lower_floors_stay_light,
        {"cli": "from symbackprop import api", "api": "from sympy import diff"},
        "importing cli imports sympy (by api)",
    ),
    (
        the_lower_floors_stay_light,
        {"network": "", "__init__": "from symbackprop.api import x", "api": "import sympy"},
        "importing network imports sympy (by api)",
    ),
    (nothing_is_too_long, {"network": "\n" * LONGEST_FILE + "x = 1"}, "network has 801 lines"),
    (nothing_is_too_long, {"network": _LONG}, "network:1 long has 61 lines"),
    (nothing_runs_text, {"network": "x = eval('1')"}, "network:1 uses eval"),
    (nothing_runs_text, {"network": "import sympy\nx = sympy.sympify('1')"}, "network:2 uses sympify"),
    (nothing_runs_text, {"network": "from sympy import sympify as s"}, "network:1 uses sympify"),
    (nothing_runs_text, {"network": "import builtins\nrun = builtins.exec"}, "network:2 uses exec"),
    (nothing_runs_text, {"network": "from sympy import S\nx = S('1')"}, "uses S"),
    (nothing_runs_text, {"derivation.code": "x = eval('1')"}, "derivation.code:1 uses eval"),
]


def _package(files: dict[str, str]) -> Package:
    """Build a package from modules named as in the table, with the `__init__` files that it needs."""
    parents = {name.rpartition(".")[0] for name in files if "." in name}
    inits = {f"{NAME}.{parent}.__init__": "" for parent in parents}
    modules = {f"{NAME}.{name}": source for name, source in files.items()}
    return parse_package({f"{NAME}.__init__": ""} | inits | modules)


@pytest.mark.parametrize(("rule", "files", "said"), REJECTED)
def test_a_rule_rejects(rule: Rule, files: dict[str, str], said: str) -> None:
    violations = rule(_package(files))
    assert any(said in violation for violation in violations), violations


def test_every_rule_has_something_to_reject() -> None:
    assert {rule for rule, _, _ in REJECTED} == set(RULES)


@pytest.mark.parametrize(
    "files",
    [
        {"network": "from symbackprop.errors import x", "errors": ""},
        {"places": "from symbackprop.network import x", "network": ""},
        {"cli": "def f():\n    from symbackprop import api", "api": "import sympy"},
        {"__init__": "if TYPE_CHECKING:\n    from symbackprop.api import x", "api": "import sympy"},
        {"derivation.code": "exec('1')"},
        {"network": "import re\nx = re.compile('eval')"},
        {"derivation.derive": "import sympy"},
        {
            "derivation.oracle": "from symbackprop.derivation.oracle_shape import x",
            "derivation.oracle_shape": "from symbackprop.functions import Activation",
            "functions": "",
        },
    ],
)
def test_what_is_allowed_passes(files: dict[str, str]) -> None:
    rules = [rule for rule in RULES if rule is not every_row_has_a_module]
    assert [violation for rule in rules for violation in rule(_package(files))] == []
