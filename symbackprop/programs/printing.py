"""The functions by which a program prints its figures as a walkthrough does."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.derivation.values import LEAST_SIGNIFICANT
from symbackprop.pages.phrases import Phrases
from symbackprop.programs.source import Source


def write_printing(source: Source, functions: Iterable[list[str]], phrases: Phrases, decimals: int) -> None:
    """Writes the program's own functions, and those that print."""
    for lines in functions:
        source.add("", "", *lines)
    write_shown(source, phrases, decimals)
    source.add(
        "",
        "",
        "def show(**figures):",
        "    for name, value in figures.items():",
        '        print(f"{name} = {shown(value)}")',
        "",
        "",
        "def show_row(done, *figures):",
        '    print(f"{done:>9}", *map(shown, figures), sep="  ")',
        "",
        "",
    )


def write_shown(source: Source, phrases: Phrases, decimals: int) -> None:
    """Writes the function that gives a figure its digits: small ones keep a few significant ones."""
    few = min(LEAST_SIGNIFICANT, decimals)
    source.add("", "", "def shown(value):")
    source.depth += 1
    source.comment(phrases.plain("program.shown"))
    exponent = few - 1 - decimals
    small = "1" if exponent == 0 else f"1e{exponent}"
    source.add(
        f"if value == 0 or abs(value) >= {small}:",
        f'    return f"{{value:.{decimals}f}}"',
        f'return f"{{value:.{max(LEAST_SIGNIFICANT, decimals) - 1}e}}"',
    )
    source.depth -= 1


SHOW_MATRICES = (
    "",
    "",
    "def rows_of(value):",
    '    value = value.tolist() if hasattr(value, "tolist") else value',
    "    value = value if isinstance(value, list) else [value]",
    "    if not isinstance(value[0], list):",
    "        return [value]",
    "    return [row for part in value for row in rows_of(part)]",
    "",
    "",
    "def show(name, value):",
    '    print(f"{name} =")',
    "    for row in rows_of(value)[:6]:",
    '        print("   ", *map(shown, row[:6]), *(["..."] if len(row) > 6 else []))',
    "    if len(rows_of(value)) > 6:",
    '        print("    ...")',
    "",
    "",
    "def show_row(done, *figures):",
    "    numbers = [number for figure in figures for row in rows_of(figure) for number in row]",
    '    print(f"{done:>9}", *map(shown, numbers), sep="  ")',
)
"""The functions that print matrices: rows one below the other, large ones from their first corner."""
