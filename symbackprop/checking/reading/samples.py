"""Which sample a name means that doesn't say it: headings such as `Sample 1` do, and numbers raised in parentheses."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

RAISED_SAMPLE = re.compile(r"(?P<name>[^^()]*(?:[ho]|^[ix])[0-9]{1,3})\^?\((?P<sample>[1-9][0-9]{0,5})\)")
"""The spelling of a neuron's or an input's name with a number in parentheses raised on it."""

_MARKUP = (
    r"[ \t>]*+(?P<level>\#{1,6}|\\(?:sub){0,2}(?:section|paragraph)\*?\{)?[ \t]*+[*_]{0,2}(?:\\[a-z]{2,10}\{)?[ \t]*+"
)
_RULED = r"""(?=\n[ \t]*+(?P<rule{0}>[─━═┄=~"^-])(?P=rule{0}){{3,200}}[ \t\r]*+$)"""
_HEADING = re.compile(
    rf"""(?mix)^{_MARKUP}
    (?: (?:training[ ]|for[ ])?(?:sample|example|pattern|样本|样例|第)[ ]?(?:no\.|nr\.|\#)?[ ]?
        (?P<sample>[1-9][0-9]{{0,5}})[ ]?(?:个?样本)?[ \t]*+(?:$|[\r:：}}(（*_]|[,，–—-](?![ ]?[0-9]))
      | (?P<other>(?:samples?|examples?|patterns?|样本|total|sum
            |mean|average|update|batch|all|together|总|合计|平均|更新)[^\n=≈]{{0,60}}+$)
      | (?P<title>(?<=[\#{{ ])[^\n]*+$)
      | \S[^\n]*+{_RULED.format(0)}
    )(?:{_RULED.format(1)})?"""
)
_BELOW_ALL = 9
_MOST_HEADINGS = 10_000


class Samples:
    """The sample that is spoken of at each place of a document; none before its first heading that says so."""

    def __init__(self, text: str) -> None:
        self._places: list[int] = []
        self._samples: list[int] = []
        for place, sample in _headings(text):
            self._places.append(place)
            self._samples.append(sample)
            if len(self._places) > _MOST_HEADINGS:
                break

    def at(self, place: int) -> int:
        """The number of the sample, or 0 for none in particular."""
        number = bisect_right(self._places, place)
        return self._samples[number - 1] if number else 0


def _headings(text: str) -> Iterator[tuple[int, int]]:
    """Where another sample is spoken of, or none in particular again, as below a title that stands no lower."""
    level = _BELOW_ALL
    within = False
    rules: list[str] = []
    for match in _HEADING.finditer(text):
        own = _level(match["level"], match["rule0"] or match["rule1"], rules)
        if match["sample"]:
            level, within = own, True
            yield match.start(), int(match["sample"])
        elif within and (match["other"] or own <= min(level, _BELOW_ALL - 1)):
            within = False
            yield match.start(), 0


def _level(sign: str | None, rule: str | None, rules: list[str]) -> int:
    """How deep a heading stands; what is no heading stands below all of them.

    Those that are ruled stand the deeper, the later the first of them with such a `rule` comes.
    """
    if sign is not None:
        return len(sign) if sign.startswith("#") else sign.count("sub") + (4 if "paragraph" in sign else 1)
    if rule is None:
        return _BELOW_ALL
    if rule not in rules:
        rules.append(rule)
    return min(rules.index(rule) + 1, _BELOW_ALL - 1)


def with_sample(id_: str, sample: int) -> str:
    """The id of a quantity of a sample: net_h1@2 of the first one is net_h1[1]@2."""
    base, at, rounds = id_.partition("@")
    return f"{base}[{sample}]{at}{rounds}"
