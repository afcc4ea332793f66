"""Derivations with something wrong in them, which every check has to reject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.families import Family, Step
from symbackprop.derivation.keys import PatternKey
from symbackprop.derivation.pattern import Form, Pattern
from symbackprop.derivation.patterns import work_out
from symbackprop.derivation.steps import Plan
from symbackprop.typeset.formula import Formula, Negative, Product, Sum

Change = Callable[[Pattern], Pattern]


# --- Patterns ---------------------------------------------------------------------------------------------


def with_pattern(derivation: Derivation, key: PatternKey, change: Change) -> Derivation:
    """The derivation with one pattern changed, for all steps that share it."""
    changed = change(work_out(key))
    return replace(derivation, patterns=lambda asked: changed if asked == key else derivation.patterns(asked))


def key_of(derivation: Derivation, id_: str) -> PatternKey:
    """The pattern that a step follows."""
    key = derivation.steps[id_].pattern
    assert key is not None
    return key


def keys_of(derivation: Derivation) -> list[PatternKey]:
    """All patterns that the steps of a derivation follow, each once."""
    return list(dict.fromkeys(step.pattern for step in derivation.steps.values() if step.pattern is not None))


def users(derivation: Derivation, key: PatternKey) -> list[str]:
    """The steps that follow a pattern."""
    return [step.id for step in derivation.steps.values() if step.pattern == key]


def result(formula: Formula) -> Change:
    """Another result."""
    return lambda pattern: replace(pattern, result=formula)


def negated(pattern: Pattern) -> Pattern:
    """The result with another sign."""
    return replace(pattern, result=Negative(pattern.result))


def line(number: int, formula: Formula) -> Change:
    """Another formula for one of the working lines, counted from 1."""

    def change(pattern: Pattern) -> Pattern:
        working = list(pattern.working)
        working[number - 1] = replace(working[number - 1], formula=formula)
        return replace(pattern, working=tuple(working))

    return change


def shortcut(number: int, formula: Formula) -> Change:
    """Another formula for one of the lines that lead to the fused form, counted from 1."""

    def change(pattern: Pattern) -> Pattern:
        lines = list(pattern.shortcut)
        lines[number - 1] = replace(lines[number - 1], formula=formula)
        return replace(pattern, shortcut=tuple(lines))

    return change


def also(form: Form, formula: Formula) -> Change:
    """Another formula for one of the other forms."""
    return lambda pattern: replace(pattern, also={**pattern.also, form: formula})


def first_term(pattern: Pattern) -> Pattern:
    """Only the first term of a sum, with the factor in front of it."""
    match pattern.result:
        case Sum(terms=(first, *_)):
            return replace(pattern, result=first)
        case Product(factors=(factor, Sum(terms=(first, *_)))):
            return replace(pattern, result=Product((factor, first)))
        case _:
            raise ValueError(f"no sum: {pattern.result}")


# --- Plans ------------------------------------------------------------------------------------------------


def with_step(derivation: Derivation, id_: str, change: Callable[[Step], Step]) -> Derivation:
    """The derivation with one step changed; its family falls into families of one."""
    plan = derivation.steps
    wrong = change(plan[id_])

    def changed(families: tuple[Family, ...]) -> tuple[Family, ...]:
        found: list[Family] = []
        for family in families:
            found.extend(_singles(family, wrong) if id_ in family.ids else (family,))
        return tuple(found)

    return replace(derivation, steps=Plan(plan.graph, changed(plan.forward), changed(plan.backward)))


def _singles(family: Family, wrong: Step) -> list[Family]:
    found = []
    for position, id_ in enumerate(family.ids):
        step = family.step(position)
        same = None if family.same is None else (family.same[position],)
        if id_ == wrong.id:
            # What it is another name of is for its slots to tell.
            step, same = wrong, None
        found.append(Family(kind=step.kind, ids=(step.id,), pattern=step.pattern, slots=step.slots, same=same))
    return found


def with_slots(derivation: Derivation, id_: str, **slots: str) -> Derivation:
    """The derivation with other quantities in some slots of one step."""
    known = derivation.steps[id_].slots
    assert set(slots) <= set(known)
    assert all(known[slot] != filled for slot, filled in slots.items())
    return with_step(derivation, id_, lambda step: replace(step, slots={**step.slots, **slots}))


def with_key(derivation: Derivation, id_: str, key: PatternKey) -> Derivation:
    """The derivation with another pattern for one step."""
    assert derivation.steps[id_].pattern != key
    return with_step(derivation, id_, lambda step: replace(step, pattern=key))
