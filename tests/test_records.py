"""A record behaves as a frozen dataclass with slots does."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, replace
from typing import Any

import pytest

from symbackprop.records import record


@record
class Pair:
    """Two numbers."""

    left: int
    right: int = 2


@record
class Twin:
    """Two other numbers."""

    left: int
    right: int = 2


@record(kw_only=True)
class Named:
    """Fields by name only, one made anew for each record, one that isn't compared."""

    name: str
    parts: list[int] = field(default_factory=list)
    aside: int = field(default=0, repr=False, compare=False)


@record
class Nothing:
    """No field at all."""


@dataclass(frozen=True, slots=True)
class Model:
    """The same as `Pair`, by the standard library."""

    left: int
    right: int = 2


def test_records_are_compared_and_hashed_by_their_fields() -> None:
    assert Pair(1) == Pair(1, 2)
    assert Pair(1) != Pair(2)
    others: list[object] = [Twin(1), (1, 2)]
    assert Pair(1) not in others
    assert hash(Pair(1)) == hash(Pair(1, 2)) == hash(Model(1))
    assert Nothing() == Nothing()
    assert Named(name="a", aside=1) == Named(name="a")


def test_a_record_shows_its_fields() -> None:
    assert repr(Pair(1)) == repr(Model(1)).replace("Model", "Pair")
    assert repr(Named(name="a", aside=1)) == "Named(name='a', parts=[])"


def test_a_default_is_made_for_each_record() -> None:
    assert Named(name="a").parts is not Named(name="a").parts
    assert Named(name="a", parts=[1]).parts == [1]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda pair: setattr(pair, "left", 2),
        lambda pair: setattr(pair, "other", 2),
        lambda pair: delattr(pair, "left"),
    ],
)
def test_a_record_is_frozen(attempt: Callable[[Pair], None]) -> None:
    with pytest.raises(FrozenInstanceError):
        attempt(Pair(1))


@pytest.mark.parametrize(
    ("made", "positional", "named", "said"),
    [
        (Pair, (), {}, "left"),
        (Pair, (1, 2, 3), {}, "4 were given"),
        (Named, ("a",), {}, "positional"),
        (Pair, (1,), {"middle": 2}, "middle"),
    ],
)
def test_a_wrong_argument_is_refused(
    made: Callable[..., object], positional: tuple[Any, ...], named: dict[str, Any], said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        made(*positional, **named)


def test_the_standard_library_knows_its_fields() -> None:
    assert asdict(Pair(1)) == {"left": 1, "right": 2}
    assert replace(Pair(1), right=3) == Pair(1, 3)
    match Pair(1, 5):
        case Pair(left, right):
            assert (left, right) == (1, 5)
    assert not hasattr(Pair(1), "__dict__")


def _pickled(pair: Pair) -> Pair:
    found = pickle.loads(pickle.dumps(pair))  # noqa: S301 - written a moment before
    assert isinstance(found, Pair)
    return found


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, _pickled])
def test_a_record_can_be_copied(copied: Callable[[Pair], Pair]) -> None:
    assert copied(Pair(1, 7)) == Pair(1, 7)


@record
class Ordered:
    """Two numbers, the smaller one first."""

    low: int
    high: int

    def __post_init__(self) -> None:
        """Holds them to their order."""
        assert self.low <= self.high, "out of order"


def test_a_record_checks_itself_when_it_is_made_or_changed() -> None:
    it = Ordered(1, high=2)
    with pytest.raises(AssertionError, match="out of order"):
        Ordered(2, 1)
    with pytest.raises(AssertionError, match="out of order"):
        replace(it, low=3)
