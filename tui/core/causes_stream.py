"""Causes met while the answer arrives."""

from __future__ import annotations

from tui.core.cause import Cause

STREAM_CAUSES: tuple[Cause, ...] = (
    Cause(
        "stream-buffered",
        "The answer came in one piece at the end: something on the way holds the stream back.",
        "Turn off buffering in the gateway (nginx: proxy_buffering off, or the header "
        "X-Accel-Buffering: no).",
        is_warning=True,
    ),
    Cause(
        "stream-ignored",
        "The server ignores streaming and sends each answer whole.",
        "Nothing to do: it works, but answers appear only when they are complete.",
        is_warning=True,
    ),
    Cause(
        "stream-unfinished",
        "The answer ended without the server's end mark, so it may be cut short[[; the server has ended: "
        "nothing listens on port {gone_port} any more]].",
        "[[{?gone_port}Start the server again, and look at its log; what came is kept"
        "||Let the model go on or ask again; look at the server's log if it happens often]].",
    ),
    Cause(
        "stream-truncated",
        "The connection was lost in the middle of the answer[[; the server has ended: nothing listens on "
        "port {gone_port} any more]].",
        "[[{?gone_port}What came is kept; start the server again, and look at its log"
        "||What came is kept; send again, and look at the server's log if it happens again]].",
    ),
    Cause(
        "stream-reset",
        "The connection was cut off in the middle of the answer[[; the server has ended: nothing listens on "
        "port {gone_port} any more||, by the server or a device on the way]].",
        "[[{?gone_port}What came is kept; start the server again, and look at its log"
        "||What came is kept; send again, and look at the server's log if it happens again]].",
    ),
    Cause(
        "stream-stalled",
        "The answer stopped: no text came[[ for {seconds} s]].",
        "Keep waiting, or stop and send again; the server may be overloaded or hung.",
    ),
    Cause(
        "stream-keepalive-only",
        "The server says that it is alive, but no text came[[ for {seconds} s]].",
        "Keep waiting (a queue or a long prompt does this), or stop and send again.",
    ),
    Cause(
        "http-framing",
        "The answer breaks the rules of HTTP, so it cannot be read further.",
        "Look at the gateway in front of the server: this is a defect there.",
    ),
    Cause(
        "bad-encoding",
        "The answer is compressed in another way than it says, so it cannot be read.",
        "Turn off compression in the gateway in front of the server.",
    ),
    Cause(
        "answer-too-large",
        "The answer was stopped because it exceeded the limit[[ of {limit}]].",
        "What came is kept; lower max tokens, and look at the server if this was no real answer.",
    ),
    Cause(
        "malformed-event",
        "Part of the answer could not be read[[ (event {position})]] and was skipped.",
        "Open the details to see it; look for an update of the server or gateway.",
        is_warning=True,
    ),
    Cause(
        "text-lost",
        "Part of the answer was lost[[: {what}]].",
        "Update the server or gateway, or ask for plain text; other clients may show what is missing.",
        is_warning=True,
    ),
    Cause(
        "thinking-ate-budget",
        "The model spent [[the {allowed} tokens of this check||all its tokens]] on thinking "
        "and gave no answer.",
        "[[{?allowed}Usual for a reasoning model: raise max tokens if answers stay empty in a chat, too"
        "||Raise max tokens, or lower the thinking effort]].",
        is_warning=True,
    ),
    Cause(
        "empty-answer",
        "[[{?filtered}The content filter of the service stopped the answer before any text came (its reason: "
        "{finish_reason})||The server ended the answer properly, but there is no text in it (its reason: "
        "{finish_reason})||The server ended the answer properly, but there is no text in it]].",
        "[[{?filtered}Rephrase the prompt, or ask whoever runs the service about its content filter"
        "||Send again; check the model's chat template if it happens again]].",
    ),
    Cause(
        "reasoning-parser",
        "All text came as reasoning: the server's reasoning parser does not fit the model.",
        "Start the server without it, or with the right one (vLLM: --reasoning-parser); other programs "
        "show no answer.",
        is_warning=True,
    ),
    Cause(
        "usage-missing",
        "The server does not say how many tokens it used; tokens and costs are estimates.",
        "Nothing to do; some servers report them after an update.",
        is_warning=True,
    ),
    Cause(
        "server-changed",
        "The endpoint has changed since the last check[[: {change}]].",
        "Nothing to do if this was expected.",
        is_warning=True,
    ),
    Cause(
        "service-level-missed",
        "The endpoint works but is slower than asked for[[: {measured}]].",
        "Look at the load of the server, or ask for less.",
    ),
)
