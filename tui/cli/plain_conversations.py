"""Conversation commands of ``lmdeck chat --plain``: new, fork, rename, pin, export, list."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol

from tui.cli.output import Output
from tui.core.safe_text import safe_line
from tui.runtime.chat_actions import why_not
from tui.runtime.chat_control import ChatControl
from tui.runtime.history_export import default_place, export_conversations
from tui.runtime.runtime import Runtime
from tui.texts import chat as chat_texts
from tui.texts import conversations as list_texts
from tui.texts import plain_chat as texts

_MOST_CHATS = 20


class RunsWork(Protocol):
    """The part of the chat that these commands use."""

    def run_work(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine to its end."""


class PlainConversations:
    """Runs the commands about conversations."""

    def __init__(self, chat: RunsWork, control: ChatControl, runtime: Runtime, output: Output) -> None:
        self._chat = chat
        self._control = control
        self._runtime = runtime
        self._output = output

    def new(self, _: str) -> None:
        """Begin another conversation, saved like this one."""
        session = self._control.session
        self._begin(is_saved=session is None or session.is_saved)
        self._output.text(texts.NEW_CHAT)

    def unsaved(self, _: str) -> None:
        """Begin a conversation that is never written to disk."""
        self._begin(is_saved=False)
        self._output.text(texts.NEW_UNSAVED)

    def _begin(self, *, is_saved: bool) -> None:
        self._chat.run_work(self._control.leave())
        self._control.begin(self._runtime.sessions.begin(saved=is_saved))

    def fork(self, _: str) -> None:
        """Continue in a copy."""
        if reason := why_not(self._control, "fork"):
            self._output.text(reason)
            return
        opened = self._chat.run_work(self._control.open(self._control.both()[0].identity, is_fork=True))
        self._chat.run_work(self._control.leave())
        self._control.begin(opened, keeps_target=True)
        self._output.text(chat_texts.FORKED)

    def rename(self, title: str) -> None:
        """Rename it; without a title, print the current one."""
        session = self._control.both()[0]
        if title and (reason := why_not(self._control, "rename")):
            self._output.text(reason)
            return
        if title:
            session.rename(title)
        self._output.line(texts.TITLE.format(title=session.title or texts.NO_TITLE))

    def pin(self, _: str) -> None:
        """Pin it to the top of the list, or unpin it."""
        if reason := why_not(self._control, "pin"):
            self._output.text(reason)
            return
        is_pinned = self._runtime.conversations.turn_pin(self._control.both()[0].identity)
        self._output.text(list_texts.PINNED if is_pinned else list_texts.UNPINNED)

    def export(self, place: str) -> None:
        """Write it to a file, by default in the current folder."""
        if reason := why_not(self._control, "export"):
            self._output.text(reason)
            return
        identities = [self._control.both()[0].identity]
        place = place or default_place(self._runtime.paths)
        done = export_conversations(self._runtime.chat_history, identities, place)
        self._output.line(list_texts.EXPORTED.format(path=done.paths[0]))
        for sentence in done.sentences:
            self._output.line(sentence)

    def list(self, _: str) -> None:
        """Print the most recently saved conversations."""
        self._runtime.conversations.flush_open()
        found = self._runtime.conversations.listing.all()[:_MOST_CHATS]
        for summary in found:
            self._output.line(f"{summary.identity}  {safe_line(summary.title, 60)}")
        self._output.text(texts.RESUME if found else texts.NO_CHATS)
