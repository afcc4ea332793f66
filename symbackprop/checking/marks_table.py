"""The marks of many works as CSV: a row for each, with its points, its counts and the mistakes in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from symbackprop.checking.marks import Mark, mark_work, written_points
from symbackprop.checking.points import Points
from symbackprop.checking.verdicts import Verdict, Verdicts
from symbackprop.records import record

_COUNTED = (Verdict.CORRECT, Verdict.ROUNDED, Verdict.CONVENTION, Verdict.FOLLOWS, Verdict.WRONG)
_NOT_JUDGED = (Verdict.GENERAL, Verdict.UNKNOWN, Verdict.UNREAD)


@record(kw_only=True)
class Row:
    """What is kept of a work when it has been checked.

    `problem` says why one couldn't be read or judged, or reported on; `is_undecided` that more than its author can
    mend stands between it and its marks or its report.
    """

    sheet: str
    mark: Mark | None = None
    counts: tuple[int, ...] = ()
    not_judged: int = 0
    causes: tuple[str, ...] = ()
    problem: str = ""
    is_undecided: bool = False

    @property
    def is_right(self) -> bool:
        """Whether something in it could be judged and nothing is wrong."""
        counts = dict(zip(_COUNTED, self.counts, strict=False))
        return any(self.counts) and not counts.get(Verdict.WRONG) and not counts.get(Verdict.FOLLOWS)


def row_of(verdicts: Verdicts, points: Points | None, sheet: str | None = None) -> Row:
    """The row of a work."""
    summary = verdicts.summary
    return Row(
        sheet=verdicts.work.name if sheet is None else sheet,
        mark=None if points is None else mark_work(verdicts, points),
        counts=tuple(summary[verdict] for verdict in _COUNTED),
        not_judged=sum(summary[verdict] for verdict in _NOT_JUDGED),
        causes=tuple(dict.fromkeys(explanation.cause.mistake.value for explanation in verdicts.explanations)),
    )


def marks_table(rows: Iterable[Row], points: Points | None) -> str:
    """The table: points and a column for each quantity only where a file says what they are worth."""
    quantities = () if points is None else tuple(points.of)
    marked = () if points is None else ("points", "of")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    counts = (*(verdict.value for verdict in _COUNTED), "not_judged")
    writer.writerow(("sheet", *marked, *counts, "causes", "problem", *quantities))
    for row in rows:
        if not row.counts:
            blanks = ("",) * (len(marked) + len(counts) + 1)
            writer.writerow((_harmless(row.sheet), *blanks, _harmless(row.problem), *("" for _ in quantities)))
            continue
        mark = row.mark
        earned = () if mark is None else tuple(written_points(mark.earned[id_]) for id_ in quantities)
        total = () if mark is None else (written_points(mark.points), written_points(mark.of))
        causes = " ".join(row.causes)
        writer.writerow(
            (_harmless(row.sheet), *total, *row.counts, row.not_judged, causes, _harmless(row.problem), *earned)
        )
    return text.getvalue()


_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _harmless(text: str) -> str:
    """A name as a cell that no spreadsheet takes for a formula, and that can be written as UTF-8."""
    plain = text.encode("utf-8", "backslashreplace").decode()
    return f"'{plain}" if plain.startswith(_STARTS_FORMULA) else plain
