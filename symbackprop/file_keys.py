"""The tables of a network file and the keys of each: the whole format at a glance."""

from __future__ import annotations

from symbackprop.places import TableKind

_SEED = {
    "seed": "a whole number, from which the numbers are made",
    "low": "the smallest number that can come",
    "high": "the largest number that can come",
    "decimals": "how many decimals each number has",
}

ROOT = TableKind(
    name="the top of the file",
    keys={
        "title": "a text, the title of the document",
        "reference": "a text that says where the network comes from",
        "data": "a table [data] with inputs and targets",
        "layers": "a table [[layers]] for each layer",
        "training": "a table [training] with at least a learning_rate",
        "notation": "a table [notation]",
        "published": "a table [[published]] for each figure",
        "names": "a table [names] with names of your own",
    },
)
DATA = TableKind(
    name="[data]",
    keys={"inputs": "a list of numbers", "targets": "a list of numbers"},
    later=frozenset({"names"}),
)
LAYER = TableKind(
    name="[[layers]]",
    keys={
        "kind": "the kind of the layer",
        "activation": "the name of the layer's activation",
        "slope": "a number above 0",
        "alpha": "a number above 0",
        "weights": "a list of rows, one row of weights for each neuron",
        "recurrent_weights": "a list of rows, one row for each neuron, one number in it for each neuron",
        "initial_state": "a list of numbers",
        "biases": "a number or a list of numbers",
    },
    later=frozenset({"names"}),
)
TRAINING = TableKind(
    name="[training]",
    keys={
        "loss": "the name of the loss",
        "threshold": "a number above 0",
        "reduction": "what becomes of several errors",
        "l1": "a number, at least 0",
        "l2": "a number, at least 0",
        "learning_rate": "a number above 0",
        "optimizer": "the name of a rule, or a table [training.optimizer]",
        "update_biases": "true or false",
        "hidden_gradients": "the weights that carry the error back",
        "rounds": "a whole number",
    },
)
REDUCTION = TableKind(
    name="[training.reduction]",
    keys={
        "outputs": "what becomes of the errors of several outputs",
        "steps": "what becomes of the errors of several time steps",
        "batch": "what becomes of the errors of several samples",
    },
)
OPTIMIZER = TableKind(
    name="[training.optimizer]",
    keys={
        "kind": "the name of a rule",
        "momentum": "a number from 0 to below 1",
        "smoothing": "a number from 0 to below 1",
        "beta1": "a number from 0 to below 1",
        "beta2": "a number from 0 to below 1",
        "epsilon": "a number above 0",
        "decay": "a number, at least 0",
    },
)
NOTATION = TableKind(
    name="[notation]",
    keys={
        "name": "the name of a notation, or the path of its file",
        "batch": "where a sample stands in a matrix",
        "decimal": "how decimals are parted",
    },
)
PUBLISHED = TableKind(
    name="[[published]]",
    keys={
        "quantity": 'the id of a quantity, such as "E_total@1"',
        "value": "the figure that was printed",
        "source": "a text that says where it was printed",
    },
)
SEEDED = TableKind(name="a table that makes numbers from a seed", keys=_SEED)
SEEDED_WEIGHTS = TableKind(
    name="a table that makes weights from a seed",
    keys={"neurons": "how many neurons the layer has", **_SEED},
)
SEEDED_INPUTS = TableKind(
    name="a table that makes inputs from a seed",
    keys={"count": "how many inputs the network has", **_SEED},
)

KINDS = (
    ROOT,
    DATA,
    LAYER,
    TRAINING,
    REDUCTION,
    OPTIMIZER,
    NOTATION,
    PUBLISHED,
    SEEDED,
    SEEDED_WEIGHTS,
    SEEDED_INPUTS,
)
"""All of them: a key that stands in the wrong table is told where it belongs."""

HEADERS = frozenset({"[names]", *(kind.name for kind in KINDS if kind.name.startswith("["))})
"""The lines that begin a table: in double brackets where a file may have several."""
