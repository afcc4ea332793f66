"""`import` from the command line: a file that every command takes, or one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from symbackprop.cli import main
from symbackprop.network_file import parse_network, read_network
from tests.frameworks.onnx_models import dense, saved


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.count("\n") == 1
    return written.err.removeprefix("symbackprop: ").strip()


@pytest.mark.slow
def test_a_model_becomes_a_network_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = saved(tmp_path, dense())
    (tmp_path / "targets.csv").write_text("no,yes\n0.25,0.75\n", encoding="utf-8")
    net = tmp_path / "net.toml"
    options = [
        "--loss",
        "cross-entropy",
        "--reduction",
        "mean",
        "--optimizer",
        "adam",
        "--learning-rate",
        "0.10",
        "--rounds",
        "3",
    ]
    arguments = ["import", str(model), "--inputs", "0.05, 0.10", "--targets", str(tmp_path / "targets.csv"), *options]
    assert main([*arguments, "-o", str(net)]) == 0
    assert capsys.readouterr().out == f"{net}\n"
    network = read_network(net)
    assert [it.typed for it in network.samples[0].inputs[0]] == ["0.05", "0.10"]
    assert network.training.learning_rate.typed == "0.10"
    assert (network.training.optimizer.rule, network.training.rounds) == ("adam", 3)
    assert main(["verify", str(net)]) == 0
    capsys.readouterr()
    assert main(arguments) == 0
    assert parse_network(capsys.readouterr().out, str(net)) == network


@pytest.mark.slow
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("onnx")
    model = tmp_path / "model.onnx"
    model.write_text("hello", encoding="utf-8")
    assert main(["import", str(model), "--inputs", "1", "--targets", "1", "-o", str(tmp_path / "net.toml")]) == 2
    assert refusal(capsys) == f"{model}: expected an ONNX model, found something else"
    assert not (tmp_path / "net.toml").exists()


def test_without_onnx_one_line_says_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    model = tmp_path / "model.onnx"
    model.write_bytes(b"x")
    assert main(["import", str(model), "--inputs", "1", "--targets", "1"]) == 2
    assert refusal(capsys) == f"{model}: onnx is not installed; pip install 'symbackprop[onnx]' installs it"


REFUSED: list[tuple[list[str], str]] = [
    ([], "arguments: the following arguments are required"),
    (["--loss", "mse"], '--loss: expected a loss ("half-squared"'),
    (["--reduction", "median"], '--reduction: expected a reduction ("sum", "mean"), found "median"'),
    (["--optimizer", "adan"], 'did you mean "adam"?'),
    (["--learning-rate", "0"], "--learning-rate: expected a number above 0, found 0"),
    (["--learning-rate", "fast"], "--learning-rate: expected a number"),
    (["--rounds", "0"], "--rounds: expected a whole number from 1"),
    (["-o", "net.pdf"], "net.pdf: expected a name that ends in .toml"),
    (["-o", "nowhere/net.toml"], "nowhere/net.toml: cannot be written: there is no folder nowhere"),
]


@pytest.mark.parametrize(("options", "said"), REFUSED)
def test_a_slip_in_the_options_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    samples = ["--inputs", "1", "--targets", "1"] if options else []
    assert main(["import", "model.onnx", *samples, *options]) == 2
    assert said in refusal(capsys)


def test_a_model_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(tmp_path / "model.onnx"), "--inputs", "1", "--targets", "1"]) == 2
    assert refusal(capsys) == f"{tmp_path}/model.onnx: cannot be read: no such file or directory"
