"""The reverse incremental search in the prompt history, as in a shell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tui.core.safe_text import safe_line
from tui.texts import chat as texts

_MOST_TYPED = 40
_MOST_BEFORE = 24
"""Characters of the prompt shown before the match, which stays visible."""
_MOST_SHOWN = 300


class _State(NamedTuple):
    typed: str
    place: int
    start: int
    is_found: bool


class PromptSearch:
    """Finds the newest matching prompt, then older ones; erasing undoes a step."""

    def __init__(self, prompts: Sequence[str]) -> None:
        self._prompts = tuple(prompts)
        self._states = [_State("", len(prompts) - 1, 0, is_found=False)]

    @property
    def hit(self) -> tuple[int, int] | None:
        """The index of the match and its position; ``None`` if there is none."""
        _, index, start, is_found = self._states[-1]
        return (index, start) if is_found else None

    @property
    def words(self) -> str:
        """The search text and its match, on one line."""
        state = self._states[-1]
        found = texts.SEARCH_NOTHING if state.typed else ""
        if state.is_found:
            cut = max(0, state.start - _MOST_BEFORE)
            found = ("…" if cut else "") + safe_line(self._prompts[state.place][cut:], _MOST_SHOWN)
        return texts.RECALL.format(text=safe_line(state.typed[-_MOST_TYPED:]), found=found)

    def type(self, text: str) -> None:
        """Narrow the search."""
        state = self._states[-1]
        typed = state.typed + text
        found = self._look(typed, state.place)
        self._states.append(found or _State(typed, state.place, 0, is_found=False))

    def older(self) -> bool:
        """Go to the next older, different match; return whether there is one."""
        state = self._states[-1]
        if not state.is_found:
            return False
        found = self._look(state.typed, state.place - 1, other_than=self._prompts[state.place])
        if found is not None:
            self._states.append(found)
        return found is not None

    def erase(self) -> None:
        """Undo the last step."""
        if len(self._states) > 1:
            self._states.pop()

    def _look(self, typed: str, newest: int, other_than: str | None = None) -> _State | None:
        pattern = re.compile(re.escape(typed), re.IGNORECASE)
        for index in range(newest, -1, -1):
            prompt = self._prompts[index]
            if prompt != other_than and (match := pattern.search(prompt)):
                return _State(typed, index, match.start(), is_found=True)
        return None
