"""Random formulas for tests, all of which have a value."""

from __future__ import annotations

from hypothesis import strategies as st

from symbackprop.typeset.formula import (
    ONE,
    TWO,
    Abs,
    Apply,
    Cases,
    Comparison,
    Condition,
    Elementary,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    constant,
)

DIGITS = {
    "a": "0.25",
    "b": "-0.5",
    "c": "3",
    "d": "-2",
    "tiny": "1.5e-7",
    "minus_tiny": "-4e-3",
}
"""What each quantity of a random formula shows instead of its name."""

LEAVES: st.SearchStrategy[Formula] = st.sampled_from(
    [*map(Quantity, DIGITS), ONE, TWO, constant(-1), constant(1, 2), constant(-2, 3)]
)


def _larger(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        several.map(Sum),
        several.map(Product),
        parts.map(Negative),
        # Not of any part: a tower of exponentials has no digits that a test could wait for.
        st.builds(Exp, LEAVES | LEAVES.map(Negative)),
        st.builds(Power, parts, st.sampled_from([ONE, TWO, constant(-1), constant(-2), constant(3)])),
        st.builds(Power, parts, st.just(Sum((TWO, Negative(ONE))))),
        st.builds(Quotient, parts, parts),
    )


FORMULAS = st.recursive(LEAVES, _larger, max_leaves=8)
"""Sums, products, powers, fractions and exponentials, which need nothing but a calculator's four rules and exp."""


def _with_functions(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    conditions = st.builds(Condition, LEAVES, st.sampled_from(Comparison), LEAVES)
    return st.one_of(
        _larger(parts),
        # Only where they have a value, and one that a test needn't wait for.
        st.builds(Apply, st.sampled_from(Elementary), LEAVES.map(lambda leaf: Exp(Abs(leaf)))),
        parts.map(Abs),
        parts.map(lambda part: Sqrt(Abs(part))),
        st.builds(Cases, conditions, parts, parts),
    )


ALL_FORMULAS = st.recursive(LEAVES, _with_functions, max_leaves=8)
"""The same with everything else that a formula may hold."""
