"""Writing a network file: the reader's other way. What it writes is read back as the same network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise

from symbackprop.layers_file import BENDS, LayerKind
from symbackprop.network import (
    Given,
    HiddenGradients,
    Layer,
    Network,
    Optimizer,
    Published,
    Reductions,
    Rows,
    Training,
    Translations,
    Vector,
    Writing,
)
from symbackprop.wording import counted, one_line

_WIDTH = 100


def write_network(network: Network, remark: str = "") -> str:
    """The text of a network file; `remark` is a comment at its top."""
    parts = [
        *(_comment(remark) if remark else ()),
        f"title = {_texts(network.titles or (('', network.title),))}",
        *([f"reference = {_texts(network.references)}"] if network.references else []),
        *_data(network),
        *(line for number, layer in enumerate(network.layers) for line in _layer(network, number, layer)),
        *_training(network.training),
        *_writing(network.writing),
        *(line for figure in network.published for line in _figure(figure)),
        *(["", "[names]"] if network.names else []),
        *(f"{_quoted(name)} = {_quoted(id_)}" for name, id_ in network.names),
    ]
    return "\n".join(parts) + "\n"


def _comment(remark: str) -> Iterator[str]:
    yield f"# {one_line(remark)}"
    yield ""


def _quoted(text: str) -> str:
    """A text as TOML quotes it: as JSON does, but for the one control character that JSON lets through."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(texts: Translations) -> str:
    if texts[0][0] == "":
        return _quoted(texts[0][1])
    return "{ " + ", ".join(f"{language} = {_quoted(text)}" for language, text in texts) + " }"


def _data(network: Network) -> Iterator[str]:
    recurrent = any(layer.recurrent_weights is not None for layer in network.layers)
    each = len(network.samples[0].targets) > 1 or network.steps == 1
    extent = [counted(len(network.samples), "sample"), *([counted(network.steps, "time step")] if recurrent else [])]
    yield from ("", f"# {' of '.join(extent)}", "[data]")
    samples = network.samples
    yield from _nested("inputs", tuple(it.inputs if recurrent else it.inputs[0] for it in samples))
    yield from _nested("targets", tuple(it.targets if recurrent and each else it.targets[0] for it in samples))


def _nested(key: str, samples: tuple[Vector | Rows, ...]) -> Iterator[str]:
    yield f"{key} = ["
    for sample in samples:
        if isinstance(sample[0], Given):
            yield from _row(sample, "    ")
        else:
            yield "    ["
            for row in sample:
                yield from _row(row, "        ")
            yield "    ],"
    yield "]"


def _row(numbers: Iterable[Given], indent: str) -> Iterator[str]:
    """A list of numbers as an item of a list, on several lines where it is long."""
    lines = list(_filled(numbers))
    if len(lines) == 1:
        yield f"{indent}[{lines[0]}],"
        return
    yield f"{indent}["
    yield from (f"{indent}    {line}," for line in lines)
    yield f"{indent}],"


def _filled(numbers: Iterable[Given]) -> Iterator[str]:
    """The numbers, parted by commas, in lines of a readable length."""
    line: list[str] = []
    width = 0
    for number in numbers:
        if line and width + len(number.typed) + 2 > _WIDTH:
            yield ", ".join(line)
            line, width = [], 0
        line.append(number.typed)
        width += len(number.typed) + 2
    yield ", ".join(line)


def _vector(key: str, numbers: Vector) -> Iterator[str]:
    lines = list(_filled(numbers))
    if len(lines) == 1:
        yield f"{key} = [{lines[0]}]"
        return
    yield f"{key} = ["
    yield from (f"    {line}," for line in lines)
    yield "]"


def _matrix(key: str, rows: Rows) -> Iterator[str]:
    yield f"{key} = ["
    for row in rows:
        yield from _row(row, "    ")
    yield "]"


def _layer(network: Network, number: int, layer: Layer) -> Iterator[str]:
    below, here = list(pairwise(network.widths))[number]
    fed = counted(below, "input" if number == 0 else "neuron")
    yield from ("", f"# from {fed} to {counted(here, 'neuron')}", "[[layers]]")
    if layer.recurrent_weights is not None:
        yield f'kind = "{LayerKind.RECURRENT}"'
    yield f'activation = "{layer.activation}"'
    if layer.bend is not None:
        yield f"{BENDS[layer.activation][0]} = {layer.bend.typed}"
    yield from _matrix("weights", layer.weights)
    if layer.recurrent_weights is not None:
        yield from _matrix("recurrent_weights", layer.recurrent_weights)
    if layer.initial_state is not None:
        yield from _vector("initial_state", layer.initial_state)
    match layer.biases:
        case None:
            pass
        case Given(typed=typed):
            yield f"biases = {typed}"
        case biases:
            yield from _vector("biases", biases)


def _training(training: Training) -> Iterator[str]:
    yield from ("", "[training]", f'loss = "{training.loss}"')
    for key, setting in (("threshold", training.threshold), ("l1", training.l1), ("l2", training.l2)):
        if setting is not None:
            yield f"{key} = {setting.typed}"
    yield f"learning_rate = {training.learning_rate.typed}"
    yield f"update_biases = {str(training.update_biases).lower()}"
    if training.hidden_gradients is not HiddenGradients.ORIGINAL:
        yield f'hidden_gradients = "{training.hidden_gradients}"'
    yield f"rounds = {training.rounds}"
    if training.reductions != Reductions():
        each = training.reductions
        yield from ("", "[training.reduction]")
        yield from (f'outputs = "{each.outputs}"', f'steps = "{each.steps}"', f'batch = "{each.batch}"')
    if training.optimizer != Optimizer():
        yield from _optimizer(training.optimizer)


def _optimizer(optimizer: Optimizer) -> Iterator[str]:
    yield from ("", "[training.optimizer]", f'kind = "{optimizer.rule}"')
    settings = {
        "momentum": optimizer.momentum,
        "smoothing": optimizer.smoothing,
        "beta1": optimizer.beta1,
        "beta2": optimizer.beta2,
        "epsilon": optimizer.epsilon,
        "decay": optimizer.decay,
    }
    yield from (f"{key} = {setting.typed}" for key, setting in settings.items() if setting is not None)


def _writing(writing: Writing) -> Iterator[str]:
    if writing == Writing():
        return
    yield from ("", "[notation]", f"name = {_quoted(writing.notation)}", f'batch = "{writing.batch}"')
    yield f'decimal = "{"comma" if writing.decimal_comma else "point"}"'


def _figure(figure: Published) -> Iterator[str]:
    yield from ("", "[[published]]", f"quantity = {_quoted(figure.quantity)}", f"value = {figure.value.typed}")
    yield f"source = {_texts(figure.sources or (('', figure.source),))}"
