from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.store.disk_support import BrokenDisk, all_files
from tui.core.failure import LmdeckError, UsageError
from tui.core.provider import Provider
from tui.core.secret import Secret
from tui.core.turn import Turn, TurnState
from tui.store.conversations import ConversationStore
from tui.store.credentials import CredentialStore
from tui.store.endpoint_memory import EndpointMemory
from tui.store.forget import forget
from tui.store.paths import Paths
from tui.store.providers import ProviderStore


@pytest.fixture
def used(paths: Paths) -> Paths:
    """A person's folders after some use."""
    ProviderStore(paths).save(Provider("a"))
    CredentialStore(paths).put("a", Secret("sk-0123456789"))
    EndpointMemory(paths).put_json("http://x", "m", {"x": 1})
    conversations = ConversationStore(paths)
    for number in range(2):
        journal = conversations.create()
        journal.write_turn(Turn(str(number), "Secret plans", state=TurnState.DONE))
        journal.close()
        if number:
            conversations.delete(journal.identity)
    conversations.list()
    (paths.config_dir / "credentials.toml.corrupt-20260101-000000").write_text("sk-0123456789")
    return paths


def texts(paths: Paths) -> str:
    return "".join(path.read_text() for path in all_files(paths.home) if path.is_file())


def test_keys_are_forgotten_wherever_a_copy_is(used: Paths) -> None:
    assert forget(used, "keys") == 3  # the file, its lock, the copy kept aside
    assert "sk-0123456789" not in texts(used)
    assert CredentialStore(used).get("a") is None
    assert ProviderStore(used).load().providers == (Provider("a"),)


def test_a_linked_key_file_is_forgotten_itself(used: Paths, tmp_path: Path) -> None:
    real = used.credentials_file.rename(tmp_path / "real.toml")
    used.credentials_file.symlink_to(real)
    forget(used, "keys")
    assert not real.exists()


def test_conversations_are_forgotten_with_trash_and_titles(used: Paths) -> None:
    assert forget(used, "conversations") == 3
    assert "Secret plans" not in texts(used)
    assert ConversationStore(used).list() == []


def test_a_conversation_that_is_open_stays(used: Paths) -> None:
    store = ConversationStore(used)
    opened = store.open(store.list()[0].identity)
    assert opened.journal is not None
    forget(used, "conversations")
    opened.journal.close()
    assert len(store.list()) == 1


def test_caches_are_forgotten_and_nothing_else(used: Paths) -> None:
    used.log_file.touch()
    assert forget(used, "caches") >= 3
    assert not [path for path in all_files(used.cache_dir) if path.is_file()]
    assert not used.log_file.exists()
    assert EndpointMemory(used).get_json("http://x", "m") is None
    assert len(ConversationStore(used).list()) == 1
    assert CredentialStore(used).get("a") is not None


def test_nothing_to_forget_is_no_error(paths: Paths) -> None:
    assert [forget(paths, what) for what in ("keys", "conversations", "caches")] == [0, 0, 0]
    with pytest.raises(UsageError):
        forget(paths, "everything")


def test_a_disk_that_refuses_is_told(used: Paths, broken_disk: BrokenDisk) -> None:
    broken_disk.refuse(errno.EROFS, "unlink")
    with pytest.raises(LmdeckError) as caught:
        forget(used, "keys")
    assert caught.value.failure.cause == "store-read-only"
