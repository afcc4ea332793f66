"""Reading work from files and texts: what is refused in one line, and that nothing takes long, whatever it holds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.checking.reading.samples import Samples
from symbackprop.checking.sources.read import MOST_BYTES, Reader, read_work
from symbackprop.checking.sources.snippet import Kind, kind_of
from symbackprop.errors import SpecError
from symbackprop.network_file import read_network
from symbackprop.resources import DEFAULT_EXAMPLE, example

NETWORK = read_network(example(DEFAULT_EXAMPLE))
READER = Reader(NETWORK)
LONGEST = 20
"""Seconds of the processor for a megabyte, twice as many as it may take: one that works for others, too, is slower."""


def test_kinds_by_suffix() -> None:
    names = {
        "a.md": "markdown",
        "a.MARKDOWN": "markdown",
        "a.tex": "latex",
        "a.rst": "rst",
        "a": "text",
        "a.txt": "text",
        "a.toml": "toml",
        "a.csv": "csv",
        "a.json": "json",
    }
    assert {name: kind_of(Path(name)).value for name in names} == names


def test_a_document_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "work.md"
    path.write_text("\ufeffSo $net_{h1} = w_1 i_1 + w_2 i_2 + b_1 = 0.3775$.\r\n", encoding="utf-8")
    work = read_work(path, NETWORK)
    (chain,) = work.chains
    assert chain.ids[0] == "net_h1"
    assert [work.text[it.span.start : it.span.end] for it in chain.members] == [it.text for it in chain.members]
    assert work.name == str(path)


def test_what_only_looks_like_a_claim_in_running_text_is_left_out() -> None:
    text = "With seed = 42 and n = 3:\n\n$q = 4$ and net_h1 = 0.3775\n"
    found = READER.read_text(text, Kind.MARKDOWN, "work")
    assert [chain.members[0].text for chain in found.chains] == ["q", "net_h1"]


BATCHES = {
    Kind.MARKDOWN: "net_h1 = 0\n## Sample 1\nnet_h1 = 1\n### Backward\nnet_h1 = 1\n## Update\nnet_h1 = 0\n",
    Kind.TEXT: "net_h1 = 0\n\nSample 1:\n\nnet_h1 = 1\nnet_h1 = 1\n\nSum of all:\n\nnet_h1 = 0\n",
    Kind.LATEX: "$net_{h1} = 0$\n\\section*{Sample 1}\n$net_{h1} = 1$ $net_{h1} = 1$\n\\section{X}\n$net_{h1} = 0$",
}


@pytest.mark.parametrize("kind", BATCHES)
def test_headings_say_which_sample_is_meant(kind: Kind) -> None:
    work = Reader(read_network(example("xor"))).read_text(
        f"{BATCHES[kind]}\n样本 2\n\n$net_{{h1}} = 2$\n", kind, "work"
    )
    expected = [() if it.members[1].text == "0" else (f"net_h1[{it.members[1].text}]",) for it in work.chains]
    assert [it.ids for it in work.chains if it.ids] == [it for it in expected if it]


@pytest.mark.parametrize("line", ["Samples 1-4:", "Sample 1-4", "Update", "## Update"])
def test_what_speaks_of_all_samples_ends_what_was_said_of_one(line: str) -> None:
    samples = Samples(f"Sample 3 - last\n\nx\n\n{line}\n\ny")
    assert (samples.at(17), samples.at(17 + len(line) + 4)) == (3, 0)


def test_ruled_titles_end_a_sample_unless_they_stand_below_its_own() -> None:
    text = "Forward\n=======\n\nSample 1\n────────\na\n\nA part\n~~~~~~\nb\n\nBackward\n========\nc"
    samples = Samples(text)
    assert [samples.at(text.index(f"\n{it}") + 1) for it in ("a\n", "b\n", "c")] == [1, 1, 0]


def test_a_name_of_a_sample_keeps_its_own_under_a_heading() -> None:
    """E_3 is that of the third sample and not the third output's, in a notation that says so."""
    reader = Reader(read_network(example("three-classes")))
    work = reader.read_text("Sample 3\n\nE_3 = E_{y_1}[3] + E_{y_2}[3] + E_{y_3}[3]\n", Kind.TEXT, "work")
    assert work.chains[0].ids[0] == "E[3]"


UNREADABLE = {
    "missing": (None, "cannot be read"),
    "latin-1": ("größe = 1".encode("latin-1"), "line 1: expected UTF-8 text, found the byte 0xf6"),
    "utf-16 without a mark": (
        "net = 1".encode("utf-16-le"),
        "expected UTF-8 text, found UTF-16 without a byte order mark",
    ),
    "nul": (b"net_h1 = 0.3775\n\0", "line 2, column 1: expected UTF-8 text, found the byte 0x00"),
    "large": (b"a" * (MOST_BYTES + 1), "larger than the 1,000,000 bytes"),
    "empty": (b"", "expected formulas, or lines with an equals sign, found none"),
    "misspelt": (
        b"nett_h1 = 0.3775\nnet_h3 = 0.2",
        'found 2 lines with an equals sign, but none names a quantity of this network; did you mean "net_h1"?',
    ),
    "of something else": (b"seed = 42", "found 1 line with an equals sign, but none names a quantity of this network"),
    "prose": (b"Nothing to judge.", "expected formulas"),
}


@pytest.mark.parametrize(("content", "expected"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cant_be_read_is_refused_in_one_line(tmp_path: Path, content: bytes | None, expected: str) -> None:
    path = tmp_path / "work.md"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SpecError) as caught:
        read_work(path, NETWORK)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def filled(first: str, repeated: str = "", last: str = "") -> str:
    """A megabyte: what comes first, what is repeated, what comes last. What stands alone is repeated itself."""
    if not repeated:
        first, repeated = "", first
    return first + repeated * ((MOST_BYTES - len(first) - len(last)) // len(repeated)) + last


HOSTILE = {
    "tower": "$net_{h1} = 9**9**9 = 9^{9^{9^9}}$ and net_h1 = 9**9**9",
    "digits": f"net_h1 = {'9' * 100_000}",
    "exponent": "net_h1 = 1e999999999",
    "parentheses": filled("net_h1 = ", "(", ")"),
    "pairs": "net_h1 = " + "(" * 400_000 + "1" + ")" * 400_000,
    "dollars": filled("$"),
    "dollars apart": filled("$ "),
    "dollars that don't close": filled("$a "),
    "short formulas": filled("$a=b$ "),
    "environments": filled("\\begin{align} a = 1 "),
    "fractions": filled("$net_{h1} = ", "\\frac{", "$"),
    "fractions, closed": "$net_{h1} = " + "\\frac{1}{" * 100_000 + "1" + "}" * 100_000 + "$",
    "braces": filled("{"),
    "definitions": filled("\\newcommand{\\x}[1]{"),
    "laughs": "".join(
        f"\\newcommand{{\\a{chr(98 + n)}}}[1]{{\\a{chr(97 + n)}{{#1}}\\a{chr(97 + n)}{{#1}}}}\n" for n in range(24)
    )
    + "$net_{h1} = \\ax{1}$",
    "comments": filled("<!-- "),
    "ticks": filled("`a ``b "),
    "pictures": filled("![[a] "),
    "tags": filled("<img alt='"),
    "table": filled("|id|value|\n|-|-|\n", "|w1|1|\n", ""),
    "sums": filled("net_h1 = ", "1+", "1"),
    "chain": filled("net_h1", "=1", ""),
    "lines": filled("= 1\n"),
    "spaces": filled("net_h1 =", " ", "1"),
    "bars": filled("a = ── b\n"),
    "tall": filled("⎛=\n"),
    "directives": filled(".. math::\n"),
    "deeper directives": "".join(" " * number + ".. note::\n" for number in range(1200)),
    "braille": filled("⠁ =\n"),
    "right to left": "\u202enet_h1 = 0.3775\u202c",
    "form feeds": "net_h1 = 0.3775\fw1 = 1\f",
    "lowered": filled("net_h1 = ", "₁", ""),
    "lists": filled("a=", "[", ""),
    "tables": filled("a=", "{a=", ""),
    "objects": filled("", '{"a":', ""),
    "field": filled('w1,"', "x", '"'),
    "quotes": filled('"'),
    "keys": "".join(f"k{number} = 1\n" for number in range(80_000)),
    "tildes": filled("~" * 100_000 + "`x\n"),
    "double equals": filled("w5 ==" + " " * 15_000 + "x\n"),
    "tabs": filled("\t"),
    "ampersands": filled("$w_5 = ", "&", "$"),
    "rows": filled("\\begin{align}", "w_5 &= 0.5 \\\\ &+ 1 \\\\", "\\end{align}"),
    "groups": filled("w5 = " + "(t)" * 6_000 + "\n"),
    "groups in a line": filled("$w_5 = ", "(t)", "$"),
    "letters": filled("w5 = " + "A" * 19_000 + "\n"),
    "names side by side": filled("w5 = " + "w_5" * 6_000 + "\n"),
    "long words": filled("w5 = " + "ab-" * 6_000 + "(\n"),
    "conditions": filled("w5 = " + "if <" * 4_500 + "\n"),
    "marks": filled("o\u0302" + "\u0302" * 15_000 + " = 1\n"),
    "remarks": "w5 = " + "1 + " * 4_900 + "1\n" + "(ab \n" * 160_000,
    "sums over an index": filled("$w_5 = \\sum_{k=1}^{2000} w_k$ "),
    "functions in functions": filled("$w_5 = \\sigma'(\\sigma'(\\sigma'(w_5)))$ "),
    "cells": "|" * 499_000 + "\n|---|\n" + "|" * 499_000,
    "stacked": filled("a " * 900 + "\n" + "w = --- " * 220 + "\n" + "b " * 900 + "\n\n"),
    "prose": filled("So the weights of the second layer change, and the error falls a little.\n"),
    "honest": filled("net_h1 = w1*i1 + w2*i2 + b1 = " + "0.15 * 0.05 + " * 11 + "0.35 = 0.37758\n"),
    "honest LaTeX": filled("$net_{h1} = w_1 i_1 + " + "0.15 \\cdot 0.05 + " * 11 + "0.35 = 0.3775$\n"),
    "honest answers": filled("net_h1,0.37\n"),
}


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_work_ends_soon(text: str) -> None:
    for kind in Kind:
        started = time.process_time()
        try:
            READER.read_text(text[:MOST_BYTES], kind, "work")
        except SpecError as error:
            assert "\n" not in str(error)  # noqa: PT017
        assert time.process_time() - started < LONGEST, kind


_PIECES = st.sampled_from(
    [
        "net_h1",
        "w_{5}",
        "$",
        "$$",
        "\n",
        "\n\n",
        " ",
        "=",
        "≈",
        "0.3775",
        "\\frac",
        "{",
        "}",
        "(",
        ")",
        "`",
        "```\n",
        "|",
        "-",
        "&",
        "\\\\",
        "\\",
        "%",
        "<",
        ">",
        "!",
        "[",
        "]",
        '"',
        "'",
        ",",
        ";",
        "#",
        ":",
        "\\begin{align}",
        "\\end{align}",
        ".. math::",
        ":math:`",
        "──",
        "⎛",
        "∂",
        "₁",
        "的",
        "⠁",
        "\r",
        "\t",
        "<!--",
        "-->",
        "a",
        "the",
        "1e9",
        "^",
        "_",
        "\\newcommand{\\x}[1]",
        "⁺",
        "\u202e",
        "|-|-|\n",
        "id",
        "value",
    ]
)


@pytest.mark.parametrize("kind", Kind)
@settings(max_examples=60)
@given(pieces=st.lists(st.one_of(_PIECES, st.text(max_size=3)), max_size=40))
def test_nothing_but_a_refusal_comes_of_any_text(kind: Kind, pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        work = READER.read_text(text, kind, "work")
    except SpecError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    for chain in work.chains:
        assert len(chain.members) > 1
        for member in chain.members:
            assert 0 <= member.span.start <= member.span.end <= len(text)
            assert all(0 <= leaf.span.start <= leaf.span.end <= len(text) for leaf in member.leaves)
