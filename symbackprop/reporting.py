"""From verdicts to a report: the words, the notation, the mark, the format.

It stands beside `api` so that a sheet of figures can be reported on without sympy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from symbackprop.checking.entry import load
from symbackprop.checking.marks import mark_work
from symbackprop.checking.points import Points, read_points
from symbackprop.checking.verdicts import Verdicts
from symbackprop.derivation.ids import known_ids
from symbackprop.errors import SpecError
from symbackprop.formats import REPORTS, Format
from symbackprop.network import Network
from symbackprop.notation_file import bound_to_network, notation_of
from symbackprop.pages.languages import require_language
from symbackprop.pages.narrate.report import tell_report
from symbackprop.pages.narrate.reporter import PlainWriting, Reporter, SetWriting, Writing
from symbackprop.pages.phrases import load_phrases
from symbackprop.report_json import report_json
from symbackprop.typeset.arrange import arrange
from symbackprop.typeset.layout import Layout
from symbackprop.typeset.notation import Namer
from symbackprop.wording import VERDICTS, did_you_mean, listed, quoted, require_type


def report(
    verdicts: Verdicts,
    network: Network | str | Path | None = None,
    *,
    format: str = "text",  # noqa: A002 - the word that users know from the command line
    lang: str = "en",
    points: str | Path | None = None,
) -> str:
    """The report on a work as text: `text`, `markdown`, `html` (one page that asks nobody for anything) or `json`.

    `network` is the one that the work was held against; `points` is a file that says what each quantity is worth.
    Raises SpecError for a choice that there isn't.
    """
    require_type(verdicts, Verdicts, VERDICTS)
    net = network if isinstance(network, Network) else load(network)
    worth = None if points is None else read_points(Path(points), net)
    return "".join(report_pieces(verdicts, net, _format(format), lang, worth))


def report_pieces(
    verdicts: Verdicts, network: Network, format_: Format, lang: str, points: Points | None
) -> Iterator[str]:
    """The same, piece by piece. Raises SpecError for a language that there isn't."""
    require_language(lang)
    mark = None if points is None else mark_work(verdicts, points)
    reporter = Reporter(phrases=load_phrases(lang), writing=_writing(network, format_), network=network)
    if format_ is Format.JSON:
        return iter((report_json(reporter, verdicts, mark),))
    # A thousand sheets are marked without a page: only a report waits for the templates.
    from symbackprop.pages.render import render_document  # noqa: PLC0415
    from symbackprop.pages.templates import our_templates  # noqa: PLC0415

    document = tell_report(reporter, verdicts, mark)
    return render_document(document, reporter.phrases, format_, stem="report", templates=our_templates()).pieces


def _format(name: str) -> Format:
    require_type(name, str, f"format, one of {listed(REPORTS)}")
    if name not in REPORTS:
        why = f"expected one of {listed(REPORTS)}, found {quoted(name)}{did_you_mean(name, REPORTS)}"
        raise SpecError("format", why)
    return Format(name)


def _writing(network: Network, format_: Format) -> Writing:
    if format_ in (Format.TEXT, Format.JSON):
        return PlainWriting()
    namer = bound_to_network(notation_of(network), network)
    return SetWriting(named=namer.name, known=frozenset(known_ids(network)), read=_reader(network, namer))


def _reader(network: Network, namer: Namer) -> Callable[[str], Layout | None]:
    """Reads a formula in plain ASCII back, as it reads somebody's work, and sets it in the notation."""
    from symbackprop.checking.reading.names import names_of  # noqa: PLC0415 - a report in plain text reads nothing
    from symbackprop.checking.reading.parser import read_member  # noqa: PLC0415
    from symbackprop.checking.work import Span  # noqa: PLC0415
    from symbackprop.typeset.layout import Number  # noqa: PLC0415

    names = names_of(network)

    def read(text: str) -> Layout | None:
        member = read_member(text, Span(start=0, end=len(text)), names)
        if member.formula is None:
            return None

        def leaf(number: str) -> Layout:
            found = member.leaves[int(number)]
            return Number(found.figure.typed) if found.figure is not None else namer.name(found.ids[0])

        if any(it.figure is None and not it.ids for it in member.leaves):
            return None
        return arrange(member.formula, leaf)

    return read
