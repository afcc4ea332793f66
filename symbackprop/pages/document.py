"""A document as blocks and inlines, in the order in which it is read. Holds no words and no format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from symbackprop.pages.figures import Drawing
from symbackprop.records import record
from symbackprop.typeset.formula import Condition
from symbackprop.typeset.layout import Layout, Operator


@record
class Text:
    """Plain words, escaped for whatever format they go to."""

    text: str


@record
class Strong:
    """Words that carry the weight of a sentence."""

    text: str


@record
class Code:
    """Something to be typed, or an id."""

    text: str


@record
class Math:
    """A formula within a line of words."""

    layout: Layout


Inline = Text | Strong | Code | Math
Inlines = tuple[Inline, ...]


@record(kw_only=True)
class Heading:
    """A heading; level 1 is a chapter."""

    level: int
    content: Inlines


@record(kw_only=True)
class When:
    """On a page whose numbers can be changed: what must hold for a part to be shown, and whether it does now."""

    conditions: tuple[Condition, ...]
    now: bool


@record(kw_only=True)
class Paragraph:
    """Words that belong together."""

    content: Inlines
    when: When | None = None


@record(kw_only=True)
class EquationLine:
    """One line of a calculation: `left` is empty where the line continues the one above.

    A `passing` note holds for the network's own numbers only.
    """

    left: Layout | None
    relation: Operator | None
    right: Layout
    note: Inlines
    when: When | None = None
    passing: bool = False


@record(kw_only=True)
class Remark:
    """Words within a calculation, on a line of their own, where there is no room for them beside a formula."""

    content: Inlines
    when: When | None = None
    passing: bool = False


@record(kw_only=True)
class Equations:
    """Lines of a calculation, aligned at their relation signs. The notes of `EquationLine` stand to the right."""

    lines: tuple[EquationLine | Remark, ...]


class Align(Enum):
    """How a table's column stands; a wrapped one takes the room that is left and breaks its lines."""

    LEFT = "left"
    RIGHT = "right"
    WRAPPED = "wrapped"


@record(kw_only=True)
class Table:
    """Rows of cells under a header, each column with its alignment."""

    header: tuple[Inlines, ...]
    align: tuple[Align, ...]
    rows: tuple[tuple[Inlines, ...], ...]


@record
class Digits:
    """The numbers of one calculation in a ledger, its result last, and whether they and the result are exact."""

    digits: tuple[str, ...]
    exact: tuple[bool, bool]


Setting = Callable[[Digits], Layout]
"""How a calculation looks with its numbers in it."""


@record(kw_only=True)
class Ledger:
    """A table of calculations that differ in nothing but names and numbers, told row by row as it is written.

    A row has a layout, or the numbers of a calculation, for each column; `settings` says how these look, and is None
    for a column of layouts. `rows` may be gone through again and again.
    """

    header: tuple[Inlines, ...]
    align: tuple[Align, ...]
    settings: tuple[Setting | None, ...]
    rows: Iterable[tuple[Layout | Digits, ...]]


@record(kw_only=True)
class Figure:
    """A drawing with its caption. `name` is unique in the document and safe as a part of a file's name.

    `number` counts the document's figures from 1; it is 0 until the document is whole.
    """

    name: str
    number: int = 0
    drawing: Drawing
    caption: Inlines


@record(kw_only=True)
class Note:
    """A remark set off from the text."""

    title: Inlines
    content: tuple[Inlines, ...]


@record(kw_only=True)
class Items:
    """A list of points."""

    items: tuple[Inlines, ...]


class Tone(Enum):
    """How a stretch of somebody's text is marked, from the best that can be said of it to nothing at all."""

    RIGHT = "right"
    NEARLY = "nearly"
    OTHERWISE = "otherwise"
    CARRIED = "carried"
    WRONG = "wrong"
    OPEN = "open"


@record(kw_only=True)
class Excerpt:
    """One line of somebody's text with its number, and the stretch of it that is meant, marked in a tone.

    Every character is printable.
    """

    number: int
    before: str
    meant: str
    after: str
    tone: Tone


@record(kw_only=True)
class Marking:
    """What is said of a stretch of text. `number` is unique in the listing; `title` says it in a word or two."""

    number: int
    tone: Tone
    title: Inlines
    notes: tuple[Inlines, ...]


@record(kw_only=True)
class Piece:
    """A part of a line, with what is said of it. A stretch over several lines is marked in each, and told in one."""

    text: str
    marking: Marking | None = None
    is_first: bool = True


@record(kw_only=True)
class Listing:
    """Somebody's whole text line by line, with markings. Only a format where one can point at something shows it."""

    title: Inlines
    lines: tuple[tuple[Piece, ...], ...]


Block = Heading | Paragraph | Equations | Table | Ledger | Figure | Note | Items | Excerpt | Listing


class Frame(Enum):
    """What a document's blocks are put into: pages, slides (each heading begins one), or one page for all of them."""

    PAGE = "page"
    SLIDES = "slides"
    ONE_PAGE = "summary"


@record(kw_only=True)
class Document:
    """A whole walkthrough. `language` is a language's code (`en`), which a format may need for its frame.

    `blocks` are told while they are written, and may be gone through again and again.
    """

    title: Inlines
    subtitle: Inlines
    language: str
    blocks: Iterable[Block]
    frame: Frame = Frame.PAGE
