"""The fonts that we ship are those that tools/subset_fonts.py makes."""

from __future__ import annotations

import importlib.util
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from symbackprop.resources import folder

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def tool() -> Any:
    for needed in ("fontTools", "brotli"):
        pytest.importorskip(needed, reason=f"{needed} isn't installed; pip install 'fonttools[woff]'")
    spec = importlib.util.spec_from_file_location("subset_fonts", ROOT / "tools" / "subset_fonts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_font_for_formulas_has_what_the_tool_names(tool: Any) -> None:
    font = tool.TTFont(folder("fonts") / tool.MATH_FONT)
    # An italic h is in Unicode at another place, so that nothing stands where it would be.
    assert set(tool.MATH_CHARACTERS) - set(map(chr, font.getBestCmap())) == {"\U0001d455"}
    assert {"MATH", "CFF "} <= set(font.keys())
    assert not {"GPOS", "GDEF"} & set(font.keys())


def test_the_font_for_formulas_is_made_anew_as_it_is(tool: Any) -> None:
    if not tool.MATH_SOURCE.exists():
        pytest.skip("Latin Modern Math isn't installed; Debian's fonts-lmodern has it")
    made = BytesIO()
    tool.math_font(tool.MATH_SOURCE).save(made)
    font, again = tool.TTFont(folder("fonts") / tool.MATH_FONT), tool.TTFont(made)
    assert set(font.getBestCmap()) == set(again.getBestCmap())
    assert font.getGlyphOrder() == again.getGlyphOrder()
