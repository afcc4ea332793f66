"""A report on somebody's work: how it stands, the few causes, then every place that isn't simply correct."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from symbackprop.checking.marks import Mark, written_points
from symbackprop.checking.verdicts import Verdict, Verdicts
from symbackprop.pages.document import (
    Align,
    Block,
    Code,
    Document,
    Inlines,
    Items,
    Paragraph,
    Strong,
    Table,
    Text,
)
from symbackprop.pages.narrate.report_causes import explained, tell_causes, tell_conventions
from symbackprop.pages.narrate.report_listing import excerpt, listing
from symbackprop.pages.narrate.report_notes import notes_on, title_of
from symbackprop.pages.narrate.reporter import Reporter
from symbackprop.wording import one_line

_MOST_TOLD = 500
_NOT_JUDGED = (Verdict.GENERAL, Verdict.UNKNOWN, Verdict.UNREAD)


def tell_report(reporter: Reporter, verdicts: Verdicts, mark: Mark | None) -> Document:
    """The whole report, with what the work earns where points were given for it."""
    name: Inlines = (Text(one_line(PurePath(verdicts.work.name).name)),)
    return Document(
        title=reporter.say("report.title", name=name),
        subtitle=reporter.say("report.subtitle", network=reporter.network_title()),
        language=reporter.phrases.language,
        blocks=tuple(_blocks(reporter, verdicts, mark)),
    )


def _blocks(reporter: Reporter, verdicts: Verdicts, mark: Mark | None) -> Iterator[Block]:
    yield Paragraph(content=reporter.sentences(tuple(_standing(reporter, verdicts))))
    if mark is not None:
        points, of = written_points(mark.points), written_points(mark.of)
        yield reporter.paragraph("report.mark", points=points, of=of)
    yield from tell_causes(reporter, verdicts)
    yield from tell_conventions(reporter, verdicts)
    if verdicts.links:
        yield listing(reporter, verdicts)
        yield from _tell_links(reporter, verdicts)
        yield reporter.heading(1, "report.summary")
        yield _summary(reporter, verdicts)


def _standing(reporter: Reporter, verdicts: Verdicts) -> Iterator[Inlines]:
    """How the work stands, in a few sentences with counts."""
    counts = verdicts.summary
    judged = len(verdicts.links) - sum(counts[verdict] for verdict in _NOT_JUDGED)
    wrong, follows = counts[Verdict.WRONG], counts[Verdict.FOLLOWS]
    count = reporter.phrases.count
    if not verdicts.links:
        yield reporter.say("report.nothing")
    elif not judged:
        yield reporter.say("report.none_judged")
    elif not wrong and not follows:
        yield count("report.all_right", judged)
    else:
        everything = reporter.phrases.whole(judged)
        yield count("report.wrong", wrong, all=everything) if wrong else count("report.none_wrong", judged)
        if follows and (wrong or judged > 1):
            yield count("report.follows", follows)
        if verdicts.explanations:
            places, mistakes = len(explained(verdicts)), len(verdicts.explanations)
            if places == wrong + follows:
                yield count("report.explained_all", mistakes)
            else:
                yield count("report.explained", mistakes, links=reporter.phrases.whole(places))
    if judged < len(verdicts.links) and judged:
        yield count("report.unjudged", len(verdicts.links) - judged)


def _tell_links(reporter: Reporter, verdicts: Verdicts) -> Iterator[Block]:
    """Every link that isn't simply correct, in order: where it stands, its line, what is said of it."""
    told = tuple((number, link) for number, link in enumerate(verdicts.links) if link.verdict is not Verdict.CORRECT)
    if not told:
        return
    reasons = explained(verdicts)
    yield reporter.heading(1, "report.links")
    yield reporter.paragraph("report.links_intro")
    for number, link in told[:_MOST_TOLD]:
        place = f"{one_line(verdicts.work.name)}:{link.place.line}:{link.place.column}"
        verdict, *claim = title_of(reporter, link)
        said: Inlines = (Strong(verdict.text) if isinstance(verdict, Text) else verdict, *claim)
        yield Paragraph(content=(Code(place), Text(" "), *said))
        yield excerpt(verdicts, link)
        yield Items(items=notes_on(reporter, link, reasons.get(number)))
    if len(told) > _MOST_TOLD:
        yield Paragraph(content=reporter.phrases.count("report.more", len(told) - _MOST_TOLD))


def _summary(reporter: Reporter, verdicts: Verdicts) -> Table:
    """How many links got each verdict."""
    rows = tuple(
        (
            reporter.verdict(verdict),
            (Text(reporter.phrases.whole(count)),),
            reporter.say(f"judged.{verdict.value}.text"),
        )
        for verdict, count in verdicts.summary.items()
        if count
    )
    header = tuple(reporter.say(f"report.column.{column}") for column in ("verdict", "links", "meaning"))
    return Table(header=header, align=(Align.LEFT, Align.RIGHT, Align.WRAPPED), rows=rows)
