"""What is wrong with a text that is no TOML: where, what was found there, and how it has to be written.

The reader of the standard library stops where it can't go on, which is often far behind the slip: a list without its
bracket is seen at the next line, a quote that is missing at the end of the file. So the text up to there is looked at
once more.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from tomllib import TOMLDecodeError

from symbackprop.errors import SpecError
from symbackprop.toml_statements import ASSIGNMENT, HEADER, STRING, Slip, taken_twice
from symbackprop.toml_values import POINT, remedy_for
from symbackprop.wording import one_line, quoted, shortened

_LONGEST_COMPLAINT = 200
_TAKEN = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Cannot redefine")
_PLACE = re.compile(r"(?P<why>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)

_MARK = re.compile(r"[\"'\[\]{}]|#[^\n]*")
_OPENED_BY = {"]": "[", "}": "{"}
_CLOSED_BY = {"[": "]", "{": "}"}
_KINDS = {"[": "list", "{": "table"}

_IN_A_TEXT = ("Unescaped", "Illegal", "Invalid hex", "Escaped")
_NOT_OVER = "Expected newline"
_BLANKS = " \t"
_COMMENT = re.compile(r"//|/\*|--|<!--|[;%](?=[ \t]*[^\W\d])")
_ODD_BLANK = re.compile(r"[^\S \t\r\n]|[\ufeff\u200b]")
_WIDE, _WIDE_TO_NARROW = re.compile(r"[\uff01-\uff5e]"), 0xFEE0
_SEVERAL = re.compile(r"[^,\[\]\"'=]+(?:,[ \t]+[^,\[\]\"'=]+)+")
_AFTER_POINT = re.compile(r"(?<![\w.,+-])(?P<whole>[+-]?[0-9]+),(?P<decimals>0[0-9]*)")
_NO_HEADER = re.compile(r"[({<]?[ \t]*[\w.-]+[ \t]*[\])}>]{1,2}")
_NAME = "a name of letters a to z, digits, - and _ (or a name in quotes)"
_HEADING = "a name in brackets, such as [data]"
_HEADED = re.compile(r"(?P<open>\[{1,2})(?P<name>[^\[\]\"'.=,:]+)(?P<close>\]{1,2})")
_NO_NAME = re.compile(r"[\"',;:<>#]")
_PAIRS = (("[", "]"), ("{", "}"), ("(", ")"))
_BARE = re.compile(r"[^\s\[\]{},=#\"']+")


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
        slip = taken_twice(text, offset, headers)
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


def _odd_mark(text: str, offset: int) -> Slip | None:
    """A mark of another language or keyboard, right where the reader stopped."""
    number, before = _line(text, offset), _before(text, offset)
    rest = _of(text, offset)[len(before) :]
    mark = rest.lstrip(_BLANKS)
    if _COMMENT.match(mark) and (mark != rest or not before or before[-1] in _BLANKS):
        return Slip(number, f"expected a comment to begin with #, found {shortened(mark)}")
    if _ODD_BLANK.match(mark):
        return Slip(number, f"expected a plain space or none, found U+{ord(mark[0]):04X}, which looks like one")
    if _WIDE.match(mark):
        return Slip(number, f"expected {chr(ord(mark[0]) - _WIDE_TO_NARROW)} in half width, found {mark[0]}")
    return None


def _behind(text: str, offset: int) -> Slip:
    """Something behind a line that is whole."""
    number, line, before = _line(text, offset), _of(text, offset), _before(text, offset)
    rest = line[len(before) :].strip(_BLANKS)
    if ASSIGNMENT.match(before) is None:
        if rest.startswith("]"):
            return Slip(number, f"expected {_HEADING}, found {shortened(line.strip(_BLANKS))}")
        return Slip(number, f"expected the end of the line after {shortened(before.strip())}, found {shortened(rest)}")
    if rest.startswith(",") and rest[1:].lstrip(_BLANKS).startswith("["):
        return Slip(
            number, f"expected square brackets around a list of lists, found {shortened(rest)} behind the first"
        )
    return Slip(number, f"expected the end of the line after the value, found {shortened(rest)}")


# --- What begins and has no end ---------------------------------------------------------------------------------


def _unfinished(text: str, offset: int) -> Slip | None:
    """A string or a bracket that is open where the reader stopped, if that is what stopped it."""
    opened: list[tuple[str, int]] = []
    place = 0
    while (found := _MARK.search(text, place, offset)) is not None:
        mark, place = found[0], found.start()
        if mark in "\"'":
            string = STRING.match(text, place)
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


def _open_string(text: str, start: int) -> Slip:
    quote = text[start]
    if text.startswith(quote * 3, start):
        why = f"expected a closing {quote * 3} for the text that begins here, found none"
        return Slip(_line(text, start), why)
    begun = text[start:].partition("\n")[0]
    return Slip(_line(text, start), f"expected a closing {quote} in the same line, found {shortened(begun)}")


def _open_header(text: str, bracket: str, start: int) -> Slip | None:
    """A line that begins with a bracket, outside of any list."""
    if bracket != "[" or _before(text, start).strip():
        return None
    line = _of(text, start).strip(_BLANKS)
    headed = _HEADED.fullmatch(line)
    is_odd = headed and headed["name"].strip() and len(headed["open"]) == len(headed["close"])
    return Slip(_line(text, start), f"expected {_NAME if is_odd else _HEADING}, found {shortened(line)}")


def _open_bracket(text: str, offset: int, bracket: str, start: int) -> Slip | None:
    """A bracket that isn't closed before the next key, the next table or the end; or a comma that is missing."""
    rest, here = text[offset:], _of(text, offset)
    begins_line = not _before(text, offset).strip()
    number = _line(text, offset)
    is_over = not rest.strip() or (bracket == "{" and rest[0] == "\n")
    if is_over or (begins_line and (ASSIGNMENT.match(here) or HEADER.match(here))):
        closed = f"{_CLOSED_BY[bracket]} in the same line" if bracket == "{" else _CLOSED_BY[bracket]
        why = f"expected a closing {closed} for the {_KINDS[bracket]} that begins here, found none"
        return Slip(_line(text, start), why)
    for parted in _AFTER_POINT.finditer(here):
        if parted.start("decimals") <= len(_before(text, offset)) <= parted.end():
            return Slip(number, f"expected {parted['whole']}.{parted['decimals']} {POINT}, found {parted[0]}")
    if (slip := _misspelt(_word(text, offset), number)) is not None:
        return slip
    has_comma = text[:offset].rstrip().endswith((",", "["))
    if bracket == "[" and not has_comma and (text[offset - 1].isspace() or rest[0] == ";"):
        return Slip(number, f"expected a comma between the items of a list, found {quoted(here.strip())}")
    return None


# --- One line ---------------------------------------------------------------------------------------------------


def _in_line(text: str, offset: int) -> Slip | None:
    """A value that is written in another way than TOML does, or a line without a sign of equality."""
    number, line, before = _line(text, offset), _of(text, offset), _before(text, offset)
    assignment = ASSIGNMENT.match(line)
    if assignment is None or len(before) < assignment.start("value"):
        found = line.strip(_BLANKS)
        if "=" in before or not found or found.startswith(("=", "[")):
            return None
        if _NO_HEADER.fullmatch(found):
            return Slip(number, f"expected {_HEADING}, found {shortened(found)}")
        name = found.partition("=")[0].rstrip()
        if name != found and _would_do_in_quotes(name):
            return Slip(number, f"expected {_NAME}, found {shortened(name)}")
        return Slip(number, f"expected a name and a value, such as rounds = 10, found {quoted(found)}")
    value = assignment["value"].partition("#")[0].strip()
    if not value:
        return Slip(number, "expected a value after the =, found none")
    if value.startswith(("=", ":", ">")):
        return Slip(number, f"expected one = between a name and its value, found {quoted(line.strip(_BLANKS))}")
    if _SEVERAL.fullmatch(value):
        return Slip(number, f"expected square brackets around several values, found {shortened(value)}")
    behind = line[len(before) :].lstrip(_BLANKS + ",;")
    if len(before) > assignment.start("value") and ASSIGNMENT.match(behind):
        return None
    # In a list a comma parts two numbers.
    word = _word(text, offset) if value.startswith(("[", "{", '"', "'")) else value
    return _misspelt(word, number)


def _would_do_in_quotes(name: str) -> bool:
    """Tell a name with odd letters from a line of another language."""
    in_pairs = all(name.count(opened) == name.count(closed) for opened, closed in _PAIRS)
    return in_pairs and not _NO_NAME.search(name) and not name.startswith(("-", "/", "{", "("))


def _misspelt(word: str, line: int) -> Slip | None:
    remedy = remedy_for(word)
    return None if remedy is None else Slip(line, f"expected {remedy}, found {shortened(word)}")


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
