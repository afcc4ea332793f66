"""A lecturer's templates run nothing, read nothing and look into nothing but what a page is made of.

The ways out of Jinja that are known are rows of a table, tried in the marks of every format. That they are ways out is
shown by trying the same rows without the sandbox.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from functools import cache, partial
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, get_args

import pytest
from jinja2 import Environment
from jinja2.debug import rewrite_traceback_stack as _imported_with_the_first_error  # noqa: F401
from jinja2.filters import FILTERS
from jinja2.tests import TESTS

from symbackprop.cli import main
from symbackprop.errors import SpecError
from symbackprop.formats import Format
from symbackprop.pages import render
from symbackprop.pages.closures import is_closed, require_closed
from symbackprop.pages.document import Block, Document, Figure, Heading, Inline, Paragraph, Text
from symbackprop.pages.figures import Node, NodeShape, draw_network
from symbackprop.pages.phrases import load_phrases
from symbackprop.pages.render import render_blocks, render_document
from symbackprop.pages.sandbox import HIDDEN, SHOWN, Sandbox, may_reach
from symbackprop.pages.templates import our_templates, templates_of
from symbackprop.typeset.layout import Layout, Symbol

FORMATS = (Format.LATEX, Format.MARKDOWN, Format.TEXT, Format.HTML, Format.TYPST)
CANARY = "canary-5e1f"

DRAWING = draw_network(
    columns=[[Node(key="i1", label=Symbol("i"), shape=NodeShape.INPUT)]], edges=[], description="A picture"
)
DOCUMENT = Document(
    title=(Text("A title"),),
    subtitle=(Text("Below it"),),
    language="en",
    blocks=(Heading(level=1, content=(Text("One"),)), Figure(name="one", drawing=DRAWING, caption=(Text("Two"),))),
)

# --- What is noticed

_HARMLESS = ("compile", "exec", "marshal.", "object.__getattr__", "object.__setattr__", "code.__new__", "sys._getframe")
_READING = ("open", "os.listdir", "os.scandir", "pathlib.Path.", "glob.glob")
_POWERFUL = (type, ModuleType, CodeType, FrameType, Environment, Path)


@dataclass
class Watch:
    """What happens while templates run, as far as it shouldn't."""

    on: bool = False
    seen: list[str] = field(default_factory=list)

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take down what the interpreter is about to do, unless it belongs to templates."""
        if not self.on or event.startswith(_HARMLESS):
            return
        if event.startswith(_READING) and str(arguments[0]).startswith(str(our_templates().ours)):
            return
        self.seen.append(f"{event} {str(arguments)[:80]}")

    def reach(self, value: object) -> None:
        """Take down a value that a template got hold of, if it leads to more."""
        if isinstance(value, BuiltinFunctionType | MethodType):
            powerful = not may_reach(value.__self__, value.__name__)
        else:
            powerful = isinstance(value, _POWERFUL) or (isinstance(value, FunctionType) and not is_closed(value))
        if self.on and powerful:
            self.seen.append(f"reached {type(value).__name__}")


@cache
def the_watch() -> Watch:
    """Give the one hook: Python has no way to take one off again."""
    watch = Watch()
    sys.addaudithook(watch.hear)
    return watch


@contextmanager
def watching() -> Iterator[list[str]]:
    """Give the list of what happens meanwhile."""
    watch = the_watch()
    watch.seen.clear()
    watch.on = True
    try:
        yield watch.seen
    finally:
        watch.on = False


_SHOWING = (
    CANARY,
    "root:x:",
    "<class ",
    "<function",
    "<module",
    " object at 0x",
    "<built-in",
    "environ(",
    "Environment",
)


def tried(environment: Environment, text: str) -> tuple[str, list[str]]:
    """Run a template and give what it wrote and what is wrong with that: a refusal is what it should end in."""
    marked = environment.variable_start_string != "{{"
    for ours, theirs in (("{{", "<<"), ("}}", ">>"), ("{%", "<%"), ("%}", "%>")) if marked else ():
        text = text.replace(ours, theirs)
    document = DOCUMENT
    with watching() as seen:
        try:
            made = environment.from_string(text).render(document=document, body=iter(("a body",)))
        except Exception as error:  # noqa: BLE001 - whatever it is, `broken_templates` makes one line of it
            made = f"refused: {error}" if CANARY in str(error) else ""
    return made, [*seen, *(f"shows {it}" for it in _SHOWING if it in made)]


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> dict[Format, Sandbox]:
    """Give the environment of each format, as for a user's folder, each value that is reached being looked at."""
    mine = tmp_path_factory.mktemp("mine")
    (mine / "markdown").mkdir()
    (mine / "markdown" / "page.md.j2").write_text("{{ document.title | inlines }}", encoding="utf-8")
    (mine / "secret.txt").write_text(CANARY, encoding="utf-8")
    made: dict[Format, Sandbox] = {}
    for format_ in FORMATS:
        shop = render._workshop(templates_of(mine))
        environment = render._prepared(DOCUMENT, load_phrases("en"), format_, "walkthrough", shop)
        assert isinstance(environment, Sandbox)
        made[format_] = environment
    return made


@pytest.fixture(autouse=True)
def _looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at each value that a template reaches by a name, a place or a call."""
    monkeypatch.setenv("SYMBACKPROP_SECRET", CANARY)
    for kind in (Sandbox, Environment):
        for name in ("getattr", "getitem"):
            monkeypatch.setattr(kind, name, _looked_at(getattr(kind, name)))


def _looked_at(method: Callable[..., Any]) -> Callable[..., Any]:
    def looking(*args: Any) -> Any:
        value = method(*args)
        the_watch().reach(value)
        return value

    return looking


# --- Ways out

_START = "{{ %s }}"
_TYPES = ("''", "[]", "()", "{}", "0", "1.5", "true", "document", "document.title", "document.title[0]", "body")
_NAMES = ("say", "figure_file", "range", "dict", "cycler", "joiner", "namespace", "language")
_DUNDERS = (
    "__init__",
    "__globals__",
    "__dict__",
    "__doc__",
    "__module__",
    "__reduce_ex__",
    "__subclasshook__",
)

WAYS_OUT = [
    # From any value to its class, from there to all classes.
    *(_START % f"{it}.__class__" for it in _TYPES),
    *(_START % f"{it}['__class__']" for it in _TYPES),
    *(_START % f"{it}.__class__.__mro__[-1].__subclasses__()" for it in _TYPES),
    *(_START % f"{it}.__class__.__base__.__subclasses__() | length" for it in _TYPES),
    *(_START % f"''.{it}" for it in _DUNDERS),
    *(_START % f"''['{it}']" for it in _DUNDERS),
    # Names written so that no search for underscores finds them.
    r"{{ ''['\x5f\x5fclass\x5f\x5f'] }}",
    r"{{ ''['\u005f\u005fclass\u005f\u005f'] }}",
    r"{{ ''['\137\137class\137\137'] }}",
    "{{ ''['_' * 2 ~ 'class' ~ '_' * 2] }}",
    "{{ ''[['__', 'class', '__'] | join] }}",
    "{{ ''['__ssalc__'[::-1]] }}",
    "{{ ''['%s%sclass%s%s' % ('_', '_', '_', '_')] }}",
    "{{ ''['__CLASS__' | lower] }}",
    "{{ ''['__class' ~ '__' | safe] }}",
    "{% set c = '__class__' %}{{ ''[c][c] }}",
    # Filters that ask for attributes.
    "{{ '' | attr('__class__') }}",
    "{{ '' | attr('\x5f\x5fclass\x5f\x5f') | attr('__mro__') }}",
    "{{ say | attr('__globals__') }}",
    "{{ [''] | map(attribute='__class__') | list }}",
    "{{ [''] | map(attribute='__class__.__mro__') | list }}",
    "{{ [say] | map(attribute='__globals__') | first }}",
    "{{ [''] | map('attr', '__class__') | list }}",
    "{{ [say] | selectattr('__globals__') | list }}",
    "{{ [say] | rejectattr('__nothing__', 'defined') | map(attribute='__globals__.os') | list }}",
    "{{ [''] | groupby('__class__') }}",
    "{{ [''] | sort(attribute='__class__') }}",
    "{{ [''] | unique(attribute='__class__') | list }}",
    "{{ [''] | join(attribute='__class__') }}",
    "{{ [''] | sum(attribute='__class__') }}",
    "{{ [''] | max(attribute='__class__') }}",
    "{{ [''] | min(attribute='__class__') }}",
    "{{ {'a': say} | dictsort | map('last') | map(attribute='__globals__') | list }}",
    "{{ [document] | pprint }}",
    "{{ say | string }}",
    "{{ [say] | string }}",
    "{{ {'a': say} | xmlattr }}",
    # Format strings, which ask for attributes, too.
    "{{ '{0.__class__}'.format('') }}",
    "{{ '{0.__class__.__mro__}'.format(document) }}",
    "{{ '{0.__globals__}'.format(say) }}",
    "{{ '{0.__globals__[os].environ}'.format(say) }}",
    "{{ '{a.__class__}'.format(a=document) }}",
    "{{ '{a[0].__class__}'.format(a=[document]) }}",
    "{{ '{a.__class__}'.format_map({'a': document}) }}",
    "{{ ('{0.__class__}' | safe).format('') }}",
    "{{ ['{0.__class__}'] | map('format', document) | list }}",
    "{% set f = '{0.__globals__}'.format %}{{ f(say) }}",
    "{% set f = '{a.__class__}'.format_map %}{{ f({'a': document}) }}",
    "{{ ['{0.__class__}'.format] | map('string') | list }}",
    "{{ '{0.__class__}'['format']('') }}",
    "{{ '{0.__class__}' | attr('format') }}",
    "{{ '{!r}'.format(say) }}",
    "{{ '%s' % say }}",
    "{{ '%r' % [document] }}",
    "{{ '%(a)s' % {'a': say} }}",
    "{{ '%s' | format(say) }}",
    "{{ say ~ '' }}",
    "{{ [say] | join }}",
    "{{ ''.join([say]) }}",
    # Functions and classes that Jinja hands to every template.
    *(_START % f"{it}.__globals__" for it in _NAMES),
    *(_START % f"{it}.__init__.__globals__" for it in _NAMES),
    *(_START % f"{it}.__init__.__globals__.os.popen('id').read()" for it in ("cycler", "joiner", "namespace")),
    *(_START % f"{it}" for it in ("say", "figure_file", "range", "dict", "cycler", "joiner", "namespace")),
    "{{ lipsum.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].environ }}",
    "{{ cycler('a').__init__.__globals__ }}",
    "{{ joiner('a').__call__.__globals__ }}",
    "{{ namespace(a=1)._Namespace__attrs }}",
    "{{ namespace(a=1).__class__ }}",
    "{{ dict.mro() }}",
    "{{ dict.__subclasses__ }}",
    "{{ dict.fromkeys('ab') }}",
    "{{ dict['a'].__origin__ }}",
    "{{ range(3).__class__ }}",
    "{{ range.__self__ }}",
    "{{ say.__code__.co_consts }}",
    "{{ say.__closure__ }}",
    "{{ say.__closure__[0].cell_contents }}",
    "{{ say.__defaults__ }}",
    "{{ say.__kwdefaults__ }}",
    "{{ say.__wrapped__ }}",
    "{{ say.__self__ }}",
    "{{ say.__func__ }}",
    "{{ figure_file.func }}",
    "{{ figure_file.args }}",
    "{{ figure_file.keywords }}",
    "{{ say('document.figure', number='{0.__class__}') }}",
    "{{ say('document.figure', number=say) }}",
    # What Jinja keeps for itself.
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self }}",
    "{% block a %}{{ self.a._context }}{% endblock %}",
    "{% block b %}{{ self.b.super }}{% endblock %}",
    "{% block c %}{{ self.c._stack }}{% endblock %}",
    "{% block d %}{{ super.__globals__ }}{% endblock %}",
    "{{ context }}",
    "{{ environment }}",
    "{{ config }}",
    "{{ request.application.__globals__ }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ g.pop.__globals__ }}",
    "{{ undefined_name.__class__ }}",
    "{{ undefined_name._undefined_obj }}",
    "{% set x = document.nothing is defined %}{{ (document.nothing | default(say)).__globals__ }}",
    "{% for x in [1] %}{{ loop.__init__.__globals__ }}{% endfor %}",
    "{% for x in [1] %}{{ loop._iterator }}{% endfor %}",
    "{% for x in [1] %}{{ loop._undefined }}{% endfor %}",
    "{% for x in [1] %}{{ loop }}{% endfor %}",
    "{% for x in [1] %}{{ loop.__class__.__mro__ }}{% endfor %}",
    "{% for x in [1] recursive %}{{ loop._recurse }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m._environment }}",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m.__call__.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m }}",
    "{% macro m() %}{{ caller.__init__.__globals__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m() %}{{ caller._environment }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m() %}{{ varargs.__class__ }}{{ kwargs.__class__ }}{% endmacro %}{{ m(1) }}",
    "{% import 'markdown/figure.svg.j2' as m %}{{ m.__dict__ }}",
    "{% import 'markdown/figure.svg.j2' as m %}{{ m._body_stream }}",
    "{% import 'markdown/figure.svg.j2' as m %}{{ m.__init__.__globals__ }}",
    "{% import 'markdown/figure.svg.j2' as m %}{{ m.draw._environment }}",
    "{% import 'markdown/figure.svg.j2' as m %}{{ m }}",
    # Generators and what they run.
    "{{ body.gi_frame.f_globals }}",
    "{{ body.gi_code }}",
    "{{ body.gi_yieldfrom }}",
    "{{ (['a'] | map('upper')).gi_frame }}",
    "{{ (['a'] | map('upper')).gi_frame.f_builtins }}",
    "{{ (['a'] | select).gi_code.co_consts }}",
    "{{ (['a'] | batch(1)).gi_frame.f_back.f_globals }}",
    "{{ (['a'] | map('upper')).send(1) }}",
    "{{ (['a'] | map('upper')).throw }}",
    "{{ (['a'] | map('upper')).cr_frame }}{{ body.ag_frame }}{{ body.cr_code }}",
    "{{ body }}",
    "{{ document.tb_frame }}",
    "{{ document.title.__iter__().__reduce__() }}",
    # Files by their names.
    *(f"{{% include {it!r} %}}" for it in ("/etc/passwd", "../secret.txt", "secret.txt", "markdown/../secret.txt")),
    *(
        f"{{% include {it!r} %}}"
        for it in ("//etc/passwd", "file:///etc/passwd", "..\\secret.txt", "~/.ssh/id_rsa", "")
    ),
    *(f"{{% extends {it!r} %}}" for it in ("/etc/passwd", "../secret.txt", "secret.txt")),
    *(f"{{% import {it!r} as x %}}{{{{ x }}}}" for it in ("/etc/passwd", "os", "html/live/page.css")),
    "{% from '/etc/passwd' import x %}",
    "{% from 'os' import popen %}{{ popen('id') }}",
    "{% include ['/etc/passwd', '../secret.txt'] %}",
    "{% include ['a', 'b'] ignore missing %}{% include '/etc/passwd' ignore missing %}",
    "{% set n = '/etc/' ~ 'passwd' %}{% include n %}",
    "{% include document %}",
    "{% include say %}",
    "{{ document.title[0].text.__class__('/etc/passwd') }}",
    # Statements that Jinja has only in extensions.
    "{% do say.__globals__ %}",
    "{% debug %}",
    "{% trans %}x{% endtrans %}",
    "{% break %}",
    "{% python import os %}",
    "{% import os %}",
    "{% for x in y async %}{% endfor %}",
    # What a page is made of is no way to what made it.
    "{{ document.blocks | list }}",
    "{% for block in document.blocks %}{{ block.drawing }}{% endfor %}",
    "{{ document.title[0].__slots__ }}",
    "{{ document.frame.__class__.__members__ }}",
    "{{ document.frame._value_ }}",
    "{{ document.frame.mro }}",
    "{{ document.language.encode().__class__ }}",
    "{{ document.language.translate({}) }}",
    "{{ (1).to_bytes(10, 'big') }}",
    "{{ (1).real.__class__ }}",
    "{{ (1.5).as_integer_ratio() }}",
    # Changing what others will see.
    "{{ document.title.append(1) }}",
    "{% set document.language = 'x' %}",
    "{{ {}.update({'a': 1}) }}",
    "{{ [].append(1) }}{{ [].clear() }}{{ {}.pop('a', 1) }}",
    "{{ dict.update({}, {}) }}",
    # A filter's own parameters.
    "{{ 1 | drawn(folders=['templates'], template='markdown/page.md.j2') }}",
    "{{ 1 | drawn(templates=1) }}",
    "{{ 1 | drawn_within(template='html/walkthrough.html.j2') }}",
    "{{ figure_file(stem='/etc/passwd', name='x') }}",
    "{{ document.title | inlines(environment=1) }}",
    "{{ 'x' | link(encoding='rot13') }}",
    "{{ 'x' | words(language='zh') }}",
]


def test_the_ways_out_are_many_and_none_is_there_twice() -> None:
    assert [text for text, count in Counter(WAYS_OUT).items() if count > 1] == []
    assert len(WAYS_OUT) >= 100


@pytest.mark.parametrize("format_", FORMATS)
def test_no_way_leads_out(format_: Format, environments: dict[Format, Sandbox]) -> None:
    led = {text: why for text in WAYS_OUT if (why := tried(environments[format_], text)[1])}
    assert led == {}


def test_the_same_ways_lead_out_without_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above would see it: without the sandbox most of them reach, show or run something."""
    environment = Environment(autoescape=False)  # noqa: S701 - it is what is looked at
    environment.filters["drawn"] = environment.filters["inlines"] = str
    environment.globals |= {"say": load_phrases("en").plain, "figure_file": partial(str), "language": "en"}
    monkeypatch.setattr(os, "popen", lambda _: (_ for _ in ()).throw(RuntimeError(CANARY)))
    led = [text for text in WAYS_OUT if tried(environment, text)[1]]
    assert len(led) >= len(WAYS_OUT) // 2


def test_the_command_runs_no_template_that_hands_a_filter_other_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "mine" / "markdown" / "page.md.j2"
    page.parent.mkdir(parents=True)
    page.write_text(
        "{% macro draw(d) %}{{ cycler.__init__.__globals__.os.popen('echo " + CANARY + "').read() }}{% endmacro %}\n"
        "{% if document is defined %}{{ 1 | drawn(folders=['mine'], template='markdown/page.md.j2') }}{% endif %}",
        encoding="utf-8",
    )
    assert main(["render", "--format", "markdown", "--templates", "mine", "-o", "a.md"]) == 2
    told = capsys.readouterr()
    assert told.err.startswith("symbackprop: markdown/page.md.j2, line 2: ")
    assert told.err.count("\n") == 1
    assert CANARY not in told.err + told.out
    assert not (tmp_path / "a.md").exists()


@pytest.mark.parametrize("format_", [Format.MARKDOWN, Format.LATEX])
def test_a_document_and_a_notebook_are_written_in_the_sandbox(format_: Format, tmp_path: Path) -> None:
    """Blocks, drawings and pages: whatever is a template of the user's own is refused what it reaches for."""
    ending = format_.ending
    reaching = "{{ say.__globals__ }}" if format_ is Format.MARKDOWN else "<< say.__globals__ >>"
    for name in ("page", "blocks"):
        mine = tmp_path / f"{format_}-{name}"
        (mine / format_).mkdir(parents=True)
        (mine / format_ / f"{name}.{ending}.j2").write_text(reaching, encoding="utf-8")
        with pytest.raises(SpecError, match="access to attribute '__globals__'"):
            "".join(
                render_document(DOCUMENT, load_phrases("en"), format_, stem="x", templates=templates_of(mine)).pieces
            )
    mine = tmp_path / "drawing"
    (mine / "markdown").mkdir(parents=True)
    (mine / "markdown" / "figure.svg.j2").write_text(
        "{% macro draw(d) %}{{ cycler.__init__ }}{% endmacro %}", encoding="utf-8"
    )
    with pytest.raises(SpecError, match="access to attribute '__init__'"):
        list(render_blocks(DOCUMENT, load_phrases("en"), templates=templates_of(mine)))


# --- Every filter, test and name, with every keyword

_VALUES = ("'/etc/passwd'", "['templates']", "{'a': 1}", "1000000000", "none", "true", "say", "document")


def _keywords(function: object) -> set[str]:
    """The names of a function's parameters, and of those of the function that it stands for."""
    found: set[str] = set()
    for it in (function, getattr(function, "__wrapped__", None)):
        if callable(it):
            try:
                found |= {
                    name for name in inspect.signature(it, follow_wrapped=False).parameters if name.isidentifier()
                }
            except ValueError:
                continue
    return found


_OF_OURS = {"environment", "folders", "func", "keywords", "phrases", "say", "self", "template", "templates"}
"""What the functions behind our filters are called with, or were."""


def _calls(environment: Sandbox) -> Iterator[str]:
    """A template for each filter, test and name with each keyword, and with each value."""
    for name, function in environment.filters.items():
        known = _keywords(function) | (_keywords(FILTERS[name]) if name in FILTERS else _OF_OURS)
        yield from () if name[0] == " " else _calls_of(f"'x' | {name}", "%s | " + name, known)
    for name, function in environment.tests.items():
        known = _keywords(function) | _keywords(TESTS[name])
        yield from _calls_of(f"'x' is {name}", f"%s is {name}", known) if name.isidentifier() else ()
    for name, function in environment.globals.items():
        known = _keywords(function) | _OF_OURS | {"number", "key", "name", "stem"}
        yield from _calls_of(name, f"{name}(%s)", known) if callable(function) else ()


def _calls_of(call: str, with_value: str, keywords: set[str]) -> Iterator[str]:
    for keyword in sorted(keywords):
        value = _VALUES[(len(call) + len(keyword)) % len(_VALUES)]
        yield f"{{{{ {call}({keyword}={value}) }}}}"
    yield from (f"{{{{ {with_value % value} }}}}" for value in _VALUES)


@pytest.mark.parametrize("format_", FORMATS)
def test_no_filter_test_or_name_leads_out_by_any_keyword(format_: Format, environments: dict[Format, Sandbox]) -> None:
    environment = environments[format_]
    others = set() if format_ is Format.MARKDOWN else {*_calls(environments[Format.MARKDOWN])}
    calls = [it for it in _calls(environment) if it not in others]
    assert len(calls) > 600 or format_ is not Format.MARKDOWN
    assert {text: why for text in calls if (why := tried(environment, text)[1])} == {}


@pytest.mark.parametrize("format_", FORMATS)
def test_all_that_is_handed_to_templates_is_closed(format_: Format, environments: dict[Format, Sandbox]) -> None:
    environment = environments[format_]
    ours = {name: it.__wrapped__ for name, it in environment.filters.items() if name[0] != " " and name not in FILTERS}
    assert {"drawn", "drawn_within", "inlines", "words", "latex", "link", "ledger"} <= ours.keys()
    require_closed(ours)
    require_closed({name: environment.globals[name] for name in ("say", "figure_file", "language")})


def _overridable(value: object, folders: object = "templates") -> object:
    return value, folders


def _by_keyword(value: object, /, *, folders: str = "templates") -> object:
    return value, folders


def _with_a_folder(value: object, folders: object = Path(), /) -> object:
    return value, folders


OPEN: dict[str, Callable[..., object]] = {
    "a partial": partial(_with_a_folder, 1),
    "a partial with a keyword": partial(_by_keyword, folders="templates"),
    "a keyword": _overridable,
    "a keyword alone": _by_keyword,
    "a default that leads somewhere": _with_a_folder,
    "a bound method": load_phrases("en").plain,
    "a method of a table": {"a": "b"}.__getitem__,
    "a built-in function": open,
    "a class": Path,
}


@pytest.mark.parametrize("name", OPEN)
def test_what_could_be_overridden_is_not_handed_to_templates(name: str) -> None:
    with pytest.raises(TypeError, match="can't be handed to templates"):
        require_closed({name: OPEN[name]})
    shop = render._workshop(our_templates())
    environment = shop.environment(Format.MARKDOWN, lambda text: text)
    with pytest.raises(TypeError, match="can't be handed to templates"):
        render._hand(environment, {"drawn": OPEN[name]})


def test_what_is_closed_may_be_handed() -> None:
    def closed(value: object, columns: int = 78, /, *more: object, **fillings: object) -> object:
        return value, columns, more, fillings

    require_closed({"closed": closed, "a text": "en", "a number": 1})


# --- What a document shows

_PLAIN = (str, int, float, bool, Enum, type(None))


def test_records_lead_to_nothing_but_texts_numbers_and_other_records() -> None:
    """By what they are declared to hold."""
    for kind, names in SHOWN.items():
        assert is_dataclass(kind)
        declared = {it.name: str(it.type) for it in fields(kind)}
        for name in names & declared.keys():
            for word in (
                "Path",
                "Callable",
                "Any",
                "object",
                "Mapping",
                "Setting",
                "Iterable",
                "Network",
                "Environment",
            ):
                assert word not in declared[name], f"{kind.__name__}.{name}"


def test_hidden_fields_are_those_that_would_lead_on() -> None:
    kinds = {kind.__name__: kind for kind in SHOWN}
    for kind, name in HIDDEN:
        assert name in {it.name for it in fields(kinds[kind])}
        assert name not in SHOWN[kinds[kind]]


def test_every_kind_of_block_inline_shape_and_layout_is_shown() -> None:
    wanted = {*get_args(Block), *get_args(Inline)} | {it for it in get_args(Layout) if not issubclass(it, Enum)}
    assert wanted <= SHOWN.keys()


OTHERS: tuple[object, ...] = (open, len, os, Path(), int, iter(()), load_phrases("en"), lambda: 0, 1, None)


@pytest.mark.parametrize("value", OTHERS)
def test_other_values_have_no_attributes(value: object) -> None:
    assert not any(may_reach(value, name) for name in dir(value))


def test_a_bound_method_is_called_only_where_it_may_be_reached(environments: dict[Format, Sandbox]) -> None:
    environment = environments[Format.MARKDOWN]
    assert environment.is_safe_callable("a".upper)
    others: tuple[object, ...] = (
        "a".encode,
        [].append,
        {}.update,
        os.system,
        eval,
        load_phrases("en").plain,
        Path.home,
        _overridable,
    )
    assert [it for it in others if environment.is_safe_callable(it)] == []


def test_a_paragraph_still_comes_out(environments: dict[Format, Sandbox]) -> None:
    """The sandbox lays out: loops, macros, sets, joins and formats do what they do in Jinja."""
    text = (
        "{% macro m(x, y='b') %}{{ x }}{{ y }}{% endmacro %}{% set ns = namespace(n=0) %}"
        "{% for a, b in [(1, 2), (3, 4)] if a > 0 %}{% set ns.n = ns.n + a * b %}{{ m(a, y=b) }}"
        "{{ ', ' if not loop.last }}{% else %}none{% endfor %} {{ ns.n }} {{ 'x'.upper().center(3) ~ 1.5 }} "
        "{{ '{:,} {a}'.format(12345, a='é') }} {{ '%.2f|%s' % (1.005, 'y') }} {{ [3, 1] | sort | join('-') }} "
        "{{ document.title | inlines }} {{ {'a': {'b': 2}}.a.b }} {{ 'a-b'.split('-')[-1] }} {{ 'é'[0:1] * 2 }}"
    )
    said = "12, 34 14  X 1.5 12,345 é 1.00|y 1-3 A title 2 b éé"
    assert tried(environments[Format.MARKDOWN], text) == (said, [])
    assert Paragraph in SHOWN
