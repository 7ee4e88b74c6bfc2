"""What the demo endpoint prints."""

from typing import Final

CANNOT_LISTEN: Final = "The demo endpoint cannot listen on {host} port {port}: {reason}."
OTHER_PORT: Final = "Choose another port with --port, or omit it to use a free one."
UNKNOWN_FAULT: Final = "The demo endpoint has no fault {cause!r}."
KNOWN_FAULTS: Final = "Choose one of: {names}."
FAULT: Final = "Fault {cause}: the server {summary}."
ENDPOINT: Final = "Demo endpoint: {url}   model: {model}"
TRY_IT: Final = "Try it in another terminal:"
ASK_IT: Final = '  lmdeck ask --url {url} --model {model} "Hello"'
CHECK_IT: Final = "  lmdeck check {url} --model {model}"
CHECK_WITHOUT_MODEL: Final = "  lmdeck check {url}"
STOP: Final = "Press Ctrl+C to stop."

FAULTS: Final = {
    "auth": "answers 401 to every key",
    "auth-scheme": "rejects any Authorization header, works without one",
    "forbidden": "accepts the key but refuses the model",
    "model-not-found": "does not serve the requested model",
    "wrong-path": "answers 404 to every path",
    "method-not-allowed": "refuses POST",
    "unexpected-response": "serves a web page instead of the API",
    "redirect": "has moved to /moved/v1, where it works",
    "context-too-long": "rejects every prompt as too long",
    "unsupported-param": "rejects stream_options, works without it",
    "no-chat-template": "has a model without a chat template",
    "thinking-unsupported": "rejects requests with thinking, works without",
    "invalid-request": "rejects the request body",
    "body-too-large": "is a gateway that rejects large bodies",
    "gateway-timeout": "is a gateway whose model server timed out",
    "rate-limited": "rejects requests for 30 seconds",
    "quota": "has no credit left for this key",
    "overloaded": "has a full queue",
    "server-error": "fails with an internal error",
    "bad-gateway": "is a gateway whose model server is down",
    "loading": "loads its model for 20 seconds, then works",
    "no-model-loaded": "runs without any model",
    "no-model-list": "has no /models, but chats work",
    "stream-truncated": "closes the connection in the middle of the answer",
    "stream-reset": "resets the connection in the middle of the answer",
    "stream-unfinished": "ends in the middle of the answer, as if complete",
    "stream-stalled": "stops sending in the middle of the answer",
    "stream-keepalive-only": "sends keep-alive comments but no token",
    "stream-buffered": "holds the answer back and sends it at the end",
    "stream-ignored": "answers with one JSON object instead of a stream",
    "empty-answer": "ends the answer without any text",
    "thinking-ate-budget": "reasons up to the token limit and gives no answer",
    "malformed-event": "breaks every event",
    "text-lost": "breaks every tenth event",
    "answer-too-large": "sends a line that does not end",
    "http-framing": "writes a chunk size that is not a number",
    "bad-encoding": "claims gzip but sends plain text",
    "no-answer": "accepts requests and never answers",
    "headers-stalled": "sends its headers one byte per second",
    "headers-too-large": "sends a header of 200 kB",
    "closed-without-answer": "closes the connection after the request",
    "connection-reset": "resets the connection after the request",
    "not-http": "speaks SSH",
    "http2-only": "speaks HTTP/2 only",
}
"""What a server with a fault does, by the cause: completes ``the server …``."""
