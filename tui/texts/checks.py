"""What the checks of a diagnosis report, on the screen, in a terminal and in a ticket."""

from typing import Final

# The names of the checks
CHECKS: Final = {
    "url": "URL",
    "environment": "Environment",
    "dns": "Host name",
    "tcp": "Connection",
    "tls": "Encryption",
    "http": "HTTP",
    "server": "Server",
    "auth": "API key",
    "models": "Models",
    "chat": "Chat",
    "stream": "Stream",
    "usage": "Token counts",
    "reasoning": "Reasoning",
    "vectors": "Vectors",
    "speed": "Speed",
}

# What arrived of a reply
EVENTS: Final = {
    "ReasoningDelta": "reasoning",
    "AnswerDelta": "answer",
    "Reclassified": "reasoning and answer separated again",
    "ToolCallDelta": "tool call",
    "ChunkSeen": "chunk",
    "LostText": "lost text",
    "UsageReport": "tokens",
    "ServerCostReport": "cost",
    "TimingsReport": "the server's times",
    "PartsLearned": "parts of the time",
    "FiguresFollow": "more figures follow",
    "Identified": "identified",
    "ResponseStarted": "response",
    "Progress": "progress",
    "Note": "note",
    "MalformedEvent": "unreadable",
    "Finished": "finished",
    "StreamFailed": "failed",
}

# The report
INTERRUPTED: Final = "Interrupted before the check finished."
WORKS: Final = "The endpoint works"
ANSWERS: Final = "The endpoint answers"
WITH_MODEL: Final = " with {model}"
WITH_CONTEXT: Final = ", context {tokens:,} tokens"
WITH_VECTORS: Final = ", vectors of {numbers:number|numbers}"
WITH_RATE: Final = ", {rate:,.1f} tokens/s"
FREE: Final = "Uses no tokens."
SENDS_TEXTS: Final = "Sends about 50 short texts: about 500 input tokens."
SENDS_CHAT: Final = "Sends one short chat: {cost}."
USED: Final = "Used {tokens:token|tokens}."
ON_THIS_MACHINE: Final = "On this machine:"
SINCE_LAST_CHECK: Final = "Since the last check:"
NO_URL: Final = "(no URL)"
BECAUSE: Final = "caused by {link}"
REPORT_MODEL: Final = "Model"
REPORT_KEY: Final = "API key"
REPORT_NO_KEY: Final = "none"
REPORT_SERVER: Final = "Server"
REPORT_WORKS: Final = "The endpoint works."
REPORT_WARNING: Final = "- Warning: {text}"
REPORT_HEAD: Final = "# lmdeck check"
REPORT_CURL: Final = "## The same request with curl"
THE_SERVER_SAYS: Final = "The server says:"

# Between two checks
SERVER: Final = "server"
VERSION: Final = "version"
CONTEXT_WINDOW: Final = "context window"
CHANGED: Final = "{name} was {before}, is now {after}"
MODELS_GONE: Final = "no longer served: {names}"
MODELS_NEW: Final = "newly served: {names}"
SPEED_CHANGED: Final = "speed was {before:,.1f} tokens/s, is now {after:,.1f}"

# Skipped
SKIPPED: Final = "Skipped."
SKIPPED_AFTER: Final = "Skipped ({reason})."
URL_FAILED: Final = "invalid URL"
DNS_FAILED: Final = "host lookup failed"
TCP_FAILED: Final = "connection failed"
TLS_FAILED: Final = "no encrypted connection"
HTTP_FAILED: Final = "no HTTP answer"
AUTH_FAILED: Final = "API key refused"
MODELS_FAILED: Final = "no usable model"
CHAT_FAILED: Final = "no chat answer"
VECTORS_FAILED: Final = "no vectors"
CHECK_FAILED: Final = "{check} check failed"
NO_TLS: Final = "Skipped (the URL uses http://)."
QUICK: Final = "Skipped (a quick check uses no tokens)."
NO_MODEL: Final = "Skipped (no model is set)."

# A failure that is known already
WORKS_HERE: Final = "Works: the failed request got past this."

# Offers: what was found, then a question
USE_URL: Final = "Use {url} instead?"
URL_ANSWERS: Final = "{url} answers. Use it?"
MODEL_OFFERED: Final = "The server offers {model}. Use it?"
NO_KEY_NEEDED: Final = "The server answers without a key. Use no key?"
OTHER_HEADER: Final = "The key is accepted in the header {header}. Use it?"

# URL and environment
REQUESTS_GO_TO: Final = "requests go to {url}"
ALSO: Final = "also: {text}"
TRIED: Final = "tried: {url} answers"
ROUTE: Final = "route: "
ROUTE_IS: Final = "Route: {route}."
NO_PROXY: Final = "No proxy."
RUNS_ON: Final = "lmdeck runs on {host}"
IN_CONTAINER: Final = "inside a container"
IN_WSL: Final = "inside WSL"
OVER_SSH: Final = "over SSH"

# Connection
IS_ADDRESS: Final = "No lookup needed: the host is an IP address."
ARE_ADDRESSES: Final = "No lookup needed: the proxy and the endpoint are IP addresses."
PROXY_LOOKS_UP: Final = "No lookup here: the proxy looks up {host}."
HOST_IS: Final = "{host} is {addresses}."
PROXY_IS: Final = "The proxy {host} is {addresses}."
ACCEPTS: Final = "{address} accepts"
SILENT: Final = "{address} does not answer"
NO_CONNECTION: Final = "no connection"
CONNECTED: Final = "{address} accepts connections."
CONNECTING: Final = "Connecting (at most {seconds:g} s)…"
NOT_LISTENING: Final = "nothing listens on port {port}"
LISTENS: Final = "{server} (pid {pid}) listens on port {port}"
STARTING: Final = "{server} (pid {pid}) has no open port yet and may be starting"

# Encryption
ENCRYPTED: Final = "The connection is encrypted."
VERIFIED: Final = "Encrypted ({version}), certificate accepted."
CERTIFICATE_FOR: Final = "certificate for {names}"
SIGNED_BY: Final = "signed by {issuer}, valid until {end:%Y-%m-%d}{soon}"
SOON: Final = ", in {days:day|days}"
FACT_NAMES: Final = "the certificate is for"
FACT_ISSUER: Final = "signed by"
FACT_BEGINS: Final = "valid from"
FACT_EXPIRED: Final = "valid until"

# HTTP and server
WAITING: Final = "Waiting for the server's answer…"
HTTP_STATUS: Final = "HTTP status {status}"
ANSWERS_REQUEST: Final = "The server answers {request}."
NOT_AN_API: Final = "{url} does not answer as an API"
IS_AN_API: Final = "{url} does"
ONLY_A_PAGE: Final = "Unknown: the server sent a web page only."
UNKNOWN_KIND: Final = "An OpenAI-compatible server of unknown kind."
RECOGNISED_BY: Final = "recognised by: {evidence}"
BUILD: Final = "build {build}"

# API key
KEY_FROM: Final = "the key comes from {source}"
COMMAND_LINE: Final = "the command line"
KEY_NOT_SENT: Final = "no key was sent"
SERVER_ASKS: Final = "the server asks for: {scheme}"
NONE_NEEDED: Final = "No key was sent, and the server requires none."
NOT_REFUSED: Final = "The key was sent and not refused."
KEY_ACCEPTED: Final = "The server accepts the key."
OPEN_LIST: Final = "The server lists its models without a key, too."
KEY_GIVEN: Final = "given"

# Models
OFFERS: Final = "offers {names}"
FIRST_MODEL: Final = "no model was given: the first one is checked"
SERVED: Final = "{model} is served{context}."
UNLISTED: Final = "The server answers for {model} but does not list it."
UNLISTED_ADVICE: Final = "Nothing to do if this was expected: some servers accept any name for their model."
NO_LIST_ANSWER: Final = "no answer"
LIST_TOO_LONG: Final = "it is longer than {limit}"
LIST_FAILED: Final = "the model list: {title}"
MORE: Final = " and {count} more"

# Chat and stream
WAITED: Final = "Waiting for the answer: {seconds:.0f} s so far."
REQUESTS_RUNNING: Final = "requests: {running} running, {waiting} waiting"
MODEL_ANSWERS: Final = 'The model answers: "{text}"'
MODEL_THINKS: Final = 'The model is reasoning: "{text}"'
TOOL_CALL: Final = "The model answers with a tool call."
TEXT_STREAMS: Final = "The text streams in {pieces}."
STREAM_ENDS: Final = "The stream ends properly."
PIECES: Final = "{pieces} of text in {reads}"
UNREADABLE_EVENTS: Final = "{events} could not be read"

# Usage, reasoning, vectors
COUNTS_UNKNOWN: Final = "Unknown: the answer ended before its token counts."
COUNTS: Final = "The server reports {counts}."
REASONING_TOKENS: Final = "{count} of them reasoning"
CACHED_TOKENS: Final = "{count} from the prefix cache"
THE_STREAM: Final = "the stream"
REASONING_IN: Final = "The reasoning comes in {place}."
REASONING_IN_FACT: Final = "reasoning in {place}"
REASONING_HIDDEN: Final = "The model reasons, but the server does not show it."
NO_REASONING: Final = "No reasoning: the model answers at once."
WAITING_FOR_VECTORS: Final = "Waiting for the vectors…"
NO_COUNTS: Final = "the server reports no token counts: the number is an estimate"
PACKED: Final = "the numbers arrived as Base64"
ANSWERED_BY: Final = "the server reports: answered by {model}"
BASE64: Final = {
    "yes": "base64: same numbers as float",
    "no": "base64: refused",
    "ignored": "base64: ignored",
    "broken": "base64: numbers differ from float",
    "not tried": "base64: not tried",
}
DIMENSIONS: Final = {
    "yes": "dimensions: honoured",
    "no": "dimensions: refused",
    "ignored": "dimensions: ignored",
    "broken": "dimensions: wrong size",
    "not tried": "dimensions: not tried",
}
REASON: Final = "{text} ({reason})"
COSINES: Final = "cosines: {alike:.2f} for the similar texts, {others} for the others"
TIMING_VECTORS: Final = "Measuring {count} texts in one request…"
BATCH: Final = "{rate} texts/s one by one"
BATCHES: Final = "{count} at once: {rate}"
BATCH_TIME: Final = "{count} in one request: {time}"
PER_SECOND: Final = "{sign}{rate} tokens/s"

# Speed
NOTHING_TO_MEASURE: Final = "Nothing to measure: no text arrived."
FIRST_TEXT: Final = "First token after {time}"
RATE: Final = "{first}, then {rate:,.1f} tokens/s."
NO_RATE: Final = "{first}; {reason}."
RATE_NEEDS_COUNTS: Final = "no rate, because the server reports no token counts"
TOO_SHORT: Final = "too short for a rate"
TOO_BUNCHED: Final = "too much arrived at once for a rate"
FIRST_ANSWER: Final = "first token of the answer after {milliseconds:.0f} ms"
PROMPT_RATE: Final = "prompt read at {rate:,.0f} tokens/s or more{apart}"
WITHOUT_CACHED: Final = ", without the {count:token|tokens} from the cache"
SERVER_PROMPT_RATE: Final = "the server reports: prompt read at {rate:,.0f} tokens/s"
SERVER_RATE: Final = "the server reports: {rate:,.1f} tokens/s{beside}"
MEASURED_BESIDE: Final = " ({difference:+.1%} here)"
SERVER_LOAD: Final = "the server's requests: {running:.0f} running{waiting}"
LOAD_WAITING: Final = ", {waiting:.0f} waiting"
SERVER_FIRST: Final = "the server reports: first token after {milliseconds:.0f} ms on average"
SERVER_EACH: Final = "the server reports: {rate:,.1f} tokens/s per request on average"
