"""What people ran into who used the package for the first time."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import symbackprop
from symbackprop.checking.published import judge_published
from symbackprop.checking.verdicts import Rounding, Verdict
from symbackprop.cli import main
from symbackprop.derivation.derive import derive
from symbackprop.errors import SpecError
from symbackprop.network_file import parse_network
from symbackprop.resources import starter

STARTER = starter().read_text(encoding="utf-8")


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.toml"
    path.write_text(STARTER, encoding="utf-8")
    return path


def test_the_error_s_curve_stays_true_where_balls_get_wide() -> None:
    """At 128 bits the balls of this training hold nothing after some 2,000 rounds; a drawing must notice."""
    derivation = derive(parse_network(STARTER, "starter.toml"))
    for rounds in (1000, 2500, 4000):
        certified = float(derivation.after(rounds).significant("E_total", 15))
        assert derivation.trace.error(rounds) == pytest.approx(certified, rel=1e-6)


@pytest.mark.usefixtures("net")
@pytest.mark.parametrize(
    "arguments",
    ["render net.toml -o net.toml", "train net.toml --csv net.toml", "train net.toml --plot ./net.toml"],
)
def test_the_network_file_is_never_overwritten(arguments: str, net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments.split()) == 2
    assert "is the network file itself and is left alone" in capsys.readouterr().err
    assert net.read_text(encoding="utf-8") == STARTER


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("render net.toml -o page.pdf", "page.pdf: expected a name that ends in .tex, found .pdf"),
        ("render net.toml --format text -o page.md", "page.md: expected a name that ends in .txt, found .md"),
        ("train net.toml --plot curve.png", "curve.png: expected a name that ends in .svg, found .png"),
    ],
)
def test_a_name_that_promises_another_format_is_refused(
    arguments: str, said: str, net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments.split()) == 2
    assert capsys.readouterr().err == f"symbackprop: {said}\n"
    assert list(net.parent.iterdir()) == [net]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("arguments", [["list", "formats"], ["verify"], ["render", "--format", "text", "-o", "-"]])
def test_a_full_disk_behind_standard_output_is_told_in_one_line(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "symbackprop", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            env=os.environ | {"PYTHONUNBUFFERED": ""},
        )
    assert (done.returncode, done.stderr) == (
        2,
        b"symbackprop: standard output: cannot be written: No space left on device\n",
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_line_says_the_same_number_twice(lang: str) -> None:
    text = symbackprop.render(derive(parse_network(STARTER, "starter.toml")), format="text", lang=lang)
    assert "= 1 = 1" not in text
    lines = [line.strip() for line in text.splitlines()]
    assert not [line for line, following in pairwise(lines) if line.startswith("= ") and line == following]


def test_a_calculation_by_hand_that_rounds_on_the_way_is_recognized() -> None:
    """Figures of a separate calculation in decimals, each result rounded to four places: 0.2835 and 0.7225 are true."""
    text = (
        symbackprop.load().origin,
        "\n".join(
            f'[[published]]\nquantity = "{quantity}"\nvalue = "{value}"\nsource = "a sheet"\n'
            for quantity, value in (("E_total@2", "0.2836"), ("out_o1@3", "0.7226"))
        ),
    )
    network = parse_network(Path(text[0]).read_text(encoding="utf-8").split("[[published]]")[0] + text[1], "sheet.toml")
    verdicts = judge_published(derive(network))
    assert [verdict.rounding for verdict in verdicts] == [Rounding.INTERMEDIATES, Rounding.INTERMEDIATES]


def test_figures_of_later_rounds_are_counted(net: Path) -> None:
    text = STARTER + '\n[[published]]\nquantity = "E_total@10000"\nvalue = "0.1"\nsource = "x"\n'
    derivation = derive(parse_network(text, str(net)))
    assert "belongs to a later round" in symbackprop.render(derivation, format="text")


def test_a_minus_copied_from_a_page_is_a_minus() -> None:
    text = STARTER + '\n[[published]]\nquantity = "net_h1"\nvalue = "\u22120.5"\nsource = "x"\n'
    assert parse_network(text, "x.toml").published[0].value.exact == -1 / 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("page.tex.j2", 'expected one of .*; did you mean "latex/page.tex.j2"'),
        ("latex/Page.tex.j2", 'expected one of .*; did you mean "latex/page.tex.j2"'),
        ("notes.txt", "expected a template in it, such as"),
    ],
)
def test_a_folder_whose_templates_would_be_ignored_is_refused(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine", encoding="utf-8")
    derivation = derive(parse_network(STARTER, "starter.toml"))
    with pytest.raises(SpecError, match=said):
        symbackprop.render(derivation, templates=tmp_path)


CANCELLING = """\
title = "Two paths that cancel"
[data]
inputs = [1]
targets = [0.5]
[[layers]]
activation = "sigmoid"
weights = [[0.3], [-0.3]]
[[layers]]
activation = "sigmoid"
weights = [[0.25, 0.25]]
[training]
learning_rate = 0.5
"""


def test_a_value_on_the_last_digit_known_only_as_a_ball_can_be_judged() -> None:
    """net_o1 is 1/4 here, since both outputs add up to 1; no precision can tell, and the figure is judged all the same."""
    text = CANCELLING + '[[published]]\nquantity = "net_o1"\nvalue = "0.26"\nsource = "x"\n'
    (verdict,) = judge_published(derive(parse_network(text, "x.toml")))
    assert (verdict.verdict, verdict.cause) == (Verdict.WRONG, None)
    assert verdict.certified == "0.25"


def test_a_figure_of_zeros_is_not_excused() -> None:
    zeros = "0." + "0" * 17
    text = STARTER + f'\n[[published]]\nquantity = "out_o1"\nvalue = "{zeros}"\nsource = "x"\n'
    (verdict,) = judge_published(derive(parse_network(text, "x.toml")))
    assert (verdict.verdict, verdict.cause) == (Verdict.WRONG, None)


def test_an_error_of_zero_can_be_written_as_csv(net: Path) -> None:
    net.write_text(CANCELLING.replace("[[0.25, 0.25]]", "[[0.25, -0.25]]").replace("-0.3", "0.3"), encoding="utf-8")
    assert main(["train", "net.toml", "--steps", "3", "--csv", "out.csv"]) == 0
    rows = (net.parent / "out.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == ["0", "0", "0", "0"]


def test_fifty_decimals_leave_nothing_to_remark_where_the_numbers_are_exact() -> None:
    text = symbackprop.render(symbackprop.derive(symbackprop.load()), format="text", decimals=50)
    line = next(line for line in text.splitlines() if line.lstrip().startswith("= 1/(1 + e^(−0.3775))"))
    assert "unrounded" not in line


@pytest.mark.parametrize("depth", [22, pytest.param(150, marks=pytest.mark.slow)])
def test_a_deep_chain_is_proved_and_trained(depth: int) -> None:
    layer = '[[layers]]\nactivation = "sigmoid"\nweights = [[0.5]]\n'
    text = f'title = "x"\n[data]\ninputs = [1]\ntargets = [0.3]\n{layer * depth}[training]\nlearning_rate = 0.5\n'
    derivation = derive(parse_network(text, "x.toml"))
    assert symbackprop.certify(derivation).holds
    assert derivation.trace.error(2) < derivation.trace.error(0)
