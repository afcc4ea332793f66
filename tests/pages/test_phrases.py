"""The catalogues: one set of keys and places, the keys that the code says, and markup that every format reads.

Each rule is a function from catalogues (and the code that speaks them) to its complaints, and has a broken
catalogue that it must reject.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from symbackprop.checking.snags import Snag, places_of
from symbackprop.checking.verdicts import Convention, LinkKind, Mistake, Rounding, Verdict
from symbackprop.checking.work import Gap
from symbackprop.errors import SpecError
from symbackprop.functions import Activation, Loss, Reason
from symbackprop.network import Rule as NetworkRule
from symbackprop.pages.document import Code, Inlines, Math, Strong, Text
from symbackprop.pages.languages import languages
from symbackprop.pages.narrate.large_forward import Column
from symbackprop.pages.narrate.scope import Scope
from symbackprop.pages.phrases import DecimalMark, Phrases, load_phrases
from symbackprop.typeset.layout import Mark, Number, Operator, Row, Script, Symbol
from symbackprop.typeset.unicode import unicode
from tests.consumers.github import github_failures

ROOT = Path(__file__).parents[2]

Words = Mapping[str, str]
Catalogues = Mapping[str, Words]
Rule = Callable[[Catalogues], list[str]]


@cache
def the_catalogues() -> dict[str, Words]:
    return {language: load_phrases(language).words for language in languages()}


# --- Rules on the catalogues ------------------------------------------------------------------------------

_PLACE = re.compile(r"\{(\w+)\}")
_STRONG = re.compile(r"\*[^*{}`]+\*")
_CODE = re.compile(r"`[^`{}*]+`")


def places(phrase: str) -> frozenset[str]:
    """Return the names of a phrase's places."""
    return frozenset(_PLACE.findall(phrase))


def every_language_has_all_keys(catalogues: Catalogues) -> list[str]:
    """A phrase that one language lacks would fail only on the page that says it."""
    keys = {key for words in catalogues.values() for key in words}
    return [
        f"{language} has no {key}" for language, words in catalogues.items() for key in sorted(keys) if key not in words
    ]


def every_language_has_the_same_places(catalogues: Catalogues) -> list[str]:
    """What one language names, no other one may leave out or invent; the order is free."""
    found = []
    keys = {key for words in catalogues.values() for key in words}
    for key in sorted(keys):
        sets = {language: places(words[key]) for language, words in catalogues.items() if key in words}
        if len(set(sets.values())) > 1:
            shown = ", ".join(f"{language} {sorted(names)}" for language, names in sets.items())
            found.append(f"{key} has different places: {shown}")
    return found


def every_piece_of_markup_parses(catalogues: Catalogues) -> list[str]:
    """Places, bold words and code, none within another: what is left holds none of their signs."""
    found = []
    for language, words in catalogues.items():
        for key, phrase in words.items():
            left = _PLACE.sub("", _STRONG.sub("", _CODE.sub("", phrase)))
            found += [f"{language} {key} has a loose {sign}" for sign in "{}*`" if sign in left]
    return found


def pictures_have_no_markup(catalogues: Catalogues) -> list[str]:
    """Words in a drawing are bare."""
    return [
        f"{language} {key} has markup"
        for language, words in catalogues.items()
        for key, phrase in words.items()
        if key.startswith(("picture.", "spoken.")) and re.search(r"[*`]", phrase)
    ]


def no_phrase_is_empty(catalogues: Catalogues) -> list[str]:
    """Nor does one begin or end with a space, but for what stands within a list."""
    return [
        f"{language} {key} is {phrase!r}"
        for language, words in catalogues.items()
        for key, phrase in words.items()
        if not phrase.strip() or (phrase != phrase.strip() and not key.startswith("list."))
    ]


def markdown_shows_every_piece(catalogues: Catalogues) -> list[str]:
    """Formulas need spaces that GitHub knows, and bold words neighbours that let Markdown see them."""
    found = []
    parser = MarkdownIt("commonmark")
    for language, words in catalogues.items():
        for key, phrase in _written(words).items():
            text = _PLACE.sub(r"$\1$", phrase).replace("*", "**")
            found += [f"{language} {key}: {failure}" for failure in github_failures(text)]
            if parser.render(text).count("<strong>") != len(_STRONG.findall(phrase)):
                found.append(f"{language} {key}: Markdown doesn't see all the bold words of {phrase}")
    return found


def _written(words: Words) -> dict[str, str]:
    """Return the phrases that stand in sentences, the pieces of a list between two formulas."""
    return {
        key: f"{{a}}{phrase}{{b}}" if key in {"list.between", "list.last"} else phrase
        for key, phrase in words.items()
        # What is read aloud isn't written.
        if not key.startswith(("picture.", "spoken.")) and key not in _OF_WORDS
    }


_OF_WORDS = {"list.sentences", "link.why", "link.typed"}
"""Whole sentences stand in the places of these, or what somebody typed: no formula touches anything there."""


_HAN = "[\u4e00-\u9fff]"
_LATIN = r"[A-Za-z0-9{}`=≈−+αδεη]"
_TOUCHING = re.compile(f"{_HAN}{_LATIN}|{_LATIN}{_HAN}")
_HALF_WIDTH = re.compile(f"{_HAN}[,;:?!()\"']|[,;:?!()\"']{_HAN}")
_FULL_WIDTH_SPACED = re.compile(f" [，。；：！？、）”]|[，。；：！？（“”] {_HAN}")


def chinese_is_set_as_chinese(catalogues: Catalogues) -> list[str]:
    """A space between ideographs and everything Latin, and full-width punctuation without one."""
    found = []
    for key, phrase in catalogues.get("zh", {}).items():
        bare = phrase.replace("*", "")
        for what, pattern in (
            ("lacks a space", _TOUCHING),
            ("has half-width punctuation", _HALF_WIDTH),
            ("has a space at full-width punctuation", _FULL_WIDTH_SPACED),
        ):
            found += [f"zh {key} {what}: {hit[0]}" for hit in pattern.finditer(bare)]
    return found


# --- Rules on the catalogues and the code that speaks them ------------------------------------------------

_KEY = re.compile(r"[a-z_0-9]+(?:\.[a-z_0-9]+)+")
_SAID_IN_TEMPLATE = re.compile(r"""\bsay\(\s*["']([\w.]+)["']""")

OF_FIGURES = {"convention", "follows", "wrong", *(rounding.value for rounding in Rounding)}
"""What is said of a published figure that isn't right, and behind which there is no mistake of its own."""

ENUMERATED = {
    "reason": {reason.value for reason in Reason},
    "activation": {activation.value for activation in Activation},
    "loss": {loss.value for loss in Loss},
    "optimizer": {rule.value for rule in NetworkRule},
    "column_of_neurons": {column.value for column in Column},
    "spoken": {part.value for part in (*Operator, *Mark)},
    "scope": {scope.value for scope in Scope},
    "verdict": {"correct", "explained", *OF_FIGURES},
    "cause": OF_FIGURES,
    "judged": {verdict.value for verdict in Verdict},
    "link_kind": {kind.value for kind in LinkKind},
    "gap": {gap.value for gap in Gap},
    "snag": {snag.value for snag in Snag},
    "rounding": {rounding.value for rounding in Rounding},
    "convention": {convention.value for convention in Convention},
    "mistake": {mistake.value for mistake in Mistake},
}
"""Phrases that there is one of for each member of an enumeration."""

ENDINGS = {"count": ("one", "many"), "note": ("title", "text")}
"""What these calls say for one key."""


@dataclass(frozen=True, slots=True)
class Use:
    """A key in the code. `keys` are what it may be short for, each a complete set; `where` is for the reader."""

    where: str
    keys: tuple[frozenset[str], ...]


@cache
def the_code() -> dict[str, str]:
    """Return what may speak: the modules of pages, programs and the page to play with, and the templates."""
    modules = ((ROOT / "symbackprop" / part).rglob("*.py") for part in ("pages", "programs", "live"))
    templates = (ROOT / "templates").rglob("*.j2")
    paths = (*chain.from_iterable(modules), *templates, ROOT / "symbackprop" / "typeset" / "spoken.py")
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def uses(code: Mapping[str, str], words: Words) -> Iterator[Use]:
    """Find the keys in modules and templates, those that are put together at run time among them."""
    heads = {key.partition(".")[0] for key in words}
    for name, source in code.items():
        if name.endswith(".j2"):
            for said in _SAID_IN_TEMPLATE.findall(source):
                yield Use(name, (frozenset({said}),))
            continue
        tree = ast.parse(source)
        calls = dict(call for node in ast.walk(tree) for call in _call(node))
        strings = {text for node in ast.walk(tree) if (text := _text(node)) is not None}
        known: dict[int, Mapping[str, set[str]]] = {}
        for function in _functions(tree):
            known |= dict.fromkeys(map(id, ast.walk(function)), _known_words(function))
        within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            where = f"{name}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.JoinedStr):
                yield from _put_together(node, where, known.get(id(node), {}), strings)
                continue
            text = _text(node)
            if text is None or id(node) in within or not _KEY.fullmatch(text):
                continue
            if text.partition(".")[0] in heads:
                yield Use(where, _meanings(text, calls.get(id(node))))


def _call(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield which argument is the key of a call that says several phrases for one key."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=[key, *_]) if name in ENDINGS:
            yield id(key), name
        case _:
            pass


def _functions(tree: ast.AST) -> list[ast.AST]:
    """Return the functions, each after those that it stands in."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _meanings(text: str, call: str | None) -> tuple[frozenset[str], ...]:
    groups = tuple(frozenset(f"{text}.{end}" for end in ends) for ends in ENDINGS.values())
    if call is not None:
        return (frozenset(f"{text}.{end}" for end in ENDINGS[call]),)
    # A key may wait in a variable for its call.
    return (frozenset({text}), *groups)


def _put_together(node: ast.JoinedStr, where: str, known: Mapping[str, set[str]], strings: set[str]) -> Iterator[Use]:
    """Read f"cause.{cause.value}": all causes; f"rules.{rule}": the words that `rule` goes through.

    Where those come from another function, any word of the module may be meant.
    """
    match node.values:
        case [ast.Constant(value=str(prefix)), ast.FormattedValue(value=value), *rest] if re.fullmatch(
            r"(?:\w+\.)+", prefix
        ):
            suffix = "".join(_text(part) or "" for part in rest)
        case _:
            return
    words = ENUMERATED.get(prefix.partition(".")[0])
    if words is None and isinstance(value, ast.Name):
        words = known.get(value.id)
    if words is not None:
        yield Use(where, (frozenset(f"{prefix}{word}{suffix}" for word in words),))
        return
    for word in strings:
        yield Use(where, (frozenset(), frozenset({f"{prefix}{word}{suffix}"})))


def _known_words(function: ast.AST) -> dict[str, set[str]]:
    """Return the words that a function's variables can be, where they are written out in it."""
    known: dict[str, set[str]] = {}
    listed: dict[str, set[str]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple(elts=parts)):
                listed[name] = {word for part in parts for word in _choices(part)}
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _choices(value):
                known[name] = _choices(value)
    for node in ast.walk(function):
        match node:
            case ast.For(target=ast.Name(id=name), iter=it) | ast.comprehension(target=ast.Name(id=name), iter=it):
                parts = it.elts if isinstance(it, ast.Tuple) else []
                words = {word for part in parts for word in _choices(part)}
                words |= listed.get(it.id, set()) if isinstance(it, ast.Name) else set()
                if words:
                    known[name] = words
    return known


def _choices(node: ast.AST) -> set[str]:
    """Return the words of "a" if x else "b"."""
    match node:
        case ast.Constant(value=str(word)):
            return {word}
        case ast.IfExp(body=body, orelse=orelse):
            return _choices(body) | _choices(orelse)
        case _:
            return set()


def every_key_in_the_code_exists(words: Words, code: Mapping[str, str]) -> list[str]:
    """A phrase that there isn't would fail only on the page that says it."""
    return [
        f"{use.where} says {' or '.join(sorted(use.keys[0]))}, which the catalogue doesn't have"
        for use in uses(code, words)
        if not any(keys <= set(words) for keys in use.keys)
    ]


def every_key_is_said(words: Words, code: Mapping[str, str]) -> list[str]:
    """A phrase that nothing says is translated for nobody."""
    said = {key for use in uses(code, words) for keys in use.keys for key in keys}
    return [f"nothing says {key}" for key in words if key not in said]


# --- The catalogues keep them -----------------------------------------------------------------------------

RULES: tuple[Rule, ...] = (
    every_language_has_all_keys,
    every_language_has_the_same_places,
    every_piece_of_markup_parses,
    pictures_have_no_markup,
    no_phrase_is_empty,
    markdown_shows_every_piece,
    chinese_is_set_as_chinese,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_catalogues_keep(rule: Rule) -> None:
    complaints = rule(the_catalogues())
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("rule", [every_key_in_the_code_exists, every_key_is_said])
@pytest.mark.parametrize("language", languages())
def test_the_catalogues_and_the_code_agree(
    rule: Callable[[Words, Mapping[str, str]], list[str]], language: str
) -> None:
    complaints = rule(the_catalogues()[language], the_code())
    assert not complaints, "\n".join(complaints)


def test_the_languages_are_those_that_are_promised() -> None:
    assert languages() == ("en", "zh")


# --- Each rule rejects what it is there for ---------------------------------------------------------------

REJECTED: list[tuple[Rule, dict[str, dict[str, str]], str]] = [
    (every_language_has_all_keys, {"en": {"a": "x", "b": "y"}, "zh": {"a": "某"}}, "zh has no b"),
    (every_language_has_all_keys, {"en": {"a": "x"}, "zh": {"a": "某", "c": "某"}}, "en has no c"),
    (
        every_language_has_the_same_places,
        {"en": {"a": "{x} {y}"}, "zh": {"a": "{x}"}},
        "a has different places",
    ),
    (every_language_has_the_same_places, {"en": {"a": "{x}"}, "zh": {"a": "{X}"}}, "a has different places"),
    (every_piece_of_markup_parses, {"en": {"a": "a *b"}}, "en a has a loose *"),
    (every_piece_of_markup_parses, {"en": {"a": "a **b** c"}}, "en a has a loose *"),
    (every_piece_of_markup_parses, {"en": {"a": "*{x}*"}}, "en a has a loose *"),
    (every_piece_of_markup_parses, {"en": {"a": "a `b"}}, "en a has a loose `"),
    (every_piece_of_markup_parses, {"en": {"a": "{x y}"}}, "en a has a loose {"),
    (every_piece_of_markup_parses, {"en": {"a": "x}"}}, "en a has a loose }"),
    (pictures_have_no_markup, {"en": {"picture.a": "a *b* c"}}, "picture.a has markup"),
    (no_phrase_is_empty, {"en": {"a": ""}}, "en a is ''"),
    (no_phrase_is_empty, {"en": {"a": "x "}}, "en a is 'x '"),
    (markdown_shows_every_piece, {"zh": {"a": "是{x}。"}}, "a space is missing"),
    (markdown_shows_every_piece, {"zh": {"a": "值：{x}。"}}, "a space is missing"),
    (markdown_shows_every_piece, {"zh": {"a": "是 {x}的"}}, "a space is missing"),
    (markdown_shows_every_piece, {"zh": {"list.between": "、"}}, "a space is missing"),
    (markdown_shows_every_piece, {"zh": {"a": "*常数：*不含"}}, "all the bold words"),
    (chinese_is_set_as_chinese, {"zh": {"a": "共2个"}}, "zh a lacks a space: 共2"),
    (chinese_is_set_as_chinese, {"zh": {"a": "是 {x}的"}}, "zh a lacks a space: }的"),
    (chinese_is_set_as_chinese, {"zh": {"a": "好, 的"}}, "half-width punctuation: 好,"),
    (chinese_is_set_as_chinese, {"zh": {"a": "{x} ，好"}}, "space at full-width punctuation"),
    (chinese_is_set_as_chinese, {"zh": {"a": "好， 的"}}, "space at full-width punctuation"),
]


@pytest.mark.parametrize(("rule", "catalogues", "said"), REJECTED)
def test_a_rule_rejects(rule: Rule, catalogues: dict[str, dict[str, str]], said: str) -> None:
    complaints = rule(catalogues)
    assert any(said in complaint for complaint in complaints), complaints


_WORDS = {"goal.why": "x", "goal.n.one": "x", "goal.n.many": "x", "goal.box.title": "x", "goal.box.text": "x"}
_SPOKEN = 'say("goal.why")\nphrases.count("goal.n", 2)\nteller.note("goal.box")\n'

UNKNOWN = [
    ('say("goal.whi")', "says goal.whi,"),
    ('key = "goal.whi" if x else "goal.why"', "says goal.whi,"),
    ('phrases.count("goal.box", 2)', "says goal.box.many or goal.box.one,"),
    ('teller.note("goal.n")', "says goal.n.text or goal.n.title,"),
    ('phrases.say("goal.n")', None),
]


@pytest.mark.parametrize(("line", "complaint"), UNKNOWN)
def test_an_unknown_key_is_found(line: str, complaint: str | None) -> None:
    found = every_key_in_the_code_exists(_WORDS, {"m.py": _SPOKEN + line})
    assert [True] * len(found) == [complaint is not None and complaint in each for each in found]
    assert bool(found) is (complaint is not None)


def test_an_unknown_key_in_a_template_is_found() -> None:
    assert every_key_in_the_code_exists(_WORDS, {"page.md.j2": '{{ say("goal.whi") }}'})
    assert not every_key_in_the_code_exists(_WORDS, {"page.md.j2": "{{ say('goal.why') }}"})


@pytest.mark.parametrize("head", ENUMERATED)
def test_a_member_without_a_phrase_is_found(head: str) -> None:
    code = {"m.py": f'say(f"{head}.{{it.value}}")'}
    words = {f"{head}.{value}": "x" for value in ENUMERATED[head]}
    assert not every_key_in_the_code_exists(words, code)
    assert not every_key_is_said(words, code)
    words.popitem()
    if words:
        assert every_key_in_the_code_exists(words, code)
    assert every_key_is_said({**words, f"{head}.surprise": "x"}, code) == [f"nothing says {head}.surprise"]


def test_a_phrase_that_nothing_says_is_found() -> None:
    assert not every_key_is_said(_WORDS, {"m.py": _SPOKEN})
    assert every_key_is_said({**_WORDS, "goal.what": "x"}, {"m.py": _SPOKEN}) == ["nothing says goal.what"]
    assert every_key_is_said({**_WORDS, "goal.n.two": "x"}, {"m.py": _SPOKEN}) == ["nothing says goal.n.two"]


PUT_TOGETHER = [
    """def f():
    for word in ("one", "two"):
        say(f"goal.{word}.heading")""",
    """def f():
    words = ("one", "two")
    return [say(f"goal.{word}.heading") for word in words]""",
    """def f(x):
    word = "one" if x else "two"
    say(f"goal.{word}.heading")""",
]


@pytest.mark.parametrize("source", PUT_TOGETHER)
def test_a_key_that_is_put_together_is_found(source: str) -> None:
    code = {"m.py": source}
    words = {"goal.one.heading": "x", "goal.two.heading": "x"}
    assert not every_key_is_said(words, code)
    assert not every_key_in_the_code_exists(words, code)
    surplus = {**words, "goal.three.heading": "x"}
    assert every_key_is_said(surplus, code) == ["nothing says goal.three.heading"]
    del words["goal.two.heading"]
    assert "goal.two.heading" in every_key_in_the_code_exists(words, code)[0]


def test_a_key_whose_words_come_from_elsewhere_may_be_any_word_of_its_module() -> None:
    code = {"m.py": 'def f(word):\n    say(f"goal.{word}")\nf("one")\n'}
    assert not every_key_in_the_code_exists({"goal.one": "x"}, code)
    assert every_key_is_said({"goal.one": "x", "goal.two": "x"}, code) == ["nothing says goal.two"]


# --- What a phrase says -----------------------------------------------------------------------------------


def phrases(**words: str) -> Phrases:
    return Phrases(language="en", words={key.replace("__", "."): value for key, value in words.items()})


def test_a_phrase_is_taken_apart() -> None:
    said = phrases(a="So *bold words* and `code` for {x}: {words}, {more}.").say(
        "a", x=Symbol("x"), words="some words", more=(Text("one"), Strong("two"))
    )
    assert said == (
        Text("So "),
        Strong("bold words"),
        Text(" and "),
        Code("code"),
        Text(" for "),
        Math(Symbol("x")),
        Text(": "),
        Text("some words"),
        Text(", "),
        Text("one"),
        Strong("two"),
        Text("."),
    )


def test_what_fills_a_place_is_no_markup() -> None:
    assert phrases(a="{x}").say("a", x="*a* {b} `c`") == (Text("*a* {b} `c`"),)


def test_a_place_may_come_twice() -> None:
    assert phrases(a="{x}{x}").say("a", x="y") == (Text("y"), Text("y"))


@pytest.mark.parametrize("say", [Phrases.say, Phrases.plain])
def test_a_place_that_is_left_empty_fails(say: Callable[..., object]) -> None:
    with pytest.raises(KeyError, match="x"):
        say(phrases(a="{x} and {y}"), "a", y="b")


@pytest.mark.parametrize("say", [Phrases.say, Phrases.plain])
def test_an_unknown_phrase_fails(say: Callable[..., object]) -> None:
    with pytest.raises(KeyError, match="b"):
        say(phrases(a="x"), "b")


@pytest.mark.parametrize("language", languages())
def test_every_place_of_every_phrase_must_be_filled(language: str) -> None:
    known = load_phrases(language)
    for key, phrase in known.words.items():
        filled = dict.fromkeys(places(phrase), "x")
        assert known.say(key, **filled)
        for place in filled:
            with pytest.raises(KeyError, match=place):
                known.say(key, **{name: "x" for name in filled if name != place})


@pytest.mark.parametrize("language", languages())
def test_pictures_are_labelled_in_bare_words(language: str) -> None:
    known = load_phrases(language)
    for key, phrase in known.words.items():
        if key.startswith("picture."):
            said = known.plain(key, **dict.fromkeys(places(phrase), "w1"))
            assert "{" not in said
            assert ("w1" in said) is bool(places(phrase))


@pytest.mark.parametrize(
    ("number", "said"), [(1, "one thing"), (0, "0 things"), (2, "2 things"), (10000, "10,000 things")]
)
def test_things_are_counted(number: int, said: str) -> None:
    counted = phrases(a__one="one thing", a__many="{number} things").count("a", number)
    assert "".join(part.text for part in counted if isinstance(part, Text)) == said


@pytest.mark.parametrize(
    ("language", "items", "said"),
    [
        ("en", "a", "a"),
        ("en", "ab", "a and b"),
        ("en", "abc", "a, b and c"),
        ("zh", "a", "a"),
        ("zh", "ab", "a 和 b"),
        ("zh", "abc", "a、 b 和 c"),
    ],
)
def test_things_are_listed(language: str, items: str, said: str) -> None:
    things: tuple[Inlines, ...] = tuple((Text(item),) for item in items)
    joined = load_phrases(language).join(things)
    assert "".join(part.text for part in joined if isinstance(part, Text)) == said


@pytest.mark.parametrize(
    ("language", "digits", "said"),
    [
        ("en", ["0,5", "0,1"], "0,5 and 0,1"),
        ("en", ["0,5", "0,1", "0,2"], "0,5; 0,1 and 0,2"),
        ("en", ["1", "2", "3"], "1, 2 and 3"),
        ("en", ["1", "2,5", "3"], "1; 2,5 and 3"),
        ("zh", ["0,5", "0,1", "0,2"], "0,5； 0,1 和 0,2"),
    ],
)
def test_numbers_with_commas_are_parted_by_semicolons(language: str, digits: list[str], said: str) -> None:
    items: tuple[Inlines, ...] = tuple((Math(Number(each)),) for each in digits)
    joined = load_phrases(language).join(items)
    written = (
        part.text if isinstance(part, Text) else unicode(part.layout)
        for part in joined
        if isinstance(part, Text | Math)
    )
    assert "".join(written) == said


def test_a_comma_in_an_index_parts_nothing() -> None:
    deep = Script(Symbol("w"), sub=Row((Number("1"), Symbol(","), Number("12"))))
    items: tuple[Inlines, ...] = ((Math(deep),),) * 3
    assert [part.text for part in load_phrases("en").join(items) if isinstance(part, Text)] == [", ", " and "]


def test_where_commas_mean_decimals_thousands_have_none() -> None:
    commas, points = load_phrases("en", DecimalMark.COMMA), load_phrases("en")
    assert (commas.decimals("-1.5e-7"), commas.whole(10000)) == ("-1,5e-7", "10000")
    assert (points.decimals("-1.5e-7"), points.whole(10000)) == ("-1.5e-7", "10,000")


@pytest.mark.parametrize("language", ["", "de", "EN", "../catalogues/en", "en.toml"])
def test_an_unknown_language_is_refused(language: str) -> None:
    with pytest.raises(SpecError, match='expected one of "en", "zh", found'):
        load_phrases(language)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["1", "2", "3"], "1、2 和 3"),
        (["恒等函数", "ReLU"], "恒等函数和 ReLU"),
        (
            ["2 个输入", "1 个隐藏层（含 2 个神经元）", "1 个输出层"],
            "2 个输入、1 个隐藏层（含 2 个神经元）和 1 个输出层",
        ),
    ],
)
def test_chinese_stands_apart_from_digits_and_latin_letters(words: list[str], said: str) -> None:
    joined = load_phrases("zh").join_words(tuple((Text(each),) for each in words))
    assert "".join(part.text for part in joined if isinstance(part, Text)) == said


# --- What is said of somebody's work ----------------------------------------------------------------------

OF_WORKS = {
    "judged": Verdict,
    "link_kind": LinkKind,
    "gap": Gap,
    "snag": Snag,
    "rounding": Rounding,
    "convention": Convention,
    "mistake": Mistake,
}
NAMED = {"judged", "convention", "mistake"}
"""These have a name beside their explanation."""


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", OF_WORKS)
def test_each_member_has_its_words_and_nothing_else_has(language: str, kind: str) -> None:
    values = [member.value for member in OF_WORKS[kind]]
    expected = (
        {f"{kind}.{value}.{part}" for value in values for part in ("name", "text")}
        if kind in NAMED
        else {f"{kind}.{value}" for value in values}
    )
    assert {key for key in the_catalogues()[language] if key.startswith(f"{kind}.")} == expected


@pytest.mark.parametrize("language", languages())
def test_the_sentence_on_each_snag_names_what_it_is_given(language: str) -> None:
    named = {snag: places(the_catalogues()[language][f"snag.{snag.value}"]) for snag in Snag}
    assert named == {snag: places_of(snag) for snag in Snag}


@pytest.mark.parametrize("language", languages())
def test_no_two_mistakes_are_called_the_same(language: str) -> None:
    names = [the_catalogues()[language][f"mistake.{mistake.value}.name"] for mistake in Mistake]
    assert len(set(names)) == len(names)
