"""`train` from the command line: rows, every round as CSV, the curve, and a training that diverges."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.command_line import Run
from tests.walkthroughs import SMALL


def test_train_prints_certified_rows(run: Run) -> None:
    code, out, err = run("train", "--steps", "1000")
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["rounds", "E_total", "out_o1", "out_o2"]
    assert [line[0] for line in lines[1:-1]] == ["0", "1", "10", "100", "1,000"]
    assert lines[1] == ["0", "0.298371109", "0.751365070", "0.772928465"]
    assert lines[2][1] == "0.291027774"
    assert lines[5] == ["1,000", "0.001114349", "0.044052885", "0.957302907"]
    assert out.splitlines()[-1].startswith("E_total after 1,000 rounds: 0.00111")


def test_train_writes_every_round_as_csv(run: Run, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    code, out, _ = run("train", "--steps", "10000", "--csv", "deep/run.csv")
    assert code == 0
    assert out.splitlines()[-1] == "deep/run.csv"
    text = (tmp_path / "deep/run.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["rounds", "E_total", "out_o1", "out_o2"]
    assert [int(row[0]) for row in rows[1:]] == list(range(10_001))
    # From decimal arithmetic with 60 digits.
    assert rows[1][1:] == ["0.298371108760003", "0.751365069552316", "0.772928465321463"]
    assert rows[2][1] == "0.291027773693599"
    assert rows[-1][1:] == ["0.0000351018778297885", "0.0159136204435506", "0.984064273514624"]
    assert {len(row) for row in rows} == {4}


def test_train_draws_the_curve(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("train", "--steps", "100", "--plot", "curve.svg")
    assert code == 0
    assert out.splitlines()[-1] == "curve.svg"
    root = ET.parse(tmp_path / "curve.svg").getroot()  # noqa: S314 - we wrote it
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    text = "".join(root.itertext())
    assert "0.298371109" in text
    assert "0.020046828" in text


def test_train_takes_the_rounds_of_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(SMALL, encoding="utf-8")
    code, out, _ = run("train", "net.toml")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:-1]] == ["0", "1", "2"]


TOO_SMALL = """title = "An error that is soon too small for the bits that can be afforded"
[data]
inputs = [1.0]
targets = [0.5]
[[layers]]
activation = "identity"
weights = [[0.3]]
biases = [0.1]
[training]
learning_rate = 0.1
"""


def test_train_says_below_what_an_error_is_that_has_lost_its_digits(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(TOO_SMALL, encoding="utf-8")
    code, out, _ = run("train", "net.toml", "--steps", "10000")
    rows = [line.split() for line in out.splitlines()]
    assert code == 0
    assert rows[5] == ["1,000", "7.56735291e-197", "0.500000000"]
    assert rows[6] == ["10,000", "<1e-881", "0.500000000"]
    assert rows[7][:6] == ["E_total", "after", "10,000", "rounds:", "<1e-881", "(certified),"]


DIVERGING = """title = "Too fast"
[data]
inputs = [[2], [-1]]
targets = [[3], [0.5]]
[[layers]]
activation = "relu"
weights = [[0.5], [-1]]
biases = [0, -1]
[[layers]]
activation = "identity"
weights = [[1, 2]]
[training]
learning_rate = 1
loss = "squared"
"""


def test_train_prints_and_writes_the_rounds_before_a_divergence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(DIVERGING, encoding="utf-8")
    code, out, err = run("train", "net.toml", "--steps", "1000", "--csv", "run.csv")
    assert code == 2
    found = re.match(r"symbackprop: net\.toml: after (\d+) rounds: net_\w+\[\d\]: expected .* may help$", err.strip())
    assert found
    assert err.strip().endswith("the training diverges; a smaller learning_rate may help")
    last = str(int(found[1]) - 1)
    printed = [line.split() for line in out.splitlines()]
    assert printed[0] == ["rounds", "E_total", "out_o1[1]", "out_o1[2]"]
    assert printed[-2][0] == last
    assert printed[-1] == ["run.csv"]
    rows = (tmp_path / "run.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [str(number) for number in range(int(last) + 1)]


def test_train_leaves_out_outputs_that_have_no_room(run: Run) -> None:
    code, out, _ = run("train", "three-classes", "--steps", "2")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "The 9 outputs are too many to be shown here; --csv writes all of them."
    assert lines[1].split() == ["rounds", "E_total"]
