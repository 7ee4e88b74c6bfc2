"""Where the time of an answer went."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TITLE: Final = "Where the time went"
SHARED_WITH: Final = "{name}, shared with {count} others"
SHARED_WITH_ONE: Final = "{name}, shared with 1 other"

SOURCES: Mapping[str, str] = MappingProxyType(
    {"measured": "measured", "reported": "reported", "estimated": "estimated"}
)
FROM: Final = "{source}: {origin}"
KEPT: Final = "kept connection"
ROUTE: Final = "GET /models"
TOTAL: Final = "{total} in all"

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "no-figures": "the server reports no times",
        "no-usage": "the server's times need include_usage, which this endpoint refuses",
        "stopped": "the server's times are unknown: stopped",
        "failed": "the server's times are unknown: failed",
        "figures-do-not-fit": "figures do not fit: the server's times exceed what was measured",
        "several-servers": "the server's times are unknown: several servers answer here",
        "earlier-requests": "earlier requests and retries",
    }
)
"""What the origin of ``unexplained`` means."""
HINTS: Mapping[str, str] = MappingProxyType(
    {
        "no-figures": "To see more, start vLLM with --enable-per-request-metrics, or open /metrics.",
        "no-usage": "To see more, let the endpoint accept stream_options.include_usage.",
    }
)
HELD: Final = "The gateway, or the server's tokenizer, held it for {time}."
SLOT: Final = "It waited {time} for a slot, or for the tokenizer."
RETRIED: Final = "Earlier requests took {time}."
QUEUED: Final = "Most of the wait was the queue: {time}."
LINE: Final = "time: {total} = {parts}"
LINE_PART: Final = "{name} {time}"
LINE_SOURCE: Final = "{name} {time} ({source})"
NONE: Final = "No times are known."
TOKENS: Final = "{count} tokens"
