"""What one work may cost, at its bound on both sides."""

from __future__ import annotations

import pytest

from symbackprop.checking import budget as module
from symbackprop.checking.budget import Budget, OutOfBudget, PartSpent


def test_steps_are_counted_up_to_the_bound() -> None:
    budget = Budget(most=5)
    budget.spend(2)
    budget.spend(3)
    assert budget.spent == 5
    for _ in range(2):
        with pytest.raises(OutOfBudget, match=r"^it takes more than 5 steps$"):
            budget.spend()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1_000_000.0, "1,000,000"), (0.00000001, "0.00000001"), (12345678.25, "12,345,678.25"), (1e11, "100,000,000,000")],
)
def test_a_limit_is_told_in_all_its_digits(seconds: float, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter((0.0, 2 * seconds))
    monkeypatch.setattr(module, "monotonic", lambda: next(now))
    with pytest.raises(OutOfBudget, match=f"^it takes longer than the time limit of {said} seconds$"):
        Budget(seconds=seconds).spend()


def test_seconds_end_it_only_where_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    unhurried, hurried = Budget(), Budget(seconds=1.5)
    hurried.spend()
    now[0] = 1.6
    unhurried.spend(10_000)
    hurried.spend(100)
    with pytest.raises(OutOfBudget, match=r"^it takes longer than the time limit of 1.5 seconds$"):
        hurried.spend(500)


def test_a_part_ends_by_itself_and_costs_the_whole() -> None:
    whole = Budget(most=10)
    part = whole.part(3)
    part.spend(3)
    with pytest.raises(PartSpent):
        part.spend()
    assert whole.spent == 3
    whole.spend(5)
    other = whole.part(100)
    with pytest.raises(OutOfBudget) as spent:
        other.spend(3)
    assert not isinstance(spent.value, PartSpent)
