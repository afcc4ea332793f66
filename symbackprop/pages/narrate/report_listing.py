"""Somebody's text as a report shows it: line by line with markings, or a stretch of one line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from symbackprop.checking.verdicts import Link, Verdict, Verdicts
from symbackprop.checking.work import Span
from symbackprop.pages.document import Excerpt, Listing, Marking, Piece, Tone
from symbackprop.pages.narrate.report_causes import explained
from symbackprop.pages.narrate.report_notes import notes_on, title_of
from symbackprop.pages.narrate.reporter import Reporter

_CONTEXT = 120
_LONGEST_MEANT = 400
_MOST_LINES = 20_000

TONES = {
    Verdict.CORRECT: Tone.RIGHT,
    Verdict.ROUNDED: Tone.NEARLY,
    Verdict.CONVENTION: Tone.OTHERWISE,
    Verdict.FOLLOWS: Tone.CARRIED,
    Verdict.WRONG: Tone.WRONG,
    Verdict.GENERAL: Tone.OPEN,
    Verdict.UNKNOWN: Tone.OPEN,
    Verdict.UNREAD: Tone.OPEN,
}


def excerpt(verdicts: Verdicts, link: Link) -> Excerpt:
    """The line of a link with what is wrong in it, or the whole link, marked; a long line is cut around it."""
    text = verdicts.work.text
    span = link.place.span if link.correction is None else link.correction.span
    if not 0 <= span.start <= span.end <= len(text):
        span = link.place.span
    begin = text.rfind("\n", 0, span.start) + 1
    end = _line_end(text, span.start)
    stop = min(span.end, end, span.start + _LONGEST_MEANT)
    number = link.place.line + text.count("\n", link.place.span.start, span.start)
    return Excerpt(
        number=number,
        before=printable(text[max(begin, span.start - _CONTEXT) : span.start]).lstrip(),
        meant=printable(text[span.start : stop]),
        after=printable(text[stop : min(end, stop + _CONTEXT)]).rstrip(),
        tone=TONES[link.verdict],
    )


def listing(reporter: Reporter, verdicts: Verdicts) -> Listing:
    """The whole text, with each link marked that doesn't overlap one before it."""
    lines = verdicts.work.text.rstrip("\n").split("\n")[:_MOST_LINES]
    starts = tuple(accumulate((len(line) + 1 for line in lines), initial=0))[:-1]
    marked: dict[int, list[tuple[Span, Marking, bool]]] = {}
    for span, marking in _markings(reporter, verdicts):
        line = bisect_right(starts, span.start) - 1
        is_first = True
        while line < len(lines) and starts[line] < span.end:
            within = Span(
                start=max(span.start, starts[line]) - starts[line],
                end=min(span.end - starts[line], len(lines[line])),
            )
            if within.start < within.end:
                marked.setdefault(line, []).append((within, marking, is_first))
                is_first = False
            line += 1
    pieces = tuple(tuple(_pieces(line, marked.get(number, []))) for number, line in enumerate(lines))
    return Listing(title=reporter.say("report.listing"), lines=pieces)


def printable(text: str) -> str:
    """The text on one line, with each character that would garble it as a blank or a box, and none more or fewer."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def _markings(reporter: Reporter, verdicts: Verdicts) -> Iterator[tuple[Span, Marking]]:
    reasons = explained(verdicts)
    end = 0
    numbered = sorted(enumerate(verdicts.links), key=lambda it: (it[1].place.span.start, it[1].place.span.end))
    for number, link in numbered:
        # Where something is missing there is nothing to mark but its neighbour.
        span = link.place.span
        span = span if span.start < span.end else Span(start=max(end, span.start - 1), end=span.start + 1)
        if span.start < end:
            continue
        end = span.end
        notes = notes_on(reporter, link, reasons.get(number))
        title = title_of(reporter, link)
        yield span, Marking(number=number + 1, tone=TONES[link.verdict], title=title, notes=notes)


def _pieces(line: str, marked: list[tuple[Span, Marking, bool]]) -> Iterator[Piece]:
    done = 0
    for span, marking, is_first in marked:
        if span.start > done:
            yield Piece(text=printable(line[done : span.start]))
        yield Piece(text=printable(line[span.start : span.end]), marking=marking, is_first=is_first)
        done = span.end
    if done < len(line):
        yield Piece(text=printable(line[done:]))


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end
