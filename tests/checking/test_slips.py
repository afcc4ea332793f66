"""Which wrong formulas the mistakes lead to, and which neurons and parameters count as neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from symbackprop import api
from symbackprop.checking.mistakes.formulas import changed_formulas
from symbackprop.checking.mistakes.registry import slips
from symbackprop.checking.mistakes.slip import MOST_NEIGHBOURS, Ground, Site, Slip, near
from symbackprop.checking.truth import Truth
from symbackprop.checking.verdicts import Mistake
from symbackprop.derivation.graph import Neuron
from symbackprop.typeset.plain import plain
from tests.checking.mistaken import networks, truth
from tests.checking.sheets_of_claims import truth_of
from tests.conftest import Golden
from tests.networks import build, layer, sample

WIDE = 20


@pytest.fixture(scope="module")
def wide() -> Truth:
    """A network of twenty inputs and twenty hidden neurons."""
    weights = [[f"0.{WIDE * row + column + 1}" for column in range(WIDE)] for row in range(WIDE)]
    inputs = [f"0.{number}" for number in range(1, WIDE + 1)]
    return truth_of(build(layer(weights), layer([weights[0]]), inputs=inputs, targets=["0.5"]))


def formulas(truth_: Truth, quantity: str, mistake: Mistake) -> list[str]:
    """What a mistake at one quantity leads to."""
    return [plain(formula) for cause, formula in changed_formulas(truth_, quantity) if cause.mistake is mistake]


def taken(truth_: Truth, quantity: str, mistake: Mistake) -> list[str]:
    """What a mistake puts in the place of something else."""
    return [cause.taken for cause, _ in changed_formulas(truth_, quantity) if cause.mistake is mistake]


@pytest.mark.parametrize("index", range(WIDE))
def test_neurons_are_near_that_stand_at_most_six_places_away(wide: Truth, index: int) -> None:
    hidden: tuple[Neuron, ...] = wide.plan.graph.layers[0]
    expected = [it for it in range(WIDE) if 0 < abs(it - index) <= MOST_NEIGHBOURS]
    assert [hidden.index(it) for it in near(hidden, index)] == expected


@pytest.mark.parametrize(
    ("quantity", "beside"),
    [
        ("w1+", ["w2", "w3", "w4", "w5", "w6", "w7", "w21"]),
        ("w170+", [*(f"w{number}" for number in range(164, 177) if number != 170), "w150", "w190"]),
        ("w400+", [*(f"w{number}" for number in range(394, 400)), "w380", "w420"]),
    ],
)
def test_parameters_are_beside_in_their_row_and_in_the_rows_above_and_below(
    wide: Truth, quantity: str, beside: list[str]
) -> None:
    assert taken(wide, quantity, Mistake.WEIGHT_INDEX) == beside
    gradients = [f"dE_total/d{it}" for it in beside]
    assert taken(wide, quantity, Mistake.NEIGHBOURS_VALUE) == gradients
    of_gradient = taken(wide, f"dE_total/d{quantity[:-1]}", Mistake.NEIGHBOURS_VALUE)
    assert [it for it in of_gradient if it.startswith("dE_total/dw")] == gradients


def test_rows_are_as_long_as_they_are() -> None:
    assert taken(truth("tanh"), "w5+", Mistake.WEIGHT_INDEX) == ["w4", "w6", "w2", "w8"]
    assert taken(truth("default"), "w5+", Mistake.WEIGHT_INDEX) == ["w6", "w3", "w7"]


def test_of_several_shares_the_first_or_the_last_is_taken_divided_or_whole() -> None:
    assert formulas(truth("batch mean"), "dE_total/dw5", Mistake.ASSIGNED) == [
        "1/2 * dE[2]/dw5",
        "1/2 * dE[1]/dw5",
        "dE[2]/dw5",
        "dE[1]/dw5",
    ]
    assert formulas(truth("batch"), "dE_total/dw5", Mistake.ASSIGNED) == ["dE[2]/dw5", "dE[1]/dw5"]
    assert formulas(truth("recurrent"), "dE_total/dw1", Mistake.STEPS_NOT_SUMMED) == [
        "dE_total/dw1[3]",
        "dE_total/dw1[1]",
    ]


def catalogue(truths: Mapping[str, Truth]) -> Iterator[str]:
    """For the first step of each pattern at which other mistakes can be made: where they are made, and what they give."""
    seen = set()
    for name, it in truths.items():
        for id_ in it.plan:
            site = Site(step=it.plan[id_], ground=Ground(it.plan))
            found = [] if site.step.pattern is None else list(slips(site))
            told = type(site.step.pattern), frozenset(slip.mistake for slip in found)
            if found and told not in seen:
                seen.add(told)
                yield f"\n{name}: {id_} = {plain(site.formula)}"
                yield from (f"    {described(slip, id_)}" for slip in found)


def described(slip: Slip, id_: str) -> str:
    """A slip in a line."""
    exchanged = f" ({slip.taken or 'nothing'} for {slip.right or '?'})" if slip.right or slip.taken else ""
    at = "" if slip.unit is None else f"; at {slip.unit or id_}"
    everywhere = f"; everywhere: {', '.join(kind or 'so' for kind in slip.kinds)}" if slip.kinds else ""
    return f"{slip.mistake}: {plain(slip.formula)}{exchanged}{at}{everywhere}"


def test_what_each_mistake_makes_of_each_pattern(golden: Golden) -> None:
    truths = {name: truth(name) for name in networks()}
    truths |= {name: truth_of(api.load(name)) for name in ("adam", "weight-decay", "regression-relu")}
    recurrent = networks()["recurrent"]
    steps = sample([["0.5", "0.1"], ["-0.3", "0.7"]], [["0.6"], ["0.2"]])
    truths["at every step"] = truth_of(replace(recurrent, samples=(steps,)))
    golden("check/slips.txt", "\n".join(catalogue(truths)).lstrip("\n") + "\n")


def test_inputs_are_taken_for_others_that_stand_near() -> None:
    numbers = [f"0.{number}" for number in range(1, 11)]
    found = changed_formulas(truth_of(build(layer([numbers]), inputs=numbers, targets=["0.5"])), "net_o1")
    pairs = {(cause.right, cause.taken) for cause, _ in found if cause.mistake is Mistake.ANOTHER_INPUT}
    expected = {
        (one, other) for one in range(1, 11) for other in range(1, 11) if 0 < abs(one - other) <= MOST_NEIGHBOURS
    }
    assert pairs == {(f"i{one}", f"i{other}") for one, other in expected}
