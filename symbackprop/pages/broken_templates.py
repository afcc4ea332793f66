"""What goes wrong in templates, in one line that says where."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import walk_tb

from jinja2 import Template, TemplateError, TemplateSyntaxError

from symbackprop.errors import SpecError
from symbackprop.formats import Format


@contextmanager
def blaming_templates(folders: tuple[Path, ...], format_: Format) -> Iterator[None]:
    """Turns whatever goes wrong in templates of the user's own into one line that says where."""
    try:
        yield
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if len(folders) == 1 and not isinstance(error, TemplateError):
            raise
        name, line = _place_of(error)
        where = name or f"the templates for {format_}"
        why = str(getattr(error, "message", None) or error).splitlines()[0]
        raise SpecError(f"{where}, line {line}" if line else where, why) from None


def _place_of(error: Exception) -> tuple[str | None, int | None]:
    """The template and the line where an error was raised, as far as they can be told."""
    name, line = (error.name, error.lineno) if isinstance(error, TemplateSyntaxError) else (None, None)
    for frame, number in walk_tb(error.__traceback__):
        template = frame.f_globals.get("__jinja_template__")
        file = Path(frame.f_code.co_filename)
        if isinstance(template, Template):
            name, line = template.name, template.get_corresponding_lineno(number)
        elif file.suffix == ".j2":
            # Jinja has put the template itself into the traceback already.
            name, line = "/".join(file.parts[-2:]), number
        elif "jinja2" in file.parts and name is None:
            name = frame.f_locals.get("template") if isinstance(frame.f_locals.get("template"), str) else None
    return name, line
