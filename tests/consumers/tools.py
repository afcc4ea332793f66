"""Whether the programs that read our documents may be missing."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

# .ci/run sets it: there a missing TeX or KaTeX is a failure, so that a green check has really compiled.
REQUIRED = "SYMBACKPROP_REQUIRE_CONSUMERS"


def missing(what: str, remedy: str) -> NoReturn:
    """End the test that needs `what`: skipped at the desk, failed where consumers are required."""
    message = f"{what} is missing; {remedy}"
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
