"""What templates of a user's own may reach: the texts and numbers of a document, and what lays them out.

Everything is a list of what is allowed, none of what is forbidden: the attributes of each kind of value, the filters,
the tests, the names. What isn't in a list isn't there. How much templates may do is `allowance`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from enum import Enum
from functools import wraps
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any, get_args

from jinja2 import BaseLoader, Environment, TemplateNotFound, TemplateSyntaxError, Undefined, nodes, pass_context
from jinja2.environment import TemplateModule
from jinja2.filters import FILTERS
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.tests import TESTS
from jinja2.utils import Cycler, Joiner, Namespace

from symbackprop.files import read_text
from symbackprop.pages.allowance import A_STATEMENT, TAKE, TOLD, WEIGHED, Allowance, metered
from symbackprop.pages.closures import is_closed
from symbackprop.pages.document import (
    Block,
    Document,
    EquationLine,
    Inline,
    Marking,
    Piece,
    Remark,
    When,
)
from symbackprop.pages.figures.shapes import Drawing, Shape
from symbackprop.pages.growing import (
    GROWING_METHODS,
    TextMethod,
    growing_filters,
    growing_tests,
    plus,
    power,
    require_tables,
    rest,
    times,
)
from symbackprop.pages.template_packages import MOST_BYTES
from symbackprop.pages.templates import Templates
from symbackprop.typeset.layout import Layout

# --- Lists of what is allowed


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FILTERS = _words(
    """
    abs batch capitalize center count d default dictsort e escape first float forceescape format groupby
    indent int items join last length list lower map max min reject rejectattr replace reverse round safe
    select selectattr slice sort string striptags sum title trim truncate unique upper urlencode wordcount
    wordwrap
    """
)
"""Those of Jinja's filters that lay out, and give the same each time."""

_OF_ONE_TEXT = frozenset(
    _words(
        """
        capitalize center e escape forceescape format indent lower replace safe string striptags title trim
        truncate upper urlencode wordcount wordwrap
        """
    )
)
"""Those that would make a text of whatever they are given."""

_TESTS = tuple(name for name in TESTS if name not in ("callable", "filter", "test"))
_NAMES: Mapping[str, Callable[..., object]] = {
    "range": safe_range,
    "dict": dict,
    "cycler": Cycler,
    "joiner": Joiner,
    "namespace": Namespace,
}

_OF_TEXTS = GROWING_METHODS | frozenset(
    _words(
        """
        capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit islower isnumeric
        isspace istitle isupper lower partition removeprefix removesuffix split splitlines startswith swapcase
        title upper
        """
    )
)
_OF_DICTS = frozenset({"get", "items", "keys", "values"})
_OF_LISTS = frozenset({"count", "index"})
_OF_LOOPS = frozenset(
    _words(
        """
        changed cycle depth depth0 first index index0 last length nextitem previtem revindex revindex0
        """
    )
)
_OF_JINJAS_OWN: Mapping[type, frozenset[str]] = {
    LoopContext: _OF_LOOPS,
    Cycler: frozenset({"current", "next", "reset"}),
    Joiner: frozenset(),
    Macro: frozenset({"arguments", "caller", "catch_kwargs", "catch_varargs", "name"}),
    BlockReference: frozenset({"super"}),
}

HIDDEN = frozenset({("Document", "blocks"), ("Ledger", "rows"), ("Ledger", "settings"), ("When", "conditions")})
"""Fields that are work to do, not something to show: templates get what was made of them."""


def _shown_names(kind: type[Any]) -> frozenset[str]:
    names = {it.name for it in fields(kind)} | {it for it, found in vars(kind).items() if _is_shown(found)}
    return frozenset(it for it in names if it[0] != "_" and (kind.__name__, it) not in HIDDEN)


def _is_shown(found: object) -> bool:
    """Whether something that a class holds is a property or a word: how a shape is called, which area it covers."""
    return isinstance(found, property | str)


SHOWN: Mapping[type, frozenset[str]] = {
    kind: _shown_names(kind)
    for kind in (
        Document,
        *get_args(Block),
        *get_args(Inline),
        *(EquationLine, Remark, When, Marking, Piece),
        *(Drawing, *get_args(Shape)),
        *(it for it in get_args(Layout) if not issubclass(it, Enum)),
    )
}
"""The records whose attributes a template may ask for, with the names of these; no other record has any."""


def may_reach(value: object, name: object) -> bool:
    """Whether a template may ask a value for an attribute."""
    if not isinstance(name, str) or name.startswith("_"):
        return False
    match value:
        case Enum():
            return name in ("name", "value")
        case str():
            return name in _OF_TEXTS
        case dict():
            return name in _OF_DICTS
        case tuple():
            return name in _OF_LISTS or name in getattr(type(value), "_fields", ())
        case list():
            return name in _OF_LISTS
        case Namespace():
            return True
        case TemplateModule():
            return name in vars(value)
        case _:
            kind: type[Any] = type(value)
            return name in _OF_JINJAS_OWN.get(kind, ()) or name in SHOWN.get(kind, ())


# --- The sandbox


class _Within(BaseLoader):
    """A user's own templates, which were read before, and ours; there are no other names."""

    def __init__(self, templates: Templates, allowance: Allowance) -> None:
        self._templates = templates
        self._allowance = allowance
        self._ours = {it.relative_to(templates.ours).as_posix(): it for it in templates.ours.rglob("*.j2")}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002
        """The text of a template; raises TemplateNotFound for any other name."""
        self._allowance.take(100 * A_STATEMENT)
        text = self._templates.own.get(template)
        if text is None and (path := self._ours.get(template)) is not None:
            text = read_text(path, most_bytes=MOST_BYTES)
        if text is None:
            raise TemplateNotFound(template)
        return text, template, lambda: True


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment for templates of a user's own. All that are made for one document share one allowance."""

    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self, templates: Templates, allowance: Allowance, **settings: Any) -> None:
        super().__init__(loader=_Within(templates, allowance), finalize=self._printed, **settings)
        self._allowance = allowance
        own: dict[str, Any] = {**FILTERS, **growing_filters(allowance)}
        self.filters = {name: self._counting(own[name], of_text=name in _OF_ONE_TEXT) for name in _FILTERS}
        # What `metered` puts into the templates.
        self.filters[TAKE] = self._take
        self.filters[WEIGHED] = allowance.weighed
        self.filters[TOLD] = allowance.told
        tests: dict[str, Any] = {**TESTS, **growing_tests()}
        self.tests = {name: self._counting(tests[name]) for name in _TESTS}
        self.globals = dict(_NAMES)

    def hand(self, filters: Mapping[str, Callable[..., object]]) -> None:
        """Adds filters of ours."""
        self.filters.update({name: self._counting(function) for name, function in filters.items()})

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002
        """Whether an attribute may be reached, for whatever in Jinja asks."""
        return may_reach(obj, attr)

    def is_safe_callable(self, obj: object) -> bool:
        """Whether a template may call something: a macro, a method that it may reach, or what it was handed."""
        if isinstance(obj, Macro | BlockReference | LoopContext | Joiner | TextMethod | Undefined):
            # What is undefined says so when it is called.
            return True
        if isinstance(obj, MethodType | BuiltinMethodType):
            return may_reach(obj.__self__, obj.__name__)
        return is_closed(obj) or any(obj is it for it in _NAMES.values())

    def getattr(self, obj: Any, attribute: str) -> Any:
        """An attribute that may be reached, or what a dict, say, holds by that name."""
        if isinstance(obj, Undefined):
            return obj[attribute]
        if may_reach(obj, attribute):
            if isinstance(obj, str):
                self._allowance.handled(obj)
                if attribute in GROWING_METHODS:
                    return TextMethod(self._allowance, obj, attribute)
            elif isinstance(obj, list | tuple) and attribute in _OF_LISTS:
                self._allowance.weighed(obj)
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        if hasattr(type(obj), attribute) or not isinstance(obj, dict | TemplateReference):
            return self._refused(obj, attribute)
        return self._held(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """What a list, say, holds at a place; or an attribute, as above."""
        if isinstance(obj, Undefined):
            return obj[argument]
        if isinstance(obj, str | tuple | list | dict | range):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                pass
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        return self.undefined(obj=obj, name=argument)

    def _held(self, obj: Any, name: str) -> Any:
        try:
            return obj[name]
        except (TypeError, LookupError):
            return self.undefined(obj=obj, name=name)

    def _refused(self, obj: Any, attribute: str) -> Undefined:
        if hasattr(type(obj), attribute):
            return self.unsafe_undefined(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805, PYI063 - as in Jinja, so that any keyword is free
        """What something that may be called gives, its arguments and its result weighed."""
        allowance = __self._allowance
        allowance.take(A_STATEMENT)
        # Jinja hands over the names that are known within a loop and a block, too.
        given = (it for name, it in kwargs.items() if name not in ("_loop_vars", "_block_vars"))
        for each in (*args, *given):
            # What is ours works with texts and numbers alone.
            allowance.told(each) if isinstance(__obj, FunctionType) else allowance.weighed(each)
        if __obj is dict or __obj is Namespace:
            require_tables(args)
        return allowance.weighed(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ARG002
        """What an operator gives, if it isn't too much."""
        allowance = self._allowance
        allowance.take(A_STATEMENT)
        match operator:
            case "+":
                return plus(allowance, left, right)
            case "*":
                return times(allowance, left, right)
            case "**":
                return power(allowance, left, right)
            case "%":
                return rest(allowance, left, right)
            case _:
                return allowance.weighed(self.binop_table[operator](left, right))

    def compile(self, source: Any, name: Any = None, filename: Any = None, *args: Any, **kwargs: Any) -> Any:
        """The code of a template; whatever can't be made into code is an error in the template."""
        try:
            return super().compile(source, name, filename, *args, **kwargs)
        except TemplateSyntaxError:
            raise
        except (RecursionError, MemoryError, SyntaxError):
            raise TemplateSyntaxError("nested too deeply, or too long", 0, name, filename) from None
        except Exception as error:  # noqa: BLE001 - a number of too many digits, say
            raise TemplateSyntaxError(str(error) or type(error).__name__, 0, name, filename) from None

    def _generate(self, source: nodes.Template, name: Any, filename: Any, defer_init: bool = False) -> str:  # noqa: FBT001, FBT002
        try:
            made = metered(source, self)
        except TemplateSyntaxError as error:
            error.name, error.filename = name, filename
            raise
        return super()._generate(made, name, filename, defer_init)

    @pass_context
    def _printed(self, _: Context, value: object, /) -> str:
        return self._allowance.told(value)

    def _take(self, steps: int, /) -> bool:
        self._allowance.take(steps)
        return True

    def _counting(self, function: Callable[..., Any], *, of_text: bool = False) -> Callable[..., Any]:
        """A filter or a test that takes steps for what it is given and for what it makes of it.

        One that works on a text refuses whatever a page couldn't show either.
        """
        allowance = self._allowance
        # Before its value, a filter may be given what it runs in.
        at = 1 if hasattr(function, "jinja_pass_arg") else 0

        @wraps(function)
        def counting(*args: Any, **kwargs: Any) -> Any:
            allowance.take(A_STATEMENT)
            for each in (*args, *kwargs.values()):
                allowance.handled(each)
            if of_text and len(args) > at:
                args = (*args[:at], allowance.told(args[at]), *args[at + 1 :])
            made = function(*args, **kwargs)
            return allowance.counted(made) if isinstance(made, Iterator) else allowance.weighed(made)

        return counting
