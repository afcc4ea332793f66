r"""Templates of names: LaTeX-like text such as `z^{({layer})}_{index}`, read once and then filled.

The grammar is closed. What isn't in it is refused, so that no text of a user's ever reaches a page by itself:

    template = piece, {piece}
    piece    = atom, ["_", script], ["^", script]       (in either order)
    script   = "{", template, "}" | one atom, of letters and digits only the first one
    atom     = letters | digits | "+" | "-" | "," | "\", Greek letter's name | "\partial" | "\mathrm{", letters, "}"
             | "\mathbf{", letters | digits | "\", Greek letter's name, "}" | "\hat{", letter, "}"
             | "\bar{", letter, "}" | "(", template, ")" | "[", template, "]" | placeholder

A placeholder is its name in braces; right after `_` or `^` its own braces are enough: `w_{number}`. Letters that
stand together are one word. Spaces only part things.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field

from symbackprop.records import record
from symbackprop.typeset.greek import GREEK
from symbackprop.typeset.layout import Accent, Fence, Fenced, Layout, Mark, Number, Row, Script, Symbol

LONGEST_TEMPLATE = 200
MOST_LEVELS = 8

Fillings = Mapping[str, Layout]
"""What stands in each placeholder's stead."""

Fill = Callable[[Fillings], Layout]

_COMMANDS = ("hat", "bar", "mathrm", "mathbf", *GREEK)
_ACCENTS = {"hat": Mark.HAT, "bar": Mark.BAR}
_TOKEN = re.compile(
    r"(?P<space>[ ]+)|(?P<letters>[A-Za-z]+)|(?P<digits>[0-9]+)|\\(?P<command>[A-Za-z]+)|(?P<sign>[-+,])"
    r"|(?P<mark>[_^{}()\[\]])",
)
_PLACEHOLDER = re.compile(r"\{[ ]*([a-z_]+)[ ]*\}")
_CLOSING = {"(": ")", "[": "]"}
_EXPECTED = "a letter, a number, a Greek letter such as \\delta, a {placeholder}, ( or ["


class TemplateError(ValueError):
    """A template that isn't one. `found` is the unknown name, if it is one, of which `known` lists the right ones."""

    def __init__(self, offset: int, expected: str, *, found: str = "", known: tuple[str, ...] = ()) -> None:
        self.offset = offset
        self.expected = expected
        self.found = found
        self.known = known
        super().__init__(f"character {offset + 1}: expected {expected}")


@record(kw_only=True)
class Template:
    """A name with places to be filled. `base` is the same without its outermost scripts."""

    text: str
    placeholders: frozenset[str]
    fill: Fill = field(repr=False, compare=False)
    base: Fill = field(repr=False, compare=False)


def read_template(text: str, placeholders: tuple[str, ...]) -> Template:
    """The template that a text describes, in which these placeholders may stand. Raises TemplateError."""
    if len(text) > LONGEST_TEMPLATE:
        raise TemplateError(LONGEST_TEMPLATE, f"at most {LONGEST_TEMPLATE} characters")
    return _Reader(text, placeholders).read()


class _Reader:
    """Reads one template from left to right."""

    def __init__(self, text: str, placeholders: tuple[str, ...]) -> None:
        self._text = text
        self._known = placeholders
        self._used: set[str] = set()
        self._at = 0
        self._level = 0

    def read(self) -> Template:
        """The whole text, to its end."""
        bases: list[Fill] = []
        fill = self._pieces("", bases)
        return Template(
            text=self._text,
            placeholders=frozenset(self._used),
            fill=fill,
            base=bases[0] if len(bases) == 1 else fill,
        )

    def _pieces(self, end: str, bases: list[Fill]) -> Fill:
        """Everything up to the closing sign that ends it. The pieces' bases are added to `bases`."""
        self._level += 1
        if self._level > MOST_LEVELS:
            raise TemplateError(self._at, f"at most {MOST_LEVELS} levels")
        fills: list[Fill] = []
        while self._next() != end:
            base = self._atom()
            bases.append(base)
            fills.append(self._scripts(base))
        if not fills:
            raise TemplateError(self._at, _EXPECTED)
        self._at += len(end)
        self._level -= 1
        return fills[0] if len(fills) == 1 else _beside(tuple(fills))

    def _next(self) -> str:
        """The next character that isn't a space; nothing at the end."""
        while self._text[self._at : self._at + 1] == " ":
            self._at += 1
        return self._text[self._at : self._at + 1]

    def _token(self, *, expected: str = _EXPECTED) -> re.Match[str]:
        self._next()
        token = _TOKEN.match(self._text, self._at)
        if token is None:
            raise TemplateError(self._at, expected)
        return token

    def _atom(self, *, single: bool = False) -> Fill:
        """One atom; a `single` one takes no more than one letter or digit, as a script without braces does."""
        token = self._token()
        text = token[0][:1] if single and token.lastgroup in ("letters", "digits") else token[0]
        match token.lastgroup:
            case "letters" | "sign":
                return self._past(text, _constant(Symbol(text)))
            case "digits":
                return self._past(text, _constant(Number(text)))
            case "command":
                return self._command(token)
            case _ if text == "{":
                return self._placeholder()
            case _ if text in _CLOSING:
                self._at += 1
                return _fenced(self._pieces(_CLOSING[text], []), Fence.ROUND if text == "(" else Fence.SQUARE)
            case _:
                raise TemplateError(self._at, _EXPECTED)

    def _past(self, text: str, fill: Fill) -> Fill:
        self._at += len(text)
        return fill

    def _command(self, token: re.Match[str]) -> Fill:
        name = token["command"]
        if name not in _COMMANDS:
            raise TemplateError(
                self._at, f"one of the commands that a template knows, found \\{name}", found=name, known=_COMMANDS
            )
        self._at += len(token[0])
        if name == "mathrm":
            return _constant(Symbol(self._word(), upright=True))
        if name == "mathbf":
            return _constant(Symbol(self._bold(), bold=True))
        if name in _ACCENTS:
            return _constant(Accent(self._letter(), _ACCENTS[name]))
        return _constant(Symbol(name))

    def _word(self) -> str:
        """A word in braces."""
        match = re.compile(r"\{[ ]*([A-Za-z]+)[ ]*\}").match(self._text, self._at)
        if match is None:
            raise TemplateError(self._at, "a word in braces")
        self._at = match.end()
        return match[1]

    def _bold(self) -> str:
        """A word, a number, or a Greek letter's name, in braces."""
        match = re.compile(r"\{[ ]*(?:([A-Za-z]+|[0-9]+)|\\([A-Za-z]+))[ ]*\}").match(self._text, self._at)
        if match is None or not (match[1] or match[2] in GREEK):
            raise TemplateError(self._at, "a word, a number or a Greek letter in braces")
        self._at = match.end()
        return match[1] or match[2]

    def _letter(self) -> Symbol:
        """One letter, Latin or Greek, in braces or not."""
        expected = "one letter, Latin or Greek, under the accent"
        braced = self._next() == "{"
        self._at += braced
        token = self._token(expected=expected)
        name = token["command"] or token["letters"] or ""
        greek = token["command"] is not None
        if not (name in GREEK if greek else len(name) == 1):
            raise TemplateError(self._at, expected)
        self._at += len(token[0])
        if braced:
            if self._next() != "}":
                raise TemplateError(self._at, expected)
            self._at += 1
        return Symbol(name)

    def _placeholder(self) -> Fill:
        match = _PLACEHOLDER.match(self._text, self._at)
        if match is None:
            raise TemplateError(self._at, "the name of a placeholder in braces")
        name = match[1]
        if name not in self._known:
            raise TemplateError(
                self._at, f"a placeholder that there is here, found {{{name}}}", found=name, known=self._known
            )
        self._at = match.end()
        self._used.add(name)
        return lambda fillings: fillings[name]

    def _scripts(self, base: Fill) -> Fill:
        """The atom with the scripts that follow it."""
        scripts: dict[str, Fill] = {}
        while (sign := self._next()) in ("_", "^") and sign:
            if sign in scripts:
                what = "subscript" if sign == "_" else "superscript"
                raise TemplateError(self._at, f"one {what} at most")
            self._at += 1
            scripts[sign] = self._script()
        return _scripted(base, scripts.get("_"), scripts.get("^")) if scripts else base

    def _script(self) -> Fill:
        if self._next() != "{":
            return self._atom(single=True)
        alone = _PLACEHOLDER.match(self._text, self._at)
        if alone is not None and alone[1] in self._known:
            return self._placeholder()
        self._at += 1
        return self._pieces("}", [])


def _constant(layout: Layout) -> Fill:
    return lambda _: layout


def _fenced(body: Fill, fence: Fence) -> Fill:
    return lambda fillings: Fenced(body(fillings), fence)


def _scripted(base: Fill, sub: Fill | None, sup: Fill | None) -> Fill:
    return lambda fillings: Script(
        base(fillings),
        sub=None if sub is None else sub(fillings),
        sup=None if sup is None else sup(fillings),
    )


def _beside(fills: tuple[Fill, ...]) -> Fill:
    def fill(fillings: Fillings) -> Layout:
        parts: list[Layout] = []
        for part in fills:
            layout = part(fillings)
            # w_{11,2} is a weight to neuron 11, w_{1,12} one from neuron 12; w_{12} is as plain as it always was.
            if parts and _crowd(parts[-1], layout):
                parts.append(Symbol(","))
            parts.append(layout)
        return Row(tuple(parts))

    return fill


def _crowd(left: Layout, right: Layout) -> bool:
    """Whether two numbers side by side would be taken for another two."""
    if not (isinstance(left, Number) and isinstance(right, Number)):
        return False
    return len(left.digits) > 1 or len(right.digits) > 1
