"""What was chosen for a network beside its numbers: functions, loss, means, optimizer, as rows of its table.

What nearly every introduction takes for granted has no row: sigmoid, half the squared error, sums, plain steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.derivation.forward import L1_STRENGTH, L2_STRENGTH, SETTINGS, THRESHOLD
from symbackprop.derivation.graph import bend_of
from symbackprop.functions import Activation, Loss
from symbackprop.network import Reduction, Rule
from symbackprop.pages.document import Inlines
from symbackprop.pages.narrate.teller import Teller, math

_Row = tuple[Inlines, Inlines]


def rows_of_settings(teller: Teller) -> Iterator[_Row]:
    """A row for each choice: what it is, and what was chosen."""
    yield from _activations(teller)
    yield from _loss(teller)
    yield from _rule(teller)
    shape = teller.graph.shape
    for present, strength in ((shape.l1, L1_STRENGTH), (shape.l2, L2_STRENGTH)):
        if present:
            yield teller.phrases.say("settings.penalty"), math(teller.equality(strength))


def _activations(teller: Teller) -> Iterator[_Row]:
    layers = teller.graph.shape.layers
    used = tuple(layer.activation for layer in layers)
    if set(used) != {Activation.SIGMOID}:
        names = tuple(teller.phrases.say(f"activation.{it.value}.name") for it in used)
        if len(set(used)) == 1:
            yield teller.phrases.say("settings.activation"), names[0]
        else:
            yield teller.phrases.say("settings.activations"), teller.phrases.join_words(names)
    bends = tuple(bend_of(depth) for depth, layer in enumerate(layers) if layer.bent)
    if bends:
        yield teller.phrases.say("settings.bend"), teller.list_of(tuple(teller.equality(bend) for bend in bends))


def _loss(teller: Teller) -> Iterator[_Row]:
    shape = teller.graph.shape
    if shape.loss is not Loss.HALF_SQUARED:
        yield teller.phrases.say("settings.loss"), teller.phrases.say(f"loss.{shape.loss.value}.name")
    if shape.loss is Loss.HUBER:
        yield teller.phrases.say("settings.threshold"), math(teller.equality(THRESHOLD))
    if shape.divisor > 1:
        yield teller.phrases.say("settings.over_outputs"), teller.phrases.say("settings.mean")
    if shape.samples > 1:
        mean = shape.reductions.batch is Reduction.MEAN
        yield (
            teller.phrases.say("settings.over_samples"),
            teller.phrases.say("settings.mean" if mean else "settings.sum"),
        )


def _rule(teller: Teller) -> Iterator[_Row]:
    rule = teller.graph.shape.rule
    if rule is Rule.SGD:
        return
    yield teller.phrases.say("settings.optimizer"), teller.phrases.say(f"optimizer.{rule.value}.name")
    settings = tuple(teller.equality(id_) for id_ in SETTINGS[rule])
    yield teller.phrases.say("settings.of_optimizer"), teller.list_of(settings)
