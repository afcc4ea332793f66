"""Reading a network file: the one place where raw input is doubted.

`starter.toml` explains every key. What is left out gets its default here: `half-squared` as loss, biases
(where a layer has any) that are updated, hidden gradients from the original weights, one round, nothing
published.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from symbackprop.errors import SpecError
from symbackprop.files import read_text
from symbackprop.functions import Activation, Loss
from symbackprop.network import MOST_ROUNDS, Given, HiddenGradients, Layer, Network, Published, Sample, Training
from symbackprop.numerals import SHORT_ENOUGH, TypedFloat
from symbackprop.places import Place, Table, TableKind
from symbackprop.wording import counted, one_line

MOST_BYTES = 16_000_000
MOST_PARAMETERS = 1_000_000
LONGEST_TITLE = 200
LONGEST_QUANTITY = 80
LONGEST_SOURCE = 200
LONGEST_REFERENCE = 400

_LATER_ACTIVATIONS = frozenset(
    {"identity", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu", "softmax"},
)
_LATER_LOSSES = frozenset({"squared", "absolute", "huber", "binary-cross-entropy", "cross-entropy"})

_ROOT = TableKind(
    name="the top of the file",
    keys={
        "title": "a text, the title of the document",
        "reference": "a text that says where the network comes from",
        "data": "a table [data] with inputs and targets",
        "layers": "a table [[layers]] for each layer",
        "training": "a table [training] with at least a learning_rate",
        "published": "a table [[published]] for each figure",
    },
    later=frozenset({"notation", "names"}),
)
_DATA = TableKind(
    name="[data]",
    keys={"inputs": "a list of numbers", "targets": "a list of numbers"},
    later=frozenset({"names"}),
)
_LAYER = TableKind(
    name="[[layers]]",
    keys={
        "activation": "the name of the layer's activation",
        "weights": "a list of rows, one row of weights for each neuron",
        "biases": "a number or a list of numbers",
    },
    later=frozenset({"kind", "recurrent", "recurrent_weights", "names"}),
)
_TRAINING = TableKind(
    name="[training]",
    keys={
        "loss": "the name of the loss",
        "learning_rate": "a number above 0",
        "update_biases": "true or false",
        "hidden_gradients": "the weights that carry the error back",
        "rounds": "a whole number",
    },
    later=frozenset({"reduction", "optimizer", "regularization"}),
)
_PUBLISHED = TableKind(
    name="[[published]]",
    keys={
        "quantity": 'the id of a quantity, such as "E_total@1"',
        "value": "the figure that was printed",
        "source": "a text that says where it was printed",
    },
)
_KINDS = (_ROOT, _DATA, _LAYER, _TRAINING, _PUBLISHED)

# Two things that tomllib can't be left alone with. A dotted key takes it time that grows as the square of the
# length; none of ours has more than two parts. An endless number takes it a hundred bytes a digit, and Python
# itself may be told to read no integer of more than 640 digits.
_KEY_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_ENDLESS_KEY = re.compile(rf"""(?<![A-Za-z0-9_"'-])(?:{_KEY_PART}[ \t]*+\.[ \t]*+){{40}}""")
_ENDLESS_NUMBER = re.compile(r"(?<!\w)(?:0[xo][0-9A-Fa-f]|[0-9])(?:_?[0-9A-Fa-f]){500}")
_LONGEST_COMPLAINT = 200


def read_network(path: Path) -> Network:
    """Give the network that the file at `path` describes.

    Raise `SpecError` with file, place, what was expected and what was found for anything that is wrong with
    it, and `UnsupportedError` for what a later version will know.
    """
    return parse_network(read_text(path, most_bytes=MOST_BYTES), str(path))


def parse_network(text: str, origin: str) -> Network:
    """Give the network that `text` describes; errors (see `read_network`) call the text `origin`."""
    root = Place(origin=origin, path="", value=_toml(text, one_line(origin))).table(_ROOT, _KINDS)
    titles = root.required("title").texts(longest=LONGEST_TITLE)
    reference = root.optional("reference")
    data = root.required("data").table(_DATA, _KINDS)
    inputs = _sample(data.required("inputs"))
    layers = _layers(root.required("layers"), len(inputs))
    neurons = len(layers[-1].weights)
    because = f"the last layer has {counted(neurons, 'neuron')}"
    targets = _sample(data.required("targets"), count=neurons, because=because)
    return Network(
        title=titles[0][1],
        titles=titles,
        references=reference.texts(longest=LONGEST_REFERENCE) if reference else (),
        samples=(
            Sample(inputs=(inputs,), targets=(_sample(data.required("targets"), count=neurons, because=because),)),
        ),
        layers=layers,
        training=_training(root.required("training").table(_TRAINING, _KINDS)),
        published=_published(root.optional("published")),
        origin=origin,
    )


def _toml(text: str, origin: str) -> dict[str, Any]:
    if endless := _ENDLESS_KEY.search(text):
        raise SpecError(_line(endless, origin), "expected a key of at most two parts, found more than 40")
    if endless := _ENDLESS_NUMBER.search(text):
        raise SpecError(_line(endless, origin), f"expected {SHORT_ENOUGH}, found more than 500")
    try:
        return tomllib.loads(text, parse_float=TypedFloat)
    except tomllib.TOMLDecodeError as error:
        complaint, _, place = str(error).rpartition(" (at ")
        why = one_line(complaint[:1].lower() + complaint[1:_LONGEST_COMPLAINT])
        raise SpecError(f"{origin}: {place.removesuffix(')')}", f"not TOML: {why}") from None
    except RecursionError:
        raise SpecError(origin, "lists or tables are nested too deeply") from None


def _line(match: re.Match[str], origin: str) -> str:
    return f"{origin}: line {match.string.count(chr(10), 0, match.start()) + 1}"


def _sample(place: Place, *, count: int | None = None, because: str = "") -> tuple[Given, ...]:
    match place.value:
        case []:
            raise place.refusal("at least one number")
        case [[*_], *_]:
            raise place.not_yet("a batch (a list of lists) is")
        case list() as values if len(values) > MOST_PARAMETERS:
            raise place.refusal(f"at most {MOST_PARAMETERS:,} numbers", f"{len(values):,}")
    return place.numbers("a list of numbers", count=count, because=because)


def _layers(place: Place, inputs: int) -> tuple[Layer, ...]:
    tables = place.items("a table [[layers]] for each layer (in double brackets)")
    if not tables:
        raise place.refusal("at least one layer")
    layers: list[Layer] = []
    width, because, parameters = inputs, f"the network has {counted(inputs, 'input')}", 0
    for index, item in enumerate(tables):
        table = item.table(_LAYER, _KINDS)
        parameters += _size(table.required("weights")) + _size(table.optional("biases"))
        if parameters > MOST_PARAMETERS:
            raise place.refusal(f"at most {MOST_PARAMETERS:,} weights and biases", f"at least {parameters:,}")
        layers.append(_layer(table, width, because))
        width = len(layers[-1].weights)
        because = f"layer {index} has {counted(width, 'neuron')}"
    return tuple(layers)


def _size(place: Place | None) -> int:
    """Count the numbers, before anything is made of them; an empty row counts, too, for it costs as much."""
    match place and place.value:
        case None:
            return 0
        case list() as items:
            return sum(max(1, len(item)) if isinstance(item, list) else 1 for item in items)
        case _:
            return 1


def _layer(table: Table, width: int, because: str) -> Layer:
    activation = table.required("activation").choice("an activation", Activation, _LATER_ACTIVATIONS)
    weights = table.required("weights")
    rows = weights.items(table.kind.keys["weights"])
    if not rows:
        raise weights.refusal("a row of weights for each neuron, at least one")
    expected = "a row of weights, which is a list of numbers"
    return Layer(
        activation=activation,
        weights=tuple(row.numbers(expected, count=width, because=because) for row in rows),
        biases=_biases(table.optional("biases"), len(rows)),
    )


def _biases(place: Place | None, neurons: int) -> Given | tuple[Given, ...] | None:
    if place is None:
        return None
    if not isinstance(place.value, list):
        return place.number()
    because = f"the layer has {counted(neurons, 'neuron')}"
    return place.numbers("a number or a list of numbers", count=neurons, because=because)


def _training(table: Table) -> Training:
    rate_place = table.required("learning_rate")
    learning_rate = rate_place.number()
    if learning_rate.exact <= 0:
        raise rate_place.refusal("a number above 0")
    loss = table.optional("loss")
    update_biases = table.optional("update_biases")
    hidden = table.optional("hidden_gradients")
    rounds = table.optional("rounds")
    return Training(
        loss=loss.choice("a loss", Loss, _LATER_LOSSES) if loss else Loss.HALF_SQUARED,
        learning_rate=learning_rate,
        update_biases=update_biases.flag() if update_biases else True,
        hidden_gradients=(
            hidden.choice("the weights of hidden gradients", HiddenGradients) if hidden else HiddenGradients.ORIGINAL
        ),
        rounds=rounds.whole_number(least=1, most=MOST_ROUNDS) if rounds else 1,
    )


def _published(place: Place | None) -> tuple[Published, ...]:
    if place is None:
        return ()
    return tuple(
        _figure(item.table(_PUBLISHED, _KINDS))
        for item in place.items("a table [[published]] for each figure (in double brackets)")
    )


def _figure(table: Table) -> Published:
    sources = table.required("source").texts(longest=LONGEST_SOURCE)
    return Published(
        quantity=table.required("quantity").text(longest=LONGEST_QUANTITY),
        value=table.required("value").figure(),
        source=sources[0][1],
        sources=sources,
    )
