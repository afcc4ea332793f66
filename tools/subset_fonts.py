"""Makes symbackprop/fonts/*: the parts of fonts that our pages need, small enough to ship.

Of two Noto fonts what a page in Chinese needs, and of Latin Modern Math what the formulas of a web page need.

Serif for the text, Sans Bold for headings and stressed words, as Chinese books do. Both have the characters of our
catalogue and those of GB 2312's first level, the 3,755 commonest, which a title may need. What the Latin fonts have
isn't taken. Run it where Debian's fonts-noto-cjk and fonts-lmodern are installed, after the Chinese catalogue got new
characters, or formulas new signs. A font that would differ only in its bytes, by another version of a library, is left
as it is:

    pip install 'fonttools[woff]' && python tools/subset_fonts.py
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[1]
SOURCE = Path("/usr/share/fonts/opentype/noto")
SIMPLIFIED_CHINESE = 2
"""Which font of the collections it is."""

FONTS = {
    "NotoSerifCJK-Regular.ttc": "NotoSerifCJKsc-Regular-subset.otf",
    "NotoSansCJK-Bold.ttc": "NotoSansCJKsc-Bold-subset.otf",
}
_FIRST_CHINESE = "\u2e80"
PUNCTUATION = "\u3000、。〃〈〉《》「」『』【】〔〕〖〗！（），．：；？～￥％＋－＝／—…·“”‘’"

MATH_SOURCE = Path("/usr/share/texmf/fonts/opentype/public/lm-math/latinmodern-math.otf")
MATH_FONT = "latin-modern-math.woff2"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_SIGNS = "()[]{}|+-=<>/.,:;!'*_·−≈≤≥∂∑√⊙×⋯⋮⋱^¯?– \u00a0"
_GREEK = "αβγδεϵηθκλμνπρσφψωΔΦΣ"
_SLANTED = "".join(map(chr, range(0x1D434, 0x1D468))) + "ℎ𝛼𝛽𝛾𝛿𝜀𝜖𝜂𝜃𝜅𝜆𝜇𝜈𝜋𝜌𝜎𝜑𝜙𝜓𝜔𝛷𝛥𝛴𝜕"
MATH_CHARACTERS = frozenset(_LETTERS + _SIGNS + _GREEK + _SLANTED)


def main(source: Path) -> None:
    """Writes all fonts."""
    for collection, name in FONTS.items():
        # A time of its own would make each font a new one.
        font = TTFont(source / collection, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)
        options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 6, 13, 14])
        _write(_cut_down(font, options, characters()), name)
    _write(math_font(MATH_SOURCE), MATH_FONT)


def math_font(source: Path) -> TTFont:
    """What MathML needs of Latin Modern Math: glyphs, and the table MATH with its heights and taller variants."""
    options = Options(layout_features=[], hinting=False, desubroutinize=True, name_IDs=[0, 1, 2, 13, 14])
    options.drop_tables += ["GPOS", "GDEF", "FFTM"]
    options.flavor = "woff2"
    return _cut_down(TTFont(source, recalcTimestamp=False), options, MATH_CHARACTERS)


def _cut_down(font: TTFont, options: Options, kept: Collection[str]) -> TTFont:
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, kept)))
    subsetter.subset(font)
    font.flavor = options.flavor
    return font


def _write(font: TTFont, name: str) -> None:
    path = ROOT / "symbackprop" / "fonts" / name
    made = BytesIO()
    font.save(made)
    if path.exists() and tables(TTFont(path)) == tables(TTFont(made)):
        print(f"{name}: as it was")
        return
    path.write_bytes(made.getvalue())
    print(f"{name}: {path.stat().st_size:,} bytes")


def tables(font: TTFont) -> dict[str, bytes]:
    """A font's tables as they are before they are compressed, but for the sum over the file."""
    font["head"].checkSumAdjustment = 0
    # GlyphOrder is no table of the file.
    tags = set(font.keys()) - {"GlyphOrder"}
    return {tag: font.getTableData(tag) for tag in sorted(tags)}


def characters() -> set[str]:
    """What shall be in the fonts."""
    catalogue = (ROOT / "symbackprop" / "pages" / "catalogues" / "zh.toml").read_text(encoding="utf-8")
    ours = {character for character in catalogue if character >= _FIRST_CHINESE}
    return {*ours, *PUNCTUATION, *_first_level()}


def _first_level() -> set[str]:
    codes = (bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return {character for code in codes for character in code.decode("gb2312", errors="ignore")}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE)
