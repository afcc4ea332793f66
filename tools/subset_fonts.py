"""Makes symbackprop/fonts/*.otf: the parts of two Noto fonts that a page in Chinese needs, small enough to ship.

Serif for the text, Sans Bold for headings and stressed words, as Chinese books do. Both have the characters of our
catalogue and those of GB 2312's first level, the 3,755 commonest, which a title may need. What the Latin fonts have
isn't taken. Run it where Debian's fonts-noto-cjk is installed, after the Chinese catalogue got new characters:

    pip install fonttools && python tools/subset_fonts.py
"""

from __future__ import annotations

import sys
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


def main(source: Path) -> None:
    """Writes both fonts."""
    for collection, name in FONTS.items():
        # A time of its own would make each font a new one.
        font = TTFont(source / collection, fontNumber=SIMPLIFIED_CHINESE, recalcTimestamp=False)
        options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 6, 13, 14])
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=sorted(map(ord, characters())))
        subsetter.subset(font)
        path = ROOT / "symbackprop" / "fonts" / name
        font.save(path)
        print(f"{path.name}: {path.stat().st_size:,} bytes")


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
