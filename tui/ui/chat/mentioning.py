"""The list of files while one is mentioned with ``@``, and which mentions in a draft mean files."""

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
    """The known files that can be suggested."""

    found: PathList
    is_scanning: bool
    is_capped: bool


class Mentioning:
    """Opened by an ``@`` typed after a blank; follows the typing until a blank ends it.

    Pasted text never mentions a file, whatever it looks like, until it is typed or chosen.
    """

    title = texts.FILES

    def __init__(self, paths: PathsFound | None = None) -> None:
        self._paths = paths
        self._mention: Mention | None = None
        self._has_moved = False
        self.entries: tuple[Completion, ...] = ()
        self.marked: int | None = None
        """The first one is marked by itself where its name begins as was typed."""
        self.only_words: set[str] = set()
        """Mentions that were pasted."""
        self.chosen_paths: set[str] = set()
        """What was chosen from the list: it must be there when the message is sent."""

    @property
    def is_active(self) -> bool:
        """Whether a file is being mentioned."""
        return self._mention is not None

    @property
    def is_open(self) -> bool:
        """Whether there is something to choose from, or will be."""
        return bool(self.entries) or (self.is_active and self._is_scanning)

    @property
    def _is_scanning(self) -> bool:
        return self._paths is not None and self._paths.is_scanning

    @property
    def hint(self) -> str:
        """What is to be known of the list."""
        if self._is_scanning:
            return texts.SCANNING
        if self._paths is not None and self._paths.is_capped:
            return texts.CAPPED.format(count=f"{len(self._paths.found):,}")
        return ""

    @property
    def start(self) -> int:
        """Where the mention begins in its line."""
        return self._mention.start if self._mention is not None else 0

    def follow(self, before: str, *, opens: bool) -> bool:
        """Show what fits to what is before the cursor in its line; return whether a file is mentioned."""
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
        """Show what fits among the files that are known so far."""
        if self._mention is None or self._paths is None or self._has_moved:
            return
        typed, found = self._mention.reference, self._paths.found
        best = found.best(typed, _MOST_ENTRIES)
        self.entries = tuple(Completion(_typed(path), safe_line(path), "") for path in best)
        self.marked = 0 if best and found.begins(best[0], typed) else None

    def move(self, step: int) -> None:
        """Mark the next entry, round the ends."""
        if self.entries:
            start = self.marked if self.marked is not None else (-1 if step > 0 else 0)
            self.marked = (start + step) % len(self.entries)
            self._has_moved = True

    def chosen(self, *, is_sent: bool) -> str | None:
        """Return what the mention becomes; ``None``: it stays as it is.

        ``is_sent``: by the key that sends, which sends where nothing is marked or the path is complete.
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

    # ── What is meant ───────────────────────────────────────────────────────────────────────

    def use(self, line: str) -> None:
        """Note an entry that was chosen."""
        for mention in mentions(line.strip()):
            self.chosen_paths.add(mention.reference)
            self.only_words.discard(mention.reference)

    def told(self, prompt: Parts) -> None:
        """Note an earlier message: what was text in it is text where it is recalled."""
        files = {part.text[1:-1] for part in prompt.blobs}
        self.only_words |= {
            mention.reference for mention in mentions(prompt.words) if files.isdisjoint(mention.readings)
        }

    def pasted(self, text: str) -> None:
        """Note what comes with a paste."""
        self.only_words |= {mention.reference for mention in mentions(text)} - self.chosen_paths


def _typed(path: str) -> str:
    """Return what stands in the draft for a path: a folder is open to be continued."""
    if not path.endswith("/"):
        return f"{mention_of(path)} "
    return f'{MARK}"{path}' if any(character.isspace() for character in path) else f"{MARK}{path}"
