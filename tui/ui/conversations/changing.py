"""What changes saved conversations from the list: one, or all that are marked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.runtime.history_export import default_place, export_conversations
from tui.texts import conversations as texts
from tui.texts.chat import CANCEL
from tui.texts.provider_list import DELETE, UNTITLED
from tui.ui.background import in_background
from tui.ui.chat.rename import RenameDialog
from tui.ui.conversations.export_dialog import ExportDialog
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.offers import key_of

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

_MOST_NAMED = 3


class Changing:
    """Asks what has to be asked, and changes.

    ``work``: does something on disk, then shows what it says and the list as it is then.
    """

    def __init__(self, screen: LmdeckScreen[None], work: Callable[[Callable[[], str]], None]) -> None:
        self._screen = screen
        self._work = work
        self._deleted: list[list[str]] = []
        """The tokens of each deletion, the last one last."""

    @property
    def can_undo(self) -> bool:
        """Whether something was deleted here."""
        return bool(self._deleted)

    def rename(self, summary: ConversationSummary) -> None:
        """Ask for another name."""

        def renamed(title: str | None) -> None:
            if title:
                self._work(partial(self._rename, summary.identity, title))

        self._screen.app.push_screen(RenameDialog(summary.title), renamed)

    def _rename(self, identity: str, title: str) -> str:
        self._screen.runtime.conversations.rename(identity, title)
        return ""

    def pin(self, chosen: Sequence[ConversationSummary]) -> None:
        """Pin what is chosen to the top of the list; where all of it is pinned, no longer."""
        is_pinned = not all(summary.is_pinned for summary in chosen)
        identities = [summary.identity for summary in chosen if summary.is_pinned != is_pinned]
        self._work(partial(self._pin, identities, is_pinned))

    def _pin(self, identities: Sequence[str], is_pinned: bool) -> str:
        for identity in identities:
            self._screen.runtime.conversations.pin(identity, is_pinned)
        return texts.PINNED if is_pinned else texts.UNPINNED

    def delete(self, chosen: Sequence[ConversationSummary]) -> None:
        """Ask, then delete; it can be undone."""
        undo = key_of(self._screen, "conversations.undo")
        body = texts.DELETE_BODY.format(title=_names(chosen), key=undo)
        title = texts.DELETE_TITLE if len(chosen) == 1 else texts.DELETE_MANY_TITLE.format(count=len(chosen))
        identities = [summary.identity for summary in chosen]
        delete = partial(self._work, partial(self._delete, identities, undo))
        confirm(self._screen, title, body, delete, DELETE, CANCEL, is_dangerous=True)

    def _delete(self, identities: Sequence[str], undo: str) -> str:
        tokens: list[str] = []
        try:
            for identity in identities:
                token = self._screen.runtime.conversations.delete(identity)
                tokens.append(token)
        finally:  # what was deleted before one is refused can be undone, too
            if tokens:
                self._deleted.append(tokens)
        text = texts.DELETED if len(tokens) == 1 else texts.DELETED_MANY
        return text.format(count=len(tokens), key=undo)

    def undo(self) -> None:
        """Restore what was deleted last."""
        if self._deleted:
            self._work(self._restore)

    def _restore(self) -> str:
        tokens = self._deleted[-1]
        while tokens:
            self._screen.runtime.conversations.trash.restore(tokens[-1])
            tokens.pop()  # only now: a restore that is refused can be tried again
        self._deleted.pop()
        return texts.RESTORED

    def export(self, chosen: Sequence[ConversationSummary]) -> None:
        """Ask where to, then write files."""
        identities = [summary.identity for summary in chosen]

        def asked(place: str | None) -> None:
            if place:
                in_background(self._screen, self._export, identities, place, group="export")

        title = texts.EXPORT_TITLE if len(chosen) == 1 else texts.EXPORT_MANY_TITLE.format(count=len(chosen))
        self._screen.app.push_screen(ExportDialog(title, default_place(self._screen.runtime.paths)), asked)

    async def _export(self, identities: Sequence[str], place: str) -> None:
        history = self._screen.runtime.chat_history
        try:
            done = await asyncio.to_thread(export_conversations, history, identities, place)
        except LmdeckError as error:
            self._screen.notify(failure_text(error.failure), severity="error", timeout=10)
            return
        shown = done.paths[0] if len(done.paths) == 1 else safe_line(place, 200)
        text = texts.EXPORTED if len(identities) == 1 else texts.EXPORTED_MANY
        words = (text.format(count=len(identities), path=shown), *done.sentences)
        self._screen.notify(" ".join(words), timeout=8)


def _names(chosen: Collection[ConversationSummary]) -> str:
    """Return titles, and how much there is in them."""
    titles = [texts.QUOTED.format(title=safe_line(summary.title, 60) or UNTITLED) for summary in chosen]
    shown, more = titles[:_MOST_NAMED], len(titles) - _MOST_NAMED
    words = ", ".join(shown) + (texts.AND_MORE.format(count=more) if more > 0 else "")
    turns = sum(summary.turns for summary in chosen)
    return f"{words} · {texts.ONE_TURN if turns == 1 else texts.TURNS.format(count=turns)}"
