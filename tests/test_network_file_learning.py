"""How [training] and [notation] are read."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symbackprop.errors import SpecError
from symbackprop.functions import Loss
from symbackprop.network import (
    BatchAs,
    Given,
    Network,
    Optimizer,
    Reduction,
    Reductions,
    Rule,
    Training,
    Writing,
)
from symbackprop.network_file import parse_network

SUM, MEAN = Reduction.SUM, Reduction.MEAN
CROSS_ENTROPY = 'loss = "cross-entropy"\n'


def parse(training: str, *, activation: str = "sigmoid", more: str = "") -> Network:
    layers = f'[[layers]]\nactivation = "{activation}"\nweights = [[1, 2], [3, 4]]\n'
    text = f"title = 'A net'\n[data]\ninputs = [1, 2]\ntargets = [1, 0]\n{layers}"
    return parse_network(f"{text}[training]\nlearning_rate = 0.5\n{training}\n{more}", "mynet.toml")


def read(training: str) -> Training:
    return parse(training, activation="softmax" if CROSS_ENTROPY in training else "sigmoid").training


def number(typed: str) -> Given:
    return Given(exact=Fraction(typed), typed=typed)


def test_what_is_left_out_gets_its_default() -> None:
    training = read("")
    assert training.reductions == Reductions(outputs=SUM, steps=SUM, batch=SUM)
    assert training.optimizer == Optimizer(rule=Rule.SGD)
    assert training.l1 is training.l2 is training.threshold is None
    assert parse("").writing == Writing(notation="mazur", batch=BatchAs.COLUMNS, decimal_comma=False)


@pytest.mark.parametrize("loss", Loss)
def test_every_loss_is_read(loss: Loss) -> None:
    assert read(f'loss = "{loss}"\n').loss is loss


def test_huber_has_a_threshold() -> None:
    assert read('loss = "huber"').threshold == number("1")
    assert read('loss = "huber"\nthreshold = 1.35').threshold == number("1.35")


@pytest.mark.parametrize(
    ("written", "outputs", "steps", "batch"),
    [
        ('reduction = "sum"', SUM, SUM, SUM),
        ('reduction = "mean"', MEAN, MEAN, MEAN),
        (CROSS_ENTROPY + 'reduction = "mean"', SUM, MEAN, MEAN),
        ("reduction = {}", SUM, SUM, SUM),
        ('reduction = { outputs = "mean" }', MEAN, SUM, SUM),
        ('reduction = { steps = "mean", batch = "sum" }', SUM, MEAN, SUM),
        ('[training.reduction]\nbatch = "mean"', SUM, SUM, MEAN),
        (CROSS_ENTROPY + 'reduction = { outputs = "sum", batch = "mean" }', SUM, SUM, MEAN),
    ],
)
def test_errors_are_reduced_as_asked(written: str, outputs: Reduction, steps: Reduction, batch: Reduction) -> None:
    assert read(written).reductions == Reductions(outputs=outputs, steps=steps, batch=batch)


def test_a_penalty_of_0_is_none() -> None:
    training = read("l1 = 0.0\nl2 = 0.01")
    assert training.l1 is None
    assert training.l2 == number("0.01")


OPTIMIZERS: list[tuple[str, Rule, dict[str, str]]] = [
    ('optimizer = "sgd"', Rule.SGD, {}),
    ('optimizer = "momentum"', Rule.MOMENTUM, {"momentum": "0.9"}),
    ('optimizer = "nesterov"', Rule.NESTEROV, {"momentum": "0.9"}),
    ('optimizer = "rmsprop"', Rule.RMSPROP, {"smoothing": "0.99", "epsilon": "1e-8"}),
    ('optimizer = "adam"', Rule.ADAM, {"beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8"}),
    ('optimizer = "adamw"', Rule.ADAMW, {"beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8", "decay": "0.01"}),
    ('optimizer = { kind = "sgd" }', Rule.SGD, {}),
    ('optimizer = { kind = "momentum", momentum = 0 }', Rule.MOMENTUM, {"momentum": "0"}),
    (
        '[training.optimizer]\nkind = "adam"\nbeta1 = 0.8\nepsilon = 1e-6',
        Rule.ADAM,
        {"beta1": "0.8", "beta2": "0.999", "epsilon": "1e-6"},
    ),
]


@pytest.mark.parametrize(("written", "rule", "settings"), OPTIMIZERS, ids=[row[0] for row in OPTIMIZERS])
def test_an_optimizer_has_the_settings_of_its_rule(written: str, rule: Rule, settings: dict[str, str]) -> None:
    assert read(written).optimizer == Optimizer(rule=rule, **{key: number(it) for key, it in settings.items()})


def test_the_notation_is_named_and_not_judged() -> None:
    more = '[notation]\nname = "my/letters.toml"\nbatch = "rows"\ndecimal = "comma"'
    assert parse("", more=more).writing == Writing(notation="my/letters.toml", batch=BatchAs.ROWS, decimal_comma=True)
    assert not parse("", more='[notation]\ndecimal = "point"').writing.decimal_comma


REDUCTIONS = 'expected a reduction ("sum", "mean")'
RULES = 'expected an optimizer ("sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw")'

REFUSED = [
    ('loss = "huber"\nthreshold = 0', "threshold: expected a number above 0, found 0"),
    ("threshold = 1", 'threshold: belongs to the loss "huber"; this one is "half-squared"'),
    ('reduction = "avg"', f'reduction: {REDUCTIONS}, found "avg"'),
    ("reduction = 1", f"reduction: {REDUCTIONS}, found 1"),
    ('reduction = { batch = "men" }', f'reduction.batch: {REDUCTIONS}, found "men"; did you mean "mean"?'),
    ('reduction = { samples = "mean" }', "reduction.samples: unknown key"),
    (
        CROSS_ENTROPY + 'reduction = { outputs = "mean" }',
        'reduction.outputs: cross-entropy is a sum over the outputs by definition; expected "sum", found "mean"',
    ),
    ("l1 = -1", "l1: expected a number, at least 0, found -1"),
    ("l2 = -0.5", "l2: expected a number, at least 0, found -0.5"),
    ('l2 = "1"', 'l2: expected a number, found the text "1" (a number stands without quotes)'),
    ('optimizer = "Adam"', f'optimizer: {RULES}, found "Adam"; did you mean "adam"?'),
    ("optimizer = 1", f"optimizer: {RULES}, found 1"),
    ("optimizer = {}", "optimizer.kind: missing; expected the name of a rule"),
    ('optimizer = { kind = "lion" }', f'optimizer.kind: {RULES}, found "lion"'),
    ("momentum = 0.9", "momentum: unknown key; it belongs to [training.optimizer]"),
    ('optimizer = { kind = "adam", lr = 1 }', "optimizer.lr: unknown key"),
    (
        'optimizer = { kind = "adam", momentum = 0.9 }',
        'optimizer.momentum: belongs to the optimizers "momentum", "nesterov"; this one is "adam"',
    ),
    (
        'optimizer = { kind = "sgd", beta1 = 0.9 }',
        'optimizer.beta1: belongs to the optimizers "adam", "adamw"; this one is "sgd"',
    ),
    (
        'optimizer = { kind = "adam", decay = 0.9 }',
        'optimizer.decay: belongs to the optimizer "adamw"; this one is "adam"',
    ),
    (
        'optimizer = { kind = "momentum", momentum = 1 }',
        "optimizer.momentum: expected a number from 0 to below 1, found 1",
    ),
    (
        'optimizer = { kind = "rmsprop", smoothing = -0.1 }',
        "optimizer.smoothing: expected a number from 0 to below 1, found -0.1",
    ),
    (
        'optimizer = { kind = "adam", beta1 = 1.0 }',
        "optimizer.beta1: expected a number from 0 to below 1, found 1.0",
    ),
    (
        'optimizer = { kind = "adamw", beta2 = -1 }',
        "optimizer.beta2: expected a number from 0 to below 1, found -1",
    ),
    ('optimizer = { kind = "adam", epsilon = 0 }', "optimizer.epsilon: expected a number above 0, found 0"),
    ('optimizer = { kind = "adamw", decay = -1 }', "optimizer.decay: expected a number, at least 0, found -1"),
]


@pytest.mark.parametrize(("training", "message"), REFUSED, ids=[message[:70] for _, message in REFUSED])
def test_broken_training_is_told_where_and_why(training: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(training)
    assert str(caught.value) == f"mynet.toml: training.{message}"


@pytest.mark.parametrize(
    ("notation", "message"),
    [
        ("name = 3", "name: expected a text in quotes, found 3"),
        ('name = ""', "name: expected a text, found an empty one"),
        (f'name = "{"n" * 401}"', "name: expected a text of at most 400 characters, found 401"),
        (
            'batch = "row"',
            'batch: expected where a sample stands in a matrix ("rows", "columns"), found "row"; did you mean "rows"?',
        ),
        ('decimal = ","', 'decimal: expected a decimal sign ("point", "comma"), found ","'),
        ('letters = "x"', "letters: unknown key"),
    ],
)
def test_broken_notation_is_told_where_and_why(notation: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse("", more=f"[notation]\n{notation}")
    assert str(caught.value) == f"mynet.toml: notation.{message}"


def test_notation_is_a_table() -> None:
    layers = '[[layers]]\nactivation = "tanh"\nweights = [[1]]\n'
    text = f"title = 'A net'\nnotation = 'bishop'\n[data]\ninputs = [1]\ntargets = [1]\n{layers}"
    with pytest.raises(SpecError, match=r'notation: expected a table, \[notation\], found the text "bishop"$'):
        parse_network(f"{text}[training]\nlearning_rate = 1\n", "mynet.toml")
