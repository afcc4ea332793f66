"""PDF by Typst: whole, readable, tagged, the same twice, and refused where something is missing or too wide."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from symbackprop import api
from symbackprop.errors import SpecError
from symbackprop.notation_file import notation_names
from symbackprop.pages.phrases import load_phrases
from symbackprop.pdf.by_typst import compile_typst
from symbackprop.resources import example_names
from symbackprop.typeset.layout import Layout
from symbackprop.typeset.typst import typst, typst_string, typst_words
from tests.consumers.tools import missing
from tests.typeset.test_typst import PRINTED
from tests.walkthroughs import MAZUR, derived, rendered, titled

FIGURE = re.compile(r"\d\.\d{4,}")
FRAME = '#set document(title: "A test")\n#set text(font: "New Computer Modern", fallback: false)\n'
MATHS = (
    '#show math.equation: set text(font: "New Computer Modern Math")\n'
    '#let word(letters) = text(font: "New Computer Modern", style: "italic", letters)\n'
    "#let strut() = box(height: 0.7em)\n"
)


@cache
def pdf(lang: str = "en", document: str = "walkthrough") -> bytes:
    return api.render_pdf(derived(MAZUR), lang=lang, document=document)


def _need_pdftotext() -> None:
    if shutil.which("pdftotext") is None:
        missing("pdftotext", "apt-get install poppler-utils")


def text_of(content: bytes) -> str:
    _need_pdftotext()
    return subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout.decode()


def tags(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield each tag of the structure tree with its alternative text."""
    with pikepdf.open(BytesIO(content)) as document:
        waiting: list[pikepdf.Object] = [document.Root.StructTreeRoot]
        while waiting:
            tag = waiting.pop()
            if isinstance(tag, pikepdf.Array):
                waiting.extend(tag)
            elif isinstance(tag, pikepdf.Dictionary):
                if "/S" in tag:
                    yield str(tag.S), str(tag.get("/Alt", ""))
                if "/K" in tag:
                    waiting.append(tag.K)


# --- What is in it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_figure_of_the_walkthrough_is_in_its_text(lang: str) -> None:
    expected = set(FIGURE.findall(rendered(format_="latex", lang=lang).text))
    found = set(FIGURE.findall(text_of(pdf(lang)).replace("\u200b", "")))
    assert len(expected) > 70
    assert expected <= found


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_formula_and_figure_is_tagged_and_read_aloud(lang: str) -> None:
    found = list(tags(pdf(lang)))
    formulas = [alt for tag, alt in found if tag == "/Formula"]
    figures = [alt for tag, alt in found if tag == "/Figure"]
    dollars = rendered(format_="latex", lang=lang).text.count(" \\\\\n")
    assert len(formulas) > dollars > 100
    assert len(figures) == 4
    assert all(formulas)
    assert all(figures)
    said = {"en": "d E total by d w 5 equals", "zh": "偏 E total 比 偏 w 5 等于"}[lang]
    assert any(alt.startswith(said) for alt in formulas)


def test_a_chain_is_read_as_it_is_written() -> None:
    chain = "d E total by d w 5 equals d E total by d out o 1 times d out o 1 by d net o 1 times d net o 1 by d w 5"
    assert chain in {alt for tag, alt in tags(pdf()) if tag == "/Formula"}


@pytest.mark.parametrize(("lang", "title"), [("en", "Backpropagation by hand"), ("zh", "手算反向传播")])
def test_the_document_says_its_title_its_language_and_its_standard(lang: str, title: str) -> None:
    with pikepdf.open(BytesIO(pdf(lang))) as document:
        assert str(document.Root.Lang).startswith(lang)
        metadata = document.open_metadata()
        assert title in str(metadata["dc:title"])
        assert str(metadata["pdfuaid:part"]) == "1"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_summary_is_one_page(lang: str) -> None:
    with pikepdf.open(BytesIO(pdf(lang, "summary"))) as document:
        assert len(document.pages) == 1
    assert set(FIGURE.findall(text_of(pdf(lang, "summary")))) >= {"0.082167041", "0.298371109", "0.149780716"}


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.slow)])
def test_slides_have_a_step_each(lang: str) -> None:
    with pikepdf.open(BytesIO(pdf(lang, "slides"))) as document:
        assert len(document.pages) == 47
    text = text_of(pdf(lang, "slides"))
    assert set(FIGURE.findall(text)) >= {"0.082167041", "0.298371109", "0.149780716", "0.000438568"}


@pytest.mark.parametrize("document", ["walkthrough", "slides", "summary"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_stands_beyond_the_page(lang: str, document: str) -> None:
    _need_pdftotext()
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf(lang, document), capture_output=True, check=True)
    page_width = page_height = 0.0
    for line in told.stdout.decode().splitlines():
        if page := re.search(r'<page width="([\d.]+)" height="([\d.]+)"', line):
            page_width, page_height = map(float, page.groups())
        if word := re.search(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', line):
            left, top, right, bottom = map(float, word.groups())
            assert left > 20, line
            assert top > 5, line
            assert right < page_width - 20, line
            assert bottom < page_height - 5, line


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("view", ["scalar", "matrix", "both"])
@pytest.mark.parametrize("name", [name for name in example_names() if name != "large"])
def test_every_example_is_set(name: str, view: str, lang: str) -> None:
    derivation = api.derive(api.load(name))
    for notation in notation_names():
        assert api.render_pdf(derivation, lang=lang, view=view, notation=notation).startswith(b"%PDF")


def test_a_remark_stays_on_one_page() -> None:
    """A box that would fit on a page isn't parted by its end."""
    filled = "#v(1fr)\n#block(height: 20cm)[]\n" + "#noted([Rules]" + ", [zyx]" * 12 + ")\n"
    content = compile_typst(_source() + filled)
    pages = text_of(content).split("\f")
    assert ["zyx" in page for page in pages if "Rules" in page] == [True]
    assert sum("zyx" in page for page in pages) == 1


def test_an_apostrophe_in_a_chinese_title_is_as_narrow_as_its_word() -> None:
    plain, with_one = (_width_of_title(title) for title in ("Bobs", "Bob's"))
    # As a Chinese quotation mark it would be an em wide, 15 points.
    assert 1 < with_one - plain < 6


def _width_of_title(title: str) -> float:
    _need_pdftotext()
    content = api.render_pdf(derived(titled(title)), lang="zh", document="summary")
    told = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=content, capture_output=True, check=True)
    word = next(line for line in told.stdout.decode().splitlines() if "<word" in line and ">Bob" in line)
    found = re.search(r'xMin="([\d.]+)".* xMax="([\d.]+)"', word)
    assert found is not None
    return float(found[2]) - float(found[1])


def test_the_fonts_have_every_character_of_the_catalogue() -> None:
    """A phrase with a new character needs new fonts; Typst would refuse the page that it stands on."""
    words = load_phrases("zh").words.values()
    characters = sorted({character for phrase in words for character in phrase if character >= "\u2e80"})
    faces = (("Noto Serif CJK SC", 400), ("Noto Sans CJK SC", 700))
    for face, weight in faces:
        said = f'#set text(font: "{face}", weight: {weight}, fallback: false)\n{typst_words("".join(characters))}'
        assert compile_typst(FRAME + said).startswith(b"%PDF")


# --- How it is made ---------------------------------------------------------------------------------------


def test_it_needs_neither_tex_nor_fonts_of_the_machine_and_is_the_same_again(tmp_path: Path) -> None:
    """Where PATH is empty, and no font is to be found, from another folder."""
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    (tmp_path / "fonts.conf").write_text(f"<fontconfig><dir>{nothing}</dir></fontconfig>", encoding="utf-8")
    bare = {"PATH": str(nothing), "HOME": str(nothing), "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    bare["PYTHONPATH"] = os.pathsep.join((str(Path(api.__file__).parents[1]), *filter(None, sys.path)))
    command = [sys.executable, "-m", "symbackprop", "render", "--format", "pdf", "--lang", "zh", "-o", "page.pdf"]
    done = subprocess.run(command, env=bare, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "page.pdf\n", "")
    assert (tmp_path / "page.pdf").read_bytes() == pdf("zh")


def test_only_its_own_fonts_are_used() -> None:
    names = set()
    with pikepdf.open(BytesIO(pdf("zh"))) as document:
        for font in document.objects:
            if isinstance(font, pikepdf.Dictionary) and font.get("/Type") == "/Font" and "/BaseFont" in font:
                names.add(str(font.BaseFont).partition("+")[2].partition("-")[0] or str(font.BaseFont))
    assert names
    assert all(name.startswith(("NewCM", "Noto", "DejaVuSansMono")) for name in names), names


@pytest.mark.parametrize("layout", [layout for layout, _ in PRINTED], ids=[text for _, text in PRINTED])
def test_typst_reads_each_layout(layout: Layout) -> None:
    formula = f'#math.equation(alt: "x", ${typst(layout)}$)'
    assert compile_typst(FRAME + MATHS + formula).startswith(b"%PDF")


# --- What is refused --------------------------------------------------------------------------------------


def test_a_missing_glyph_is_refused_and_named() -> None:
    with pytest.raises(SpecError, match=r'^PDF: the fonts have no "😀" \(U\+1F600\), which stands in "a 😀 here"$'):
        compile_typst(FRAME + typst_words("a 😀 here"))


def test_a_title_with_a_character_that_no_font_has_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(titled("a 龘 b"), encoding="utf-8")
    network = api.load(tmp_path / "net.toml")
    with pytest.raises(SpecError, match=r'no "龘" \(U\+9F98\), which stands in "a 龘 b"') as refused:
        api.render_pdf(api.derive(network))
    assert "\n" not in str(refused.value)


def _source(document: str = "walkthrough") -> str:
    caught: list[str] = []

    def catch(source: str, *_: object) -> bytes:
        caught.append(source)
        return b""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "compiled", catch)
        api.render_pdf(derived(MAZUR), document=document)
    return caught[0]


def test_a_formula_that_is_too_wide_is_refused() -> None:
    wide = f'#calculation((left: $x$, right: $"" = {typst_string("8" * 200)}$, alt: "x equals 888"))\n'
    with pytest.raises(SpecError, match=r'^PDF: [0-9]+ points too large for the page: "x equals 888"$'):
        compile_typst(_source() + wide)


def test_a_table_that_is_too_wide_is_refused() -> None:
    wide = f'#ruled((left,), (none,), 1em, false, "Weights", ([W],), [#{typst_string("8" * 200)}])\n'
    with pytest.raises(SpecError, match=r'points too large for the page: "Weights"$'):
        compile_typst(_source() + wide)


def test_a_slide_with_too_much_on_it_is_refused() -> None:
    line = '(left: $x$, right: $"" = frac(1, 2)$, alt: "x equals a half")'
    much = f'#pagebreak()\n#slide([S], "Slide", [#drawing(100pt, 100pt)[]], [#calculation({", ".join([line] * 30)})])\n'
    with pytest.raises(SpecError, match=r'points too large for the page: "Slide"$'):
        compile_typst(_source("slides") + much)


def test_tables_that_would_take_too_much_memory_are_refused() -> None:
    with pytest.raises(SpecError, match=r"^--format pdf: tells at most 3,000 weights in full, found 23,820; --detail "):
        api.render_pdf(api.derive(api.load("large")))


def test_a_source_that_is_none_is_blamed_on_the_templates() -> None:
    with pytest.raises(SpecError, match=r"^the templates for PDF: unknown variable: nosuch$"):
        compile_typst(FRAME + "#nosuch")


def test_without_typst_one_line_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(SpecError, match=r"^PDF: Typst isn't installed; pip install 'symbackprop\[pdf\]'") as refused:
        compile_typst(FRAME)
    assert "\n" not in str(refused.value)


# --- Hostile words ----------------------------------------------------------------------------------------

HOSTILE = [
    '#read("/etc/passwd")',
    "#panic()",
    "$x$ *b* _e_ `c` <l> @r = h",
    '"; #panic(); "',
    "\\u{23}panic()",
    "]} [ ( { ) // /* -- --- ... ~",
    "<% if x %> << 7*7 >> <# c #>",
    "{{ 7*7 }} {% x %}",
    "http://a.b/c-d",
    "a" * 300,
]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_text(words: str) -> None:
    page = FRAME + f"#set page(width: 150cm)\n{typst_words(words)}"
    text = "".join(text_of(compile_typst(page)).split()).replace("\u200b", "")
    assert text == "".join(words.replace("'", "\u2019").split())


def test_a_hostile_title_stays_text(tmp_path: Path) -> None:
    title = "#panic() $x$ */ << 7*7 >> ]) {"
    (tmp_path / "net.toml").write_text(titled(title), encoding="utf-8")
    content = api.render_pdf(api.derive(api.load(tmp_path / "net.toml")), document="summary")
    assert title.replace(" ", "") in text_of(content).replace(" ", "")


@pytest.mark.parametrize(("kind", "name"), [("DATA", "local"), ("CACHE", "preview")])
def test_no_package_of_the_machine_is_read(
    kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is put together while the page is made, of a package that was there before."""
    package = tmp_path / "typst" / "packages" / name / "kept" / "0.1.0"
    package.mkdir(parents=True)
    (package / "typst.toml").write_text('[package]\nname = "kept"\nversion = "0.1.0"\nentrypoint = "it.typ"\n')
    (package / "it.typ").write_text('#let it = "secret"')
    monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path))
    # Nobody listens there.
    for proxy in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(proxy, "http://127.0.0.1:9")
    with pytest.raises(SpecError, match="package") as refused:
        compile_typst(f'#let kept = "@{name}/" + "kept:0.1.0"\n#import kept: it\n#set document(title: "x")\n#it')
    assert "\n" not in str(refused.value)
