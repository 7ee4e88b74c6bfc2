"""What the plain chat prints."""

from typing import Final

HELP: Final = (
    "Write a message and press Enter. End a line with \\ to add another. Ctrl+C stops an answer. "
    "Messages typed while an answer streams are queued and sent after it; Ctrl+C pauses the queue."
)
TYPE_HELP: Final = "Type /help for help."
NEW_CHAT: Final = "Started a new chat."
TITLE: Final = "title: {title}"
NO_TITLE: Final = "none yet"
MODEL: Final = "model: {model}"
SENT_AT: Final = "sent: {moment}"
NO_ANSWER: Final = "There is no answer yet."
EDIT_QUESTION: Final = "edit {number}> "
EDIT_TEXT: Final = "Edit message {number} (an empty line cancels):"
EDIT_CANCELLED: Final = "Not edited."
NOT_SENT: Final = "not sent: {title} {advice}"
FAILED: Final = "failed: {title} {advice}"
TOTAL: Final = "chat: {total}"
QUEUE_PAUSED: Final = "{pause} {count} in it: /queue to list, /queue go to send, /queue clear to remove"
VARIANT: Final = "version {number} of {count} (/previous and /next show the others)"

# ── Commands ────────────────────────────────────────────────────────────────────────────────

NEEDS_SCREENS: Final = "/{name} works only without --plain."
NEW_UNSAVED: Final = "A new chat that is not saved."
NO_REASONING: Final = "The last answer has no reasoning."
NO_CHATS: Final = "No chats are saved."
RESUME: Final = "To resume one: lmdeck chat --resume ID"
HITS: Final = "{count:line|lines} found."
