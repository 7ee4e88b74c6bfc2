"""The context gauge in the header, and the warning before an oversized request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ui.fake_runtime import failure
from tui.core.events import AnswerDelta, Finished, StreamFailed, UsageReport
from tui.core.parts import ImagePart, Parts, TextPart
from tui.core.usage import Usage
from tui.session.prompt_queue import Pause
from tui.ui.shell.dialogs import ConfirmDialog

ANSWER = [AnswerDelta("short"), UsageReport(Usage(900, 100)), Finished("stop")]


@pytest.fixture
def window(runtime: Any) -> Any:
    """The model takes 2,000 tokens."""
    runtime.built_ins.window = 2000


def header(chat: Any) -> str:
    return " ".join(chat.header.split())


async def asked(chat: Any) -> None:
    chat.runtime.scripts = [ANSWER]
    await chat.ask("first")


async def too_long(chat: Any, *keys: str) -> ConfirmDialog:
    """Press a key that sends what does not fit."""
    await chat.press(*keys)
    await chat.until(lambda: isinstance(chat.app.screen, ConfirmDialog))
    dialog: ConfirmDialog = chat.app.screen
    return dialog


@pytest.mark.usefixtures("window")
async def test_the_header_has_what_is_used_and_what_the_draft_adds(open_chat: Any) -> None:
    async with open_chat(size=(120, 40)) as chat:
        assert header(chat).endswith("Demo · demo-reasoner"), "nothing is used yet"
        await asked(chat)
        assert header(chat).endswith("Demo · demo-reasoner · context ~1,004 of 2,000 (50 %)")
        await chat.type("a draft of some words, that is counted")
        await chat.until(lambda: " · draft ~" in header(chat))
        assert str(chat.screen.prompt.border_subtitle) == f"~{header(chat).rpartition('~')[2]} tokens"
        chat.screen.prompt.value = "/model clou"
        await chat.until(lambda: "draft" not in header(chat))


@pytest.mark.usefixtures("window")
@pytest.mark.parametrize(
    ("width", "words"),
    [(100, "context ~1,004 of 2,000 (50 %)"), (60, "context ~50 %"), (44, "Demo · demo-reasoner")],
)
async def test_a_narrow_header_shortens_it(open_chat: Any, width: int, words: str) -> None:
    async with open_chat(size=(width, 24)) as chat:
        await asked(chat)
        await chat.until(lambda: header(chat).endswith(words))
        assert "first" in header(chat)
        assert len(chat.header) <= width


async def test_an_unknown_window_is_not_told(open_chat: Any) -> None:
    async with open_chat(size=(120, 40)) as chat:
        await asked(chat)
        await chat.type("x" * 40_000)
        await chat.press("enter")
        await chat.until(lambda: len(chat.session.turns) == 2)
        assert "context" not in header(chat)


@pytest.mark.usefixtures("window")
async def test_what_cannot_fit_is_asked_about_once_and_says_what_is_largest(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat)
        await chat.type("x " * 4000)
        dialog = await too_long(chat, "enter")
        body = str(dialog.query_one("#dialog-body").render())
        assert " tokens are too many for a context of 2,000: ~" in body
        assert "this message, ~" in body
        assert "message 1, ~" in body
        await chat.press("escape")
        assert (len(chat.runtime.requests), chat.screen.prompt.value) == (1, "x " * 4000)
        await too_long(chat, "enter")
        await chat.press("y")
        await chat.until(lambda: len(chat.session.turns) == 2 and chat.session.live is None)
        assert chat.screen.prompt.value == ""
        await chat.type("x " * 4000)
        await chat.press("enter")
        await chat.until(lambda: len(chat.session.turns) == 3 and chat.session.live is None)


@pytest.mark.usefixtures("window")
async def test_a_retry_and_an_edit_are_asked_about_too(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat)
        chat.screen.control.context.allow()
        await chat.type("x " * 4000)
        await chat.press("enter")
        await chat.until(lambda: len(chat.session.turns) == 2 and chat.session.live is None)
        chat.screen.control.use_named("smollm2")
        chat.screen.show_state()
        chat.screen.prompt.value = "/retry"
        await too_long(chat, "enter")
        await chat.press("escape")
        await chat.press("tab", "e")
        assert chat.screen.prompt.value == "x " * 4000
        await too_long(chat, "enter")
        await chat.press("escape")
        assert len(chat.runtime.requests) == 2
        chat.screen.prompt.value = "shorter"
        await chat.press("enter")
        await chat.until(lambda: len(chat.runtime.requests) == 3)


@pytest.mark.usefixtures("window")
async def test_continuing_an_answer_is_asked_about_too(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat)
        chat.screen.control.context.allow()
        chat.runtime.scripts = [[AnswerDelta("half"), Finished("length")]]
        await chat.type("x " * 4000)
        await chat.press("enter")
        await chat.until(lambda: len(chat.session.turns) == 2 and chat.session.live is None)
        chat.screen.control.use_named("smollm2")
        chat.screen.show_state()
        chat.screen.prompt.value = "/continue"
        await too_long(chat, "enter")
        await chat.press("escape")
        assert len(chat.runtime.requests) == 2


@pytest.mark.usefixtures("window")
async def test_a_queued_message_that_cannot_fit_holds_the_queue(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.type("first")
        await chat.press("enter")
        chat.screen.control.queue.add("x " * 5000)
        await chat.until(lambda: chat.session.queue.pause is Pause.TOO_LONG)
        assert len(chat.runtime.requests) == 1
        chat.screen.prompt.value = "/queue go"
        await chat.press("enter")
        await chat.until(lambda: len(chat.session.turns) == 2 and chat.session.live is None)


async def test_a_refusal_tells_the_window(open_chat: Any) -> None:
    refusal = failure(cause="context-too-long", facts={"limit": "1234"})
    async with open_chat(size=(120, 40)) as chat:
        await asked(chat)
        chat.runtime.scripts = [[StreamFailed(refusal)]]
        await chat.ask("second")
        assert " of 1,234 (" in header(chat)
        await chat.until(lambda: chat.screen.prompt.value == "second")


async def test_pictures_of_earlier_messages_are_asked_about_by_their_size(open_chat: Any) -> None:
    async with open_chat() as chat:
        await asked(chat)
        picture = ImagePart("b" * 64, "plot.png", "image/png", 18_000_000)
        chat.session.turns[0].prompt = Parts((TextPart("See."), picture))
        await chat.type("and?")
        dialog = await too_long(chat, "enter")
        body = str(dialog.query_one("#dialog-body").render())
        assert "The images make this request 24 MB; many servers refuse more than 20 MB." in body
        assert "message 1: plot.png, 18 MB" in body
        await chat.press("escape")
        assert (len(chat.runtime.requests), chat.screen.prompt.value) == (1, "and?")
