"""What stops the reading of a formula."""

from __future__ import annotations

from symbackprop.checking.snags import Why
from symbackprop.checking.work import Gap, Span, Trouble


class GapError(Exception):
    """What keeps a formula from being read, and where."""

    def __init__(self, gap: Gap, span: Span, why: Why) -> None:
        self.trouble = Trouble(gap=gap, span=span, why=why)
        super().__init__(why.snag.value)
