"""Reads ASCII formulas the way Python does, and calculates them: a second reader of what `plain` writes."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
}

_NUMERAL = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:e-?\d+)?)")


Functions = Mapping[str, Callable[[Any], Any]]


def calculate(
    text: str,
    number: Callable[[str], Any],
    exp: Callable[[Any], Any],
    names: Mapping[str, Any],
    functions: Functions = MappingProxyType({}),
) -> Any:
    """The value of a formula, its numerals read by `number`; ids such as `dE_total/dw5+@3` stand for values.

    Each id becomes a Python name of its own first, the longest first.
    """
    ids = sorted(names, key=len, reverse=True)
    found: dict[str, str] = {}
    if ids:
        pattern = "|".join(re.escape(id_) for id_ in ids)

        def renamed(match: re.Match[str]) -> str:
            return found.setdefault(match[0], f"q{len(found)}q")

        text = re.sub(rf"(?<![\w@])(?:{pattern})(?![\w@])", renamed, text)
    values = {name: names[id_] for id_, name in found.items()}
    text = _NUMERAL.sub(r"n('\1')", text)
    return _value(ast.parse(text, mode="eval").body, number, {**functions, "exp": exp}, values)


def _value(node: ast.expr, number: Callable[[str], Any], functions: Functions, values: Mapping[str, Any]) -> Any:
    def value(part: ast.expr) -> Any:
        return _value(part, number, functions, values)

    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Call(func=ast.Name(id="n"), args=[ast.Constant(value=str(digits))]):
            return number(digits)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return functions[name](value(argument))
        case ast.IfExp(test=ast.Compare(left=left, ops=[comparison], comparators=[right]), body=then, orelse=otherwise):
            holds = _COMPARISONS[type(comparison)](value(left), value(right))
            return value(then if holds else otherwise)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -value(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return value(left) + value(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return value(left) - value(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return value(left) * value(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return value(left) / value(right)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return value(left) ** int(value(right))
        case _:
            raise ValueError(f"no formula of ours: {ast.dump(node)}")
