"""Compiled patterns: the ones that are loops calculate the same as straight-line code."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop.derivation.code import Arithmetic, code_of, compiled
from symbackprop.derivation.keys import WeightedSum
from symbackprop.derivation.patterns import work_out


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("inputs", [99, 100, 101, 150])
@pytest.mark.parametrize("arithmetic", list(Arithmetic))
def test_a_wide_sum_is_the_sum_of_its_formula(arithmetic: Arithmetic, inputs: int, *, bias: bool) -> None:
    key = WeightedSum(inputs=inputs, bias=bias)
    written_out = compiled(work_out(key).result, arithmetic)
    numbers = {slot: arithmetic.number(Fraction(3, number + 7)) for number, slot in enumerate(written_out.slots)}
    code = code_of(key, arithmetic)
    assert {*code.slots} == {*written_out.slots}
    found = code.run(*(numbers[slot] for slot in code.slots))
    assert found == written_out.run(*(numbers[slot] for slot in written_out.slots))
