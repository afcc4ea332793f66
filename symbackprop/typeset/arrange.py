"""From a formula to its layout.

Signs, parentheses and multiplication dots are decided here and nowhere else, after it is known whether a
quantity shows its name or its value: `0.055 + (-0.019)`, never `0.055 + -0.019`.
"""

from __future__ import annotations

from collections.abc import Callable

from symbackprop.typeset.formula import (
    Abs,
    Apply,
    Cases,
    Comparison,
    Condition,
    Constant,
    Elementary,
    Exp,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    SumOver,
    opposite,
)
from symbackprop.typeset.layout import (
    Accent,
    Applied,
    Bars,
    Choice,
    Fenced,
    Fraction,
    Layout,
    Number,
    Operator,
    Root,
    Row,
    Script,
    Summation,
    Symbol,
    relate,
)

Show = Callable[[str], Layout]
"""How a quantity's id is shown: by its name in some notation, or by its value."""


def arrange(formula: Formula, show: Show) -> Layout:
    """The layout of a formula, each of its quantities shown by `show`."""
    match formula:
        case Constant(value=value):
            sign = "-" if value < 0 else ""
            if value.denominator == 1:
                return Number(f"{sign}{abs(value)}")
            small = Fraction(Number(f"{abs(value.numerator)}"), Number(f"{value.denominator}"), small=True)
            return Row((Operator.NEGATIVE, small)) if sign else small
        case Quantity(id=id_):
            return show(id_)
        case Sum(terms=(single,)) | Product(factors=(single,)):
            return arrange(single, show)
        case Sum(terms=terms):
            return _arrange_sum(terms, show)
        case Product(factors=factors):
            return _arrange_product(factors, show)
        case Negative(body=body):
            return Row((Operator.NEGATIVE, _fence_operand(arrange(body, show))))
        case Quotient(numerator=numerator, denominator=denominator):
            return Fraction(arrange(numerator, show), arrange(denominator, show))
        case Power(base=base, exponent=exponent):
            return Script(_fence_base(arrange(base, show)), sup=arrange(exponent, show))
        case Exp(exponent=exponent):
            return Script(Symbol("e"), sup=arrange(exponent, show))
        case Apply(function=function, argument=argument):
            return _arrange_function(function, arrange(argument, show))
        case Sqrt(body=body):
            return Root(arrange(body, show))
        case Abs(body=body):
            return Bars(arrange(body, show))
        case Cases(condition=condition, then=then, otherwise=otherwise):
            rows = ((then, condition), (otherwise, opposite(condition)))
            return Choice(tuple((arrange(value, show), arrange_condition(when, show)) for value, when in rows))
        case SumOver(index=index, body=body):
            return Summation(show(index), _fence_operand(arrange(body, show)))


FUNCTION_SIGNS = {
    Elementary.LOG: Symbol("log", upright=True),
    Elementary.TANH: Symbol("tanh", upright=True),
    Elementary.SIGMOID: Symbol("sigma"),
    Elementary.NORMAL_CDF: Symbol("Phi"),
    Elementary.NORMAL_PDF: Symbol("phi"),
    Elementary.SIGN: Symbol("sign", upright=True),
}
"""How each function is called."""

_OFTEN_BARE = {Elementary.LOG, Elementary.TANH}


def _arrange_function(function: Elementary, argument: Layout) -> Layout:
    """People write log x and tanh x, but Φ(x) and log(1 − x)."""
    bare = function in _OFTEN_BARE and isinstance(argument, Symbol | Script)
    return Applied(FUNCTION_SIGNS[function], argument if bare else Fenced(argument))


COMPARISON_SIGNS = {
    Comparison.ABOVE: Operator.ABOVE,
    Comparison.AT_LEAST: Operator.AT_LEAST,
    Comparison.BELOW: Operator.BELOW,
    Comparison.AT_MOST: Operator.AT_MOST,
}
"""The sign of each comparison."""


def arrange_condition(condition: Condition, show: Show) -> Layout:
    """The layout of a condition: net > 0."""
    return relate(arrange(condition.left, show), COMPARISON_SIGNS[condition.comparison], arrange(condition.right, show))


def _arrange_sum(terms: tuple[Formula, ...], show: Show) -> Layout:
    parts: list[Layout | Operator] = []
    for term in terms:
        subtracted = isinstance(term, Negative)
        body = arrange(term.body if isinstance(term, Negative) else term, show)
        if subtracted or parts or isinstance(body, Summation | Choice):
            body = _fence_operand(body)
        if parts:
            parts.append(Operator.MINUS if subtracted else Operator.PLUS)
        elif subtracted:
            parts.append(Operator.NEGATIVE)
        if _is_product(body):
            parts.extend(body.parts)  # type: ignore[union-attr]
        else:
            parts.append(body)
    return Row(tuple(parts))


def _arrange_product(factors: tuple[Formula, ...], show: Show) -> Layout:
    parts: list[Layout | Operator] = []
    previous: Formula | None = None
    for factor in factors:
        body = arrange(factor, show)
        # A minus in front of a product needs no parentheses, a negative number has them everywhere.
        if previous is not None or not isinstance(factor, Negative):
            body = _fence_operand(body)
        if previous is not None:
            last = parts[-1]
            assert not isinstance(last, Operator)
            if isinstance(last, Applied) and not isinstance(last.argument, Fenced):
                # Nobody shall read log out · x as the logarithm of a product.
                parts[-1] = last = Applied(last.function, Fenced(last.argument))
            parts.append(Operator.DOT if _needs_dot(previous, last, body) else Operator.BESIDE)
        parts.append(body)
        previous = factor
    return Row(tuple(parts))


def _needs_dot(left_formula: Formula, left: Layout, right: Layout) -> bool:
    if isinstance(left_formula, Constant) and left_formula.value.denominator == 1:
        return True
    if isinstance(right, Number | Fraction) or (isinstance(right, Fenced) and _is_negative(right.body)):
        return True
    if isinstance(left, Fenced) and _is_negative(left.body):
        return True
    if isinstance(_edge(left, last=True), Number) or isinstance(_edge(right, last=False), Number):
        return True
    return _is_tall(left) or _is_tall(right) or _ends_a_group(left)


def _edge(layout: Layout, *, last: bool) -> Layout:
    """What stands at one end of a row, however deep in it: two numbers side by side would be read as one."""
    while isinstance(layout, Row):
        part = layout.parts[-1 if last else 0]
        if isinstance(part, Operator):
            break
        layout = part
    return layout


def _ends_a_group(layout: Layout) -> bool:
    """Whether a layout ends in a closing parenthesis or an exponent, after which the next factor would crowd."""
    match layout:
        case Fenced() | Bars() | Applied():
            return True
        case Row(parts=parts):
            last = parts[-1]
            return not isinstance(last, Operator) and _ends_a_group(last)
        case Script(sup=sup):
            return sup is not None
        case _:
            return False


def _is_tall(layout: Layout) -> bool:
    match layout:
        case Fraction(small=small) | Row(parts=(Operator.NEGATIVE, Fraction(small=small))):
            return not small
        case _:
            return False


def _is_negative(layout: Layout) -> bool:
    match layout:
        case Number(digits=digits):
            return digits.startswith("-")
        case Row(parts=(first, *_)):
            return first is Operator.NEGATIVE or (not isinstance(first, Operator) and _is_negative(first))
        case _:
            return False


def _is_sum(layout: Layout) -> bool:
    return isinstance(layout, Row) and any(part in (Operator.PLUS, Operator.MINUS) for part in layout.parts)


def _is_product(layout: Layout) -> bool:
    return isinstance(layout, Row) and not _is_sum(layout) and not _is_negative(layout)


def _fence_operand(layout: Layout) -> Layout:
    fenced = _is_sum(layout) or _is_negative(layout) or isinstance(layout, Summation | Choice)
    return Fenced(layout) if fenced else layout


def _fence_base(layout: Layout) -> Layout:
    match layout:
        case Number(digits=digits) if not digits.startswith("-") and "e" not in digits:
            return layout
        case Symbol() | Accent() | Fenced() | Bars():
            return layout
        case Script(sup=None):
            return layout
        case _:
            return Fenced(layout)
