from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.disk_support import BrokenDisk, all_files
from tui.store.files import (
    backup_of,
    ensure_private_directory,
    keep_aside,
    read_file,
    remove_leftovers,
    stamp_of,
    write_atomically,
)


@pytest.fixture(params=[0o000, 0o022])
def umask(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_everything_made_is_private_also_under_a_careless_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        target = tmp_path / "a" / "b" / "file.toml"
        for content in (b"one", b"two"):
            write_atomically(target, content, keep_backup=True)
        keep_aside(target, b"broken")
    finally:
        os.umask(before)
    modes = {
        path.relative_to(tmp_path).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in all_files(tmp_path)
    }
    assert len(modes) == 5
    assert all(mode in (0o600, 0o700) for mode in modes.values()), modes


def test_a_temporary_file_is_private_from_its_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def look(descriptor: int, data: bytes) -> int:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return os.write(descriptor, data)

    monkeypatch.setattr("tui.store.disk.write", look)
    before = os.umask(0)
    try:
        write_atomically(tmp_path / "file", b"secret")
    finally:
        os.umask(before)
    assert seen == [0o600]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "providers.toml"
    real.parent.mkdir()
    real.write_bytes(b"old")
    link = tmp_path / "config" / "providers.toml"
    link.parent.mkdir()
    link.symlink_to(real)
    write_atomically(link, b"new", keep_backup=True)
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert backup_of(link).read_bytes() == b"old"
    assert [path.name for path in real.parent.iterdir()] == ["providers.toml"]


def test_a_link_to_a_file_that_is_not_there_yet_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "later" / "file")
    write_atomically(link, b"new")
    assert (tmp_path / "later" / "file").read_bytes() == b"new"


@pytest.mark.parametrize("is_linked", [True, False], ids=["behind a link", "in its place"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_regular_file_is_never_replaced(
    tmp_path: Path, make: Callable[[Path], object], is_linked: bool
) -> None:
    """Root could put a file in the place of ``/dev/zero``."""
    other = tmp_path / "other"
    make(other)
    before = other.stat()
    path = tmp_path / "link" if is_linked else other
    if is_linked:
        path.symlink_to(other)
    with pytest.raises(OSError, match="not a regular file"):
        write_atomically(path, b"new")
    assert os.path.samestat(other.stat(), before)
    assert sorted(tmp_path.iterdir()) == sorted({path, other})


def test_short_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.store.disk.write", lambda descriptor, data: os.write(descriptor, data[:3]))
    write_atomically(tmp_path / "file", b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


@pytest.mark.parametrize("call", ["open_file", "write", "fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ESTALE])
@pytest.mark.parametrize("after", [0, 1])
def test_a_refused_write_leaves_the_file_as_it_was(
    tmp_path: Path, broken_disk: BrokenDisk, call: str, number: int, after: int
) -> None:
    target = tmp_path / "file"
    write_atomically(target, b"one")
    broken_disk.refuse(number, call, after=after)
    with pytest.raises(OSError) as caught:
        write_atomically(target, b"two", keep_backup=True)
    assert caught.value.errno == number
    assert target.read_bytes() == b"one"
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_fifo_or_a_folder_in_a_files_place_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="regular"):
        read_file(tmp_path / "fifo")
    with pytest.raises(OSError, match="regular"):
        read_file(tmp_path)


def test_a_file_beyond_its_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 11)
    with pytest.raises(OSError, match="large"):
        read_file(tmp_path / "file", 10)


def test_a_missing_file_is_none(tmp_path: Path) -> None:
    assert read_file(tmp_path / "none") is None
    assert stamp_of(tmp_path / "none") is None


def test_the_stamp_tells_versions_apart(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", b"one")
    first = stamp_of(tmp_path / "file")
    write_atomically(tmp_path / "file", b"two")
    assert stamp_of(tmp_path / "file") != first


def test_copies_kept_aside_never_overwrite_each_other(tmp_path: Path) -> None:
    copies = [keep_aside(tmp_path / "file", data) for data in (b"1", b"2", b"3")]
    assert [copy.read_bytes() for copy in copies] == [b"1", b"2", b"3"]
    assert all(copy.name.startswith("file.corrupt-") for copy in copies)


def test_leftovers_of_a_killed_writer_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / ".file.toml.0123.tmp").touch()
    (tmp_path / ".file.toml.bak.0123.tmp").touch()
    (tmp_path / ".other.toml.0123.tmp").touch()
    remove_leftovers(tmp_path / "file.toml")
    assert [path.name for path in tmp_path.iterdir()] == [".other.toml.0123.tmp"]


def test_an_existing_folder_keeps_its_permissions(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    ensure_private_directory(folder / "mine")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert stat.S_IMODE((folder / "mine").stat().st_mode) == 0o700


def test_a_file_in_a_folders_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        ensure_private_directory(tmp_path / "file" / "folder")


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_file_system_without_fsync_is_used_all_the_same(
    tmp_path: Path, broken_disk: BrokenDisk, number: int
) -> None:
    broken_disk.refuse(number, "fsync")
    write_atomically(tmp_path / "file", b"one")
    assert (tmp_path / "file").read_bytes() == b"one"
    assert broken_disk.refused > 0
