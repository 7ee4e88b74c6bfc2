"""The lock of a configuration file: its holder, waiting times, and reentrancy."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.core.secret import Secret
from tui.runtime.builtin import BuiltIns
from tui.runtime.directory import ProviderDirectory
from tui.runtime.provider_changes import ProviderChanges
from tui.store.credentials import CredentialStore
from tui.store.lock import locked, waiting_at_most
from tui.store.paths import Paths
from tui.store.providers import ProviderStore


@contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    """Hold the lock as another process does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def test_a_thread_may_take_a_lock_again_and_no_other_thread_may(tmp_path: Path) -> None:
    path = tmp_path / "file"
    refused: list[LmdeckError] = []

    def other() -> None:
        try:
            with waiting_at_most(0), locked(path):
                pass
        except LmdeckError as error:
            refused.append(error)

    with locked(path) as outer:
        with locked(path) as inner:
            inner()
        outer()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert [error.failure.cause for error in refused] == ["store-locked"]
    with waiting_at_most(0), locked(path):
        pass


def test_links_in_the_place_of_locks_do_not_make_two_files_share_one(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for path in (one, other):
        path.with_name(f".{path.name}.lock").symlink_to(tmp_path / "shared")
    with waiting_at_most(0), locked(one), locked(other):
        pass


def test_who_waits_at_most_no_time_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with held_by_another(path):
        begun = time.monotonic()
        with pytest.raises(LmdeckError, match="in use by another"), waiting_at_most(0), locked(path):
            pass
        assert time.monotonic() - begun < 1
    with locked(path):
        pass


def test_a_lock_that_is_given_up_in_time_is_waited_for(tmp_path: Path) -> None:
    path, is_held = tmp_path / "file", threading.Event()

    def hold() -> None:
        with held_by_another(path):
            is_held.set()
            time.sleep(0.1)

    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait()
    with locked(path):
        pass
    thread.join()


@pytest.mark.parametrize("name", ["providers_file", "credentials_file"])
def test_a_change_of_two_files_is_all_or_nothing_where_another_has_one(paths: Paths, name: str) -> None:
    credentials = CredentialStore(paths)
    directory = ProviderDirectory(ProviderStore(paths), credentials, BuiltIns(paths.state_dir))
    changing = ProviderChanges(directory, credentials)
    provider = Provider("mine", provider_url="http://127.0.0.1:9/v1", model="m")
    changing.save(provider, "sk-0123456789abcdef")
    before = paths.providers_file.read_bytes(), paths.credentials_file.read_bytes()
    changes = (
        lambda: changing.save(provider, "sk-another-key-0123456789", "mine"),
        lambda: changing.save_all([provider], {"mine": Secret("sk-a-third-key-0123456789")}),
        lambda: changing.delete("mine"),
    )
    with held_by_another(getattr(paths, name)), waiting_at_most(0):
        for change in changes:
            with pytest.raises(LmdeckError, match="in use by another"):
                change()
            assert (paths.providers_file.read_bytes(), paths.credentials_file.read_bytes()) == before
    changing.delete("mine")()
    assert credentials.get("mine") == Secret("sk-0123456789abcdef")
