"""The context lengths of models learned since the program started. Sends no requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.core.provider import Provider

if TYPE_CHECKING:
    from tui.core.check_history import CheckRecord


class ContextWindows:
    """Context lengths by endpoint and model: from model lists and past checks."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int | None] = {}

    def note(self, provider: Provider, model: str, window: int | None) -> None:
        """Store the reported length of a model; an empty name applies to all models."""
        if window:
            self._known[provider.provider_url, model] = window

    def note_all(self, provider: Provider, windows: Mapping[str, int | None]) -> None:
        """Store the reported lengths of several models."""
        for model, window in windows.items():
            self.note(provider, model, window)

    def find(
        self, provider: Provider, model: str, past_checks: Callable[[Provider], Sequence[CheckRecord]]
    ) -> int | None:
        """Return the context length of a model; ``None`` if unknown. Past checks are read once."""
        key = (provider.provider_url, model)
        if key not in self._known:
            checks = reversed(past_checks(provider))
            found = (check.context_window for check in checks if check.model == model)
            self._known[key] = next(filter(None, found), None)
        return self._known[key] or self._known.get((provider.provider_url, ""))
