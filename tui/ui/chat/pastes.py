"""Large pastes in the prompt: each is shown as a token of private characters and sent as text.

A token is recognised by its characters, which cannot be typed: similar text stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui.core.lazy_pattern import lazy_pattern
from tui.texts import attachments as texts
from tui.ui.chat.prompt_text import TOKEN_CHARACTERS, TOKEN_STARTS, to_document, to_raw

MOST_LINES = 20
"""Longer pastes are shown as tokens."""
_BASE = TOKEN_CHARACTERS.start
_END = chr(_BASE + ord("]"))
_TOKEN = lazy_pattern(
    f"[{chr(TOKEN_STARTS.start)}-{chr(TOKEN_STARTS.stop - 1)}]"
    f"[{chr(_BASE)}-{chr(TOKEN_CHARACTERS.stop - 1)}]*?{_END}"
)


class Pastes:
    """The large pastes of a prompt, by token."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def token(self, text: str) -> str | None:
        """Return the token for a paste; ``None`` if it is shown unchanged."""
        lines = text.count("\n") + (not text.endswith("\n"))
        if lines <= MOST_LINES or (text not in self._texts and len(self._texts) == len(TOKEN_STARTS)):
            return None
        if text not in self._texts:
            self._texts.append(text)
        place = self._texts.index(text)
        words = f"{texts.PASTED.format(count=f'{lines:,}')}]"
        return chr(TOKEN_STARTS.start + place) + "".join(chr(_BASE + ord(character)) for character in words)

    def raw(self, text: str) -> str:
        """Return part of the document as typed and pasted."""
        pieces: list[str] = []
        read = 0
        for match in self._tokens(text):
            pieces += (to_raw(text[read : match.start()]), self._text_of(match[0]))
            read = match.end()
        return "".join((*pieces, to_raw(text[read:])))

    def document(self, raw: str) -> str:
        """Return a raw text as stored in the document, with tokens for its large pastes."""
        for text in self._texts:
            before, found, after = raw.partition(text)
            if found:
                return f"{self.document(before)}{self.token(text)}{self.document(after)}"
        return to_document(raw)

    def within(self, text: str) -> list[tuple[str, str]]:
        """Return the tokens in part of the document, each with its paste."""
        return [(match[0], self._text_of(match[0])) for match in self._tokens(text)]

    def places(self, line: str) -> Iterator[tuple[int, int, str]]:
        """Yield start and end of each token in a line, with its text in the document."""
        for match in self._tokens(line):
            yield match.start(), match.end(), to_document(self._text_of(match[0]))

    def _text_of(self, token: str) -> str:
        return self._texts[ord(token[0]) - TOKEN_STARTS.start]

    def _tokens(self, text: str) -> Iterator[re.Match[str]]:
        if not self._texts or text.isascii():
            return iter(())
        known = TOKEN_STARTS.start + len(self._texts)
        return (match for match in _TOKEN.finditer(text) if ord(match[0][0]) < known)
