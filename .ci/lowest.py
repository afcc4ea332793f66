"""Installs the lowest releases that pyproject.toml allows, and holds what they write against what the newest write.

    python .ci/lowest.py [--extras onnx,pdf] [--outputs FOLDER] PYTHON ...

The interpreter that runs this has the newest releases; each PYTHON gets a fresh environment with the lowest releases of
the core, of the extras and of what the tests need, and this package, not editable. There `.ci/outputs.py` writes one of
each of our files, and the tests of what is read from outside are run. The files have to be the same byte for byte,
except PDF from another release of Typst, which writes its number into it and may set a line elsewhere: of that the text
has to be the same.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUTPUTS = ROOT / ".ci" / "outputs.py"
READING = (
    "tests/checking/test_documents.py",
    "tests/checking/test_own_pages.py",
    "tests/checking/test_parser.py",
    "tests/checking/test_sheets.py",
    "tests/pages/test_sandbox.py",
    "tests/pages/test_template_packages.py",
    "tests/test_network_file_read.py",
    "tests/test_notation_file.py",
    "tests/test_toml_slips.py",
)
# Slow ones, too: elsewhere they wait for the long check, which has ONNX.
ONNX = ("tests/frameworks/test_from_onnx.py", "tests/frameworks/test_signatures_onnx.py")
# What they import.
TESTED_WITH = ("hypothesis", "pytest", "pytest-xdist")
NAME = re.compile(r"[A-Za-z0-9._-]+")
BOUND = re.compile(r"(?:>=|==)\s*(?P<release>[0-9.]+)[^;]*")
TOO_LONG = 2000


def lowest(extras: list[str]) -> Iterator[str]:
    """Yield the lowest release of each dependency: of the build, the core, the extras, and some of the extra dev."""
    read = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = read["project"]
    optional: Mapping[str, list[str]] = project["optional-dependencies"]
    wanted = [*read["build-system"]["requires"], *project["dependencies"]]
    for extra in extras:
        wanted += optional[extra]
    wanted += [line for line in optional["dev"] if name_of(line) in TESTED_WITH]
    for line in wanted:
        pinned, bounds = BOUND.subn(r"==\g<release>", line, count=1)
        if bounds == 0:
            raise SystemExit(f"pyproject.toml: expected a lowest release of {name_of(line)}, found {line!r}")
        # What stands behind a semicolon, for which Python it holds, stays.
        yield pinned


def name_of(requirement: str) -> str:
    """Return the name that a requirement begins with."""
    found = NAME.match(requirement)
    if found is None:
        raise SystemExit(f"pyproject.toml: expected a requirement, found {requirement!r}")
    return found[0]


def environment(python: str, releases: list[str], folder: Path) -> str:
    """Make an environment in `folder` with those releases and this package; return its interpreter."""
    run([python, "-m", "venv", "--without-pip", folder])
    inside = str(folder / "bin" / "python")
    # The pip of the interpreter that runs this: a system's Python often has none.
    pip = [sys.executable, "-m", "pip", "--python", inside, "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, *releases])
    run([*pip, "--no-deps", "--no-build-isolation", ROOT])
    return inside


def run(command: list[str | Path], folder: Path = ROOT) -> None:
    """Run a command; if it fails, print what it said and end this check."""
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace")
        raise SystemExit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{said[-4 * TOO_LONG :]}")


def differences(expected: Path, found: Path) -> Iterator[str]:
    """Yield what differs between two folders of outputs."""
    names = {path.name for folder in (expected, found) for path in folder.iterdir() if path.is_file()}
    for name in sorted(names - {"model.onnx", "article.md"}):
        one, other = expected / name, found / name
        if not (one.exists() and other.exists()):
            yield f"{name}: written by one of them only"
        elif one.read_bytes() != other.read_bytes() and not _is_the_same_pdf(one, other):
            yield f"{name}: differs"


def _is_the_same_pdf(one: Path, other: Path) -> bool:
    """Whether two PDFs come from different releases of Typst and have the same text."""
    if one.suffix != ".pdf":
        return False
    releases = [re.search(rb"\(Typst ([0-9.]+)\)", path.read_bytes()) for path in (one, other)]
    if None in releases or len({found[1] for found in releases if found}) == 1:
        return False
    texts = [subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout for path in (one, other)]
    return texts[0] == texts[1]


def check(python: str, releases: list[str], expected: Path, work: Path) -> list[str]:
    """Have one interpreter with the lowest releases write and test everything; return what differs from `expected`."""
    inside = environment(python, releases, work / "environment")
    written = work / "outputs"
    run([inside, "-W", "error", OUTPUTS, written], work)
    for tests in (READING, ("-m", "", *ONNX)):
        run([inside, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests])
    return list(differences(expected, written))


def main() -> int:
    """Check each interpreter; print what differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--extras", default="onnx,pdf", help="whose lowest releases are installed beside the core's")
    parser.add_argument("--outputs", type=Path, help="what the newest releases have written, if it is there already")
    parser.add_argument("python", nargs="+", metavar="PYTHON", help="the interpreters that are to be tried")
    chosen = parser.parse_args()
    releases = list(lowest(chosen.extras.split(",")))
    print(*releases)
    failed = False
    with tempfile.TemporaryDirectory() as place:
        expected = chosen.outputs or Path(place) / "newest"
        if not expected.exists():
            run([sys.executable, "-W", "error", OUTPUTS, expected])
        for number, python in enumerate(chosen.python):
            work = Path(place) / str(number)
            work.mkdir()
            found = check(python, releases, expected, work)
            count = sum(path.is_file() for path in (work / "outputs").iterdir())
            print(f"{python}: {count} files, {len(found)} differ", *found, sep="\n  ")
            failed = failed or bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
