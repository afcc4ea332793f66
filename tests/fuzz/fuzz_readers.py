"""Feeds the readers of somebody's work whatever atheris makes up; anything but a refusal ends it with a traceback.

Run by hand or by the long check: python tests/fuzz/fuzz_readers.py -max_total_time=60
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["symbackprop.checking"]):
    from symbackprop.checking.budget import OutOfBudget
    from symbackprop.checking.sources.read import Reader
    from symbackprop.checking.sources.snippet import Kind

from symbackprop.errors import SpecError
from symbackprop.network_file import read_network
from symbackprop.resources import DEFAULT_EXAMPLE, example

READER = Reader(read_network(example(DEFAULT_EXAMPLE)))
KINDS = tuple(Kind)


def try_one(content: bytes) -> None:
    """Read one made-up work."""
    provider = atheris.FuzzedDataProvider(content)
    kind = KINDS[provider.ConsumeIntInRange(0, len(KINDS) - 1)]
    try:
        READER.read_text(provider.ConsumeUnicodeNoSurrogates(4096), kind, "work")
    except (SpecError, OutOfBudget):
        return


if __name__ == "__main__":
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()
