"""Published figures of a network, judged and explained as any other work."""

from __future__ import annotations

from fractions import Fraction

from symbackprop.checking.verdicts import Cause, Convention, Rounding, Verdict
from symbackprop.checking.work import Chain, Figure, Leaf, Member, Span, Work
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.ids import split_id
from symbackprop.network import Published
from symbackprop.records import record
from symbackprop.typeset.formula import Formula, Negative, Quantity


@record(kw_only=True)
class JudgedFigure:
    """A published figure, the certified one to the same decimals, and what is said of it."""

    published: Published
    certified: str
    verdict: Verdict
    rounding: Rounding | None = None
    convention: Convention | None = None
    cause: Cause | None = None
    follows_from: str | None = None


def judge_published(derivation: Derivation) -> tuple[JudgedFigure, ...]:
    """A verdict for each published figure within the network's rounds of training, in the file's order."""
    most = derivation.network.training.rounds
    within = tuple(it for it in derivation.network.published if split_id(it.quantity)[1] <= most)
    certified = tuple(_certified(derivation, it) for it in within)
    if all(Fraction(digits) == it.value.exact for it, digits in zip(within, certified, strict=True)):
        return tuple(
            JudgedFigure(published=it, certified=digits, verdict=Verdict.CORRECT)
            for it, digits in zip(within, certified, strict=True)
        )
    # Only where something differs: most networks' figures needn't wait for what explains a difference.
    from symbackprop.checking.judging.judge import Judge  # noqa: PLC0415

    links = Judge(derivation).judge(_as_work(within)).links
    return tuple(
        JudgedFigure(
            published=it,
            certified=digits,
            verdict=link.verdict,
            rounding=link.rounding,
            convention=link.convention,
            cause=link.cause,
            follows_from=link.follows_from,
        )
        for it, digits, link in zip(within, certified, links, strict=True)
    )


def _certified(derivation: Derivation, published: Published) -> str:
    base, rounds = split_id(published.quantity)
    return derivation.after(rounds).rounded(base, max(0, _decimals(published)))


def _as_work(figures: tuple[Published, ...]) -> Work:
    """The figures as somebody's work: a chain for each, all of them in a text that has nothing else."""
    lines = [f"{it.quantity} = {it.value.typed}" for it in figures]
    chains, start = [], 0
    for it, line in zip(figures, lines, strict=True):
        name = Span(start=start, end=start + len(it.quantity))
        value = Span(start=name.end + len(" = "), end=start + len(line))
        chains.append(Chain(members=(_name(it, name), _value(it, value)), ids=(it.quantity,)))
        start += len(line) + 1
    return Work(name="published", text="\n".join(lines), chains=tuple(chains))


def _name(published: Published, span: Span) -> Member:
    leaf = Leaf(text=published.quantity, span=span, ids=(published.quantity,))
    return Member(text=leaf.text, span=span, formula=Quantity("0"), leaves=(leaf,))


def _value(published: Published, span: Span) -> Member:
    typed, exact = published.value.typed, published.value.exact
    mantissa = typed.lower().partition("e")[0]
    digits = mantissa.lstrip("+-\N{MINUS SIGN}").replace(".", "").lstrip("0")
    figure = Figure(value=abs(exact), typed=typed, decimals=_decimals(published), significant=len(digits))
    formula: Formula = Quantity("0")
    if exact < 0:
        formula = Negative(formula)
    return Member(text=typed, span=span, formula=formula, leaves=(Leaf(text=typed, span=span, figure=figure),))


def _decimals(published: Published) -> int:
    """The place of a published figure's last digit, an exponent counted in."""
    mantissa, _, exponent = published.value.typed.lower().partition("e")
    return len(mantissa.partition(".")[2]) - int(exponent or 0)
