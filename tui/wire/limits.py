"""Size limits of replies, so that a hostile server cannot exhaust the memory."""

from __future__ import annotations

from tui.core.lazy_dataclass import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes; ``event`` and ``answer`` count decoded characters."""

    line: int = MEGABYTE
    event: int = MEGABYTE
    answer: int = 8 * MEGABYTE
    body: int = 8 * MEGABYTE
    """A reply that is one JSON document."""
    error_body: int = 64_000
    model_list: int = 5 * MEGABYTE
    models: int = 10_000
    """Entries of a model list."""


DEFAULT_LIMITS = Limits()


def show_size(limit: int) -> str:
    """Return a limit as text: ``8 MB``."""
    return f"{limit / MEGABYTE:g} MB"
