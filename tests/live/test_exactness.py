"""What the page's JavaScript says of its own figures: which are exact, and how the error function comes out."""

from __future__ import annotations

import json
import math
import shutil
import subprocess

import pytest
from flint import fmpq

from symbackprop import api
from symbackprop.derivation.derive import Derivation, derive
from symbackprop.functions import Activation
from symbackprop.live.engine import engine_of
from symbackprop.network import Optimizer, Rule
from tests.consumers.tools import missing
from tests.networks import build, layer, optimizer

NODE = shutil.which("node")


def ran(script: str) -> list[float]:
    """Give what a script prints as JSON."""
    if NODE is None:
        missing("Node.js", "install the package nodejs")
    done = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True, timeout=60)
    found: list[float] = json.loads(done.stdout)
    return found


def called_exact(derivation: Derivation) -> set[str]:
    """Give the quantities that the engine calls exact in a network's own numbers."""
    engine = engine_of(derivation)
    given = [float(derivation.given.get(id_, 0)) for id_ in engine.ids]
    known = [id_ in derivation.given for id_ in engine.ids]
    script = f"""{engine.source}
const v = {json.dumps(given)}, exact = {json.dumps(known)};
round(v);
for (const [target, rule, parts, exactness] of steps) {{
  const how = exactness(...parts.map(n => v[n]));
  exact[target] = how === 2 || how === 1 && parts.every(n => exact[n]);
}}
console.log(JSON.stringify(exact));"""
    return {id_ for id_, is_exact in zip(engine.ids, ran(script), strict=True) if is_exact}


def one_neuron(activation: Activation, weight: str, rule: Optimizer | None = None) -> Derivation:
    """A network of one neuron whose net input is its weight."""
    out = layer([[weight]], activation=activation, bend="0.8" if activation is Activation.ELU else None)
    return derive(build(out, inputs=["1"], targets=["0.25"], rule=rule))


# Half of a square has no root among the fractions.
WITH_ROOT = optimizer(Rule.RMSPROP, smoothing="0.5")
DERIVATIONS = {
    "root": (one_neuron(Activation.IDENTITY, "0.5", WITH_ROOT), "dE_total/dw1", "w1+"),
    "elu above 0": (one_neuron(Activation.ELU, "0.5"), "w1+", ""),
    "elu below 0": (one_neuron(Activation.ELU, "-0.5"), "net_o1", "out_o1"),
    "relu above 0": (one_neuron(Activation.RELU, "0.5"), "w1+", ""),
    "relu below 0": (one_neuron(Activation.RELU, "-0.5"), "w1+", ""),
    "gelu": (one_neuron(Activation.GELU, "0.5"), "net_o1", "out_o1"),
    "sigmoid": (derive(api.load("mazur")), "net_h1", "out_h1"),
}


@pytest.mark.parametrize(("derivation", "is_exact", "is_rounded"), DERIVATIONS.values(), ids=DERIVATIONS)
def test_what_is_called_exact_is_what_fractions_give(derivation: Derivation, is_exact: str, is_rounded: str) -> None:
    exact = called_exact(derivation)
    assert exact == {id_ for id_ in derivation.steps if isinstance(derivation.values.value(id_, 128), fmpq)}
    assert is_exact in exact
    assert is_rounded not in exact


def test_the_error_function_is_right_to_its_last_digits() -> None:
    derivation = one_neuron(Activation.GELU, "0.5")
    places = [0.0, 1e-300, 1e-9, 0.1, 0.5, 1.0, 2.0, 2.4999999, 2.5, 2.5000001, 3.0, 4.0, 5.5, 6.0, 30.0]
    both = [*places, *(-it for it in places)]
    found = ran(f"{engine_of(derivation).source}\nconsole.log(JSON.stringify({json.dumps(both)}.map(erf)));")
    assert found == pytest.approx([math.erf(it) for it in both], rel=4e-16, abs=0)
