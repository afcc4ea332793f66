"""Holds the benchmark of growth to its word: the peers compute what we compute, and what is measured is what is told."""

from __future__ import annotations

import json
import math
import sys
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import handcalcs_way
import plain_way
from fitting import fit_exponential, fit_power
from growth import measure_all, to_json
from growth_networks import BIG, SHAPES, Shape, find_shape, network_text
from growth_plot import draw
from growth_report import SecondNetwork, fit_growths, judge
from growth_ways import Measured, Way
from processes import Ending, Run, run_metered
from symbackprop.derivation.derive import derive
from symbackprop.network_file import parse_network

SMALL = find_shape("2-2-2")
NAMES = {f"w{number}" for number in range(1, 9)} | {"b_h1", "b_h2", "b_o1", "b_o2"}


def our_gradients() -> Mapping[str, float]:
    derivation = derive(parse_network(network_text(SMALL), "small.toml"))
    return {name: float(derivation[f"dE_total/d{name}"].value) for name in NAMES}


@pytest.mark.parametrize("way", plain_way.Numbers)
def test_the_plain_way_computes_what_we_compute(way: plain_way.Numbers) -> None:
    network = tomllib.loads(network_text(SMALL))
    problem = plain_way.state(network)
    gradients = plain_way.work_out(problem, 0.5, way)
    assert {it.name: it.value for it in gradients} == pytest.approx(our_gradients(), rel=1e-12)
    text = plain_way.write(network, problem, gradients, way)
    assert text.count(r"\subsection*") == len(NAMES)


def test_the_lines_for_handcalcs_compute_what_we_compute() -> None:
    network = tomllib.loads(network_text(SMALL))
    found: dict[str, float] = handcalcs_way.given(network)
    exec("\n".join(handcalcs_way.assignments(network)), {"exp": math.exp}, found)  # noqa: S102 - lines of our own
    gradients = {name: found[f"gradient_{name.replace('w', 'w_')}"] for name in NAMES}
    assert gradients == pytest.approx(our_gradients(), rel=1e-12)


@pytest.mark.filterwarnings("ignore")  # of what handcalcs stands on, not of ours
def test_handcalcs_writes_every_line() -> None:
    pytest.importorskip("handcalcs", reason="the extra `benchmarks` isn't installed")
    network = tomllib.loads(network_text(SMALL))
    latex, results = handcalcs_way.calculate(network)
    assert latex.count("&=") >= len([*handcalcs_way.assignments(network)])
    assert results["gradient_w_1"] == pytest.approx(our_gradients()["w1"])


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape.weights < 1000], ids=lambda shape: shape.name)
def test_every_network_is_read_and_has_its_shape(shape: Shape) -> None:
    network = parse_network(network_text(shape), "net.toml")
    assert network.widths == shape.widths
    assert network_text(shape) == network_text(shape) != network_text(shape, seed=2)


def test_the_big_one_has_the_parameters_that_are_told() -> None:
    assert (find_shape(BIG).weights, find_shape(BIG).parameters) == (23_820, 23_860)


def test_a_fit_finds_the_exponent() -> None:
    power = fit_power([(x, 3 * x**1.7) for x in (2.0, 5.0, 11.0, 40.0)])
    assert (power.start, power.slope, power.error) == pytest.approx((3, 1.7, 0))
    layers = fit_exponential([(x, 0.1 * 3**x) for x in (2.0, 3.0, 4.0)])
    assert math.exp(layers.slope) == pytest.approx(3)


def test_a_fit_through_a_single_place_is_refused() -> None:
    with pytest.raises(ValueError, match="expected at least 2 different x"):
        fit_power([(2.0, 1.0), (2.0, 3.0)])


def test_what_takes_too_long_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    grandchild = f"import time; time.sleep(1); open({str(trace)!r}, 'w'); time.sleep(60)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    run = run_metered([sys.executable, "-c", child], limit=0.3)
    assert run.ending is Ending.STOPPED
    assert 0.3 <= run.seconds < 30
    time.sleep(1.2)
    assert not trace.exists()


def test_a_peer_that_was_stopped_is_spared_larger_networks_of_its_family(capsys: pytest.CaptureFixture[str]) -> None:
    shapes = [find_shape(name) for name in ("4-4-4", "5-5-5", "depth-3")]
    results = measure_all(shapes, [Way.OURS, Way.PLAIN], runs=2, limit=0.05)
    assert results["4-4-4"].ending(Way.PLAIN) is Ending.STOPPED
    assert len(results["4-4-4"].runs[Way.PLAIN]) == 1
    assert [*results["5-5-5"].runs] == [Way.OURS]
    assert [*results["depth-3"].runs] == [Way.OURS, Way.PLAIN]
    assert "> 0 s" in capsys.readouterr().out


def test_what_fails_tells_why_and_what_is_done_is_metered(tmp_path: Path) -> None:
    failed = run_metered([sys.executable, "-c", "import sys; sys.exit('too large')"], limit=60)
    assert (failed.ending, failed.said) == (Ending.FAILED, "too large")
    output = tmp_path / "out"
    code = f"data = bytes(50_000_000); open({str(output)!r}, 'wb').write(data[:1234])"
    done = run_metered([sys.executable, "-c", code], limit=60, output=output)
    assert (done.ending, done.written_bytes, output.exists()) == (Ending.DONE, 1234, False)
    assert done.peak_bytes > 50_000_000


# --- What is made of the runs ------------------------------------------------------------------------------


def run(seconds: float, ending: Ending = Ending.DONE, megabytes: int = 100) -> Run:
    return Run(ending=ending, seconds=seconds, peak_bytes=megabytes * 1_000_000, written_bytes=10, said="")


def measured(name: str, ways: Mapping[Way, Run]) -> Measured:
    return Measured(shape=find_shape(name), runs={way: (run,) for way, run in ways.items()})


def results_with(exponent: float, big: Run) -> dict[str, Measured]:
    found = {}
    for name in ("5-5-5", "16-16-16", "64-64-64"):
        ours = run(0.5 + find_shape(name).weights ** exponent / 1e5)
        plain = run(120, Ending.STOPPED)
        found[name] = measured(name, {Way.IMPORT: run(0.5), Way.OURS: ours, Way.PLAIN: plain})
    found[BIG] = measured(BIG, {Way.IMPORT: run(0.5), Way.OURS: big, Way.BRIEF: run(1.0)})
    return found


def test_goals_that_are_reached() -> None:
    results = results_with(1.0, run(0.5 + 23_820 / 1e5))
    second = SecondNetwork(name="2-2-2", warm=False, first={"derive": 1.0}, second={"derive": 0.05})
    goals = judge(results, fit_growths(results), [second])
    assert [goal.reached for goal in goals] == [True] * 6


def test_goals_that_are_not_reached() -> None:
    results = results_with(1.2, run(0.5 + 23_820**1.2 / 1e5, megabytes=401))
    results["5-5-5"] = measured("5-5-5", {Way.IMPORT: run(0.5), Way.OURS: run(0.6), Way.PLAIN: run(59)})
    second = SecondNetwork(name="2-2-2", warm=False, first={"derive": 1.0}, second={"derive": 0.06})
    goals = judge(results, fit_growths(results), [second])
    assert [goal.reached for goal in goals] == [False, False, True, False, True, False]


def test_a_big_one_that_was_stopped_reaches_none_of_its_goals() -> None:
    results = results_with(1.0, run(120, Ending.STOPPED))
    goals = judge(results, fit_growths(results), [])
    assert [goal.reached for goal in goals] == [True, False, False, False, True, None]
    assert [goal.reached for goal in judge({}, [], [])] == [None] * 6


def test_the_plot_and_the_json_hold_every_way() -> None:
    results = results_with(1.0, run(1))
    svg = ET.fromstring(draw(results, limit=120))  # noqa: S314 - of our own making
    words = {element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert {"weights", "seconds", Way.OURS, Way.PLAIN, Way.IMPORT, "stopped at 120 s"} <= words
    whole = json.loads(to_json(results, fit_growths(results), [], []))
    assert [network["name"] for network in whole["networks"]] == [*results]
    assert whole["networks"][0]["runs"][Way.PLAIN][0]["ending"] == "stopped"
