"""The optimizers' rules as formulas, in PyTorch's conventions (the pages of torch.optim)."""

from __future__ import annotations

from symbackprop.typeset.formula import (
    ONE,
    Formula,
    Negative,
    Power,
    Product,
    Quantity,
    Quotient,
    Sqrt,
    Sum,
    constant,
)

_ETA, _OLD, _GRADIENT = Quantity("eta"), Quantity("old"), Quantity("gradient")


def update() -> Formula:
    """W - eta * gradient."""
    return Sum((_OLD, Negative(Product((_ETA, _GRADIENT)))))


def momentum() -> Formula:
    """Mu * m + gradient."""
    return Sum((Product((Quantity("mu"), Quantity("state"))), _GRADIENT))


def nesterov_update() -> Formula:
    """W - eta * (gradient + mu * m)."""
    ahead = Sum((_GRADIENT, Product((Quantity("mu"), Quantity("momentum")))))
    return Sum((_OLD, Negative(Product((_ETA, ahead)))))


def moving_average(power: int) -> Formula:
    """Beta * average + (1 - beta) * gradient^power."""
    decay = Quantity("decay")
    fresh = _GRADIENT if power == 1 else Power(_GRADIENT, constant(power))
    return Sum((Product((decay, Quantity("state"))), Product((Sum((ONE, Negative(decay))), fresh))))


def bias_corrected() -> Formula:
    """Average / (1 - beta^t)."""
    return Quotient(Quantity("average"), Sum((ONE, Negative(Quantity("power")))))


def scaled_update(*, decays: bool) -> Formula:
    """W - eta * gradient / (sqrt(square) + epsilon), w reduced by eta * decay * w first where the weights decay."""
    scale = Sum((Sqrt(Quantity("square")), Quantity("epsilon")))
    change = Product((_ETA, Quotient(_GRADIENT, scale)))
    kept: Formula = _OLD
    if decays:
        kept = Product((Sum((ONE, Negative(Product((_ETA, Quantity("decay")))))), _OLD))
    return Sum((kept, Negative(change)))
