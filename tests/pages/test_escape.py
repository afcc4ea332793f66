"""Whatever characters a user typed, they come out as themselves and do nothing."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from symbackprop.pages.escape import latex_words, markdown_words, replaced
from symbackprop.typeset.svg import svg_words
from symbackprop.typeset.typst import typst_words

# What the reader of network files lets through: no controls, no line breaks.
PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"))
# Mostly what means something in one of the formats.
SIGNS = st.text(st.sampled_from("\\{}$&#%_^~<>|\"'`*[]()!-+=.:;@/ ab1\u00a0é前😀−≈"))
WORDS = PRINTABLE | SIGNS

_LATEX_SPECIAL = re.compile(r"(?<!\\)[{}$&#%_^~]")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
_HARMLESS = {
    *("textquotesingle", "textasciigrave", "textquotedbl", "texttt"),
    *("textbackslash", "textasciicircum", "textasciitilde", "textless", "textgreater", "textbar", "symbol"),
    "allowbreak",
    *("ensuremath", "approx", "times", "cdot", "alpha", "delta", "varepsilon", "eta"),
    *"{}$&#%_",
}


@given(WORDS)
@example("^^5cinput{/etc/passwd}")
@example("\\")
def test_latex_has_only_commands_of_ours(words: str) -> None:
    escaped = latex_words(words, "en")
    assert {match[1] for match in _COMMAND.finditer(escaped)} <= _HARMLESS
    group = re.compile(r"\\(?:text\w+|symbol|ensuremath|allowbreak)\{[^{}]*\}")
    without = group.sub("", group.sub("", escaped))
    without = without.replace("-{}-", "--").replace("{}-", "-").replace("[U+{}", "[U+").replace("{}'", "'")
    assert not _LATEX_SPECIAL.search(without), escaped


@given(WORDS, st.sampled_from(("en", "zh")))
@example("a---b", "en")
@example("a'''b", "en")
def test_latex_has_no_ligatures_that_nobody_typed(words: str, language: str) -> None:
    """TeX makes dashes and quotes of `--`, ` `` ` and `''`, and inverted marks of `?` and `!` before a backquote."""
    escaped = latex_words(words, language)
    for ligature in ("--", "``", "''", "?`", "!`", ",,", "<<", ">>"):
        assert ligature not in escaped


@given(WORDS)
@example('"; #panic(); "')
@example("a" * 100)
def test_typst_has_one_string_with_the_words_in_it(words: str) -> None:
    """Nothing but quotes and backslashes means anything in it, and these are escaped."""
    escaped = typst_words(words)
    assert re.fullmatch(r'#"(?:[^"\\]|\\["\\])*";', escaped, re.DOTALL)
    told = re.sub(r"\\(.)", r"\1", escaped[2:-2]).replace("\u200b", "")
    assert told == words.replace("'", "\u2019").replace("\u200b", "")


_WRITTEN = {
    **{f"\\{sign}": sign for sign in "{}$&#%_"},
    "\\textbackslash{}": "\\",
    "\\textasciicircum{}": "^",
    "\\textasciitilde{}": "~",
    "\\textless{}": "<",
    "\\textgreater{}": ">",
    "\\textbar{}": "|",
    "\\symbol{34}": '"',
    "\\symbol{96}": "`",
    "\\texttt{\\symbol{34}}": '"',
    "\\texttt{\\symbol{96}}": "`",
    "\\textquotedbl{}": '"',
    "\\textasciigrave{}": "`",
    "\\textquotesingle{}": "'",
    "\\ensuremath{-}": "−",
    "\\ensuremath{\\approx}": "≈",
    "\\ensuremath{\\times}": "×",
    "\\ensuremath{\\cdot}": "·",
    "\\ensuremath{\\alpha}": "α",
    "\\ensuremath{\\delta}": "δ",
    "\\ensuremath{\\varepsilon}": "ε",
    "\\ensuremath{\\eta}": "η",
    "\\allowbreak{}": "",
    "{}": "",
}
_PIECE = re.compile("|".join(map(re.escape, sorted(_WRITTEN, key=len, reverse=True))))


@given(WORDS)
def test_latex_loses_no_character(words: str) -> None:
    read = _PIECE.sub(lambda match: _WRITTEN[match[0]], latex_words(words, "en"))
    expected = "".join(character if character in read else _code(character) for character in words)
    assert read == expected


def _code(character: str) -> str:
    return f"[U+{ord(character):04X}]"


@pytest.mark.parametrize(
    ("language", "words", "shown"),
    [
        ("en", "é–“”…ß", "é–“”…ß"),
        ("en", "前", "[U+{}524D]"),
        ("zh", "前，。", "前，。"),
        ("en", "😀", "[U+{}1F600]"),
        ("zh", "😀", "[U+{}1F600]"),
        ("en", "−≈", r"\ensuremath{-}\ensuremath{\approx}"),
    ],
)
def test_a_character_that_the_fonts_lack_is_printed_as_its_code(language: str, words: str, shown: str) -> None:
    assert latex_words(words, language) == shown


@given(WORDS, st.sampled_from(("en", "zh")))
@example("[U+1F600]", "en")
@example("[U+{}0041]", "en")
@example("[U+{}0041] 😀", "en")
def test_only_what_was_replaced_is_found_again(words: str, language: str) -> None:
    lacked = [character for character in words if latex_words(character, language).startswith("[U+")]
    assert replaced(latex_words(words, language)) == next(iter(lacked), None)


# GitHub's Markdown, but for what it does with bare addresses.
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _read(markdown: str) -> tuple[str, set[str]]:
    """Return the text of a line within a paragraph, and the kinds of everything else in it."""
    (_, inline, _) = _MARKDOWN.parse(f"x{markdown}x")
    children = inline.children or []
    text = "".join(token.content for token in children if token.type in {"text", "text_special"})
    others = {token.content if token.type == "html_inline" else token.type for token in children}
    return text, others - {"text", "text_special"}


@given(WORDS)
@example("&amp; &#65; &nbsp;")
@example("\\*a\\*")
@example("<!-- -->")
def test_markdown_reads_words_as_they_are(words: str) -> None:
    text, others = _read(markdown_words(words))
    assert text == f"x{words}x"
    assert others <= {"<span>", "</span>"}


@given(WORDS)
def test_markdown_opens_no_formula(words: str) -> None:
    escaped = markdown_words(words)
    assert escaped.count("$") == words.count("$") == escaped.count("<span>$</span>")


@given(WORDS)
def test_xml_reads_words_as_they_are(words: str) -> None:
    from xml.etree import ElementTree as ET  # noqa: PLC0415

    escaped = svg_words(words)
    read = ET.fromstring(f"<t>{escaped}</t>").text or ""  # noqa: S314
    assert read == words
    assert not set(escaped) & set("<>\"'")


@given(st.text())
def test_xml_is_well_formed_whatever_it_gets(words: str) -> None:
    from xml.etree import ElementTree as ET  # noqa: PLC0415

    encodable = "".join(character for character in words if unicodedata.category(character) != "Cs")
    ET.fromstring(f"<t>{svg_words(encodable)}</t>")  # noqa: S314
