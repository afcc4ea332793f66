"""Published figures held against certified ones, with what explains each difference."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.checking.published import Cause, Verdict
from symbackprop.pages.document import Align, Block, Inlines, Paragraph, Table
from symbackprop.pages.narrate.teller import Teller, math, words


def tell_published(teller: Teller, verdicts: tuple[Verdict, ...]) -> Iterator[Block]:
    """What has been printed for this network, and the verdict on it."""
    wrong = tuple(verdict for verdict in verdicts if verdict.cause is not Cause.RIGHT)
    yield teller.heading(1, "published.heading")
    later = len(teller.derivation.network.published) - len(verdicts)
    if later:
        yield Paragraph(content=teller.phrases.count("published.later", later))
    if not verdicts:
        return
    right = len(verdicts) - len(wrong)
    counts = {"all": f"{len(verdicts)}", "right": f"{right}"}
    yield teller.paragraph("published.intro", **counts)
    yield _table(teller, verdicts)
    if not wrong:
        yield teller.paragraph("published.all_right")
        return
    yield teller.heading(2, "published.causes")
    found = {verdict.cause for verdict in wrong}
    for cause in (cause for cause in Cause if cause in found):
        concerned = tuple(verdict for verdict in wrong if verdict.cause is cause)
        yield teller.paragraph(f"cause.{cause.value}", figures=_figures(teller, concerned))


def _figures(teller: Teller, verdicts: tuple[Verdict, ...]) -> Inlines:
    return teller.list_of(tuple(teller.number(verdict.published.value.typed) for verdict in verdicts))


def _table(teller: Teller, verdicts: tuple[Verdict, ...]) -> Table:
    rows = tuple(
        (
            math(teller.name(verdict.published.quantity)),
            math(teller.number(verdict.published.value.typed)),
            math(teller.number(verdict.certified)),
            teller.phrases.say(f"verdict.{verdict.cause.value}"),
            words(verdict.published.source_in(teller.phrases.language)),
        )
        for verdict in verdicts
    )
    columns = ("quantity", "printed", "certified", "verdict", "source")
    header = tuple(teller.phrases.say(f"published.column.{column}") for column in columns)
    align = (Align.LEFT, Align.RIGHT, Align.RIGHT, Align.LEFT, Align.WRAPPED)
    return Table(header=header, align=align, rows=rows)
