"""Which program is written for a format, and what can't be one."""

from __future__ import annotations

from symbackprop.derivation.derive import Derivation
from symbackprop.formats import Format
from symbackprop.pages.phrases import Phrases
from symbackprop.programs.matrix_script import list_script, numpy_script
from symbackprop.programs.python import python_script
from symbackprop.programs.torch_script import torch_script
from symbackprop.sizes import MOST_TOLD


def write_script(derivation: Derivation, phrases: Phrases, format_: Format, decimals: int) -> str:
    """The script of a network.

    In plain Python a small network has a variable for each of its quantities, a large one lists. Raises
    UnsupportedError for what a library can't be told to do, ValueError for a format that is no script.
    """
    match format_:
        case Format.PYTHON if derivation.graph.shape.work <= MOST_TOLD:
            return python_script(derivation, phrases, decimals)
        case Format.PYTHON:
            return list_script(derivation, phrases, decimals)
        case Format.NUMPY:
            return numpy_script(derivation, phrases, decimals)
        case Format.TORCH:
            return torch_script(derivation, phrases, decimals)
        case _:
            raise ValueError(f"{format_} is no script")
