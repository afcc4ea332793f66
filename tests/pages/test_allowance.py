"""A lecturer's templates do so much and no more: no text, number, loop or nesting of theirs gets out of hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from pathlib import Path
from time import process_time

import pytest
from jinja2 import StrictUndefined, TemplateError, TemplateRuntimeError

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.formats import Format
from symbackprop.pages import render
from symbackprop.pages.allowance import A_BLOCK, MOST_STEPS, Allowance
from symbackprop.pages.broken_templates import blaming_templates
from symbackprop.pages.document import Document, Paragraph, Text
from symbackprop.pages.phrases import load_phrases
from symbackprop.pages.sandbox import _FILTERS, _OF_LISTS, _OF_TEXTS, Sandbox
from symbackprop.pages.templates import Templates, our_templates, templates_of
from symbackprop.typeset.layout import Row, Symbol

DOCUMENT = Document(
    title=(Text("A title"),), subtitle=(Text("Below it"),), language="en", blocks=(Paragraph(content=(Text("One"),)),)
)
FEW = 2_000_000


def made_of(text: str, most: int = FEW) -> str:
    """Give what a template of somebody's own writes that may take so many steps."""
    templates = Templates(ours=our_templates().ours, own={"markdown/page.md.j2": text})
    shop = render._Workshop(templates=templates, allowance=Allowance(most))
    environment = render._prepared(DOCUMENT, load_phrases("en"), Format.MARKDOWN, "x", shop)
    assert isinstance(environment, Sandbox)
    return environment.get_template("markdown/page.md.j2").render(document=DOCUMENT, body=iter(("a body",)))


_TWICE = "{{% set ns = namespace(x={}) %}}{{% for i in range(100) %}}{{% set ns.x = {} %}}{{% endfor %}}{}"
_MANY = "{% for i in range(100000) %}{% for j in range(100000) %}"
_ENDS = "{% endfor %}{% endfor %}"

ENDLESS = {
    "loops": _MANY + "{% set x = i %}" + _ENDS,
    "loops that leave everything out": "{% for i in range(100000) %}{% for j in range(100000) if false %}" + _ENDS,
    "loops over nothing but text": _MANY + "some words" + _ENDS,
    "loops in a test": _MANY + "{% if i is even %}{% endif %}" + _ENDS,
    "a sum again and again": "{% for i in range(100000) %}{{ range(100000) | sum }}{% endfor %}",
    "a list again and again": "{% for i in range(100000) %}{% set x = range(100000) | list %}{% endfor %}",
    "a sorted list again and again": "{% set t = range(9999) | list %}{% for i in t %}{% set x = t | sort %}{% endfor %}",
    "a look through a list": "{% set t = range(9999) | list %}{% for i in t %}{% set x = -1 in t %}{% endfor %}",
    "a look through a text": "{% set t = 'a' * 9999 %}{% for i in range(9999) %}{% set x = t.count('b') %}{% endfor %}",
    "equal texts": "{% set t = 'a' * 9999 %}{% for i in range(9999) %}{% if t == t[:] %}{% endif %}{% endfor %}",
    "a piece of a text": "{% set t = 'a' * 9999 %}{% for i in range(9999) %}{% set x = t[1:] %}{% endfor %}",
    "a text as a key": "{% set t = 'a' * 9999 %}{% set d = {t: 1} %}{% for i in range(9999) %}{% set x = d[t] %}{% endfor %}",
    "values of a table": "{% set d = {1: 2} %}{% for i in range(99999) %}{% set x = d.values() | max %}{% endfor %}"
    * 9,
    "a template that is included": _MANY + "{% include 'markdown/figure.svg.j2' %}" + _ENDS,
    "a template that isn't there": _MANY + "{% include ['a', 'b'] ignore missing %}" + _ENDS,
    "a macro that calls itself twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "a block again and again": _MANY + "{{ self.a() }}" + _ENDS + "{% block a %}some words{% endblock %}",
    "a recursive loop": "{% for i in range(99) recursive %}{{ loop(range(99)) if loop.depth < 9 }}{% endfor %}",
    "words of ours": _MANY + "{{ say('document.figure', number=1) }}" + _ENDS,
    "inlines of ours": "{% for i in range(100000) %}{{ document.title | inlines }}{% endfor %}",
    "a text twice": _TWICE.format("'a'", "ns.x ~ ns.x", ""),
    "a text and itself": _TWICE.format("'a'", "ns.x + ns.x", ""),
    "a text times two": _TWICE.format("'a'", "ns.x * 2", ""),
    "two times a text": _TWICE.format("'a'", "2 * ns.x", ""),
    "a list and itself": _TWICE.format("[1]", "ns.x + ns.x", ""),
    "a list of itself twice": _TWICE.format("[1]", "[ns.x, ns.x]", ""),
    "a tuple of itself twice": _TWICE.format("(1,)", "(ns.x, ns.x)", ""),
    "a table of itself twice": _TWICE.format("1", "{1: ns.x, 2: ns.x}", ""),
    "a list by a filter": _TWICE.format("[1]", "[ns.x] | map('list') | list + [ns.x]", ""),
    "a text in places": _TWICE.format("'a'", "'%s%s' % (ns.x, ns.x)", ""),
    "a text between braces": _TWICE.format("'a'", "'{0}{0}'.format(ns.x)", ""),
    "a joined text": _TWICE.format("'a'", "[ns.x, ns.x] | join", ""),
    "a text joined by itself": _TWICE.format("'a'", "ns.x.join([ns.x, ns.x])", ""),
    "a replaced text": _TWICE.format("'a'", "ns.x | replace('a', 'aa')", ""),
    "a text that replaces": _TWICE.format("'a'", "ns.x.replace('a', 'aa')", ""),
    "a block of text twice": "{% set ns = namespace(x='a') %}{% for i in range(100) %}{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}{% endfor %}",
    "a text called twice": "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}"
    + "{% call m() %}" * 19
    + "a"
    + "{% endcall %}" * 19,
    "a long text many times": "{{ 'x' * 10000000000 }}",
    "many times a long text": "{{ 10000000000 * 'x' }}",
    "a long list": "{{ [1] * 10000000000 }}",
    "a long tuple": "{{ 10000000000 * (1,) }}",
    "a text between many": "{{ range(100000) | join('y' * 1000000) }}",
    "a text indented by a text": "{{ ('a\n' * 1000) | indent('x' * 100000) }}",
    "a text wrapped by a text": "{{ 'aaa' | wordwrap(1, wrapstring='x' * 100000000) }}",
    "a text in the place of each letter": "{{ ('x' * 10000) | replace('', 'y' * 10000) }}",
    "places for a thousand widths": "{{ ('%1000d' * 100000) % (1,) }}",
    "a text cut into words": "{{ ('a ' * 200000) | wordcount }}",
    "a text cut into pieces": "{{ ('a ' * 200000).split() | length }}",
    "a text cut into letters": "{{ ('a' * 200000) | list | length }}",
    "a long word cut into lines": "{{ ('x' * 60000) | wordwrap(1) }}",
    "many blanks cut into lines": "{{ ('\u2003' * 30000 ~ ' ' * 30000) | wordwrap(1) }}",
    "a text without its tags": "{{ ('<>' * 30000) | striptags }}",
    "a text stripped of many letters": "{{ ('b' * 9999).strip('a' * 9999 ~ 'b') }}",
    "a text stripped from the left": "{{ ('b' * 9999).lstrip('a' * 9999 ~ 'b') }}",
    "a text stripped from the right": "{{ ('b' * 9999).rstrip('a' * 9999 ~ 'b') }}",
    "a trimmed text": "{{ ('b' * 9999) | trim('a' * 9999 ~ 'b') }}",
    "a text from the end": "{{ ('a' * 9999).rfind('ab' ~ 'a' * 999) }}",
    "a place from the end": "{{ ('a' * 9999).rindex('ab' ~ 'a' * 999) }}",
    "a text split from the end": "{{ ('a' * 9999).rsplit('ab' ~ 'a' * 999) }}",
    "a text split from the end by a name": "{{ ('a' * 9999).rsplit(sep='ab' ~ 'a' * 999) }}",
    "a text indented by less than nothing": "{% for i in range(99999) %}{% set x = ('\\n' * 9999) | indent(-1000) %}{% endfor %}",
    "a text cut at its end": "{{ ('a' * 9999).rpartition('ab' ~ 'a' * 999) }}",
    "a text in a named place again and again": "{{ ('%(a)s' * 99) % {'a': 'x' * 30000} }}",
    "a list gone through by its method": "{% set t = range(9999) | list %}{% for i in t %}{% set x = t.count(-1) %}{% endfor %}",
    "a table written out again and again": "{% for i in range(99) %}{% set x = {"
    + ", ".join(f"{number * (2**61 - 1)}: 1" for number in range(400))
    + "} %}{% endfor %}",
    "a text made harmless": "{{ ('<' * 200000) | words }}",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_would_never_end_or_never_fit_takes_its_steps_and_ends(name: str) -> None:
    with pytest.raises(
        TemplateRuntimeError, match="more than the 2,000,000 steps that templates may take for a document"
    ):
        made_of(ENDLESS[name])


LARGE = {
    "{{ 2 ** 10000000000 }}": "at most 4,096 bits",
    "{{ 9 ** 9 ** 9 ** 9 ** 9 }}": "at most 4,096 bits",
    "{{ (2 ** 4000) * (2 ** 4000) }}": "at most 4,096 bits",
    "{{ ('f' * 20000) | int(base=16) }}": "at most 4,096 bits",
    "{{ '%1000000000d' % 1 }}": "widths of at most 4 digits",
    "{{ '%.1000000000f' % 1 }}": "widths of at most 4 digits",
    "{{ '%(a(b))1000000000d' % {'a(b)': 3} }}": "widths of at most 4 digits",
    "{{ '%*d' % (1000000000, 1) }}": "at most 1000",
    "{{ '%*d' | format(1000000000, 1) }}": "at most 1000",
    "{{ '%1000000000d' | format(1) }}": "widths of at most 4 digits",
    "{{ '%1000000000d' is even }}": "expected a number",
    "{{ '%1000000000d' is odd }}": "expected a number",
    "{{ '%1000000000d' is divisibleby(3) }}": "expected a number",
    "{{ '{:1000000000}'.format(1) }}": "widths of at most 4 digits",
    "{{ '{:{w}}'.format(1, w=1000000000) }}": "widths of at most 4 digits",
    "{{ 'x' | center(1000000000) }}": "at most 1000",
    "{{ 'x'.center(1000000000) }}": "at most 1000",
    "{{ 'x'.ljust(1000000000) }}": "at most 1000",
    "{{ 'x'.rjust(1000000000) }}": "at most 1000",
    "{{ 'x'.zfill(1000000000) }}": "at most 1000",
    "{{ 'x' | indent(1000000000, true) }}": "at most 1000",
    "{{ ['x'] | map('center', 1000000000) | first }}": "at most 1000",
    "{{ [1] | batch(1000000000, 0) | list }}": "at most 1000",
    "{{ [1] | slice(1000000000, 0) | list }}": "at most 1000",
    "{{ 1.5 | round(1000000000, 'ceil') }}": "at most 1000",
    "{{ [[1], [2]] | sum(start=[]) }}": "expected a number",
    "{{ range(1000000000) | list }}": "Range too big",
    "{{ 'x'.expandtabs(1000000000) }}": "'expandtabs' of 'str' object is unsafe",
    "{{ dict([[1, 2]]) }}": "expected names or a table",
    "{{ namespace([[1, 2]]) }}": "expected names or a table",
    "{{ [[1], [1]] | unique | list | length }}": "expected a text or a number",
    "{{ {" + "1: 2, " * 501 + "} | length }}": "has a table of more than 500 entries",
    "{{ [1] }}": "expected a text or a number to be printed, found a list",
    "{{ document.title }}": "expected a text or a number to be printed, found a tuple",
    "{{ 'x' ~ document }}": "expected a text or a number to be printed, found a Document",
    "{{ namespace(a=1) }}": "expected a text or a number to be printed, found a Namespace",
}


@pytest.mark.parametrize("text", LARGE)
def test_what_is_too_large_is_refused_before_it_is_made(text: str) -> None:
    with pytest.raises((TemplateError, OverflowError)) as refused:
        made_of(text)
    assert LARGE[text] in str(refused.value)


AT_THE_BOUND = [
    ("{{ 'x' | center(1000) | length }}", "1000"),
    ("{{ 'x'.ljust(1000) | length }}", "1000"),
    ("{{ ('%1000d' % 1) | length }}", "1000"),
    ("{{ '{:>1000}'.format(1) | length }}", "1000"),
    ("{{ 2 ** 2047 // 2 ** 2040 }}", "128"),
    ("{{ range(100000) | length }}", "100000"),
    ("{{ 1.25 | round(1) }}", "1.2"),
    ("{{ [1, 2.5] | sum }}", "3.5"),
    ("{{ '%s %5.1f' | format('x', 2) }}", "x   2.0"),
    ("{{ [1, 2, 3] | batch(2, 0) | list | length }}", "2"),
    ("{% for it in [1, 2, 3] | slice(2, 0) %}{{ it | join('+') }} {% endfor %}", "1+2 3+0 "),
    ("{{ 4 is even }}{{ 3 is odd }}{{ 9 is divisibleby 3 }}", "TrueTrueTrue"),
    ("{{ ['a', 'A', 'b', 1, 1.0, true, '1', 2.5, 2.5] | unique | join(' ') }}", "a b 1 1 2.5"),
    ("{{ ['a', 'A', 'a'] | unique(true) | join(' ') }}", "a A"),
    ("{{ range(0, (2 ** 61 - 1) * 99999, 2 ** 61 - 1) | unique | list | length }}", "99999"),
    ("{{ dict({1: 2}, a=3) | length }}{{ namespace({'a': 4}).a }}{{ {" + "1: 2, " * 500 + "} | length }}", "241"),
    ("{{ ' .a. '.strip(' .') }}{{ '.a.'.lstrip('.') }}{{ ' a ' | trim }}{{ '<b>c</b>' | striptags }}", "aa.ac"),
    ("{{ 'a-b-c'.rsplit('-', 1) | join(' ') }}{{ 'abab'.rfind('ab') }}{{ 'a b'.rpartition(' ') | last }}", "a-b c2b"),
    ("{{ ('x' * 5 ~ ' y') | wordwrap(2, wrapstring='|') }}", "xx|xx|x|y"),
    ("{{ none }}{{ true }}{{ 1.5 }}", "NoneTrue1.5"),
    ("{% autoescape true %}{{ '<' ~ ('<' | safe) }}{{ ['<', '<' | safe] | join }}{% endautoescape %}", "&lt;<&lt;<"),
]


@pytest.mark.parametrize(("text", "said"), AT_THE_BOUND)
def test_what_is_just_small_enough_is_made(text: str, said: str) -> None:
    assert made_of(text, MOST_STEPS) == said


# --- In proportion

N = 1_000
"""So large is a small value; a large one is eight times as large."""
_ALIKE = "range(0, {n} * (2 ** 61 - 1), 2 ** 61 - 1)"
VALUES = ("'x' * {n}", "'<>' * ({n} // 2)", "'a b\\n' * ({n} // 4)", f"{_ALIKE} | list", "range({n}) | batch(1) | list")
NEEDED = {
    "batch": "(7, 0)",
    "center": "(9)",
    "groupby": "(0)",
    "map": "('string')",
    "reject": "('odd')",
    "rejectattr": "(0)",
    "replace": "('x', 'yy')",
    "select": "('odd')",
    "selectattr": "(0)",
    "slice": "(7, 0)",
    "truncate": "(99)",
    "wordwrap": "(1)",
}
"""What filters are given besides their value, where they need it or where it makes them work."""
_ARGUMENTS = ("()", "('a' * ({n} // 2) ~ 'x')", "('xb' ~ 'x' * ({n} // 2))", "(9)", "('x' * 9)", "('x' * 9, 'y')")


_OF_NUMBERS_AND_TABLES = {"abs", "dictsort", "items", "round"}
"""Neither is as long as one likes."""


def work() -> dict[str, list[str]]:
    """Each allowed filter and each allowed method, on each value and with all that it may be given."""
    filters = {
        name: [f"({value}) | {name}{NEEDED.get(name, '')}" for value in VALUES]
        for name in _FILTERS
        if name not in _OF_NUMBERS_AND_TABLES
    }
    methods = {f".{name}": [f"({VALUES[0]}).{name}{given}" for given in _ARGUMENTS] for name in sorted(_OF_TEXTS)}
    last = "(({n} - 1) * (2 ** 61 - 1))"
    return filters | methods | {f"[].{name}": [f"({_ALIKE} | list).{name}{last}"] for name in sorted(_OF_LISTS)}


def cost(sandbox: Sandbox, expression: str, size: int) -> tuple[int, float] | None:
    """Give the steps and the processor time that it takes; None where it is refused."""
    made = expression.replace("{n}", str(size))
    template = sandbox.from_string(
        f"{{% set x = {made} %}}{{% if x is iterable %}}{{% set x = x | list %}}{{% endif %}}"
    )
    sandbox._allowance._left = MOST_STEPS
    begun = process_time()
    try:
        template.render()
    except (TemplateError, TypeError, ValueError, AttributeError, AssertionError):
        return None
    return MOST_STEPS - sandbox._allowance._left, process_time() - begun


A_MOMENT = 0.02
"""What takes less time isn't held: the machine has other things to do."""


def outgrows(sandbox: Sandbox, expression: str) -> bool:
    """Whether a step takes more than three times as long when the value is eight times as large."""
    large = cost(sandbox, expression, 8 * N)
    if large is None or large[1] < A_MOMENT:
        return False
    small = cost(sandbox, expression, N)
    return small is not None and large[1] / large[0] > 3 * small[1] / small[0]


def uncounted(sandbox: Sandbox, expressions: Sequence[str]) -> list[str]:
    """The expressions whose steps don't grow as their work does, whenever one looks."""
    return [it for it in expressions if all(outgrows(sandbox, it) for _ in range(3))]


def sandbox_of() -> Sandbox:
    templates = Templates(ours=our_templates().ours, own={"markdown/page.md.j2": ""})
    return Sandbox(templates, Allowance(MOST_STEPS), undefined=StrictUndefined)


@pytest.mark.slow
def test_the_steps_grow_like_the_work() -> None:
    sandbox = sandbox_of()
    for name, expressions in work().items():
        assert any(cost(sandbox, it, 9) for it in expressions), f"{name} is never done"
        assert not (found := uncounted(sandbox, expressions)), found


def test_work_that_is_not_counted_is_found() -> None:
    sandbox = sandbox_of()
    sandbox.filters["lower"] = lambda text: sum(range(len(text) ** 2 // 20))
    assert uncounted(sandbox, ["('x' * {n}) | lower", "('x' * {n}) | upper"]) == ["('x' * {n}) | lower"]


# --- In one line


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[[str], str]:
    """Render a document by a page of one's own."""

    def made(text: str) -> str:
        page = tmp_path / "mine" / "markdown" / "page.md.j2"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        templates = templates_of(tmp_path / "mine")
        return "".join(
            render.render_document(DOCUMENT, load_phrases("en"), Format.MARKDOWN, stem="x", templates=templates).pieces
        )

    return made


_SELF = "does a macro, a template or a loop call itself without an end?"
IN_ONE_LINE = [
    ("fine\n{{ 'x' * 10000000000 }}", ", line 2: works or writes too much: more than the "),
    ("fine\n\n{{ 2 ** 10000000000 }}", ", line 3: expected a number of at most 4,096 bits, found a larger one"),
    ("{% macro m() %}\n{{ m() }}{% endmacro %}{{ m() }}", f", line 2: nested too deeply: {_SELF}"),
    ("\n{% include 'markdown/page.md.j2' %}", f", line 2: nested too deeply: {_SELF}"),
    ("\n{% extends 'markdown/page.md.j2' %}", f", line 2: nested too deeply: {_SELF}"),
    ("\n{% import 'markdown/page.md.j2' as me %}", f", line 2: nested too deeply: {_SELF}"),
    ("{% for i in [1] recursive %}\n{{ loop([1]) }}{% endfor %}", f", line 2: nested too deeply: {_SELF}"),
    ("\n{% block a %}{{ self.a() }}{% endblock %}", f", line 2: nested too deeply: {_SELF}"),
    ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", ": nested too deeply, or too long"),
    ("{{ " + "[" * 3000 + "]" * 3000 + " }}", ": nested too deeply, or too long"),
    ("{{ 1" + " + 1" * 3000 + " }}", ": nested too deeply, or too long"),
    ("{% for a in [1] %}" * 25 + "{% endfor %}" * 25, ": nested too deeply, or too long"),
    ("{% if 1 %}" * 150 + "{% endif %}" * 150, ": nested too deeply, or too long"),
    ("{{ " + "9" * 5000 + " }}", ": Exceeds the limit"),
    ("{{ 1 }}" * 20_001, ": has more than 20,000 statements, expressions and texts"),
    ("fine\n{% include '/etc/passwd' %}", ', line 2: there is no template "/etc/passwd"'),
    ("fine\n{% include ['a', 'b'] %}", ", line 2: none of the templates given were found: a, b"),
    ("fine\n{{ 5 | latex }}", ", line 2: "),
    ("fine\n{{ say(5) }}", ", line 2: "),
    ("fine\n{{ document.blocks | list }}", ", line 2: access to attribute 'blocks' of 'Document' object is unsafe."),
    ("{% import 'markdown/figure.svg.j2' as m %}\n{{ m.disc(5) }}", ", line 2: "),
]


@pytest.mark.parametrize(("text", "said"), IN_ONE_LINE)
def test_whatever_goes_wrong_is_one_line_that_names_the_template(
    text: str, said: str, rendered: Callable[[str], str]
) -> None:
    with pytest.raises(SpecError) as refused:
        rendered(text)
    assert str(refused.value).startswith(f"markdown/page.md.j2{said}")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("error", [MemoryError(), RecursionError(), SyntaxError("x"), OSError("y"), AssertionError()])
def test_any_error_is_the_users_where_templates_are(error: Exception) -> None:
    own = Templates(ours=our_templates().ours, own={"markdown/page.md.j2": ""})
    with pytest.raises(SpecError, match="the templates for markdown: "), blaming_templates(own, Format.MARKDOWN):
        raise error
    with pytest.raises(type(error)), blaming_templates(our_templates(), Format.MARKDOWN):
        raise error


def test_what_goes_wrong_while_a_document_is_told_is_ours() -> None:
    """A template has no part in it, even if it runs meanwhile."""
    own = Templates(ours=our_templates().ours, own={"markdown/page.md.j2": ""})
    namespace = {"__name__": "symbackprop.pages.narrate.somewhere"}
    exec("def tell(): raise KeyError('x')", namespace)  # noqa: S102 - a module of ours, as a traceback shows it
    tell = namespace["tell"]
    assert callable(tell)
    with pytest.raises(KeyError), blaming_templates(own, Format.MARKDOWN):
        tell()
    with pytest.raises(SymbackpropError, match="mine"), blaming_templates(own, Format.MARKDOWN):
        raise SymbackpropError("mine")


# --- The allowance itself


def test_the_last_step_may_be_taken_and_none_more() -> None:
    allowance = Allowance(10)
    allowance.take(10)
    for _ in repeat(None, 3):
        with pytest.raises(TemplateRuntimeError, match="more than the 10 steps"):
            allowance.take(1)


def test_each_block_grants_more_but_none_after_the_end() -> None:
    allowance = Allowance(1)
    allowance.grant_a_block()
    allowance.take(A_BLOCK + 1)
    allowance.grant_a_block()
    with pytest.raises(TemplateRuntimeError):
        allowance.take(1)


def test_a_failure_that_is_passed_over_fails_again() -> None:
    """Jinja asks some filters beforehand and ignores how they fail."""
    allowance = Allowance(10)
    with pytest.raises(TemplateRuntimeError):
        allowance.take(11)
    with pytest.raises(TemplateRuntimeError):
        allowance.take(1)


def test_what_a_list_holds_twice_weighs_twice() -> None:
    once: list[object] = ["ab"]
    for _ in range(10):
        once = [once, once]
    for steps, fits in ((32_758, True), (32_757, False)):
        allowance = Allowance(steps)
        if fits:
            assert allowance.weighed(once) is once
        else:
            with pytest.raises(TemplateRuntimeError):
                allowance.weighed(once)


def test_a_record_weighs_nothing() -> None:
    Allowance(0).weighed(Row((Symbol("x"),)))


def test_our_own_templates_take_a_small_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the sandbox, the default network's walkthrough takes less than a hundredth."""
    from tests.walkthroughs import told  # noqa: PLC0415

    (tmp_path / "markdown").mkdir()
    (tmp_path / "markdown" / "page.md.j2").write_text("{{ body | join }}", encoding="utf-8")
    taken: list[int] = []
    take = Allowance.take

    def counting(self: Allowance, steps: int) -> None:
        taken.append(steps)
        take(self, steps)

    monkeypatch.setattr(Allowance, "take", counting)
    pieces = render.render_document(
        told(), load_phrases("en"), Format.MARKDOWN, stem="x", templates=templates_of(tmp_path)
    ).pieces
    assert len("".join(pieces)) < sum(taken) < MOST_STEPS // 100
