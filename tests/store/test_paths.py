from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from tui.store.paths import Paths, resolve_paths


def test_the_xdg_folders_are_used_as_they_are_set() -> None:
    paths = resolve_paths(
        {
            "HOME": "/home/a",
            "XDG_CONFIG_HOME": "/c",
            "XDG_DATA_HOME": "/d",
            "XDG_STATE_HOME": "/s",
            "XDG_CACHE_HOME": "/x",
            "XDG_CONFIG_DIRS": "/etc/one:/etc/two",
        }
    )
    assert paths.providers_file == Path("/c/lmdeck/providers.toml")
    assert paths.credentials_file == Path("/c/lmdeck/credentials.toml")
    assert paths.settings_file == Path("/c/lmdeck/config.toml")
    assert paths.conversations_dir == Path("/d/lmdeck/conversations")
    assert paths.state_dir == Path("/s/lmdeck")
    assert paths.cache_dir == Path("/x/lmdeck")
    assert paths.site_provider_files == (
        Path("/etc/one/lmdeck/providers.toml"),
        Path("/etc/two/lmdeck/providers.toml"),
    )


def test_relative_folders_are_ignored_as_the_specification_demands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    paths = resolve_paths({"HOME": "/home/a", "XDG_CONFIG_HOME": "here", "XDG_CONFIG_DIRS": "there:/etc/x"})
    assert paths.config_dir == Path("/home/a/.config/lmdeck")
    assert paths.data_dir == Path("/home/a/.local/share/lmdeck")
    assert paths.state_dir == Path("/home/a/.local/state/lmdeck")
    assert paths.cache_dir == Path("/home/a/.cache/lmdeck")
    assert paths.site_provider_files == (Path("/etc/x/lmdeck/providers.toml"),)


def test_the_system_wide_folder_has_a_default() -> None:
    assert resolve_paths({"HOME": "/h"}).site_provider_files == (Path("/etc/xdg/lmdeck/providers.toml"),)


def test_the_system_knows_the_home_folder_where_the_environment_does_not() -> None:
    assert resolve_paths({}).home == Path.home()
    for value in ("", "relative/home"):
        assert resolve_paths({"HOME": value}).home == Path(pwd.getpwuid(os.getuid()).pw_dir)


def test_macos_keeps_its_own_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)  # the library for such places reads the real ones
    assert "Library" in str(resolve_paths({"HOME": "/Users/a"}).config_dir)
    assert resolve_paths({"HOME": "/Users/a", "XDG_CONFIG_HOME": "/c"}).config_dir == Path("/c/lmdeck")


def test_paths_are_shown_from_home() -> None:
    paths = resolve_paths({"HOME": "/home/a", "XDG_CONFIG_HOME": "/home/a/.config"})
    assert paths.shown(paths.providers_file) == "~/.config/lmdeck/providers.toml"
    assert paths.shown(Path("/etc/x")) == "/etc/x"
    assert paths.shown(paths.home) == "~"


def test_places_say_what_is_there(paths: Paths) -> None:
    paths.config_dir.mkdir(parents=True)
    paths.providers_file.touch()
    known = {place.what: place for place in paths.places()}
    assert known["Providers"].exists
    assert not known["Chats"].exists
    assert known["API keys"].path == paths.credentials_file
