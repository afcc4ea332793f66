"""What the page to play with knows of its network: numbers and their sliders, the picture's arrows, what tells of what."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from symbackprop.derivation.derive import derive
from symbackprop.formats import Detail
from symbackprop.live.page import frame_of
from symbackprop.network import Network
from symbackprop.pages.narrate.teller import Teller
from symbackprop.pages.phrases import load_phrases
from symbackprop.typeset.unicode import unicode
from tests.conftest import Golden
from tests.networks import build, layer, sample
from tests.pages.telling import namer_of
from tests.programs.test_written import classes, recurrent

NOT_SHOWN = ("ids", "names", "spoken", "state", "typed", "titles", "words")
"""Of what a page knows, what the plan, printers and catalogues say."""


def numbers() -> Network:
    """Numbers of every size and length, as sliders have to reach and to step them."""
    return build(
        layer([["0.5", "-2.5"], ["3", "1e-3"]], ["0.1234567", "-7.5"]),
        # The second one has no 0 and is told in full.
        samples=[sample(["100.5", "0"], ["0", "1.5"]), sample(["0.5", "-0.25"], ["1", "0"])],
        learning_rate="0.001",
    )


def sequences() -> Network:
    """Two of them, each with a target at every step."""
    inputs, targets = [["0.52", "0.25"], ["0.53", "0.54"]], [["1.94"], ["0.5"]]
    return replace(recurrent(), samples=(sample(inputs, targets),) * 2)


def frame_told(network: Network) -> Iterator[str]:
    teller = Teller(
        derivation=derive(network),
        phrases=load_phrases("en"),
        namer=namer_of(network),
        decimals=9,
        detail=Detail.FULL,
    )
    frame = frame_of([teller], [])
    for group in frame["groups"]:
        yield f"{group['title']}:"
        for it in (SimpleNamespace(**number) for number in group["numbers"]):
            sign = ", above 0" if it.positive else ""
            yield f"  {it.id} ({unicode(it.name)}, {it.spoken}): {it.typed}, {it.least} to {it.most} by {it.step}{sign}"
    found = re.search(r"^const data = (.*);$", frame["script"], re.MULTILINE)
    assert found
    for name, value in json.loads(found[1]).items():
        if name not in NOT_SHOWN:
            rows = value if isinstance(value, list) else value.items() if isinstance(value, dict) else [value]
            yield f"{name}:"
            yield from (f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)


@pytest.mark.parametrize("network", [numbers, classes, recurrent, sequences])
def test_what_a_page_knows(network: Callable[[], Network], golden: Golden) -> None:
    golden(f"live/{network.__name__}.txt", "\n".join(frame_told(network())) + "\n")
