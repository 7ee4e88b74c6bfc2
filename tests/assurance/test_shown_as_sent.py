"""Text is shown unchanged: random strings with brackets and markup, in every kind of widget."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from tests.assurance.kit import by_length, publish
from tests.ui.fake_runtime import FakeRuntime, failure
from tui.core.parts import parts_of
from tui.core.provider import Provider
from tui.core.provider_rules import FieldProblem
from tui.core.provider_schema import ROWS
from tui.core.turn import TextBuffer, ToolCall, Turn, TurnState
from tui.net.reachability import Reachability
from tui.store.journal import Journal
from tui.ui.app import LmdeckApp
from tui.ui.chat import context_gauge
from tui.ui.chat.pairs import Pair
from tui.ui.chat.picker import ModelPicker
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.screen import ChatScreen
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.providers.form_row import FormRow
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.help import HelpScreen

COUNT = by_length(10, 560)
"""Strings for each place."""
LISTED = 50
"""Models shown at a time: the picker lists the first 60 of those that match."""
ONE_BY_ONE = by_length(3, 60)
"""Strings for a place that shows one at a time."""

WORDS = (
    "[INST]", "[/INST]", "[/x]", "[/]", "[a=b]", "[@click=app.quit]", "[@click=app.bell()]x[/]", "[bold red]",
    "[[", "]]", "[", "]", "[0]", "[1,2,3]", "[link=http://e.test]", "[#ff0000]", "[on blue]", "[$primary]",
    "{x}", "$error", ":smile:", "%s", "{0}", "\\[", "\\", "[/bold]", "[b]x[/b]", "[not bold]", "[?]", "[ ]",
    "a[i][j]", "<b>", "&amp;", "<a href='x'>", "**x**", "*x*", "`x`", "~~x~~", "![x](y)", "[x](y)",
    "[x][y]", "http://e.test/[x]", "你好", "é", "🙂", "naïve", "x", "Ω", "_x_", "#", ">", "|", "(", ")",
)  # fmt: skip
MARKDOWN = set("*`~<>&\\|#_!") | {"[x](y)", "[x][y]"}
"""What has a meaning in an answer, where it is not to be seen as it was sent."""
PLAIN_WORDS = [
    word for word in WORDS
    if not set(word) & MARKDOWN and word not in MARKDOWN and "(" not in word and "http" not in word
]  # fmt: skip

checked: dict[str, int] = {}


def strings(count: int, words: Sequence[str] = WORDS, seed: int = 0) -> list[str]:
    """Return random strings of at most 30 cells, each with a number of its own at both ends."""
    chance = random.Random(f"{seed}{len(words)}")
    found = []
    for number in range(count):
        text = ""
        while len(text) < 24 and chance.random() < 0.8:
            text += chance.choice(words) + chance.choice(["", "", " "])
        found.append(f"q{number:03}{text.strip()[:30].strip()}{number:03}")
    return found


def screen_text(app: App[Any]) -> str:
    """Return what the compositor draws, row by row."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def shows(app: App[Any], wanted: Iterable[str]) -> bool:
    """Return whether the screen shows all of the texts."""
    text = screen_text(app)
    return all(string in text for string in wanted)


def assert_shown(place: str, app: App[Any], wanted: Iterable[str]) -> None:
    text = screen_text(app)
    wanted = list(wanted)
    missing = [string for string in wanted if string not in text]
    assert not missing, f"{place}: {len(missing)} of {len(wanted)}, such as {missing[:5]}\n{text[:3000]}"
    checked[place] = checked.get(place, 0) + len(wanted)


@asynccontextmanager
async def running(
    runtime: FakeRuntime, size: tuple[int, int] = (200, 60)
) -> AsyncIterator[tuple[LmdeckApp, Pilot[Any]]]:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=size, notifications=True, tooltips=False) as pilot:
        await pilot.pause()
        yield app, pilot


def turns_with(texts: Sequence[str], make: Callable[[Turn, str], object]) -> list[Turn]:
    found = []
    for number, text in enumerate(texts):
        turn = Turn(uuid4().hex, parts_of(f"prompt {number}"), "provider", "model", state=TurnState.DONE)
        make(turn, text)
        found.append(turn)
    return found


async def show_chat(
    runtime: FakeRuntime, turns: Sequence[Turn], keys: Sequence[str], place: str, texts: list[str]
) -> None:
    kept = runtime.keep(*turns)
    async with running(runtime, (200, 60 + 14 * len(turns))) as (app, pilot):
        await app.push_screen(ChatScreen("cloud", conversation=kept))
        await until(
            pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.control.session is not None
        )
        app.screen.query_one("Transcript").focus()
        await pilot.press(*keys)
        await until(pilot, lambda: shows(app, texts), assert_it=False)
        assert_shown(place, app, texts)


async def until(pilot: Pilot[Any], condition: Callable[[], object], *, assert_it: bool = True) -> None:
    for _ in range(40):
        await pilot.pause()
        if condition():
            return
    assert not assert_it, "it never came"


ANSWERS: dict[str, tuple[Sequence[str], Callable[[str], str]]] = {
    "paragraph": (PLAIN_WORDS, lambda text: f"Before {text} after"),
    "heading": (PLAIN_WORDS, lambda text: f"# {text}"),
    "list": (PLAIN_WORDS, lambda text: f"- one\n- {text}\n"),
    "quote": (PLAIN_WORDS, lambda text: f"> {text}"),
    "table": (PLAIN_WORDS, lambda text: f"| a | b |\n|---|---|\n| {text} | {text} |\n"),
    "code": (WORDS, lambda text: f"```\n{text}\n```"),
    "highlighted code": (WORDS, lambda text: f"```python\n# {text}\n```"),
    "inline code": (
        [word for word in WORDS if "`" not in word and "\\" not in word], lambda text: f"so ``{text}`` it is"
    ),
}  # fmt: skip


@pytest.mark.parametrize("constructs", by_length([list(ANSWERS)], [[name] for name in ANSWERS]))
async def test_answers(constructs: Sequence[str]) -> None:
    turns: list[Turn] = []
    wanted: list[str] = []
    for seed, construct in enumerate(constructs):
        words, write = ANSWERS[construct]
        texts = strings(COUNT, words, seed)
        turns += turns_with(texts, lambda turn, text: turn.answer.append(write(text)))  # noqa: B023
        wanted += texts
    await show_chat(FakeRuntime(), turns, (), " ".join(constructs), wanted)


async def test_a_prompt() -> None:
    texts = strings(COUNT)
    turns = turns_with(texts, lambda turn, text: setattr(turn, "prompt", parts_of(text)))
    await show_chat(FakeRuntime(), turns, (), "prompt", texts)


async def test_an_answer_as_it_came() -> None:
    texts = strings(COUNT)
    turns = turns_with(texts, lambda turn, text: turn.answer.append(text))
    await show_chat(FakeRuntime(), turns, ("escape", *"/raw", "enter"), "raw answer", texts)


async def test_reasoning() -> None:
    texts = strings(COUNT, PLAIN_WORDS)

    def think(turn: Turn, text: str) -> None:
        turn.reasoning, turn.answer = TextBuffer(f"So {text} it is."), TextBuffer("ok")

    await show_chat(FakeRuntime(), turns_with(texts, think), ("f5",), "reasoning", texts)


async def test_a_failure_a_note_a_tool_call_and_a_model() -> None:
    texts = strings(COUNT)

    def fail(turn: Turn, text: str) -> None:
        turn.state = TurnState.FAILED
        turn.failure = failure(title=f"It says {text}", server_message=f"server {text}")
        turn.notes.append(f"noted {text}")
        turn.tool_calls[0] = ToolCall(text, "{}")
        turn.model = text

    await show_chat(
        FakeRuntime(), turns_with(texts, fail), (), "failure", [f"It says {text}" for text in texts]
    )


async def test_a_provider_list() -> None:
    texts = strings(COUNT)
    providers = [
        Provider(f"p{number}", text, model=text, provider_url=f"http://e/{text}")
        for number, text in enumerate(texts)
    ]
    runtime = FakeRuntime(providers)
    async with running(runtime, (300, COUNT + 40)) as (app, pilot):
        await until(pilot, lambda: texts[-1] in screen_text(app), assert_it=False)
        assert_shown("cell of the provider list", app, [text[:23] for text in texts])


async def test_what_is_below_the_provider_list() -> None:
    runtime = FakeRuntime([])
    async with running(runtime) as (app, pilot):
        await until(pilot, lambda: app.is_warm)
        for text in strings(ONE_BY_ONE):
            provider = Provider("p", text, model=text, provider_url="http://e/v1")
            runtime.store.write([provider])
            runtime.store.notices = (f"notice {text}",)
            runtime.reachability["p"] = Reachability(False, failure(title=f"down {text}"))
            await pilot.press("f5")
            await until(pilot, lambda: f"down {text}" in screen_text(app), assert_it=False)  # noqa: B023
            wanted = [text, f"down {text}", f"notice {text}"]
            assert_shown("details of a provider", app, wanted)


async def test_the_conversation_list() -> None:
    runtime = FakeRuntime()
    texts = strings(COUNT)
    for number, text in enumerate(texts):
        runtime.keep(Turn(f"t{number}", parts_of(""), text[:16], text[:24], state=TurnState.DONE), title=text)
    async with running(runtime, (200, COUNT + 40)) as (app, pilot):
        await app.push_screen(ConversationsScreen())
        await until(pilot, lambda: texts[-1] in screen_text(app), assert_it=False)
        assert_shown("title of a conversation", app, texts)


async def test_toasts() -> None:
    texts = strings(COUNT)
    async with running(FakeRuntime(), (200, 200)) as (app, pilot):
        for start in range(0, COUNT, 20):
            app.clear_notifications()
            part = texts[start : start + 20]
            for text in part:
                app.notify(text, title=f"of {text}", timeout=600)
            await until(pilot, lambda: shows(app, part), assert_it=False)  # noqa: B023
            assert_shown("toast", app, [*part, *(f"of {text}" for text in part)])


async def test_messages_of_the_form() -> None:
    texts = strings(COUNT)
    field = ROWS[0]
    async with running(FakeRuntime(), (200, 8 * COUNT)) as (app, pilot):
        screen: Screen[None] = Screen()
        await app.push_screen(screen)
        rows = [
            FormRow(replace(field, name=f"row{at}", attribute="name"), text) for at, text in enumerate(texts)
        ]
        await screen.mount_all(rows)
        for row, text in zip(rows, texts, strict=True):
            row.show_problems([FieldProblem(row.field.name, f"not {text}", repair=text)])
        wanted = [f"✗ not {text}" for text in texts]
        await until(pilot, lambda: shows(app, wanted), assert_it=False)
        assert_shown("message of the form", app, wanted)


async def test_the_model_picker() -> None:
    texts = strings(COUNT)
    provider = Provider("main", "[INST] main", model="m", provider_url="http://e/v1")
    runtime = FakeRuntime([provider])
    async with running(runtime, (200, LISTED + 60)) as (app, pilot):
        for first in range(0, COUNT, LISTED):
            some = texts[first : first + LISTED]
            runtime.models["http://e/v1"] = some
            await app.push_screen(ModelPicker([provider], Pair(provider, "m")))
            window = app.screen.query_one(".window")
            window.styles.width, window.styles.height = 190, LISTED + 20
            await until(pilot, lambda some=some: some[-1] in screen_text(app), assert_it=False)  # type: ignore[misc]
            assert_shown("model of the picker", app, [*some, "[INST] main"])
            await app.pop_screen()


async def test_places_that_show_one_text_at_a_time() -> None:
    provider = Provider("main", "", model="m", provider_url="http://e/v1")
    async with running(FakeRuntime([provider])) as (app, pilot):
        for text in strings(ONE_BY_ONE):
            for place, screen, wanted in (
                ("dialog", ConfirmDialog(f"title {text}", f"body {text}"), (f"title {text}", f"body {text}")),
                ("help", HelpScreen(f"help {text}", {}), (f"help {text}",)),
                (
                    "test window",
                    ProviderTestScreen(replace(provider, display_name=text)),
                    (f"Test of {text}",),
                ),
            ):
                await app.push_screen(screen)
                await pilot.pause()
                assert_shown(place, app, wanted)
                await app.pop_screen()


async def test_the_chat_around_its_transcript(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = Provider("main", "", model="m", provider_url="http://e/v1")
    runtime = FakeRuntime([provider])
    async with running(runtime) as (app, pilot):
        await app.push_screen(ChatScreen("main"))
        await until(
            pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.control.session is not None
        )
        screen = app.screen
        assert (
            isinstance(screen, ChatScreen)
            and screen.control.session is not None
            and screen.control.target is not None
        )
        for text in strings(ONE_BY_ONE):
            screen.control.session.title = f"title {text}"
            monkeypatch.setattr(Journal, "storage_error", f"trouble {text}")
            screen.control.target = replace(
                screen.control.target,
                provider=replace(provider, display_name=f"by {text}"),
                model=f"model {text}",
            )
            monkeypatch.setattr(context_gauge, "header_words", lambda _, text=text: f"status {text}")
            screen.show_state()
            await pilot.pause()
            wanted = [f"title {text}", f"status {text}", f"trouble {text}", f"Message by {text}"]
            assert_shown("title, banner, status bar and invitation", app, [*wanted, f"model {text}"])
            screen.query_one(Prompt).insert(text)
            await pilot.pause()
            assert_shown("prompt's field", app, [text])
            screen.query_one(Prompt).clear()


def test_publish() -> None:
    """The last one: what the others counted."""
    total = sum(checked.values())
    if total:
        publish("as-sent", f"{total:,} random strings in {len(checked)} kinds of places: 0 differences")
