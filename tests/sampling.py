"""Which cases of a test run every time: of those that merely repeat it, one of each kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pytest

Case = Sequence[object]


def one_of_each(cases: Iterable[Case]) -> list[int]:
    """Return the places of a few cases, in their order, among which each value of each column stands at least once.

    The case with the most values that haven't been seen comes next, the first of several such.
    """
    unseen = {place: set(enumerate(map(repr, case))) for place, case in enumerate(cases)}
    chosen = []
    while any(unseen.values()):
        place = max(unseen, key=lambda it: len(unseen[it]))
        chosen.append(place)
        values = frozenset(unseen[place])
        for others in unseen.values():
            others.difference_update(values)
    return sorted(chosen)


def slow_but(always: Collection[str], values: Iterable[str]) -> list[object]:
    """Return the values of a parameter as cases, slow but for those that always run."""
    return [pytest.param(value, marks=() if value in always else pytest.mark.slow) for value in values]
