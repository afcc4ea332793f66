"""Reading how the network learns and how the pages write: the tables [training] and [notation]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from fractions import Fraction

from symbackprop.errors import SpecError
from symbackprop.file_keys import KINDS, NOTATION, OPTIMIZER, REDUCTION, TRAINING
from symbackprop.functions import Loss
from symbackprop.network import (
    MOST_ROUNDS,
    BatchAs,
    Given,
    HiddenGradients,
    Optimizer,
    Reduction,
    Reductions,
    Rule,
    Training,
    Writing,
)
from symbackprop.numerals import read_decimal
from symbackprop.places import Place, Table
from symbackprop.wording import listed

LONGEST_NOTATION = 400

_SETTINGS: Mapping[Rule, Mapping[str, str]] = {
    Rule.SGD: {},
    Rule.MOMENTUM: {"momentum": "0.9"},
    Rule.NESTEROV: {"momentum": "0.9"},
    Rule.RMSPROP: {"smoothing": "0.99", "epsilon": "1e-8"},
    Rule.ADAM: {"beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8"},
    Rule.ADAMW: {"beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8", "decay": "0.01"},
}


class _Decimal(StrEnum):
    POINT = "point"
    COMMA = "comma"


def read_training(table: Table) -> Training:
    """Give how the network learns; what is left out gets its default."""
    loss_place = table.optional("loss")
    loss = loss_place.choice("a loss", Loss) if loss_place else Loss.HALF_SQUARED
    update_biases = table.optional("update_biases")
    hidden = table.optional("hidden_gradients")
    rounds = table.optional("rounds")
    return Training(
        loss=loss,
        threshold=_threshold(table, loss),
        reductions=_reductions(table.optional("reduction"), loss),
        l1=_penalty(table, "l1"),
        l2=_penalty(table, "l2"),
        learning_rate=table.required("learning_rate").number_that(TRAINING.keys["learning_rate"], _positive),
        optimizer=_optimizer(table.optional("optimizer")),
        update_biases=update_biases.flag() if update_biases else True,
        hidden_gradients=(
            hidden.choice("the weights of hidden gradients", HiddenGradients) if hidden else HiddenGradients.ORIGINAL
        ),
        rounds=rounds.whole_number(least=1, most=MOST_ROUNDS) if rounds else 1,
    )


def _positive(number: Fraction) -> bool:
    return number > 0


def _not_negative(number: Fraction) -> bool:
    return number >= 0


def _below_one(number: Fraction) -> bool:
    return 0 <= number < 1


_FITS: Mapping[str, Callable[[Fraction], bool]] = {
    "momentum": _below_one,
    "smoothing": _below_one,
    "beta1": _below_one,
    "beta2": _below_one,
    "epsilon": _positive,
    "decay": _not_negative,
}


def _threshold(table: Table, loss: Loss) -> Given | None:
    place = table.optional("threshold")
    if loss is Loss.HUBER:
        return place.number_that(TRAINING.keys["threshold"], _positive) if place else read_decimal("1")
    if place:
        raise SpecError(place.where, f'belongs to the loss "{Loss.HUBER}"; this one is "{loss}"')
    return None


def _penalty(table: Table, key: str) -> Given | None:
    place = table.optional(key)
    penalty = place.number_that(TRAINING.keys[key], _not_negative) if place else None
    return penalty if penalty and penalty.exact else None


def _reductions(place: Place | None, loss: Loss) -> Reductions:
    if place is None:
        return Reductions()
    if not isinstance(place.value, dict):
        all_of_them = place.choice("a reduction", Reduction)
        # Cross-entropy is a sum over the outputs by definition; everybody's mean of it is over the samples.
        outputs = Reduction.SUM if loss is Loss.CROSS_ENTROPY else all_of_them
        return Reductions(outputs=outputs, steps=all_of_them, batch=all_of_them)
    table = place.table(REDUCTION, KINDS)
    outputs, steps, batch = (_reduction(table.optional(key)) for key in ("outputs", "steps", "batch"))
    if loss is Loss.CROSS_ENTROPY and outputs is Reduction.MEAN:
        where = table.required("outputs").where
        raise SpecError(where, 'cross-entropy is a sum over the outputs by definition; expected "sum", found "mean"')
    return Reductions(outputs=outputs, steps=steps, batch=batch)


def _reduction(place: Place | None) -> Reduction:
    return place.choice("a reduction", Reduction) if place else Reduction.SUM


def _optimizer(place: Place | None) -> Optimizer:
    if place is None:
        return Optimizer()
    table = place.table(OPTIMIZER, KINDS) if isinstance(place.value, dict) else None
    rule = (table.required("kind") if table else place).choice("an optimizer", Rule)
    values = {key: read_decimal(default) for key, default in _SETTINGS[rule].items()}
    for key, fits in _FITS.items():
        setting = table.optional(key) if table else None
        if setting is None:
            continue
        if key not in values:
            owners = [owner for owner, known in _SETTINGS.items() if key in known]
            noun = "optimizer" if len(owners) == 1 else "optimizers"
            raise SpecError(setting.where, f'belongs to the {noun} {listed(owners)}; this one is "{rule}"')
        values[key] = setting.number_that(OPTIMIZER.keys[key], fits)
    return Optimizer(rule=rule, **values)


def read_writing(place: Place | None) -> Writing:
    """Give how the pages write. Whether there is a notation of that name, the notations know."""
    if place is None:
        return Writing()
    table, default = place.table(NOTATION, KINDS), Writing()
    name, batch, decimal = (table.optional(key) for key in ("name", "batch", "decimal"))
    return Writing(
        notation=name.text(longest=LONGEST_NOTATION) if name else default.notation,
        batch=batch.choice("where a sample stands in a matrix", BatchAs) if batch else default.batch,
        decimal_comma=decimal.choice("a decimal sign", _Decimal) is _Decimal.COMMA if decimal else False,
    )
