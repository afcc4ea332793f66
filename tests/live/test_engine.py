"""The JavaScript of a page: the same figures as ours, and nothing in it that a user wrote."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from symbackprop import api
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.live.engine import engine_of
from symbackprop.live.page import WORDS
from symbackprop.network import Network
from symbackprop.pages.phrases import load_phrases
from symbackprop.resources import example_names, folder
from tests.consumers.tools import missing
from tests.random_networks import any_networks

NODE = shutil.which("node")
LIVE = folder("templates") / "html" / "live"


def calculated(derivation: Derivation) -> dict[str, float]:
    """Give what the engine makes of a network's own numbers."""
    if NODE is None:
        missing("Node.js", "install the package nodejs")
    engine = engine_of(derivation)
    given_ = {id_: float(number) for id_, number in derivation.given.items()}
    start = json.dumps([given_.get(id_, 0.0) for id_ in engine.ids])
    both = f"const v = {start}, u = [...v]; round(v); for (const [t, f, p] of steps) u[t] = f(...p.map(n => u[n]));"
    source = f"{engine.source}\n{both} console.log(JSON.stringify([v, u].map(it => it.map(String))))"
    done = subprocess.run([NODE, "-e", source], capture_output=True, text=True, check=True, timeout=60)
    whole, stepwise = json.loads(done.stdout)
    assert whole == stepwise
    return dict(zip(engine.ids, map(float, whole), strict=True))


def expected(derivation: Derivation, id_: str) -> float:
    """Give a quantity's value as a double."""
    return float(derivation.values.rounded(id_, 30))


@pytest.mark.parametrize("name", [it for it in example_names() if it != "large"])
def test_every_example_comes_out_to_twelve_digits(name: str) -> None:
    derivation = derive(api.load(name))
    found = calculated(derivation)
    for id_ in derivation.steps:
        assert found[id_] == pytest.approx(expected(derivation, id_), rel=1e-12, abs=1e-16), id_


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_networks(most_layers=2, most_neurons=3, most_samples=2, most_steps=2))
def test_networks_of_any_kind_come_out(network: Network) -> None:
    derivation = derive(network)
    found = calculated(derivation)
    for id_ in derivation.steps:
        assert found[id_] == pytest.approx(expected(derivation, id_), rel=1e-9, abs=1e-13), id_


def test_patterns_that_are_calculated_alike_share_a_function() -> None:
    source = engine_of(derive(api.load())).source
    bodies = re.findall(r"function f\d+(\(.*)", source)
    assert len(bodies) == len(set(bodies)) <= 12


def test_no_name_of_a_user_gets_into_the_code() -> None:
    """Ids are numbered: the code holds nothing but its own names, numbers and operators."""
    source = engine_of(derive(api.load("recurrent"))).source
    words = set(re.findall(r"[A-Za-z_]\w*", source)) - {"function", "return", "const", "v", "round", "steps", "Math"}
    assert all(re.fullmatch(r"[aft]\d+|exp|pow|tanh|log|sqrt|abs|sign|min|max", word) for word in words), words


def test_the_scripts_say_nothing_that_has_no_words() -> None:
    said = set()
    for script in LIVE.glob("*.js"):
        said |= set(re.findall(r"""\b(?:say|word)\(\s*["'`]([\w.]+)["'`]""", script.read_text(encoding="utf-8")))
    assert said
    assert {f"live.{key}" for key in said} <= set(WORDS)
    assert set(WORDS) == {key for key in load_phrases("en").words if key.startswith("live.")}


def test_every_script_is_in_the_page() -> None:
    page = api.render(derive(api.load()), format="html")
    for script in LIVE.glob("*.js"):
        assert Path(script).read_text(encoding="utf-8") in page
