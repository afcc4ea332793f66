"""Verdicts as they print themselves."""

from __future__ import annotations

from symbackprop.checking.verdicts import Verdict, Verdicts
from tests.checking.by_hand import TEXT, link, sample, work


def test_verdicts_print_their_counts_and_what_is_not_simply_correct() -> None:
    first, second, *rest = str(sample()).splitlines()
    assert first == "sheet.md: 2 correct, 1 rounded, 1 follows, 1 convention, 4 wrong, 1 general, 1 unknown, 1 unread"
    assert second == "sheet.md:3:10: wrong: net_h1 = w1*i1 + w3*i2 + b1; expected w1*i1 + w2*i2 + b1 (weight_index)"
    assert len(rest) == 9


def test_each_link_takes_one_line_whatever_is_in_it() -> None:
    it = link("0.05\n", "net_h1", Verdict.WRONG, text="net_h1 = 0.05\n")
    assert len(str(Verdicts(work=work("net_h1 = 0.05\n", "a.md", (it,)), links=(it,))).splitlines()) == 2


def test_an_empty_work_prints_itself() -> None:
    assert str(Verdicts(work=work("", "a.md"), links=())) == "a.md: nothing to judge"


def test_what_only_follows_is_not_right() -> None:
    it = link("0.3775", "net_h1", Verdict.FOLLOWS)
    assert not Verdicts(work=work(TEXT, "a.md", (it,)), links=(it,)).is_right
