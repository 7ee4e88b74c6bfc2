"""While another process locks the providers, keys work, and a change waits or can be cancelled."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.assurance.kit import crash_reports, deck
from tests.store.test_lock import held_by_another
from tests.support.terminal import TerminalProgram, lmdeck

WAITS = "Your change waits for it"


def flat(terminal: TerminalProgram) -> str:
    return " ".join(terminal.text.split())


def test_the_list_waits_and_the_keys_work(tmp_path: Path) -> None:
    environment = deck(tmp_path / "home", "http://127.0.0.1:9/v1")
    file = tmp_path / "home/config/lmdeck/providers.toml"
    file.with_name("config.toml").write_text('[keys]\n"providers.state" = "s"\n')
    before = file.read_bytes()
    with TerminalProgram(lmdeck(), environment) as terminal:
        terminal.wait_for("main")
        with held_by_another(file):
            terminal.send("j", "*")
            terminal.wait_for(lambda: WAITS in flat(terminal))
            assert "in use by another lmdeck" in flat(terminal)
            terminal.send("f1")
            terminal.wait_for("─ Help ─")
            terminal.send("escape")
            terminal.wait_for(lambda: "─ Help ─" not in terminal.text)
            terminal.send("escape")
            terminal.wait_for(lambda: "Cancelled: nothing was changed." in flat(terminal))
            assert file.read_bytes() == before
            terminal.send("*")
            terminal.wait_for(lambda: WAITS in flat(terminal))
            terminal.send("*")
            terminal.wait_for(lambda: "is still waiting for another" in flat(terminal))
            terminal.send("ctrl+q")
            terminal.wait_for(lambda: "A change is waiting for another lmdeck." in flat(terminal))
            terminal.send("escape")
            terminal.wait_for(lambda: "A change is waiting" not in flat(terminal))
        terminal.wait_for(lambda: file.read_bytes() != before)
        terminal.wait_for(lambda: "★" in terminal.text)
        terminal.send("ctrl+q")
        terminal.wait_for(lambda: terminal.poll() is not None or "Quit lmdeck?" in terminal.text)
        if terminal.poll() is None:  # the change was made, and its end was still on its way
            terminal.send("y")
        assert terminal.wait() == 0
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize("lock", ["providers.toml", "credentials.toml"])
def test_the_form_waits_and_what_is_typed_meanwhile_stays(tmp_path: Path, lock: str) -> None:
    environment = deck(tmp_path / "home", "http://127.0.0.1:9/v1")
    file = tmp_path / "home/config/lmdeck/providers.toml"
    before = file.read_bytes()
    with TerminalProgram(lmdeck(), environment) as terminal:
        terminal.wait_for("main")
        terminal.send("e")
        terminal.wait_for("Save & Exit")
        with held_by_another(file.with_name(lock)):
            terminal.send("end", "aaa")
            terminal.wait_for("aaa")
            terminal.send("ctrl+s")
            terminal.wait_for(lambda: WAITS in flat(terminal))
            terminal.send("bbb")
            terminal.wait_for("aaabbb")
            terminal.send("escape")
            terminal.wait_for(lambda: "Cancelled: nothing was changed." in flat(terminal))
            assert file.read_bytes() == before
            terminal.send("ctrl+s")
            terminal.wait_for(lambda: "Press Esc to cancel" in flat(terminal))
            terminal.send("ccc")
            terminal.wait_for("aaabbbccc")
        terminal.wait_for(lambda: "Press Esc to cancel" not in flat(terminal))
        assert b"aaabbb" in file.read_bytes()
        assert b"ccc" not in file.read_bytes()
        assert "aaabbbccc" in terminal.text
        terminal.send("f2")
        terminal.wait_for(lambda: b"aaabbbccc" in file.read_bytes())
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize("arguments", [("remove", "main"), ("default", "demo")])
def test_a_command_waits_a_moment_and_says_who_has_the_file(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    environment = deck(tmp_path / "home", "http://127.0.0.1:9/v1")
    file = tmp_path / "home/config/lmdeck/providers.toml"
    before = file.read_bytes()
    command = [*lmdeck("providers", *arguments)]
    with held_by_another(file):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert "in use by another lmdeck" in done.stderr
    assert file.read_bytes() == before
    again = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert again.returncode == 0, again.stderr
