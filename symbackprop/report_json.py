"""A report as data for programs; docs/check.md describes it."""

from __future__ import annotations

import json
from typing import Any

from symbackprop.checking.marks import Mark, written_points
from symbackprop.checking.verdicts import Cause, Correction, Explanation, Link, Verdicts
from symbackprop.pages.narrate.report_causes import explained
from symbackprop.pages.narrate.report_notes import notes_on
from symbackprop.pages.narrate.reporter import Reporter, plain_words

SCHEMA = 1


def report_json(reporter: Reporter, verdicts: Verdicts, mark: Mark | None) -> str:
    """All that is said of a work as one JSON object. `reporter` must write formulas plainly."""
    reasons = explained(verdicts)
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "work": verdicts.work.name,
        "links": [_link(reporter, link, reasons.get(number)) for number, link in enumerate(verdicts.links)],
        "mistakes": [_mistake(reporter, explanation) for explanation in verdicts.explanations],
        "conventions": [convention.value for convention in verdicts.conventions],
        "summary": {verdict.value: count for verdict, count in verdicts.summary.items()},
    }
    if mark is not None:
        told["mark"] = {
            "points": written_points(mark.points),
            "of": written_points(mark.of),
            "quantities": {id_: written_points(points) for id_, points in mark.earned.items()},
        }
    # A lone surrogate can't be written as UTF-8; JSON has an escape for it.
    return json.dumps(told, ensure_ascii=not _can_be_written(verdicts), indent=1) + "\n"


def _can_be_written(verdicts: Verdicts) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in verdicts.work.text + verdicts.work.name)


def _link(reporter: Reporter, link: Link, reason: int | None) -> dict[str, Any]:
    return {
        "line": link.place.line,
        "column": link.place.column,
        "text": link.text,
        "quantity": link.quantity,
        "kind": link.kind.value,
        "verdict": link.verdict.value,
        "expected": link.expected,
        "mistake": None if link.cause is None else link.cause.mistake.value,
        "explanation": _explanation(reporter, link, reason),
        "follows_from": link.follows_from,
        "at": [] if link.cause is None else list(link.cause.at),
        "rounding": None if link.rounding is None else link.rounding.value,
        "convention": None if link.convention is None else link.convention.value,
        "correction": _correction(link.correction),
    }


def _correction(correction: Correction | None) -> dict[str, Any] | None:
    """Where the slip stands, as offsets into the text, what is there, and what ought to be."""
    if correction is None:
        return None
    span = correction.span
    return {"start": span.start, "end": span.end, "found": correction.found, "expected": correction.expected}


def _explanation(reporter: Reporter, link: Link, reason: int | None) -> str:
    """The sentences of the report, with the mistake's own in the place of its number."""
    return plain_words(reporter.sentences(notes_on(reporter, link, reason if link.cause is None else None)))


def _mistake(reporter: Reporter, explanation: Explanation) -> dict[str, Any]:
    cause = explanation.cause
    return {
        **_cause(reporter, cause),
        "links": list(explanation.links),
        "alternatives": [_cause(reporter, alternative) for alternative in explanation.alternatives],
    }


def _cause(reporter: Reporter, cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.mistake.value,
        "name": plain_words(reporter.cause_name(cause)),
        "explanation": plain_words(reporter.cause_text(cause)),
        "at": list(cause.at),
        "taken": cause.taken or None,
        "right": cause.right or None,
    }
