"""Files are written whole or not at all, and nothing temporary stays."""

from __future__ import annotations

import os
import stat
import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest

from symbackprop.errors import SpecError
from symbackprop.files import read_bytes, read_stream, read_text, write_all, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_text_is_written_as_utf8_with_plain_line_ends(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.md", "误差 ≈ 0.1\n")
    assert (tmp_path / "a.md").read_bytes() == "误差 ≈ 0.1\n".encode()
    assert names(tmp_path) == ["a.md"]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_all([(tmp_path / "a.pdf", (b"%PDF\r\n\xff", b"\x00"))])
    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF\r\n\xff\x00"


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_whole(tmp_path / "x" / "y" / "a.md", "a")
    assert (tmp_path / "x" / "y" / "a.md").read_text() == "a"


def test_new_file_gets_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_whole(tmp_path / "ours", "a")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_existing_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "private"
    path.touch(mode=0o600)
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_link_keeps_pointing_where_it_points(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to("file")
    write_whole(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new"


def test_longest_name_that_a_folder_takes_is_written(tmp_path: Path) -> None:
    write_whole(tmp_path / ("n" * 255), "a")
    assert names(tmp_path) == ["n" * 255]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="a device of Unix")
def test_device_is_written_to_and_stays_a_device() -> None:
    write_whole(Path(os.devnull), "a")
    assert Path(os.devnull).is_char_device()


def test_directory_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        write_whole(tmp_path, "a")
    assert str(caught.value) == f"{tmp_path}: cannot be written: is a directory"


def test_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(SpecError) as caught:
        write_whole(tmp_path / "a" / "b" / "c", "a")
    assert str(caught.value) == f"{tmp_path}/a/b/c: cannot be written: not a directory"


def test_overlong_name_is_refused_on_one_line(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r": cannot be written: file name too long$"):
        write_whole(tmp_path / ("n" * 300), "a")
    assert names(tmp_path) == []


def test_name_with_a_line_break_and_a_nul_is_refused_on_one_line() -> None:
    with pytest.raises(SpecError, match=r"^a\\nb\\x00: cannot be written: no file can have such a name$"):
        write_whole(Path("a\nb\0"), "a")


def test_read_only_file_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("old")
    # Tests may run as a user who is allowed to write everything, so the refusal is staged.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SpecError, match=r": cannot be written: permission denied$"):
        write_whole(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"


def test_several_files_are_written_together(tmp_path: Path) -> None:
    write_all([(tmp_path / "a", "1"), (tmp_path / "pictures" / "b", "2")])
    assert (tmp_path / "a").read_text() == "1"
    assert (tmp_path / "pictures" / "b").read_text() == "2"


def test_if_one_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "folder").mkdir()
    with pytest.raises(SpecError):
        write_all([(tmp_path / "a", "new"), (tmp_path / "folder", "2"), (tmp_path / "c", "3")])
    assert (tmp_path / "a").read_text() == "old"
    assert names(tmp_path) == ["a", "folder"]


@pytest.mark.parametrize("method", ["open", "chmod", "replace"])
@pytest.mark.parametrize("failure", [KeyboardInterrupt, MemoryError, OSError(28, "No space left on device")])
def test_no_temporary_file_survives(
    method: str,
    failure: BaseException | type[BaseException],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    (tmp_path / "a").write_text("old")
    with monkeypatch.context() as staged:
        staged.setattr(Path, method, fail)
        with pytest.raises((KeyboardInterrupt, MemoryError, SpecError)):
            write_all([(tmp_path / "a", "new"), (tmp_path / "b", "new")])
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_a_text_that_has_no_utf8_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SpecError):
        write_whole(tmp_path / "a", "\ud800")
    assert names(tmp_path) == []


def test_text_is_read_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("12345")
    assert read_text(path, most_bytes=5) == "12345"
    with pytest.raises(SpecError) as caught:
        read_text(path, most_bytes=4)
    assert str(caught.value) == f"{path}: larger than the 4 bytes that are read at most"


TEXT = 'w5 = 0.4\r\n误差 = "\U0001d6ff"\n'

READ = [
    TEXT.encode(),
    TEXT.encode("utf-8-sig"),
    b"\xff\xfe" + TEXT.encode("utf-16-le"),
    b"\xfe\xff" + TEXT.encode("utf-16-be"),
]


@pytest.mark.parametrize("content", READ)
def test_text_is_read_with_a_byte_order_mark_or_as_utf_8(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(content)
    assert read_text(path, most_bytes=100) == read_stream(BytesIO(content), "a", most_bytes=100) == TEXT


CHINESE = "误差是 1\n网络的输出是 2\n"
WITHOUT = "expected UTF-8 text, found UTF-16 without a byte order mark; save it as UTF-8"
UNREAD = [
    (TEXT.encode("utf-16-le"), WITHOUT),
    (TEXT.encode("utf-16-be"), WITHOUT),
    (CHINESE.encode("utf-16-le"), WITHOUT),
    (CHINESE.encode("utf-16-be"), WITHOUT),
    (b"\xff\xfe\0\0" + TEXT.encode("utf-32-le"), "expected UTF-8 text, found UTF-32"),
    (b"\0\0\xfe\xff" + TEXT.encode("utf-32-be"), "expected UTF-8 text, found UTF-32"),
    (b"a\n\xe9", "line 2: expected UTF-8 text, found the byte 0xe9"),
    (b"\xef\xbb\xbfa\n\n\xe9", "line 3: expected UTF-8 text, found the byte 0xe9"),
    (b"\xff\xfea\0\n\0b", "line 2: expected UTF-16 text, found the byte 0x62"),
    (b"\xff\xfea\0\n\0\0\xdcb\0", "line 2: expected UTF-16 text, found the bytes 0x00dc"),
    (b"\xff", "line 1: expected UTF-8 text, found the byte 0xff"),
]


@pytest.mark.parametrize(("content", "why"), UNREAD)
def test_other_text_is_refused_by_its_name(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(content)
    with pytest.raises(SpecError) as caught:
        read_text(path, most_bytes=1000)
    assert str(caught.value) == f"{path}: {why}"


def test_a_zero_here_and_there_is_no_utf_16(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a = 1, and no more than that\0")
    assert read_text(tmp_path / "a", most_bytes=100).endswith("\0")


def test_small_files_take_little_memory_whatever_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    tracemalloc.start()
    assert read_bytes(tmp_path / "a", most_bytes=100_000_000) == b"a"
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
def test_files_are_read_whole_up_to_the_limit(size: int, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * size)
    assert len(read_bytes(tmp_path / "a", most_bytes=size)) == size
    with pytest.raises(SpecError, match="larger than"):
        read_stream(BytesIO(b"a" * (size + 1)), "a", most_bytes=size)
