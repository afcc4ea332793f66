"""What good network files mean, and that no file, whatever is in it, does anything but be read or refused."""

from __future__ import annotations

import errno
import os
import re
import time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbackprop.errors import SpecError
from symbackprop.functions import Activation, Loss
from symbackprop.network import Given, HiddenGradients, Network
from symbackprop.network_file import MOST_BYTES, parse_network, read_network
from symbackprop.resources import example, starter

GOOD = """\
title = "A small net"
[data]
inputs = [0.05, 0.10]
targets = [0.01]
[[layers]]
activation = "sigmoid"
weights = [[0.15, 0.20], [0.25, 0.30]]
biases = 0.35
[[layers]]
activation = "sigmoid"
weights = [[0.40, 0.45]]
biases = [0.60]
[training]
learning_rate = 0.5
[[published]]
quantity = "E_total@1"
value = "0.291027924"
source = "a sheet"
"""


def number(typed: str) -> Given:
    return Given(exact=Fraction(typed), typed=typed)


def test_numbers_keep_the_digits_that_were_typed() -> None:
    network = parse_network(GOOD, "mynet.toml")
    assert network.samples[0].inputs[0] == (number("0.05"), number("0.10"))
    assert network.samples[0].inputs[0][1].exact == Fraction(1, 10)
    assert network.layers[0].weights[1] == (number("0.25"), number("0.30"))
    assert network.published[0].value == number("0.291027924")


@pytest.mark.parametrize(
    ("toml", "exact", "typed"),
    [
        ("0.10", Fraction(1, 10), "0.10"),
        ("+0.10", Fraction(1, 10), "0.10"),
        ("-0.25", Fraction(-1, 4), "-0.25"),
        ("1_000.250_0", Fraction(4001, 4), "1000.2500"),
        ("3", Fraction(3), "3"),
        ("-1_0", Fraction(-10), "-10"),
        ("0x10", Fraction(16), "16"),
        ("1E+3", Fraction(1000), "1e3"),
        ("25e-4", Fraction(1, 400), "25e-4"),
        ("-0.0", Fraction(0), "0.0"),
        ("-0", Fraction(0), "0"),
        ("1e300", Fraction(10**300), "1e300"),
        ("1e-300", Fraction(1, 10**300), "1e-300"),
        ("0." + "3" * 60, Fraction("0." + "3" * 60), "0." + "3" * 60),
    ],
)
def test_a_number_is_exact_and_typed_without_noise(toml: str, exact: Fraction, typed: str) -> None:
    network = parse_network(GOOD.replace("0.45", toml), "mynet.toml")
    assert network.layers[1].weights[0][1] == Given(exact=exact, typed=typed)


@pytest.mark.parametrize("value", ['"0.2910"', '"+0.2910"', '" 0.2910 "', "0.2910", "+0.291_0"])
def test_a_published_value_may_stand_in_quotes_or_not(value: str) -> None:
    network = parse_network(GOOD.replace('"0.291027924"', value), "mynet.toml")
    assert network.published[0].value == number("0.2910")


def test_what_is_left_out_gets_its_default() -> None:
    text = GOOD[: GOOD.index("[[published]]")].replace("biases = 0.35\n", "")
    network = parse_network(text, "mynet.toml")
    assert network.layers[0].biases is None
    assert network.training.loss is Loss.HALF_SQUARED
    assert network.training.update_biases
    assert network.training.hidden_gradients is HiddenGradients.ORIGINAL
    assert network.training.rounds == 1
    assert network.published == ()


def test_biases_are_shared_or_one_for_each_neuron() -> None:
    network = parse_network(GOOD, "mynet.toml")
    assert [layer.biases for layer in network.layers] == [number("0.35"), (number("0.60"),)]


@pytest.mark.parametrize("title", [r"\\input{/etc/passwd}", "$x$ <script> `a`", "反向传播", "Réseau\u00a0: 2-2-1"])
def test_a_title_may_hold_anything_printable(title: str) -> None:
    network = parse_network(GOOD.replace("A small net", title), "mynet.toml")
    assert network.title == title.replace("\\\\", "\\")


def test_the_default_network_is_the_articles() -> None:
    network = read_network(example("mazur"))
    assert network.widths == (2, 2, 2)
    assert [layer.biases for layer in network.layers] == [number("0.35"), number("0.60")]
    assert {layer.activation for layer in network.layers} == {Activation.SIGMOID}
    assert network.training.rounds == 10_000
    assert not network.training.update_biases
    assert len(network.published) == 35


def test_the_starter_is_a_network() -> None:
    assert read_network(starter()).widths == (2, 2, 1)


def test_the_starters_remarks_give_the_defaults() -> None:
    text = starter().read_text(encoding="utf-8")
    whole = parse_network(re.sub(r"^#(?! |$)", "", text, flags=re.MULTILINE), "x")
    left_out = parse_network(text, "x")
    assert whole.training == left_out.training
    assert [figure.quantity for figure in whole.published] == ["E_total@1"]


# --- Files --------------------------------------------------------------------------------------------------


def complaint(path: Path) -> str:
    with pytest.raises(SpecError) as caught:
        read_network(path)
    return str(caught.value).removeprefix(f"{path}")


def test_origin_is_the_path_as_given(tmp_path: Path) -> None:
    path = tmp_path / "mynet.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_network(path).origin == str(path)


def test_windows_byte_order_mark_and_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mynet.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_network(path).title == "A small net"


def test_missing_file(tmp_path: Path) -> None:
    assert complaint(tmp_path / "none.toml") == ": cannot be read: no such file or directory"


def test_directory(tmp_path: Path) -> None:
    assert complaint(tmp_path) == ": cannot be read: is a directory"


def test_file_used_as_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert complaint(tmp_path / "a" / "b.toml") == ": cannot be read: not a directory"


def test_overlong_name() -> None:
    assert complaint(Path("n" * 300)) == ": cannot be read: file name too long"


def test_nul_in_the_name() -> None:
    with pytest.raises(SpecError, match=r"^a\\x00b: cannot be read: no file can have such a name$"):
        read_network(Path("a\0b"))


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    path = tmp_path / "mynet.toml"
    path.touch()
    # Tests may run as a user who is allowed to read everything, so the refusal is staged.
    monkeypatch.setattr(Path, "open", refuse)
    assert complaint(path) == ": cannot be read: permission denied"


def test_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "mynet.toml"
    path.write_bytes(b'\ntitle = "R\xe9seau"')
    assert complaint(path) == ": line 2: expected UTF-8 text, found the byte 0xe9"


def test_oversized_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mynet.toml"
    with path.open("wb") as file:
        file.truncate(10**12)
    assert complaint(path) == f": larger than the {MOST_BYTES:,} bytes that are read at most"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device of Unix")
def test_endless_device_is_refused() -> None:
    assert complaint(Path("/dev/zero")) == f": larger than the {MOST_BYTES:,} bytes that are read at most"


# --- Anything at all ----------------------------------------------------------------------------------------


def judged(text: str) -> Network | SpecError:
    """Give the network or the one-line refusal; whatever else comes up fails the test."""
    try:
        return parse_network(text, "mynet.toml")
    except SpecError as error:
        refusal = error
    assert "\n" not in str(refusal)
    assert refusal.where.startswith("mynet.toml")
    return refusal


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    judged(text)


@given(content=st.binary())
def test_any_bytes_are_read_or_refused(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    with pytest.raises(SpecError):
        read_network(path)


PIECES = re.findall(r"\w+|\s+|.", GOOD)
INSERTS = st.sampled_from([*PIECES, "-", "9" * 70, "1e999", "nan", "{", "}", "''", "\\", "#", "true", "0x1"])


@settings(max_examples=1000)
@given(st.lists(st.tuples(st.integers(0, len(PIECES)), st.integers(0, 3), INSERTS), min_size=1, max_size=4))
def test_a_mutated_file_is_read_or_refused(cuts: list[tuple[int, int, str]]) -> None:
    pieces = list(PIECES)
    for at, length, insert in cuts:
        pieces[at : at + length] = [insert]
    judged("".join(pieces))


@given(st.decimals(min_value=-(10**20), max_value=10**20, allow_nan=False, places=12))
def test_any_decimal_is_read_exactly(decimal: object) -> None:
    typed = f"{decimal:f}"
    network = parse_network(GOOD.replace("0.45", typed), "x")
    assert network.layers[1].weights[0][1].exact == Fraction(typed)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 2_000_000,
        "a." * 1_000_000,
        "a " * 1_000_000,
        '"a".' * 500_000,
        "[" * 2_000_000,
        "a = 1" + "0" * 2_000_000,
        "a = 1" + "_0" * 1_000_000,
        "a = 0." + "0" * 2_000_000,
        "a = '" + "a" * 2_000_000,
        "a = [" + "{}," * 500_000 + "]",
        "[[layers]]\n" * 100_000,
        GOOD + "[[published]]\n" * 50_000,
    ],
    ids=lambda text: text[-20:][:10],
)
def test_a_hostile_file_is_refused_in_bounded_time(text: str) -> None:
    started = time.perf_counter()
    assert isinstance(judged(text), SpecError)
    assert time.perf_counter() - started < 10


def test_title_and_source_may_be_given_for_each_language() -> None:
    text = GOOD.replace('title = "A small net"', 'title = { en = "Two neurons", zh = "两个神经元" }')
    network = parse_network(text, "mynet.toml")
    assert network.title == network.title_in("en") == network.title_in("fr") == "Two neurons"
    assert network.title_in("zh") == "两个神经元"


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("{}", "title: expected a text, or one for each language, found an empty table"),
        ('{ English = "x" }', 'title.English: expected the code of a language such as "en"'),
        ("{ zh = 1 }", "title.zh: expected a text in quotes, found 1"),
    ],
)
def test_broken_title_for_each_language_is_refused(title: str, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        parse_network(GOOD.replace('title = "A small net"', f"title = {title}"), "mynet.toml")
