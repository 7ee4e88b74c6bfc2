from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.store.disk_support import BrokenDisk, all_files
from tui.core.failure import UsageError
from tui.core.parts import parts_of
from tui.core.provider import Provider
from tui.core.secret import Secret
from tui.core.turn import Turn, TurnState
from tui.store.conversations import ConversationStore
from tui.store.credentials import CredentialStore
from tui.store.endpoint_memory import EndpointMemory
from tui.store.forget import Forgotten, forget
from tui.store.paths import Paths
from tui.store.providers import ProviderStore


@pytest.fixture
def used(paths: Paths) -> Paths:
    """A person's folders after some use."""
    ProviderStore(paths).save(Provider("a"))
    CredentialStore(paths).put("a", Secret("sk-0123456789"))
    memory = EndpointMemory(paths)
    memory.learn_json("http://x", "m", {"x": 1})
    memory.write()
    conversations = ConversationStore(paths)
    for number in range(2):
        journal = conversations.create()
        journal.write_turn(Turn(str(number), parts_of("Secret plans"), state=TurnState.DONE))
        journal.close()
        if number:
            conversations.delete(journal.identity)
    conversations.listing.all()
    (paths.config_dir / "credentials.toml.corrupt-20260101-000000").write_text("sk-0123456789")
    return paths


def texts(paths: Paths) -> str:
    return "".join(path.read_text() for path in all_files(paths.home) if path.is_file())


def test_keys_are_forgotten_wherever_a_copy_is(used: Paths) -> None:
    assert forget(used, "keys").files == 2  # the file and the copy kept aside
    assert "sk-0123456789" not in texts(used)
    assert CredentialStore(used).get("a") is None
    assert ProviderStore(used).load().providers == (Provider("a"),)


def test_a_linked_key_file_is_forgotten_itself(used: Paths, tmp_path: Path) -> None:
    real = used.credentials_file.rename(tmp_path / "real.toml")
    used.credentials_file.symlink_to(real)
    forget(used, "keys")
    assert not real.exists()


def test_conversations_are_forgotten_with_trash_and_titles(used: Paths) -> None:
    assert forget(used, "conversations").conversations == 2
    assert "Secret plans" not in texts(used)
    assert ConversationStore(used).listing.all() == []


def test_a_conversation_that_is_open_stays_and_is_named_with_who_has_it(used: Paths) -> None:
    store = ConversationStore(used)
    identity = store.listing.all()[0].identity
    opened = store.open(identity)
    assert opened.journal is not None
    forgotten = forget(used, "conversations")
    opened.journal.close()
    assert len(store.listing.all()) == 1
    assert forgotten.conversations == 1  # the one in the trash
    (sentence,) = forgotten.kept
    assert identity in sentence
    assert "this lmdeck has it open" in sentence
    assert forget(used, "conversations").kept == []
    assert store.listing.all() == []


def test_caches_are_forgotten_and_nothing_else(used: Paths) -> None:
    used.crash_file.touch()
    used.engine_log_file.touch()
    assert forget(used, "caches").files >= 3
    assert not [path for path in all_files(used.cache_dir) if path.is_file()]
    assert not used.crash_file.exists()
    assert not used.engine_log_file.exists()
    assert EndpointMemory(used).get_json("http://x", "m") is None
    assert len(ConversationStore(used).listing.all()) == 1
    assert CredentialStore(used).get("a") is not None


def test_nothing_to_forget_is_no_error(paths: Paths) -> None:
    for what in ("keys", "conversations", "caches"):
        assert forget(paths, what) == Forgotten()
    with pytest.raises(UsageError):
        forget(paths, "everything")


@pytest.mark.parametrize("what", ["keys", "conversations", "caches"])
def test_a_disk_that_refuses_is_told_file_by_file(used: Paths, broken_disk: BrokenDisk, what: str) -> None:
    broken_disk.refuse(errno.EROFS, "unlink")
    forgotten = forget(used, what)
    assert (forgotten.files, forgotten.conversations) == (0, 0)
    assert forgotten.kept
    assert all("is still there: the disk is read-only." in sentence for sentence in forgotten.kept)


def test_what_cannot_be_removed_keeps_nothing_else(used: Paths, broken_disk: BrokenDisk) -> None:
    broken_disk.refuse(errno.EACCES, "unlink", after=2)  # the lock and the copy kept aside go
    forgotten = forget(used, "keys")
    assert (forgotten.files, len(forgotten.kept)) == (1, 1)
