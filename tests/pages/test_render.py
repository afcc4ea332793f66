"""Documents become text by templates: one macro for each kind of block, ours or a lecturer's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

import symbackprop
from symbackprop.errors import SpecError
from symbackprop.formats import Format
from symbackprop.pages.document import (
    Align,
    Block,
    Code,
    Digits,
    Document,
    EquationLine,
    Equations,
    Excerpt,
    Figure,
    Heading,
    Inline,
    Items,
    Ledger,
    Listing,
    Marking,
    Math,
    Note,
    Paragraph,
    Piece,
    Remark,
    Strong,
    Table,
    Text,
    Tone,
)
from symbackprop.pages.figures import Node, NodeShape, draw_network
from symbackprop.pages.phrases import load_phrases
from symbackprop.pages.render import draw_svg, figure_file, render_document
from symbackprop.pages.templates import Templates, our_templates, templates_of
from symbackprop.resources import folder
from symbackprop.typeset.layout import Number, Operator, Row, Symbol
from tests.networks import build, layer
from tests.walkthroughs import Pages, taken, told

PAGES = (Format.LATEX, Format.MARKDOWN, Format.TEXT, Format.HTML, Format.TYPST)
OURS = folder("templates")

# Title and source of a user's file; each is to come out as it was typed.
HOSTILE = [
    "\\input{/etc/passwd}",
    "$x$",
    "$$",
    "it costs $5 or $6",
    "<script>alert(1)</script>",
    "<b>bold</b> &amp; <!-- no -->",
    "`code` and ``more``",
    "*em* _em_ **strong** __strong__",
    "[a](http://b) ![c](d) <http://e>",
    "*_[]()|~#%&^{}\\",
    "# 1. - + > heading",
    "- item",
    "1. item",
    "> quote",
    "=====",
    "~~~",
    "~~gone~~",
    "a -- b --- c",
    "\"quoted\" 'too'",
    "{{ 7*7 }} {% if x %} {# c #}",
    "<% if x %> << 7*7 >> <# c #>",
    "%% comment",
    "a\\\\b",
    "^^M",
    "https://example.org/?a=1&b=2 www.example.org a@example.org",
    "@user #123",
    ":smile:",
]


# --- A document in a few lines ----------------------------------------------------------------------------


def _document(*blocks: Block, title: str = "A title", language: str = "en") -> Document:
    return Document(title=(Text(title),), subtitle=(Text("Below it"),), language=language, blocks=blocks)


def _render(
    document: Document, format_: Format, *folders: Path, stem: str = "walkthrough", language: str = "en"
) -> Pages:
    templates = templates_of(*folders) if folders else our_templates()
    return taken(render_document(document, load_phrases(language), format_, stem=stem, templates=templates))


DRAWING = draw_network(
    columns=[[Node(key="i1", label=Symbol("i"), shape=NodeShape.INPUT)]], edges=[], description="A picture of 1 < 2"
)
EVERY_INLINE = (Text("plain "), Strong("bold"), Text(" "), Code("id_1"), Text(" "), Math(Symbol("x")))
MARKING = Marking(number=1, tone=Tone.WRONG, title=EVERY_INLINE, notes=(EVERY_INLINE, EVERY_INLINE))
EVERY_BLOCK: tuple[Block, ...] = (
    Heading(level=1, content=EVERY_INLINE),
    Heading(level=2, content=EVERY_INLINE),
    Heading(level=3, content=EVERY_INLINE),
    Paragraph(content=EVERY_INLINE),
    Equations(
        lines=(
            EquationLine(left=Symbol("x"), relation=Operator.EQUALS, right=Number("1"), note=EVERY_INLINE[:2]),
            Remark(content=EVERY_INLINE[:2]),
            EquationLine(left=None, relation=Operator.APPROXIMATELY, right=Number("1"), note=()),
            EquationLine(left=None, relation=None, right=Number("2"), note=()),
        )
    ),
    Table(header=((Text("a"),), EVERY_INLINE, ()), align=tuple(Align), rows=((EVERY_INLINE, (), EVERY_INLINE),)),
    Figure(name="one", drawing=DRAWING, caption=EVERY_INLINE),
    Ledger(
        header=(EVERY_INLINE, (Text("b"),)),
        align=(Align.LEFT, Align.RIGHT),
        settings=(None, lambda given: Row((Number(given.digits[0]), Operator.EQUALS, Number(given.digits[1])))),
        rows=((Symbol("y"), Digits(("1", "2"), (True, True))),) * 2,
    ),
    Note(title=EVERY_INLINE, content=(EVERY_INLINE, EVERY_INLINE)),
    Items(items=(EVERY_INLINE, EVERY_INLINE)),
    Excerpt(number=12, before="x = ", meant="1 + 1", after=" = 3", tone=Tone.WRONG),
    Listing(
        title=EVERY_INLINE,
        lines=(
            (Piece(text="x = "), Piece(text="1 +", marking=MARKING)),
            (Piece(text="1", marking=MARKING, is_first=False), Piece(text=" = 3")),
        ),
    ),
)


# --- Macros -----------------------------------------------------------------------------------------------

_MACRO = re.compile(r"[{<]%-? *macro +(\w+)\(")

HELPERS = {
    Format.LATEX: {"in_title", "sign", "lines", "columns", "ledger_columns", "row", "short_table", "long_table"},
    Format.MARKDOWN: {"sign", "in_formula"},
    Format.TEXT: set[str](),
    Format.HTML: {"row", "head", "marked"},
    Format.TYPST: {"alignment", "widths", "row"},
}
"""Macros that others are made of."""


def _macros(format_: Format) -> list[str]:
    path = OURS / format_ / f"blocks.{format_.ending}.j2"
    return _MACRO.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("format_", PAGES)
def test_each_kind_of_block_and_inline_has_exactly_one_macro(format_: Format) -> None:
    kinds = [kind.__name__.lower() for kind in (*get_args(Block), *get_args(Inline), EquationLine, Remark)]
    macros = [macro for macro in _macros(format_) if macro not in HELPERS[format_]]
    assert sorted(macros) == sorted(kinds)


@pytest.mark.parametrize("format_", PAGES)
def test_every_block_here_stands_for_its_kind(format_: Format) -> None:
    """Each kind of block comes out, with the words that were put into it."""
    assert {type(block) for block in EVERY_BLOCK} == set(get_args(Block))
    for block in EVERY_BLOCK:
        text = _render(_document(block), format_).text
        if isinstance(block, Listing) and format_ is not Format.HTML:
            assert "bold" not in text
            continue
        if isinstance(block, Excerpt):
            assert "1 + 1" in text
            continue
        if not isinstance(block, Equations):
            assert "plain" in text
        assert "bold" in text


@pytest.mark.parametrize("format_", PAGES)
def test_a_document_without_blocks_is_a_document(format_: Format) -> None:
    assert "A title" in _render(_document(), format_).text


@pytest.mark.parametrize("format_", [Format.JSON, Format.PDF])
def test_some_formats_have_no_templates(format_: Format) -> None:
    with pytest.raises(ValueError, match="without templates"):
        _render(_document(), format_)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_only_markdown_has_files_beside_it(language: str) -> None:
    document = told(lang=language)
    names = {figure_file("a b", block.name) for block in document.blocks if isinstance(block, Figure)}
    for format_ in PAGES:
        figures = _render(document, format_, stem="a b", language=language).figures
        assert set(figures) == (names if format_ is Format.MARKDOWN else set())


@pytest.mark.parametrize(
    ("format_", "said"),
    [(Format.LATEX, "这里，$x$ 是"), (Format.TEXT, "这里，x 是"), (Format.MARKDOWN, "这里， $x$ 是")],
)
def test_no_blank_follows_a_full_width_mark_but_where_github_needs_one(format_: Format, said: str) -> None:
    paragraph = Paragraph(content=(Text("这里， "), Math(Symbol("x")), Text(" 是， 如此")))
    page = _render(replace(_document(paragraph), language="zh"), format_, language="zh").text
    assert said in page
    assert "， 如此" in page, "what somebody typed stays"


def test_a_file_name_with_spaces_is_linked_whole() -> None:
    page = _render(_document(EVERY_BLOCK[6]), Format.MARKDOWN, stem="my net (1)").text
    images = [token for token in _inline_tokens(page) if token.type == "image"]
    assert [image.attrs["src"] for image in images] == ["my%20net%20%281%29-one.svg"]
    assert [_plain_text(image.children or []) for image in images] == ["A picture of 1 < 2"]


# --- What a user typed ------------------------------------------------------------------------------------

_LINE_OF_SUBTITLE = "Below it"


def _inline_tokens(markdown: str) -> list[Token]:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [child for token in parser.parse(markdown) for child in token.children or ()]


def _plain_text(tokens: list[Token]) -> str:
    return "".join("\n" if token.type == "softbreak" else token.content for token in tokens if _is_text(token))


def _is_text(token: Token) -> bool:
    return token.type in {"text", "text_special", "softbreak"}


def _is_ours(token: Token) -> bool:
    """A span around a lone dollar sign keeps GitHub from reading a formula."""
    return token.type == "html_inline" and token.content in {"<span>", "</span>"}


def _places(words: str) -> Iterator[tuple[str, Block]]:
    """Yield a block for each place in which a user's words can stand."""
    yield "table", Table(header=((Text("Where"),),), align=(Align.LEFT,), rows=(((Text(words),),),))
    yield "paragraph", Paragraph(content=(Text("Said: "), Text(words)))


@pytest.mark.parametrize("words", HOSTILE)
def test_markdown_reads_a_title_literally(words: str) -> None:
    page = _render(_document(title=words), Format.MARKDOWN).text
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
    assert [token.type for token in tokens[:3]] == ["heading_open", "inline", "heading_close"]
    assert tokens[0].tag == "h1"
    children = tokens[1].children or []
    assert [token for token in children if not _is_text(token) and not _is_ours(token)] == []
    assert _plain_text(children) == words


@pytest.mark.parametrize("words", HOSTILE)
def test_markdown_reads_a_source_literally(words: str) -> None:
    for where, block in _places(words):
        tokens = _inline_tokens(_render(_document(block), Format.MARKDOWN).text)
        assert [token for token in tokens if not _is_text(token) and not _is_ours(token)] == [], where
        assert words in _plain_text(tokens), where


@pytest.mark.parametrize("words", HOSTILE)
def test_text_shows_a_title_literally(words: str) -> None:
    page = _render(_document(title=words), Format.TEXT).text
    title, rule, subtitle, *_ = page.splitlines()
    assert title == words
    assert rule == "═" * len(words)
    assert subtitle == _LINE_OF_SUBTITLE


@pytest.mark.parametrize("words", HOSTILE)
def test_an_svg_reads_words_literally(words: str) -> None:
    drawing = draw_network(
        columns=[[Node(key="i1", label=Symbol("i"), shape=NodeShape.INPUT)]], edges=[], description=words
    )
    root = ET.fromstring(draw_svg(drawing, our_templates()))  # noqa: S314 - we wrote it
    title = root.find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == words
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))


@pytest.mark.parametrize("words", ["\\input{/etc/passwd}", "$x$", "100 % & #1", "^^M", "--", "<% x %> << 7*7 >>"])
def test_latex_gets_no_command_from_a_title(words: str) -> None:
    """What TeX makes of all of them is looked at in tests/consumers."""
    page = _render(_document(title=words), Format.LATEX).text
    title = page.partition("\\title{")[2].partition("}\n\\author")[0]
    assert "\\input" not in title
    for sign in "$&#%^":
        assert re.search(rf"(?<!\\)\{sign}", title) is None
    assert "--" not in title
    assert "49" not in title


# --- A lecturer's own templates ---------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write one template into a folder of one's own."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


PAGE = {
    Format.LATEX: ("latex/page.tex.j2", "Mine: << document.title | inlines >> <% for b in body %><< b >><% endfor %>"),
    Format.MARKDOWN: ("markdown/page.md.j2", "Mine: {{ document.title | inlines }} {{ body | join }}"),
    Format.TEXT: ("text/page.txt.j2", "Mine: {{ document.title | inlines }} {{ body | join }}"),
    Format.HTML: ("html/page.html.j2", "Mine: {{ document.title | inlines }} {{ body | join }}"),
    Format.TYPST: ("typst/page.typ.j2", "Mine: << document.title | inlines >> <% for b in body %><< b >><% endfor %>"),
}


@pytest.mark.parametrize("format_", PAGES)
def test_one_template_is_replaced_and_the_others_are_ours(format_: Format, own: Callable[[str, str], Path]) -> None:
    page = _render(_document(*EVERY_BLOCK), format_, own(*PAGE[format_])).text
    assert page.startswith(("Mine: A title", 'Mine: #"A title";'))
    for block in EVERY_BLOCK[:6]:
        rendered = _render(_document(block), format_).text
        assert any(line and line in page for line in rendered.splitlines()[-6:])


def test_copies_of_our_templates_change_nothing(tmp_path: Path) -> None:
    """What the sandbox runs comes out as it does without it."""
    mine = _copied(tmp_path)
    for format_ in PAGES:
        assert _render(told(), format_, mine) == _render(told(), format_)


def test_a_figure_template_is_replaced(own: Callable[[str, str], Path]) -> None:
    mine = own("markdown/figure.svg.j2", "{% macro draw(drawing) %}<svg>{{ drawing.width }}</svg>{% endmacro %}")
    figures = _render(_document(EVERY_BLOCK[6]), Format.MARKDOWN, mine).figures
    assert figures == {"walkthrough-one.svg": f"<svg>{DRAWING.width}</svg>"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ document.__class__ }}", "access to attribute '__class__' of 'Document' object is unsafe."),
        ("{{ document.title.__class__.__mro__ }}", "access to attribute '__class__' of 'tuple' object is unsafe."),
        ("{{ say.__globals__ }}", "access to attribute '__globals__'"),
        ("{{ ''.__class__ }}", "access to attribute '__class__' of 'str' object is unsafe."),
        ("{{ body.gi_frame }}", "access to attribute 'gi_frame' of 'generator' object is unsafe."),
    ],
)
def test_a_template_of_ones_own_is_kept_in_a_sandbox(text: str, said: str, own: Callable[[str, str], Path]) -> None:
    with pytest.raises(SpecError) as caught:
        _render(_document(), Format.MARKDOWN, own("markdown/page.md.j2", text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fine\n{% for %}", "markdown/page.md.j2, line 2: Expected"),
        ("fine\n\n{{ 1 + }}", "markdown/page.md.j2, line 3: "),
        ("{% if x %}", "markdown/page.md.j2, line 1: Unexpected end of template."),
        ("fine\n{{ nonsense }}", "markdown/page.md.j2, line 2: 'nonsense' is undefined"),
        ("a\nb\n{{ document.nonsense }}", "markdown/page.md.j2, line 3: "),
        ("{{ document.title | nonsense }}", "markdown/page.md.j2, line 1: No filter named 'nonsense'."),
        ("{% include 'nowhere' %}", "nowhere"),
        ("fine\n{{ document.__class__ }}", "markdown/page.md.j2, line 2: access to attribute '__class__'"),
        ("fine\n{{ say('no.such.phrase') }}", "no.such.phrase"),
        ("fine\n{{ 1 / 0 }}", "markdown/page.md.j2, line 2: division by zero"),
        ("fine\n{{ 'a' + 1 }}", "markdown/page.md.j2, line 2: "),
    ],
)
def test_a_broken_template_of_ones_own_is_told_in_one_line(
    text: str, said: str, own: Callable[[str, str], Path]
) -> None:
    with pytest.raises(SpecError) as caught:
        _render(_document(), Format.MARKDOWN, own("markdown/page.md.j2", text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_macro_that_is_missing_is_told(own: Callable[[str, str], Path]) -> None:
    mine = own("markdown/blocks.md.j2", "{% macro text(inline) %}{{ inline.text }}{% endmacro %}")
    with pytest.raises(SpecError, match=r"markdown/blocks\.md\.j2.*paragraph"):
        _render(_document(EVERY_BLOCK[3]), Format.MARKDOWN, mine)


def test_a_template_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "markdown").mkdir()
    (tmp_path / "markdown" / "page.md.j2").write_bytes(b"fine\n\xff")
    with pytest.raises(SpecError, match=r"page\.md\.j2"):
        _render(_document(), Format.MARKDOWN, tmp_path)


@pytest.mark.parametrize("format_", PAGES)
def test_an_undefined_name_in_our_own_templates_would_fail(format_: Format, own: Callable[[str, str], Path]) -> None:
    """Ours are as strict as a lecturer's: here is one of them with a slip in it."""
    name, text = PAGE[format_]
    with pytest.raises(SpecError, match="no attribute 'tilte'"):
        taken(
            render_document(
                _document(),
                load_phrases("en"),
                format_,
                stem="walkthrough",
                templates=Templates(ours=_copied(own(name, text.replace("document.title", "document.tilte"))), own={}),
            )
        )


def _copied(target: Path) -> Path:
    for path in OURS.rglob("*.j2"):
        copy = target / path.relative_to(OURS)
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return target


@pytest.mark.parametrize(("decimals", "said"), [(10, "{@{}llrr@{}}"), (11, r"p{0.46\linewidth}@{}}")])
def test_the_ledgers_of_many_decimals_break_their_lines(decimals: int, said: str) -> None:
    numbers = [f"0.{number:03}" for number in range(1, 51)]
    rows = [[*numbers[start:], *numbers[:start]] for start in range(7)]
    network = build(layer(rows, "0.1"), inputs=numbers, targets=["0.3"] * 7)
    page = symbackprop.render(symbackprop.derive(network), format="latex", decimals=decimals)
    assert said in page
