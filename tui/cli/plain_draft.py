"""The line being typed into ``lmdeck chat --plain``, saved to disk like a draft of the screens."""

from __future__ import annotations

from tui.runtime.chat_control import ChatControl


class PlainDraft:
    """The unsent message of the chat; an unsaved chat has none."""

    def __init__(self, control: ChatControl) -> None:
        self._control = control
        self._kept: tuple[str, str] | None = "", ""
        """The chat and its draft as on disk; unknown if a signal interrupted writing it."""

    def keep(self, text: str) -> None:
        """Save what has been typed so far; empty if it was sent or dropped. Called in a signal handler."""
        session = self._control.session
        if session is None or not self._control.is_saved or (session.identity, text) == self._kept:
            return
        is_kept, self._kept = self._kept is None or bool(self._kept[1]), None
        if text.strip() or is_kept:
            self._control.runtime.conversations.drafts.keep(session.identity, text)
        self._kept = session.identity, text

    def restore(self) -> str:
        """Return the text last typed into this chat, or a new one, when the program was killed."""
        session = self._control.session
        if session is None or not self._control.is_saved:
            return ""
        drafts = self._control.runtime.conversations.drafts
        if not session.turns:
            return drafts.take_lost()
        text = drafts.read(session.identity)
        self._kept = session.identity, text
        return text
