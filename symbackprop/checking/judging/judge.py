"""A verdict for each link of a work, and the few mistakes behind the wrong ones."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from symbackprop.checking.budget import Budget
from symbackprop.checking.figures import right_digits
from symbackprop.checking.judging.conventions import adopt, other_conventions
from symbackprop.checking.judging.drafts import Draft, draft, habit_in
from symbackprop.checking.judging.formulas import expected_formula, expected_numbers
from symbackprop.checking.judging.standard import Standard
from symbackprop.checking.judging.wrong import Outcome, look_into
from symbackprop.checking.mistakes.explain import Explainer
from symbackprop.checking.own import Afresh
from symbackprop.checking.truth import Truth
from symbackprop.checking.verdicts import Convention, Link, LinkKind, Place, Verdict, Verdicts
from symbackprop.checking.work import Figure, Gap, Span, Work
from symbackprop.derivation.derive import Derivation


class Judge:
    """Holds works against one network's derivation; what depends on the network alone is worked out once."""

    def __init__(self, derivation: Derivation) -> None:
        self._afresh = Afresh(Truth(derivation))
        self._others = tuple(other_conventions(self._afresh))
        self._explainer = Explainer(self._afresh.truth)

    def judge(self, work: Work, budget: Budget | None = None) -> Verdicts:
        """What is to be said of a work. Raises OutOfBudget for one that costs more than it may."""
        budget = budget or Budget()
        standard = Standard(afresh=self._afresh, budget=budget)
        habit = habit_in(work, standard.truth)
        drafts = tuple(draft(work, habit, standard))
        outcomes = look_into(drafts, habit, self._explainer, standard)
        adopted, better = standard, drafts
        if outcomes.of:
            others = (Standard(afresh=it, conventions=held, budget=budget) for it, held in self._others)
            other, other_drafts = adopt(work, habit, standard, others, drafts)
            if other is not standard:
                found = look_into(other_drafts, habit, self._explainer_of(other), other)
                # A convention that makes riddles of other links isn't held to; of some of them nobody knows.
                is_known = outcomes.is_whole and found.is_whole
                if is_known and found.unexplained <= outcomes.unexplained:
                    adopted, better, outcomes = other, other_drafts, found
        lines, rights = Lines(work.text), {it: _Right(it) for it in (standard, adopted)}
        links = []
        for first, now in zip(drafts, better, strict=True):
            convention = _convention(adopted, now) if first.is_open and not now.is_open else None
            # What ought to stand there is told in the network's own convention.
            right = rights[standard if convention else adopted]
            links.append(_link(now, outcomes.of.get(now.number), convention, right, lines))
        return Verdicts(
            work=work,
            links=tuple(links),
            explanations=outcomes.explanations,
            conventions=tuple(dict.fromkeys(link.convention for link in links if link.convention)),
        )

    def _explainer_of(self, standard: Standard) -> Explainer:
        return self._explainer if standard.truth is self._afresh.truth else Explainer(standard.truth)


def _convention(standard: Standard, now: Draft) -> Convention:
    """The convention under which a link is right: one that turns its quantity, or one in it, else that of its error."""
    for id_ in (now.quantity or "", *now.finding.reading.values()):
        for convention in standard.conventions:
            if standard.flips(convention, id_):
                return convention
    return standard.conventions[0]


_GAPS = {Gap.GENERAL: Verdict.GENERAL, Gap.UNKNOWN: Verdict.UNKNOWN, Gap.UNREAD: Verdict.UNREAD}


def _link(it: Draft, outcome: Outcome | None, convention: Convention | None, right: _Right, lines: Lines) -> Link:
    span = it.member.span if it.trouble is None or it.trouble.gap is not Gap.UNREAD else it.trouble.span
    if it.trouble is not None:
        verdict = _GAPS[it.trouble.gap]
    elif convention is not None:
        verdict = Verdict.CONVENTION
    elif outcome is not None:
        verdict = Verdict.FOLLOWS if outcome.follows_from else Verdict.WRONG
    else:
        verdict = it.finding.verdict or Verdict.WRONG
    return Link(
        place=lines.place(span),
        text=it.member.text,
        quantity=it.quantity,
        kind=it.finding.kind,
        verdict=verdict,
        expected=None if verdict is Verdict.CORRECT else right.instead_of(it),
        rounding=it.finding.rounding,
        convention=convention,
        cause=outcome.cause if outcome else None,
        follows_from=outcome.follows_from if outcome else None,
        correction=outcome.correction if outcome else None,
        why=it.trouble.why if it.trouble else None,
        sought=outcome is None or outcome.sought,
    )


class _Right:
    """What is right by one standard, worked out once for all links of which the same is asked."""

    def __init__(self, standard: Standard) -> None:
        self._standard = standard
        self._known: dict[tuple[str, LinkKind, int, int], str | None] = {}

    def instead_of(self, it: Draft) -> str | None:
        """The right figure to the digits shown, or the right formula."""
        if it.trouble is not None or it.quantity is None:
            return None
        shown = [figure for leaf in it.member.leaves if (figure := leaf.figure) is not None]
        # With a power of ten, its digits are those that are wanted.
        decimals = max((figure.decimals for figure in shown if not figure.has_power), default=0)
        significant = max((figure.significant for figure in shown if figure.has_power), default=0)
        asked = it.quantity, it.finding.kind, decimals, significant
        if asked not in self._known:
            self._known[asked] = self._instead(it.quantity, it.finding.kind, decimals, shown)
        return self._known[asked]

    def _instead(self, quantity: str, kind: LinkKind, decimals: int, shown: Sequence[Figure]) -> str | None:
        match kind:
            case LinkKind.VALUE:
                return right_digits(self._standard.value(quantity), shown[0])
            case LinkKind.NUMBERS:
                return expected_numbers(self._standard, quantity, decimals)
            case LinkKind.FORMULA:
                return expected_formula(self._standard.truth.plan, quantity)


class Lines:
    """A text's lines, as far as places need them."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(at + 1 for at, letter in enumerate(text) if letter == "\n")]

    def place(self, span: Span) -> Place:
        """The line and the column at which a stretch begins, counted from 1."""
        line = bisect_right(self._starts, span.start)
        return Place(line=line, column=span.start - self._starts[line - 1] + 1, span=span)
