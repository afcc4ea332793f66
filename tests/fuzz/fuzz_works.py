"""Judges right works with slips that atheris makes up; whatever isn't a verdict or a refusal ends it with a traceback.

Run by hand or by the long check: python tests/fuzz/fuzz_works.py -max_total_time=60
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["symbackprop.checking"]):
    from tests.checking.slips_of_hand import NETWORKS, desk, judge_slips


def try_one(content: bytes) -> None:
    """Judge one work."""
    provider = atheris.FuzzedDataProvider(content)
    judge_slips(lambda below: provider.ConsumeIntInRange(0, below - 1))


if __name__ == "__main__":
    for name in NETWORKS:
        desk(name)
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()
