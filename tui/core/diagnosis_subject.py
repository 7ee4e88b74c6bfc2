"""The subject of a diagnosis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import ApiKeyHeader, Provider


@dataclass(frozen=True, slots=True)
class DiagnosisSubject:
    """What to diagnose, and what is already known about it."""

    provider: Provider
    key_text: str | None = None
    """The text of the form's key field; ``None`` uses the provider's saved key."""
    is_saved: bool = True
    """Otherwise a repair is applied to the form that opened the diagnosis."""
    model: str = ""
    """A model to use instead of the provider's."""
    known: Failure | None = None
    """A failure that has already occurred: it is explained without another request."""

    def repaired(self, changes: Mapping[str, str]) -> tuple[Provider, str | None]:
        """Return the provider with a repair applied, and the new text of its key field, if it changes."""
        provider = self.provider
        if url := changes.get("provider_url"):
            provider = replace(provider, provider_url=url)
        if model := changes.get("compatible_provider"):
            provider = replace(provider, model=model)
        if header := changes.get("key_header"):
            provider = replace(provider, key_header=ApiKeyHeader(header))
        return provider, changes.get("api_key")
