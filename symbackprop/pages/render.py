"""A document as text of one format, by the templates of that format.

A format's `blocks` template has exactly one macro for each kind of block and of inline; its `page` template is
the frame around them. A lecturer's own folder may replace any template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import zip_longest
from pathlib import Path
from traceback import walk_tb
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateRuntimeError,
    TemplateSyntaxError,
)
from jinja2.environment import TemplateModule
from jinja2.sandbox import ImmutableSandboxedEnvironment

from symbackprop.errors import SpecError
from symbackprop.formats import Format
from symbackprop.pages.document import Block, Document, Excerpt, Figure, Frame, Heading, Inline, Inlines, Ledger, Text
from symbackprop.pages.escape import (
    code_fence,
    html_words,
    latex_words,
    markdown_code,
    markdown_words,
    typst_words,
)
from symbackprop.pages.figures import Drawing
from symbackprop.pages.ledger import ledger_rows
from symbackprop.pages.phrases import Phrases
from symbackprop.records import record
from symbackprop.typeset.latex import latex
from symbackprop.typeset.layout import Layout, Number
from symbackprop.typeset.mathml import mathml
from symbackprop.typeset.svg import svg, svg_words
from symbackprop.typeset.unicode import unicode

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
    document: Document, phrases: Phrases, format_: Format, *, stem: str, folders: tuple[Path, ...]
) -> Rendered:
    """The document as text. `stem` begins the names of its figures; templates are looked for in `folders` in turn.

    While the pieces are taken, SpecError is raised where a template of the user's own is broken, ValueError for a
    format without templates.
    """
    environment = _environment(format_, _words(format_, document.language), folders)
    environment.globals.update(say=phrases.plain, figure_file=partial(figure_file, stem), language=document.language)
    blocks_name, page_name = _templates_for(format_, document.frame)

    def inlines(content: Inlines) -> str:
        blocks = environment.get_template(blocks_name).module
        said = content if format_ is Format.MARKDOWN else _closed_up(content)
        return "".join(_macro(blocks, inline)(inline) for inline in said)

    environment.filters["inlines"] = inlines
    environment.filters["drawn"] = partial(draw_svg, folders=folders)
    if format_ is Format.TEXT:
        environment.filters.update(_terminal_filters(inlines))
    if format_ is Format.TYPST:
        environment.filters.update(_typst_filters(phrases))
    figures: dict[str, str] = {}

    def told() -> Iterator[Block]:
        for block in document.blocks:
            if isinstance(block, Figure) and format_ is Format.MARKDOWN:
                figures[figure_file(stem, block.name)] = draw_svg(block.drawing, folders)
            yield block

    def pieces() -> Iterator[str]:
        with _blaming_templates(folders, format_):
            blocks = environment.get_template(blocks_name).module
            printed = ((block, _macro(blocks, block)(block)) for block in told())
            body = _slides(printed) if document.frame is Frame.SLIDES else (text for _, text in printed)
            page = environment.get_template(page_name).stream(document=document, body=body)
            page.enable_buffering(_PIECES_AT_ONCE)
            yield from page

    return Rendered(pieces=_for_terminals(pieces()) if format_ is Format.TEXT else pieces(), figures=figures)


def _templates_for(format_: Format, frame: Frame) -> tuple[str, str]:
    """The names of the templates of a format's blocks and of its page; in Markdown all pages are alike."""
    page = Frame.PAGE if format_ is Format.MARKDOWN and frame is Frame.ONE_PAGE else frame
    return f"{format_}/blocks.{format_.ending}.j2", f"{format_}/{page.value}.{format_.ending}.j2"


def _slides(printed: Iterator[tuple[Block, str]]) -> Iterator[tuple[Inlines, list[str]]]:
    """Each heading with what was printed of the blocks below it."""
    title: Inlines = ()
    content: list[str] = []
    for block, text in printed:
        if isinstance(block, Heading):
            if content:
                yield title, content
            title, content = block.content, []
        else:
            content.append(text)
    if content:
        yield title, content


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


@contextmanager
def _blaming_templates(folders: tuple[Path, ...], format_: Format) -> Iterator[None]:
    """Turns whatever goes wrong in templates of the user's own into one line that says where."""
    try:
        yield
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if len(folders) == 1 and not isinstance(error, TemplateError):
            raise
        name, line = _place_of(error)
        where = name or f"the templates for {format_}"
        why = str(getattr(error, "message", None) or error).splitlines()[0]
        raise SpecError(f"{where}, line {line}" if line else where, why) from None


def _place_of(error: Exception) -> tuple[str | None, int | None]:
    """The template and the line where an error was raised, as far as they can be told."""
    name, line = (error.name, error.lineno) if isinstance(error, TemplateSyntaxError) else (None, None)
    for frame, number in walk_tb(error.__traceback__):
        template = frame.f_globals.get("__jinja_template__")
        file = Path(frame.f_code.co_filename)
        if isinstance(template, Template):
            name, line = template.name, template.get_corresponding_lineno(number)
        elif file.suffix == ".j2":
            # Jinja has put the template itself into the traceback already.
            name, line = "/".join(file.parts[-2:]), number
        elif "jinja2" in file.parts and name is None:
            name = frame.f_locals.get("template") if isinstance(frame.f_locals.get("template"), str) else None
    return name, line


def draw_svg(drawing: Drawing, folders: tuple[Path, ...]) -> str:
    """A drawing as a complete SVG file."""
    return _svg_template(folders).module.draw(drawing)  # type: ignore[attr-defined, no-any-return]


def _svg_template(folders: tuple[Path, ...]) -> Template:
    return _environment(Format.MARKDOWN, svg_words, folders).get_template("markdown/figure.svg.j2")


def figure_file(stem: str, name: str) -> str:
    """The name of the file that holds one of a document's figures."""
    return f"{stem}-{name}.svg"


def _words(format_: Format, language: str) -> Callable[[str], str]:
    match format_:
        case Format.LATEX:
            return partial(latex_words, language=language)
        case Format.MARKDOWN:
            return markdown_words
        case Format.HTML:
            return html_words
        case Format.TEXT:
            return str
        case Format.TYPST:
            return typst_words
        case Format.JSON | Format.PDF:
            raise ValueError(f"{format_.name} is written without templates")


def _environment(format_: Format, words: Callable[[str], str], folders: tuple[Path, ...]) -> Environment:
    # Our own templates are trusted; a folder of somebody else's before them is not.
    kind = ImmutableSandboxedEnvironment if len(folders) > 1 else Environment
    environment = kind(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        auto_reload=False,
        # Looking for what could be worked out beforehand takes longer than it saves in one document.
        optimized=False,
        **(_OTHER_MARKS if format_ in (Format.LATEX, Format.TYPST) else _NO_MARKS),
    )
    printed = _latex_within_markdown if format_ is Format.MARKDOWN else mathml if format_ is Format.HTML else latex
    environment.filters.update(
        words=words,
        latex=printed,
        mathml=mathml,
        code_fence=code_fence,
        excerpt=_excerpt,
        markdown_code=markdown_code,
        svg=svg,
        unicode=unicode,
        # A PDF's bookmark has no small letters: h\u2081 becomes h1.
        bookmark=lambda layout: normalize("NFKC", unicode(layout)),
        link=quote,
        ledger=partial(_ledger, printed),
    )
    return environment


def _excerpt(block: Excerpt) -> list[str]:
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
    from symbackprop.pages.terminal import as_table, calculation, cells, rows, wrap  # noqa: PLC0415

    return {
        "sketch": sketch,
        "calculation": partial(calculation, say=inlines),
        "rows": partial(rows, say=inlines),
        "as_table": as_table,
        "cells": cells,
        "unbroken": lambda layout: unicode(layout).replace(" ", _NO_BREAK),
        "wrap": wrap,
    }


def _typst_filters(phrases: Phrases) -> dict[str, Callable[..., object]]:
    # Only a PDF needs them.
    from symbackprop.pages.typst_filters import typst_filters  # noqa: PLC0415

    return typst_filters(phrases)
