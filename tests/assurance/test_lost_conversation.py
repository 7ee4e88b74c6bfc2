"""Another program removes the file of a conversation: it is reported, and every turn is kept."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.assurance.kit import crash_reports, deck
from tests.support.fault_server import Answer, FaultServer
from tests.support.stream_samples import delta, sse_stream
from tests.support.terminal import TerminalProgram
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths

LMDECK = [sys.executable, "-m", "tui"]


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    body = sse_stream(delta("a whole answer"))
    with FaultServer(Answer(body, content_type="text/event-stream")) as running:
        yield running


def deleted(path: Path) -> None:
    path.unlink()


def folder_deleted(path: Path) -> None:
    """As often as it takes: the program may be about to write a file of its own below it."""
    folder = path.parents[1]
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


def replaced(path: Path) -> None:
    copy = path.with_name("copy")
    shutil.copy(path, copy)
    copy.replace(path)


def rewritten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


TAKES = {
    deleted: "was deleted by another program",
    folder_deleted: "was deleted by another program",
    replaced: "was replaced by another program",
    rewritten: "was changed by another program",
}


def only_file(environment: Mapping[str, str]) -> Path:
    (path,) = resolve_paths(environment).conversations_dir.glob("*.jsonl")
    return path


def kept(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the prompts and answers of the newest conversation that there is."""
    store = ConversationStore(resolve_paths(environment))
    found = [store.open(summary.identity).turns for summary in store.listing.all()]
    return [(turn.prompt.text, turn.answer.text) for turn in max(found, key=len)]


@pytest.mark.parametrize(("takes", "words"), TAKES.items())
def test_the_screens_say_so_and_keep_every_turn(
    tmp_path: Path, server: FaultServer, takes: Callable[[Path], None], words: str
) -> None:
    environment = deck(tmp_path / "home", server.base_url)
    with TerminalProgram([*LMDECK, "chat", "main"], environment) as terminal:
        terminal.wait_for("Enter to send")
        for number, prompt in enumerate(("first", "second", "third", "fourth")):
            terminal.send(prompt)
            terminal.wait_for(prompt)
            if number == 2:
                takes(only_file(environment))
            terminal.send("enter")
            terminal.wait_for(rf"(?s){prompt}.*a whole answer.*TTFT [0-9]")
            if number == 2:
                terminal.wait_for(lambda: words in " ".join(terminal.text.split()))
                terminal.wait_for(lambda: "whole chat is saved" in " ".join(terminal.text.split()))
            if number == 3:
                terminal.wait_for(lambda: words not in " ".join(terminal.text.split()))
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
        assert words in " ".join(terminal.text.split())
    assert kept(environment) == [(p, "a whole answer") for p in ("first", "second", "third", "fourth")]
    assert crash_reports(tmp_path) == []


@pytest.mark.parametrize(("takes", "words"), TAKES.items())
def test_the_plain_chat_says_so_and_keeps_every_turn(
    tmp_path: Path, server: FaultServer, takes: Callable[[Path], None], words: str
) -> None:
    environment = deck(tmp_path / "home", server.base_url)
    with subprocess.Popen(
        [*LMDECK, "chat", "main", "--plain"],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for number, prompt in enumerate(("first", "second", "third", "fourth")):
            if number == 2:
                takes(only_file(environment))
            program.stdin.write(f"{prompt}\n")
            program.stdin.flush()
            while "completion tokens · " not in (line := program.stdout.readline()):
                assert line
        _, said = program.communicate(timeout=30)
    assert program.returncode == 0
    assert said.count(words) == 1
    assert "note: ~" in said
    assert kept(environment) == [(p, "a whole answer") for p in ("first", "second", "third", "fourth")]
