"""Works that mean harm, through the command itself: each ends with a report or one line, never with a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import symbackprop
from symbackprop.derivation.balls import to_ball
from symbackprop.resources import DEFAULT_EXAMPLE
from tests.checking.sheets_of_claims import truth_of

LARGE = 1_000_000
MOST_MEMORY = 500_000
"""In kilobytes."""

MEASURED = """
import resource, subprocess, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""

HOSTILE = {
    "tower.md": b"net_h1 = 9**9**9",
    "exponents.md": b"out_h1 = exp(exp(exp(99999)))",
    "powers.md": b"net_h1 = 10**(10**9)*0",
    "parentheses.toml": b'net_h1 = "' + b"(" * (LARGE - 20) + b'"',
    "digits.toml": b'net_h1 = "0.' + b"3" * 100_000 + b'"',
    "small.toml": b'net_h1 = "1e-4000"\nout_h1 = "1e-999999999"',
    "fractions.md": b"$net_{h1} = " + b"\\frac{1}{" * 70_000 + b"1" + b"}" * 70_000 + b"$",
    "lists.toml": b"a = " + b"[" * 400_000,
    "keys.toml": b"a" + b".a" * 490_000 + b" = 1",
    "lists.json": b"[" * LARGE,
    "objects.json": b'{"a":' * 160_000,
    "nul.md": b"net_h1 = 0.3775\0",
    "utf16.md": "net_h1 = 0.3775".encode("utf-16-le"),
    "latin1.md": b"net_h1 = 0.3775 \xe9",
    "chain.md": b"w_5 = " * 160_000,
    "formulas.md": b"net_h1 = w1*w2*0.5\n" * 10_000,
    "answers.csv": b"id,answer\n" + b"net_h1,0.5\n" * 80_000,
    "rounds.csv": b"id,answer\nw1@1000001,0.1\nw1@1000000,0.1\n",
    "dollars.md": b"$" * LARGE,
    "macros.tex": b"\\newcommand{\\a}{\\a\\a}\n$net_{h1} = \\a$",
}


SLOW = {"fractions.md", "formulas.md", "dollars.md"}


def many_wrong() -> bytes:
    """Figures of the large example, each twice what it should be."""
    large = truth_of(symbackprop.load("large"))
    ids = [f"dE_total/dw{number}" for start in (1, 23_521) for number in range(start, start + 60)]
    answers = "".join(f"{id_},{2 * float(to_ball(large.value(id_))):.9f}\n" for id_ in ids)
    return f"id,answer\n{answers}".encode()


def checked(path: Path, network: str) -> tuple[int, str, int]:
    """The exit code of the command, what it says of errors, and the memory that it took."""
    command = [sys.executable, "-m", "symbackprop", "check", str(path), "--network", network, "--format", "json"]
    # A hang ends by the processor's time, whatever else the machine does: how long it takes is measured by hand.
    done = subprocess.run([sys.executable, "-c", MEASURED, *command], capture_output=True, text=True, check=False)
    errors, _, memory = done.stderr.rstrip("\n").rpartition("\n")
    return done.returncode, errors, int(memory)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in HOSTILE]
)
def test_hostile_works_end(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])
    code, errors, memory = checked(path, DEFAULT_EXAMPLE)
    assert "Traceback" not in errors
    assert "a network" not in errors
    assert code in (1, 2), errors
    assert code == 1 or (errors and "\n" not in errors)
    assert memory < MOST_MEMORY


def test_much_that_is_wrong_in_a_large_network_ends(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(many_wrong())
    code, errors, memory = checked(path, "large")
    assert (code, errors) == (1, "")
    assert memory < MOST_MEMORY


def test_what_has_no_bounds_is_not_right() -> None:
    for text in ("out_h1 = exp(exp(exp(99999)))", "net_h1 = 1/(0.1 - 0.1)"):
        assert not symbackprop.check(text).is_right
