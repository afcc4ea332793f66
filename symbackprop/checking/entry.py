"""From somebody's work to verdicts: read it, derive what is true, judge each link.

Nothing is imported before it is needed: a complaint about a file shall be instant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING

from symbackprop.checking.budget import Budget, OutOfBudget
from symbackprop.checking.verdicts import Verdicts
from symbackprop.errors import NotJudgedError, SpecError
from symbackprop.network import Network
from symbackprop.network_file import read_network
from symbackprop.resources import network_path
from symbackprop.wording import A_WORK, one_line, quoted, require_type, shortened

if TYPE_CHECKING:
    from symbackprop.checking.judging.judge import Judge
    from symbackprop.checking.sources.read import Reader
    from symbackprop.checking.work import Work

STANDARD_INPUT = "standard input"


def check(
    work: str | Path | Mapping[str, str | int | float],
    network: Network | str | Path | None = None,
) -> Verdicts:
    """Holds somebody's work against the derivation of a network, the default one if none is given.

    `work` is a text with formulas in it, the path of a file (a `Path`, not a text), or answers by their ids. Raises
    SpecError, whose text is one line, where the work or the network can't be read at all, and NotJudgedError where the
    work costs more than one work may.
    """
    require_type(work, (str, Path, Mapping), A_WORK)
    net = network if isinstance(network, Network) else load(network)
    reader, judge, budget = reader_for(net), judge_for(net), Budget()
    with one_work(str(work) if isinstance(work, Path) else "work"):
        return judge.judge(read(work, reader, budget=budget), budget)


@contextmanager
def one_work(name: str) -> Iterator[None]:
    """Keeps what goes wrong with one work to it: whatever its author can't mend is raised as a NotJudgedError."""
    try:
        yield
    except (SpecError, NotJudgedError):
        raise
    except OutOfBudget as error:
        raise NotJudgedError(one_line(name), str(error)) from None
    except MemoryError:
        raise NotJudgedError(one_line(name), "it needs more memory than there is") from None
    except RecursionError:
        raise NotJudgedError(one_line(name), "it is nested too deep") from None
    except Exception as error:
        what = one_line(f"{type(error).__name__}: {error}".removesuffix(": ")[:_MOST_TOLD])
        why = f"a mistake of ours, please report it ({what}, at {_last_line_of_ours(error)})"
        raise NotJudgedError(one_line(name), why) from error


_MOST_TOLD = 200
_PACKAGE = __name__.partition(".")[0]


def _last_line_of_ours(error: Exception) -> str:
    """The line of this package that an error came from, as module:line."""
    lines = ((str(frame.f_globals.get("__name__")), line) for frame, line in walk_tb(error.__traceback__))
    *_, (module, line) = (it for it in lines if it[0].partition(".")[0] == _PACKAGE)
    return f"{module}:{line}"


def load(path: str | Path | None) -> Network:
    """The network of a file, of an example's name, or the default one."""
    from symbackprop.derivation.ids import require_known_quantities  # noqa: PLC0415 - after the file was read

    network = read_network(network_path(path))
    require_known_quantities(network)
    return network


def reader_for(network: Network) -> Reader:
    """Who reads works on a network; what its quantities may be called is worked out once for all of them."""
    from symbackprop.checking.sources.read import Reader  # noqa: PLC0415

    return Reader(network)


def read(
    work: str | Path | Mapping[str, str | int | float],
    reader: Reader,
    name: str = "text",
    budget: Budget | None = None,
) -> Work:
    """What somebody has written, as chains of formulas and figures. `name` is what a text is called."""
    from symbackprop.checking.sources.snippet import Kind  # noqa: PLC0415

    if isinstance(work, Path):
        return reader.read_work(work, budget)
    if isinstance(work, str):
        return reader.read_text(work, Kind(_kind(work)), name, budget)
    return reader.read_text(_sheet(work), Kind.JSON, "answers", budget)


def _kind(text: str) -> str:
    """What a text without a file's name is written in: what most people type is Markdown as well as anything."""
    if text.lstrip().startswith("{"):
        return "json"
    return "latex" if "\\documentclass" in text or "\\begin{document}" in text else "markdown"


def judge_for(network: Network) -> Judge:
    """Who holds works against a network's derivation, which is worked out once for all of them."""
    from symbackprop.checking.judging.judge import Judge  # noqa: PLC0415
    from symbackprop.derivation.derive import Derivation  # noqa: PLC0415
    from symbackprop.derivation.shape import shape_of  # noqa: PLC0415
    from symbackprop.derivation.steps import plan_of  # noqa: PLC0415

    # Patterns are worked out when somebody asks for them: the formulas that a check goes by need no sympy.
    return Judge(Derivation(network=network, steps=plan_of(shape_of(network))))


def _sheet(answers: Mapping[str, str | int | float]) -> str:
    """Answers as an answer sheet, one a line, so that a report can point at each."""
    for id_, answer in answers.items():
        if isinstance(answer, bool) or not isinstance(answer, str | int | float):
            found = f"{shortened(repr(answer))} for {quoted(str(id_))}"
            raise SpecError("answers", f"expected numbers or texts, found {found}")
    lines = (f" {json.dumps(str(id_))}: {json.dumps(str(answer))}" for id_, answer in answers.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"
