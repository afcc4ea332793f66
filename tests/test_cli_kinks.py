"""The command line at kinks: what can be told is trained and rendered, and what can't gets its one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from symbackprop.cli import main

Run = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder and give exit code, output and complaints."""
    monkeypatch.chdir(tmp_path)

    def call(arguments: str) -> tuple[int, str, str]:
        code = main(arguments.split())
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call


NEAR_A_KINK = """\
title = "Near"
[data]
inputs = [1]
targets = [1]
[[layers]]
activation = "sigmoid"
weights = [[1], [1{digits}]]
[[layers]]
activation = "relu"
weights = [[-1, 1]]
[training]
loss = "squared"
learning_rate = 0.5
rounds = 3
"""


def test_a_kink_that_needs_more_bits_gets_them(run: Run, tmp_path: Path) -> None:
    """The net input is about 1e-51, which 128 bits can't tell from 0."""
    (tmp_path / "near.toml").write_text(NEAR_A_KINK.format(digits=f".{'0' * 49}1"))
    code, out, err = run("train near.toml --csv near.csv --plot near.svg")
    assert (code, err) == (0, "")
    assert out.splitlines()[1].split()[:2] == ["0", "1.000000000"]
    rows = (tmp_path / "near.csv").read_text().splitlines()
    assert [row.partition(",")[0] for row in rows] == ["rounds", "0", "1", "2", "3"]


@pytest.mark.parametrize(
    "arguments", ["train near.toml", "train near.toml --csv near.csv", "render near.toml", "verify near.toml"]
)
def test_a_kink_that_no_precision_tells_gets_one_line(arguments: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "near.toml").write_text(NEAR_A_KINK.format(digits=""))
    code, _, err = run(arguments)
    assert code == 3
    assert err == ("symbackprop: near.toml: out_o1: net_o1 can't be told from its kink at 0, with 131,072 bits, too\n")


KINKS = {
    "huber, led to a hit": ("inputs = [1]\ntargets = [0.3]", "identity", "[[0.1]]", 'loss = "huber"\nthreshold = 1'),
    "huber, hit": ("inputs = [3]\ntargets = [0.3]", "identity", "[[0.1]]", 'loss = "huber"\nthreshold = 1'),
    "absolute, hit": ("inputs = [0.1, -0.3]\ntargets = [0]", "identity", "[[0.3, 0.1]]", 'loss = "absolute"'),
    "relu at 0": ("inputs = [1, -1]\ntargets = [0.3]", "relu", "[[0.1, 0.1]]", 'loss = "squared"'),
}


@pytest.mark.parametrize("parts", KINKS.values(), ids=KINKS)
def test_an_exact_kink_is_trained_and_rendered(parts: tuple[str, str, str, str], run: Run, tmp_path: Path) -> None:
    data, activation, weights, loss = parts
    (tmp_path / "kink.toml").write_text(
        f'title = "A kink"\n[data]\n{data}\n[[layers]]\nactivation = "{activation}"\nweights = {weights}\n'
        f"[training]\n{loss}\nlearning_rate = 1\nrounds = 10\n"
    )
    for arguments in ("train kink.toml --csv kink.csv", "verify kink.toml", "render kink.toml"):
        code, _, err = run(arguments)
        assert (code, err) == (0, ""), arguments


LATER = """\
title = "A kink after two rounds"
[data]
inputs = [1]
targets = [0, 2]
[[layers]]
activation = "sigmoid"
weights = [[0], [0]]
[[layers]]
activation = "identity"
weights = [[1, -1], [0, 0]]
[training]
loss = "absolute"
learning_rate = 0.5
rounds = 9
"""
TOLD = (
    "symbackprop: later.toml: rounds 1 to 2 are certain; in round 3, dE_total/dout_o1: "
    "target_o1 - out_o1 can't be told from its kink at 0, with 131,072 bits, too\n"
)


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        ("train later.toml --csv later.csv --plot later.svg", ["later.csv", "later.svg"]),
        ("render later.toml --format json -o later.json", ["later.json"]),
        ("render later.toml --format text -o later.txt", ["later.txt"]),
        ("render later.toml --rounds 5 --view both -o later.tex", ["later.tex"]),
        ("verify later.toml", []),
    ],
)
def test_a_kink_after_some_rounds_leaves_what_is_certain(
    arguments: str, written: list[str], run: Run, tmp_path: Path
) -> None:
    (tmp_path / "later.toml").write_text(LATER)
    code, out, err = run(arguments)
    assert (code, err) == (2, TOLD)
    assert [line for line in out.splitlines() if line in written] == written
    assert sorted(it.name for it in tmp_path.iterdir()) == sorted(["later.toml", *written])
    if "later.csv" in written:
        assert [row.partition(",")[0] for row in (tmp_path / "later.csv").read_text().splitlines()[1:]] == list("012")
        assert [line.split()[0] for line in out.splitlines()[:4]] == ["rounds", "0", "1", "2"]
    if "later.json" in written:
        assert '"rounds": 2' in (tmp_path / "later.json").read_text()
    if "verify" in arguments:
        assert "later.toml: proved." in out


def test_what_ends_after_the_first_round_leaves_the_first_round(run: Run, tmp_path: Path) -> None:
    (tmp_path / "later.toml").write_text(LATER.replace("[0, 0]]", "[1, 1]]"))
    code, out, err = run("render later.toml --format text -o later.txt")
    assert code == 2
    assert "later.toml: round 1 is certain; in round 2, dE_total/dout_o1: " in err
    assert out == "later.txt\n"
