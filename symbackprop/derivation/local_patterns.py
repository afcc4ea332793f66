"""Local derivatives: what a definition gives when it is differentiated by one of its slots, line by line."""

from __future__ import annotations

from functools import lru_cache

from symbackprop.derivation.keys import Norm, Penalty, SoftmaxByNet, TotalByOut, WeightedSum, WithPenalty
from symbackprop.derivation.pattern import Derivative, Pattern, scaled, slots, sum_of, sum_of_products
from symbackprop.functions import (
    ACTIVATIONS,
    LOSSES,
    OF_TERM,
    Activation,
    Line,
    Loss,
    Reason,
    softmax_definition,
    softmax_derivative,
)
from symbackprop.typeset.formula import (
    ONE,
    TWO,
    ZERO,
    Abs,
    Apply,
    Elementary,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Sum,
    constant,
    quantities,
    rename,
)


@lru_cache(maxsize=64)
def weighted_sum(key: WeightedSum) -> Formula:
    """w1 x1 + w2 x2 + ... + b."""
    products = sum_of_products(slots("w", key.inputs), slots("x", key.inputs))
    if not key.bias:
        return products
    terms = products.terms if isinstance(products, Sum) else (products,)
    return Sum((*terms, Quantity("b")))


def penalty(key: Penalty) -> Formula:
    """Lambda (|w1| + |w2| + ...), or lambda/2 (w1^2 + w2^2 + ...)."""
    weights = slots("w", key.weights)
    match key.norm:
        case Norm.L1:
            return Product((Quantity("lambda"), sum_of(tuple(Abs(weight) for weight in weights))))
        case Norm.L2:
            squares = sum_of(tuple(Power(weight, TWO) for weight in weights))
            return Product((constant(1, 2), Quantity("lambda"), squares))


def with_penalty(key: WithPenalty) -> Pattern:
    """The gradient of the data's error, plus what each penalty adds: lambda1 sign(w), lambda2 w."""
    terms: list[Formula] = [Quantity("gradient")]
    if key.l1:
        terms.append(Product((Quantity("lambda1"), Apply(Elementary.SIGN, Quantity("w")))))
    if key.l2:
        terms.append(Product((Quantity("lambda2"), Quantity("w"))))
    return Pattern(result=sum_of(tuple(terms)))


def error_by_out(loss: Loss) -> Pattern:
    """dE_o/dout_o, from the table of losses."""
    return _from_table(LOSSES[loss].definition, LOSSES[loss].derivative, "out")


def squash_by_net(activation: Activation) -> Pattern:
    """dout/dnet, from the table of activations."""
    return _from_table(ACTIVATIONS[activation].definition, ACTIVATIONS[activation].derivative, "net")


def softmax_by_net(key: SoftmaxByNet) -> Pattern:
    """dout_j/dnet_k of a softmax layer."""
    definition = softmax_definition(key.width, key.of)
    return _from_table(definition, softmax_derivative(key.width, key.of, key.by), f"net{key.by}")


def _from_table(definition: Formula, derivative: tuple[Line, ...], slot: str) -> Pattern:
    return Pattern(
        result=derivative[-1].formula,
        working=derivative[:-1],
        differentiates=Derivative(definition=definition, slot=slot),
    )


def total_by_out(key: TotalByOut) -> Pattern:
    """Only the term of the error's own output depends on it, so all others have the derivative 0."""
    loss = LOSSES[key.loss]
    own = [_of_output(line.formula, key.index) for line in loss.derivative]
    terms = _among_zeros(key.index - 1, own[0], key.terms - key.index)
    reason = loss.derivative[0].reason
    if key.terms > 1:
        reason = OF_TERM[reason]
    lines = (
        Line(formula=scaled(sum_of(terms), key.divisor), reason=reason),
        *(
            Line(formula=scaled(formula, key.divisor), reason=line.reason)
            for formula, line in zip(own[1:-1], loss.derivative[1:-1], strict=True)
        ),
    )
    # A derivative of one line has its zeros and its result in one: then the working is what says so.
    single = len(own) == 1 and key.terms == 1
    return Pattern(
        result=scaled(own[-1], key.divisor),
        working=() if single else lines,
        differentiates=Derivative(definition=_total(key.terms, key.loss, key.divisor), slot=f"out{key.index}"),
    )


@lru_cache(maxsize=64)
def _total(terms: int, loss: Loss, divisor: int) -> Formula:
    """The sum of that many errors, which all of them share as the definition that they differentiate."""
    errors = (_of_output(LOSSES[loss].definition, number) for number in range(1, terms + 1))
    return scaled(sum_of(tuple(errors)), divisor)


def _of_output(formula: Formula, number: int) -> Formula:
    return rename(formula, lambda slot: f"{slot}{number}" if slot in ("target", "out") else slot)


def sum_derivative(key: WeightedSum, slot: str) -> Pattern:
    """Each term of the weighted sum by itself: sympy differentiates the one with the slot, all others give 0."""
    definition = weighted_sum(key)
    terms = definition.terms if isinstance(definition, Sum) else (definition,)
    position = len(terms) - 1 if slot == "b" else int(slot[1:]) - 1
    own = terms[position]
    worked = sum_of(_among_zeros(position, _worked_term(own, slot), len(terms) - position - 1))
    power_rule = Reason.POWER_RULE if len(terms) == 1 else Reason.POWER_RULE_OF_TERM
    return Pattern(
        result=_term_derivative(slot),
        working=(Line(formula=worked, reason=Reason.ONLY_TERM if slot == "b" else power_rule),),
        differentiates=Derivative(definition=definition, slot=slot),
    )


def _term_derivative(slot: str) -> Formula:
    """What a term gives by its weight, its input, or the bias that it is: differentiated once for all numbers."""
    letter, number = slot[0], slot[1:]
    return rename(_by_letter(letter), lambda other: f"{other}{number}")


@lru_cache(maxsize=3)
def _by_letter(letter: str) -> Formula:
    # sympy takes most of a second to import, and a calculation by known formulas goes without it.
    from symbackprop.derivation.symbolic import differentiate, from_sympy  # noqa: PLC0415

    term: Formula = Quantity("b") if letter == "b" else Product((Quantity("w"), Quantity("x")))
    return from_sympy(differentiate(term, letter), tuple(quantities(term)))


def _worked_term(term: Formula, slot: str) -> Formula:
    """The power rule before it is simplified: 1 times the other factor times the slot to the power of 1 - 1."""
    if not isinstance(term, Product):
        return ONE
    others = tuple(factor for factor in term.factors if factor != Quantity(slot))
    return Product((ONE, *others, Power(Quantity(slot), Sum((ONE, Negative(ONE))))))


_MOST_ZEROS = 3


def _among_zeros(before: int, term: Formula, after: int) -> tuple[Formula, ...]:
    """A term with all zeros around it while these are few enough to be read, else with one before and one after."""
    if before + after > _MOST_ZEROS:
        before, after = min(before, 1), min(after, 1)
    return (*(ZERO,) * before, term, *(ZERO,) * after)
