"""What is wrong with a text that is no TOML: where, what was found there, and how it has to be written.

The reader of the standard library stops where it can't go on, which is often far behind the slip: a list without its
bracket is seen at the next line, a quote that is missing at the end of the file. So the text up to there is looked at
once more.
"""

from __future__ import annotations

import re
from fractions import Fraction
from tomllib import TOMLDecodeError

from symbackprop.errors import SpecError
from symbackprop.records import record
from symbackprop.wording import one_line, quoted, shortened

_LONGEST_COMPLAINT = 200
_PLACE = re.compile(r"(?P<why>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)

_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\[^\n])*"|\'[^\'\n]*\'', re.DOTALL)
_MARK = re.compile(r"[\"'\[\]{}]|#[^\n]*")
_OPENED_BY = {"]": "[", "}": "{"}
_CLOSED_BY = {"[": "]", "{": "}"}
_KINDS = {"[": "list", "{": "table"}

_KEY = r"""(?P<key>[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
_ASSIGNMENT = re.compile(rf"[ \t]*{_KEY}[ \t]*=[ \t]*(?P<value>[^\n]*)")
_HEADER = re.compile(r"[ \t]*\[{1,2}[ \t]*(?P<name>[A-Za-z0-9_.-]+)[ \t]*\]{1,2}[ \t]*(?:#|$)")
_BARE = re.compile(r"[^\s\[\]{},=#\"']+")

# What somebody writes who knows numbers, but not how TOML writes them.
_DIGITS = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:[.,](?P<decimals>[0-9]*))?")
_FRACTION = re.compile(r"(?P<above>[+-]?[0-9]{1,9})/(?P<below>[0-9]{1,9})")
_PERCENT = re.compile(r"(?P<number>[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)%")
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_PRINTED_MINUS = "\u2212"
_WORD = re.compile(r"[^\W\d]")
_CURLY = "\u201c\u201d\u201e\u2018\u2019\u201a\u300c\u300d"
_QUOTES = "\"'"
_MOST_PLACES = 12


@record
class _Slip:
    """A line and what is wrong with it."""

    line: int
    why: str


def not_toml(text: str, error: TOMLDecodeError, origin: str) -> SpecError:
    """The error for a text that the reader of TOML has refused."""
    match = _PLACE.fullmatch(str(error))
    why = match["why"] if match else str(error)
    # So the reader counts, too.
    text = text.replace("\r\n", "\n")
    line, column = (int(match["line"]), int(match["column"])) if match and match["line"] else (0, 0)
    lines = text.split("\n")
    offset = sum(len(it) + 1 for it in lines[: line - 1]) + column - 1 if line else len(text)
    slip = _duplicate(text, offset, why) or _unfinished(text, offset) or _in_line(text, offset)
    if slip is not None:
        return SpecError(f"{origin}: line {slip.line}", one_line(slip.why))
    place = f"line {line}, column {column}" if line else "end of document"
    complaint = one_line(why[:1].lower() + why[1:_LONGEST_COMPLAINT])
    return SpecError(f"{origin}: {place}", f"not TOML: {complaint}")


# --- The same thing twice -------------------------------------------------------------------------------------


def _duplicate(text: str, offset: int, why: str) -> _Slip | None:
    """A key or a table that is there twice. The place is behind the second one."""
    if not why.startswith(("Cannot overwrite", "Cannot declare")):
        return None
    lines = text[:offset].rstrip("\n").split("\n")
    number, line = len(lines), _of(text, len(text[:offset].rstrip("\n")))
    if header := _HEADER.match(line):
        name, begin = f"[{header['name']}]", 0
        known = [_HEADER.match(other) for other in lines[:-1]]
        same = [it for it, match in enumerate(known, 1) if match and match["name"] == header["name"]]
    elif assignment := _ASSIGNMENT.match(line):
        name = assignment["key"]
        begin = max((it for it, other in enumerate(lines[:-1], 1) if _HEADER.match(other)), default=0)
        known = [_ASSIGNMENT.match(other) for other in lines[begin:-1]]
        same = [it for it, match in enumerate(known, begin + 1) if match and match["key"] == name]
    else:
        return None
    if not same:
        return None
    return _Slip(number, f"expected {shortened(name)} once, found it a second time; the first is in line {same[-1]}")


# --- What begins and has no end ---------------------------------------------------------------------------------


def _unfinished(text: str, offset: int) -> _Slip | None:
    """A string or a bracket that is open where the reader stopped, if that is what stopped it."""
    opened: list[tuple[str, int]] = []
    place = 0
    while (found := _MARK.search(text, place, offset)) is not None:
        mark, place = found[0], found.start()
        if mark in "\"'":
            string = _STRING.match(text, place)
            if string is None:
                return _open_string(text, place)
            place = string.end()
            continue
        if mark in _CLOSED_BY:
            opened.append((mark, place))
        elif mark in _OPENED_BY and opened and opened[-1][0] == _OPENED_BY[mark]:
            opened.pop()
        place = found.end()
    return _open_bracket(text, offset, *opened[-1]) if opened and place <= offset else None


def _open_string(text: str, start: int) -> _Slip:
    quote = text[start]
    begun = text[start:].partition("\n")[0]
    return _Slip(_line(text, start), f"expected a closing {quote} in the same line, found {shortened(begun)}")


def _open_bracket(text: str, offset: int, bracket: str, start: int) -> _Slip | None:
    """A bracket that isn't closed before the next key, the next table or the end; or a comma that is missing."""
    rest, here = text[offset:], _of(text, offset)
    begins_line = not _before(text, offset).strip()
    if bracket == "[" and not _before(text, start).strip(" \t["):
        found = shortened(_of(text, start))
        return _Slip(_line(text, start), f"expected a name in brackets, such as [data], found {found}")
    is_over = not rest.strip() or (bracket == "{" and rest[0] == "\n")
    if is_over or (begins_line and (_ASSIGNMENT.match(here) or _HEADER.match(here))):
        why = f"expected a closing {_CLOSED_BY[bracket]} for the {_KINDS[bracket]} that begins here, found none"
        return _Slip(_line(text, start), why)
    if (slip := _misspelt(_word(text, offset), _line(text, offset))) is not None:
        return slip
    if bracket == "[" and text[offset - 1].isspace():
        found = quoted(here.strip())
        return _Slip(_line(text, offset), f"expected a comma between the items of a list, found {found}")
    return None


# --- One line ---------------------------------------------------------------------------------------------------


def _in_line(text: str, offset: int) -> _Slip | None:
    """A value that is written in another way than TOML does, or a line without a sign of equality."""
    number, line, before = _line(text, offset), _of(text, offset), _before(text, offset)
    assignment = _ASSIGNMENT.match(line)
    if assignment is None or len(before) < assignment.start("value"):
        if "=" in before or not line.strip() or line.lstrip().startswith(("=", "[")):
            return None
        return _Slip(number, f"expected a name and a value, such as rounds = 10, found {quoted(line.strip())}")
    value = assignment["value"].partition("#")[0].strip()
    if not value:
        return _Slip(number, "expected a value after the =, found none")
    # In a list a comma parts two numbers.
    word = _word(text, offset) if value.startswith(("[", "{", '"', "'")) else value
    return _misspelt(word, number)


def _misspelt(word: str, line: int) -> _Slip | None:
    remedy = _remedy(word)
    return None if remedy is None else _Slip(line, f"expected {remedy}, found {shortened(word)}")


def _remedy(word: str) -> str | None:
    """How a value has to be written; None where nobody knows what is meant."""
    plain = word.replace(_PRINTED_MINUS, "-")
    remedy = _right_number(plain) if not _NUMBER.fullmatch(word) else None
    if remedy is not None:
        return remedy
    if plain.lower() in {"true", "false", "yes", "no"}:
        return "true or false, in small letters"
    if any(it in _CURLY for it in word):
        return f'straight quotes, "{shortened(word.strip(_CURLY))}"'
    if word.endswith(("]", "}")):
        return f"an opening {_OPENED_BY[word[-1]]} before it"
    if plain[:1].isdigit() or plain.startswith(("+", "-", ".")):
        return None if _NUMBER.fullmatch(word) else "a number such as 0.5 or 1e-3"
    if _WORD.match(word):
        return f'a number, or a text in quotes, "{shortened(word.strip(_QUOTES))}"'
    return None


def _right_number(plain: str) -> str | None:
    """A number as TOML wants it: with a point, and with digits on both sides of it; None for what is none."""
    if (digits := _DIGITS.fullmatch(plain)) and (digits["whole"] or digits["decimals"]):
        whole = f"{digits['sign']}{digits['whole'].lstrip('0') or '0'}"
        point = "" if digits["decimals"] is None else f".{digits['decimals'] or '0'}"
        return shortened(f"{whole}{point}") + (" (numbers in the file take a point)" if "," in plain else "")
    if fraction := _FRACTION.fullmatch(plain):
        below = int(fraction["below"])
        short = _terminating(Fraction(int(fraction["above"]), below)) if below else None
        return f"a decimal number such as {short or '0.25'}"
    if percent := _PERCENT.fullmatch(plain):
        return f"a decimal number such as {_terminating(Fraction(percent['number']) / 100)}"
    return None


def _terminating(value: Fraction) -> str | None:
    """A decimal of a few places, where the fraction is one."""
    scaled = value * 10**_MOST_PLACES
    if scaled.denominator != 1:
        return None
    sign, digits = "-" if value < 0 else "", str(abs(scaled.numerator)).rjust(_MOST_PLACES + 1, "0")
    return f"{sign}{digits[:-_MOST_PLACES]}.{digits[-_MOST_PLACES:].rstrip('0') or '0'}"


def _word(text: str, offset: int) -> str:
    """The bare word at a place, between blanks, commas and brackets, where a value may begin; else nothing."""
    line, column = _of(text, offset), len(_before(text, offset))
    for match in _BARE.finditer(line):
        if match.start() <= column <= match.end():
            before = line[: match.start()].rstrip()
            return match[0] if not before or before.endswith(("=", "[", ",")) else ""
    return ""


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _before(text: str, offset: int) -> str:
    """What of the line is before a place."""
    return text[text.rfind("\n", 0, offset) + 1 : offset]


def _of(text: str, offset: int) -> str:
    """The line in which a place is."""
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    return text[start : len(text) if end < 0 else end]
