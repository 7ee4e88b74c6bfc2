"""Where the time of an answer went."""

from __future__ import annotations

from typing import Final

HEAD: Final = "Where the time went:"
TITLE: Final = "Where the time went"
FIGURES: Final = "Message {number} of {count}"
TURNS: Final = "The last messages"
LEGEND: Final = "q queue · p prompt · u unexplained\nt thinking · a answer"
FIRST_MARK: Final = "*"
FIRST: Final = "* first of its kind: not compared,\n  servers load or compile then"
UNKNOWN: Final = "—"
SHARED_WITH: Final = "{name}, shared with {count} others"
PREEMPTED: Final = "{name}, {count} preemptions meanwhile"
PREEMPTED_ONE: Final = "{name}, 1 preemption meanwhile"
SHARED_WITH_ONE: Final = "{name}, shared with 1 other"

FROM: Final = "{source}: {origin}"
ARRIVALS: Final = "arrivals"
GAP: Final = "longest gap {time}"
KEPT: Final = "reused connection"
ROUTE: Final = "GET /models"
TOKENS: Final = "{count:token|tokens}"

# Why something is unexplained
NO_FIGURES: Final = "the server reports no times"
NO_FIGURES_GATEWAY: Final = "the gateway passes on no times"
NO_USAGE: Final = "the server's times need include_usage, which this endpoint refuses"
STOPPED: Final = "the server's times are unknown: stopped"
FAILED: Final = "the server's times are unknown: failed"
NO_FIT: Final = "figures do not add up: the server's times exceed the measured time"
SEVERAL: Final = "the server's times are unknown: several servers answer here"
EARLIER: Final = "earlier requests and retries"

# Sentences
SHOW_FIGURES: Final = "If this is vLLM, --enable-per-request-metrics shows more."
SHOW_FIGURES_VLLM: Final = "To see more, start vLLM with --enable-per-request-metrics, or open /metrics."
SHOW_FIGURES_SGLANG: Final = "To see more, start SGLang with --enable-metrics."
SHOW_FIGURES_OLLAMA: Final = "Ollama tells its times elsewhere: ollama run MODEL --verbose shows them."
SHOW_USAGE: Final = "To see more, let the endpoint accept stream_options.include_usage."
HELD: Final = "The gateway, or the server's tokenizer, held it for {time}."
SLOT: Final = "It waited {time} for a slot, or for the tokenizer."
HELD_BEHIND: Final = (
    "The gateway, or the server behind it, held it for {time}. To see more, check that server directly."
)
HELD_UNTOLD: Final = "Queue, prompt, and a model that had to be loaded, are together in these {time}."
RETRIED: Final = "Earlier requests took {time}."
QUEUED: Final = "Most of the wait was the queue: {time}."

# One line
LINE: Final = "time: {total} = {parts}"
LINE_PART: Final = "{name} {time}"
LINE_SOURCE: Final = "{name} {time} ({source})"
NONE: Final = "time: unknown"
