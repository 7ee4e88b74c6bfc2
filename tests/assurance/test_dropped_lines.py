"""After a dropped connection or a kill, what was on screen is on disk, and no process remains."""

from __future__ import annotations

import os
import random
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import tomli_w

from tests.assurance.kit import publish
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.turn import Turn, TurnState
from tui.demo.server import DemoServer
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths

ROUNDS = 200 if "LMDECK_ASSURE" in os.environ else 3
RATE = 200
CHARACTERS_PER_TOKEN = 8
LOSS_SECONDS = 2.0


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    server = DemoServer()
    server.start()
    yield server
    server.stop()


@dataclass
class Round:
    """One interrupted chat: the screen, and the files on disk."""

    shown: str
    turn: Turn
    code: int


def bare(text: str) -> str:
    """Letters and digits alone: how Markdown is drawn does not matter here."""
    return re.sub(r"[^0-9A-Za-z]", "", text)


def cut_off(home: Path, demo: DemoServer, after: float, number: signal.Signals | None) -> Round:
    """Chat, and cut it off some time into the answer: hang up, or send a signal."""
    environment = private_environment(home)
    folder = home / "config" / "lmdeck"
    folder.mkdir(parents=True)
    record = {"provider_url": demo.base_url, "compatible_provider": f"bench-n4000-r{RATE}-para"}
    (folder / "providers.toml").write_text(tomli_w.dumps({"providers": {"bench": record}}))
    with TerminalProgram(lmdeck("chat", "bench"), environment) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send("go cut", "enter")
        terminal.wait_for("answering")
        deadline = random.uniform(0.05, after)
        with pytest.raises(AssertionError, match="never came"):
            terminal.wait_for(lambda: False, limit=deadline)
        shown = terminal.text
        if number is None:
            terminal.hang_up()
        else:
            terminal.kill(number)
        code = terminal.wait(15)
    store = ConversationStore(resolve_paths(environment))
    (summary,) = store.listing.all()
    (turn,) = store.open(summary.identity).turns
    return Round(answer_on(shown), turn, code)


def answer_on(screen: str) -> str:
    """The answer's text on a screen: what stands between the title and the prompt."""
    lines = screen.splitlines()
    end = max(index for index, line in enumerate(lines) if line.lstrip().startswith("╭─"))
    body = [line for line in lines[1:end] if not line.lstrip().startswith(("┃", "bench ·", "▼", "▶"))]
    return bare("".join(body))


@pytest.mark.parametrize(
    "number", [None, signal.SIGHUP, signal.SIGTERM], ids=["hang-up", "SIGHUP", "SIGTERM"]
)
def test_a_dropped_line_keeps_what_was_on_screen(
    tmp_path: Path, demo: DemoServer, number: signal.Signals | None
) -> None:
    for index in range(ROUNDS):
        done = cut_off(tmp_path / str(index), demo, 1.5, number)
        assert done.shown
        assert done.shown in bare(done.turn.answer.text)
        assert done.turn.state in (TurnState.STOPPED, TurnState.INTERRUPTED)
        assert done.code == 128 + (number or signal.SIGHUP)
    name = "closed terminal" if number is None else number.name
    publish("dropped", f"{name} at {ROUNDS} moments of an answer: what was on screen is on disk each time")


def test_a_killed_program_leaves_a_readable_file_and_loses_at_most_two_seconds(
    tmp_path: Path, demo: DemoServer
) -> None:
    losses: list[float] = []
    found = ""
    for index in range(ROUNDS):
        done = cut_off(tmp_path / str(index), demo, 1.5, signal.SIGKILL)
        assert done.code == -signal.SIGKILL
        assert done.turn.state is TurnState.INTERRUPTED
        kept = bare(done.turn.answer.text)
        lost = next(end for end in range(len(done.shown) + 1) if done.shown[: len(done.shown) - end] in kept)
        assert lost <= LOSS_SECONDS * RATE * CHARACTERS_PER_TOKEN
        found += kept  # one that is killed with its first words may have written none of them yet
        losses.append(lost / RATE / CHARACTERS_PER_TOKEN)
    assert found
    most = f"{max(losses):.2f} s of text lost at most"
    publish("dropped", f"kill -9 at {ROUNDS} moments of an answer: 100 % of the files readable, {most}")
