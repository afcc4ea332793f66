"""Which mistake it is to take one quantity for another, or to leave one out."""

from __future__ import annotations

from collections.abc import Iterable

from symbackprop.checking.figures import right_digits
from symbackprop.checking.judging.standard import Standard
from symbackprop.checking.verdicts import Cause, Mistake
from symbackprop.checking.work import Figure
from symbackprop.derivation.balls import absolute
from symbackprop.derivation.graph import Kind
from symbackprop.derivation.ids import split_id
from symbackprop.derivation.steps import Plan


def something_else(plan: Plan, quantity: str | None, wrong: str, instead: str) -> Cause:
    """A name was taken for another: `wrong` stands where `instead` belongs."""
    at = (quantity,) if quantity else ()
    return Cause(mistake=_exchanged(plan, wrong, instead), at=at, taken=wrong, right=instead)


def nearest_first(plan: Plan, ids: Iterable[str], wrong: str) -> tuple[str, ...]:
    """Some quantities, those first that are easily taken for another: of its neuron, then of its kind."""
    base = split_id(wrong)[0]
    kind, name = _kind(plan, base), base.rpartition("_")[2].rstrip("+")

    def distance(id_: str) -> int:
        other = split_id(id_)[0]
        if other.rpartition("_")[2].rstrip("+") == name and "/" not in id_:
            return 0
        return 1 if _kind(plan, other) is kind else 2

    return tuple(sorted(ids, key=distance))


def _exchanged(plan: Plan, wrong: str, instead: str) -> Mistake:
    wrong, instead = split_id(wrong)[0], split_id(instead)[0]
    if wrong == f"{instead}+":
        return Mistake.UPDATED_WEIGHTS
    match _kind(plan, wrong), _kind(plan, instead):
        case (Kind.WEIGHT, Kind.WEIGHT):
            return Mistake.WEIGHT_INDEX
        case (Kind.NET, Kind.OUT):
            return Mistake.NET_FOR_OUT
        case (Kind.INPUT, Kind.INPUT):
            return Mistake.ANOTHER_INPUT
        case (Kind.TARGET, Kind.TARGET):
            return Mistake.ANOTHER_TARGET
        case (one, other) if one is other and one is not None:
            return Mistake.NEIGHBOURS_VALUE
        case _:
            return Mistake.WRONG_NAME


def exchange(standard: Standard, quantity: str | None, wrong: Figure, instead: str) -> Cause:
    """A number was put in that isn't the quantity's: its digits mistyped, or another quantity's."""
    at = (quantity,) if quantity else ()
    right = right_digits(absolute(standard.value(instead)), wrong)
    mistake = Mistake.WRONG_NUMBER
    if right is not None and right != wrong.typed:
        shown, true = wrong.typed.replace(".", ""), right.replace(".", "")
        if sorted(shown) == sorted(true):
            mistake = Mistake.DIGITS_TRANSPOSED
        elif any(true[:place] + true[place + 1 :] == shown for place in range(len(true))):
            mistake = Mistake.DIGIT_DROPPED
    return Cause(mistake=mistake, at=at, taken=wrong.typed, right=instead)


def left_out(plan: Plan, factor: str) -> Mistake:
    """Which mistake it is to leave out a factor."""
    base, _ = split_id(factor)
    if _kind(plan, base) is Kind.LEARNING_RATE:
        return Mistake.RATE_FORGOTTEN
    if base.startswith("dout_"):
        is_output = base.startswith("dout_o")
        return Mistake.OUTPUT_DERIVATIVE_LEFT_OUT if is_output else Mistake.HIDDEN_DERIVATIVE_LEFT_OUT
    return Mistake.FACTOR_LEFT_OUT


def left_out_term(plan: Plan, parts: Iterable[str]) -> Mistake:
    """Which mistake it is to leave out a term, by the quantities in it."""
    kinds = {_kind(plan, split_id(part)[0]) for part in parts}
    if kinds == {Kind.BIAS}:
        return Mistake.BIAS_LEFT_OUT
    if Kind.DELTA in kinds or kinds == {Kind.FACTOR}:
        return Mistake.PATH_LEFT_OUT
    return Mistake.TERM_LEFT_OUT


def _kind(plan: Plan, id_: str) -> Kind | None:
    return plan.kind(id_) if id_ in plan else None
