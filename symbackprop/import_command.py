"""What `import` does: an ONNX model and samples become a network file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from symbackprop.errors import ExitCode, SpecError
from symbackprop.files import require_folder, require_output, write_whole
from symbackprop.frameworks.description import Learning, every, over_samples
from symbackprop.frameworks.from_onnx import from_onnx
from symbackprop.frameworks.numbers import rate_of
from symbackprop.frameworks.typed_samples import read_samples
from symbackprop.functions import Loss
from symbackprop.network import Reduction, Rule
from symbackprop.network_writer import write_network
from symbackprop.places import Place

_STANDARD = "-"


def run_import(chosen: argparse.Namespace) -> int:
    """Writes the network file of the model that was chosen on the command line."""
    model = Path(chosen.model)
    learning = _learning(chosen)
    output = None if chosen.output in (None, _STANDARD) else Path(chosen.output)
    if output is not None:
        require_folder(output)
        require_output(output, "toml", {"model": model})
    inputs, targets = read_samples(chosen.inputs, "--inputs"), read_samples(chosen.targets, "--targets")
    network = from_onnx(model, inputs, targets, learning, chosen.rounds)
    text = write_network(network, f"Made by symbackprop import from {model.name}")
    if output is None:
        sys.stdout.buffer.write(text.encode())
    else:
        write_whole(output, text)
        print(output)
    return ExitCode.DONE


def _learning(chosen: argparse.Namespace) -> Learning:
    loss = _option("--loss", chosen.loss).choice("a loss", Loss)
    reduction = _option("--reduction", chosen.reduction).choice("a reduction", Reduction)
    rule = _option("--optimizer", chosen.optimizer).choice("an optimizer", Rule)
    rate = rate_of(chosen.learning_rate)
    if not _option("--learning-rate", rate).number().exact > 0:
        raise SpecError("--learning-rate", f"expected a number above 0, found {chosen.learning_rate}")
    return Learning(
        loss=loss,
        reduction=over_samples(reduction) if loss is Loss.CROSS_ENTROPY else every(reduction),
        optimizer={"kind": rule.value},
        learning_rate=rate,
        logits=False,
        settings={},
    )


def _option(name: str, value: object) -> Place:
    """What stands after an option, to be doubted as a value of a file is."""
    return Place(origin=name, path="", value=value)
