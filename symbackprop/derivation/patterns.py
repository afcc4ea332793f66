"""What each pattern says: its definition, its working line by line, its result, and other forms of the result.

Everything stands in the pattern's slots; a step fills them with its own quantities. sympy differentiates a sum
once for each pattern; the derivatives of activations and losses stand in `functions` as people write them, and
`certify` proves every one of these lines equal to sympy's derivative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from symbackprop.derivation.keys import (
    AddUp,
    BiasGradient,
    Chain,
    Compare,
    ErrorByOut,
    HiddenDelta,
    HiddenGradient,
    OutputDelta,
    OutputGradient,
    PathsToErrors,
    PathsToNeurons,
    PatternKey,
    SameAs,
    Squash,
    SquashByNet,
    SumByBias,
    SumByInput,
    SumByWeight,
    TotalByOut,
    Update,
    UpdatedWeight,
    WeightedSum,
)
from symbackprop.derivation.symbolic import differentiate, from_sympy
from symbackprop.functions import ACTIVATIONS, LOSSES, OF_TERM, Activation, Line, Loss, Reason
from symbackprop.typeset.formula import (
    ONE,
    ZERO,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Sum,
    quantities,
    rename,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivative:
    """What a local derivative differentiates: a definition, by one of its slots."""

    definition: Formula
    slot: str


class Form(Enum):
    """Another way to write a result."""

    FACTORS_WRITTEN_OUT = "factors_written_out"
    WITH_DELTA = "with_delta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The formulas of one kind of step.

    `result` is the form into which numbers are put; `working` leads to it line by line, and `also` holds other
    forms of it, the shortest last. `differentiates` is set for local derivatives.
    """

    result: Formula
    working: tuple[Line, ...] = ()
    also: Mapping[Form, Formula] = field(default_factory=dict)
    differentiates: Derivative | None = None

    @property
    def fastest(self) -> Formula:
        """The form in deltas where there is one: it shares most with other steps. Else the result."""
        return self.also.get(Form.WITH_DELTA, self.result)


def work_out(key: PatternKey) -> Pattern:
    """The pattern for a key."""
    match key:
        case WeightedSum():
            return Pattern(result=_weighted_sum(key))
        case Squash(activation=activation):
            return Pattern(result=ACTIVATIONS[activation].definition)
        case Compare(loss=loss):
            return Pattern(result=LOSSES[loss].definition)
        case AddUp(outputs=outputs):
            return Pattern(result=_sum_of(_slots("e", outputs)))
        case TotalByOut():
            return _total_by_out(key)
        case ErrorByOut(loss=loss):
            return _from_table(LOSSES[loss].definition, LOSSES[loss].derivative, "out")
        case SquashByNet(activation=activation):
            return _from_table(ACTIVATIONS[activation].definition, ACTIVATIONS[activation].derivative, "net")
        case SumByWeight(sum=sum_, index=index):
            return _sum_derivative(sum_, f"w{index}")
        case SumByInput(sum=sum_, index=index):
            return _sum_derivative(sum_, f"x{index}")
        case SumByBias(sum=sum_):
            return _sum_derivative(sum_, "b")
        case _:
            return _work_out_chain(key)


def _work_out_chain(key: PatternKey) -> Pattern:
    match key:
        case UpdatedWeight():
            return Pattern(result=Quantity("updated"))
        case SameAs():
            return Pattern(result=Quantity("same"))
        case Chain(factors=factors):
            return Pattern(result=Product(_slots("f", factors)))
        case PathsToErrors(paths=paths):
            return Pattern(result=_sum_of(_slots("p", paths)), also={Form.WITH_DELTA: _returning(paths)})
        case PathsToNeurons(paths=paths):
            terms = zip(_slots("d", paths), _slots("g", paths), strict=True)
            result = _sum_of(tuple(Product(term) for term in terms))
            return Pattern(result=result, also={Form.WITH_DELTA: _returning(paths)})
        case OutputDelta(loss=loss, activation=activation):
            written_out = _written_out(_loss_factor(loss), activation)
            return Pattern(result=Product(_slots("f", 2)), also={Form.FACTORS_WRITTEN_OUT: written_out})
        case HiddenDelta(paths=paths, activation=activation):
            return Pattern(
                result=Product(_slots("f", 2)),
                also={Form.FACTORS_WRITTEN_OUT: _written_out(_returning(paths), activation)},
            )
        case OutputGradient(loss=loss, activation=activation):
            return _gradient(_loss_factor(loss), activation)
        case HiddenGradient(paths=paths, activation=activation):
            return _gradient(_returning(paths), activation)
        case BiasGradient(neurons=neurons):
            chains = (_slots(f"f{{}}_{number}", 3) for number in range(1, neurons + 1))
            result = _sum_of(tuple(Product(chain) for chain in chains))
            return Pattern(result=result, also={Form.WITH_DELTA: _sum_of(_slots("delta", neurons))})
        case Update():
            change = Product((Quantity("eta"), Quantity("gradient")))
            return Pattern(result=Sum((Quantity("old"), Negative(change))))
        case _:
            raise ValueError(f"no pattern for {key}")


def _slots(letter: str, count: int) -> tuple[Quantity, ...]:
    """The slots a letter numbers; braces in it say where the number goes, else it goes to the end."""
    template = letter if "{}" in letter else f"{letter}{{}}"
    return tuple(Quantity(template.format(number)) for number in range(1, count + 1))


def _sum_of(terms: tuple[Formula, ...]) -> Formula:
    return terms[0] if len(terms) == 1 else Sum(terms)


@lru_cache(maxsize=64)
def _weighted_sum(key: WeightedSum) -> Formula:
    pairs = zip(_slots("w", key.inputs), _slots("x", key.inputs), strict=True)
    terms: tuple[Formula, ...] = tuple(Product(pair) for pair in pairs)
    return _sum_of((*terms, Quantity("b")) if key.bias else terms)


def _from_table(definition: Formula, derivative: tuple[Line, ...], slot: str) -> Pattern:
    return Pattern(
        result=derivative[-1].formula,
        working=derivative[:-1],
        differentiates=Derivative(definition=definition, slot=slot),
    )


def _total_by_out(key: TotalByOut) -> Pattern:
    """Only the term of the error's own output depends on it, so all others have the derivative 0."""
    loss = LOSSES[key.loss]

    def of_output(formula: Formula, number: int) -> Formula:
        return rename(formula, lambda slot: f"{slot}{number}")

    outputs = range(1, key.outputs + 1)
    definition = _sum_of(tuple(of_output(loss.definition, number) for number in outputs))
    own = [of_output(line.formula, key.index) for line in loss.derivative]
    terms = tuple(own[0] if number == key.index else ZERO for number in outputs)
    reason = loss.derivative[0].reason
    if key.outputs > 1:
        reason = OF_TERM[reason]
    first = Line(formula=_sum_of(_few_zeros(terms)), reason=reason)
    between = tuple(
        Line(formula=formula, reason=line.reason)
        for formula, line in zip(own[1:-1], loss.derivative[1:-1], strict=True)
    )
    return Pattern(
        result=own[-1],
        working=(first, *between),
        differentiates=Derivative(definition=definition, slot=f"out{key.index}"),
    )


def _sum_derivative(key: WeightedSum, slot: str) -> Pattern:
    """Each term of the weighted sum by itself: sympy differentiates the one with the slot, all others give 0."""
    definition = _weighted_sum(key)
    terms = definition.terms if isinstance(definition, Sum) else (definition,)
    own = next(term for term in terms if slot in quantities(term))
    worked = _sum_of(_few_zeros(tuple(_worked_term(term, slot) if term is own else ZERO for term in terms)))
    power_rule = Reason.POWER_RULE if len(terms) == 1 else Reason.POWER_RULE_OF_TERM
    return Pattern(
        result=from_sympy(differentiate(own, slot), tuple(quantities(own))),
        working=(Line(formula=worked, reason=Reason.ONLY_TERM if slot == "b" else power_rule),),
        differentiates=Derivative(definition=definition, slot=slot),
    )


def _worked_term(term: Formula, slot: str) -> Formula:
    """The power rule before it is simplified: 1 times the other factor times the slot to the power of 1 - 1."""
    if not isinstance(term, Product):
        return ONE
    others = tuple(factor for factor in term.factors if factor != Quantity(slot))
    return Product((ONE, *others, Power(Quantity(slot), Sum((ONE, Negative(ONE))))))


_MOST_ZEROS = 3


def _few_zeros(terms: tuple[Formula, ...]) -> tuple[Formula, ...]:
    """All terms while the zeros are few enough to be read, else one zero before and one after the other term."""
    if sum(term == ZERO for term in terms) <= _MOST_ZEROS:
        return terms
    kept: list[Formula] = []
    for term in terms:
        if term != ZERO or not kept or kept[-1] != ZERO:
            kept.append(term)
    return tuple(kept)


def _returning(paths: int) -> Formula:
    """The error that comes back over the weights: sum of delta times weight."""
    terms = zip(_slots("d", paths), _slots("v", paths), strict=True)
    return _sum_of(tuple(Product(term) for term in terms))


def _loss_factor(loss: Loss) -> Formula:
    return LOSSES[loss].derivative[-1].formula


def _written_out(first: Formula, activation: Activation) -> Formula:
    return _flat_product(first, ACTIVATIONS[activation].derivative[-1].formula)


def _gradient(first: Formula, activation: Activation) -> Pattern:
    """Three factors; the same with each factor written out; the same as delta times input."""
    x = Quantity("x")
    forms = {
        Form.FACTORS_WRITTEN_OUT: _flat_product(_written_out(first, activation), x),
        Form.WITH_DELTA: Product((Quantity("delta"), x)),
    }
    return Pattern(result=Product(_slots("f", 3)), also=forms)


def _flat_product(*factors: Formula) -> Formula:
    flat: list[Formula] = []
    for factor in factors:
        flat.extend(factor.factors if isinstance(factor, Product) else (factor,))
    return Product(tuple(flat))


def fill(formula: Formula, slots: Mapping[str, str]) -> Formula:
    """The formula with the slots of its pattern filled by the quantities of one step."""
    return rename(formula, slots.__getitem__)
