"""Reports: the same verdicts in each format and language, whatever stands in somebody's text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from symbackprop.checking.points import Points, parse_points
from symbackprop.checking.snags import Snag, Why
from symbackprop.checking.verdicts import Cause, Explanation, LinkKind, Mistake, Verdict, Verdicts
from symbackprop.errors import SpecError
from symbackprop.formats import REPORTS, Format
from symbackprop.network_file import parse_network
from symbackprop.pages.terminal import cells
from symbackprop.reporting import report, report_pieces
from tests.checking.by_hand import TEXT, link, sample, work
from tests.conftest import Golden
from tests.walkthroughs import MAZUR

LANGUAGES = ("en", "zh")
NETWORK = parse_network(MAZUR, "mazur.toml")
POINTS = parse_points('default = 1\nfollows = 0.25\n[points]\n"net_h1" = 2\n"out_o2" = 3\n', "points.toml", NETWORK)


def told(verdicts: Verdicts, format_: Format = Format.TEXT, lang: str = "en", points: Points | None = None) -> str:
    """Give the report on verdicts on the default network."""
    return "".join(report_pieces(verdicts, NETWORK, format_, lang, points))


@pytest.mark.parametrize("format_", REPORTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report(golden: Golden, lang: str, format_: Format) -> None:
    golden(f"check/report.{lang}.{format_.ending}", told(sample(), format_, lang, POINTS))


def test_a_text_is_no_wider_than_a_terminal() -> None:
    wide = sample(text=TEXT.replace("这一行：", "这" * 200) + "x" * 500)
    for lang in LANGUAGES:
        assert max(cells(line) for line in told(wide, lang=lang).splitlines()) <= 80


def test_nothing_wrong_is_said_so() -> None:
    right = link("0.3775", "net_h1", Verdict.CORRECT)
    assert "Nothing is wrong: the only link that can be judged is right." in told(
        Verdicts(work=work(TEXT, "a.md", (right,)), links=(right,))
    )
    both = (right, link("0.5", "net_h2", Verdict.CORRECT))
    assert "all 2 links" in told(Verdicts(work=work(TEXT, "a.md", both), links=both))


def test_an_empty_work_is_said_to_be_empty() -> None:
    for format_ in REPORTS:
        assert told(Verdicts(work=work("", "a.md"), links=()), format_)
    assert "No formula and no answer was found in it." in told(Verdicts(work=work("", "a.md"), links=()))


def test_a_work_that_cannot_be_judged_is_not_called_right() -> None:
    it = link("0.5", None, Verdict.UNREAD, why=Why(Snag.DOTS))
    text = told(Verdicts(work=work(TEXT, "a.md", (it,)), links=(it,)))
    assert "Nothing in it could be judged." in text
    assert "Nothing is wrong" not in text


def test_causes_come_before_their_effects() -> None:
    text = told(sample())
    assert text.index("1. Updated weights") < text.index("2. Index of a weight") < text.index("Link by link")


def test_inputs_that_look_alike_are_named_only_with_alternatives() -> None:
    assert "i2 is 2 times i1" in told(sample())
    verdicts = sample()
    alone = Explanation(cause=Cause(mistake=Mistake.UPDATED_WEIGHTS), links=(5, 6))
    assert "i2 is 2 times i1" not in told(Verdicts(work=verdicts.work, links=verdicts.links, explanations=(alone,)))


def test_the_same_mistake_at_another_place_is_no_alternative() -> None:
    verdicts = sample()
    cause = Cause(mistake=Mistake.GRADIENT_ADDED)
    again = Explanation(cause=cause, links=(5,), alternatives=(Cause(mistake=Mistake.GRADIENT_ADDED, at=("w1+",)),))
    text = told(Verdicts(work=verdicts.work, links=verdicts.links, explanations=(again,)))
    assert "Explains it as well" not in text


@pytest.mark.parametrize("mistake", Mistake)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_mistake_can_be_told_without_knowing_what_was_exchanged(mistake: Mistake, lang: str) -> None:
    it = link("0.000434", "dE_total/dw1", Verdict.WRONG, cause=Cause(mistake=mistake))
    verdicts = Verdicts(
        work=work(TEXT, "a.md", (it,)),
        links=(it,),
        explanations=(Explanation(cause=Cause(mistake=mistake), links=(0,)),),
    )
    assert "{" not in told(verdicts, lang=lang)


# --- JSON -------------------------------------------------------------------------------------------------

LINK: dict[str, type | tuple[type, ...]] = {
    "line": int,
    "column": int,
    "text": str,
    "quantity": (str, type(None)),
    "kind": str,
    "verdict": str,
    "expected": (str, type(None)),
    "mistake": (str, type(None)),
    "explanation": str,
    "follows_from": (str, type(None)),
}


def test_the_json_has_the_keys_that_programs_rely_on() -> None:
    data = json.loads(told(sample(), Format.JSON, points=POINTS))
    assert data["schema"] == 1
    assert set(data["summary"]) == {verdict.value for verdict in Verdict}
    assert sum(data["summary"].values()) == len(data["links"])
    for it in data["links"]:
        assert all(isinstance(it[key], kind) for key, kind in LINK.items())
        assert it["kind"] in set(LinkKind)
        assert it["verdict"] in set(Verdict)
        assert it["mistake"] is None or it["mistake"] in set(Mistake)
        assert it["explanation"]
    for mistake in data["mistakes"]:
        assert mistake["id"] in set(Mistake)
        assert all(data["links"][number] for number in mistake["links"])
        assert all(alternative["id"] in set(Mistake) for alternative in mistake["alternatives"])


def test_the_json_points_at_what_is_to_be_mended() -> None:
    first = json.loads(told(sample(), Format.JSON))["links"][0]
    mending = first["correction"]
    assert TEXT[mending["start"] : mending["end"]] == mending["found"] == "w3"


# --- HTML -------------------------------------------------------------------------------------------------

_VOID = {"meta", "br", "hr", "img", "input", "link"}


class _Reader(HTMLParser):
    """Reads a page strictly: every element is closed in its turn, ids are there once and are what links lead to."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.attributes: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.append(name)
            if name == "id":
                self.ids.append(value or "")
            if name in {"href", "src"}:
                self.targets.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read_page(page: str) -> _Reader:
    """Read a page; fail where it isn't well-formed."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    return reader


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_well_formed_and_asks_nobody_for_anything(lang: str) -> None:
    page = told(sample(), Format.HTML, lang)
    reader = read_page(page)
    assert len(set(reader.ids)) == len(reader.ids)
    assert {f"#{id_}" for id_ in reader.ids} >= set(reader.targets)
    assert not {"script", "iframe", "object", "img", "link"} & set(reader.seen)
    assert not re.search(r"url\(|@import|https?://", page)
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_each_link_is_marked_and_has_its_note() -> None:
    verdicts = sample()
    reader = read_page(told(verdicts, Format.HTML))
    numbers = range(1, len(verdicts.links) + 1)
    assert {f"note-{number}" for number in numbers} | {f"link-{number}" for number in numbers} <= set(reader.ids)


HOSTILE = (
    '</pre></li><script>alert(1)</script><img src=x onerror=alert(2)> " onmouseover="alert(3) \' & <!-- ]]> {{ 7*7 }} '
    "{% raw %} \x00\x1b[31m\u202e\u2028 $\\input{x}$ ``` ` | \\end{document}"
)


@pytest.mark.parametrize("format_", REPORTS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_text_is_only_text(lang: str, format_: Format) -> None:
    text = f"{HOSTILE}\nnet_h1 = {HOSTILE}\n"
    bad = Cause(mistake=Mistake.WRONG_NAME, at=(HOSTILE,), taken=HOSTILE, right=HOSTILE)
    links = tuple(
        link(
            HOSTILE,
            quantity,
            verdict,
            text=text,
            after="net_h1 = ",
            expected=HOSTILE,
            cause=bad,
            follows_from=HOSTILE,
            why=Why(Snag.MISSPELT_ID, found=HOSTILE, near=HOSTILE),
        )
        for verdict in Verdict
        for quantity in (None, "net_h1", HOSTILE)
    )
    verdicts = Verdicts(
        work=work(text, HOSTILE, links),
        links=links,
        explanations=(Explanation(cause=bad, links=(0,), alternatives=(bad,)),),
    )
    told_ = told(verdicts, format_, lang, POINTS)
    told_.encode()
    if format_ is Format.JSON:
        json.loads(told_)
        return
    assert not set("\x00\x1b\u202e\u2028") & set(told_)
    if format_ is Format.HTML:
        reader = read_page(told_)
        assert not {"script", "img", "iframe"} & set(reader.seen)
        assert not any(name.startswith("on") for name in reader.attributes)
        assert "<script>alert(1)</script>" in "".join(reader.words)
    if format_ is Format.MARKDOWN:
        assert told_.count("\n````text\n") == told_.count("\n````\n")


def test_a_stretch_over_several_lines_is_one_link() -> None:
    text = "net_h1 = 0.15 *\n0.05 + 0.02\n"
    it = link("0.15 *\n0.05 + 0.02", "net_h1", Verdict.WRONG, text=text)
    reader = read_page(told(Verdicts(work=work(text, "a.md", (it,)), links=(it,)), Format.HTML))
    assert reader.ids == ["link-1", "note-1"]


def test_links_that_overlap_are_marked_once_and_told_each() -> None:
    links = (link("0.3775", "net_h1", Verdict.WRONG), link("0.37", "net_h2", Verdict.WRONG))
    page = told(Verdicts(work=work(TEXT, "a.md", links), links=links), Format.HTML)
    assert page.count('class="excerpt"') == 2
    assert len(read_page(page).ids) == 2


def test_a_long_report_stops_somewhere() -> None:
    text = "net_h1 = 0.5\n" * 600
    links = tuple(link("0.5", "net_h1", Verdict.WRONG, text=text) for _ in range(600))
    verdicts = Verdicts(work=work(text, "a.md", links), links=links)
    assert "100 more links aren't shown here." in told(verdicts)
    assert len(json.loads(told(verdicts, Format.JSON))["links"]) == 600


# --- As a library -----------------------------------------------------------------------------------------


def test_a_report_by_the_names_that_users_know(tmp_path: Path) -> None:
    points = tmp_path / "points.toml"
    points.write_text("default = 1\n", encoding="utf-8")
    assert "Points: 2.5 of 8." in report(sample(), NETWORK, points=points)
    assert report(sample(), format="html", lang="zh").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (
            {"format": "htm"},
            'format: expected one of "text", "markdown", "html", "json", found "htm"; did you mean "html"?',
        ),
        (
            {"format": "latex"},
            'format: expected one of "text", "markdown", "html", "json", found "latex"; did you mean "text"?',
        ),
        ({"lang": "xx"}, 'lang: expected one of "en", "zh", found "xx"'),
        ({"points": "nowhere.toml"}, "nowhere.toml: cannot be read: no such file or directory"),
    ],
)
def test_a_choice_that_there_is_not_is_refused(choice: dict[str, str], said: str) -> None:
    with pytest.raises(SpecError) as raised:
        report(sample(), NETWORK, **choice)
    assert str(raised.value) == said
