"""A providers file that others can write: its keys are not used without confirmation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.commands import Call
from tests.support.fault_server import FaultServer
from tests.support.terminal import TerminalProgram, lmdeck, private_environment

CHANGES = [
    ("providers", "default", "planted"),
    ("providers", "remove", "planted"),
    ("providers", "add", "mine", "--url", "https://h/v1", "--model", "m"),
]


def plant(home: Path, url: str, mark: Path, mode: int = 0o666) -> Path:
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True)
    file = folder / "providers.toml"
    file.write_text(
        f'[providers.planted]\nprovider_url = "{url}"\ncompatible_provider = "m"\n'
        f'api_key = "cmd:touch {mark}"\n'
    )
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    "command", [("ask", "-p", "planted", "hi"), ("check", "planted"), ("check", "planted", "--quick")]
)
@pytest.mark.parametrize("is_folder", [False, True])
def test_no_change_of_lmdecks_own_lets_the_command_run(
    call: Call, home: Path, tmp_path: Path, command: tuple[str, ...], is_folder: bool
) -> None:
    mark = tmp_path / "ran"
    with FaultServer() as server:
        file = plant(home, server.base_url, mark, 0o600 if is_folder else 0o666)
        if is_folder:
            file.parent.chmod(0o777)
        before = file.read_bytes()
        for change in CHANGES:
            done = call(*change)
            assert done.code == 2
            assert "lmdeck providers trust" in done.err
        done = call(*command)
        assert done.code != 0
        assert "lmdeck providers trust" in done.out + done.err
        assert not any(b"uthorization" in request for request in server.requests)
    assert file.read_bytes() == before
    assert not mark.exists()


def test_the_list_says_so_and_what_helps(call: Call, home: Path, tmp_path: Path) -> None:
    plant(home, "https://h/v1", tmp_path / "ran")
    done = call("providers", "list")
    assert "planted" in done.out
    assert "Its API keys are not used" in done.err
    assert "chmod go-w" in done.err


def test_once_confirmed_it_is_used_until_others_change_it(call: Call, home: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    file = plant(home, "http://127.0.0.1:9/v1", mark)
    shown = call("providers", "trust", "--yes")
    assert shown.code == 0
    assert f"planted: key cmd:touch {mark}, sent to http://127.0.0.1:9/v1" in shown.out
    call("check", "planted", "--quick")
    assert mark.exists()
    mark.unlink()
    file.write_text(file.read_text() + "# more\n")
    call("check", "planted", "--quick")
    assert not mark.exists()


def test_without_a_person_and_without_the_flag_nothing_is_confirmed(
    call: Call, home: Path, tmp_path: Path
) -> None:
    plant(home, "https://h/v1", tmp_path / "ran")
    done = call("providers", "trust")
    assert done.code == 2
    assert "--yes" in done.err
    assert "are not used" in call("providers", "list").err


@pytest.mark.parametrize(("answer", "code"), [("yes\r", 0), ("y\r", 1), ("\r", 1)])
def test_a_person_is_shown_the_keys_first(tmp_path: Path, answer: str, code: int) -> None:
    home = tmp_path / "home"
    environment = private_environment(home)
    plant(home, "https://h/v1", tmp_path / "ran")
    with TerminalProgram(lmdeck("providers", "trust"), environment, columns=200) as terminal:
        terminal.wait_for("sent to https://h/v1")
        terminal.wait_for("Type yes")
        terminal.send_bytes(answer.encode())
        assert terminal.wait() == code
    assert (home / "state" / "lmdeck" / "trusted-files").exists() == (code == 0)


def test_a_file_of_ones_own_needs_no_word(call: Call, home: Path, tmp_path: Path) -> None:
    plant(home, "https://h/v1", tmp_path / "ran", 0o600)
    done = call("providers", "trust")
    assert (done.code, "nothing to trust" in done.out) == (0, True)


def test_a_place_where_no_file_can_be_is_not_a_matter_of_trust(
    call: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "file"))
    added = call("providers", "add", "mine", "--url", "https://h/v1", "--model", "m")
    assert (added.code, "a part of its path is not a folder" in added.err) == (1, True)
    assert "providers trust" not in added.err
    assert "nothing to trust" in call("providers", "trust", "--yes").out


def test_a_file_that_was_confirmed_is_still_open_to_others(call: Call, home: Path, tmp_path: Path) -> None:
    plant(home, "https://h/v1", tmp_path / "ran")
    assert call("providers", "trust", "--yes").code == 0
    again = call("providers", "trust")
    assert again.code == 0
    assert "Only you can write" not in again.out
    assert "These files are already trusted" in again.out
    assert "providers.toml" in again.out
