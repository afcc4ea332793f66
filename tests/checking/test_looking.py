"""What is looked for behind wrong links has an end: links past it are judged like any other, and the report tells it."""

from __future__ import annotations

from types import ModuleType

import pytest

from symbackprop.checking.entry import check
from symbackprop.checking.judging import conventions, wrong
from symbackprop.checking.mistakes import explain
from symbackprop.checking.verdicts import Convention, Verdict, Verdicts
from symbackprop.reporting import report

FIGURES = "out_h1 = 0.6133\n\nout_o1 = 0.7411\n\nE_total = 0.2911\n\nw5+ = 0.3511\n"
FORMULAS = (
    "net_h1 = w1*i1 - w2*i2 + b1\n\nnet_h2 = w3*i1 - w4*i2 + b1\n\n"
    "net_o1 = w5*out_h1 - w6*out_h2 + b2\n\nnet_o2 = w7*out_h1*i1 - w8*out_h2 + 9*b2\n"
)
NUMBERS = "net_h1 = 0.15*0.05 + 0.29*0.1 + 0.35\n\nnet_h2 = 0.25*0.05 + 0.39*0.1 + 0.35\n"
MISTYPED = "net_h1 = 0.15*0.05 + 0.21*0.1 + 0.35\n\nnet_h2 = 0.25*0.05 + 0.31*0.1 + 0.35\n"
FOLLOWS = "net_h1 = 0.4775\n\nout_h1 = 1/(1 + exp(-0.4775)) = 0.6172\n"
TOLD = "not every mistake was looked for"

BOUNDS = [
    (FIGURES, explain, "_MOST_STEPS", 60),
    (FIGURES, explain, "_MOST_STEPS_ALONE", 1),
    (FIGURES, wrong, "_MOST_ROOTS", 1),
    (FORMULAS, wrong, "_MOST_LOOKED_INTO", 1_000),
    (NUMBERS, wrong, "_MOST_LOOKED_INTO", 10),
]


def verdicts_of(found: Verdicts) -> list[Verdict]:
    return [link.verdict for link in found.links]


@pytest.mark.parametrize("work", [FIGURES, FORMULAS, NUMBERS])
def test_all_is_looked_for_in_a_work_as_people_write_them(work: str) -> None:
    found = check(work)
    assert set(verdicts_of(found)) == {Verdict.WRONG}
    assert all(link.sought for link in found.links)
    assert TOLD not in report(found)


@pytest.mark.parametrize(("work", "module", "bound", "most"), BOUNDS)
def test_what_was_not_looked_for_is_told(
    work: str, module: ModuleType, bound: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = check(work)
    monkeypatch.setattr(module, bound, most)
    cut = check(work)
    assert verdicts_of(cut) == verdicts_of(whole)
    assert [link.expected for link in cut.links] == [link.expected for link in whole.links]
    left = [link for link in cut.links if not link.sought]
    assert left
    assert all(link.cause is None and link.correction is None for link in left)
    told = report(cut)
    # In the chapter on causes once for all of them, and at each.
    assert " ".join(told.split()).count(TOLD) == 1 + len(left)
    assert report(cut, lang="zh").count("没有为") == 1 + len(left)
    assert report(cut, format="json").count(TOLD) == len(left)


@pytest.mark.parametrize("work", [MISTYPED, FOLLOWS, FIGURES + FOLLOWS])
def test_no_verdict_depends_on_what_is_looked_for(work: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = check(work)
    assert not whole.is_right
    for module, bound in ((wrong, "_MOST_LOOKED_INTO"), (explain, "_MOST_STEPS")):
        monkeypatch.setattr(module, bound, 0)
    cut = check(work)
    assert verdicts_of(cut) == verdicts_of(whole)
    assert [link.follows_from for link in cut.links] == [link.follows_from for link in whole.links]


def test_no_other_convention_is_adopted_where_not_all_was_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it would make riddles of other links can't be known."""
    work = "E_total = 0.596742218\n\ndE_total/dw5 = 0.164334081\n\nw5+ = 0.317832959\n\nnet_h1 = 0.4125\n"
    assert check(work).conventions == (Convention.NO_HALF,)
    monkeypatch.setattr(explain, "_MOST_STEPS", 0)
    found = check(work)
    assert found.conventions == ()
    assert not any(it in (Verdict.CONVENTION, Verdict.CORRECT) for it in verdicts_of(found))
    assert TOLD in report(found)


def test_numbers_behind_which_not_all_was_looked_for_are_told_like_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    for bound in ("_MOST_STEPS", "_MOST_STEPS_ALONE"):
        monkeypatch.setattr(explain, bound, 1)
    (link,) = check("net_h1 = 0.15*0.05 + 0.2137*0.1172 + 0.3555").links
    assert (link.verdict, link.cause, link.sought) == (Verdict.WRONG, None, False)


def test_what_was_found_before_the_end_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong, "_MOST_LOOKED_INTO", 20_000)
    first, *_, last = check(FORMULAS).links
    assert first.correction is not None
    assert not last.sought


def test_a_convention_past_what_is_asked_is_told_as_wrong_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    work = "E_total = (0.01 - 0.75136507)^2 + (0.99 - 0.772928465)^2 = 0.596742218\n"
    assert check(work).conventions == (Convention.NO_HALF,)
    monkeypatch.setattr(conventions, "_MOST_ASKED", 5)
    found = check(work)
    assert found.conventions == ()
    assert Verdict.WRONG in verdicts_of(found)
