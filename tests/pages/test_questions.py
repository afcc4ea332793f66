"""Conditions as attributes: what the scripts of a page read, and what they can't."""

from __future__ import annotations

import pytest

from symbackprop.pages.document import When
from symbackprop.pages.questions import shown_while
from symbackprop.typeset.formula import (
    ZERO,
    Abs,
    Comparison,
    Condition,
    Exp,
    Formula,
    Negative,
    Quantity,
    Sum,
    constant,
)


def asked(left: Formula, *, now: bool = True) -> str:
    """Give the attributes for a condition above 0."""
    return shown_while(When(conditions=(Condition(left, Comparison.ABOVE, ZERO),), now=now))


def test_nothing_is_asked_of_what_is_always_shown() -> None:
    assert shown_while(None) == ""


def test_a_condition_that_does_not_hold_hides() -> None:
    assert asked(Quantity("net_h1")) == ' data-when="[[&quot;net_h1&quot;,&quot;&gt;&quot;,0.0]]"'
    assert asked(Quantity("net_h1"), now=False).endswith("hidden")


def test_a_side_may_be_calculated() -> None:
    left = Abs(Sum((constant(1, 2), Negative(Quantity("out_o1")))))
    assert "[&quot;abs&quot;,[&quot;+&quot;,0.5,[&quot;-&quot;,&quot;out_o1&quot;]]]" in asked(left)


def test_what_the_scripts_do_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a condition on sums and products, found Exp"):
        asked(Exp(Quantity("net_h1")))
