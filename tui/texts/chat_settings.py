"""The settings of one chat: their labels, and what is wrong with a value."""

from typing import Final

LABELS: Final = (
    "Thinking",
    "System prompt",
    "Temperature",
    "Top P",
    "Max tokens",
    "Seed",
    "Stop",
    "JSON schema",
)
FROM_PROVIDER: Final = "{value} (provider)"
FROM_SERVER: Final = "server's default"
HINTS: Final = {
    "seed": "requests repeatable answers",
    "stop": "the text that ends the answer",
    "json_schema": "a JSON object; the answer follows it",
}
HELP_LINE: Final = "Empty: the dimmed value is used. none: nothing is sent."

STOP: Final = "Stop: {reason}."
STOP_FORM: Final = 'write one text, or a JSON list of 1 to 16 texts such as ["END", "\\n\\n"]'
SCHEMA: Final = "JSON schema: {reason}."
SCHEMA_LONG: Final = "it must not have more than {most} characters"
UNKNOWN: Final = "There is no setting {name}. Choose one of {names}."
LEVELS: Final = "Thinking must be one of default, {levels}."

# ── In the plain chat, and behind /settings ───────────────────────────────────────

LINE: Final = "{name}: {value}"
OF_CHAT: Final = "{value} (this chat)"
NOT_SENT: Final = "not sent (this chat)"
NO_SYSTEM: Final = "no system prompt"
HOW: Final = "To change one: /settings NAME VALUE (default: the provider's value; none: not sent)"
SET: Final = "{label}: {value}, from the next message."
