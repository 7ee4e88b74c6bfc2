"""The list of files while one is being mentioned with ``@``, and which mentions mean files."""

from __future__ import annotations

from typing import Protocol

from tui.core.completion import Completion
from tui.core.mentions import MARK, Mention, mention_of, mentions, open_mention
from tui.core.parts import Parts
from tui.core.path_search import PathList
from tui.core.safe_text import safe_line
from tui.texts import attachments as texts

_MOST_ENTRIES = 50


class PathsFound(Protocol):
    """The files available for suggestions."""

    found: PathList
    is_scanning: bool
    is_capped: bool


class Mentioning:
    """Completes a mention: opened by an ``@`` after a space, until the next space.

    Pasted text never mentions a file until it is edited or selected from the list.
    """

    title = texts.FILES

    def __init__(self, paths: PathsFound | None = None) -> None:
        self._paths = paths
        self._mention: Mention | None = None
        self._has_moved = False
        self.entries: tuple[Completion, ...] = ()
        self.marked: int | None = None
        """The first entry is marked automatically if its name begins with the typed text."""
        self.only_words: set[str] = set()
        """Mentions in pasted text."""
        self.chosen_paths: set[str] = set()
        """Files selected from the list, which must exist when the message is sent."""

    @property
    def is_active(self) -> bool:
        """Whether a file is being mentioned."""
        return self._mention is not None

    @property
    def is_open(self) -> bool:
        """Whether there are entries, or will be."""
        return bool(self.entries) or (self.is_active and self._is_scanning)

    @property
    def _is_scanning(self) -> bool:
        return self._paths is not None and self._paths.is_scanning

    @property
    def hint(self) -> str:
        """A hint about the list."""
        if self._is_scanning:
            return texts.SCANNING
        if self._paths is not None and self._paths.is_capped:
            return texts.CAPPED.format(count=f"{len(self._paths.found):,}")
        return ""

    @property
    def start(self) -> int:
        """The start of the mention in its line."""
        return self._mention.start if self._mention is not None else 0

    def follow(self, before: str, *, opens: bool) -> bool:
        """Show the matches for the text before the cursor; return whether a file is being mentioned."""
        mention = open_mention(before) if self._paths is not None else None
        is_same = self._mention is not None and mention is not None and self._mention.start == mention.start
        if mention is None or not (opens or is_same):
            self.close()
            return False
        self._mention, self._has_moved = mention, False
        self.only_words.discard(mention.reference)
        self.refresh()
        return True

    def refresh(self) -> None:
        """Show the matches among the files found so far."""
        if self._mention is None or self._paths is None or self._has_moved:
            return
        typed, found = self._mention.reference, self._paths.found
        best = found.best(typed, _MOST_ENTRIES)
        self.entries = tuple(Completion(_typed(path), safe_line(path), "") for path in best)
        self.marked = 0 if best and found.begins(best[0], typed) else None

    def move(self, step: int) -> None:
        """Move the mark, wrapping around."""
        if self.entries:
            start = self.marked if self.marked is not None else (-1 if step > 0 else 0)
            self.marked = (start + step) % len(self.entries)
            self._has_moved = True

    def chosen(self, *, is_sent: bool) -> str | None:
        """Return the completed mention; ``None`` leaves it unchanged.

        ``is_sent``: for the key that sends the message if nothing is marked or the path is complete.
        """
        place = 0 if self.marked is None and not is_sent else self.marked
        if place is None or not self.entries or self._mention is None:
            return None
        line = self.entries[place].line
        is_complete = line.rstrip() == mention_of(self._mention.reference)
        return None if is_sent and is_complete and not self._has_moved else line

    def close(self) -> None:
        """Close the list until the next ``@``."""
        self._mention, self.entries, self.marked, self._has_moved = None, (), None, False

    # ── Mentions that mean files ────────────────────────────────────────────────────────────

    def use(self, line: str) -> None:
        """Record a selected entry."""
        for mention in mentions(line.strip()):
            self.chosen_paths.add(mention.reference)
            self.only_words.discard(mention.reference)

    def told(self, prompt: Parts) -> None:
        """Record the mentions of an earlier message, so that its plain text stays text."""
        files = {part.text[1:-1] for part in prompt.blobs}
        self.only_words |= {
            mention.reference for mention in mentions(prompt.words) if files.isdisjoint(mention.readings)
        }

    def pasted(self, text: str) -> None:
        """Record the mentions in pasted text."""
        self.only_words |= {mention.reference for mention in mentions(text)} - self.chosen_paths


def _typed(path: str) -> str:
    """Return the text for a path in the draft; a folder can be continued."""
    if not path.endswith("/"):
        return f"{mention_of(path)} "
    return f'{MARK}"{path}' if any(character.isspace() for character in path) else f"{MARK}{path}"
