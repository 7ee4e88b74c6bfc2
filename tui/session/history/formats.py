"""The formats of an export."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from tui.core.lazy_dataclass import dataclass
from tui.core.variants import has_content
from tui.session.history.html_export import to_html
from tui.session.history.journal_json import to_json, to_lines
from tui.session.history.markdown_export import to_markdown
from tui.session.history.messages import to_messages
from tui.store.joined_records import SavedConversation
from tui.texts import history as texts

Text = Callable[[Sequence[SavedConversation]], str]


@dataclass(frozen=True, slots=True)
class Format:
    """One export format."""

    suffix: str
    """The file name suffix."""
    text: Text
    """Formats conversations; a single one if ``is_single``."""
    is_single: bool = False
    """Each conversation requires a separate file."""
    is_whole: bool = False
    """Includes other answers and branches."""
    is_answered: bool = False
    """Excludes turns without an answer."""


def _single(text: Callable[[SavedConversation], str], conversations: Sequence[SavedConversation]) -> str:
    (only,) = conversations
    return text(only)


FORMATS = {
    "md": Format("md", partial(_single, to_markdown), is_single=True),
    "json": Format("json", to_json, is_whole=True),
    "jsonl": Format("jsonl", to_lines, is_whole=True),
    "html": Format("html", partial(_single, to_html), is_single=True),
    "openai": Format("jsonl", to_messages, is_answered=True),
}


def left_out(how: Format, saved: SavedConversation) -> Iterator[str]:
    """Yield a sentence on each kind of content that the export of a conversation lacks."""
    found = saved.transcript
    others = sum(map(has_content, found.dropped))
    if others and not how.is_whole:
        text = texts.BRANCH_LEFT_OUT if others == 1 else texts.BRANCHES_LEFT_OUT
        yield text.format(count=others)
    unanswered = sum(not turn.answer for turn in found.turns)
    if unanswered and how.is_answered:
        text = texts.UNANSWERED_LEFT_OUT if unanswered == 1 else texts.SEVERAL_UNANSWERED_LEFT_OUT
        yield text.format(count=unanswered)
    shown = (*found.turns, *found.dropped) if how.is_whole else tuple(found.turns)
    if any(turn.prompt.blobs for turn in shown):
        yield texts.FILES_LEFT_OUT
