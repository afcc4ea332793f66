"""Text that means harm: it is refused in time, whatever it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from symbackprop.checking.reading.parser import read_member, read_quantity
from symbackprop.checking.reading.tokens import Dialect
from symbackprop.checking.work import Span
from symbackprop.typeset.plain import plain
from tests.checking.reading import chains, names

KNOWN = names()
LARGE = 2_000
HOSTILE = [
    "(" * 50_000 + "1" + ")" * 50_000,
    "(" * 95 + "1" + ")" * 95,
    "-" * LARGE + "1",
    "-(" * LARGE + "1" + ")" * LARGE,
    "1^" * LARGE + "1",
    "1^{" * LARGE + "1" + "}" * LARGE,
    "\\frac{1}{" * LARGE + "1" + "}" * LARGE,
    "1/" * LARGE + "1",
    "d/d" * LARGE,
    "dE/" * LARGE,
    "w" * LARGE,
    "w_{" * LARGE + "1" + "}" * LARGE,
    "w^" * LARGE,
    "\\hat" * LARGE,
    "\\text{" * LARGE,
    "\\sqrt" * LARGE,
    "\\sum_{o}" * 20 + "\\delta_{x}",
    "\\sum_{k=1}^{2000}" * 90 + "w_5",
    "\\sigma'(" * 90 + "w_5" + ")" * 90,
    "|" * LARGE,
    "0.123" + " 456" * LARGE,
    "w1" + "@1" * LARGE,
    "net_h1" + "[1]" * LARGE,
    "\\begin{cases}" * LARGE,
]


def test_hostile_text_is_refused_in_time() -> None:
    for text in HOSTILE:
        for dialect in Dialect:
            for chain in chains(f"E = {text}", KNOWN, dialect):
                for it in chain.members:
                    assert (it.formula is None) is (it.trouble is not None)


PIECES = st.sampled_from(
    [
        r"\frac",
        r"\partial",
        r"\sum_",
        r"\sigma",
        r"'",
        r"(",
        r")",
        r"{",
        r"}",
        r"[",
        r"]",
        r"_",
        r"^",
        r"w_5",
        r"net_{h1}",
        r"out_h1",
        r"E",
        r"d",
        r"/",
        r"*",
        r"+",
        r"-",
        r"=",
        r",",
        r".",
        r"0.5",
        r"1e-3",
        r"10",
        r"\text{",
        r"\\",
        r"&",
        r"\begin{cases}",
        r"\end{cases}",
        r"\hat",
        r"\mathrm{",
        r"|",
        r"σ",
        r"∂",
        r"₁",
        r"²",
        r"½",
        r"max",
        r"e^",
        r"@",
        r":=",
        r"\leftarrow",
        r"w",
        r"x",
        r"\cdot",
        r"...",
        r"o",
        r"h1",
    ]
)
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=25).map(" ".join) | st.lists(PIECES, max_size=25).map("".join)


@given(text=TEXTS, dialect=st.sampled_from(Dialect))
def test_any_text_is_read_or_refused(text: str, dialect: Dialect) -> None:
    for chain in chains(text, KNOWN, dialect):
        for it in chain.members:
            assert (it.formula is None) is (it.trouble is not None)
            assert it.text == text[it.span.start : it.span.end]
            assert all(0 <= leaf.span.start <= leaf.span.end <= len(text) for leaf in it.leaves)
            if it.formula is not None:
                plain(it.formula)
    read_member(text, Span(start=0, end=len(text)), KNOWN)
    assert all(map(KNOWN.has, read_quantity(text, KNOWN)))
