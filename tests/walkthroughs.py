"""Walkthroughs that many tests look at, each made once, and a document's plain form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from symbackprop import api
from symbackprop.checking.published import JudgedFigure, judge_published
from symbackprop.derivation.certify import Certificate, certify
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.formats import Detail
from symbackprop.network_file import parse_network
from symbackprop.notation_file import bound_to_network, load_notation
from symbackprop.pages.document import (
    Block,
    Code,
    Document,
    EquationLine,
    Equations,
    Figure,
    Heading,
    Inline,
    Inlines,
    Items,
    Math,
    Note,
    Paragraph,
    Remark,
    Strong,
    Table,
    Text,
)
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.narrate.walkthrough import tell_walkthrough
from symbackprop.pages.phrases import load_phrases
from symbackprop.pages.render import Rendered
from symbackprop.resources import example
from symbackprop.typeset.layout import Operator
from symbackprop.typeset.notation import Namer
from symbackprop.typeset.unicode import unicode

MAZUR = example("mazur").read_text(encoding="utf-8")

SMALL = """
title = "Minus signs: a 1-2-1 network"
[data]
inputs  = [-0.7]
targets = [0.25]
[[layers]]
activation = "sigmoid"
weights = [[-1.5], [0.8]]
biases  = [-0.2, 0.1]
[[layers]]
activation = "sigmoid"
weights = [[-0.9, -2.0]]
biases  = [0.4]
[training]
learning_rate = 1.5
rounds = 2
"""
"""Negative weights, and a bias of its own for each neuron, which learns."""

WIDE = """
title = "A wide one: 4-5-3"
[data]
inputs  = [0.91, -0.37, 0.08, 1.25]
targets = [0.05, 0.5, 0.95]
[[layers]]
activation = "sigmoid"
weights = [
  [ 0.831, -1.207,  0.442, -0.095],
  [-0.618,  0.274, -1.333,  0.709],
  [ 1.046,  0.587, -0.216, -0.874],
  [-0.153, -0.968,  0.735,  1.121],
  [ 0.399,  1.412, -0.507,  0.266],
]
biases  = 0.125
[[layers]]
activation = "sigmoid"
weights = [
  [ 0.657, -0.483,  1.019, -1.136,  0.348],
  [-0.792,  0.915, -0.264,  0.501, -1.083],
  [ 1.177, -0.329,  0.846, -0.558,  0.713],
]
biases  = [0.2, -0.3, 0.4]
[training]
learning_rate = 0.25
rounds = 3
"""
"""The numbers were drawn once, from a generator with a fixed seed."""


@cache
def derived(network: str = MAZUR) -> Derivation:
    """Give the derivation of a network file's text."""
    return derive(parse_network(network, "test.toml"))


@cache
def judged(network: str = MAZUR) -> tuple[tuple[JudgedFigure, ...], Certificate]:
    """Give the verdicts on the published figures, and the certificate."""
    return judge_published(derived(network)), certify(derived(network))


@cache
def namer(network: str = MAZUR) -> Namer:
    """Give the notation of the article for a network file's text."""
    return bound_to_network(load_notation("mazur", "a test"), derived(network).network)


@cache
def told(network: str = MAZUR, *, lang: str = "en", detail: Detail = Detail.FULL, decimals: int = 9) -> Document:
    """Give the document of a network file's text."""
    teller = Teller(
        derivation=derived(network), phrases=load_phrases(lang), namer=namer(network), decimals=decimals, detail=detail
    )
    document = tell_walkthrough(teller, *judged(network))
    return replace(document, blocks=tuple(document.blocks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """A rendered document with all its pieces taken."""

    text: str
    figures: Mapping[str, str]


def taken(rendered_: Rendered) -> Pages:
    """Take all pieces of a rendered document; only then are its figures complete."""
    text = "".join(rendered_.pieces)
    return Pages(text=text, figures=rendered_.figures)


@cache
def rendered(
    network: str = MAZUR,
    *,
    format_: str = "latex",
    lang: str = "en",
    detail: str = "full",
    view: str = "scalar",
    notation: str = "mazur",
) -> Pages:
    """Give the files that a walkthrough consists of."""
    files = api.render_files(
        derived(network),
        format=format_,
        lang=lang,
        detail=detail,
        view=view,
        decimals=9,
        templates=None,
        stem="walkthrough",
        notation=load_notation(notation, "a test"),
    )
    return taken(files)


def written(
    network: str = MAZUR,
    *,
    format_: str = "latex",
    lang: str = "en",
    detail: str = "full",
    view: str = "scalar",
    notation: str = "mazur",
) -> str:
    """Give the walkthrough's text, without its figures."""
    return rendered(network, format_=format_, lang=lang, detail=detail, view=view, notation=notation).text


def titled(title: str, source: str = "somewhere") -> str:
    """Give a tiny network file with that title, and with one published figure from that source."""
    quote = "'" if '"' in title or "\\" in title else '"'
    source_quote = "'" if '"' in source or "\\" in source else '"'
    return f"""
title = {quote}{title}{quote}
[data]
inputs = [0.5]
targets = [0.25]
[[layers]]
activation = "sigmoid"
weights = [[0.75]]
[training]
learning_rate = 0.5
[[published]]
quantity = "net_o1"
value = "0.375"
source = {source_quote}{source}{source_quote}
"""


# --- The plain form ---------------------------------------------------------------------------------------

_SIGNS = {Operator.EQUALS: "=", Operator.APPROXIMATELY: "≈"}


def plain_form(document: Document) -> str:
    """Give a document as lines that a diff shows well: one for each block, line, row and point."""
    lines = [f"title     {_said(document.title)}", f"subtitle  {_said(document.subtitle)}"]
    for block in document.blocks:
        lines.extend(_plain(block))
    return "\n".join(lines) + "\n"


def _plain(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield ""
            yield f"heading {block.level} {_said(block.content)}"
        case Paragraph():
            yield f"paragraph {_said(block.content)}"
        case Equations():
            yield "equations"
            yield from (f"  {_line(line)}" for line in block.lines)
        case Table():
            yield f"table     {' | '.join(_said(cell) for cell in block.header)}"
            yield f"  align   {' | '.join(align.value for align in block.align)}"
            yield from (f"  row     {' | '.join(_said(cell) for cell in row)}" for row in block.rows)
        case Figure():
            shapes = len(block.drawing.shapes)
            yield f"figure    {block.name} ({shapes} shapes): {_said(block.caption)}"
        case Note():
            yield f"note      {_said(block.title)}"
            yield from (f"  {_said(content)}" for content in block.content)
        case Items():
            yield "items"
            yield from (f"  - {_said(item)}" for item in block.items)


def _line(line: EquationLine | Remark) -> str:
    if isinstance(line, Remark):
        return f"remark  {_said(line.content)}"
    left = "" if line.left is None else f"{unicode(line.left)} "
    sign = "" if line.relation is None else f"{_SIGNS[line.relation]} "
    note = f"    [{_said(line.note)}]" if line.note else ""
    return f"{left}{sign}{unicode(line.right).strip()}{note}"


def _said(content: Inlines) -> str:
    return "".join(_inline(inline) for inline in content)


def _inline(inline: Inline) -> str:
    match inline:
        case Text():
            return inline.text
        case Strong():
            return f"*{inline.text}*"
        case Code():
            return f"`{inline.text}`"
        case Math():
            return f"‹{unicode(inline.layout)}›"
