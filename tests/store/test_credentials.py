from __future__ import annotations

import errno
import stat

import pytest

from tests.store.disk_support import BrokenDisk
from tui.core.failure import LmdeckError
from tui.core.secret import Secret
from tui.store.credentials import CredentialStore
from tui.store.paths import Paths

KEY = Secret("sk-0123456789abcdef")


def test_keys_are_stored_and_found_by_another_session(paths: Paths) -> None:
    one, two = CredentialStore(paths), CredentialStore(paths)
    assert two.get("a") is None
    one.put("a", KEY)
    one.put("b.c", Secret("sk-other-key"))
    assert two.get("a") == KEY
    assert set(two.all()) == {KEY, Secret("sk-other-key")}
    assert stat.S_IMODE(paths.credentials_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(paths.config_dir.stat().st_mode) == 0o700


def test_a_deleted_key_is_returned_and_gone_from_the_disk(paths: Paths) -> None:
    store = CredentialStore(paths)
    store.put("a", KEY)
    assert store.delete("a") == KEY
    assert store.delete("a") is None
    for path in paths.config_dir.iterdir():
        assert KEY.reveal().encode() not in path.read_bytes(), path


def test_renaming_and_copying_move_the_key(paths: Paths) -> None:
    store = CredentialStore(paths)
    store.rename("none", "other")
    store.copy("none", "other")
    assert not paths.credentials_file.exists()
    store.put("a", KEY)
    store.rename("a", "b")
    store.copy("b", "c")
    assert store.get("a") is None
    assert store.get("b") == store.get("c") == KEY


@pytest.mark.parametrize("text", ["", "  ", "Bearer sk-1", '"sk-1"', "sk-1\nsk-2", "${KEY}", "sk 1", "sk-é"])
def test_what_cannot_be_a_key_is_refused_without_quoting_it(paths: Paths, text: str) -> None:
    with pytest.raises(LmdeckError) as caught:
        CredentialStore(paths).put("a", Secret(text))
    assert caught.value.failure.cause == "key-malformed"
    assert not text.strip() or text not in str(caught.value)
    assert not paths.credentials_file.exists()


def test_a_file_that_others_can_read_is_made_private_and_said_so(paths: Paths) -> None:
    store = CredentialStore(paths)
    store.put("a", KEY)
    paths.credentials_file.chmod(0o644)
    other = CredentialStore(paths)
    assert other.get("a") == KEY
    assert stat.S_IMODE(paths.credentials_file.stat().st_mode) == 0o600
    assert "private now" in other.notices[0]


def test_a_file_that_cannot_be_made_private_is_not_used(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    CredentialStore(paths).put("a", KEY)
    paths.credentials_file.chmod(0o644)
    monkeypatch.setattr("tui.store.disk.make_private", lambda descriptor: None)
    with pytest.raises(LmdeckError, match="others can read") as caught:
        CredentialStore(paths).get("a")
    assert "env:NAME" in caught.value.failure.advice


def test_a_broken_file_is_told_and_kept_aside_by_the_next_key(paths: Paths) -> None:
    paths.config_dir.mkdir(parents=True)
    paths.credentials_file.write_text("[keys\na = 'sk-secret'\n")
    paths.credentials_file.chmod(0o600)
    store = CredentialStore(paths)
    with pytest.raises(LmdeckError) as caught:
        store.get("a")
    assert "sk-secret" not in repr(caught.value.failure)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    store.put("b", KEY)
    assert store.get("b") == KEY
    (copy,) = paths.config_dir.glob("credentials.toml.corrupt-*")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert copy.name in store.notices[-1]


def break_file(paths: Paths, data: str | bytes) -> None:
    paths.config_dir.mkdir(parents=True, exist_ok=True)
    paths.credentials_file.write_bytes(data.encode() if isinstance(data, str) else data)
    paths.credentials_file.chmod(0o600)


GOOD = 'a = "sk-aaaaaaaaaaaaaaaa"\n'
BROKEN_FILES: dict[str, str | bytes] = {
    "a quotation mark is missing": f'[keys]\n{GOOD}b = "sk-bbbbbbbb\n',
    "a quotation mark is missing before it": f'[keys]\nb = "sk-bbbbbbbb\n{GOOD}',
    "the table is not closed": f"schema = 1\n\n[keys\n{GOOD}",
    "the head is gone": f"ema = 1\n]\n{GOOD}",
    "the end is gone": f'[keys]\n{GOOD}b = "sk-bb',
    "a name stands there twice": f'[keys]\n{GOOD}b = "sk-bbbbbbbb"\nb = "sk-cccccccc"\n',
    "a name stands there twice with the same": f"[keys]\n{GOOD}{GOOD}",
    "another table is broken": f'[keys]\n{GOOD}[other]\nb = "sk-bbbbbbbb"\nc = \n',
    "a line is not UTF-8": f'[keys]\n{GOOD}b = "'.encode() + b'\xff\xfe"\n',
    "it is UTF-16": f"[keys]\n{GOOD}".encode("utf-16"),
    "its schema is a word": f'schema = "one"\n[keys]\n{GOOD}',
    "something was pasted": f"[keys]\n{GOOD}<<<<<<< HEAD\n",
    "a key cannot be one": f'[keys]\n{GOOD}b = "two words"\nc\n',
}


@pytest.mark.parametrize("data", BROKEN_FILES.values(), ids=BROKEN_FILES)
def test_what_can_be_read_of_a_broken_file_outlives_the_next_key(paths: Paths, data: str | bytes) -> None:
    break_file(paths, data)
    before = paths.credentials_file.read_bytes()
    store = CredentialStore(paths)
    store.put("new", KEY)
    assert store.names() == {"a", "new"}
    assert CredentialStore(paths).get("a") == Secret("sk-aaaaaaaaaaaaaaaa")
    (kept,) = paths.config_dir.glob("credentials.toml.corrupt-*")
    assert kept.read_bytes() == before
    assert kept.name in store.notices[-1]
    assert "1 of its keys stays in use. Copy a missing key from there" in store.notices[-1]


def test_what_is_stored_anew_is_not_set_back_by_the_broken_file(paths: Paths) -> None:
    break_file(paths, f"[keys]\n{GOOD}b\n")
    store = CredentialStore(paths)
    store.update({"a": KEY})
    assert store.get("a") == KEY


def test_a_file_of_which_nothing_can_be_read_is_kept_and_named(paths: Paths) -> None:
    break_file(paths, b"\x00\x01 no keys here")
    store = CredentialStore(paths)
    store.put("new", KEY)
    assert store.names() == {"new"}
    assert "0 of its keys stay in use." in store.notices[-1]
    (kept,) = paths.config_dir.glob("credentials.toml.corrupt-*")
    assert kept.name in (CredentialStore(paths).kept_for("any") or "")


def test_the_kept_file_that_has_the_name_is_told_before_a_newer_one(paths: Paths) -> None:
    assert CredentialStore(paths).kept_for("lost") is None
    paths.config_dir.mkdir(parents=True)
    folder = paths.config_dir
    (folder / "credentials.toml.corrupt-20260101-000000").write_text('lost = "sk-')
    (folder / "credentials.toml.corrupt-20260202-000000").write_text("nothing")
    (folder / "credentials.toml.corrupt-20260303-000000").mkdir()
    store = CredentialStore(paths)
    assert (store.kept_for("lost") or "").endswith("20260101-000000")
    assert (store.kept_for("other") or "").endswith("20260303-000000")


def test_a_newer_file_is_read_and_never_written(paths: Paths) -> None:
    paths.config_dir.mkdir(parents=True)
    text = 'schema = 9\n[keys]\na = "sk-0123456789abcdef"\n'
    paths.credentials_file.write_text(text)
    paths.credentials_file.chmod(0o600)
    store = CredentialStore(paths)
    assert store.get("a") == KEY
    with pytest.raises(LmdeckError):
        store.put("b", KEY)
    assert paths.credentials_file.read_text() == text


def test_the_golden_file_of_this_schema_reads_as_ever(paths: Paths) -> None:
    paths.config_dir.mkdir(parents=True)
    paths.credentials_file.write_text('schema = 1\n\n[keys]\n"a.b" = "sk-0123456789abcdef"\nodd = 3\n')
    paths.credentials_file.chmod(0o600)
    assert CredentialStore(paths).get("a.b") == KEY
    assert CredentialStore(paths).get("odd") is None


@pytest.mark.parametrize("call", ["open_file", "write", "fsync", "replace"])
def test_a_refused_write_leaves_the_keys_as_they_were(
    paths: Paths, broken_disk: BrokenDisk, call: str
) -> None:
    store = CredentialStore(paths)
    store.put("a", KEY)
    broken_disk.refuse(errno.ENOSPC, call)
    with pytest.raises(LmdeckError) as caught:
        store.put("a", Secret("sk-another-key"))
    assert caught.value.failure.cause == "store-full"
    broken_disk.recover()
    assert CredentialStore(paths).get("a") == KEY


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            'schema = 1\n[keys]\ngood = "sk-0123456789"\nb = 5\n',
            "the key of b is not a text in quotes (line 4)",
        ),
        ('[keys]\n"b" = ["sk-x"]\n', "the key of b is not a text in quotes (line 2)"),
        ('[keys.b]\nkey = "x"\n', "the key of b is not a text in quotes (line 1)"),
        ("schema = 1\nkeys = [1]\n", "keys must be a table, under a line [keys] (line 2)"),
    ],
)
def test_a_key_that_is_no_text_is_told_with_its_line(paths: Paths, text: str, reason: str) -> None:
    paths.config_dir.mkdir(parents=True, exist_ok=True)
    paths.credentials_file.write_text(text)
    paths.credentials_file.chmod(0o600)
    store = CredentialStore(paths)
    assert store.get("b") is None
    assert store.odd_entry("b") == reason
    assert any(reason in notice for notice in store.notices)
    if "good" in text:
        assert store.get("good") == Secret("sk-0123456789")
        assert store.odd_entry("good") is store.odd_entry("nobody") is None
    store.put("b", Secret("sk-9876543210"))
    assert store.get("b") == Secret("sk-9876543210")
    assert not any(reason in notice for notice in store.notices)
