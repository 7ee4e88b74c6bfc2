"""Messages that wait for an answer."""

from typing import Final

PLACEHOLDER: Final = "Message {provider}…  ({send} to queue it, {newline} for a new line)"
QUEUED: Final = "queued {number}: {text}"
MORE: Final = "{count} more · /queue"
EDIT_LAST: Final = ("to {model} · {key} to edit", "{key} to edit")
PAUSED: Final = "Queue paused ({reason})."
HOW: Final = ("/queue go to send · /queue clear to remove", "/queue go · /queue clear", "/queue")
HOW_READING: Final = ("{focus}, then /queue go or /queue clear", "{focus}, then /queue")

WAS_STOPPED: Final = "stopped"
HAS_FAILED: Final = "the answer failed"
WAS_CUT: Final = "incomplete answer"
REOPENED: Final = "the chat was closed"
BLOCKED: Final = "no model to ask"
TOO_LONG: Final = "too long for the context"
OVER_BUDGET: Final = "the budget is spent"

SENDS: Final = "Send the messages, one after the other"
CLEARS: Final = "Remove all messages"

FULL: Final = "{count} messages are queued; no more fit. Your draft is kept."
EMPTY: Final = "No message is queued."
USAGE: Final = "/queue, /queue go, /queue clear, /queue edit NUMBER or /queue remove NUMBER."
NO_SUCH: Final = "No message {number} is queued: there are {count}."
REMOVED: Final = "Removed from the queue: {text}"
CLEARED: Final = "Removed from the queue: {count} messages."
CLEARED_ONE: Final = "Removed from the queue: 1 message."
LOSS: Final = "You have queued messages that were not sent."

# ── Window ──────────────────────────────────────────────────────────────────────────────────

TITLE: Final = "Queued messages"
BODY: Final = (
    "{lines}\n\n"
    "Each is sent when the answer before it is complete, with the model and settings of that moment."
)
SEND: Final = "Send"
CLEAR: Final = "Clear"
CLOSE: Final = "Close"
