"""The model picker: a search in all models of all providers."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from time import perf_counter
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.core.api_key_reference import ApiKeyKind
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.core.safe_text import safe_line, safe_text
from tui.core.server_words import failure_text
from tui.runtime.builtin import is_built_in
from tui.texts import chat as texts
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.chat.pairs import Pair, Pairs
from tui.ui.chat.picker_rows import Answer, columns_for, header, row
from tui.ui.deck import runtime_of
from tui.ui.providers.reach import Reach, reach_after
from tui.ui.shell.found_list import MOST_SHOWN, FoundWindow
from tui.ui.shell.offers import key_of
from tui.ui.shell.plain_input import PlainInput

_ASKED_AT_ONCE = 8
_PAUSE_SECONDS = 0.1
"""The interval between updates of the list while servers respond."""


class ModelPicker(FoundWindow[Pair | None]):
    """All models of the providers usable for chats; returns the selected pair."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("picker")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("picker",)
    HELP_TEXT: ClassVar[str] = texts.PICKER_HELP

    def __init__(self, providers: Sequence[Provider], current: Pair | None) -> None:
        super().__init__()
        self._pairs = Pairs(providers, current)
        self._current = current
        self._known: dict[str, Answer] = {}
        self._due: deque[Provider] = deque()
        self._asking = 0
        self._shown: list[Pair] = []
        self._count = 0
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """Create the window."""
        with Vertical(classes="window"):
            yield PlainInput(placeholder=texts.PICKER_PLACEHOLDER, id="model-text")
            yield Static(id="models-header")
            yield OptionList(id="models")
            yield Static(id="models-note")

    def on_mount(self) -> None:
        """Show what is known, and request the models of all servers."""
        window = self.query_one(".window")
        window.border_title = Content(texts.PICKER)
        window.border_subtitle = Content(texts.PICKER_KEYS.format(cancel=key_of(self, "picker.cancel")))
        self.query_one(PlainInput).focus()
        for provider in self._pairs.providers:
            reach = Reach.READY if is_built_in(provider) else Reach.UNKNOWN
            if self._is_asked(provider):
                reach = Reach.CHECKING
                self._due.append(provider)
            self._known[provider.name] = Answer(reach)
        for _ in range(min(_ASKED_AT_ONCE, len(self._due))):
            in_background(self, self._ask, group="models")
        in_background(self, self._read_recent, group="recent")
        self._show()

    def on_resize(self) -> None:
        """Fit the rows into the window."""
        self._show()

    @property
    def _chosen(self) -> Pair | None:
        index = self.found.highlighted
        return self._shown[index] if index is not None and index < len(self._shown) else None

    # ── Data ────────────────────────────────────────────────────────────────────────────────

    def _is_asked(self, provider: Provider) -> bool:
        """Return whether to request a server's models automatically.

        Not if that would run a command or start the engine.
        """
        if self._current is not None and provider.name == self._current.provider.name:
            return True
        key = provider.api_key
        asks_command = key is not None and key.kind is ApiKeyKind.COMMAND
        return runtime_of(self).settings.check_reachability and not asks_command and not is_built_in(provider)

    async def _ask(self) -> None:
        """Request the models of one server after another."""
        while self._due:
            provider = self._due.popleft()
            self._asking += 1
            try:
                await self._ask_one(provider)
            finally:
                self._asking -= 1
            self._show_soon()

    async def _ask_one(self, provider: Provider) -> None:
        started = perf_counter()
        try:
            found = await runtime_of(self).list_models(provider)
        except LmdeckError as error:
            reach = reach_after(error.failure, has_key=provider.api_key is not None)
            self._known[provider.name] = Answer(reach, failure=error.failure)
            return
        self._known[provider.name] = Answer(Reach.UP, (perf_counter() - started) * 1000, models=found)
        self._pairs.offer(provider, (model.identifier for model in found.chat_models))

    async def _read_recent(self) -> None:
        """Read which models were used last."""
        try:
            newest = await asyncio.to_thread(runtime_of(self).conversations.listing.all)
        except LmdeckError:  # the list of conversations reports this
            return
        self._pairs.used((summary.provider, summary.model) for summary in newest if summary.provider)
        self._show_soon()

    def _show_soon(self) -> None:
        if self._pause is None:
            self._pause = self.set_timer(_PAUSE_SECONDS, self._show)

    # ── Display ─────────────────────────────────────────────────────────────────────────────

    def on_input_changed(self) -> None:
        """Search while typing, selecting the best match."""
        self.found.highlighted = None
        self._show()

    def _show(self) -> None:
        """Show the matches, keeping the selected row."""
        self._pause = None
        if not self.query("#models-note"):
            return  # a resize can arrive before the content of the window
        kept = self._chosen
        found = self._pairs.matching(self.query_one(PlainInput).value)
        self._shown, self._count = found[:MOST_SHOWN], len(found)
        columns = columns_for(self._shown, self._known, self.query_one(".window").size.width - 1)
        self.query_one("#models-header", Static).update(header(columns))
        models = self.found
        models.clear_options()
        models.add_options([Option(row(pair, columns, self._known)) for pair in self._shown])
        if self._shown:
            models.highlighted = self._shown.index(kept) if kept in self._shown else 0
        self._show_note()

    def on_option_list_option_highlighted(self) -> None:
        """Show all details of the selected pair."""
        self._show_note()

    def _show_note(self) -> None:
        self.query_one("#models-note", Static).update(Content(safe_text("\n".join(self._notes()))))

    def _notes(self) -> Sequence[str]:
        """Return the full names of the selected pair, its problem, and the number of models."""
        chosen = self._chosen
        waiting = len(self._due) + self._asking
        count = texts.PICKER_ONE if self._count == 1 else texts.PICKER_COUNT.format(count=f"{self._count:,}")
        if self._count > len(self._shown):
            count = texts.PICKER_MORE.format(shown=len(self._shown), count=f"{self._count:,}")
        if waiting:
            count += texts.PICKER_ASKING_ONE if waiting == 1 else texts.PICKER_ASKING.format(waiting=waiting)
        if chosen is None:
            return (texts.PICKER_NOTHING, count)
        names = f"{safe_line(chosen.provider.label, 80)} · {safe_line(chosen.model, 200)}"
        answer = self._known[chosen.provider.name].about(chosen.model)
        if answer.failure is not None:
            return (names, failure_text(answer.failure), count)
        return (names, count)

    # ── Selection ───────────────────────────────────────────────────────────────────────────

    def on_option_list_option_selected(self) -> None:
        """Use a clicked row."""
        self._select()

    def on_input_submitted(self) -> None:
        """Use the selected row on Enter."""
        self._select()

    def _select(self) -> None:
        if (chosen := self._chosen) is not None:
            self.dismiss(chosen)
