"""What every test may ask for: golden files, the command line; which tests run, on how many cores, and with Hypothesis."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import settings

from symbackprop.cli import main
from tests.command_line import Run
from tests.sampling import one_of_each

GOLDEN = Path(__file__).parent / "golden"
SHOWN_LINES = 60

Golden = Callable[[str, str], None]

# The same examples come every time, without a deadline, which would only measure what else the machine is doing: a red
# check can be repeated anywhere and is never a matter of luck. The long check looks for twice as many new ones.
settings.register_profile("same", max_examples=50, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("new", deadline=None, print_blob=True)
settings.load_profile("same")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `pytest --update-golden` accept what the program writes now."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the program gives now into tests/golden/, to be read with `git diff`",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Run tests of chosen files in this process: starting workers would take longer. A folder gets all cores."""
    return None if any(Path(name.partition("::")[0]).is_dir() for name in config.args) else 0


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what `one_of_each` leaves for the long check, before pytest looks at the marks."""
    families: defaultdict[str, list[pytest.Function]] = defaultdict(list)
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("one_of_each") is not None:
            families[item.nodeid.partition("[")[0]].append(item)
    for family in families.values():
        marker = family[0].get_closest_marker("one_of_each")
        assert marker is not None
        names = marker.args or tuple(family[0].callspec.params)
        chosen = one_of_each([it.callspec.params[name] for name in names] for it in family)
        for place in set(range(len(family))) - set(chosen):
            family[place].add_marker("slow")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Hold a text against a file below tests/golden/; a failure shows what differs and how to accept it."""
    node = request.node.nodeid.partition("[")[0]
    update = bool(request.config.getoption("--update-golden"))

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            return
        difference = golden_difference(path, text)
        if difference:
            accept = f"python -m pytest {node} --update-golden"
            pytest.fail(f"{difference}\nIf this is what it should be: {accept}", pytrace=False)

    return compare


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in an empty folder and give exit code, output and complaints."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call


def golden_difference(path: Path, text: str) -> str:
    """Return what differs between the golden file and `text`: empty where nothing does."""
    if not path.exists():
        return f"tests/golden has no {path.name} yet"
    with path.open(encoding="utf-8", newline="") as file:
        expected = file.read()
    if expected == text:
        return ""
    lines = difflib.unified_diff(
        expected.splitlines(),
        text.splitlines(),
        fromfile=f"golden/{path.name}",
        tofile="now",
        lineterm="",
        n=2,
    )
    shown = list(islice(lines, SHOWN_LINES))
    if not shown:
        return f"golden/{path.name} and the text now differ only in their line endings"
    if len(shown) == SHOWN_LINES:
        shown.append(f"... and more: only the first {SHOWN_LINES} lines are shown")
    return "\n".join(shown)
