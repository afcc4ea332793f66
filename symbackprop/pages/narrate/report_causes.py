"""The chapters of a report that come first: the few mistakes that explain the many wrong links, and conventions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations

from symbackprop.checking.verdicts import Cause, Explanation, Mistake, Verdict, Verdicts
from symbackprop.network import Network
from symbackprop.pages.document import Block, Inlines, Items, Paragraph
from symbackprop.pages.narrate.reporter import Reporter

_MOST_LINES = 12
_SMALL_RATIO = 9
_HIDDEN_BY_ALIKE = frozenset(
    {
        Mistake.ANOTHER_INPUT,
        Mistake.NEIGHBOURS_VALUE,
        Mistake.WEIGHT_INDEX,
        Mistake.WRONG_NAME,
        Mistake.WRONG_NUMBER,
        Mistake.HALF_FORGOTTEN,
        Mistake.MEAN_FOR_SUM,
        Mistake.SUM_FOR_MEAN,
    }
)
"""Mistakes that exchange one input for another, or have an effect of a small factor, as such an exchange has."""


def tell_causes(reporter: Reporter, verdicts: Verdicts) -> Iterator[Block]:
    """Each mistake once, with all that it explains, then what nothing explains."""
    reasons = explained(verdicts)
    without = tuple(
        number
        for number, link in enumerate(verdicts.links)
        if link.verdict is Verdict.WRONG and link.cause is None and number not in reasons
    )
    if not verdicts.explanations and not without:
        return
    yield reporter.heading(1, "report.causes")
    for number, explanation in enumerate(verdicts.explanations, start=1):
        name = reporter.cause_name(explanation.cause)
        yield reporter.heading(2, "report.cause", number=f"{number}", name=name)
        yield from _explanation(reporter, verdicts, explanation)
    if without:
        yield reporter.heading(2, "report.unexplained")
    for said, sought in (("report.unexplained_links", True), ("report.links_not_sought", False)):
        links = tuple(number for number in without if verdicts.links[number].sought is sought)
        if links:
            yield reporter.paragraph(said, links=_lines(reporter, verdicts, links))


def tell_conventions(reporter: Reporter, verdicts: Verdicts) -> Iterator[Block]:
    """The conventions that the work holds to."""
    if verdicts.conventions:
        yield reporter.heading(1, "report.conventions")
        yield Items(items=tuple(map(reporter.convention, verdicts.conventions)))


def explained(verdicts: Verdicts) -> dict[int, int]:
    """The number of the explanation, counted from 1, of each link that has one."""
    reasons: dict[int, int] = {}
    for number, explanation in enumerate(verdicts.explanations, start=1):
        for link in explanation.links:
            reasons.setdefault(link, number)
    return reasons


def _explanation(reporter: Reporter, verdicts: Verdicts, explanation: Explanation) -> Iterator[Block]:
    sentences = [reporter.cause_text(explanation.cause)]
    if explanation.cause.at:
        sentences.append(reporter.say("report.at", at=reporter.names(explanation.cause.at)))
    if explanation.links:
        sentences.append(reporter.say("report.explains", links=_lines(reporter, verdicts, explanation.links)))
    yield Paragraph(content=reporter.sentences(tuple(sentences)))
    # The same mistake at another place takes the same advice.
    others = tuple(it for it in explanation.alternatives if it.mistake is not explanation.cause.mistake)
    if others:
        yield Paragraph(content=_alternatives(reporter, explanation.cause, others))


def _alternatives(reporter: Reporter, cause: Cause, others: tuple[Cause, ...]) -> Inlines:
    names = {reporter.cause_name(it): None for it in others}
    said = reporter.say("report.alternatives", names=reporter.phrases.join_words(tuple(names)))
    alike = _inputs_alike(reporter.network)
    if alike is None or not any(it.mistake in _HIDDEN_BY_ALIKE for it in (cause, *others)):
        return said
    first, second, ratio = alike
    fillings = {"first": reporter.writing.name(first), "second": reporter.writing.name(second)}
    return reporter.sentences((said, reporter.say("report.alike_inputs", ratio=f"{ratio}", **fillings)))


def _inputs_alike(network: Network) -> tuple[str, str, Fraction] | None:
    """Two inputs of which one is a small multiple of the other, where the network has a single sample and step."""
    if len(network.samples) > 1 or network.steps > 1:
        return None
    (inputs,) = network.samples[0].inputs
    for (first, one), (second, other) in combinations(enumerate(inputs, start=1), 2):
        for small, large in (((first, one), (second, other)), ((second, other), (first, one))):
            ratio = large[1].exact / small[1].exact if small[1].exact else Fraction(0)
            if ratio.denominator == 1 and 1 <= ratio <= _SMALL_RATIO:
                return f"i{small[0]}", f"i{large[0]}", ratio
    return None


def _lines(reporter: Reporter, verdicts: Verdicts, links: Iterable[int]) -> Inlines:
    """How many places those are, and in which lines."""
    numbers = tuple(links)
    lines = tuple(dict.fromkeys(verdicts.links[number].place.line for number in numbers))
    shown = [f"{line}" for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        shown.append("…")
    between = reporter.phrases.plain("list.words_between")
    return reporter.phrases.count("report.line", len(numbers), lines=between.join(shown))
