"""What was learned of an endpoint, between the network that needs it and the disk that keeps it."""

from __future__ import annotations

from tui.store.endpoint_memory import EndpointMemory
from tui.wire.adaptation import Adaptation


class KeptAdaptations:
    """Adaptations by endpoint and model: in memory at once, on disk for the next run."""

    def __init__(self, memory: EndpointMemory) -> None:
        self._memory = memory
        self._known: dict[tuple[str, str], Adaptation | None] = {}

    def get(self, base_url: str, model: str) -> Adaptation | None:
        """Return what was learned, or ``None``."""
        key = (base_url, model)
        if key not in self._known:
            document = self._memory.get_json(base_url, model)
            self._known[key] = None if document is None else Adaptation.from_json(document)
        return self._known[key]

    def put(self, base_url: str, model: str, adaptation: Adaptation) -> None:
        """Keep what was learned."""
        self._known[base_url, model] = adaptation
        self._memory.put_json(base_url, model, adaptation.to_json())


class ForgottenAdaptations:
    """Adaptations for this run alone: ``ask --url`` saves nothing."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Adaptation] = {}

    def get(self, base_url: str, model: str) -> Adaptation | None:
        """Return what was learned in this run, or ``None``."""
        return self._known.get((base_url, model))

    def put(self, base_url: str, model: str, adaptation: Adaptation) -> None:
        """Keep what was learned until the end of this run."""
        self._known[base_url, model] = adaptation
