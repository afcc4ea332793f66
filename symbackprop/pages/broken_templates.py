"""What goes wrong in templates, in one line that says where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import walk_tb

from jinja2 import Template, TemplateError, TemplateNotFound, TemplateSyntaxError

from symbackprop.errors import SpecError, SymbackpropError
from symbackprop.formats import Format
from symbackprop.pages.templates import Templates
from symbackprop.wording import one_line, quoted


@contextmanager
def blaming_templates(templates: Templates, format_: Format) -> Iterator[None]:
    """Turns whatever goes wrong in templates of the user's own into one line that says where."""
    try:
        yield
    except SymbackpropError:
        raise
    except Exception as error:
        # In the sandbox a template can make any filter fail. Without it, or where a document is told, we are at fault.
        if not isinstance(error, TemplateError) and (not templates.own or _was_telling(error)):
            raise
        name, line = _place_of(error, templates)
        where = name or f"the templates for {format_}"
        raise SpecError(f"{where}, line {line}" if line else where, _why(error)) from None


def _was_telling(error: Exception) -> bool:
    """Whether it was raised where no template has a say.

    What prints a formula is no such place: a template may have handed it anything, and whether that is why it failed
    can't be told apart from a fault of ours. So the template is named, as what called it.
    """
    modules = (str(frame.f_globals.get("__name__")) for frame, _ in walk_tb(error.__traceback__))
    return any(it.startswith(("symbackprop.pages.narrate.", "symbackprop.derivation.")) for it in modules)


def _why(error: Exception) -> str:
    """What is said of an error, whoever raised it."""
    match error:
        case RecursionError():
            return "nested too deeply: does a macro, a template or a loop call itself without an end?"
        case MemoryError():
            return "makes a text, a list or a number that is too large"
        case TemplateNotFound() if type(error) is TemplateNotFound:
            return f"there is no template {quoted(str(error.name))}"
        case _:
            said = str(getattr(error, "message", None) or error) or type(error).__name__
            # Where a function of ours stands in our code is of no use to anybody.
            return one_line(said.splitlines()[0].rpartition("<locals>.")[2])


def _place_of(error: Exception, templates: Templates) -> tuple[str | None, int | None]:
    """The template and the line where an error was raised, as far as they can be told: the last of the user's own."""
    places = list(_places_of(error))
    return next((it for it in reversed(places) if it[0] in templates.own), places[-1] if places else (None, None))


def _places_of(error: Exception) -> Iterator[tuple[str, int | None]]:
    """The templates and their lines that an error went through, from the outermost."""
    named = False
    for frame, number in walk_tb(error.__traceback__):
        template = frame.f_globals.get("__jinja_template__")
        file = Path(frame.f_code.co_filename)
        asked = frame.f_locals.get("template")
        if isinstance(template, Template) and template.name is not None:
            named = True
            yield template.name, template.get_corresponding_lineno(number)
        elif file.suffix == ".j2":
            # Jinja has put the template itself into the traceback already.
            named = True
            yield "/".join(file.parts[-2:]), number
        elif "jinja2" in file.parts and not named and isinstance(asked, str):
            yield asked, None
    if isinstance(error, TemplateSyntaxError) and error.name is not None:
        yield error.name, error.lineno
