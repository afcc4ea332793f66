"""What is wrong with a text that is no TOML: where, what was found there, and how it has to be written.

The reader of the standard library stops where it can't go on, which is often far behind the slip: a list without its
bracket is seen at the next line, a quote that is missing at the end of the file. So the text up to there is looked at
once more: for marks of other languages, for what has no end, for a line that is no assignment, for a value that is
written in another way, such as `.5`, `1/2` or `True`, and for names that are taken twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import Enum, auto
from fractions import Fraction
from operator import eq
from tomllib import TOMLDecodeError

from symbackprop.errors import SpecError
from symbackprop.records import record
from symbackprop.wording import one_line, quoted, shortened

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\[^\n])*"|'[^'\n]*')"""
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|(?!""")"(?:[^"\\\n]|\\[^\n])*"|(?!\'\'\')\'[^\'\n]*\'',
    re.DOTALL,
)
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"[ \t]*(?P<open>\[\[?)[ \t]*(?P<keys>{_KEYS})[ \t]*\]{{1,2}}[ \t]*(?=[#\n]|\Z)")
_ASSIGNMENT = re.compile(rf"[ \t]*(?P<keys>{_KEYS})[ \t]*=[ \t]*(?P<value>[^\n]*)")
_MARK = re.compile(r"[\"'\[\]{}\n]|#[^\n]*")
_OPENED_BY = {"]": "[", "}": "{"}
_CLOSED_BY = {"[": "]", "{": "}"}
_BLANKS = " \t"


@record
class _Slip:
    """A line and what is wrong with it."""

    line: int
    why: str


_LONGEST_COMPLAINT = 200
_TAKEN = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine")
_PLACE = re.compile(r"(?P<why>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)
_IN_A_TEXT = ("Unescaped", "Illegal", "Invalid hex", "Escaped")
_NOT_OVER = "Expected newline"


def not_toml(text: str, error: TOMLDecodeError, origin: str, headers: Collection[str] = ()) -> SpecError:
    """The error for a text that the reader of TOML has refused; `headers` are those that such a file may have."""
    match = _PLACE.fullmatch(str(error))
    why = match["why"] if match else str(error)
    # So the reader counts, too.
    text = text.replace("\r\n", "\n")
    line, column = (int(match["line"]), int(match["column"])) if match and match["line"] else (0, 0)
    lines = text.split("\n")
    offset = sum(len(it) + 1 for it in lines[: line - 1]) + column - 1 if line else len(text)
    if why.startswith(_TAKEN):
        slip = _taken_twice(text, offset, headers)
    else:
        mark = None if why.startswith(_IN_A_TEXT) else _odd_mark(text, offset)
        slip = mark or _unfinished(text, offset) or _in_line(text, offset)
        if slip is None and why.startswith(_NOT_OVER):
            slip = _behind(text, offset)
    if slip is not None:
        return SpecError(f"{origin}: line {slip.line}", one_line(slip.why))
    place = f"line {line}, column {column}" if line else "end of document"
    complaint = one_line(why[:1].lower() + why[1:_LONGEST_COMPLAINT])
    return SpecError(f"{origin}: {place}", f"not TOML: {complaint}")


# --- Where the reader stopped -----------------------------------------------------------------------------------

_COMMENT = re.compile(r"//|/\*|--|<!--|[;%](?=[ \t]*[^\W\d])")
_ODD_BLANK = re.compile(r"[^\S \t\r\n]|[\ufeff\u200b]")
_WIDE, _WIDE_TO_NARROW = re.compile(r"[\uff01-\uff5e]"), 0xFEE0
_HEADING = "a name in brackets, such as [data]"


def _odd_mark(text: str, offset: int) -> _Slip | None:
    """A mark of another language or keyboard, right where the reader stopped."""
    number, before = _line(text, offset), _before(text, offset)
    rest = _of(text, offset)[len(before) :]
    mark = rest.lstrip(_BLANKS)
    if _COMMENT.match(mark) and (mark != rest or not before or before[-1] in _BLANKS):
        return _Slip(number, f"expected a comment to begin with #, found {shortened(mark)}")
    if _ODD_BLANK.match(mark):
        return _Slip(number, f"expected a plain space or none, found U+{ord(mark[0]):04X}, which looks like one")
    if _WIDE.match(mark):
        return _Slip(number, f"expected {chr(ord(mark[0]) - _WIDE_TO_NARROW)} in half width, found {mark[0]}")
    return None


def _behind(text: str, offset: int) -> _Slip:
    """Something behind a line that is whole."""
    number, line, before = _line(text, offset), _of(text, offset), _before(text, offset)
    rest = line[len(before) :].strip(_BLANKS)
    if _ASSIGNMENT.match(before) is None:
        if rest.startswith("]"):
            return _Slip(number, f"expected {_HEADING}, found {shortened(line.strip(_BLANKS))}")
        return _Slip(number, f"expected the end of the line after {shortened(before.strip())}, found {shortened(rest)}")
    if rest.startswith(",") and rest[1:].lstrip(_BLANKS).startswith("["):
        return _Slip(
            number, f"expected square brackets around a list of lists, found {shortened(rest)} behind the first"
        )
    return _Slip(number, f"expected the end of the line after the value, found {shortened(rest)}")


# --- What begins and has no end ---------------------------------------------------------------------------------

_KINDS = {"[": "list", "{": "table"}
_AFTER_POINT = re.compile(r"(?<![\w.,+-])(?P<whole>[+-]?[0-9]+),(?P<decimals>0[0-9]*)")
_HEADED = re.compile(r"(?P<open>\[{1,2})(?P<name>[^\[\]\"'.=,:]+)(?P<close>\]{1,2})")
_NAME = "a name of letters a to z, digits, - and _ (or a name in quotes)"


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
    if not opened or place > offset:
        return None
    return _open_header(text, *opened[0]) or _open_bracket(text, offset, *opened[-1])


def _open_string(text: str, start: int) -> _Slip:
    quote = text[start]
    if text.startswith(quote * 3, start):
        why = f"expected a closing {quote * 3} for the text that begins here, found none"
        return _Slip(_line(text, start), why)
    begun = text[start:].partition("\n")[0]
    return _Slip(_line(text, start), f"expected a closing {quote} in the same line, found {shortened(begun)}")


def _open_header(text: str, bracket: str, start: int) -> _Slip | None:
    """A line that begins with a bracket, outside of any list."""
    if bracket != "[" or _before(text, start).strip():
        return None
    line = _of(text, start).strip(_BLANKS)
    headed = _HEADED.fullmatch(line)
    is_odd = headed and headed["name"].strip() and len(headed["open"]) == len(headed["close"])
    return _Slip(_line(text, start), f"expected {_NAME if is_odd else _HEADING}, found {shortened(line)}")


def _open_bracket(text: str, offset: int, bracket: str, start: int) -> _Slip | None:
    """A bracket that isn't closed before the next key, the next table or the end; or a comma that is missing."""
    rest, here = text[offset:], _of(text, offset)
    begins_line = not _before(text, offset).strip()
    number = _line(text, offset)
    is_over = not rest.strip() or (bracket == "{" and rest[0] == "\n")
    if is_over or (begins_line and (_ASSIGNMENT.match(here) or _HEADER.match(here))):
        closed = f"{_CLOSED_BY[bracket]} in the same line" if bracket == "{" else _CLOSED_BY[bracket]
        why = f"expected a closing {closed} for the {_KINDS[bracket]} that begins here, found none"
        return _Slip(_line(text, start), why)
    for parted in _AFTER_POINT.finditer(here):
        if parted.start("decimals") <= len(_before(text, offset)) <= parted.end():
            return _Slip(number, f"expected {parted['whole']}.{parted['decimals']} {_POINT}, found {parted[0]}")
    if (slip := _misspelt(_word(text, offset), number)) is not None:
        return slip
    has_comma = text[:offset].rstrip().endswith((",", "["))
    if bracket == "[" and not has_comma and (text[offset - 1].isspace() or rest[0] == ";"):
        return _Slip(number, f"expected a comma between the items of a list, found {quoted(here.strip())}")
    return None


# --- One line ---------------------------------------------------------------------------------------------------

_SEVERAL = re.compile(r"[^,\[\]\"'=]+(?:,[ \t]+[^ \t,\[\]\"'=][^,\[\]\"'=]*)+")
_NO_HEADER = re.compile(r"[({<]?[ \t]*[\w.-]+[ \t]*[\])}>]{1,2}")
_NO_NAME = re.compile(r"[\"',;:<>#]")
_PAIRS = (("[", "]"), ("{", "}"), ("(", ")"))
_BARE = re.compile(r"[^\s\[\]{},=#\"']+")


def _in_line(text: str, offset: int) -> _Slip | None:
    """A value that is written in another way than TOML does, or a line without a sign of equality."""
    number, line, before = _line(text, offset), _of(text, offset), _before(text, offset)
    assignment = _ASSIGNMENT.match(line)
    if assignment is None or len(before) < assignment.start("value"):
        found = line.strip(_BLANKS)
        if "=" in before or not found or found.startswith(("=", "[")):
            return None
        if _NO_HEADER.fullmatch(found):
            return _Slip(number, f"expected {_HEADING}, found {shortened(found)}")
        name = found.partition("=")[0].rstrip()
        if name != found and _would_do_in_quotes(name):
            return _Slip(number, f"expected {_NAME}, found {shortened(name)}")
        return _Slip(number, f"expected a name and a value, such as rounds = 10, found {quoted(found)}")
    value = assignment["value"].partition("#")[0].strip()
    if not value:
        return _Slip(number, "expected a value after the =, found none")
    if value.startswith(("=", ":", ">")):
        return _Slip(number, f"expected one = between a name and its value, found {quoted(line.strip(_BLANKS))}")
    if _SEVERAL.fullmatch(value):
        return _Slip(number, f"expected square brackets around several values, found {shortened(value)}")
    behind = line[len(before) :].lstrip(_BLANKS + ",;")
    if len(before) > assignment.start("value") and _ASSIGNMENT.match(behind):
        return None
    # In a list a comma parts two numbers.
    word = _word(text, offset) if value.startswith(("[", "{", '"', "'")) else value
    return _misspelt(word, number)


def _would_do_in_quotes(name: str) -> bool:
    """Tell a name with odd letters from a line of another language."""
    in_pairs = all(name.count(opened) == name.count(closed) for opened, closed in _PAIRS)
    return in_pairs and not _NO_NAME.search(name) and not name.startswith(("-", "/", "{", "("))


def _misspelt(word: str, line: int) -> _Slip | None:
    remedy = _remedy_for(word)
    return None if remedy is None else _Slip(line, f"expected {remedy}, found {shortened(word)}")


def _word(text: str, offset: int) -> str:
    """The bare word at a place, between blanks, commas and brackets, where a value may begin; else nothing."""
    line, column = _of(text, offset), len(_before(text, offset))
    for match in _BARE.finditer(line):
        if match.start() <= column <= match.end():
            before = line[: match.start()].rstrip()
            return match[0] if not before or before.endswith(("=", "[", ",")) else ""
    return ""


# --- Values that are written in another way ---------------------------------------------------------------------

_DIGITS = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:[.,](?P<decimals>[0-9]*))?")
_FRACTION = re.compile(r"(?P<above>[+-]?[0-9]{1,9})/(?P<below>[0-9]{1,9})")
_PERCENT = re.compile(r"(?P<number>[+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?)%")
_NUMBER = re.compile(r"[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_PRINTED_MINUS = "\u2212"
_WORD = re.compile(r"[^\W\d]")
_CURLY = "\u201c\u201d\u201e\u2018\u2019\u201a\u300c\u300d"
_QUOTES = "\"'"
_MOST_PLACES = 12
_POINT = "(numbers in the file take a point)"


def _remedy_for(word: str) -> str | None:
    """Give how a value has to be written; None where nobody knows what is meant."""
    plain = word.replace(_PRINTED_MINUS, "-")
    remedy = _right_number(plain) if not _NUMBER.fullmatch(word) else None
    if remedy is not None:
        return remedy
    if plain.lower() in {"true", "false", "yes", "no"}:
        return "true or false, in small letters"
    if plain.lower() in {"null", "none", "nil"}:
        return "a value, or the line left out"
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
        return shortened(f"{whole}{point}") + (f" {_POINT}" if "," in plain else "")
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


# --- Names that are taken twice ---------------------------------------------------------------------------------

_PART = re.compile(_KEY)


class _Kind(Enum):
    KEY = auto()
    TABLE = auto()
    ARRAY = auto()


@record
class _Statement:
    """A line that gives a name: in which line, the parts of the whole name, and how it stands there."""

    line: int
    path: tuple[str, ...]
    kind: _Kind
    shown: str


def _taken_twice(text: str, offset: int, headers: Collection[str]) -> _Slip | None:
    """Give the slip of a name that is taken already; the reader stopped behind the second, at `offset`.

    `headers` are those that the file may have, such as `[data]` and `[[layers]]`.
    """
    statements = list(_statements(text, offset))
    if not statements:
        return None
    second = statements.pop()
    before = [it for it in statements if all(map(eq, it.path, second.path))]
    # What belongs to one table of several doesn't meet what belongs to the next.
    parents = (i for i, it in enumerate(before) if it.kind is _Kind.ARRAY and len(it.path) < len(second.path))
    before = before[max(parents, default=-1) + 1 :]
    for first in before:
        if first.path == second.path and _Kind.KEY not in (first.kind, second.kind):
            return _second_header(first, second, headers)
        if first.kind is _Kind.KEY and first.path == second.path[: len(first.path)] and first.path != second.path:
            return _taken(second, f"; {first.shown} is already a value in line {first.line}", first.shown)
        if first.path == second.path:
            return _second_name(first, second)
        if second.path == first.path[: len(second.path)] and _Kind.KEY in (first.kind, second.kind):
            return _taken(second, f"; it begins already in line {first.line}, with {first.shown}")
    return None


def _second_header(first: _Statement, second: _Statement, headers: Collection[str]) -> _Slip:
    name = ".".join(second.path)
    kinds = (first.kind, second.kind)
    if f"[[{name}]]" in headers or (_Kind.ARRAY in kinds and f"[{name}]" not in headers):
        wanted, wrong = f"{shortened(f'[[{name}]]')} for each of several", _Kind.TABLE
    elif _Kind.ARRAY in kinds:
        wanted, wrong = f"{shortened(f'[{name}]')} once", _Kind.ARRAY
    else:
        return _taken(second, f"; the first is in line {first.line}")
    if second.kind is wrong:
        found = f"{second.shown}; the first is in line {first.line}"
    else:
        found = f"{first.shown} in line {first.line}"
    return _Slip(second.line, f"expected {wanted}, found {found}")


def _second_name(first: _Statement, second: _Statement) -> _Slip:
    if first.kind is second.kind:
        return _taken(second, f"; the first is in line {first.line}")
    if first.kind is _Kind.KEY:
        return _taken(second, f"; {first.shown} is already a value in line {first.line}", first.shown)
    return _taken(second, f"; {first.shown} is already a table in line {first.line}")


def _taken(second: _Statement, where: str, wanted: str | None = None) -> _Slip:
    wanted = wanted or second.shown
    found = "it a second time" if wanted == second.shown else second.shown
    return _Slip(second.line, f"expected {wanted} once, found {found}{where}")


def _statements(text: str, end: int) -> Iterator[_Statement]:
    """Yield what begins before `end`. Up to there the text is good, so that nothing else can stand in it."""
    table: tuple[str, ...] = ()
    place, line = 0, 1
    while place < end:
        header, assignment = _HEADER.match(text, place), _ASSIGNMENT.match(text, place)
        begin = place
        if header is not None:
            table = _path(header["keys"])
            kind = _Kind.ARRAY if header["open"] == "[[" else _Kind.TABLE
            yield _Statement(line, table, kind, shortened(header[0].strip()))
            begin = header.end()
        elif assignment is not None:
            path = (*table, *_path(assignment["keys"]))
            yield _Statement(line, path, _Kind.KEY, shortened(assignment["keys"].strip()))
            begin = assignment.start("value")
        behind = _next_statement(text, begin)
        line += text.count("\n", place, behind)
        place = behind


def _path(keys: str) -> tuple[str, ...]:
    return tuple(it.strip("\"'") for it in _PART.findall(keys))


def _next_statement(text: str, place: int) -> int:
    """Where the next statement can begin: behind the end of a line that is in no string and in no bracket."""
    depth = 0
    while (found := _MARK.search(text, place)) is not None:
        mark, place = found[0], found.end()
        if mark in "\"'":
            string = _STRING.match(text, found.start())
            place = string.end() if string else len(text)
        elif mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
        elif mark == "\n" and depth <= 0:
            return place
    return len(text)


# --- Places -----------------------------------------------------------------------------------------------------


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
