"""Which files are trusted; rewriting a file does not make it trusted."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tui.core.failure import UsageError
from tui.core.provider import Provider
from tui.store.files import backup_of
from tui.store.paths import Paths
from tui.store.providers import ProviderStore
from tui.store.trust import TrustedFiles, distrust_of

PLANTED = '[providers.a]\ncompatible_provider = "m"\nprovider_url = "http://h/v1"\napi_key = "cmd:true"\n'
ANOTHER = 12345
"""The number of another user."""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to another user")


def write(paths: Paths, text: str = PLANTED) -> Path:
    paths.config_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    paths.providers_file.write_text(text)
    paths.providers_file.chmod(0o600)
    return paths.providers_file


def refusal(paths: Paths) -> str:
    store = ProviderStore(paths)
    store.load()
    return store.trust.command_refusal("a") or ""


# -- mode and owner ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o755, 0o400])
def test_a_file_that_only_its_owner_can_write_is_relied_on(paths: Paths, mode: int) -> None:
    write(paths).chmod(mode)
    assert refusal(paths) == ""


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o664, 0o777])
def test_a_file_that_others_can_write_is_not(paths: Paths, mode: int) -> None:
    write(paths).chmod(mode)
    assert "others can write to ~/.config/lmdeck/providers.toml" in refusal(paths)
    assert "chmod go-w" in refusal(paths)
    assert "lmdeck providers trust" in refusal(paths)


@as_root
def test_a_file_of_another_user_is_not(paths: Paths) -> None:
    os.chown(write(paths), ANOTHER, -1)
    assert "belongs to another user" in refusal(paths)


@pytest.mark.parametrize("which", ["config_dir", "parent", "home"])
def test_a_folder_in_which_others_can_replace_the_file_counts_as_well(paths: Paths, which: str) -> None:
    write(paths)
    folder = {"config_dir": paths.config_dir, "parent": paths.config_dir.parent, "home": paths.home}[which]
    folder.chmod(0o777)
    assert "replace the file" in refusal(paths)
    folder.chmod(0o1777)  # as /tmp: nobody replaces what belongs to somebody else
    assert refusal(paths) == ""


@as_root
def test_a_folder_of_another_user_counts_as_well(paths: Paths) -> None:
    write(paths)
    os.chown(paths.config_dir, ANOTHER, -1)
    assert "belongs to another user" in refusal(paths)


@pytest.mark.parametrize("is_linked", ["file", "folder"])
def test_a_link_is_judged_by_every_folder_on_its_way(paths: Paths, tmp_path: Path, is_linked: str) -> None:
    place = tmp_path / "dotfiles" / "lmdeck"
    place.mkdir(parents=True)
    (place / "providers.toml").write_text(PLANTED)
    paths.config_dir.parent.mkdir(parents=True)
    if is_linked == "folder":
        paths.config_dir.symlink_to("../../dotfiles/lmdeck")
    else:
        paths.config_dir.mkdir()
        paths.providers_file.symlink_to(place / "providers.toml")
    assert refusal(paths) == ""
    place.parent.chmod(0o777)
    assert "dotfiles and replace the file" in refusal(paths)


@as_root
def test_a_link_of_another_user_in_a_shared_folder_is_not_followed_blindly(
    paths: Paths, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "providers.toml").write_text(PLANTED)
    paths.config_dir.parent.mkdir(parents=True)
    (shared / "link").symlink_to(tmp_path / "mine")
    paths.config_dir.symlink_to(shared / "link")
    assert refusal(paths) == ""
    os.chown(shared / "link", ANOTHER, -1, follow_symlinks=False)
    assert "link" in refusal(paths)


def test_a_circle_of_links_ends(paths: Paths) -> None:
    paths.config_dir.mkdir(parents=True)
    paths.providers_file.symlink_to("providers.toml")
    assert distrust_of(paths.providers_file, str, mode=None, owner=0) is None


@pytest.mark.parametrize(
    ("name", "members", "user", "is_relied_on"),
    [
        ("person", [], 1000, True),
        ("person", ["person"], 1000, True),
        ("person", ["person", "other"], 1000, False),
        ("staff", [], 1000, False),
        ("person", [], 0, False),
    ],
)
def test_a_group_of_ones_own_is_nobody_else(
    paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    members: list[str],
    user: int,
    is_relied_on: bool,
) -> None:
    """Where every user has a group, folders are made writable for it (umask 002)."""
    folder = write(paths).parent
    folder.chmod(0o775)
    group = folder.stat().st_gid
    person = pwd.struct_passwd(("person", "x", user, group, "", "/", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda number: person)
    monkeypatch.setattr(grp, "getgrgid", lambda number: grp.struct_group((name, "x", number, members)))
    monkeypatch.setattr("tui.store.trust._user", lambda: user)
    own = {os.geteuid(), 0, user}
    monkeypatch.setattr("tui.store.trust._is_own", lambda owner: owner in own)
    found = distrust_of(paths.providers_file, str, mode=0o600, owner=user)
    assert (found is None) == is_relied_on


# -- no laundering ----------------------------------------------------------------------------------

Change = Callable[[ProviderStore], object]
CHANGES: list[Change] = [
    lambda store: store.save(Provider("b", model="m", provider_url="http://h/v1")),
    lambda store: store.save(replace(store.load().providers[0], display_name="A"), "a"),
    lambda store: store.save(replace(store.load().providers[0], name="c"), "a"),
    lambda store: store.save_all([Provider("b", model="m", provider_url="http://h/v1")]),
    lambda store: store.set_default("a"),
    lambda store: store.delete("a"),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_no_change_makes_a_file_look_like_ones_own(paths: Paths, change: Change, kind: str) -> None:
    target = write(paths) if kind == "file" else write(paths).parent
    target.chmod(0o777 if kind == "folder" else 0o666)
    before = (paths.providers_file.read_bytes(), paths.providers_file.stat().st_mode)
    store = ProviderStore(paths)
    store.load()
    with pytest.raises(UsageError) as caught:
        change(store)
    assert caught.value.failure.cause == "file-untrusted"
    assert "lmdeck providers trust" in caught.value.failure.advice
    assert (paths.providers_file.read_bytes(), paths.providers_file.stat().st_mode) == before
    assert not backup_of(paths.providers_file).exists()
    assert refusal(paths)


def test_what_was_read_of_such_a_file_is_not_written_in_place_of_a_broken_one(paths: Paths) -> None:
    file = write(paths)
    file.chmod(0o666)
    store = ProviderStore(paths)
    store.load()
    file.write_text("[[[")
    file.chmod(0o600)
    store.load()
    assert store.trust.command_refusal("a")  # still shown, from memory
    with pytest.raises(UsageError):
        store.set_default("a")
    assert file.read_text() == "[[["


def test_a_version_before_that_others_can_write_is_not_relied_on(paths: Paths) -> None:
    file = write(paths, "[[[")
    backup = backup_of(file)
    backup.write_text(PLANTED)
    backup.chmod(0o666)
    store = ProviderStore(paths)
    assert [provider.name for provider in store.load().providers] == ["a"]
    assert store.trust.command_refusal("a")
    with pytest.raises(UsageError):
        store.set_default("a")


def test_a_file_that_its_owner_closed_to_others_is_relied_on_again(paths: Paths) -> None:
    write(paths).chmod(0o666)
    assert refusal(paths)
    paths.providers_file.chmod(0o644)
    assert refusal(paths) == ""


# -- confirmed content ------------------------------------------------------------------------------


def test_what_was_confirmed_is_used_until_others_change_it(paths: Paths) -> None:
    write(paths).chmod(0o666)
    store = ProviderStore(paths)
    store.load()
    assert [distrust.command for distrust in store.trust.distrusted()] == [
        "chmod go-w ~/.config/lmdeck/providers.toml"
    ]
    store.trust.confirm()
    store.load()
    assert refusal(paths) == ""
    paths.providers_file.write_text(PLANTED + "# changed\n")
    assert refusal(paths)


def test_only_what_was_shown_is_confirmed(paths: Paths) -> None:
    write(paths).chmod(0o666)
    store = ProviderStore(paths)
    store.load()
    paths.providers_file.write_text(PLANTED.replace("true", "false"))  # between the question and the answer
    store.trust.confirm()
    store.load()
    assert refusal(paths)


def test_lmdecks_own_changes_of_a_confirmed_file_stay_confirmed(paths: Paths) -> None:
    write(paths).parent.chmod(0o777)
    store = ProviderStore(paths)
    store.load()
    store.trust.confirm()
    store.load()
    store.save(Provider("b", model="m", provider_url="http://h/v1"))
    assert refusal(paths) == ""
    assert [provider.name for provider in ProviderStore(paths).load().providers] == ["a", "b"]


@pytest.mark.parametrize("text", ["", "[", "[1]", '{"x": 1}', "\0"])
def test_a_record_that_cannot_be_read_confirms_nothing(paths: Paths, text: str) -> None:
    paths.state_dir.mkdir(parents=True)
    paths.trusted_file.write_text(text)
    assert not TrustedFiles(paths.trusted_file, str).is_trusted(paths.providers_file, b"")


def test_a_record_that_others_can_write_confirms_nothing(paths: Paths) -> None:
    write(paths).chmod(0o666)
    store = ProviderStore(paths)
    store.load()
    store.trust.confirm()
    store.load()
    assert refusal(paths) == ""
    paths.trusted_file.chmod(0o666)
    assert refusal(paths)


def test_providers_of_the_site_are_judged_by_their_own_file(paths: Paths) -> None:
    site = paths.site_provider_files[0]
    site.parent.mkdir(parents=True)
    site.write_text(PLANTED)
    site.chmod(0o666)
    write(paths, PLANTED.replace("providers.a", "providers.own"))
    store = ProviderStore(paths)
    notices = store.load().notices
    assert store.trust.command_refusal("own") is None
    assert str(site) in (store.trust.command_refusal("a") or "")
    assert "Its API keys are not used" in notices[0]
    store.set_default("own")
