"""Each key of the key table does something that a person can see, in the program as it runs.

A tour opens a place on the real runtime and presses keys there. Before a key is pressed, no other binding of
the table may have it there; after it something must have changed: the text on the screen, what has the
focus, a cursor, what was copied, what a server was sent, or a file.

A key that is added to the table without a step fails the tour of its group.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import Input, OptionList

from tests.support.fake_api import FakeApi, model_list
from tests.support.fault_server import Connection, FaultServer
from tests.support.real_deck import OpenDeck, RealDeck, replying
from tests.support.stream_samples import delta
from tui.core.diagnosis_subject import DiagnosisSubject
from tui.core.parts import parts_of
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.session.prompt_queue import Pause
from tui.ui.bindings import BY_IDENTIFIER, KEYS, identifier_of, types_text
from tui.ui.chat.branches import BranchesWindow
from tui.ui.chat.figures import FiguresScreen
from tui.ui.chat.picker import ModelPicker
from tui.ui.chat.rename import RenameDialog
from tui.ui.chat.screen import ChatScreen
from tui.ui.chat.settings import ChatSetup
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.costs.screen import CostsScreen
from tui.ui.diagnosis.details import CheckDetailsScreen
from tui.ui.diagnosis.screen import DiagnosisScreen
from tui.ui.exporting import ExportDialog
from tui.ui.own_keys import own_keys
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.model_field import ModelField
from tui.ui.providers.screen import ProvidersScreen
from tui.ui.providers.test_dialog import ProviderTestScreen
from tui.ui.shell.dialogs import ConfirmDialog
from tui.ui.shell.help import HelpScreen
from tui.ui.shell.notices import NoticesWindow
from tui.ui.start import ChatStart
from tui.ui.textual_compat.palette import Palette

LONG_ANSWER = (
    "# Title\n\n"
    + "".join(f"Paragraph {number} about rivers.\n\n" for number in range(60))
    + "A [link](https://example.org/page).\n\n```\n"
    + "x" * 200
    + "\n```\n"
)
_CURSORS = (
    "cursor_row", "cursor_column", "cursor_position", "cursor_location", "highlighted", "value",
    "scroll_offset",
)  # fmt: skip


Prepare = Callable[["Tour"], Awaitable[None]]
"""Brings the place into the state in which a key has an effect."""


@dataclass
class Tour:
    """One open place, and the keys pressed in it."""

    deck: RealDeck
    server: FaultServer
    opened: OpenDeck
    pressed: set[str] = field(default_factory=set)
    judged: set[str] = field(default_factory=set)
    """The groups whose keys were compared with those of a text field."""

    @property
    def top(self) -> Screen[Any]:
        return self.opened.app.screen

    @property
    def chat(self) -> ChatScreen:
        return next(screen for screen in self.opened.app.screen_stack if isinstance(screen, ChatScreen))

    def state(self) -> tuple[object, ...]:
        """Return all that a key may change."""
        focused = self.top.focused
        cursors = [str(getattr(focused, name, None)) for name in _CURSORS]
        copied = self.deck.home / "state" / "lmdeck" / "copied.txt"
        providers = self.deck.config / "providers.toml"
        return (
            self.top,
            focused,
            *cursors,
            *(options.highlighted for options in self.top.query(OptionList)),
            self.opened.text,
            self.opened.toasts,
            len(self.server.requests),
            copied.stat().st_mtime_ns if copied.exists() else 0,
            providers.read_bytes(),
        )

    async def settle(self) -> None:
        """Wait until nothing moves any more, and forget what was told."""
        await self.opened.pilot.pause()
        self.opened.app.clear_notifications()
        await self.opened.pilot.pause()
        deadline = time.monotonic() + 20
        before = self.state()
        while time.monotonic() < deadline:
            await self.opened.pilot.pause(0.05)
            now = self.state()
            if now == before:
                return
            before = now

    def _tells(self, words: str) -> bool:
        return words in self.opened.toasts + self.opened.text

    async def step(
        self,
        identifier: str,
        *,
        before: tuple[str, ...] = (),
        prepare: Prepare | None = None,
        opens: type[Screen[Any]] | None = None,
        says: str = "",
        keys: tuple[str, ...] | None = None,
    ) -> None:
        """Press every key of a binding, each after what makes it possible, and see that it does something.

        A field or Textual itself may have the key first and pass it on; another key of ours may not.
        """
        for key in keys or BY_IDENTIFIER[identifier].names or (f"unbound.{identifier}",):
            if prepare is not None:
                await prepare(self)
            await self.opened.press(*before)
            await self.settle()
            self._check_field()
            active = self.top.active_bindings.get(key)
            owner = identifier_of(active.binding) if active is not None and active.enabled else None
            assert owner in (identifier, None, ""), (identifier, key, owner, self.top.focused)
            old = self.state()
            await self._run(identifier, key)
            await self.opened.until(partial(self._has_left, old), f"{identifier} ({key})")
            if opens is not None:
                await self.opened.until(lambda: isinstance(self.top, opens), f"{identifier} opens {opens}")
            if says:
                await self.opened.until(lambda: self._tells(says), f"{identifier} says {says}")
            self.pressed.add(identifier)

    async def _run(self, identifier: str, key: str) -> None:
        """Press a key; an action without one is in the palette."""
        if not key.startswith("unbound."):
            await self.opened.press(key)
            return
        title = BY_IDENTIFIER[identifier].title
        listed = {entry.title: entry.callback for entry in self.opened.app.get_system_commands(self.top)}
        assert title in listed, f"{identifier} has no key and is not in the palette"
        self.opened.app.call_later(listed[title])

    def _check_field(self) -> None:
        """Check that no binding that comes before a text field, here, may be given a key of it."""
        if "text" not in getattr(self.top.focused, "KEY_GROUPS", ()):
            return
        for group in {*getattr(self.top, "KEY_GROUPS", ())} - self.judged:
            self.judged.add(group)
            for key in KEYS[group]:
                given = own_keys({key.identifier: "ctrl+f"}).usable if key.is_always else {}
                assert not given, f"{key.identifier} takes Ctrl+F from {self.top.focused}"

    def _has_left(self, state: object) -> bool:
        return self.state() != state

    async def home(self, base: type[Screen[Any]]) -> None:
        """Close whatever lies over a screen."""
        while not isinstance(self.top, base):
            await self.opened.app.pop_screen()
        await self.opened.pilot.pause()

    async def open_form(self, name: str = "main") -> None:
        """Open the form of a provider, as if nothing had been typed into it."""
        await self.home(ProvidersScreen)
        self.opened.app.push_screen(ProviderFormScreen(self.opened.runtime.directory.get(name)))
        await self.opened.until(lambda: isinstance(self.top, ProviderFormScreen) and self.top.focused)


Walk = Callable[[RealDeck, FaultServer], Awaitable[set[str]]]


def providers_of(deck: RealDeck, server: FaultServer, count: int = 1) -> None:
    deck.settings("check_reachability = false\n")
    deck.extra = {"TERM": "dumb", "PATH": ""}  # what is copied goes to a file
    for number in range(count):
        name = "main" if not number else f"other-{number:02}"
        deck.provider(server.base_url, name, input_price="0.1", output_price="0.2")


async def everywhere(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    async with deck.opened() as opened:
        tour = Tour(deck, server, opened)

        async def home(tour: Tour) -> None:
            await tour.home(ProvidersScreen)

        await tour.step("app.help", prepare=home, opens=HelpScreen)
        await tour.home(ProvidersScreen)
        await tour.step("app.palette", prepare=home, opens=Palette)
        await tour.home(ProvidersScreen)
        for number in range(60):
            opened.app.notify(f"notice {number}")
        await tour.step("app.notices", prepare=home, keys=("unbound.app.notices",), opens=NoticesWindow)

        async def at_notices(tour: Tour) -> None:
            await tour.home(ProvidersScreen)
            await opened.press("unbound.app.notices")
            await opened.until(lambda: isinstance(tour.top, NoticesWindow))

        await tour.step("notices_text.down", prepare=at_notices)
        await tour.step("notices_text.bottom", prepare=at_notices)
        await tour.step("notices_text.page_down", prepare=at_notices)
        await tour.step("notices_text.up", prepare=at_notices, before=("end",))
        await tour.step("notices_text.top", prepare=at_notices, before=("end",))
        await tour.step("notices_text.page_up", prepare=at_notices, before=("end",))
        await tour.step("notices.copy", prepare=at_notices, says="copied.txt")
        await tour.step("notices.close", prepare=at_notices, opens=ProvidersScreen)
        await tour.home(ProvidersScreen)
        await tour.step("app.hint", says="Ctrl+Q")
        await opened.press("ctrl+q")
        await opened.until(lambda: not opened.app.is_running or opened.app._exit)
        return tour.pressed | {"app.quit"}


async def provider_list(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server, 20)
    async with deck.opened(size=(80, 16)) as opened:
        tour = Tour(deck, server, opened)

        async def home(tour: Tour) -> None:
            await tour.home(ProvidersScreen)

        async def deleted(tour: Tour) -> None:
            await tour.home(ProvidersScreen)
            await opened.press("home", "j", "D")
            await opened.until(lambda: isinstance(tour.top, ConfirmDialog))
            await opened.press("y")
            await opened.until(lambda: isinstance(tour.top, ProvidersScreen))

        await opened.press("home")
        await tour.step("table.down")
        await tour.step("table.up", before=("down", "down"))
        await tour.step("table.half_page_down", before=("home",))
        await tour.step("table.half_page_up", before=("end",))
        await tour.step("table.page_down", before=("home",))
        await tour.step("table.page_up", before=("end",))
        await tour.step("table.bottom", before=("pageup", "pageup"))
        await tour.step("table.top", before=("end",))
        await opened.press("home")
        await tour.step("providers.columns")
        await tour.step("table.right")
        await tour.step("table.left", before=("right",))
        await opened.press("w")
        await tour.step("providers.sort")
        await tour.step("providers.reverse")
        await tour.step("providers.filter")
        await tour.step("providers.back", keys=("escape",))
        await opened.press("home")
        await tour.step("providers.state", prepare=home, before=("j",))
        await opened.press("unbound.providers.state")
        await tour.step("providers.default", before=("j",))
        await tour.step("providers.chat", prepare=home, opens=ChatScreen)
        await tour.step("providers.add", prepare=home, opens=ProviderFormScreen)
        await tour.step("providers.edit", prepare=home, before=("home",), opens=ProviderFormScreen)
        await tour.step("providers.clone", prepare=home, before=("home",), opens=ProviderFormScreen)
        await tour.step("providers.test", prepare=home, opens=ProviderTestScreen)
        await tour.step("providers.diagnose", prepare=home, opens=DiagnosisScreen)
        await tour.step("providers.history", prepare=home, opens=ConversationsScreen)
        await tour.step("providers.costs", prepare=home, opens=CostsScreen)
        await tour.step("providers.refresh", prepare=home)
        await tour.step("providers.delete", prepare=home, before=("home",), opens=ConfirmDialog)
        await tour.step("providers.undo", prepare=deleted)
        for number in range(5):
            turn = Turn(
                "t", parts_of("hello"), provider="main", state=TurnState.DONE, answer=TextBuffer("hi")
            )
            assert opened.runtime.conversations.adopt([turn], f"chat {number}").close()
        await tour.step("providers.history", prepare=home, opens=ConversationsScreen)
        for number in range(1, 6):
            await tour.step(f"providers.recent_{number}", prepare=home, opens=ChatScreen)
        await home(tour)
        await opened.press("q")
        await opened.until(lambda: not opened.app.is_running or opened.app._exit)
        return tour.pressed | {"providers.quit"}


async def trial(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    async with deck.opened() as opened:
        tour = Tour(deck, server, opened)

        async def tested(tour: Tour) -> None:
            await tour.home(ProvidersScreen)
            await opened.press("home", "t")
            await opened.until(lambda: isinstance(tour.top, ProviderTestScreen) and "Title" in opened.text)

        await tour.step("test.again", prepare=tested)
        await tour.step("test.close", prepare=tested, opens=ProvidersScreen)
        return tour.pressed


async def help_window(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    async with deck.opened() as opened:
        tour = Tour(deck, server, opened)

        async def helped(tour: Tour) -> None:
            await tour.home(ProvidersScreen)
            await opened.press("question_mark")
            await opened.until(lambda: isinstance(tour.top, HelpScreen))

        await tour.step("help.close", prepare=helped, opens=ProvidersScreen)
        await tour.step("help.down", prepare=helped)
        await tour.step("help.up", before=("down",))
        await tour.step("help.page_down", prepare=helped)
        await tour.step("help.page_up", before=("pagedown",))
        return tour.pressed


async def form(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    site = deck.home / "site" / "lmdeck" / "providers.toml"
    site.parent.mkdir(parents=True)
    site.write_text(f'[providers.site]\nprovider_url = "{server.base_url}"\ncompatible_provider = "m"\n')
    async with deck.opened(size=(80, 20)) as opened:
        tour = Tour(deck, server, opened)

        def at(name: str, value: str | None = None) -> Prepare:
            async def prepare(tour: Tour) -> None:
                if not isinstance(tour.top, ProviderFormScreen):
                    await tour.open_form()
                editor = opened.screen(ProviderFormScreen).row(name).editor
                editor.focus()
                if value is not None:
                    assert isinstance(editor, Input)
                    editor.value = value
                await opened.pilot.pause()

            return prepare

        async def read_only(tour: Tour) -> None:
            await tour.open_form("site")

        async def outside(tour: Tour) -> None:
            """Focus what is no text field: there the letters act."""
            await at("state")(tour)

        await tour.step("form.next", prepare=at("display_name"), keys=("down", "enter"))
        await tour.step("form.previous", prepare=at("display_name"))
        await tour.step("form.page_down", prepare=at("display_name"))
        await tour.step("form.page_up", prepare=at("display_name"), before=("pagedown",))
        await tour.step("choice.next", prepare=at("currency"))
        await tour.step("choice.previous", prepare=at("currency"), before=("right",))
        await tour.step("choice.open", prepare=at("currency"), keys=("space",))
        await tour.step("choice.down", keys=("down",))
        await tour.step("choice.up", keys=("up",))
        await tour.step("choice.close", keys=("escape",))
        await tour.step("choice.open", keys=("alt+down",))
        await tour.step("choice.close", keys=("ctrl+g",))
        await tour.step("choice.take", before=("space", "down"))
        await tour.step("key.reveal", prepare=at("api_key", "sk-typed-4711-abcd"))
        wrong_url = at("provider_url", f"{server.base_url}/chat/completions")
        await tour.step("form.repair", prepare=wrong_url, keys=("f4",))
        await wrong_url(tour)
        await tour.step("form.repair", prepare=outside, keys=("A",))
        await tour.home(ProvidersScreen)
        await tour.step("form.test", prepare=at("display_name"), keys=("f5",))
        await tour.step("form.test", prepare=outside, keys=("t",))
        await tour.step("form.diagnose", prepare=outside, opens=DiagnosisScreen)
        await tour.home(ProvidersScreen)
        await tour.step("form.clone", prepare=read_only)
        await tour.home(ProvidersScreen)
        await tour.step("form.save", prepare=at("display_name", "Saved once"))
        assert b"Saved once" in (deck.config / "providers.toml").read_bytes()
        await tour.step("form.save_exit", prepare=at("display_name", "Saved twice"), opens=ProvidersScreen)
        assert b"Saved twice" in (deck.config / "providers.toml").read_bytes()
        await tour.step("form.cancel", prepare=outside, opens=ProvidersScreen)
        return tour.pressed


async def form_models(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    async with deck.opened(size=(80, 30)) as opened:
        tour = Tour(deck, server, opened)

        async def listed(tour: Tour) -> None:
            await tour.open_form()
            editor = opened.screen(ProviderFormScreen).row("compatible_provider").editor
            editor.focus()
            assert isinstance(editor, Input)
            editor.value = ""
            await opened.press(*"model")
            await opened.until(lambda: opened.app.screen.query_one(ModelField).is_open)

        async def closed(tour: Tour) -> None:
            await listed(tour)
            await opened.press("escape")

        await tour.step("model.open", prepare=closed)
        await tour.step("model.next", prepare=listed)
        await tour.step("model.previous", prepare=listed, before=("down", "down"))
        await tour.step("model.take", prepare=listed, before=("down", "down"))
        await tour.step("model.close", prepare=listed)
        typed = "one two-three"

        async def wrote(tour: Tour) -> None:
            await tour.home(ProvidersScreen)
            await tour.open_form()
            editor = opened.screen(ProviderFormScreen).row("display_name").editor
            editor.focus()
            assert isinstance(editor, Input)
            editor.value, editor.cursor_position = typed, 9
            await opened.pilot.pause()

        for key in KEYS["text"]:
            before = {"text.yank": ("ctrl+w",), "text.undo": ("ctrl+w",)}.get(key.identifier, ())
            await tour.step(key.identifier, prepare=wrote, before=before)
        return tour.pressed


async def over_the_prompt(tour: Tour) -> None:
    """Press the keys of the search in the prompts, and of the list of commands."""
    prompt = tour.chat.prompt

    async def empty(tour: Tour) -> None:
        prompt.value = ""
        prompt.focus()
        await tour.opened.pilot.pause()

    async def listed(tour: Tour) -> None:
        await empty(tour)
        await tour.opened.press("slash", "r")

    await tour.step("prompt.recall", prepare=empty)
    await tour.opened.press("escape")
    for identifier in ("recall.take", "recall.cancel"):
        await tour.step(identifier, prepare=empty, before=("ctrl+r", *"first"))
    for name in ("next", "previous", "use", "enter", "close"):
        await tour.step(f"completion.{name}", prepare=listed)
    await empty(tour)


async def chat(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server, 2)
    async with deck.opened(ChatStart("main"), size=(100, 30)) as opened:
        tour = Tour(deck, server, opened)

        async def at_prompt(tour: Tour) -> None:
            await tour.home(ChatScreen)
            tour.chat.prompt.focus()
            await opened.pilot.pause()

        async def at_beginning(tour: Tour) -> None:
            await at_prompt(tour)
            tour.chat.transcript.focus()
            await opened.press("g", *["shift+up"] * 3)
            tour.chat.prompt.focus()

        await opened.ask("first question")
        await opened.ask("second question")
        await tour.step("prompt.newline", prepare=at_prompt)
        tour.chat.prompt.value = ""
        await tour.step("prompt.up")
        await tour.step("prompt.down", before=("up",))
        await over_the_prompt(tour)
        for key in KEYS["text"]:
            tour.chat.prompt.value = "one two\nthree four\nfive six"
            tour.chat.prompt.move_cursor((1, 6))
            before = {"text.yank": ("ctrl+w",), "text.undo": ("ctrl+w",)}.get(key.identifier, ())
            for name in key.names:
                tour.chat.prompt.move_cursor((1, 6))
                await tour.step(key.identifier, before=before, keys=(name,))
        await tour.step("chat.interrupt")
        assert tour.chat.prompt.value == ""
        tour.chat.prompt.value = "third"
        await tour.step("prompt.send")
        await opened.until(lambda: tour.chat.control.live is None)

        async def at_transcript(tour: Tour) -> None:
            await tour.home(ChatScreen)
            tour.chat.transcript.focus()
            await opened.pilot.pause()

        async def both(identifier: str, *, before: Prepare = at_prompt, **options: Any) -> None:
            """Press the keys that type nothing in the prompt, and the letters in the transcript."""
            names = BY_IDENTIFIER[identifier].names
            letters = tuple(name for name in names if types_text(name))
            others = tuple(name for name in names if not types_text(name))
            for keys, place in ((others, before), (letters, at_transcript)):
                if keys:
                    await tour.step(identifier, prepare=place, keys=keys, **options)

        async def editing(tour: Tour) -> None:
            await at_transcript(tour)
            await opened.press("e")

        await tour.step("edit.cancel", prepare=editing)
        await both("chat.page_up")
        await tour.step("chat.page_down", prepare=at_prompt, before=("pageup", "pageup"))
        await tour.step("chat.end", prepare=at_prompt, before=("pageup", "pageup"))
        await tour.step("chat.all_reasoning", prepare=at_beginning)
        await tour.step("chat.reasoning", prepare=at_beginning, keys=("unbound.chat.reasoning+",))
        await both("chat.copy_answer", says="copied.txt")
        await both("chat.copy_code", says="copied.txt")
        await tour.step("chat.copy_reasoning", prepare=at_prompt, says="copied.txt")
        await both("chat.mouse", says="Mouse")
        await both("chat.model", opens=ModelPicker)
        await both("chat.settings", opens=ChatSetup)
        await both("chat.rename", opens=RenameDialog)
        await tour.step("chat.pin", prepare=at_transcript, says="Pinned")
        await both("chat.export", opens=ExportDialog)
        await both("chat.figures", opens=FiguresScreen)
        await both("chat.diagnose", opens=DiagnosisScreen)
        await both("chat.open", opens=ConversationsScreen)
        await both("chat.costs", opens=CostsScreen)
        await both("chat.edit_provider", opens=ProviderFormScreen)
        await tour.step("chat.queue", prepare=at_prompt, keys=("unbound.chat.queue+",), says="No message")

        async def queued(tour: Tour) -> None:
            await at_prompt(tour)
            queue = tour.chat.control.both()[0].queue
            queue.add("for later")
            queue.hold(Pause.STOPPED)
            tour.chat.show_state()
            await opened.pilot.pause()

        await both("chat.take_back", before=queued)
        assert tour.chat.prompt.value == "for later"
        tour.chat.prompt.value = ""
        await tour.step("chat.focus", prepare=at_prompt)
        await tour.step("chat.leave", prepare=at_prompt)
        await tour.step("chat.leave", prepare=at_transcript)
        await both("chat.search")
        await opened.press("escape")
        await both("chat.retry")
        await opened.until(lambda: tour.chat.control.live is None)
        await tour.step("chat.branches", prepare=at_prompt, opens=BranchesWindow)

        async def choosing_a_branch(tour: Tour) -> None:
            await at_prompt(tour)
            await opened.press(*"/branches", "enter")
            await opened.until(lambda: isinstance(tour.top, BranchesWindow))

        await tour.step("branches.cancel", prepare=choosing_a_branch, opens=ChatScreen)
        await both("chat.fork", says="copy")
        await both("chat.new")
        await both("chat.unsaved")
        await both("chat.back")
        return tour.pressed


async def cut_answers(deck: RealDeck, server: FaultServer) -> set[str]:
    def endless(connection: Connection) -> None:
        connection.read_request()
        connection.start_stream()
        connection.send_chunks(delta("It begins "))
        connection.hold()

    providers_of(deck, server)
    with FaultServer(FakeApi(chat=endless)) as slow:
        deck.provider(slow.base_url, "slow")
        async with deck.opened(ChatStart("slow")) as opened:
            tour = Tour(deck, server, opened)
            tour.chat.prompt.insert("hello")
            await opened.press("enter")
            await opened.until(lambda: "It begins" in opened.text)
            assert tour.chat.control.live is not None
            await opened.press("escape")
            await opened.until(lambda: tour.chat.control.live is None, "chat.stop")
            asked = len(slow.requests)
            await opened.press("tab", "c")
            await opened.until(lambda: len(slow.requests) > asked, "chat.continue")
            await opened.press("escape")
            await opened.until(lambda: tour.chat.control.live is None)
    return {"chat.stop", "chat.continue"}


async def reading(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    async with deck.opened(ChatStart("main"), size=(80, 24)) as opened:
        tour = Tour(deck, server, opened)

        async def empty(tour: Tour) -> None:
            tour.chat.prompt.value = ""
            tour.chat.transcript.focus()
            await opened.pilot.pause()

        for number in range(1, 4):
            await tour.step(f"reading.example_{number}", prepare=empty)
        tour.chat.prompt.value = ""
        await opened.ask("first question")
        await opened.ask("second question")

        async def read(tour: Tour) -> None:
            await tour.home(ChatScreen)
            tour.chat.transcript.focus()
            await opened.pilot.pause()

        async def at_top(tour: Tour) -> None:
            await read(tour)
            await opened.press("g")

        async def at_end(tour: Tour) -> None:
            await read(tour)
            await opened.press("G", "k")

        await tour.step("transcript.next_block", prepare=at_top)
        await tour.step("transcript.previous_block", prepare=at_end)
        await tour.step("transcript.next_turn", prepare=at_top)
        await tour.step("transcript.previous_turn", prepare=at_end)
        await tour.step("transcript.half_page_down", prepare=at_top)
        await tour.step("transcript.half_page_up", prepare=at_end)
        await tour.step("transcript.end", prepare=at_top)
        await tour.step("transcript.top", prepare=at_end)
        await tour.step("transcript.copy", prepare=at_end, says="copied.txt")
        await tour.step("transcript.copy_code", prepare=at_end, says="copied.txt")
        await tour.step("transcript.copy_reasoning", prepare=at_end, says="copied.txt")
        await tour.step("transcript.reasoning", prepare=at_top, before=("shift+up",) * 3)
        await tour.step("reading.raw", prepare=at_end)
        await opened.press("unbound.reading.raw")
        await tour.step("reading.wrap", prepare=at_end)
        await tour.step("transcript.open_link", prepare=at_end, before=("k",), opens=ConfirmDialog)
        await tour.step("chat.search", prepare=at_top)
        await opened.press(*"Title", "enter")
        await tour.step("transcript.previous_match", prepare=read)
        await tour.step("transcript.next_match", prepare=read)
        await tour.step("reading.edit", prepare=read, says="Editing message")
        await opened.press("escape")
        await tour.step("reading.prompt", prepare=read)
        await opened.press("tab", "r")
        await opened.until(
            lambda: len(tour.chat.control.turns[-1].variants) > 0 and tour.chat.control.live is None
        )
        await tour.step("reading.previous_variant", prepare=read)
        await tour.step("reading.next_variant", prepare=read)
        return tour.pressed


async def windows_of_a_chat(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server, 3)
    async with deck.opened(ChatStart("main")) as opened:
        tour = Tour(deck, server, opened)
        await opened.ask("a question")
        await opened.ask("another question")

        def over(key: str, kind: type[Screen[Any]]) -> Prepare:
            async def prepare(tour: Tour) -> None:
                await tour.home(ChatScreen)
                await opened.press(key)
                await opened.until(lambda: isinstance(tour.top, kind))

            return prepare

        await tour.step("rename.cancel", prepare=over("f7", RenameDialog), opens=ChatScreen)
        await tour.step("setup.apply", prepare=over("f6", ChatSetup), opens=ChatScreen)
        await tour.step("setup.cancel", prepare=over("f6", ChatSetup), opens=ChatScreen)
        at_figures = over("f9", FiguresScreen)
        await tour.step("figures.previous", prepare=at_figures)
        await tour.step("figures.next", prepare=at_figures, before=("up",))
        await tour.step("figures_text.down", prepare=at_figures)
        await tour.step("figures_text.bottom", prepare=at_figures)
        await tour.step("figures_text.page_down", prepare=at_figures)
        await tour.step("figures_text.up", prepare=at_figures, before=("end",))
        await tour.step("figures_text.top", prepare=at_figures, before=("end",))
        await tour.step("figures_text.page_up", prepare=at_figures, before=("end",))
        await tour.step("figures.copy", prepare=at_figures, says="copied.txt")
        await tour.step("figures.copy_json", prepare=at_figures, says="copied.txt")
        await tour.step("figures.costs", prepare=at_figures, opens=CostsScreen)
        await tour.step("figures.close", prepare=at_figures, opens=ChatScreen)

        async def picking(tour: Tour) -> None:
            await over("f2", ModelPicker)(tour)
            await opened.until(lambda: "model-b" in opened.text)

        await tour.step("picker.next", prepare=picking)
        await tour.step("picker.previous", prepare=picking, before=("down", "down"))
        await tour.step("picker.page_down", prepare=picking)
        await tour.step("picker.page_up", prepare=picking, before=("pagedown",))
        await tour.step("picker.cancel", prepare=picking, opens=ChatScreen)
        return tour.pressed


async def conversations(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    async with deck.opened(ChatStart("main")) as opened:
        tour = Tour(deck, server, opened)
        for _ in range(3):
            await opened.ask("a question")
            await opened.press("tab", "n")
            await opened.until(lambda: tour.chat.control.session is not None and not tour.chat.control.turns)

        async def listed(tour: Tour) -> None:
            await tour.home(ChatScreen)
            await opened.press(*"/chats", "enter")
            await opened.until(
                lambda: isinstance(tour.top, ConversationsScreen) and "a question" in opened.text
            )

        async def deleted(tour: Tour) -> None:
            await listed(tour)
            await opened.press("D")
            await opened.until(lambda: isinstance(tour.top, ConfirmDialog))
            await opened.press("y")
            await opened.until(lambda: isinstance(tour.top, ConversationsScreen))

        await tour.step("conversations.filter", prepare=listed)
        await tour.step("conversations.scope", prepare=listed)
        await tour.step("conversations.reasoning", prepare=listed)
        await tour.step("conversations.sort", prepare=listed)
        await tour.step("conversations.mark", prepare=listed, says="1 marked")
        await tour.step("conversations.pin", prepare=listed, says="Pinned")
        await tour.step("conversations.export", prepare=listed, opens=ExportDialog)
        await tour.step("conversations.rename", prepare=listed, opens=RenameDialog)
        await tour.step("conversations.delete", prepare=listed, opens=ConfirmDialog)
        await tour.step("conversations.undo", prepare=deleted)
        await tour.step("conversations.back", prepare=listed, opens=ChatScreen)
        await tour.step("conversations.open", prepare=listed, opens=ChatScreen)
        await tour.step("conversations.fork", prepare=listed, opens=ChatScreen)
        return tour.pressed


async def costs(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    async with deck.opened(ChatStart("main"), size=(120, 40)) as opened:
        tour = Tour(deck, server, opened)
        for number in range(5):
            await opened.ask(f"question {number}")
            await opened.press("tab", "n")
            await opened.until(lambda: tour.chat.control.session is not None and not tour.chat.control.turns)

        async def shown(tour: Tour) -> None:
            await tour.home(ChatScreen)
            await opened.press(*"/costs", "enter")
            await opened.until(lambda: isinstance(tour.top, CostsScreen) and "Most expensive" in opened.text)

        async def spent_meanwhile(tour: Tour) -> None:
            await shown(tour)
            ledger = opened.runtime.ledger.file
            ledger.append(replace(ledger.read().lines[0], provider="another"))

        await tour.step("costs.by", prepare=shown)
        await tour.step("costs.by_previous", prepare=shown)
        await tour.step("costs.previous_month", prepare=shown)
        await tour.step("costs.next_month", prepare=shown, before=("left_square_bracket",))
        await tour.step("costs.price", prepare=shown, opens=ProviderFormScreen)
        await tour.step("costs.export", prepare=shown, opens=ExportDialog)
        await tour.step("costs.open", prepare=shown)
        await tour.step("costs.back", prepare=shown, before=("enter",), keys=("escape",))
        await tour.step("costs.back", prepare=shown, opens=ChatScreen)
        await tour.step("costs.refresh", prepare=spent_meanwhile)
        for number in range(1, 6):
            await tour.step(f"costs.chat_{number}", prepare=shown, opens=ChatScreen)
        return tour.pressed


async def diagnosis(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    deck.provider(server.base_url.removesuffix("/v1"), "bare")
    async with deck.opened(size=(80, 18)) as opened:
        tour = Tour(deck, server, opened)

        def checked(name: str = "main") -> Prepare:
            async def prepare(tour: Tour) -> None:
                await tour.home(ProvidersScreen)
                opened.app.router.diagnosis(DiagnosisSubject(opened.runtime.directory.get(name)))
                await opened.until(lambda: isinstance(tour.top, DiagnosisScreen))
                said = "The endpoint works" if name == "main" else "Use it?"
                await opened.until(lambda: said in opened.text)

            return prepare

        async def detailed(tour: Tour) -> None:
            await checked()(tour)
            await opened.press("home", *("down",) * 9, "enter")
            await opened.until(lambda: isinstance(tour.top, CheckDetailsScreen))

        await checked()(tour)
        await tour.step("checks.bottom", before=("home",))
        await tour.step("checks.top", before=("end",))
        await tour.step("checks.down", before=("home",))
        await tour.step("checks.up", before=("end",))
        await tour.step("checks.half_page_down", before=("home",))
        await tour.step("checks.half_page_up", before=("end",))
        await tour.step("checks.page_down", before=("home",))
        await tour.step("checks.page_up", before=("end",))
        await tour.step("diagnosis.copy", says="copied.txt")
        await tour.step("diagnosis.curl", says="copied.txt")
        await tour.step("diagnosis.retry")
        await tour.step("diagnosis.details", prepare=checked(), before=("home",), opens=CheckDetailsScreen)
        await tour.step("check_text.down", prepare=detailed)
        await tour.step("check_text.bottom", prepare=detailed)
        await tour.step("check_text.page_down", prepare=detailed)
        await tour.step("check_text.up", prepare=detailed, before=("end",))
        await tour.step("check_text.top", prepare=detailed, before=("end",))
        await tour.step("check_text.page_up", prepare=detailed, before=("end",))
        await tour.step("check_details.close", prepare=detailed, opens=DiagnosisScreen)
        await tour.step("diagnosis.edit", prepare=checked(), opens=ProviderFormScreen)
        await tour.step("diagnosis.fold", prepare=checked("bare"))
        await tour.step("diagnosis.apply", prepare=checked("bare"))
        await tour.step("diagnosis.back", prepare=checked(), opens=ProvidersScreen)
        return tour.pressed


async def dialogs(deck: RealDeck, server: FaultServer) -> set[str]:
    providers_of(deck, server)
    async with deck.opened() as opened:
        tour = Tour(deck, server, opened)

        async def asked(tour: Tour) -> None:
            await tour.home(ProvidersScreen)
            await opened.press("home", "D")
            await opened.until(lambda: isinstance(tour.top, ConfirmDialog))

        await tour.step("dialog.next", prepare=asked)
        await tour.step("dialog.previous", prepare=asked)
        await tour.step("dialog.back", prepare=asked, opens=ProvidersScreen)
        return tour.pressed


TOURS: dict[str, tuple[Walk, tuple[str, ...]]] = {
    "everywhere": (everywhere, ("everywhere", "notices", "notices.text")),
    "list": (provider_list, ("providers", "table", "table.columns")),
    "form": (form, ("form", "form.scroll", "form.key", "form.choice")),
    "models": (form_models, ("form.model", "text")),
    "trial": (trial, ("test",)),
    "help": (help_window, ("help",)),
    "chat": (chat, ("chat", "chat.prompt", "chat.edit", "chat.recall", "chat.completion", "chat.branches")),
    "cut": (cut_answers, ()),
    "reading": (reading, ("transcript", "chat.reading")),
    "windows": (
        windows_of_a_chat,
        ("chat.rename", "chat.setup", "chat.figures", "chat.figures.text", "picker", "text.lines"),
    ),
    "conversations": (conversations, ("conversations",)),
    "costs": (costs, ("costs",)),
    "diagnosis": (diagnosis, ("diagnosis", "diagnosis.list", "diagnosis.text", "diagnosis.details")),
    "dialogs": (dialogs, ("dialog",)),
}
ELSEWHERE = {
    "app.suspend": "tests/ui/shell/test_terminal.py",
    "app.redraw": "tests/assurance/test_suspend.py",
    "providers.discover": "tests/wired/test_screens.py",
    "diagnosis.deep": "tests/wired/test_abilities.py",
    "providers.abilities": "tests/wired/test_abilities_screen.py",
    "providers.apply": "tests/wired/test_screens.py",
    "test.apply": "tests/wired/test_screens.py",
    "test.diagnose": "tests/wired/test_screens.py",
    "test.edit": "tests/wired/test_screens.py",
    "discover.add": "tests/wired/test_screens.py",
    "discover.refresh": "tests/wired/test_screens.py",
    "discover.back": "tests/wired/test_screens.py",
    "chat.attach": "tests/wired/test_attaching.py",
    "chat.editor": "tests/assurance/test_external_editor.py",
    "prompt.open_paste": "tests/wired/test_large_pastes.py",
    "lines.editor": "tests/assurance/test_external_editor.py",
    "chat.stop": "the tour cut",
    "chat.continue": "the tour cut",
}
"""Keys that another test presses in the real program."""


def test_no_group_is_left_out() -> None:
    toured = {group for _, groups in TOURS.values() for group in groups}
    assert set(KEYS) - toured == {"discover", "abilities", "abilities.evidence"}


@pytest.mark.parametrize("name", TOURS)
async def test_each_key_of_a_place_does_something(name: str, deck: RealDeck) -> None:
    walk, groups = TOURS[name]
    answer = replying(LONG_ANSWER, reasoning="First this.\n\nThen that.")
    api = FakeApi(models=model_list("m", "model-a", "model-b"), chat=answer)
    with FaultServer(api) as server:
        pressed = await walk(deck, server)
    expected = {key.identifier for group in groups for key in KEYS[group]} - set(ELSEWHERE)
    assert expected - pressed == set()
