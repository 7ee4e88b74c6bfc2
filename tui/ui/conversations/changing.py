"""Changes saved conversations from the list: one, or all marked ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.core.counted import Counted
from tui.core.safe_text import safe_line
from tui.texts import conversations as texts
from tui.texts.chat import CANCEL
from tui.texts.provider_list import DELETE, UNTITLED
from tui.ui.chat.rename import RenameDialog
from tui.ui.conversations.exporting import export_chats
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.dialogs import confirm
from tui.ui.shell.offers import key_of

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

_MOST_NAMED = 3


class Changing:
    """Asks for confirmation if necessary, and applies changes.

    ``work`` runs a change on disk, then shows its message and the updated list.
    """

    def __init__(self, screen: LmdeckScreen[None], work: Callable[[Callable[[], str]], None]) -> None:
        self._screen = screen
        self._work = work
        self._deleted: list[list[str]] = []
        """The tokens of each deletion, the last one last."""

    @property
    def can_undo(self) -> bool:
        """Whether there is a deletion to undo."""
        return bool(self._deleted)

    def rename(self, summary: ConversationSummary) -> None:
        """Ask for a new name."""

        def renamed(title: str | None) -> None:
            if title:
                self._work(partial(self._rename, summary.identity, title))

        self._screen.app.push_screen(RenameDialog(summary.title), renamed)

    def _rename(self, identity: str, title: str) -> str:
        self._screen.runtime.conversations.rename(identity, title)
        return ""

    def pin(self, chosen: Sequence[ConversationSummary]) -> None:
        """Pin the selected conversations; if all of them are pinned, unpin them."""
        free, held = self._free(chosen)
        is_pinned = not all(summary.is_pinned for summary in free)
        identities = [summary.identity for summary in free if summary.is_pinned != is_pinned]
        if free:
            self._work(partial(self._pin, identities, is_pinned, held))

    def _free(self, chosen: Sequence[ConversationSummary]) -> tuple[list[ConversationSummary], str]:
        """Return those not open elsewhere, and a message about the others; show it if none is left."""
        free = [summary for summary in chosen if not summary.is_open_elsewhere]
        count = len(chosen) - len(free)
        if chosen and not free:
            text = texts.ALL_HELD_ONE if count == 1 else texts.ALL_HELD
            self._screen.notify(text.format(count=count), severity="warning")
        held = texts.HELD_ONE if count == 1 else texts.HELD_MANY
        return free, held.format(count=count) if count else ""

    def _pin(self, identities: Sequence[str], is_pinned: bool, held: str) -> str:
        for identity in identities:
            self._screen.runtime.conversations.pin(identity, is_pinned)
        return " ".join(filter(None, (texts.PINNED if is_pinned else texts.UNPINNED, held)))

    def delete(self, chosen: Sequence[ConversationSummary]) -> None:
        """Delete after confirmation; can be undone."""
        free, held = self._free(chosen)
        if not free:
            return
        undo = key_of(self._screen, "conversations.undo")
        body = " ".join(filter(None, (texts.DELETE_BODY.format(title=_names(free), key=undo), held)))
        title = texts.DELETE_TITLE if len(free) == 1 else texts.DELETE_MANY_TITLE.format(count=len(free))
        identities = [summary.identity for summary in free]
        delete = partial(self._work, partial(self._delete, identities, undo))
        confirm(self._screen, title, body, delete, DELETE, CANCEL, is_dangerous=True)

    def _delete(self, identities: Sequence[str], undo: str) -> str:
        tokens: list[str] = []
        try:
            for identity in identities:
                token = self._screen.runtime.conversations.delete(identity)
                tokens.append(token)
        finally:  # deletions before a refused one can be undone, too
            if tokens:
                self._deleted.append(tokens)
        text = texts.DELETED if len(tokens) == 1 else texts.DELETED_MANY
        return text.format(count=len(tokens), key=undo)

    def undo(self) -> None:
        """Undo the last deletion."""
        if self._deleted:
            self._work(self._restore)

    def _restore(self) -> str:
        tokens = self._deleted[-1]
        while tokens:
            self._screen.runtime.conversations.trash.restore(tokens[-1])
            tokens.pop()  # only after success, so that a refused restore can be repeated
        self._deleted.pop()
        return texts.RESTORED

    def export(self, chosen: Sequence[ConversationSummary]) -> None:
        """Ask for a place, then write files."""
        export_chats(self._screen, [summary.identity for summary in chosen])


def _names(chosen: Collection[ConversationSummary]) -> str:
    """Return the titles, and their number of turns."""
    titles = [texts.QUOTED.format(title=safe_line(summary.title, 60) or UNTITLED) for summary in chosen]
    shown, more = titles[:_MOST_NAMED], len(titles) - _MOST_NAMED
    words = ", ".join(shown) + (texts.AND_MORE.format(count=Counted(more)) if more > 0 else "")
    hidden = sum(summary.hidden_turns for summary in chosen)
    turns = sum(summary.turns for summary in chosen) + hidden
    text = texts.ALL_TURNS if hidden else texts.TURNS
    return f"{words} · {text.format(count=Counted(turns), hidden=f'{hidden:,}')}"
