"""Reading a network file: the one place where raw input is doubted, and its top floor.

`starter.toml` explains every key, `file_keys` lists them. Each part has a reader of its own, which also knows what is
taken where a key is left out.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from symbackprop.agreement import require_agreement
from symbackprop.data_file import read_inputs, read_samples
from symbackprop.errors import SpecError
from symbackprop.file_keys import DATA, HEADERS, KINDS, PUBLISHED, ROOT, TRAINING
from symbackprop.files import read_text
from symbackprop.layers_file import find_layers, read_layers
from symbackprop.network import Network, Published
from symbackprop.numerals import SHORT_ENOUGH, TypedFloat
from symbackprop.places import Place, Table
from symbackprop.toml_slips import not_toml
from symbackprop.training_file import read_training, read_writing
from symbackprop.wording import one_line

MOST_BYTES = 16_000_000
LONGEST_TITLE = 200
LONGEST_QUANTITY = 80
LONGEST_SOURCE = 200
LONGEST_REFERENCE = 400
MOST_NAMES = 1_000

# Two things that tomllib can't be left alone with. A dotted key takes it time that grows as the square of the
# length; none of ours has more than two parts. An endless number takes it a hundred bytes a digit, and Python
# itself may be told to read no integer of more than 640 digits.
_KEY_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_ENDLESS_KEY = re.compile(rf"""(?<![A-Za-z0-9_"'-])(?:{_KEY_PART}[ \t]*+\.[ \t]*+){{40}}""")
_ENDLESS_NUMBER = re.compile(r"(?<!\w)(?:0[xo][0-9A-Fa-f]|[0-9])(?:_?[0-9A-Fa-f]){500}")


def read_network(path: Path) -> Network:
    """Give the network that the file at `path` describes.

    Raise `SpecError` with file, place, what was expected and what was found for anything that is wrong with
    it, and `UnsupportedError` for what a later version will know.
    """
    return parse_network(read_text(path, most_bytes=MOST_BYTES), str(path))


def parse_network(text: str, origin: str) -> Network:
    """Give the network that `text` describes; errors (see `read_network`) call the text `origin`."""
    return network_of(parse_toml(text, one_line(origin)), origin)


def network_of(values: dict[str, Any], origin: str) -> Network:
    """Give the network that such values describe as a network file holds; its floats are `TypedFloat`."""
    root = _root(values, origin)
    titles = root.required("title").texts(longest=LONGEST_TITLE)
    reference = root.optional("reference")
    data = root.required("data").table(DATA, KINDS)
    raw_inputs = data.required("inputs")
    tables = find_layers(root.required("layers"))
    inputs = read_inputs(raw_inputs, tables.recurrent)
    layers = read_layers(tables, inputs=inputs.width, instances=len(inputs.sequences) * inputs.steps)
    network = Network(
        title=titles[0][1],
        titles=titles,
        references=reference.texts(longest=LONGEST_REFERENCE) if reference else (),
        samples=read_samples(inputs, data.required("targets"), len(layers[-1].weights)),
        layers=layers,
        training=read_training(root.required("training").table(TRAINING, KINDS)),
        published=_published(root.optional("published")),
        origin=origin,
        writing=read_writing(root.optional("notation")),
        names=_names(root.optional("names")),
    )
    require_agreement(network)
    return network


def read_title(path: Path) -> str:
    """Give a file's title and read nothing else of it; raise `SpecError` where even that is wrong."""
    values = parse_toml(read_text(path, most_bytes=MOST_BYTES), one_line(str(path)))
    return _root(values, str(path)).required("title").texts(longest=LONGEST_TITLE)[0][1]


def _root(values: dict[str, Any], origin: str) -> Table:
    return Place(origin=origin, path="", value=values).table(ROOT, KINDS)


def parse_toml(text: str, origin: str) -> dict[str, Any]:
    """Give what a TOML file holds, floats as they were typed; raise `SpecError` where it is none or too much."""
    if endless := _ENDLESS_KEY.search(text):
        raise SpecError(_line(endless, origin), "expected a key of at most two parts, found more than 40")
    if endless := _ENDLESS_NUMBER.search(text):
        raise SpecError(_line(endless, origin), f"expected {SHORT_ENOUGH}, found more than 500")
    try:
        return tomllib.loads(text, parse_float=TypedFloat)
    except tomllib.TOMLDecodeError as error:
        raise not_toml(text, error, origin, HEADERS) from None
    except RecursionError:
        raise SpecError(origin, "lists or tables are nested too deeply") from None


def _line(match: re.Match[str], origin: str) -> str:
    return f"{origin}: line {match.string.count(chr(10), 0, match.start()) + 1}"


def _published(place: Place | None) -> tuple[Published, ...]:
    if place is None:
        return ()
    return tuple(
        _figure(item.table(PUBLISHED, KINDS))
        for item in place.items("a table [[published]] for each figure (in double brackets)")
    )


def _figure(table: Table) -> Published:
    sources = table.required("source").texts(longest=LONGEST_SOURCE)
    return Published(
        quantity=table.required("quantity").text(longest=LONGEST_QUANTITY),
        value=table.required("value").figure(),
        source=sources[0][1],
        sources=sources,
    )


def _names(place: Place | None) -> tuple[tuple[str, str], ...]:
    """Names of the user's own. Whether there are such quantities is asked where they are known."""
    if place is None:
        return ()
    if not isinstance(place.value, dict):
        raise place.refusal('a table [names] with lines such as "in_{h1}" = "net_h1"')
    if len(place.value) > MOST_NAMES:
        raise place.refusal(f"at most {MOST_NAMES:,} names", f"{len(place.value):,}")
    for name in place.value:
        if not 0 < len(name.strip()) <= LONGEST_QUANTITY:
            raise place.under(name).refusal(f"a name of 1 to {LONGEST_QUANTITY} characters", f"{len(name.strip()):,}")
    return tuple((name, place.under(name).text(longest=LONGEST_QUANTITY)) for name in place.value)
