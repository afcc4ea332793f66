"""Published figures held against certified ones, with what explains each difference."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.checking.published import JudgedFigure
from symbackprop.checking.verdicts import Cause, Verdict
from symbackprop.pages.document import Align, Block, Inlines, Paragraph, Table
from symbackprop.pages.narrate.teller import Teller, math, words
from symbackprop.typeset.layout import Number


def tell_published(teller: Teller, figures: tuple[JudgedFigure, ...]) -> Iterator[Block]:
    """What has been printed for this network, and the verdict on it."""
    yield teller.heading(1, "published.heading")
    later = len(teller.derivation.network.published) - len(figures)
    if later:
        yield Paragraph(content=teller.phrases.count("published.later", later))
    if not figures:
        return
    others = tuple(it for it in figures if it.verdict is not Verdict.CORRECT)
    counts = {"all": f"{len(figures)}", "right": f"{len(figures) - len(others)}"}
    yield teller.paragraph("published.intro", **counts)
    causes = tuple(dict.fromkeys(it.cause for it in others if it.cause is not None))
    yield _table(teller, figures, causes)
    if not others:
        yield teller.paragraph("published.all_right")
        return
    yield teller.heading(2, "published.causes")
    yield from _reasons(teller, others, causes)


def _reasons(teller: Teller, others: tuple[JudgedFigure, ...], causes: tuple[Cause, ...]) -> Iterator[Block]:
    """What was done to arrive at the figures that aren't simply right: each mistake once, with its number."""
    for number, cause in enumerate(causes, start=1):
        concerned = tuple(it for it in others if it.cause == cause)
        said = teller.phrases.say(
            f"mistake.{cause.mistake.value}.text",
            at=teller.list_of(tuple(teller.name(id_) for id_ in cause.at)) if cause.at else "",
            wrong=_told(teller, cause.taken) if cause.taken else teller.phrases.say("report.another"),
            instead=_told(teller, cause.right) if cause.right else teller.phrases.say("report.the_right"),
        )
        name = teller.phrases.say(f"mistake.{cause.mistake.value}.name")
        listed = _figures(teller, concerned)
        yield teller.paragraph("published.cause", number=f"{number}", name=name, figures=listed, text=said)
    for label in dict.fromkeys(_label(it) for it in others if it.cause is None):
        concerned = tuple(it for it in others if it.cause is None and _label(it) == label)
        yield teller.paragraph(f"cause.{label}", figures=_figures(teller, concerned))


def _told(teller: Teller, text: str) -> Inlines:
    """A quantity's name, or digits."""
    known = text.partition("@")[0] in teller.derivation.steps
    return math(teller.name(text) if known else Number(text))


def _label(figure: JudgedFigure) -> str:
    """What a figure without a mistake behind it is called."""
    return figure.verdict.value if figure.rounding is None else figure.rounding.value


def _figures(teller: Teller, figures: tuple[JudgedFigure, ...]) -> Inlines:
    return teller.list_of(tuple(teller.number(it.published.value.typed) for it in figures))


def _table(teller: Teller, figures: tuple[JudgedFigure, ...], causes: tuple[Cause, ...]) -> Table:
    def verdict(figure: JudgedFigure) -> Inlines:
        if figure.cause is None:
            return teller.phrases.say(f"verdict.{_label(figure)}")
        return teller.phrases.say("verdict.explained", number=f"{causes.index(figure.cause) + 1}")

    rows = tuple(
        (
            math(teller.name(it.published.quantity)),
            math(teller.number(it.published.value.typed)),
            math(teller.number(it.certified)),
            verdict(it),
            words(it.published.source_in(teller.phrases.language)),
        )
        for it in figures
    )
    columns = ("quantity", "printed", "certified", "verdict", "source")
    header = tuple(teller.phrases.say(f"published.column.{column}") for column in columns)
    align = (Align.LEFT, Align.RIGHT, Align.RIGHT, Align.LEFT, Align.WRAPPED)
    return Table(header=header, align=align, rows=rows)
