"""An unsent message is back in the prompt after the program was killed."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.store.paths import resolve_paths


def kept(home: Path) -> list[str]:
    folder = resolve_paths(private_environment(home)).drafts_dir
    return [path.read_text().partition("\n")[2] for path in sorted(folder.glob("*.txt"))]


def saved(home: Path) -> str:
    (journal,) = resolve_paths(private_environment(home)).conversations_dir.glob("*.jsonl")
    return journal.stem


@pytest.mark.parametrize("is_new", [True, False], ids=["a new chat", "a saved chat"])
def test_a_killed_program_loses_no_word(tmp_path: Path, is_new: bool) -> None:
    with TerminalProgram(lmdeck("chat", "demo"), private_environment(tmp_path)) as terminal:
        terminal.wait_for("Enter to send")
        if not is_new:
            terminal.send("first", "enter")
            terminal.wait_for("┃ first")
        terminal.send("a long message", "ctrl+j", "of two lines")
        terminal.wait_for(lambda: kept(tmp_path) == ["a long message\nof two lines"])
        terminal.kill(signal.SIGKILL)
        assert terminal.wait() == -signal.SIGKILL
    again = lmdeck("chat", "demo") if is_new else lmdeck("chat", "--resume", saved(tmp_path))
    with TerminalProgram(again, private_environment(tmp_path)) as terminal:
        terminal.wait_for("a long message.*\n.*of two lines")
        terminal.send(" and more", "enter")
        terminal.wait_for(lambda: kept(tmp_path) == [])
        terminal.wait_for("┃ of two lines and more")


def test_a_chat_that_is_not_saved_keeps_no_draft_either(tmp_path: Path) -> None:
    config = tmp_path / "config" / "lmdeck"
    config.mkdir(parents=True)
    (config / "config.toml").write_text("save_conversations = false\n")
    with TerminalProgram(lmdeck("chat", "demo"), private_environment(tmp_path)) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("first")
        terminal.wait_for("~2 tokens")
        terminal.send("ctrl+u", "second", "enter")
        terminal.wait_for("┃ second")
    assert not resolve_paths(private_environment(tmp_path)).drafts_dir.exists()


@pytest.mark.parametrize("is_new", [True, False], ids=["a new chat", "a saved chat"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_the_plain_chat_loses_no_word_either(tmp_path: Path, is_new: bool, number: signal.Signals) -> None:
    with TerminalProgram(lmdeck("chat", "demo", "--plain"), private_environment(tmp_path)) as terminal:
        terminal.wait_for("you>")
        if not is_new:
            terminal.send("first", "enter")
            terminal.wait_for(r"TTFT \d")
            terminal.wait_for(lambda: terminal.text.rstrip().endswith("\nyou>"))
        terminal.send("a long message\\", "enter")
        terminal.wait_for(lambda: terminal.text.rstrip().endswith("...>"))
        terminal.send("of two lines")
        terminal.wait_for(lambda: kept(tmp_path) == ["a long message\nof two lines"])
        terminal.kill(number)
        assert terminal.wait() != 0
    again = ["chat", "demo"] if is_new else ["chat", "--resume", saved(tmp_path)]
    with TerminalProgram(lmdeck(*again, "--plain"), private_environment(tmp_path)) as terminal:
        terminal.wait_for("you> a long message")
        terminal.send("enter")
        terminal.wait_for(lambda: "...> of two lines" in terminal.text)
        terminal.send(" and more", "enter")
        terminal.wait_for(lambda: kept(tmp_path) == [])
        terminal.wait_for("answer:")
        terminal.send("dropped with")
        terminal.wait_for(lambda: kept(tmp_path) == ["dropped with"])
        terminal.send("ctrl+c")
        terminal.wait_for(lambda: kept(tmp_path) == [])
        terminal.send("/quit", "enter")
        assert terminal.wait() == 0
    assert '"prompt":"a long message\\nof two lines and more"' in journal_of(tmp_path)


def journal_of(home: Path) -> str:
    (journal,) = resolve_paths(private_environment(home)).conversations_dir.glob("*.jsonl")
    return journal.read_text()
