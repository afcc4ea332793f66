"""What is said of a single link: its verdict, what would be right, and where the difference comes from."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.checking.snags import Why
from symbackprop.checking.verdicts import Link, LinkKind, Verdict
from symbackprop.pages.document import Code, Inlines
from symbackprop.pages.narrate.reporter import Reporter
from symbackprop.wording import one_line, shortened


def title_of(reporter: Reporter, link: Link) -> Inlines:
    """The verdict, and what the link is said to be."""
    if link.quantity is None:
        return reporter.verdict(link.verdict)
    claim = reporter.claim(link.kind, link.quantity)
    return reporter.say("report.claim", verdict=reporter.verdict(link.verdict), claim=claim)


def notes_on(reporter: Reporter, link: Link, reason: int | None) -> tuple[Inlines, ...]:
    """The sentences on a link. `reason` is the number of the explanation that it has, if it has one."""
    return tuple(_notes(reporter, link, reason))


def _notes(reporter: Reporter, link: Link, reason: int | None) -> Iterator[Inlines]:
    match link.verdict:
        case Verdict.CORRECT:
            yield reporter.say("link.correct")
        case Verdict.ROUNDED:
            yield reporter.say("link.rounded" if link.rounding is None else f"rounding.{link.rounding.value}")
            yield from _expected(reporter, link, "link.exact")
        case Verdict.FOLLOWS:
            if link.follows_from is not None:
                yield reporter.say("link.from", quantity=reporter.writing.name(link.follows_from))
            yield from _right(reporter, link)
            yield from _cause(reporter, link, reason)
        case Verdict.CONVENTION:
            if link.convention is not None:
                yield reporter.convention(link.convention)
            if link.expected != link.text.strip():
                yield from _expected(reporter, link, "link.ours")
        case Verdict.WRONG:
            yield from _correction(reporter, link)
            yield from _right(reporter, link)
            yield from _cause(reporter, link, reason)
            if link.cause is None and reason is None:
                yield reporter.say("link.no_cause" if link.sought else "link.not_sought")
        case Verdict.GENERAL | Verdict.UNKNOWN | Verdict.UNREAD:
            said = reporter.say(f"gap.{link.verdict.value}")
            yield said if link.why is None else reporter.say("link.why", text=said, why=_why(reporter, link.why))


def _why(reporter: Reporter, why: Why) -> Inlines:
    """What kept a link from being judged, with what somebody wrote in quotation marks."""
    typed = (
        reporter.say("link.end") if why.is_at_the_end else reporter.say("link.typed", text=shortened(why.found or ""))
    )
    return reporter.say(
        f"snag.{why.snag.value}",
        found=typed,
        limit=reporter.phrases.whole(why.limit or 0),
        near=(Code(one_line(why.near or "")),),
    )


def _correction(reporter: Reporter, link: Link) -> Iterator[Inlines]:
    mending = link.correction
    if mending is None:
        return
    found: Inlines = (Code(shortened(mending.found)),)
    if not mending.found:
        yield reporter.say("link.nothing_there", expected=reporter.writing.formula(mending.expected))
    elif not mending.expected:
        yield reporter.say("link.too_much", found=found)
    else:
        yield reporter.say("link.mend", found=found, expected=reporter.writing.formula(mending.expected))


def _right(reporter: Reporter, link: Link) -> Iterator[Inlines]:
    match link.kind:
        case LinkKind.FORMULA:
            yield from _expected(reporter, link, "link.right_formula")
        case LinkKind.NUMBERS:
            yield from _expected(reporter, link, "link.right_numbers")
        case LinkKind.VALUE:
            yield from _expected(reporter, link, "link.right_value")


def _expected(reporter: Reporter, link: Link, key: str) -> Iterator[Inlines]:
    if link.expected is not None:
        yield reporter.say(key, expected=reporter.writing.formula(link.expected))


def _cause(reporter: Reporter, link: Link, reason: int | None) -> Iterator[Inlines]:
    """The mistake by its number where the report explains it, else by its name."""
    if reason is not None:
        yield reporter.say("link.cause", number=f"{reason}")
    elif link.cause is not None:
        name, text = reporter.cause_name(link.cause), reporter.cause_text(link.cause)
        yield reporter.say("link.own_cause", name=name, text=text)
