"""The disk fails at any moment: the chat continues, reports it, and is saved once the disk works again."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from pathlib import Path

import pytest

from tests.assurance.broken_disk_program import CALLS, CONTROL
from tests.assurance.kit import IS_LONG, by_length, crash_reports, deck, publish
from tests.support.fault_server import Answer, FaultServer
from tests.support.stream_samples import delta, sse_stream
from tests.support.terminal import TerminalProgram
from tui.core.chat import ChatRequest
from tui.core.events import (
    AnswerDelta,
    EventBatch,
    Finished,
    ReasoningDelta,
    ResponseStarted,
    StreamEvent,
)
from tui.core.provider import Provider
from tui.core.turn import TurnState
from tui.session.chat_session import ChatSession
from tui.session.target import ChatTarget
from tui.store import disk
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths
from tui.store.transcript_file import read_transcript

NUMBERS = ("ENOSPC", "EDQUOT", "EROFS", "EACCES", "ENOLCK", "ESTALE", "EIO")
PROGRAM = Path(__file__).with_name("broken_disk_program.py")
CASES = by_length(
    [("ENOSPC", 0), ("ESTALE", 6)], [(name, after) for name in NUMBERS for after in (0, 2, 4, 6, 9)]
)


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    body = sse_stream(*(delta(f"word{number} ") for number in range(20)))
    with FaultServer(Answer(body, content_type="text/event-stream", chunk=300)) as running:
        yield running


@pytest.mark.parametrize(("name", "after"), CASES)
def test_the_screens_say_so_and_save_what_waited(
    tmp_path: Path, server: FaultServer, name: str, after: int
) -> None:
    control = tmp_path / "control"
    environment = deck(tmp_path / "home", server.base_url)
    environment |= {CONTROL: str(control), "PYTHONPATH": str(Path(__file__).parents[2])}
    with TerminalProgram([sys.executable, str(PROGRAM), "chat", "main"], environment) as terminal:
        terminal.wait_for("Enter to send")
        control.write_text(f"{name} {after}")
        for number, prompt in enumerate(("first", "second"), 1):
            terminal.send(prompt, "enter")
            terminal.wait_for(
                rf"(?s)word19.*{prompt}.*word19|{prompt}.*word19" if number == 1 else "(?s)second.*word19"
            )
            terminal.wait_for("TTFT [0-9]")
        terminal.wait_for("disk error")
        terminal.wait_for("continues in memory")
        control.write_text("")
        terminal.wait_for(lambda: "continues in memory" not in terminal.text)
        terminal.wait_for(lambda: "disk error" not in terminal.text)
        assert "word19" in terminal.text
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    assert crash_reports(tmp_path) == []
    store = ConversationStore(resolve_paths(environment))
    (summary,) = store.listing.all()
    turns = store.open(summary.identity).turns
    assert [turn.prompt.text for turn in turns] == ["first", "second"]
    assert all(turn.answer.text.endswith("word19 ") and turn.state is TurnState.DONE for turn in turns)
    publish("disk", f"screens: {name} from call {after + 1} on: banner shown and taken back, all saved")


class RefusingDisk:
    """Fails from a given call on, and counts the calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.number: int | None = None
        self.left = 0
        self.calls = 0
        for name in CALLS:
            monkeypatch.setattr(disk, name, self._wrapped(getattr(disk, name)))

    def _wrapped(self, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            self.calls += 1
            self.left -= 1
            if self.number is not None and self.left < 0:
                raise OSError(self.number, os.strerror(self.number))
            return real(*arguments)

        return call


async def reply(target: ChatTarget, request: ChatRequest) -> AsyncGenerator[EventBatch]:
    words = (AnswerDelta(letter) for letter in "abc")
    events: list[StreamEvent] = [ResponseStarted(200), ReasoningDelta("Hm. "), *words, Finished("stop")]
    for event in events:
        yield EventBatch(time.perf_counter(), (event,))


async def chat_on(home: Path, refusing: RefusingDisk, number: int | None, after: int) -> int:
    """Chat while the disk refuses, let it recover, and check that everything is there; count its calls."""
    environment = {"HOME": str(home), "XDG_CONFIG_DIRS": str(home / "site")}
    home.mkdir()
    store = ConversationStore(resolve_paths(environment))
    refusing.number, refusing.left, refusing.calls = number, after, 0
    journal = store.create()
    session = ChatSession(reply, journal, identity=journal.identity)
    target = ChatTarget(Provider("p", model="m"))
    for prompt in ("one", "two"):
        turn = await session.send(prompt, target)
        assert (turn.state, turn.answer.text) == (TurnState.DONE, "abc")
    journal.flush(by_length(0.2, 0.5) if number is not None else 5.0)
    refusing.number = None
    assert journal.flush()
    await session.aclose()
    transcript = read_transcript(journal.path.read_bytes())
    assert [(turn.prompt.text, turn.reasoning.text, turn.answer.text) for turn in transcript.turns] == [
        ("one", "Hm. ", "abc"),
        ("two", "Hm. ", "abc"),
    ]
    return refusing.calls


async def test_every_call_of_a_chat_may_be_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = RefusingDisk(monkeypatch)
    calls = await chat_on(tmp_path / "well", refusing, None, 0)
    places = range(calls) if IS_LONG else range(0, calls, max(1, calls // 3))
    names = NUMBERS if IS_LONG else ("ENOSPC", "ENOLCK")
    for name in names:
        for after in places:
            await chat_on(tmp_path / f"{name}-{after}", refusing, getattr(errno, name), after)
    publish("disk", f"{len(names)} errors at each of the {len(places)} disk calls of a chat: 0 turns lost")
