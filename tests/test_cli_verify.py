"""`verify` from the command line: the certificate, and what can't be proved."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from symbackprop import api
from symbackprop.derivation.certify import Certificate, Failure, Route
from symbackprop.derivation.derive import Derivation
from symbackprop.derivation.keys import PatternKey, SquashByNet
from symbackprop.derivation.patterns import Pattern, work_out
from symbackprop.typeset.formula import Negative
from tests.command_line import NET, Run, files


def test_verify_prints_the_certificate(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET, encoding="utf-8")
    code, out, err = run("verify", "net.toml")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    for id_ in ("net_h1", "out_o1", "E_total", "dE_total/dw1", "dE_total/dw6", "delta_h2", "w1+", "w6+", "b1+"):
        assert len([line for line in lines if line.split(" ")[0] == id_]) == 1, id_
    steps = lines.index("")
    assert re.fullmatch(rf"net\.toml: proved\. {steps} steps with \d+ formulas hold, 0 failures\.", lines[steps + 1])
    assert "pattern" in lines[steps + 2]
    assert "balls of 128 bits" in out
    assert "NOT PROVED" not in out


def test_verify_says_when_gradients_are_mistaken_on_purpose(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(f'{NET}hidden_gradients = "updated"\n', encoding="utf-8")
    code, out, _ = run("verify", "net.toml")
    assert code == 0
    assert 'steps are no gradients: the file asks for hidden_gradients = "updated"' in out


@pytest.fixture
def broken_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one step fail its proof."""
    whole = api.certify

    def certify(derivation: Derivation) -> Certificate:
        certificate = whole(derivation)
        failure = Failure(id="dE_total/dw5", route=Route.POINTS, why="0.0822 is not 0.0821")
        proved = tuple(
            replace(proofs, ids=tuple(id_ for id_ in proofs.ids if id_ != failure.id)) for proofs in certificate.proved
        )
        return replace(certificate, proved=proved, failures=(failure,))

    monkeypatch.setattr(api, "certify", certify)


@pytest.mark.usefixtures("broken_certificate")
def test_verify_ends_with_3_when_a_step_fails(run: Run) -> None:
    code, out, err = run("verify")
    assert (code, err) == (3, "")
    assert re.search(r"^dE_total/dw5 +NOT PROVED by \w+: 0\.0822 is not 0\.0821$", out, re.MULTILINE)
    assert "mazur.toml: NOT PROVED." in out
    assert "1 failures" not in out


@pytest.mark.usefixtures("broken_certificate")
def test_render_refuses_to_write_what_is_not_proved(run: Run, tmp_path: Path) -> None:
    code, out, err = run("render", "--rounds", "1")
    assert (code, out) == (3, "")
    assert err == "symbackprop: dE_total/dw5 could not be proved: 0.0822 is not 0.0821\n"
    assert files(tmp_path) == set()


def test_a_wrong_rule_is_found(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a made-up failure: the derivative of the logistic function is given a wrong sign."""

    def wrong(key: PatternKey) -> Pattern:
        pattern = work_out(key)
        if not isinstance(key, SquashByNet):
            return pattern
        return replace(pattern, result=Negative(pattern.result))

    right = api.derive
    monkeypatch.setattr(api, "derive", lambda network: replace(right(network), patterns=wrong))
    code, out, err = run("verify")
    assert (code, err) == (3, "")
    for id_ in ("dout_h1/dnet_h1", "dout_o1/dnet_o1"):
        assert re.search(rf"^{id_} +NOT PROVED", out, re.MULTILINE)
