"""Verdicts put together by hand, for tests of what is told of them."""

from __future__ import annotations

from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.verdicts import (
    Cause,
    Convention,
    Correction,
    Explanation,
    Link,
    LinkKind,
    Mistake,
    Place,
    Rounding,
    Verdict,
    Verdicts,
)
from symbackprop.checking.work import Chain, Member, Span, Work

TEXT = """\
# My solution <script>alert("1")</script>

net_h1 = w1*i1 + w3*i2 + b1 = 0.15*0.05 + 0.20*0.10 + 0.35 = 0.3775
out_o1 = 0.75136506
delta_o1 = -0.138498562
这一行：dE_total/dw1 = 0.000434
dE_total/dw2 = 0.000868
w1+ = 0.149783
E_total = 0.2983711087600027
E = sum of squares
net_h9 = 0.5
net_h2 = 0.15 ** / 3
"""


def span_of(text: str, part: str, after: str = "") -> Span:
    """Give where `part` stands behind `after`."""
    start = text.index(part, text.index(after) + len(after))
    return Span(start=start, end=start + len(part))


def place_of(text: str, span: Span) -> Place:
    """Give the line and the column of a stretch, counted from 1."""
    begin = text.rfind("\n", 0, span.start) + 1
    return Place(line=text.count("\n", 0, span.start) + 1, column=span.start - begin + 1, span=span)


def link(
    part: str,
    quantity: str | None,
    verdict: Verdict,
    *,
    text: str = TEXT,
    after: str = "",
    kind: LinkKind = LinkKind.VALUE,
    expected: str | None = None,
    rounding: Rounding | None = None,
    convention: Convention | None = None,
    cause: Cause | None = None,
    follows_from: str | None = None,
    correction: Correction | None = None,
    why: Why | None = None,
) -> Link:
    """Give a link whose text is `part`, found behind `after`."""
    return Link(
        place=place_of(text, span_of(text, part, after)),
        text=part,
        quantity=quantity,
        kind=kind,
        verdict=verdict,
        expected=expected,
        rounding=rounding,
        convention=convention,
        cause=cause,
        follows_from=follows_from,
        correction=correction,
        why=why,
    )


def work(text: str, name: str, *chains: tuple[Link, ...]) -> Work:
    """Give a work whose chains have those links as members; what stands before the first one is left out."""
    return Work(
        name=name,
        text=text,
        chains=tuple(
            Chain(members=tuple(Member(text=it.text, span=it.place.span, formula=None) for it in links))
            for links in chains
        ),
    )


UPDATED = Cause(mistake=Mistake.UPDATED_WEIGHTS, at=("dE_total/dw1", "dE_total/dw2"))
INDEX = Cause(mistake=Mistake.WEIGHT_INDEX, at=("net_h1",), taken="w3", right="w2")
OTHER = Cause(mistake=Mistake.ANOTHER_INPUT, at=("dE_total/dw1",), taken="i2", right="i1")

NO_QUANTITY = Why(Snag.NO_QUANTITY, found="net_h9")
NO_OPERAND = Why(Snag.OPERAND, found="/")


def sample(name: str = "sheet.md", text: str = TEXT) -> Verdicts:
    """Give verdicts of every kind, with two mistakes, on the default network."""
    formula = link(
        "w1*i1 + w3*i2 + b1",
        "net_h1",
        Verdict.WRONG,
        text=text,
        kind=LinkKind.FORMULA,
        expected="w1*i1 + w2*i2 + b1",
        cause=INDEX,
        correction=Correction(span=span_of(text, "w3"), found="w3", expected="w2"),
    )
    numbers = link(
        "0.15*0.05 + 0.20*0.10 + 0.35", "net_h1", Verdict.CORRECT, text=text, kind=LinkKind.NUMBERS, after="b1 = "
    )
    value = link("0.3775", "net_h1", Verdict.CORRECT, text=text)
    links = (
        formula,
        numbers,
        value,
        link("0.75136506", "out_o1", Verdict.ROUNDED, text=text, rounding=Rounding.CUT_OFF, expected="0.75136507"),
        link(
            "-0.138498562",
            "delta_o1",
            Verdict.CONVENTION,
            text=text,
            convention=Convention.OPPOSITE_DELTA,
            expected="0.138498562",
        ),
        link("0.000434", "dE_total/dw1", Verdict.WRONG, text=text, expected="0.000439", cause=UPDATED),
        link("0.000868", "dE_total/dw2", Verdict.WRONG, text=text, expected="0.000877", cause=UPDATED),
        link("0.149783", "w1+", Verdict.FOLLOWS, text=text, expected="0.149781", follows_from="dE_total/dw1"),
        link("0.2983711087600027", "E_total", Verdict.WRONG, text=text, expected="0.2983711087600026"),
        link("sum of squares", None, Verdict.GENERAL, text=text, kind=LinkKind.FORMULA),
        link("0.5", None, Verdict.UNKNOWN, text=text, after="net_h9", why=NO_QUANTITY),
        link("0.15 ** / 3", "net_h2", Verdict.UNREAD, text=text, kind=LinkKind.NUMBERS, why=NO_OPERAND),
    )
    return Verdicts(
        work=work(text, name, (formula, numbers, value), *((it,) for it in links[3:])),
        links=links,
        explanations=(
            Explanation(cause=UPDATED, links=(5, 6, 7), alternatives=(OTHER,)),
            Explanation(cause=INDEX, links=(0,)),
        ),
        conventions=(Convention.OPPOSITE_DELTA,),
    )
