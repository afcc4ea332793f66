"""Names within formulas: quantities, derivatives, functions of the network, and what is none of these."""

from __future__ import annotations

from symbackprop.checking.reading import reader_functions
from symbackprop.checking.reading.name_derivatives import Lost, in_line, primed
from symbackprop.checking.reading.name_spelling import INDEX_LETTERS
from symbackprop.checking.reading.name_tokens import MATRIX, Hit
from symbackprop.checking.reading.reader import Reader
from symbackprop.checking.reading.spelling import scripted, tidy
from symbackprop.checking.reading.tokens import Kind
from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.work import Gap, Leaf, Span
from symbackprop.typeset.formula import ONE, Exp, Formula, Quantity

_SOME_WORDS = frozenset(
    {"net", "out", "target", "output", "input", "error", "weight", "bias", "delta", "y", "t", "x", "o", "e"}
)


def read(reader: Reader) -> Formula:
    """The name that stands here; where it means nothing, that is noted."""
    found = try_read(reader)
    return found if found is not None else _nothing(reader)


def try_read(reader: Reader) -> Formula | None:
    """The same, or None where it means nothing."""
    reader.step()
    start = reader.at
    scan = reader.scan
    units = scan.units(start)
    spelling = "".join(unit.spelling for unit in units)
    if spelling == "e" and scan.kind(start + 1) in (Kind.SUP, Kind.POWER):
        reader.take()
        reader.take()
        return Exp(reader.exponent())
    derivative = in_line(scan, start) or primed(scan, start)
    if isinstance(derivative, Hit):
        return leaf_of(reader, derivative, start)
    if units:
        function = _function(reader, spelling, units[-1].end)
        if function is not None:
            return function
    hit = scan.name(start) or _of(reader) or _beside(reader)
    if hit is not None:
        return leaf_of(reader, hit, start)
    if isinstance(derivative, Lost):
        return lost(reader, derivative, start)
    if spelling == "e" and not scan.is_open(start + 1, "["):
        reader.take()
        return Exp(ONE)
    return None


def _function(reader: Reader, word: str, end: int) -> Formula | None:
    """A function of what follows its name; that of some has an underscore in it: normal_cdf(x)."""
    if word != "normal":
        return reader_functions.applied(reader, word, end)
    lowered, after = next(iter(reader.scan.lowered(end)), ("", end))
    return reader_functions.applied(reader, f"normal_{lowered}", after)


def _of(reader: Reader) -> Hit | None:
    """A name with its neuron in parentheses: net(h1)."""
    scan, start = reader.scan, reader.at
    units = scan.units(start)
    after = units[-1].end if units else start
    if not units or not scan.is_open(after, "("):
        return None
    close = scan.partner[after]
    inner = scan.spelled(after + 1, close, index=True)
    base = "".join(unit.spelling for unit in units)
    if not inner or len(inner) > _LONGEST_LABEL or base not in reader.names.bases or not inner[0].isalpha():
        return None
    spelling = tidy(f"{base}_{inner}")
    ids = reader.names.ids(spelling)
    return Hit(ids, spelling, close + 1) if ids else None


def _beside(reader: Reader) -> Hit | None:
    """A name with a blank before its neuron in plain text: net h1."""
    scan, start = reader.scan, reader.at
    units = scan.units(start)
    base = "".join(unit.spelling for unit in units)
    after = units[-1].end if units else start
    if scan.latex or base.lower() not in _WORDS_OF_NEURONS or scan.kind(after) is not Kind.LETTER:
        return None
    label = scan.units(after)
    if len(label) != len("h1") or not label[1].spelling.isdigit() or reader.tokens[after].glued:
        return None
    spelling = tidy(f"{base}_{label[0].spelling}{label[1].spelling}")
    ids = reader.names.ids(spelling)
    return Hit(ids, spelling, label[-1].end) if ids else None


_WORDS_OF_NEURONS = frozenset({"net", "out", "target", "output", "delta"})
_LONGEST_LABEL = 12


def leaf_of(reader: Reader, hit: Hit, start: int) -> Formula:
    """A leaf for a name that was found."""
    reader.at = hit.end
    span = reader.span_from(start)
    return reader.leaf(Leaf(text=reader.text[span.start : span.end], span=span, ids=hit.ids))


def lost(reader: Reader, found: Lost, start: int) -> Formula:
    """A leaf for a derivative that this network hasn't got."""
    reader.at = found.end
    span = reader.span_from(start)
    whole = [gap_of(reader, spelling) for spelling in (found.above, found.below) if not reader.names.ids(spelling)]
    gap = Gap.UNKNOWN if Gap.UNKNOWN in whole or not whole else Gap.GENERAL
    return unknown(reader, span, gap)


def unknown(reader: Reader, span: Span, gap: Gap) -> Formula:
    """A leaf for a name that means nothing in particular, or nothing at all, which is noted."""
    text = reader.text[span.start : span.end]
    reader.note(gap, span, Why(Snag.NO_PARTICULAR if gap is Gap.GENERAL else Snag.NO_QUANTITY, found=text))
    return reader.leaf(Leaf(text=text, span=span))


def _nothing(reader: Reader) -> Formula:
    start = reader.at
    base, sub, end = reader.scan.whole(start)
    reader.at = max(end, start + 1)
    return unknown(reader, reader.span_from(start), gap_of(reader, tidy(scripted(base, sub, ""))))


def gap_of(reader: Reader, spelling: str) -> Gap:
    """Whether a name that means nothing is that of any neuron, or of none that there is."""
    names = reader.names
    bare, _, raised = spelling.partition("^")
    for guess in names.guesses(spelling):
        if any(names.has(f"{guess}{mark}") for mark in ("[1]", "[1,1]")):
            return Gap.GENERAL
    if (len(bare) == 1 and bare.isupper() and bare.lower() in names.bases) or MATRIX.fullmatch(bare):
        return Gap.GENERAL
    if bare.lower() in _SOME_WORDS or bare in names.bases or reader_functions.is_function(bare):
        return Gap.GENERAL
    for cut in range(len(bare) - 1, 0, -1):
        index = bare[cut:]
        if not all(it in INDEX_LETTERS or it == "," for it in index) or len(index) > _LONGEST_INDEX:
            break
        if bare[:cut] in names.bases:
            return Gap.GENERAL
    if raised and any(it.isalpha() for it in raised) and any(bare.startswith(it) for it in names.bases if len(it) > 1):
        return Gap.GENERAL
    return Gap.UNKNOWN


_LONGEST_INDEX = 3


def with_mark(reader: Reader, formula: Formula, start: int) -> Formula | None:
    """A name in parentheses with a mark raised on the whole, such as its rounds; None if what is raised is a power."""
    if not isinstance(formula, Quantity) or reader.kind() is not Kind.SUP:
        return None
    if reader.tokens[start].kind is not Kind.OPEN or not reader.leaves[int(formula.id)].ids:
        return None
    at = reader.at + 1
    scan = reader.scan
    if not (scan.is_open(at, "{") or scan.is_open(at, "(")):
        return None
    close = scan.partner[at]
    braces = scan.tokens[at].text == "{"
    mark = scan.spelled(at + 1, close) if braces else scan.spelled(at, close + 1)
    if not mark or mark[0] not in "([+":
        return None
    old = reader.leaves[int(formula.id)]
    ids = reader.names.marked(old.ids, mark)
    if not ids:
        return None
    reader.at = close + 1
    span = reader.span_from(start)
    reader.leaves[int(formula.id)] = Leaf(text=reader.text[span.start : span.end], span=span, ids=ids)
    return formula
