"""Whole works with slips of every kind in them: each is judged, and none stops the pile that it lies in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symbackprop
from symbackprop.checking.sources.snippet import Kind
from symbackprop.checking.verdicts import Verdict, Verdicts
from symbackprop.cli import main
from symbackprop.resources import DEFAULT_EXAMPLE
from tests.checking.slips_of_hand import EXTREMES, NETWORKS, Choose, desk, judge_slips, right_work, slip

PLACES = {
    "value.md": r"$net_{h1} = ?$",
    "negative.md": r"$net_{h1} = -?$",
    "value of a rate.md": r"$\frac{\partial E}{\partial w_5} = ?$",
    "exponent of e.md": r"$out_{o1} = \frac{1}{1+e^{?}} = 0.75136507$",
    "negative exponent of e.md": r"$out_{o1} = \frac{1}{1+e^{-?}} = 0.75136507$",
    "numerator.md": r"$E_{o1} = \frac{?}{2}(0.01 - 0.75136507)^{2} = 0.274811083$",
    "denominator.md": r"$E_{o1} = \frac{1}{?}(0.01 - 0.75136507)^{2} = 0.274811083$",
    "base.md": r"$E_{o1} = \frac{1}{2}(? - 0.75136507)^{2} = 0.274811083$",
    "exponent.md": r"$E_{o1} = \frac{1}{2}(0.01 - 0.75136507)^{?} = 0.274811083$",
    "factor.txt": "net_h1 = 0.15*0.05 + ?*0.10 + 0.35 = 0.3775",
    "term.txt": "net_h1 = 0.15*0.05 + 0.20*0.10 + ? = 0.3775",
    "quotient.txt": "net_h1 = 0.3775/?",
    "power of ten.md": r"$net_{h1} = ? \cdot 10^{2} \cdot 0.05$",
    "logarithm.txt": "net_h1 = log(?)",
    "root.txt": "net_h1 = sqrt(?)",
    "exponential.txt": "net_h1 = exp(?)*2",
    "beside a name.txt": "net_h1 = w1*i1 + w2*? + b1",
    "update.txt": "w5+ = 0.40 - 0.5*? = 0.35891648",
    "rate.txt": "w5+ = w5 - ?*dE_total/dw5",
    "what others follow from.txt": "net_h1 = ?\nout_h1 = 0.593269992\nnet_o1 = 1.105905967\nout_o1 = 0.9",
    "after rounds.txt": "w5+@3 = ?\nnet_o1@4 = ?",
    "cell.csv": "id,answer\nnet_h1,?\nout_h1,0.593269992\n",
    "formula in a cell.csv": 'id,answer\nnet_h1,"0.15*0.05+0.2*?+0.35"\n',
    "cell.toml": '"dE_total/dw5" = "?"\n',
    "number.json": '{"dE_total/dw5": "?", "out_o1": "?"}',
    "row.md": "| quantity | value |\n| --- | --- |\n| net_h1 | ? |\n| out_h1 = ? | 0.59 |\n",
    "role.rst": ":math:`net_{h1} = ?`\n",
    "display.tex": "\\begin{document}\n\\[ out_{h1} = \\frac{1}{1+e^{-?}} = ? \\]\n\\end{document}\n",
    "several.md": r"$net_{h1} = 0.15 \cdot ? + 0.20 \cdot ? + ? = ?$",
}
"""Places in which a figure can stand; ? is where the slip is made."""

REPORTED = {
    "crash_zero.md": r"$out_{o1} = \frac{1}{1+e^{1105.905967}} = 0.75136507$",
    "crash_over.md": r"$E_{o1} = \frac{1e308}{2}(0.01 - 0.75136507)^{2} = 0.274811083$",
}

PAIRS = [(place, extreme) for place in PLACES for extreme in EXTREMES]
SLIPS = {
    **REPORTED,
    **{f"{number} {place}": PLACES[place].replace("?", extreme) for number, (place, extreme) in enumerate(PAIRS)},
}
FEW = [*REPORTED, *list(SLIPS)[2::7]]
"""Every place, and every extreme, some times: seven has no divisor in common with the number of extremes."""

GOOD = r"$net_{h1} = 0.15 \cdot 0.05 + 0.20 \cdot 0.10 + 0.35 = 0.3775$" + "\n$out_{h1} = 0.593269992$\n"


def test_there_are_enough_slips() -> None:
    assert len(SLIPS) > 400
    assert len(FEW) >= 50
    for place, text in PLACES.items():
        assert "?" in text
        assert any(name.endswith(f" {place}") for name in FEW)
    assert all(any(extreme in SLIPS[name] for name in FEW) for extreme in EXTREMES)


def _judge(name: str) -> Verdicts:
    at = desk(DEFAULT_EXAMPLE)
    found = at.judged(SLIPS[name], Kind(_KINDS[Path(name).suffix]))
    assert found.links
    for format_ in ("json", "text"):
        assert symbackprop.report(found, at.network, format=format_)
    return found


_KINDS = {
    ".md": "markdown",
    ".txt": "text",
    ".csv": "csv",
    ".toml": "toml",
    ".json": "json",
    ".rst": "rst",
    ".tex": "latex",
}


@pytest.mark.parametrize("name", FEW)
def test_a_slip_is_judged(name: str) -> None:
    found = _judge(name)
    assert any(link.verdict is not Verdict.CORRECT for link in found.links), found


@pytest.mark.slow
def test_every_slip_is_judged() -> None:
    """Some of them are right: 0.0 is 0.01 to one decimal."""
    assert sum(_judge(name).is_right for name in SLIPS) < len(SLIPS) / 10


def test_a_pile_loses_none_of_its_works(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    for name in FEW[:50]:
        (tmp_path / name).write_text(SLIPS[name], encoding="utf-8")
    for number in range(50):
        (tmp_path / f"good {number}.md").write_text(GOOD, encoding="utf-8")
    code = main(["check", str(tmp_path)])
    out, err = capsysbinary.readouterr()
    rows = {row["sheet"]: row for row in csv.DictReader(io.StringIO(out.decode()))}
    assert (code, err) == (1, b"")
    assert len(rows) == 100
    for name, row in rows.items():
        judged = (row["correct"], row["wrong"], row["problem"])
        assert judged == ("3", "0", "") if name.startswith("good") else row["problem"] == "", row


# --- Made up ----------------------------------------------------------------------------------------------


def _answers(*numbers: int) -> Choose:
    """Gives these, one after the other, each brought below what it is asked with."""
    left = iter(numbers)
    return lambda below: next(left) % below


@pytest.mark.parametrize("name", NETWORKS)
def test_the_works_are_right_before_anything_slips(name: str) -> None:
    at = desk(name)
    for kind in range(5):
        for start in range(0, len(at.formulas), 7):
            first = start % (len(at.typeset) if kind == 0 else len(at.answers))
            text, written = right_work(at, _answers(kind, first, 3))
            found = at.judged(text, written)
            assert found.is_right, found


def test_every_kind_of_slip_is_made() -> None:
    text = "net_h1 = w1*i1 + w2*i2 + b1 = 0.15*0.05 + 0.20*0.10 + 0.35"
    for kind in range(10):
        assert slip(text, _answers(kind, 2, 3, 4, 5)) != text


@settings(max_examples=40)
@given(st.data())
def test_slips_end_with_verdicts(data: st.DataObject) -> None:
    found = judge_slips(lambda below: data.draw(st.integers(0, below - 1)))
    assert found is None or found.summary
