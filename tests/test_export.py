"""JSON for programs: every quantity, its digits certified, its formula to be calculated again."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath  # type: ignore[import-untyped]
import pytest

import symbackprop
from symbackprop.checking.published import judge_published
from symbackprop.derivation.certify import certify
from symbackprop.derivation.derive import derive
from symbackprop.export import SCHEMA, to_json
from symbackprop.functions import Activation
from symbackprop.network import Network
from symbackprop.training_report import write_csv
from tests.arithmetic import calculate
from tests.networks import UPDATED, build, default_network, layer, trained_otherwise

DEEP = build(
    layer([["0.3", "-0.4"]], "0.1"),
    layer([["0.5"], ["-0.70"]], ["0.2", "0.6"]),
    layer([["0.8", "-0.9"], ["1.1", "0.25"]]),
    inputs=["0.6", "-1.2"],
    targets=["0.2", "0.9"],
    update_biases=True,
    rounds=4,
)
MISTAKEN = trained_otherwise(default_network(), hidden_gradients=UPDATED, rounds=2)


def exported(network: Network) -> dict[str, Any]:
    derivation = derive(network)
    data: dict[str, Any] = json.loads("".join(to_json(derivation, judge_published(derivation), certify(derivation))))
    return data


@cache
def default() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(symbackprop.render(symbackprop.derive(symbackprop.load()), format="json"))
    return data


def by_id(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {it["id"]: it for it in data["quantities"]}


# --- The frame --------------------------------------------------------------------------------------------


def test_the_object_and_its_parts() -> None:
    data = default()
    assert list(data) == ["schema", "network", "quantities", "steps", "published", "certificate"]
    assert data["schema"] == SCHEMA == 1
    keys = ("id", "kind", "formula", "substituted", "value", "exact", "undecided")
    assert {tuple(it) for it in data["quantities"]} == {keys}
    assert {tuple(it) for it in data["steps"]} == {("id", "rule", "uses", "lines")}
    assert len(by_id(data)) == len(data["quantities"])


def test_the_network_keeps_its_typed_digits() -> None:
    network = default()["network"]
    assert network["inputs"] == ["0.05", "0.10"]
    assert network["layers"][0] == {
        "activation": "sigmoid",
        "weights": [["0.15", "0.20"], ["0.25", "0.30"]],
        "biases": "0.35",
    }
    assert network["file"] == "mazur.toml"
    assert network["training"] == {
        "loss": "half-squared",
        "reduction": {"outputs": "sum", "steps": "sum", "batch": "sum"},
        "optimizer": {"kind": "sgd"},
        "learning_rate": "0.5",
        "update_biases": False,
        "hidden_gradients": "original",
        "rounds": 10000,
    }
    assert [it["biases"] for it in exported(DEEP)["network"]["layers"]] == ["0.1", ["0.2", "0.6"], None]


WANTED = [
    *[
        "net_h1",
        "out_h1",
        "net_h2",
        "out_h2",
        "net_o1",
        "out_o1",
        "net_o2",
        "out_o2",
        "E_o1",
        "E_o2",
        "E_total",
        "target_o1",
        "target_o2",
        "eta",
    ],
    *["dE_total/dout_o1", "dout_o1/dnet_o1", "dnet_o1/dw5", "dE_o2/dout_h1", "dE_total/dout_h1", "dnet_o1/dout_h1"],
    *["delta_o1", "delta_o2", "delta_h1", "delta_h2"],
    *(f"w{number}" for number in range(1, 9)),
    *(f"dE_total/dw{number}" for number in range(1, 9)),
    *(f"w{number}+" for number in range(1, 9)),
    *["E_total@1", "E_total@10000", "out_o1@10000", "out_o2@10000"],
]


def test_all_ids_are_there() -> None:
    assert set(WANTED) <= set(by_id(default()))


def test_steps_name_their_rule_what_they_use_and_their_lines() -> None:
    data = default()
    steps = {it["id"]: it for it in data["steps"]}
    assert steps["dE_total/dw5"]["rule"] == "chain_rule"
    assert steps["dE_total/dw5"]["uses"] == ["dE_total/dout_o1", "dout_o1/dnet_o1", "dnet_o1/dw5"]
    assert steps["dE_total/dw5"]["lines"] == [
        {"formula": "dE_total/dout_o1 * dout_o1/dnet_o1 * dnet_o1/dw5", "reason": "result"},
        {"formula": "-(target_o1 - out_o1)*out_o1*(1 - out_o1)*out_h1", "reason": "factors_written_out"},
        {"formula": "delta_o1*out_h1", "reason": "with_delta"},
    ]
    assert set(steps) == {it["id"] for it in data["quantities"] if "@" not in it["id"]} - {
        *("i1", "i2", "target_o1", "target_o2", "eta", "b1", "b2"),
        *(f"w{number}" for number in range(1, 9)),
    }


def test_the_certificate_tells_what_was_proved() -> None:
    certificate = default()["certificate"]
    assert certificate["holds"] is True
    assert certificate["failures"] == []
    assert {it["id"] for it in certificate["proofs"]} == {it["id"] for it in default()["steps"]}
    assert exported(MISTAKEN)["certificate"]["mistaken"][0] == "dnet_o1/dout_h1"


def test_published_figures_and_their_verdicts() -> None:
    told = default()["published"]
    assert len(told) == 35
    assert (told[0]["quantity"], told[0]["printed"], told[0]["certified"], told[0]["verdict"]) == (
        *("net_h1", "0.3775", "0.3775"),
        "correct",
    )
    assert [it["cause"] for it in told if it["quantity"] == "E_total@10000"] == ["updated_weights", "round_less"]


# --- Values -----------------------------------------------------------------------------------------------

# From mpmath at 40 digits (tests/derivation/test_train.py has more of them).
TRUE = [
    ("out_h1", "0.593269992107187"),
    ("E_total", "0.298371108760003"),
    ("dE_o2/dout_h1", "-0.0190491182582781"),
    ("E_total@1", "0.291027773693599"),
    ("E_total@10000", "0.0000351018778297885"),
    ("out_o1@10000", "0.0159136204435506"),
    ("out_o2@10000", "0.984064273514624"),
]


@pytest.mark.parametrize(("id_", "value"), TRUE)
def test_values_are_the_true_ones_to_fifteen_digits(id_: str, value: str) -> None:
    assert by_id(default())[id_]["value"] == value


@pytest.mark.parametrize("network", [DEEP, MISTAKEN, None], ids=["deep", "mistaken", "default"])
def test_every_value_has_fifteen_significant_digits(network: Network | None) -> None:
    for it in (exported(network) if network else default())["quantities"]:
        digits = Decimal(it["value"]).as_tuple().digits
        assert it["value"] == "0" or len(digits) == 15, it


def test_rational_values_are_given_as_fractions() -> None:
    quantities = by_id(default())
    assert quantities["net_h1"]["exact"] == "151/400"
    assert quantities["w5"]["exact"] == "2/5"
    assert quantities["dnet_o1/dout_h2"]["exact"] == "9/20"
    for id_ in ("out_h1", "E_total", "dE_total/dw1", "w1+", "E_total@1"):
        assert quantities[id_]["exact"] is None
    for it in quantities.values():
        if it["exact"] is not None:
            assert Decimal(it["value"]) == Decimal(it["exact"].partition("/")[0]) / Decimal(
                it["exact"].partition("/")[2] or "1"
            )


def test_the_last_digit_of_a_tie_that_no_precision_decides_is_marked() -> None:
    """The two outputs below are the same transcendental number, so out_o1 is its bias, which no ball can prove."""
    network = build(
        layer([["1"], ["1"]]),
        layer([["1", "-1"]], ["0.1234567890123455"], activation=Activation.IDENTITY),
        inputs=["1"],
        targets=["1"],
    )
    found = {id_: (it["value"], it["undecided"]) for id_, it in by_id(exported(network)).items()}
    assert found["out_o1"] == ("0.123456789012346", True)
    assert found["b_o1"] == ("0.123456789012346", False)
    assert found["out_h1"] == ("0.731058578630005", False)
    assert not any(it["undecided"] for it in default()["quantities"])
    rows = write_csv(derive(network), 1).splitlines()
    assert rows[1].endswith(",0.123456789012346")


@pytest.mark.parametrize(
    ("id_", "formula", "substituted"),
    [
        ("net_h1", "w1*i1 + w2*i2 + b1", "0.15*0.05 + 0.20*0.10 + 0.35"),
        ("net_o1", "w5*out_h1 + w6*out_h2 + b2", "0.40*0.593269992 + 0.45*0.596884378 + 0.60"),
        ("out_h1", "1/(1 + exp(-net_h1))", "1/(1 + exp(-0.3775))"),
        ("E_o1", "1/2*(target_o1 - out_o1)**2", "1/2*(0.01 - 0.751365070)**2"),
        ("dE_total/dout_o1", "-(target_o1 - out_o1)", "-(0.01 - 0.751365070)"),
        ("dE_total/dout_h1", "dE_o1/dout_h1 + dE_o2/dout_h1", "0.055399425 + (-0.019049118)"),
        ("w8+", "w8 - eta * dE_total/dw8", "0.55 - 0.5*(-0.022740242)"),
        ("w5", "w5", "0.40"),
        ("E_total@1", "E_o1@1 + E_o2@1", None),
    ],
)
def test_formulas_are_written_in_our_ids(id_: str, formula: str, substituted: str | None) -> None:
    found = by_id(default())[id_]
    assert found["formula"] == formula
    assert substituted is None or found["substituted"] == substituted


def in_mpmath(text: str) -> Any:
    fraction = Fraction(text)
    return mpmath.mpf(fraction.numerator) / fraction.denominator


@pytest.mark.parametrize("network", [DEEP, MISTAKEN, None], ids=["deep", "mistaken", "default"])
def test_formulas_calculate_to_their_values(network: Network | None) -> None:
    data = exported(network) if network else default()
    with mpmath.workdps(30):
        known = {it["id"]: in_mpmath(it["exact"] or it["value"]) for it in data["quantities"]}
        for it in data["quantities"]:
            if "@" in it["id"] and not it["formula"].startswith("E_o1"):
                continue
            found = calculate(it["formula"], in_mpmath, mpmath.exp, known)
            assert abs(found - known[it["id"]]) <= abs(known[it["id"]]) * mpmath.mpf(10) ** -12, it
        for step in data["steps"]:
            for line in step["lines"]:
                found = calculate(line["formula"], in_mpmath, mpmath.exp, known)
                assert abs(found - known[step["id"]]) <= abs(known[step["id"]]) * mpmath.mpf(10) ** -12, line


@pytest.mark.parametrize("network", [DEEP, MISTAKEN, None], ids=["deep", "mistaken", "default"])
def test_substituted_lines_calculate_to_about_their_values(network: Network | None) -> None:
    for it in (exported(network) if network else default())["quantities"]:
        found = calculate(it["substituted"], in_mpmath, mpmath.exp, {})
        assert abs(found - in_mpmath(it["value"])) < 1e-8, it


def test_the_rounds_that_the_file_asks_for_are_exported() -> None:
    later = sorted(id_ for id_ in by_id(exported(DEEP)) if "@" in id_)
    assert later == sorted(
        f"{id_}@{rounds}" for rounds in (1, 4) for id_ in ("E_o1", "E_o2", "E_total", "out_o1", "out_o2")
    )
