"""The prompt history: Up and Down step through it, a search finds an entry."""

from __future__ import annotations

HISTORY_LIMIT = 500


class PromptHistory:
    """Prompts, newest last, and drafts edited while stepping through them."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        self._entries: list[str] = []
        self._position = 0

    def remember(self, raw: str) -> None:
        """Add a prompt."""
        if raw.strip() and (not self.prompts or self.prompts[-1] != raw):
            self.prompts.append(raw)
            del self.prompts[:-HISTORY_LIMIT]

    def end_walk(self) -> None:
        """Begin the next walk at the newest prompt."""
        self._entries = []

    def step(self, step: int, draft: str) -> str | None:
        """Return the previous or next prompt; ``None`` if there is none."""
        if not self._entries and (step > 0 or not self.prompts):
            return None
        self._begin(draft)
        target = self._position + step
        return self._go(target, draft) if 0 <= target < len(self._entries) else None

    def jump(self, index: int, draft: str) -> str:
        """Go to a prompt, from where Down leads to newer ones and finally to the draft."""
        self._begin(draft)
        return self._go(index, draft)

    def _begin(self, draft: str) -> None:
        if not self._entries:
            self._entries = [*self.prompts, draft]
            self._position = len(self._entries) - 1

    def _go(self, target: int, draft: str) -> str:
        self._entries[self._position] = draft
        self._position = target
        return self._entries[target]
