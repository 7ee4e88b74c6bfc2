"""Finds the saved conversation for a name, or raises an error with an explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.core.causes import explain
from tui.core.conversation_names import named
from tui.core.failure import UsageError
from tui.core.safe_text import safe_line
from tui.texts import history as texts

if TYPE_CHECKING:
    from tui.store.conversations import ConversationStore
    from tui.store.summaries import ConversationSummary


def find_conversation(conversations: ConversationStore, name: str) -> ConversationSummary:
    """Return the conversation for a name; see ``core.conversation_names``.

    Raises:
        UsageError: there is none, or more than one.
    """
    return the_one(conversations.listing.all(), name)


def the_one(
    known: Sequence[ConversationSummary], name: str, *, is_trash: bool = False
) -> ConversationSummary:
    """Return the only match for a name in a list sorted newest first; ``is_trash`` for deleted ones.

    Raises:
        UsageError: there is none, or more than one.
    """
    found = named(known, name)
    if not found:
        raise UsageError(
            explain(
                "conversation-unknown", name=safe_line(name, 100), is_in_trash="yes" if is_trash else None
            )
        )
    if len(found) > 1:
        raise UsageError(
            explain("usage", reason=texts.SEVERAL.format(name=safe_line(name, 40), count=len(found)))
        )
    return found[0]
