"""A document as text of one format, by the templates of that format.

A format's `blocks` template has exactly one macro for each kind of block and of inline; its `page` template is
the frame around them. A lecturer's own folder may replace any template; then all of them run in the sandbox.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from unicodedata import normalize
from urllib.parse import quote

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateRuntimeError,
)
from jinja2.environment import TemplateModule

from symbackprop.formats import Format
from symbackprop.pages.broken_templates import blaming_templates
from symbackprop.pages.closures import require_closed
from symbackprop.pages.document import (
    Block,
    Document,
    Excerpt,
    Figure,
    Frame,
    Heading,
    Inline,
    Inlines,
    Ledger,
    Math,
    Paragraph,
    Text,
)
from symbackprop.pages.escape import code_fence, html_words, latex_words, markdown_code, markdown_words
from symbackprop.pages.figures import Drawing
from symbackprop.pages.framing import framed
from symbackprop.pages.ledger import ledger_rows
from symbackprop.pages.phrases import Phrases
from symbackprop.pages.questions import shown_while
from symbackprop.pages.shared_formulas import SharedFormulas
from symbackprop.pages.templates import Templates
from symbackprop.records import record
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import Layout, Number
from symbackprop.typeset.mathml import mathml
from symbackprop.typeset.svg import svg, svg_words
from symbackprop.typeset.typst import typst_words
from symbackprop.typeset.unicode import unicode

if TYPE_CHECKING:
    from symbackprop.pages.allowance import Allowance

# LaTeX is full of braces and percent signs, Typst of braces and hashes: their templates mark statements differently.
_OTHER_MARKS: Mapping[str, Any] = {
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "<<",
    "variable_end_string": ">>",
    "comment_start_string": "<#",
    "comment_end_string": "#>",
}
_NO_BREAK = "\u00a0"

_NO_MARKS: Mapping[str, Any] = {}


@record(kw_only=True)
class Rendered:
    """A document's text, piece by piece as it is told, and the files that it shows, by name, to be put beside it.

    `figures` is complete when the last piece has been taken.
    """

    pieces: Iterator[str]
    figures: Mapping[str, str]


def render_document(
    document: Document, phrases: Phrases, format_: Format, *, stem: str, templates: Templates
) -> Rendered:
    """The document as text, by templates. `stem` begins the names of its figures.

    While the pieces are taken, SpecError is raised where a template of the user's own is broken, ValueError for a
    format without templates.
    """
    shop = _workshop(templates)
    environment = _prepared(document, phrases, format_, stem, shop)
    draw = _drawn_by(shop)
    page_name = _page_of(format_, document.frame)
    figures: dict[str, str] = {}

    def told() -> Iterator[Block]:
        for block in shop.told(document):
            if isinstance(block, Figure) and format_ is Format.MARKDOWN:
                figures[figure_file(stem, block.name)] = draw(block.drawing)
            yield block

    def pieces() -> Iterator[str]:
        with blaming_templates(templates, format_):
            blocks = environment.get_template(_blocks_of(format_)).module
            printed = ((block, _macro(blocks, block)(block)) for block in told())
            body = framed(printed, Frame.PAGE if format_ is Format.MARKDOWN else document.frame)
            page = environment.get_template(page_name).stream(document=document, body=body)
            page.enable_buffering(_PIECES_AT_ONCE)
            yield from page

    return Rendered(pieces=_for_terminals(pieces()) if format_ is Format.TEXT else pieces(), figures=figures)


def _page_of(format_: Format, frame: Frame) -> str:
    """The template of a document's page; in Markdown all pages are alike."""
    page = Frame.PAGE if format_ is Format.MARKDOWN and frame is Frame.ONE_PAGE else frame
    return f"{format_}/{page.value}.{format_.ending}.j2"


def render_blocks(document: Document, phrases: Phrases, *, templates: Templates) -> Iterator[tuple[Block, str]]:
    """Each block, title and subtitle first, with its text in Markdown; a figure is in the text itself, as data.

    Jupyter shows an SVG in Markdown only so: neither as an attachment nor as elements of its own.
    """
    shop = _workshop(templates)
    environment = _prepared(document, phrases, Format.MARKDOWN, "", shop)
    draw = _drawn_by(shop)
    links: dict[str, str] = {}

    def figure_link(name: str, /) -> str:
        return links[name]

    def as_it_is(link: str, /) -> str:
        return link

    _hand(environment, {"link": as_it_is}, {"figure_file": figure_link})
    with blaming_templates(templates, Format.MARKDOWN):
        blocks = environment.get_template(_blocks_of(Format.MARKDOWN)).module
        heading = Heading(level=0, content=document.title)
        for block in (heading, Paragraph(content=document.subtitle), *shop.told(document)):
            if isinstance(block, Figure):
                drawn = b64encode(draw(block.drawing).encode()).decode()
                links[block.name] = f"data:image/svg+xml;base64,{drawn}"
            yield block, _macro(blocks, block)(block)


def render_alive(
    documents: Sequence[tuple[Document, Phrases]], frame: Mapping[str, object], *, templates: Templates
) -> Rendered:
    """One page with a document in each of several languages, within a frame that makes it one to play with.

    `frame` is what the template `walkthrough` of HTML takes besides the bodies. Errors are those of `render_document`.
    """

    def pieces() -> Iterator[str]:
        with blaming_templates(templates, Format.HTML):
            shared = SharedFormulas()
            shop = _workshop(templates)
            bodies = [_body(document, phrases, shop) for document, phrases in documents]
            for number, body in enumerate(bodies):
                body["pieces"] = shared.repeated(body["pieces"]) if number else shared.told(body["pieces"])
            # The frame's own words are those of the first language.
            first = _prepared(*documents[0], Format.HTML, "", shop)
            page = first.get_template("html/walkthrough.html.j2").stream(bodies=bodies, **frame)
            page.enable_buffering(_PIECES_AT_ONCE)
            yield from page

    return Rendered(pieces=pieces(), figures={})


def _body(document: Document, phrases: Phrases, shop: _Workshop) -> dict[str, Any]:
    environment = _prepared(document, phrases, Format.HTML, "", shop)
    blocks = environment.get_template(_blocks_of(Format.HTML)).module
    pieces = (_macro(blocks, block)(block) for block in shop.told(document))
    return {"document": document, "say": _saying(phrases), "pieces": pieces}


def _blocks_of(format_: Format) -> str:
    return f"{format_}/blocks.{format_.ending}.j2"


@record(kw_only=True)
class _Workshop:
    """What all environments for one document share: whose templates there are, and how much a user's may still do."""

    templates: Templates
    allowance: Allowance | None

    def environment(self, format_: Format, words: Callable[[str], str]) -> Environment:
        """An environment for a format, which escapes words in that way: a sandbox, unless all templates are ours."""
        settings = _settings(format_)
        if self.allowance is not None:
            from symbackprop.pages.sandbox import Sandbox  # noqa: PLC0415 - our own templates don't wait for it

            environment: Environment = Sandbox(self.templates, self.allowance, **settings)
        else:
            # What is escaped, and how, is said in the templates: they are for several formats.
            environment = Environment(loader=FileSystemLoader(self.templates.ours), **settings)  # noqa: S701
        return _with_printers(environment, format_, words)

    def told(self, document: Document) -> Iterator[Block]:
        """The document's blocks. The more there are, the more may be done."""
        for block in document.blocks:
            if self.allowance is not None:
                self.allowance.grant_a_block()
            yield block


def _workshop(templates: Templates) -> _Workshop:
    if not templates.own:
        return _Workshop(templates=templates, allowance=None)
    from symbackprop.pages.allowance import Allowance  # noqa: PLC0415 - as above

    return _Workshop(templates=templates, allowance=Allowance())


def _settings(format_: Format) -> dict[str, Any]:
    return {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "autoescape": False,
        "auto_reload": False,
        # Looking for what could be worked out beforehand takes longer than it saves in one document.
        "optimized": False,
        **(_OTHER_MARKS if format_ in (Format.LATEX, Format.TYPST) else _NO_MARKS),
    }


def _hand(
    environment: Environment,
    filters: Mapping[str, Callable[..., object]],
    names: Mapping[str, object] = _NO_MARKS,
) -> None:
    """Hands functions and values of ours to templates, which can neither override nor look into any of them."""
    require_closed(filters)
    require_closed(names)
    environment.globals.update(names)
    if not environment.sandboxed:
        environment.filters.update(filters)
        return
    from symbackprop.pages.sandbox import Sandbox  # noqa: PLC0415 - as above

    assert isinstance(environment, Sandbox)
    environment.hand(filters)


def _prepared(document: Document, phrases: Phrases, format_: Format, stem: str, shop: _Workshop) -> Environment:
    """The templates with all that they need for one document."""
    environment = shop.environment(format_, _words(format_, document.language))
    draw, draw_within = _drawn_by(shop), _drawn_by(shop, "html/figure.svg.j2")

    def inlines(content: Inlines, /) -> str:
        blocks = environment.get_template(_blocks_of(format_)).module
        said = content if format_ is Format.MARKDOWN else _closed_up(content)
        return "".join(_macro(blocks, inline)(inline) for inline in said)

    def name_of_file(name: str, /) -> str:
        return figure_file(stem, name)

    names = {"say": _saying(phrases), "figure_file": name_of_file, "language": document.language}
    filters = {
        "inlines": inlines,
        "spoken": _spoken,
        "shown_while": lambda when, /: shown_while(when),
        "drawn": draw,
        "drawn_within": draw_within,
    }
    _hand(environment, filters, names)
    if format_ is Format.TEXT:
        _hand(environment, _terminal_filters(inlines))
    if format_ is Format.TYPST:
        _hand(environment, _typst_filters(phrases))
    return environment


def _saying(phrases: Phrases) -> Callable[..., str]:
    def say(key: str, /, **fillings: object) -> str:
        return phrases.plain(key, **fillings)

    return say


def _spoken(content: Inlines, /) -> str:
    """Inlines that have a formula among them as bare words, for readers that see no formulas; else nothing."""
    if not any(isinstance(part, Math) for part in content):
        return ""
    return "".join(unicode(part.layout) if isinstance(part, Math) else part.text for part in content)


_PIECES_AT_ONCE = 64
_WIDE_MARKS = ("、", "。", "，", "：", "；", "！", "？", "）")


def _closed_up(content: Inlines) -> Iterator[Inline]:
    """The inlines without the blank after a full-width mark: only GitHub needs one, to see a formula."""
    for inline, following in zip_longest(content, content[1:]):
        if isinstance(inline, Text) and following is not None and inline.text[-1:] == " ":
            words = inline.text[:-1]
            yield Text(words) if words.endswith(_WIDE_MARKS) else inline
        else:
            yield inline


def _for_terminals(pieces: Iterator[str]) -> Iterator[str]:
    """The pieces with plain blanks, and one line's end at the end of the text."""
    held = ""
    for piece in pieces:
        text = held + piece.replace(_NO_BREAK, " ")
        kept = text.rstrip()
        held = text[len(kept) :]
        yield kept
    yield "\n"


def _macro(blocks: TemplateModule, part: Block | Inline) -> Callable[..., str]:
    """The macro for a kind of block or inline: the kind's name in small letters."""
    name = type(part).__name__.lower()
    macro: Callable[..., str] | None = getattr(blocks, name, None)
    if macro is None:
        raise TemplateRuntimeError(f"{blocks.__name__}: expected a macro {name!r}, found none")
    return macro


def draw_svg(drawing: Drawing, templates: Templates, template: str = "markdown/figure.svg.j2") -> str:
    """A drawing as a complete SVG file, or as one within a page by that page's template."""
    return _drawn_by(_workshop(templates), template)(drawing)


def _drawn_by(shop: _Workshop, template: str = "markdown/figure.svg.j2") -> Callable[[Drawing], str]:
    """What draws by a template, which is read when the first drawing comes."""

    @cache
    def drawer() -> Callable[[Drawing], str]:
        environment = shop.environment(Format.MARKDOWN, svg_words)
        _hand(environment, {}, {"follows": template.startswith(Format.HTML)})
        return environment.get_template(template).module.draw  # type: ignore[attr-defined,no-any-return]

    return lambda drawing, /: drawer()(drawing)


def figure_file(stem: str, name: str) -> str:
    """The name of the file that holds one of a document's figures."""
    return f"{stem}-{name}.svg"


def _words(format_: Format, language: str) -> Callable[[str], str]:
    match format_:
        case Format.LATEX:
            return lambda text: latex_words(text, language)
        case Format.MARKDOWN:
            return markdown_words
        case Format.HTML:
            return html_words
        case Format.TEXT:
            return lambda text: text
        case Format.TYPST:
            return typst_words
        case _:
            raise ValueError(f"{format_} is written without templates")


def _with_printers(environment: Environment, format_: Format, words: Callable[[str], str]) -> Environment:
    printed = _latex_within_markdown if format_ is Format.MARKDOWN else mathml if format_ is Format.HTML else latex
    filters: dict[str, Callable[..., object]] = {
        "words": lambda text, /: words(text),
        "latex": lambda layout, /: printed(layout),
        "mathml": lambda layout, /: mathml(layout),
        "code_fence": code_fence,
        "excerpt": _excerpt,
        "markdown_code": lambda text, /: markdown_code(text),
        "svg": lambda layout, size=10.0, /: svg(layout, size),
        "unicode": lambda layout, /: unicode(layout),
        # A PDF's bookmark has no small letters: h\u2081 becomes h1.
        "bookmark": lambda layout, /: normalize("NFKC", unicode(layout)),
        "link": lambda address, /: quote(address, errors="surrogateescape"),
        "ledger": lambda ledger, /: _ledger(printed, ledger),
    }
    _hand(environment, filters)
    return environment


def _excerpt(block: Excerpt, /) -> list[str]:
    from symbackprop.pages.terminal import excerpt  # noqa: PLC0415 - only a report has excerpts

    return excerpt(block)


def _latex_within_markdown(layout: Layout) -> str:
    # GitHub looks for emphasis before it looks for formulas, and an underscore between braces could begin one.
    return latex(layout).replace("}_{", "}_ {")


def _ledger(printed: Callable[[Layout], str], ledger: Ledger) -> Iterator[list[str]]:
    return ledger_rows(ledger, printed, lambda digits: printed(Number(digits)))


def _terminal_filters(inlines: Callable[[Inlines], str]) -> dict[str, Callable[..., object]]:
    # Only a terminal needs them, and importing them takes time that every other format would wait.
    from symbackprop.pages.canvas import sketch  # noqa: PLC0415
    from symbackprop.pages.terminal import COLUMNS, as_table, calculation, cells, rows, wrap  # noqa: PLC0415

    return {
        "sketch": lambda drawing, /: sketch(drawing),
        "calculation": lambda block, /: calculation(block, inlines),
        "rows": lambda table, /: rows(table, inlines),
        "as_table": lambda ledger, /: as_table(ledger),
        "cells": lambda text, /: cells(text),
        "unbroken": lambda layout, /: unicode(layout).replace(" ", _NO_BREAK),
        "wrap": lambda text, columns=COLUMNS, /: wrap(text, columns),
    }


def _typst_filters(phrases: Phrases) -> dict[str, Callable[..., object]]:
    # Only a PDF needs them.
    from symbackprop.pages.typst_filters import typst_filters  # noqa: PLC0415

    return typst_filters(phrases)
