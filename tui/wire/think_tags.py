"""Separates reasoning in tags from the rest of the content while it streams.

An opening tag counts only at the very start of the content, so that tags in code samples are left alone. A
closing tag without an opening one (which was in the prompt template) turns everything before it into
reasoning: that text has already been returned as answer, so ``Reclassified`` moves it. White space around the
tags is trimmed. Only a piece that may be the beginning of a tag is held back.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tui.core.events import AnswerDelta, ReasoningDelta, Reclassified, StreamEvent
from tui.core.lazy_pattern import lazy_pattern
from tui.wire import harmony

PAIRS: tuple[tuple[str, str], ...] = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("<mm:think>", "</mm:think>"),  # MiniMax M3
    ("<seed:think>", "</seed:think>"),  # Seed-OSS
    ("[THINK]", "[/THINK]"),  # Mistral
    ("<|channel>thought", "<channel|>"),  # Gemma 4
    ("◁think▷", "◁/think▷"),  # Kimi-VL
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
)

_OPENINGS = tuple(opening for opening, _ in PAIRS)
_CLOSINGS = tuple(closing for _, closing in PAIRS)
_STARTS = (*_OPENINGS, *_CLOSINGS, *harmony.OPENINGS)
_OPENING_OF = {closing: opening for opening, closing in PAIRS}
_CLOSING = lazy_pattern("|".join(re.escape(closing) for closing in _CLOSINGS))
_FIRST_CHARACTERS = "<[◁"
_MAY_CLOSE = lazy_pattern("[<[◁]")
_LONGEST_CLOSING = max(map(len, _CLOSINGS))
_BEFORE_MENTION = tuple(" \t\"'`(“‘")
_AFTER_MENTION = tuple(" \t\"'`.,;:!?)”’")
_LONGEST_HELD_SPACE = 256
_MOST_REFUSALS = 8
"""Closing tags judged as text before the search ends; each judgement reads the text so far."""


class TagSplitter:
    """Splits the content; ``is_plain`` means that the rest is answer and needs no splitting."""

    __slots__ = (
        "_closing", "_fields_seen", "_harmony", "_held", "_is_undecided", "_read", "_refusals",
        "_seen", "_trims", "is_plain", "source",
    )  # fmt: skip

    def __init__(self) -> None:
        self._read: Callable[[str, list[StreamEvent]], None] = self._at_start
        self._held = ""
        self._seen: list[str] = []
        self._closing = ""
        self._trims = False
        self._refusals = 0
        self._fields_seen = False
        self._is_undecided = False
        self._harmony: harmony.HarmonySplitter | None = None
        self.is_plain = False
        self.source: str | None = None
        """The mark that showed where the reasoning is, once found."""

    def passes(self, text: str) -> bool:
        """Return whether a piece of content is answer text that need not be fed.

        The fast path for most pieces of most answers.
        """
        if self.is_plain:
            return True
        if not self._is_undecided or self._held or "<" in text or "[" in text or "◁" in text:
            return False
        self._seen.append(text)
        return True

    def feed(self, text: str) -> list[StreamEvent]:
        """Return the events completed by this piece of content."""
        events: list[StreamEvent] = []
        if self._held:
            text = self._held + text
            self._held = ""
        self._read(text, events)
        return events

    def finish(self) -> list[StreamEvent]:
        """Return the text held back, at the end of the content."""
        events: list[StreamEvent] = []
        held, self._held = self._held, ""
        if self._harmony is not None:
            return self._harmony.finish()
        if self._read == self._in_reasoning:
            self._add_reasoning(held.rstrip(), events)
        elif self._read == self._undecided and held in _CLOSINGS and self._is_lone(held, "", ""):
            self._close_lone(held, "", events)
        else:
            self._add_answer(held, events)
        return events

    def expect_fields(self) -> list[StreamEvent]:
        """Record that reasoning has its own field, so that closing tags are plain text from now on."""
        events: list[StreamEvent] = []
        if not self._fields_seen:
            self._fields_seen = True
            if self._read == self._undecided:
                self._become_plain()
                self._add_answer(self._held, events)
                self._held = ""
        return events

    # Every state receives a text and either consumes it or stores its unfinished end in ``_held``.

    def _at_start(self, text: str, events: list[StreamEvent]) -> None:
        content = text.lstrip()
        for opening, closing in PAIRS:
            if content.startswith(opening):
                self.source = opening
                self._closing = closing
                self._enter(self._in_reasoning, content[len(opening) :], events)
                return
            if content.startswith(closing):
                self._enter(self._after_reasoning, content[len(closing) :], events)
                return
        if content.startswith(harmony.OPENINGS):
            self.source = harmony.SOURCE
            self._harmony = harmony.HarmonySplitter()
            self._enter(self._in_channels, content, events)
        elif not content[:1].strip(_FIRST_CHARACTERS) and self._may_become_tag(text, content):
            self._held = text
        elif self._fields_seen:
            self._become_plain()
            self._add_answer(text, events)
        else:
            self._enter(self._undecided, text, events)

    def _may_become_tag(self, text: str, content: str) -> bool:
        return len(text) < _LONGEST_HELD_SPACE and any(start.startswith(content) for start in _STARTS)

    def _enter(
        self, state: Callable[[str, list[StreamEvent]], None], rest: str, events: list[StreamEvent]
    ) -> None:
        self._read = state
        self._is_undecided = state == self._undecided
        self._trims = True
        if rest:
            state(rest, events)

    def _in_channels(self, text: str, events: list[StreamEvent]) -> None:
        if self._harmony is not None:
            events.extend(self._harmony.feed(text))

    def _in_reasoning(self, text: str, events: list[StreamEvent]) -> None:
        end = text.find(self._closing)
        if end >= 0:
            self._add_reasoning(text[:end].rstrip(), events)
            self._enter(self._after_reasoning, text[end + len(self._closing) :], events)
            return
        end = len(text) - _partial_length(text, (self._closing,))
        keep = len(text[:end].rstrip())
        if end - keep > _LONGEST_HELD_SPACE:
            keep = end
        self._held = text[keep:]
        self._add_reasoning(text[:keep], events)

    def _after_reasoning(self, text: str, events: list[StreamEvent]) -> None:
        text = text.lstrip()
        if text:
            self._become_plain()
            self._add_answer(text, events)

    def _plain(self, text: str, events: list[StreamEvent]) -> None:
        self._add_answer(text, events)

    def _undecided(self, text: str, events: list[StreamEvent]) -> None:
        if not _MAY_CLOSE.search(text):
            self._give_undecided(text, events)
            return
        while tag := _CLOSING.search(text):
            before, after = text[: tag.start()], text[tag.end() :]
            if not after:
                self._give_undecided(before, events)
                self._held = tag[0]
                return
            if self._is_lone(tag[0], before, after[0]):
                self._close_lone(tag[0], before, events)
                self._enter(self._after_reasoning, after, events)
                return
            self._give_undecided(before + tag[0], events)
            text = after
            self._refusals += 1
            if self._refusals >= _MOST_REFUSALS:
                self._become_plain()
                self._add_answer(text, events)
                return
        keep = len(text) - _partial_length(text, _CLOSINGS)
        self._held = text[keep:]
        self._give_undecided(text[:keep], events)

    def _is_lone(self, tag: str, before: str, after: str) -> bool:
        """Return whether a closing tag ends reasoning, rather than being mentioned or shown as code."""
        seen = "".join(self._seen)
        self._seen = [seen]
        text = seen + before
        if _OPENING_OF[tag] in text or text.count("```") % 2:
            return False
        if text[text.rfind("\n") + 1 :].count("`") % 2:
            return False
        is_mentioned = text.endswith(_BEFORE_MENTION) and after.startswith(_AFTER_MENTION)
        return not is_mentioned

    def _close_lone(self, tag: str, before: str, events: list[StreamEvent]) -> None:
        self.source = tag
        if any(self._seen):
            self._add_answer(before, events)
            events.append(Reclassified(to_answer=False))
        else:
            self._trims = True
            self._add_reasoning(before.rstrip(), events)
        self._seen = []
        self._read = self._after_reasoning
        self._is_undecided = False

    def _become_plain(self) -> None:
        self._read = self._plain
        self._is_undecided = False
        self._seen = []
        self.is_plain = True

    def _give_undecided(self, text: str, events: list[StreamEvent]) -> None:
        if text:
            self._seen.append(text)
            events.append(AnswerDelta(text))

    def _add_answer(self, text: str, events: list[StreamEvent]) -> None:
        if text:
            events.append(AnswerDelta(text))

    def _add_reasoning(self, text: str, events: list[StreamEvent]) -> None:
        if self._trims:
            text = text.lstrip()
        if text:
            self._trims = False
            events.append(ReasoningDelta(text))


def _partial_length(text: str, tags: tuple[str, ...]) -> int:
    """Return how many characters at the end of the text may be the beginning of one of the tags."""
    if not _MAY_CLOSE.search(text, max(0, len(text) - _LONGEST_CLOSING)):
        return 0
    for length in range(min(len(text), _LONGEST_CLOSING - 1), 0, -1):
        if text[-length] in _FIRST_CHARACTERS:
            end = text[-length:]
            if any(tag.startswith(end) for tag in tags):
                return length
    return 0
