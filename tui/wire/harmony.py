"""Parses the channel marks of gpt-oss models (harmony format) if a server leaves them in the content.

``<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…<|return|>``:
``analysis`` is reasoning, ``final`` the answer, ``commentary to=…`` a tool call.
"""

from __future__ import annotations

import re

from tui.core.events import AnswerDelta, ReasoningDelta, StreamEvent, ToolCallDelta
from tui.core.lazy_pattern import lazy_pattern

OPENINGS = ("<|channel|>", "<|start|>")
SOURCE = "<|channel|>analysis"

_MARKS = tuple(
    f"<|{name}|>" for name in ("start", "channel", "message", "end", "return", "call", "constrain")
)
_MARK = lazy_pattern("|".join(re.escape(mark) for mark in _MARKS))
_PARTIAL = lazy_pattern(r"<(?:\|[a-z]*\|?)?\Z")
_RECIPIENT = lazy_pattern(r"to=([^\s<]+)")
_HEADER_WORDS = lazy_pattern(r"(?:\s|assistant|system|user|analysis|commentary|final|json|code|to=\S+)*")
_LONGEST_HEADER = 500


class HarmonySplitter:
    """Splits the content by channel; holds back only an incomplete mark."""

    __slots__ = ("_calls", "_channel", "_header", "_held", "_in_header")

    def __init__(self) -> None:
        self._held = ""
        self._header = ""
        self._in_header = True
        self._channel = "final"
        self._calls = 0

    def feed(self, text: str) -> list[StreamEvent]:
        """Return the events completed by this piece of content."""
        text = self._held + text
        self._held = ""
        events: list[StreamEvent] = []
        position = 0
        for mark in _MARK.finditer(text):
            self._take(text[position : mark.start()], events)
            self._obey(mark[0], events)
            position = mark.end()
        rest = text[position:]
        partial = _PARTIAL.search(rest)
        if partial and any(mark.startswith(partial[0]) for mark in _MARKS):
            self._held = partial[0]
            rest = rest[: partial.start()]
        self._take(rest, events)
        return events

    def finish(self) -> list[StreamEvent]:
        """Return what remains at the end of the content."""
        events: list[StreamEvent] = []
        self._take(self._held, events)
        self._held = ""
        if self._in_header:
            self._keep_strange_header(events)
        return events

    def _take(self, text: str, events: list[StreamEvent]) -> None:
        if not text:
            return
        if self._in_header:
            self._header += text
            if len(self._header) <= _LONGEST_HEADER:
                return
            text, self._header, self._in_header, self._channel = self._header, "", False, "final"
        if self._channel == "analysis":
            events.append(ReasoningDelta(text))
        elif self._channel == "call":
            events.append(ToolCallDelta(self._calls - 1, self._name(), text))
        else:
            events.append(AnswerDelta(text))

    def _obey(self, mark: str, events: list[StreamEvent]) -> None:
        if mark in ("<|channel|>", "<|constrain|>") and self._in_header:
            self._header += " "
            return
        if self._in_header:
            self._keep_strange_header(events)
        if mark == "<|message|>":
            self._in_header = False
            self._channel = self._choose_channel()
        else:
            self._in_header = True
            self._header = ""

    def _keep_strange_header(self, events: list[StreamEvent]) -> None:
        """Emit an invalid header as text: only names of channels are allowed there."""
        if not _HEADER_WORDS.fullmatch(self._header):
            events.append(AnswerDelta(self._header))
            self._header = ""

    def _choose_channel(self) -> str:
        if _RECIPIENT.search(self._header):
            self._calls += 1
            return "call"
        return "analysis" if "analysis" in self._header else "final"

    def _name(self) -> str:
        """Return the tool's name for the first piece of a call."""
        recipient = _RECIPIENT.search(self._header)
        self._header = ""
        return recipient[1].removeprefix("functions.") if recipient else ""
