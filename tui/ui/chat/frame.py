"""The parts around the transcript: header, banner, the prompt's border, offers, status, footer."""

from __future__ import annotations

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.core.safe_text import safe_text
from tui.runtime.chat_control import ChatControl
from tui.texts import chat as texts
from tui.ui.bindings import BY_IDENTIFIER
from tui.ui.chat.context_gauge import ContextGauge
from tui.ui.chat.offers import offers_of, welcome_lines
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.prompt_box import PromptBox
from tui.ui.chat.queue_lines import QueueLines
from tui.ui.chat.status_bar import StatusBar
from tui.ui.chat.words import banner_words, invitation
from tui.ui.deck import deck_of
from tui.ui.offers import obeys_commands, printed_action, takes_text
from tui.ui.shell.offers import key_of
from tui.ui.shell.title_bar import TitleBar
from tui.ui.transcript.transcript import Transcript


class ChatFrame:
    """Updates these parts, and shows the keys or commands that work with the current focus."""

    def __init__(self, screen: Screen[None], chat: ChatControl) -> None:
        self._screen = screen
        self._chat = chat
        self.gauge = ContextGauge(screen, chat)
        self._keys_shown: tuple[object, ...] = ()
        self._refused: str | None = None

    @property
    def is_typing(self) -> bool:
        """Whether commands work now instead of letters."""
        return takes_text(self._screen.focused)

    def way(self, action: str) -> str:
        """Return how to trigger an action now, or the key of a binding."""
        if action in BY_IDENTIFIER:
            return key_of(self._screen, action)
        return printed_action(self._screen, action)

    def _way_from_here(self, action: str) -> str:
        """Return how to trigger an action; empty in a field where its command would be text."""
        way = self.way(action)
        is_command = way.startswith("/")
        return "" if is_command and self.is_typing and not obeys_commands(self._screen.focused) else way

    def refuse(self, reason: str) -> None:
        """Say above the prompt, until its text changes, why that was not sent or obeyed."""
        deck_of(self._screen).keep_notice(reason, "warning")
        self._refused = self._screen.query_one(Prompt).text
        self._show_refusal(reason)

    def draft_changed(self) -> None:
        """Clear the reason of a refusal with the text that was refused."""
        if self._refused is not None and self._screen.query_one(Prompt).text != self._refused:
            self._refused = None
            self._show_refusal("")

    def _show_refusal(self, reason: str) -> None:
        self._screen.query_one("#refused", Static).update(Content(safe_text(reason)))
        self._screen.query_one("#refusal").set_class(bool(reason), "-shown")

    def show(self) -> None:
        """Show everything."""
        screen, chat = self._screen, self._chat
        title, session = screen.query_one(TitleBar), chat.session
        title.place = session.title if session is not None and session.title else texts.TITLE
        self.gauge.show()
        model = chat.target.model_name if chat.target is not None else ""
        screen.query_one(PromptBox).show_model(model)
        self.show_ways()
        screen.query_one(StatusBar).draw()
        self._refresh_keys()

    def show_ways(self) -> None:
        """Update what shows keys or commands, which depend on the focus."""
        screen, chat = self._screen, self._chat
        banner, words = screen.query_one("#banner", Static), banner_words(chat, self.way)
        if banner.has_class("-shown") or words:
            banner.set_class(bool(words), "-shown")
            banner.update(Content(safe_text(words)))
        screen.query_one(QueueLines).show(self.way, typing=self.is_typing)
        prompt = screen.query_one(Prompt)
        prompt.show_title()
        prompt.invite(invitation(chat, self.way))
        welcome = welcome_lines(chat, self.way, typing=self.is_typing)
        transcript = screen.query_one(Transcript)
        transcript.keys_down = (self.way("transcript.end"), self.way("chat.page_down"))
        transcript.offer(offers_of(chat, self._way_from_here), welcome)

    def _refresh_keys(self) -> None:
        """Redraw the footer only if its keys change, since this causes a layout."""
        chat = self._chat
        has_answer = chat.last is not None and bool(chat.last.answer)
        state = (
            chat.session,
            chat.live,
            chat.is_busy,
            bool(chat.queue.prompts),
            len(chat.turns),
            has_answer,
            chat.has_variants,
        )
        if state != self._keys_shown:
            self._keys_shown = state
            self._screen.refresh_bindings()
