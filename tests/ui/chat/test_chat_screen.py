"""The chat: typed, streamed, stopped or failed text is never lost, and is reported correctly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, Static

from tests.ui.fake_runtime import FakeRuntime, example_providers, refused
from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.causes import explain
from tui.core.events import (
    AnswerDelta,
    Finished,
    Progress,
    ReasoningDelta,
    ResponseStarted,
    StreamFailed,
    UsageReport,
)
from tui.core.parts import parts_of
from tui.core.provider import Category, Provider, State, Thinking, TlsSettings
from tui.core.secret import Secret
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Usage
from tui.runtime.builtin import Availability
from tui.runtime.clipboard import CopyResult, CopyRoute
from tui.store.journal import Journal
from tui.texts import chat as texts
from tui.ui.app import LmdeckApp
from tui.ui.chat.figures import FiguresScreen
from tui.ui.chat.rename import RenameDialog
from tui.ui.chat.screen import ChatScreen
from tui.ui.chat.settings import ChatSetup
from tui.ui.exporting import ExportDialog
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.dialogs import ConfirmDialog

FAILURE = StreamFailed(explain("connection-refused", address="127.0.0.1", port="9", host="127.0.0.1"))


def saved_turn(identity: str = "t1", **changes: Any) -> Turn:
    turn = Turn(
        identity, parts_of("an old prompt"), provider="demo", model="demo-reasoner", state=TurnState.DONE
    )
    turn.answer = TextBuffer("an old answer")
    return replace(turn, **changes)


# ── Sending ─────────────────────────────────────────────────────────────────────────────────


async def test_a_prompt_is_sent_and_its_figures_are_told(open_chat: Any) -> None:
    async with open_chat() as chat:
        turn = await chat.ask("hello")
        target, request = chat.runtime.requests[0]
        assert (target.provider.name, request.model) == ("demo", "demo-reasoner")
        assert [message.content.text for message in request.messages] == ["hello"]
        assert turn.answer.text == "Hello! I am **well**."
        assert chat.screen.prompt.value == ""
        assert chat.header.endswith("Demo · demo-reasoner")
        assert chat.status.startswith("28 tokens (17 in, 11 out, of which reasoning 7) · ")
        assert any(row.strip().startswith("11 tokens · of which reasoning 7 · ") for row in chat.rows)
        assert chat.session.title == "hello"


async def test_the_next_prompt_goes_out_with_the_conversation(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.ask("one")
        await chat.ask("two")
        _, request = chat.runtime.requests[1]
        assert [message.content.text for message in request.messages] == [
            "one",
            "Hello! I am **well**.",
            "two",
        ]
        assert "56 tokens (34 in, 22 out, of which reasoning 14)" in chat.status


async def test_two_prompts_in_one_read_are_sent_one_after_the_other(open_chat: Any) -> None:
    gate = asyncio.Event()
    async with open_chat() as chat:
        chat.runtime.scripts = [[gate, *[AnswerDelta("done"), Finished("stop")]]]
        await chat.type("one")
        chat.screen.prompt.action_send()
        chat.screen.prompt.insert("two")
        chat.screen.prompt.action_send()
        gate.set()
        await chat.until(lambda: len(chat.session.turns) == 2 and chat.session.live is None)
        assert [turn.prompt.text for turn in chat.session.turns] == ["one", "two"]
        assert chat.session.turns[0].answer.text == "done"
        assert chat.screen.prompt.value == ""


async def test_an_empty_prompt_is_not_sent(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.press("space", "enter")
        assert texts.EMPTY_PROMPT in chat.toasts
        assert chat.runtime.requests == []


async def test_escape_stops_and_keeps_what_came(open_chat: Any) -> None:
    never = asyncio.Event()
    async with open_chat() as chat:
        chat.runtime.scripts = [
            [ResponseStarted(200), ReasoningDelta("hmm"), AnswerDelta("half an ans"), never]
        ]
        await chat.type("go")
        await chat.press("enter")
        await chat.until(lambda: chat.session.live and chat.session.live.answer)
        await chat.press("escape")
        await chat.until(lambda: chat.session.live is None)
        turn = chat.session.turns[0]
        assert (turn.state, turn.answer.text, turn.reasoning.text) == (
            TurnState.STOPPED,
            "half an ans",
            "hmm",
        )
        await chat.until(lambda: any("Stopped by you." in row for row in chat.rows))
        assert any("~4 tokens · of which reasoning ~1" in row for row in chat.rows)
        assert "~4 out, of which reasoning ~1" in chat.status
        await chat.until(lambda: [record["state"] for record in chat.recorded("end")] == ["stopped"])


async def test_the_wait_is_told_while_it_lasts(open_chat: Any) -> None:
    gate = asyncio.Event()
    async with open_chat() as chat:
        chat.runtime.scripts = [
            [Progress("connecting"), Progress("sent"), ResponseStarted(200), gate, Finished("stop")]
        ]
        await chat.type("go")
        await chat.press("enter")
        await chat.until(lambda: chat.status.endswith("connected, waiting 0 s"))
        assert any(texts.WAITING in row for row in chat.rows)
        gate.set()
        await chat.until(lambda: "waiting" not in chat.status)
        await chat.until(lambda: not any(texts.WAITING in row for row in chat.rows))


@pytest.mark.parametrize("partial", ["", "some text"])
async def test_an_error_gives_an_unanswered_prompt_back(open_chat: Any, partial: str) -> None:
    async with open_chat() as chat:
        chat.runtime.scripts = [[*([AnswerDelta(partial)] if partial else []), FAILURE]]
        turn = await chat.ask("will this\nfail?")
        await chat.until(lambda: chat.screen.prompt.value == ("" if partial else "will this\nfail?"))
        assert turn.answer.text == partial
        assert any("/continue" in row for row in chat.rows) is bool(partial)
        shown = "".join(
            segment.text for strip in chat.app.screen._compositor.render_strips() for segment in strip
        )
        assert FAILURE.failure.title[:30] in shown
        assert FAILURE.failure.advice[:30] in shown


async def test_an_error_leaves_alone_what_was_typed_meanwhile(open_chat: Any) -> None:
    gate = asyncio.Event()
    async with open_chat() as chat:
        chat.runtime.scripts = [[gate, FAILURE]]
        await chat.type("first")
        await chat.press("enter", *"next")
        gate.set()
        await chat.until(lambda: chat.session.turns and chat.session.live is None)
        await chat.pilot.pause()
        assert chat.screen.prompt.value == "next"


async def test_a_defect_is_said_and_loses_nothing(open_chat: Any, defects: list[str]) -> None:
    async with open_chat() as chat:
        chat.runtime.scripts = [[AnswerDelta("half"), ZeroDivisionError("division by zero")]]
        await chat.ask("break it")
        await chat.until(lambda: "ZeroDivisionError" in chat.toasts)
        assert chat.toasts.count("ZeroDivisionError") == 1
        assert chat.screen.prompt.value == ""
        assert chat.session.turns[0].answer.text == "half"
        assert chat.session.turns[0].state is TurnState.INTERRUPTED
        assert (await chat.ask("again")).state is TurnState.DONE
    assert len(defects) == 1


# ── Again, on, new ──────────────────────────────────────────────────────────────────────────


async def test_again_replaces_the_last_answer(open_chat: Any) -> None:
    async with open_chat() as chat:
        first = await chat.ask("hello")
        chat.runtime.scripts = [[AnswerDelta("another"), Finished("stop")]]
        await chat.act("r")
        await chat.until(lambda: chat.session.turns[-1] is not first and chat.session.live is None)
        assert [turn.answer.text for turn in chat.session.turns] == ["another"]
        await chat.until(lambda: [record["parent"] for record in chat.recorded("turn")] == [None, None])
        assert [document.turn for document in chat.screen.transcript.roll.documents] == chat.session.turns


async def test_a_failed_prompt_can_be_asked_again(open_chat: Any) -> None:
    async with open_chat() as chat:
        chat.runtime.scripts = [[FAILURE]]
        await chat.ask("hello")
        await chat.until(lambda: chat.screen.prompt.value == "hello")
        assert chat.screen.unsaved_reason() is None, "it stands in the conversation"
        chat.screen.prompt.value = "hello, and more"
        assert chat.screen.unsaved_reason() == texts.LOSS_DRAFT
        chat.screen.prompt.value = "hello"
        await chat.act("r")
        await chat.until(lambda: chat.session.turns[-1].state is TurnState.DONE)
        assert len(chat.session.turns) == 1
        assert chat.screen.prompt.value == ""


async def test_going_on_asks_for_the_rest(open_chat: Any) -> None:
    async with open_chat() as chat:
        chat.runtime.scripts = [[AnswerDelta("cut"), Finished("length")]]
        await chat.ask("long story")
        assert any("/continue" in row for row in chat.rows)
        await chat.act("c")
        await chat.until(lambda: len(chat.session.turns) == 2 and chat.session.live is None)
        _, request = chat.runtime.requests[1]
        assert "ontinue" in request.messages[-1].content.text


async def test_again_and_on_wait_for_a_first_answer(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.act("r", "c", "N")
        assert chat.runtime.requests == []
        assert isinstance(chat.app.screen, ChatScreen)


async def test_a_new_chat_closes_the_old_one_and_keeps_the_draft(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        first = chat.session.identity
        await chat.type("a draft")
        await chat.act("n")
        await chat.until(lambda: chat.session.identity != first)
        assert chat.runtime.released == [first]
        assert chat.screen.prompt.value == "a draft"
        assert chat.screen.transcript.roll.documents == []


async def test_an_unsaved_chat_is_marked_and_not_dropped_without_asking(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.press("f10")
        await chat.until(lambda: "not saved" in chat.status)
        await chat.ask("secret")
        assert chat.screen.unsaved_reason() == texts.LOSS_UNSAVED
        await chat.act("n")
        await chat.until(lambda: isinstance(chat.app.screen, ConfirmDialog))
        await chat.press("n")
        assert chat.session.turns[0].prompt.text == "secret"
        await chat.act("n")
        await chat.press("y")
        await chat.until(lambda: not chat.session.turns)


async def test_leaving_while_an_answer_streams_asks(open_chat: Any) -> None:
    never = asyncio.Event()
    async with open_chat(kind=LmdeckApp) as chat:
        chat.runtime.scripts = [[AnswerDelta("half"), never]]
        await chat.type("go")
        await chat.press("enter")
        await chat.until(lambda: chat.session.live and chat.session.live.answer)
        session = chat.session
        await chat.act("q")
        await chat.until(lambda: isinstance(chat.app.screen, ConfirmDialog))
        await chat.press("y")
        await chat.until(lambda: isinstance(chat.app.screen, ProvidersScreen))
        await chat.until(lambda: session.live is None)
        assert session.turns[0].state is TurnState.STOPPED
        assert session.turns[0].answer.text == "half"


async def test_leaving_at_rest_does_not_ask(open_chat: Any) -> None:
    async with open_chat(kind=LmdeckApp) as chat:
        await chat.ask("hello")
        identity = chat.session.identity
        await chat.act("q")
        await chat.until(lambda: isinstance(chat.app.screen, ProvidersScreen))
        await chat.until(lambda: chat.runtime.released == [identity])


# ── Reopened conversations ──────────────────────────────────────────────────────────────────


async def test_a_reopened_conversation_goes_on_with_its_own_model(runtime: Any, open_chat: Any) -> None:
    old = runtime.keep(saved_turn(provider="cloud", model="another-model"))
    async with open_chat(None, conversation=old) as chat:
        await chat.until(lambda: chat.session.identity == old)
        await chat.ask("more")
        target, request = chat.runtime.requests[0]
        assert (target.provider.name, request.model) == ("cloud", "another-model")
        await chat.press("up", "up")
        assert chat.screen.prompt.value == "an old prompt"


async def test_a_provider_that_was_named_is_asked_in_a_reopened_conversation(
    runtime: Any, open_chat: Any
) -> None:
    old = runtime.keep(saved_turn(provider="cloud", model="another-model"))
    async with open_chat("demo", conversation=old) as chat:
        await chat.until(lambda: chat.session.identity == old)
        await chat.ask("more")
        assert chat.runtime.requests[0][0].provider.name == "demo"


def _gone(runtime: FakeRuntime) -> None:
    runtime.provider_changes.delete("cloud")


def _inactive(runtime: FakeRuntime) -> None:
    runtime.provider_changes.set_state("cloud", State.INACTIVE)


def _for_vectors(runtime: FakeRuntime) -> None:
    runtime.change("cloud", category=Category.EMBEDDING)


def _not_installed(runtime: FakeRuntime) -> None:
    runtime.built_ins.missing["smollm2"] = Availability(False, "Not installed.")
    runtime.store.write([replace(runtime.directory.get("cloud"), provider_url="builtin:smollm2")])
    runtime.directory.reload()


_LOST = [
    (_gone, "There is no provider named cloud"),
    (_inactive, "cloud is inactive"),
    (_for_vectors, "cloud is for embeddings"),
    (_not_installed, "not installed"),
]


@pytest.mark.parametrize(("change", "words"), _LOST)
async def test_nobody_is_asked_in_place_of_a_conversations_provider(
    runtime: Any, open_chat: Any, change: Any, words: str
) -> None:
    old = runtime.keep(saved_turn(provider="cloud"))
    change(runtime)
    async with open_chat(None, conversation=old) as chat:
        await chat.until(lambda: chat.session.identity == old)
        assert chat.screen.control.target is None
        await chat.press(*"more", "enter")
        assert words in chat.refusal
        assert "/model to choose another model" in chat.refusal
        assert (chat.screen.prompt.value, chat.runtime.requests) == ("more", [])


@pytest.mark.parametrize(("change", "words"), _LOST)
async def test_nobody_is_asked_in_place_of_a_provider_that_is_lost_meanwhile(
    runtime: Any, open_chat: Any, change: Any, words: str
) -> None:
    async with open_chat("cloud") as chat:
        change(runtime)
        await chat.press(*"more", "enter")
        assert words in chat.refusal
        assert (chat.screen.prompt.value, chat.runtime.requests) == ("more", [])


async def test_a_provider_that_was_changed_meanwhile_is_asked_as_it_is(runtime: Any, open_chat: Any) -> None:
    async with open_chat("cloud") as chat:
        runtime.change("cloud", provider_url="http://127.0.0.1:7/v1")
        await chat.ask("more")
        assert chat.runtime.requests[0][0].provider.provider_url == "http://127.0.0.1:7/v1"
        assert "cloud has changed; the new settings are used." in chat.toasts


@pytest.mark.parametrize("name", ["nobody", "off"])
async def test_a_chat_with_a_provider_that_cannot_be_had_has_no_other(
    runtime: Any, open_chat: Any, name: str
) -> None:
    off = Provider("off", model="m", provider_url="http://h/v1", state=State.INACTIVE)
    runtime.provider_changes.save(off)
    async with open_chat(name) as chat:
        assert chat.screen.control.target is None
        await chat.press(*"hi", "enter")
        assert name in chat.refusal
        assert chat.runtime.requests == []


async def test_a_conversation_that_cannot_be_opened_is_said(open_chat: Any) -> None:
    async with open_chat("demo", conversation="gone") as chat:
        await chat.until(lambda: "gone" in chat.toasts)
        assert (await chat.ask("hello")).state is TurnState.DONE


async def test_a_conversation_open_elsewhere_is_read_only_until_copied(runtime: Any, open_chat: Any) -> None:
    old = runtime.keep(saved_turn())
    runtime.open_elsewhere(old)
    async with open_chat("demo", conversation=old) as chat:
        await chat.until(lambda: chat.screen.control.is_read_only)
        assert "Read-only. C to continue in a copy." in chat.banner
        assert "read-only" in chat.status
        assert chat.screen.transcript.has_focus
        assert chat.footer == " y Copy  m Model  / Search  n New  C Fork  ^P Commands  ? Help "
        for key in ("tab", "enter"):
            await chat.press(key)
            await chat.until(lambda: "Another session has this conversation open. C" in chat.toasts)
            chat.app.clear_notifications()
            assert chat.screen.transcript.has_focus
        await chat.press("escape")
        await chat.pilot.click("#prompt")
        await chat.press("slash", *"old")
        await chat.until(lambda: "Esc Close" in chat.footer)
        await chat.press("enter")
        await chat.until(lambda: chat.screen.transcript.has_focus and "Esc Close" in chat.footer)
        await chat.press("escape")
        await chat.until(lambda: "Esc" not in chat.footer and "C Fork" in chat.footer)
        assert chat.screen.prompt.value == ""
        assert chat.runtime.requests == []
        await chat.press("f8")
        await chat.until(lambda: chat.session.identity != old)
        assert chat.banner == ""
        await chat.until(lambda: chat.screen.prompt.has_focus and "Enter Send" in chat.footer)
        assert "Fork" not in chat.footer
        await chat.press("x")
        assert chat.screen.prompt.value == "x"
        await chat.press("backspace")
        await chat.ask("now")
        assert [turn.prompt.text for turn in chat.session.turns] == ["an old prompt", "now"]


async def test_a_chat_that_nobody_else_has_any_more_is_written_where_it_was_read(
    runtime: Any, open_chat: Any
) -> None:
    old = runtime.keep(
        *(saved_turn(f"t{number}", answer=TextBuffer("a line\n\n" * 20)) for number in range(5))
    )
    runtime.open_elsewhere(old)
    async with open_chat("demo", conversation=old) as chat:
        transcript = chat.screen.transcript
        await chat.until(lambda: chat.screen.control.is_read_only and transcript.has_focus)
        await chat.press("g", *["pagedown"] * 5)
        place = transcript.viewport.anchor
        assert place.turn > 0 and not transcript.viewport.is_at_end
        runtime.close_elsewhere(old)
        await chat.until(lambda: "no longer open elsewhere" in chat.toasts)
        assert transcript.has_focus
        assert transcript.viewport.anchor == place
        assert "Read-only" not in chat.banner
        await chat.press("enter")
        await chat.ask("now")
        assert len(chat.session.turns) == 6


async def test_a_read_only_chat_leaves_the_focus_to_one_that_can_be_written(
    runtime: Any, open_chat: Any
) -> None:
    old, mine = runtime.keep(saved_turn()), runtime.keep(saved_turn())
    runtime.open_elsewhere(old)
    async with open_chat("demo", conversation=old) as chat:

        def shown() -> str | None:
            session = chat.screen.control.session
            return None if session is None else session.identity

        await chat.until(lambda: chat.screen.control.is_read_only and chat.screen.transcript.has_focus)
        chat.screen.replace_conversation(mine, is_fork=False)
        await chat.until(lambda: shown() == mine and chat.screen.prompt.has_focus)
        chat.screen.replace_conversation(old, is_fork=False)
        await chat.until(lambda: shown() == old and chat.screen.transcript.has_focus)
        await chat.press("n")
        await chat.until(lambda: shown() not in (None, old) and chat.screen.prompt.has_focus)


class Trouble:
    """A disk error that blocks the journals."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.text: str | None = None
        self.changed: Callable[[], object] | None = None
        monkeypatch.setattr(Journal, "storage_error", property(lambda _: self.text))
        monkeypatch.setattr(Journal, "watch_storage_error", lambda _, changed: self.watch(changed))

    def watch(self, changed: Callable[[], object] | None) -> None:
        self.changed = changed or self.changed


@pytest.fixture
def storage_error(monkeypatch: pytest.MonkeyPatch) -> Trouble:
    return Trouble(monkeypatch)


async def test_disk_trouble_between_two_turns_is_told_and_taken_back(
    storage_error: Trouble, open_chat: Any
) -> None:
    async with open_chat() as chat:
        await chat.ask("one")
        assert storage_error.changed is not None
        for text in ("The disk is full.", None):
            storage_error.text = text
            await asyncio.to_thread(storage_error.changed)
            await chat.until(lambda: ("The disk is full." in chat.banner) == bool(storage_error.text))


async def test_disk_trouble_is_a_banner_and_a_mark_and_the_chat_goes_on(
    storage_error: Trouble, open_chat: Any
) -> None:
    async with open_chat() as chat:
        storage_error.text = "The disk is full."
        turn = await chat.ask("hello")
        assert turn.state is TurnState.DONE
        assert chat.banner.startswith("The disk is full.")
        assert "disk error" in chat.status
        storage_error.text = None
        await chat.ask("more")
        assert chat.banner == ""
        assert "disk error" not in chat.status


async def test_a_chat_is_pinned_and_exported_from_within(open_chat: Any, tmp_path: Path) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        await chat.press("tab", "p")
        await chat.until(lambda: "Pinned to the top" in chat.toasts)
        assert chat.runtime.conversations.listing.all()[0].is_pinned
        await chat.press("tab", *"/pin", "enter")
        await chat.until(lambda: "No longer pinned" in chat.toasts)
        assert not chat.runtime.conversations.listing.all()[0].is_pinned
        await chat.press("tab", "x")
        await chat.until(lambda: isinstance(chat.app.screen, ExportDialog))
        await chat.press("ctrl+u", *f"{tmp_path}/one.md", "enter")
        await chat.until(lambda: (tmp_path / "one.md").exists())
        await chat.press("tab", *f"/export {tmp_path}/two.html", "enter")
        await chat.until(lambda: (tmp_path / "two.html").exists())
        assert "hello" in (tmp_path / "one.md").read_text()
        await chat.press(*f"/export {tmp_path}/two.html", "enter")
        await chat.until(lambda: "exists" in chat.toasts)


async def test_a_conversation_can_be_renamed(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        await chat.press("f7")
        await chat.until(lambda: isinstance(chat.app.screen, RenameDialog))
        await chat.press("ctrl+u", *"A better name", "enter")
        await chat.until(lambda: chat.session.title == "A better name")
        await chat.until(lambda: [known["title"] for known in chat.recorded("title")] == ["A better name"])


# ── The target ──────────────────────────────────────────────────────────────────────────────


async def test_thinking_and_system_prompt_hold_for_this_chat(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.press("f6")
        await chat.until(lambda: isinstance(chat.app.screen, ChatSetup))
        await chat.press("right", "tab", *"Be brief.", "ctrl+s")
        await chat.ask("hello")
        _, request = chat.runtime.requests[0]
        assert request.thinking is Thinking.OFF
        assert request.messages[0].content.text == "Be brief."


async def test_warnings_about_the_connection_stay(runtime: Any, open_chat: Any) -> None:
    runtime.change(
        "gpu01-vllm",
        tls=TlsSettings(insecure=True),
        api_key=ApiKeyReference(ApiKeyKind.ENVIRONMENT, "VLLM_KEY"),
        allow_unencrypted_key=True,
    )
    async with open_chat("gpu01-vllm", size=(80, 24)) as chat:
        assert "TLS not verified · key not encrypted" in chat.status
        await chat.ask("hello")
        assert "TLS not verified · key not encrypted" in chat.status


async def test_a_proxy_on_the_way_is_told(runtime: Any, open_chat: Any) -> None:
    runtime.environment = {"http_proxy": "http://proxy:3128"}
    async with open_chat("gpu01-vllm", size=(80, 24)) as chat:
        assert "via proxy" in chat.status


async def test_a_paid_provider_tells_its_price_then_the_cost(runtime: Any, open_chat: Any) -> None:
    runtime.change("cloud", input_price=Decimal("0.001"), output_price=Decimal("0.002"), currency="CNY")
    async with open_chat("cloud") as chat:
        assert "in 0.001, out 0.002 CNY per 1,000 tokens" in chat.status
        chat.runtime.scripts = [[AnswerDelta("x"), UsageReport(Usage(1000, 1000)), Finished("stop")]]
        await chat.ask("hello")
        assert "0.003 CNY" in chat.status


async def test_without_any_active_provider_the_prompt_stays(runtime: Any, open_chat: Any) -> None:
    runtime.store.write(
        [replace(known, state=State.INACTIVE, is_default=False) for known in example_providers()]
    )
    async with open_chat(None) as chat:
        await chat.press(*"hi", "enter")
        assert "No provider is active" in chat.refusal
        assert chat.screen.prompt.value == "hi"


# ── Copying, reading, moving ────────────────────────────────────────────────────────────────


async def test_copying_says_which_way_it_went(open_chat: Any) -> None:
    async with open_chat() as chat:
        chat.runtime.clipboard.result = CopyResult(CopyRoute.TMUX, True, "tmux has it.")
        chat.runtime.scripts = [
            [ReasoningDelta("why"), AnswerDelta("see\n```sh\nls -l\n```\n"), Finished("stop")]
        ]
        await chat.ask("hello")
        await chat.press("f3", "f4", *"/copy reasoning", "enter")
        await chat.until(lambda: len(chat.runtime.clipboard.texts) == 3)
        assert chat.runtime.clipboard.texts == ["see\n```sh\nls -l\n```\n", "ls -l", "why"]
        await chat.until(lambda: "Answer copied: tmux has it." in chat.toasts)


async def test_a_block_of_code_is_copied_by_the_number_that_the_transcript_shows(open_chat: Any) -> None:
    async with open_chat() as chat:
        code = "```sh\nls\n```\n\n```sh\npwd\n```\n\n```sh\nid\n```\n"
        chat.runtime.scripts = [[AnswerDelta(code), Finished("stop")]]
        await chat.ask("hello")
        assert [row.strip() for row in chat.rows if "╷" in row] == ["╷ sh", "╷ sh · 2", "╷ sh · 3"]
        await chat.ask("an answer without code")
        for number in ("2", "1", "3"):
            await chat.press(*f"/copy {number}", "enter")
            await chat.until(
                lambda number=number: len(chat.runtime.clipboard.texts) == "213".index(number) + 1
            )
        assert chat.runtime.clipboard.texts == ["pwd", "ls", "id"]
        await chat.press(*"/copy 4", "enter")
        await chat.until(lambda: "There is no code block 4: the last answer with code has 3." in chat.toasts)
        await chat.press(*"/copy 0", "enter")
        await chat.until(lambda: "There is no code block 0" in chat.toasts)
        assert len(chat.runtime.clipboard.texts) == 3


async def test_the_whole_conversation_is_copied_as_markdown_without_keys(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.press(*"/copy all", "enter")
        await chat.until(lambda: "There is no conversation to copy yet." in chat.toasts)
        chat.runtime.redactor.add(Secret("sk-secret-0123456789"))
        chat.runtime.scripts = [
            [ReasoningDelta("hm"), AnswerDelta("It is `1`.\n"), Finished("stop")],
            refused(),
        ]
        await chat.ask("*Why* sk-secret-0123456789?\n```\nopen")
        await chat.ask("and then?")
        await chat.press(*"/copy all", "enter")
        await chat.until(lambda: chat.runtime.clipboard.texts)
        assert chat.runtime.clipboard.texts == [
            "# \\*Why\\* •••?\n\n## Prompt\n\n> *Why* •••?\n> ```\n> open\n\n"
            "## demo-reasoner\n\nIt is `1`.\n\n## Prompt\n\n> and then?\n\n## demo-reasoner\n\n"
            "*Nothing listens at 127.0.0.1 port 9. Start the server, or correct the port in the URL.*\n"
        ]


async def test_figures_are_those_of_the_selected_message_or_of_the_last(open_chat: Any) -> None:
    async with open_chat(size=(100, 40)) as chat:
        for count in (101, 303):
            chat.runtime.scripts = [[AnswerDelta("x"), UsageReport(Usage(5, count)), Finished("stop")]]
            turn = await chat.ask(f"asks for {count}")
            turn.started_at = f"2026-11-29T12:00:00.{count}"
        await chat.press("f9")
        await chat.until(lambda: isinstance(chat.app.screen, FiguresScreen))
        assert "303" in figures_text(chat)
        assert "2026-11-29 12:00:00" in figures_text(chat)
        await chat.press("escape")
        await chat.until(lambda: isinstance(chat.app.screen, ChatScreen))
        await chat.press("tab", "k", "shift+up", "shift+up")
        first = chat.session.turns[0]
        await chat.until(lambda: chat.screen.transcript.turn_under_cursor is first)
        await chat.press("i")
        await chat.until(lambda: isinstance(chat.app.screen, FiguresScreen))
        assert "101" in figures_text(chat)
        assert "303" not in figures_text(chat)


def figures_text(chat: Any) -> str:
    return "\n".join(str(part.content) for part in chat.app.screen.query(Static))


async def test_an_unconfirmed_copy_is_never_called_copied(open_chat: Any) -> None:
    async with open_chat() as chat:
        chat.runtime.clipboard.result = CopyResult(CopyRoute.TERMINAL, False, "maybe.", 2)
        await chat.ask("hello")
        await chat.press("f3")
        await chat.until(lambda: "Answer sent to the terminal: maybe." in chat.toasts)
        assert "2 hidden characters were removed" in chat.toasts
        assert "copied" not in chat.toasts


async def test_copying_without_anything_to_copy_is_said(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.press("f4")
        await chat.until(lambda: "There is no code to copy yet." in chat.toasts)


async def test_the_last_block_of_code_is_copied_without_what_stands_around_it(open_chat: Any) -> None:
    answer = (
        "1. one\n\n   ```python\n   if a:\n       b()\n   ```\n"
        "2. two\n\n    ```bash\n    make\n    ```\n\nDone."
    )
    async with open_chat() as chat:
        chat.runtime.scripts = [[AnswerDelta(answer), Finished("stop")]]
        await chat.ask("how")
        await chat.press("f4")
        await chat.until(lambda: chat.runtime.clipboard.texts == ["make"])
        await chat.press("tab", *"kkkky")
        await chat.until(lambda: chat.runtime.clipboard.texts == ["make", "if a:\n    b()"])


async def test_code_that_is_still_arriving_can_be_copied(open_chat: Any) -> None:
    gate = asyncio.Event()
    async with open_chat() as chat:
        chat.runtime.scripts = [[AnswerDelta("- x\n\n  ~~~~sh\n  ls\n  ~~~\n  pw"), gate, Finished("stop")]]
        await chat.press(*"go", "enter")
        await chat.until(lambda: bool(chat.session.turns) and bool(chat.session.turns[-1].answer))
        await chat.press("f4")
        await chat.until(lambda: chat.runtime.clipboard.texts == ["ls\n~~~\npw"])
        gate.set()
        await chat.until(lambda: chat.session.live is None)


async def test_tab_and_escape_go_between_prompt_and_transcript(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        await chat.press("tab")
        assert chat.screen.transcript.has_focus
        await chat.press("escape")
        assert chat.screen.prompt.has_focus
        await chat.press("tab", "enter")
        assert chat.screen.prompt.has_focus
        assert chat.screen.prompt.value == ""


async def test_searching_counts_and_escape_closes_it(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        await chat.press(*"/find well", "enter")
        count = chat.screen.query_one("#search-count", Static)
        await chat.until(lambda: str(count.content).startswith("1 of 1"))
        await chat.press("enter")
        assert chat.screen.transcript.has_focus
        await chat.press("escape")
        await chat.until(lambda: not chat.screen.query_one("#search").display)


async def test_a_second_search_replaces_the_first(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        await chat.press("tab", "slash", *"zzz", "enter", "slash", *"well")
        text = chat.screen.query_one("#search-text", Input)
        await chat.until(lambda: text.value == "well")
        await chat.press("enter", "slash", "home", "s")
        await chat.until(lambda: text.value == "swell")


async def test_f12_leaves_the_mouse_to_the_terminal_and_takes_it_back(
    open_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_chat() as chat:
        written: list[str] = []
        monkeypatch.setattr(chat.app._driver, "write", written.append)
        await chat.press("f12")
        assert any("\x1b[?1000l" in text for text in written)
        await chat.press("f12")
        assert any("\x1b[?1000h" in text for text in written)


async def test_hostile_text_is_shown_as_text_everywhere(runtime: Any, open_chat: Any) -> None:
    hostile = "[/] [link='x \x1b]52;c;eA==\x07 \u202e[@click=app.quit]x[/]"
    runtime.store.write(
        [replace(known, display_name=hostile, model=hostile) for known in example_providers()]
    )
    async with open_chat("demo") as chat:
        chat.runtime.scripts = [[ReasoningDelta(hostile), AnswerDelta(hostile), Finished(hostile)]]
        await chat.ask(hostile)
        for keys in (("f9",), ("f2",), ("f6",), ("f7",)):
            await chat.press(*keys)
            await chat.pilot.pause()
            shown = "".join(
                segment.text for strip in chat.app.screen._compositor.render_strips() for segment in strip
            )
            assert not {"\x1b", "\x07", "\u202e"} & set(shown)
            await chat.press("escape")
        assert "[/] [link='x" in chat.header


# ── Cost ────────────────────────────────────────────────────────────────────────────────────


async def test_a_finished_chat_at_rest_draws_nothing(open_chat: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_chat() as chat:
        await chat.ask("hello")
        await chat.pilot.pause(0.6)
        drawn: list[object] = []
        monkeypatch.setattr(chat.app, "_display", lambda *args: drawn.append(args))
        await chat.pilot.pause(1.2)
        assert drawn == []


async def test_many_batches_draw_the_status_bar_a_few_times(
    open_chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tui.ui.chat.status_bar import StatusBar

    async with open_chat() as chat:
        drawn: list[object] = []
        draw = StatusBar.draw

        def counted(bar: StatusBar) -> None:
            drawn.append(1)
            draw(bar)

        monkeypatch.setattr(StatusBar, "draw", counted)
        gate = asyncio.Event()
        chat.runtime.scripts = [[*[AnswerDelta("x ")] * 300, gate, Finished("stop")]]
        await chat.type("go")
        await chat.press("enter")
        await chat.until(lambda: chat.session.live and len(chat.session.live.answer) == 600)
        assert len(drawn) < 30
        gate.set()
        await chat.until(lambda: chat.session.live is None)


async def test_at_80_by_24_everything_has_its_place(open_chat: Any) -> None:
    async with open_chat(size=(80, 24)) as chat:
        await chat.ask("hello")
        regions = {
            name: chat.screen.query_one(name).region
            for name in ("TitleBar", "Transcript", "PromptBox", "StatusBar", "BindingBar")
        }
        assert [region.height for region in regions.values()] == [1, 17, 3, 1, 1]
        assert [region.y for region in regions.values()] == [0, 2, 19, 22, 23]


@pytest.mark.parametrize("focus", ["prompt", "transcript"])
async def test_the_footer_has_at_most_seven_keys_and_they_fit(open_chat: Any, focus: str) -> None:
    async with open_chat(size=(80, 24)) as chat:
        await chat.ask("hello")
        if focus == "transcript":
            await chat.press("tab")
        bar = chat.screen.query_one(BindingBar).render()
        keys = [bar.plain[span.start : span.end] for span in bar.spans if "key" in str(span.style)]
        assert 5 <= len(keys) <= 7
        assert keys[-2] == " ^P "
        assert keys[-1] == (" /help " if focus == "prompt" else " ? ")
        assert bar.cell_length <= 80


async def test_ctrl_d_deletes_and_asks_to_quit_where_nothing_is_typed(open_chat: Any) -> None:
    async with open_chat(kind=LmdeckApp) as chat:
        await chat.press("a", "home", "ctrl+d")
        assert chat.screen.prompt.value == ""
        await chat.press("ctrl+d")
        await chat.until(lambda: isinstance(chat.app.screen, ConfirmDialog))
        await chat.press("escape")
        await chat.until(lambda: isinstance(chat.app.screen, ChatScreen))


async def test_ctrl_c_clears_the_draft_and_up_brings_it_back(open_chat: Any) -> None:
    async with open_chat(kind=LmdeckApp) as chat:
        await chat.press(*"draft", "ctrl+c")
        assert chat.screen.prompt.value == ""
        await chat.press("up")
        assert chat.screen.prompt.value == "draft"


async def test_an_unknown_command_stays_and_sends_nothing(open_chat: Any) -> None:
    async with open_chat() as chat:
        await chat.press(*"/modle", "enter")
        await chat.until(lambda: "Did you mean /model?" in chat.refusal)
        assert (chat.screen.prompt.value, chat.runtime.requests) == ("/modle", [])
        await chat.press("ctrl+c", *"//etc", "enter")
        await chat.until(lambda: chat.session.turns and chat.session.live is None)
        assert chat.session.turns[0].prompt.text == "/etc"
